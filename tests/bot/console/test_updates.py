import re
from datetime import timedelta
from uuid import UUID

from content import approvals, understanding, updates
from content.voice import media
from content.voice.attachments import Voice
from core import people
from core.tables.texts import Broadcast, Understanding, Update, UpdateText
from scheduler.news import broadcasts
from tests.bot.console.room import Browser, Room
from tests.scheduler.world import NOW

FORM = {
    "language": "ti",
    "body": "ናይ ቋንቋ ካፈ ጽባሕ ዕጹው እዩ።",
    "dutch": "Het taalcafé is morgen dicht.",
    "ends_on": "2026-12-28",
}


async def written(browser: Browser) -> str:
    """The address of news that waits for another."""
    path = (await browser.post("/console/updates/new", FORM)).leads_to.partition("?")[0]
    await browser.send(f"{path}/submit")
    return path


def seen(page: str) -> str:
    """What the judge saw, as the page's form gives it back."""
    found = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    assert found
    return found[1]


async def test_written_approved_by_another_speaker_and_undone(room: Room) -> None:
    writer, judge = await room.staff("rolmodel", "Mehret", "ti"), await room.staff("rolmodel", "Dawit", "ti")
    theirs, other = await room.browser(writer), await room.browser(judge)
    path = await written(theirs)
    assert "wacht op een ander" in (await theirs.get(path)).text
    assert "Keur goed" not in (await theirs.get(path)).text
    page = (await other.get(path)).text
    assert "minder dan 5 mensen" in page
    approved = await other.send(f"{path}/approve", {"seen": seen(page)})
    assert "Wordt verstuurd over 2 minuten." in approved.text
    assert [row.state for row in await room.all(Broadcast)] == ["planned"]
    assert "Teruggenomen" in (await other.send(f"{path}/undo")).text
    assert [row.state for row in await room.all(Update)] == ["submitted"]  # it isn't lost: it waits for a look again


async def test_own_text_is_not_approved_by_its_writer(room: Room) -> None:
    browser = await room.browser(await room.staff("rolmodel", "Mehret", "ti"))
    answer = await browser.post(f"{await written(browser)}/approve", {"seen": "x"})
    assert answer.status == 422
    assert "U schreef deze tekst zelf." in answer.text


async def test_changed_meanwhile(room: Room) -> None:
    path = await written(await room.browser(await room.staff("rolmodel", "Mehret", "ti")))
    judge = await room.browser(await room.staff("rolmodel", "Dawit", "ti"))
    answer = await judge.post(f"{path}/approve", {"seen": "0" * 64})
    assert answer.status == 422
    assert "intussen veranderd" in answer.text


async def test_returned_with_a_reason(room: Room) -> None:
    theirs = await room.browser(await room.staff("rolmodel", "Mehret", "ti"))
    path = await written(theirs)
    judge = await room.browser(await room.staff("rolmodel", "Dawit", "ti"))
    form = {"seen": seen((await judge.get(path)).text)}
    assert "Schrijf waarom" in (await judge.post(f"{path}/return", form)).text
    await judge.send(f"{path}/return", {**form, "reason": "Te moeilijk"})
    assert "Te moeilijk" in (await theirs.get(path)).text


async def test_a_spoken_reason_is_heard_by_the_writer(room: Room) -> None:
    theirs = await room.browser(await room.staff("rolmodel", "Mehret", "ti"))
    account = await room.staff("rolmodel", "Dawit", "ti")
    path = await written(theirs)
    assert "<audio" not in (await theirs.get(path)).text
    assert (await theirs.get(f"{path}/reason")).status == 404
    async with room.begin() as session:
        said = Voice(content=b"OggS made up", milliseconds=900, recorded=900, loudness=-20, peak=-3)
        kept = await media.keep(session, NOW, said)
        news = await updates.read(session, UUID(path.rpartition("/")[2]))
        where = (session, NOW, news.text.id, account, approvals.SPOKEN)
        await broadcasts.give_back(*where, seen=news.seen, voice_id=kept)

    page = (await theirs.get(path)).text
    assert f'src="{path}/reason"' in page
    assert "terug<small>" in page
    assert "ingesproken" in page
    heard = await theirs.get(f"{path}/reason")
    assert (heard.status, heard.headers["Content-Type"], heard.text) == (200, "audio/ogg", "OggS made up")
    stranger = await room.browser(await room.staff("rolmodel", "Hassan", "ar"))
    assert (await stranger.get(f"{path}/reason")).status == 404


