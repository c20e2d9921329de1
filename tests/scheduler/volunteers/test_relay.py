from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from content.kinds import SINGLE, URGENT
from core.database import Database
from core.tables.people import Account
from core.tables.relay import Question
from core.tables.voice import Media
from core.values import Private
from scheduler.volunteers import questions, relay, volunteer
from tests.scheduler import world
from tests.scheduler.rolmodellen import asked, calls, fresh, rolmodel, told
from tests.scheduler.world import HOUSE, NOW, ZONE, at

UNDO = timedelta(minutes=2)


async def test_a_question_is_promised_for_the_end_of_the_next_working_day(session: AsyncSession) -> None:
    question = await asked(session)
    other = await asked(session, now=at("2026-12-24 10:00"))  # Christmas and a weekend follow
    assert (question.state, question.due) == ("waiting", at("2026-12-22 17:00"))
    assert other.due == at("2026-12-28 17:00")
    assert other.number > question.number > 0


async def test_one_takes_it_and_the_others_are_called_no_more(session: AsyncSession) -> None:
    first, second = await rolmodel(session, serves=True), await rolmodel(session, serves=True)
    question = await asked(session)
    assert len(await calls(session, second)) == 1
    taken = await relay.take(session, NOW, HOUSE, first)
    assert taken is not None
    assert (taken.id, taken.state, taken.rolmodel_id) == (question.id, "taken", first.id)
    assert await calls(session, first) == await calls(session, second) == []
    assert await relay.take(session, NOW, HOUSE, second) is None
    again = await relay.take(session, NOW, HOUSE, first)
    assert again is not None
    assert again.id == question.id


async def test_the_oldest_promise_first(session: AsyncSession) -> None:
    selam = await rolmodel(session)
    later = await asked(session, now=NOW + timedelta(days=1))
    sooner = await asked(session)
    taken = await relay.take(session, NOW, HOUSE, selam)
    assert taken is not None
    assert (taken.id, later.state) == (sooner.id, "waiting")


async def test_two_at_once_get_one_each(fresh_database: Database) -> None:
    async with fresh_database.begin() as session:
        selam, abel = await rolmodel(session), await rolmodel(session)
        await asked(session)
        await asked(session)
    async with fresh_database.begin() as one, fresh_database.begin() as other:
        mine = await relay.take(one, NOW, HOUSE, selam)
        theirs = await relay.take(other, NOW, HOUSE, abel)
        assert mine is not None
        assert theirs is not None
        assert mine.id != theirs.id


async def taken(session: AsyncSession) -> Question:
    question = await asked(session)
    selam = await rolmodel(session)
    assert await relay.take(session, NOW, HOUSE, selam) is question
    return question


async def owner(session: AsyncSession, question: Question) -> Account:
    return await session.get_one(Account, question.rolmodel_id)


