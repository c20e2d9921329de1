from content import understanding
from content.understanding import Wording
from core import people
from core.tables.texts import Understanding
from tests.bot.console.room import TEXTS, Room
from tests.scheduler.world import NOW

HEAD = "Teksten die mensen niet begrijpen"


async def judged(room: Room, language: str, unit: str, *, clear: int, unclear: int) -> Wording:
    """So many people found this text clear, and so many didn't."""
    wording = understanding.wording(TEXTS, language, unit)
    async with room.begin() as session:
        for answer in ["clear"] * clear + ["unclear"] * unclear:
            person = await people.add(session, NOW, name="Onbekende Voorbeeld", languages=(language,))
            question = await understanding.ask_for(session, NOW, person.id, [wording])
            row = await session.get_one(Understanding, question)
            await understanding.answered(session, NOW, row, answer)  # type: ignore[arg-type]
    return wording


async def test_the_first_page_shows_what_is_not_understood_and_nobodys_name(room: Room) -> None:
    await judged(room, "ti", "appointment.day", clear=4, unclear=3)
    page = (await (await room.browser(await room.staff("regisseur"))).get("/console/")).text

    assert HEAD in page
    assert 'href="/console/texts/units/appointment.day?language=ti" lang="nl">Morgen heeft u een afspraak' in page
    assert "Tigrinya · ongeveer 5 van de 10 mensen vinden dit duidelijk · 7 antwoorden" in page
    assert "Onbekende" not in page


async def test_a_text_that_is_understood_is_not_shown(room: Room) -> None:
    await judged(room, "ti", "appointment.day", clear=8, unclear=2)

    assert HEAD not in (await (await room.browser(await room.staff("regisseur"))).get("/console/")).text


async def test_fewer_than_five_answers_show_nothing(room: Room) -> None:
    await judged(room, "ti", "appointment.day", clear=0, unclear=4)

    assert HEAD not in (await (await room.browser(await room.staff("regisseur"))).get("/console/")).text


async def test_a_rolmodel_sees_her_own_languages(room: Room) -> None:
    await judged(room, "ti", "appointment.day", clear=0, unclear=5)
    theirs = await room.browser(await room.staff("rolmodel", "Mehret", "ti"))
    others = await room.browser(await room.staff("rolmodel", "Hassan", "ar"))

    assert "bijna niemand vindt dit duidelijk" in (await theirs.get("/console/")).text
    assert HEAD not in (await others.get("/console/")).text


async def test_a_partner_sees_nothing_of_it(room: Room) -> None:
    await judged(room, "ti", "appointment.day", clear=0, unclear=5)

    assert HEAD not in (await (await room.browser(await room.staff("partner"))).get("/console/")).text