async def test_another_language_is_not_there(room: Room) -> None:
    path = await written(await room.browser(await room.staff("rolmodel", "Mehret", "ti")))
    browser = await room.browser(await room.staff("rolmodel", "Hassan", "ar"))
    assert (await browser.get(path)).status == 404
    assert "taalcaf" not in (await browser.get("/console/updates")).text
    assert (await browser.post(f"{path}/withdraw")).status == 404


async def test_second_look_of_the_municipality_at_a_link(room: Room) -> None:
    writer = await room.browser(await room.staff("rolmodel", "Mehret", "ti"))
    linked = {**FORM, "dutch": "Kijk op www.voorbeeld.nl"}
    path = (await writer.post("/console/updates/new", linked)).leads_to.partition("?")[0]
    await writer.send(f"{path}/submit")
    judge = await room.browser(await room.staff("rolmodel", "Dawit", "ti"))
    first = await judge.send(f"{path}/approve", {"seen": seen((await judge.get(path)).text)})
    assert "De gemeente kijkt ook nog." in first.text
    staff = await room.browser(await room.staff())
    page = (await staff.get(path)).text
    assert "een link" in page
    assert "Wordt verstuurd" in (await staff.send(f"{path}/approve", {"seen": seen(page)})).text


async def test_problems_of_new_news(room: Room) -> None:
    browser = await room.browser(await room.staff("rolmodel", "Mehret", "ti"))
    answer = await browser.post("/console/updates/new", {"language": "ti", "body": "ሰላም"})
    assert answer.status == 422
    assert "makkelijk Nederlands" in answer.text
    assert "nieuws stopt vanzelf" in answer.text
    assert "ሰላም" in answer.text
    other = await browser.post("/console/updates/new", {**FORM, "language": "ar"})
    assert "kunt u geen nieuws schrijven" in other.text


async def test_news_whose_last_day_passed_is_sent_on_and_approved_by_nobody(room: Room) -> None:
    writer, judge = await room.staff("rolmodel", "Mehret", "ti"), await room.staff("rolmodel", "Dawit", "ti")
    theirs = await room.browser(writer)
    path = await written(theirs)
    draft = (await theirs.post("/console/updates/new", FORM)).leads_to.partition("?")[0]
    page = seen((await (await room.browser(judge)).get(path)).text)
    room.clock.advance(timedelta(days=9))

    late, other = await room.browser(writer), await room.browser(judge)
    answer = await late.post(f"{draft}/submit")
    assert (answer.status, "Dit nieuws is voorbij. Kies eerst een latere" in answer.text) == (422, True)
    assert "Wacht op u" not in (await other.get("/console/updates")).text
    assert "<strong>0</strong> nieuws wacht op u" in (await other.get("/console/")).text
    answer = await other.post(f"{path}/approve", {"seen": page})
    assert (answer.status, "Dit nieuws is voorbij" in answer.text) == (422, True)
    assert "Keur goed" not in answer.text
    assert await room.all(Broadcast) == []


async def clear_to(room: Room, path: str, clear: int, unclear: int) -> None:
    """So many people said whether the news at this address was clear."""
    async with room.begin() as session:
        text = await session.get_one(UpdateText, UUID(path.rpartition("/")[2]))
        wording = understanding.of_news(text)
        for answer in ["clear"] * clear + ["unclear"] * unclear:
            person = await people.add(session, NOW, name="Voorbeeld", languages=["ti"])
            row = Understanding(person_id=person.id, answer=answer, asked_at=NOW, answered_at=NOW, **vars(wording))
            session.add(row)


async def test_how_clear_people_find_it(room: Room) -> None:
    writer, staff = (
        await room.browser(await room.staff("rolmodel", "Abeba", "ti")),
        await room.browser(await room.staff()),
    )
    path = await written(writer)
    await clear_to(room, path, 2, 2)
    assert "vinden dit duidelijk" not in (await staff.get(path)).text
    await clear_to(room, path, 2, 0)
    for browser in (staff, writer):
        page = (await browser.get(path)).text
        assert "ongeveer 6 van de 10 mensen vinden dit duidelijk · 6 antwoorden" in page
        assert "niet duidelijk" in page
    await clear_to(room, path, 4, 0)
    page = (await staff.get(path)).text
    assert "ongeveer 8 van de 10 mensen vinden dit duidelijk" in page
    assert "niet duidelijk" not in page