class TestAnswer:
    async def test_goes_after_the_time_to_take_it_back(self, session: AsyncSession) -> None:
        question = await taken(session)
        selam = await owner(session, question)
        await relay.answer(session, NOW, HOUSE, question, selam, text="Met een kaart.")
        (push,) = await told(session, question)
        assert (push.kind, push.step, push.due) == ("answer", "", NOW + UNDO)
        assert not questions.is_answered(question, NOW + UNDO - timedelta(seconds=1), HOUSE)
        assert questions.is_answered(question, NOW + UNDO, HOUSE)
        assert question.answer == Private("Met een kaart.")

    async def test_never_comes_in_quiet_hours(self, session: AsyncSession) -> None:
        question = await taken(session)
        selam = await owner(session, question)
        await relay.answer(session, at("2026-12-21 21:30"), HOUSE, question, selam, text="Morgen.")
        (push,) = await told(session, question)
        assert push.due == at("2026-12-22 08:00")

    async def test_is_taken_back_until_it_goes(self, session: AsyncSession) -> None:
        question = await taken(session)
        selam = await owner(session, question)
        await relay.answer(session, NOW, HOUSE, question, selam, text="Fout")
        assert await relay.take_back(session, NOW + UNDO - timedelta(seconds=1), HOUSE, question.id, selam) is question
        assert (question.state, question.answer, question.closed_at) == ("taken", None, None)
        assert await told(session, question) == []
        await relay.answer(session, NOW, HOUSE, question, selam, text="Goed")
        assert await relay.take_back(session, NOW + UNDO, HOUSE, question.id, selam) is None
        assert question.answer == Private("Goed")

    async def test_is_work(self, session: AsyncSession) -> None:
        question = await taken(session)
        selam = await owner(session, question)
        await relay.answer(session, NOW + timedelta(minutes=6), HOUSE, question, selam, text="Zo")
        assert await volunteer.month(session, selam, NOW.date(), ZONE) == (0, 6)

    async def test_counts_a_minute_once_where_she_did_something_else_meanwhile(self, session: AsyncSession) -> None:
        selam = await rolmodel(session)
        await asked(session)
        question = await relay.take(session, NOW, HOUSE, selam)
        assert question is not None
        await volunteer.since(session, NOW + timedelta(minutes=10), selam, "review", NOW)
        await relay.answer(session, NOW + timedelta(minutes=12), HOUSE, question, selam, text="Zo")
        assert await volunteer.month(session, selam, NOW.date(), ZONE) == (0, 12)

    async def test_comes_after_all_where_the_promise_passed_while_she_wrote(self, session: AsyncSession) -> None:
        question = await taken(session)
        selam = await owner(session, question)
        await questions.may_see(session, question.due, HOUSE, question, "slow")
        assert await relay.hers(session, question.due, HOUSE, question.id, selam) is question
        await relay.answer(session, question.due, HOUSE, question, selam, text="Toch nog")
        assert (question.state, len(await told(session, question))) == ("answered", 1)

    async def test_is_another_s_no_more(self, session: AsyncSession) -> None:
        question = await taken(session)
        other = await rolmodel(session)
        assert await relay.hers(session, NOW, HOUSE, question.id, other) is None
        assert await relay.take_back(session, NOW, HOUSE, question.id, other) is None


class TestGivingAway:
    async def test_another_gets_it_and_she_never_again(self, session: AsyncSession) -> None:
        question = await taken(session)
        selam, other = await owner(session, question), await rolmodel(session, serves=True)
        await relay.pass_on(session, NOW, HOUSE, question, selam)
        assert question.state == "waiting"
        assert len(await calls(session, other)) == 1
        assert await relay.take(session, NOW, HOUSE, selam) is None
        assert await relay.take(session, NOW, HOUSE, other) is question
        assert await relay.take_back(session, NOW, HOUSE, question.id, selam) is None

    async def test_is_taken_back_as_long_as_no_other_has_it(self, session: AsyncSession) -> None:
        question = await taken(session)
        selam = await owner(session, question)
        await rolmodel(session)
        await relay.pass_on(session, NOW, HOUSE, question, selam)
        assert await relay.take_back(session, NOW, HOUSE, question.id, selam) is question
        assert (question.state, question.rolmodel_id, question.passed_by) == ("taken", selam.id, None)

    async def test_where_nobody_else_can_the_person_is_asked_at_once(self, session: AsyncSession) -> None:
        question = await taken(session)
        selam = await owner(session, question)
        await relay.pass_on(session, NOW, HOUSE, question, selam)
        assert (question.state, question.why, question.rolmodel_id) == ("asking", "slow", None)
        assert len(await told(session, question)) == 1
        assert await relay.take_back(session, NOW, HOUSE, question.id, selam) is question
        assert await told(session, question) == []

    async def test_off_duty_others_get_what_she_had(self, session: AsyncSession) -> None:
        question = await taken(session)
        selam, other = await owner(session, question), await rolmodel(session)
        await relay.stop(session, NOW, HOUSE, selam)
        assert await relay.take(session, NOW, HOUSE, other) is question


