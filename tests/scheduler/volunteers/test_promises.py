from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.tables.relay import Question
from scheduler.volunteers import promises, questions, relay
from tests.scheduler.rolmodellen import asked, calls, fresh, rolmodel, told
from tests.scheduler.world import HOUSE, NOW

A_SECOND = timedelta(seconds=1)
WEEK = timedelta(days=7)


async def test_a_promise_that_passes_is_told_and_asked_about(session: AsyncSession) -> None:
    selam = await rolmodel(session, serves=True)
    question = await asked(session)
    assert await promises.next_moment(session) == question.due
    assert await promises.keep(session, question.due - A_SECOND, HOUSE) == 0
    assert await promises.keep(session, question.due, HOUSE) == 1
    await fresh(session, question)
    assert (question.state, question.why) == ("asking", "slow")
    (push,) = await told(session, question)
    assert push.due == question.due + timedelta(minutes=2)
    assert await calls(session, selam) == []
    assert await promises.keep(session, question.due, HOUSE) == 0


async def test_what_one_holds_for_an_hour_is_the_others_again(session: AsyncSession) -> None:
    selam, abel = await rolmodel(session), await rolmodel(session)
    question = await asked(session)
    await relay.take(session, NOW, HOUSE, selam)
    hour = NOW + timedelta(hours=1)
    assert await promises.next_moment(session) == hour
    assert await promises.keep(session, hour - A_SECOND, HOUSE) == 0
    assert await promises.keep(session, hour, HOUSE) == 1
    await fresh(session, question)
    assert await relay.hers(session, hour, HOUSE, question.id, selam) is question  # she may still be writing
    assert await relay.take(session, hour, HOUSE, abel) is question
    assert await relay.hers(session, hour, HOUSE, question.id, selam) is None


async def test_an_answered_question_is_wiped_after_seven_days(session: AsyncSession) -> None:
    selam = await rolmodel(session)
    question = await asked(session)
    await relay.take(session, NOW, HOUSE, selam)
    await relay.answer(session, NOW, HOUSE, question, selam, text="Zo")
    assert await promises.next_moment(session) == NOW + WEEK
    assert await promises.keep(session, NOW + WEEK - A_SECOND, HOUSE) == 0
    assert await promises.keep(session, NOW + WEEK, HOUSE) == 1
    await fresh(session, question)
    assert (question.state, question.text_sealed, question.answer_sealed) == ("wiped", None, None)
    assert await promises.next_moment(session) is None


async def test_kept_and_handed_over_ones_too(session: AsyncSession) -> None:
    kept, handed = await asked(session), await asked(session)
    for question in (kept, handed):
        await questions.may_see(session, NOW, HOUSE, question, "asked")
    await questions.keep(session, NOW, kept)
    await questions.hand_over(session, NOW, HOUSE, handed)
    assert await promises.keep(session, NOW + WEEK, HOUSE) == 2
    assert {(await fresh(session, one)).state for one in (kept, handed)} == {"wiped"}


async def test_a_person_who_says_nothing_is_asked_for_seven_days(session: AsyncSession) -> None:
    question = await asked(session)
    await questions.may_see(session, NOW, HOUSE, question, "asked")
    ends = question.due + WEEK
    assert await promises.next_moment(session) == ends
    assert await promises.keep(session, ends - A_SECOND, HOUSE) == 0
    assert await promises.keep(session, ends, HOUSE) == 1
    assert (await fresh(session, question)).state == "wiped"


async def test_three_months_later_nothing_is_left_of_it(session: AsyncSession) -> None:
    old, open_one = await asked(session), await asked(session)
    await questions.may_see(session, NOW, HOUSE, old, "asked")
    await questions.keep(session, NOW, old)
    await promises.keep(session, NOW + WEEK, HOUSE)
    ends = NOW + timedelta(days=90)
    assert await promises.forget(session, ends - A_SECOND) == 0
    assert await promises.forget(session, ends) == 1
    assert list(await session.scalars(select(Question.id))) == [open_one.id]
