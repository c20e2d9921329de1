from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from content import understanding
from content.catalogue import load
from content.inforce import InForce, concepts
from content.understanding import Answer, Wording
from core import people
from core.tables.people import Person
from core.tables.texts import Understanding
from tests.scheduler.world import NOW

TEXTS = concepts(load(("nl", "ti")))
DAY = understanding.wording(TEXTS, "ti", "appointment.day")
FACTS = understanding.wording(TEXTS, "ti", "facts")


def mended(texts: InForce, wording: Wording) -> InForce:
    """The same texts, where one word of this wording is another."""
    body = {**texts.bodies[wording.language, wording.unit], "push": ("ጽባሕ {day} {time}",)}
    return InForce(bodies={**texts.bodies, (wording.language, wording.unit): body}, hashes=texts.hashes)


async def somebody(session: AsyncSession) -> Person:
    return await people.add(session, NOW, name="Voorbeeld", languages=("ti",))


async def answer(session: AsyncSession, question: UUID | None, what: Answer) -> None:
    row = await session.get(Understanding, question, populate_existing=True)
    assert row is not None
    await understanding.answered(session, NOW, row, what)


async def answered_by(session: AsyncSession, wording: Wording, counts: Mapping[Answer, int]) -> None:
    """So many people gave each of these answers."""
    for what, count in counts.items():
        for _ in range(count):
            person = await somebody(session)
            await answer(session, await understanding.ask_for(session, NOW, person.id, [wording]), what)


async def test_asked_once_per_person_and_wording(session: AsyncSession) -> None:
    one, other = await somebody(session), await somebody(session)

    assert await understanding.ask_for(session, NOW, one.id, [DAY]) is not None
    assert await understanding.ask_for(session, NOW + timedelta(days=7), one.id, [DAY]) is None
    assert await understanding.ask_for(session, NOW, other.id, [DAY]) is not None


async def test_another_word_or_another_language_is_asked_again(session: AsyncSession) -> None:
    person = await somebody(session)
    new = understanding.wording(mended(TEXTS, DAY), "ti", "appointment.day")
    dutch = understanding.wording(TEXTS, "nl", "appointment.day")

    asked = [await understanding.ask_for(session, NOW, person.id, [wording]) for wording in (DAY, new, dutch)]

    assert len(set(asked)) == 3
    assert None not in asked


async def test_one_question_stands_for_all_new_words_of_a_message(session: AsyncSession) -> None:
    person = await somebody(session)
    await answer(session, await understanding.ask_for(session, NOW, person.id, [FACTS]), "clear")
    later = NOW + timedelta(days=1)

    question = await understanding.ask_for(session, later, person.id, [DAY, FACTS])
    await answer(session, question, "unclear")

    assert (await understanding.rate(session, DAY)).unclear == 1
    assert (await understanding.rate(session, FACTS)).clear == 1
    assert await understanding.ask_for(session, later, person.id, [DAY, FACTS]) is None


async def test_the_last_judgement_counts_and_a_call_is_none(session: AsyncSession) -> None:
    person = await somebody(session)
    question = await understanding.ask_for(session, NOW, person.id, [DAY])

    taps: list[Answer] = ["call", "clear", "unclear", "unclear", "call"]
    for what in taps:
        await answer(session, question, what)

    rate = await understanding.rate(session, DAY)
    assert (rate.clear, rate.unclear, rate.calls) == (0, 1, 0)


async def test_a_question_without_an_answer_counts_for_nothing(session: AsyncSession) -> None:
    await understanding.ask_for(session, NOW, (await somebody(session)).id, [DAY])

    assert (await understanding.rate(session, DAY)).answered == 0


async def test_under_80_percent_is_flagged_and_80_is_not(session: AsyncSession) -> None:
    await answered_by(session, DAY, {"clear": 7, "unclear": 2})
    await answered_by(session, FACTS, {"clear": 4, "unclear": 1})

    (found,) = await understanding.flagged(session, TEXTS)

    assert found.wording == DAY
    assert (found.clear, found.unclear) == (7, 2)


