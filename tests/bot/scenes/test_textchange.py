"""A rolmodel says a sentence better."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.tables.notices import Notice
from core.tables.work import Task
from tests.bot.phones import NOW
from tests.bot.rolmodellen import rolmodel
from tests.bot.scenes.waitingtexts import BETTER, FIRST, improving, queue, states, ticked


async def test_a_sentence_is_said_better_and_another_speaker_is_asked(session: AsyncSession) -> None:
    await queue(session, FIRST)
    phone, other = await rolmodel(session), await rolmodel(session)
    said = await improving(phone)
    assert "Laat dit staan zoals het is: {day}, {time}" in said

    assert "Een andere rolmodel kijkt nu naar uw tekst." in await phone.types(BETTER)
    assert await states(session, FIRST) == ["concept", "submitted"]
    (asked,) = (await session.scalars(select(Notice).where(Notice.kind == "work"))).all()
    assert asked.due == NOW
    assert "ሓድሽ ቆጸራ ኣለኩም፦" in await other.does("rolmodel.begin")
    await ticked(other)
    await other.taps("✅ Goed")
    assert await states(session, FIRST) == ["concept", "approved"]


async def test_what_cannot_be_said_is_refused_and_can_be_typed_again(session: AsyncSession) -> None:
    await queue(session, FIRST)
    phone = await rolmodel(session)
    await improving(phone)
    assert "Deze zin kan zo niet. {time} ontbreekt" in await phone.types("ሓድሽ ቆጸራ {day}።")
    assert "Deze zin kan zo niet. Het getal 112 staat niet in het Nederlands" in await phone.types(f"112 {BETTER}")
    assert await states(session, FIRST) == ["concept"]
    assert "De gemeente zoekt iemand" in await phone.types(BETTER)


async def test_alone_with_a_language_staff_look_for_a_second(session: AsyncSession) -> None:
    await queue(session, FIRST)
    phone = await rolmodel(session)
    await improving(phone)
    await phone.types(BETTER)
    (task,) = (await session.scalars(select(Task))).all()
    assert (task.kind, task.reason, task.person_id) == ("text_alone", "ti", None)

    await phone.taps("Toch niet")
    assert await states(session, FIRST) == ["concept"]
    await session.refresh(task)
    assert task.closed_at == NOW


async def test_a_label_of_the_menu_is_a_sentence_here(session: AsyncSession) -> None:
    await queue(session, "kinds")
    phone = await rolmodel(session)
    await phone.does("rolmodel.begin")
    while "▶️ Verder" in phone.labels:
        await phone.taps("Verder")
    await phone.taps("Verbeter")
    await phone.taps("1 ")
    assert "het Nederlands met “👤”" in await phone.types("Mijn agenda")


async def test_words_of_command_work_while_a_sentence_is_awaited(session: AsyncSession) -> None:
    await queue(session, FIRST)
    phone = await rolmodel(session)
    await improving(phone)
    assert "U krijgt hier geen berichten meer" in await phone.types("STOP")


async def test_who_says_what_is_wrong_can_write_it_right_too(session: AsyncSession) -> None:
    await queue(session, FIRST)
    phone = await rolmodel(session)
    await phone.does("review.begin")
    await phone.taps("Terug")
    assert "Welke zin wilt u beter maken?" in await phone.taps("Verbeter")