class TestHandOver:
    async def test_for_the_municipality_the_person_is_asked_first(self, session: AsyncSession) -> None:
        question = await taken(session)
        await relay.to_municipality(session, NOW, HOUSE, question, await owner(session, question))
        assert (question.state, question.why) == ("asking", "asked")
        assert len(await told(session, question)) == 1
        assert await world.open_tasks(session) == []
        task = await questions.hand_over(session, NOW, HOUSE, question)
        assert (task.kind, task.reason, task.call, task.due) == (
            "question",
            "handed_over",
            True,
            at("2026-12-22 17:00"),
        )
        assert (question.state, question.closed_at) == ("municipality", NOW)

    async def test_too_heavy_is_a_task_at_once_and_a_call_only_with_her_yes(self, session: AsyncSession) -> None:
        question = await taken(session)
        await relay.too_heavy(session, NOW, HOUSE, question, await owner(session, question))
        (task,) = await world.open_tasks(session)
        assert (task.reason, task.call, task.due) == ("heavy", False, at("2026-12-21 17:00"))
        await questions.hand_over(session, NOW, HOUSE, question)
        (task,) = await world.open_tasks(session)
        assert (task.reason, task.call, task.due) == ("heavy_yes", True, at("2026-12-21 17:00"))

    async def test_too_heavy_does_not_wait_behind_other_pushes(self, session: AsyncSession) -> None:
        heavy, asks = await taken(session), await taken(session)
        await relay.too_heavy(session, NOW, HOUSE, heavy, await owner(session, heavy))
        await relay.to_municipality(session, NOW, HOUSE, asks, await owner(session, asks))
        assert [one.priority for one in (*await told(session, heavy), *await told(session, asks))] == [URGENT, SINGLE]

    async def test_too_heavy_taken_back_leaves_no_task(self, session: AsyncSession) -> None:
        question = await taken(session)
        selam = await owner(session, question)
        await relay.too_heavy(session, NOW, HOUSE, question, selam)
        assert await relay.take_back(session, NOW, HOUSE, question.id, selam) is question
        assert await world.open_tasks(session) == []
        assert await told(session, question) == []

    async def test_no_means_kept_and_nothing_to_do(self, session: AsyncSession) -> None:
        question = await taken(session)
        await relay.too_heavy(session, NOW, HOUSE, question, await owner(session, question))
        await questions.keep(session, NOW, question)
        assert (question.state, question.closed_at) == ("kept", NOW)
        assert await world.open_tasks(session) == []


class TestWipe:
    async def media(self, session: AsyncSession) -> Media:
        row = Media(kind="voice", mime="audio/ogg", content=b"x", sha256="0", milliseconds=900, created_at=NOW)
        session.add(row)
        await session.flush()
        return row

    async def test_words_and_voices_go_for_good(self, session: AsyncSession) -> None:
        voice, answer = await self.media(session), await self.media(session)
        selam = await rolmodel(session)
        question = await asked(session, media_id=voice.id)
        await relay.take(session, NOW, HOUSE, selam)
        await relay.answer(session, NOW, HOUSE, question, selam, media_id=answer.id)
        await questions.wipe(session, NOW, HOUSE, question)
        await fresh(session, question)
        assert (question.state, question.text, question.answer) == ("wiped", None, None)
        assert (question.media_id, question.answer_media_id) == (None, None)
        assert (await session.scalars(select(Media))).all() == []
        assert await told(session, question) == []

    @pytest.mark.parametrize("heavy", [True, False])
    async def test_by_the_person_nobody_has_to_do_anything(self, session: AsyncSession, heavy: bool) -> None:
        question = await taken(session)
        selam = await owner(session, question)
        if heavy:
            await relay.too_heavy(session, NOW, HOUSE, question, selam)
        await questions.take_away(session, NOW, HOUSE, question)
        assert await world.open_tasks(session) == []
        assert await relay.hers(session, NOW, HOUSE, question.id, selam) is None
        assert await relay.take(session, NOW, HOUSE, selam) is None