async def test_fewer_than_five_flag_nothing_and_show_no_share(session: AsyncSession) -> None:
    await answered_by(session, DAY, {"unclear": 4, "call": 3})

    assert await understanding.flagged(session, TEXTS) == []
    assert (await understanding.rate(session, DAY)).share is None

    await answered_by(session, DAY, {"unclear": 1})
    assert [rate.share for rate in await understanding.flagged(session, TEXTS)] == [0]


async def test_the_worst_stands_first_and_each_language_counts_for_itself(session: AsyncSession) -> None:
    dutch = understanding.wording(TEXTS, "nl", "appointment.day")
    await answered_by(session, FACTS, {"clear": 3, "unclear": 2})
    await answered_by(session, DAY, {"clear": 1, "unclear": 4})
    await answered_by(session, dutch, {"clear": 5})

    assert [rate.wording for rate in await understanding.flagged(session, TEXTS)] == [DAY, FACTS]


async def test_a_mended_text_starts_anew(session: AsyncSession) -> None:
    await answered_by(session, DAY, {"unclear": 5})

    assert await understanding.flagged(session, mended(TEXTS, DAY)) == []
    assert await understanding.flagged(session, TEXTS) != []


async def test_answers_go_with_the_person(session: AsyncSession) -> None:
    person = await somebody(session)
    await answer(session, await understanding.ask_for(session, NOW, person.id, [DAY]), "clear")

    await session.delete(person)
    await session.flush()

    assert list(await session.scalars(select(Understanding))) == []


async def test_after_90_days_an_answer_is_only_a_count(session: AsyncSession) -> None:
    await answered_by(session, DAY, {"clear": 2, "unclear": 3, "call": 1})
    before = await understanding.rate(session, DAY)

    assert await understanding.forget(session, NOW + timedelta(days=90) - timedelta(seconds=1), TEXTS) == 0
    assert await understanding.forget(session, NOW + timedelta(days=90), TEXTS) == 6
    assert await understanding.forget(session, NOW + timedelta(days=90), TEXTS) == 0

    assert set(await session.scalars(select(Understanding.answer))) == {None}
    assert set(await session.scalars(select(Understanding.answered_at))) == {None}
    assert await understanding.rate(session, DAY) == before
    assert await understanding.flagged(session, TEXTS) == [before]


async def test_new_answers_are_added_to_the_counts(session: AsyncSession) -> None:
    await answered_by(session, DAY, {"clear": 2, "unclear": 1})
    await understanding.forget(session, NOW + timedelta(days=91), TEXTS)
    await answered_by(session, DAY, {"clear": 1})
    await understanding.forget(session, NOW + timedelta(days=92), TEXTS)
    await answered_by(session, DAY, {"unclear": 1})

    found = await understanding.rate(session, DAY)
    assert (found.clear, found.unclear, found.calls) == (3, 2, 0)


async def test_who_was_asked_is_not_asked_again_and_counts_once(session: AsyncSession) -> None:
    person = await somebody(session)
    question = await understanding.ask_for(session, NOW, person.id, [DAY])
    await answer(session, question, "clear")
    later = NOW + timedelta(days=91)
    await understanding.forget(session, later, TEXTS)

    assert await understanding.ask_for(session, later, person.id, [DAY]) is None
    row = await session.get(Understanding, question, populate_existing=True)
    assert row is not None
    await understanding.answered(session, later, row, "unclear")
    found = await understanding.rate(session, DAY)
    assert (found.clear, found.unclear) == (1, 0)


async def test_words_that_are_said_no_more_leave_no_trace_of_a_person(session: AsyncSession) -> None:
    await answered_by(session, DAY, {"clear": 5})
    await answered_by(session, FACTS, {"clear": 1})
    await understanding.forget(session, NOW + timedelta(days=90), mended(TEXTS, DAY))

    assert list(await session.scalars(select(Understanding.unit))) == ["facts"]
    assert (await understanding.rate(session, DAY)).clear == 5
    await understanding.forget(session, NOW + timedelta(days=90 + 730), mended(TEXTS, DAY))
    assert (await understanding.rate(session, DAY)).answered == 0
