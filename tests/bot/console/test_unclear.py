from datetime import date, timedelta

from content import understanding, updates
from content.understanding import Wording
from core import people
from core.tables.people import Account
from core.tables.texts import Understanding, UpdateText
from tests.bot.console.room import TEXTS, Room
from tests.content.test_understanding import answered_by
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


async def unclear_news(room: Room, author: Account, *, clear: int = 3, unclear: int = 4) -> UpdateText:
    """News in Tigrinya that is out, and how many found it clear."""
    async with room.begin() as session:
        written = await updates.write(
            *(session, NOW, room.settings),
            author=author,
            language="ti",
            body="ጽባሕ ቡን ኣሎ።",
            dutch="Morgen is er koffie.",
            ends_on=date(2027, 1, 20),
        )
        written.text.state = "sent"
        await session.flush()
        await answered_by(session, understanding.of_news(written.text), {"clear": clear, "unclear": unclear})
        return written.text


async def test_the_first_page_shows_news_that_is_not_understood(room: Room) -> None:
    author = await room.staff("rolmodel", "Mehret", "ti")
    row = await unclear_news(room, author)
    line = f'href="/console/updates/{row.id}" lang="nl">Morgen is er koffie.'
    counts = "nieuws · Tigrinya · ongeveer 4 van de 10 mensen vinden dit duidelijk · 7 antwoorden"

    for reader in (author, await room.staff("regisseur")):
        page = (await (await room.browser(reader)).get("/console/")).text
        assert (line in page, counts in page) == (True, True)
    for other in (await room.staff("rolmodel", "Hassan", "ar"), await room.staff("partner", "Buurt")):
        assert HEAD not in (await (await room.browser(other)).get("/console/")).text


async def test_news_that_is_over_called_back_or_understood_is_not_shown(room: Room) -> None:
    author, staff = await room.staff("rolmodel", "Mehret", "ti"), await room.browser(await room.staff("regisseur"))
    await unclear_news(room, author, clear=8, unclear=2)
    recalled = await unclear_news(room, author)
    async with room.begin() as session:
        (await session.get_one(UpdateText, recalled.id)).state = "recalled"
    assert HEAD not in (await staff.get("/console/")).text
    await unclear_news(room, author)
    assert HEAD in (await staff.get("/console/")).text
    room.clock.advance(timedelta(days=40))
    later = await room.browser(await room.staff("regisseur", "Marit"))
    assert HEAD not in (await later.get("/console/")).text


async def test_the_queue_on_a_phone_leads_to_news_that_is_not_understood(room: Room) -> None:
    author = await room.staff("rolmodel", "Mehret", "ti")
    row = await unclear_news(room, author)
    hers = await room.browser(author)
    page = (await hers.get("/console/texts/queue")).text

    assert "Nieuws dat mensen niet begrijpen" in page
    assert f'href="/console/updates/{row.id}"' in page
    assert "niet duidelijk" in (await hers.get(f"/console/updates/{row.id}")).text
    others = await room.browser(await room.staff("rolmodel", "Hassan", "ar"))
    assert "Nieuws dat" not in (await others.get("/console/texts/queue")).text
