"""An account is stopped: what it did last is held at once, and nothing that others did."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from content import catalogue, texts, updates
from content.approvals import NotAllowed
from content.catalogue import Catalogue
from content.updates import Outcome
from content.updates.news import News
from core import accounts, people
from core.tables.notices import Notice
from core.tables.people import Account
from core.tables.relay import Question
from core.tables.service import StaffSession
from core.tables.texts import Broadcast, Text
from core.values import Private
from scheduler import suspension
from scheduler.news import asking, broadcasts, recall
from scheduler.suspension import Held
from scheduler.volunteers import duty, relay
from tests.content.community import NOW, SETTINGS, make_account, make_listener, make_news
from tests.content.words import small_catalogue
from tests.scheduler import rolmodellen
from tests.scheduler.world import HOUSE
from tests.scheduler.world import NOW as MONDAY

UNDO = timedelta(seconds=SETTINGS.undo_seconds)
WORDS = catalogue.load()
UNIT = "appointment.day"


async def stopped(session: AsyncSession, account: Account, by: Account | None = None) -> Held:
    return await suspension.stop(session, NOW, SETTINGS, WORDS, account, by)


async def yes(session: AsyncSession, news: News, account: Account) -> None:
    now = await updates.read(session, news.text.id)
    await broadcasts.approve(session, NOW, SETTINGS, now, account, seen=now.seen)


async def state(session: AsyncSession, news: News) -> tuple[str, UUID | None]:
    text = (await updates.read(session, news.text.id)).text
    return text.state, text.approver_id


async def told(session: AsyncSession, news: News) -> Sequence[UUID]:
    query = select(Notice.person_id).where(Notice.source_id == news.text.id, Notice.kind == "update")
    return (await session.scalars(query)).all()


class TestNews:
    async def test_what_it_approved_waits_for_another_and_goes_after_that(self, session: AsyncSession) -> None:
        await make_listener(session)
        news, thief = await make_news(session, await make_account(session)), await make_account(session)
        staff, honest = await make_account(session, "regisseur", ["nl"]), await make_account(session)
        await yes(session, news, thief)
        assert (await stopped(session, thief, staff)).news == 1

        assert await broadcasts.fan_out(session, NOW + UNDO, SETTINGS) == 0
        assert await state(session, news) == ("submitted", None)
        await yes(session, news, honest)
        assert await broadcasts.fan_out(session, NOW + UNDO, SETTINGS) == 1

    async def test_what_it_wrote_goes_only_after_another_look_and_staff(self, session: AsyncSession) -> None:
        await make_listener(session)
        thief, speaker = await make_account(session), await make_account(session)
        staff = await make_account(session, "regisseur", ["nl"])
        news, waits = await make_news(session, thief), await make_news(session, thief, body="ካልእ")
        await yes(session, news, speaker)
        await stopped(session, thief, staff)

        assert await broadcasts.fan_out(session, NOW + UNDO, SETTINGS) == 0
        for one in (news, waits):
            assert await state(session, one) == ("submitted", None)
            seen = (await updates.read(session, one.text.id)).seen
            first = await updates.approve(session, NOW, SETTINGS, one.text.id, speaker, seen=seen)
            assert first is Outcome.SECOND
            read = await updates.read(session, one.text.id)
            why = await updates.second_needed(session, NOW, SETTINGS, read)
            assert why == ["het account van de schrijver staat uit"]
        assert await broadcasts.fan_out(session, NOW + UNDO, SETTINGS) == 0
        await yes(session, news, staff)
        assert await broadcasts.fan_out(session, NOW + UNDO, SETTINGS) == 1

    async def test_its_first_yes_counts_no_more_where_staff_must_look_too(self, session: AsyncSession) -> None:
        news = await make_news(session, await make_account(session), body="www.voorbeeld.nl")
        thief, staff = await make_account(session), await make_account(session, "klantmanager", ["nl"])
        await yes(session, news, thief)
        await stopped(session, thief)

        assert await state(session, news) == ("submitted", None)
        with pytest.raises(NotAllowed):
            await updates.second_approve(session, NOW, news.text.id, staff, seen=news.seen)

    async def test_approved_at_the_very_moment_it_is_held_when_it_would_go(self, session: AsyncSession) -> None:
        await make_listener(session)
        news, thief = await make_news(session, await make_account(session)), await make_account(session)
        await yes(session, news, thief)
        await accounts.stop(session, NOW, thief)  # and nothing else: it was read before

        assert await broadcasts.fan_out(session, NOW + UNDO, SETTINGS) == 0
        assert await state(session, news) == ("submitted", None)

    async def test_what_is_out_stays_and_what_others_did_goes_on(self, session: AsyncSession) -> None:
        await make_listener(session)
        author, thief, honest = [await make_account(session) for _ in range(3)]
        out, other = await make_news(session, author), await make_news(session, author, body="ካልእ")
        await yes(session, out, thief)
        await broadcasts.fan_out(session, NOW + UNDO, SETTINGS)
        await yes(session, other, honest)
        await stopped(session, thief)

        assert (await state(session, out))[0] == "sent"
        assert await broadcasts.fan_out(session, NOW + UNDO, SETTINGS) == 1

    async def test_speakers_are_asked_again_but_not_about_its_own_words(self, session: AsyncSession) -> None:
        judge = await make_account(session, person_id=(await make_listener(session)).id)
        author, thief = await make_account(session), await make_account(session)
        news, own = await make_news(session, author), await make_news(session, thief, body="ካልእ")
        await yes(session, news, thief)
        await yes(session, own, author)
        await stopped(session, thief)

        asked = select(Notice.source_id).where(Notice.person_id == judge.person_id, Notice.state == "planned")
        assert list(await session.scalars(asked)) == [news.text.id]

    async def test_its_no_of_the_last_minutes_is_taken_back(self, session: AsyncSession) -> None:
        thief = await make_account(session)
        late, early = [await make_news(session, await make_account(session)) for _ in range(2)]
        for news, at in ((late, NOW), (early, NOW - 2 * UNDO)):
            await broadcasts.give_back(session, at, news.text.id, thief, "wrong_word", seen=news.seen)
        await asking.tell_writer(session, NOW, SETTINGS, late)
        await stopped(session, thief)

        assert (await state(session, late))[0] == "submitted"
        assert (await state(session, early))[0] == "returned"

    async def test_people_do_not_hear_that_good_news_was_wrong(self, session: AsyncSession) -> None:
        await make_listener(session)
        thief, honest = await make_account(session), await make_account(session)
        news = await make_news(session, thief)
        await yes(session, news, honest)
        await broadcasts.fan_out(session, NOW + UNDO, SETTINGS)
        words = await texts.in_force(session, WORDS)
        await recall.recall(session, NOW, SETTINGS, words, news.text.id, thief, tell=True)
        await stopped(session, thief)

        await broadcasts.fan_out(session, NOW + 2 * UNDO, SETTINGS)
        assert await session.scalar(select(Broadcast.state)) == "recalled"
        assert await session.scalar(select(Notice.id).where(Notice.step == "changed")) is None

    async def test_twice_is_once_and_given_back_it_may_write_again(self, session: AsyncSession) -> None:
        thief = await make_account(session)
        news = await make_news(session, await make_account(session))
        await yes(session, news, thief)
        assert (await stopped(session, thief), await stopped(session, thief)) == (Held(news=1), Held())
        with pytest.raises(NotAllowed):
            await make_news(session, thief)
        await accounts.start(session, thief)
        await make_news(session, thief)
        assert await state(session, news) == ("submitted", None)


@pytest.fixture
def small(tmp_path: Path) -> Catalogue:
    return small_catalogue(tmp_path)


@pytest.mark.parametrize(("minutes", "after"), [(1, "concept"), (3, "approved")])
async def test_a_text_it_approved_just_now_waits_again(
    session: AsyncSession, small: Catalogue, minutes: int, after: str
) -> None:
    await texts.ship(session, NOW, small)
    row = (await session.scalars(select(Text).where(Text.unit == UNIT, Text.language == "ti"))).one()
    thief = await make_account(session)
    await texts.approve(session, NOW - timedelta(minutes=minutes), row.id, thief)
    held = await stopped(session, thief)

    await session.refresh(row)
    assert (row.state, held.texts) == (after, int(after == "concept"))


async def test_log_ins_and_duty_end_and_she_is_asked_nothing(session: AsyncSession) -> None:
    thief = await rolmodellen.rolmodel(session, serves=True)
    await rolmodellen.asked(session)
    session.add(
        StaffSession(account_id=thief.id, token_hash=b"x", created_at=NOW, seen_at=NOW, expires_at=NOW + 10 * UNDO)
    )
    assert len(await rolmodellen.calls(session, thief)) == 1
    await suspension.stop(session, MONDAY, HOUSE, WORDS, thief)

    assert await session.scalar(select(StaffSession.id)) is None
    assert await duty.until(session, MONDAY, thief) is None
    assert await rolmodellen.calls(session, thief) == []


class TestQuestions:
    async def held(self, session: AsyncSession, thief: Account) -> int:
        return (await suspension.stop(session, MONDAY, HOUSE, WORDS, thief)).questions

    async def test_what_it_has_goes_to_another_and_never_back(self, session: AsyncSession) -> None:
        thief = await rolmodellen.rolmodel(session)
        other, question = await rolmodellen.rolmodel(session), await rolmodellen.asked(session)
        assert await relay.take(session, MONDAY, HOUSE, thief) is not None
        assert await self.held(session, thief) == 1

        assert (await rolmodellen.fresh(session, question)).state == "waiting"
        taken = await relay.take(session, MONDAY, HOUSE, other)
        assert taken is not None
        assert taken.id == question.id
        assert question.passed_by == [thief.id]

    async def test_an_answer_that_nobody_heard_of_stays_here(self, session: AsyncSession) -> None:
        thief, question = await self.answered(session)
        await rolmodellen.rolmodel(session)
        assert await self.held(session, thief) == 1

        now = await rolmodellen.fresh(session, question)
        assert (now.state, now.answer, now.answered_at) == ("waiting", None, None)
        assert await rolmodellen.told(session, question) == []

    async def test_where_nobody_else_can_the_person_is_asked(self, session: AsyncSession) -> None:
        thief, question = await self.answered(session)
        await self.held(session, thief)

        now = await rolmodellen.fresh(session, question)
        assert (now.state, now.why, now.answer) == ("asking", "slow", None)

    async def test_an_answer_she_was_told_of_is_not_taken_away(self, session: AsyncSession) -> None:
        thief, question = await self.answered(session)
        for notice in await rolmodellen.told(session, question):
            notice.state = "sent"
        assert await self.held(session, thief) == 0
        assert (await rolmodellen.fresh(session, question)).answer == Private("Betaal eerst.")

    async def answered(self, session: AsyncSession) -> tuple[Account, Question]:
        thief, question = await rolmodellen.rolmodel(session), await rolmodellen.asked(session)
        taken = await relay.take(session, MONDAY, HOUSE, thief)
        assert taken is not None
        await relay.answer(session, MONDAY, HOUSE, taken, thief, text="Betaal eerst.")
        return thief, question


async def test_another_account_of_the_same_person_is_still_asked(session: AsyncSession) -> None:
    person = await people.add(session, NOW, name="Voorbeeld", languages=["ti"])
    thief = await make_account(session, person_id=person.id)
    await make_account(session, "vertaler", person_id=person.id)
    await asking.ask(session, NOW, SETTINGS, WORDS, await make_news(session, await make_account(session)), [thief])
    await stopped(session, thief)

    assert [row.state for row in await session.scalars(select(Notice))] == ["planned"]
