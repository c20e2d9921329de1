import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from content import approvals, catalogue, texts
from content.catalogue import body_of, digest
from content.understanding import Wording
from content.voice import media
from content.voice.attachments import Voice
from core.tables.people import Account
from core.tables.texts import Approval, Text
from core.tables.work import Task
from tests.bot.console.room import Answer, Browser, Room
from tests.content.test_understanding import answered_by
from tests.scheduler.world import NOW

QUEUE = "/console/texts/queue"
SHIPPED = catalogue.load()
BETTER = "ጽባሕ ቆጸራ ኣለኩም፦ {day}፣ {time}።"
ALL = [("point", "what"), ("point", "when"), ("point", "not")]


async def ship(room: Room, *units: str) -> None:
    """Only these units wait, in Tigrinya."""
    async with room.begin() as session:
        await texts.ship(session, NOW, SHIPPED)
        for row in list(await session.scalars(select(Text).where(Text.state == "concept"))):
            if row.language != "ti" or row.unit not in units:
                row.state = "returned"


async def speaker(room: Room, name: str = "Mehret", role: str = "rolmodel") -> tuple[Account, Browser]:
    account = await room.staff(role, name, "ti", "nl")
    return account, await room.browser(account)


def form(page: str, action: str) -> tuple[str, dict[str, str]]:
    """Where a form of the page goes, with its hidden fields."""
    found = re.search(rf'action="([^"]*/{action}\?[^"]*)"(.*?)</form>', page, re.DOTALL)
    assert found, f"no form {action}"
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', found[2]))
    return found[1].replace("&amp;", "&"), hidden


async def ticked(browser: Browser, page: str, *points: tuple[str, str]) -> Answer:
    """The checklist sent with these boxes."""
    path, hidden = form(page, "good")
    async with browser.client.post(path, data=[*hidden.items(), *points], allow_redirects=False) as answer:
        return Answer(status=answer.status, text=await answer.text(), headers=answer.headers)


async def states(room: Room, unit: str) -> list[str]:
    async with room.begin() as session:
        query = select(Text.state).where(Text.unit == unit, Text.language == "ti").order_by(Text.version)
        return list(await session.scalars(query))


async def test_one_text_with_its_checklist(room: Room) -> None:
    await ship(room, "appointment.day", "message")
    _, browser = await speaker(room)
    page = (await browser.get(QUEUE)).text
    assert "Tekst 1 van 2 · Tigrinya · ongeveer 3 minuten" in page
    assert "Afspraak, een dag ervoor" in page
    assert "dinsdag 12 januari, 10:00 uur" in page
    assert re.findall(r'name="point" value="(\w+)"', page) == ["what", "when", "not"]
    assert 'lang="ti" dir="ltr"' in page


async def test_approved_when_all_is_ticked_and_undone(room: Room) -> None:
    await ship(room, "appointment.day")
    _, browser = await speaker(room)
    page = (await browser.get(QUEUE)).text

    refused = await ticked(browser, page, *ALL[:2])
    assert refused.status == 422
    assert "Druk op alles wat klopt" in refused.text
    assert re.findall(r'value="(\w+)" checked', refused.text) == ["what", "when"]
    assert await states(room, "appointment.day") == ["concept"]

    done = await browser.get((await ticked(browser, page, *ALL)).leads_to)
    assert "Over 2 minuten gebruiken wij deze tekst" in done.text
    assert "U bent klaar" in done.text
    assert await states(room, "appointment.day") == ["approved"]
    undone = await browser.send(form(done.text, "undo")[0])
    assert "De tekst wacht weer" in undone.text
    assert await states(room, "appointment.day") == ["concept"]


async def test_a_form_that_is_sent_twice_keeps_its_undo(room: Room) -> None:
    await ship(room, "appointment.day", "message")
    _, browser = await speaker(room)
    page = (await browser.get(QUEUE)).text
    answers = [await ticked(browser, page, *ALL) for _ in range(2)]
    assert answers[0].leads_to == answers[1].leads_to
    assert "Over 2 minuten gebruiken wij deze tekst" in (await browser.get(answers[1].leads_to)).text

    _, path = await sentence(browser)
    said = [await browser.send(path, {"said": "ካብ PIM Welkom ሓደ መልእኽቲ ኣለኩም።"}) for _ in range(2)]
    assert "kijkt nu naar uw tekst" in said[1].text or "zoekt iemand" in said[1].text
    assert form(said[1].text, "undo") == form(said[0].text, "undo")
    room.clock.advance(timedelta(minutes=3))
    assert "gone" in (await ticked(browser, page, *ALL)).leads_to


async def test_undo_is_gone_after_two_minutes(room: Room) -> None:
    await ship(room, "appointment.day")
    _, browser = await speaker(room)
    answer = await ticked(browser, (await browser.get(QUEUE)).text, *ALL)
    path, _ = form((await browser.get(answer.leads_to)).text, "undo")
    room.clock.advance(timedelta(minutes=2, seconds=1))
    assert "Toch niet" not in (await browser.get(answer.leads_to)).text
    assert "Dit kan niet meer" in (await browser.send(path)).text
    assert await states(room, "appointment.day") == ["approved"]


async def test_another_cannot_undo(room: Room) -> None:
    await ship(room, "appointment.day")
    _, browser = await speaker(room)
    answer = await ticked(browser, (await browser.get(QUEUE)).text, *ALL)
    path, _ = form((await browser.get(answer.leads_to)).text, "undo")
    _, other = await speaker(room, "Dawit")
    assert (await other.post(path)).status == 404
    assert "Toch niet" not in (await other.get(answer.leads_to)).text


async def test_sent_back_with_a_reason(room: Room) -> None:
    await ship(room, "appointment.day")
    _, browser = await speaker(room)
    path, hidden = form((await browser.get(QUEUE)).text, "return")
    assert "Kies wat niet klopt" in (await browser.post(path, hidden)).text
    assert "Kies uit de lijst" in (await browser.post(path, {**hidden, "reason": "zomaar"})).text
    done = await browser.send(path, {**hidden, "reason": "not_polite"})
    assert "krijgen mensen makkelijk Nederlands" in done.text
    assert [(one.verdict, one.reason) for one in await room.all(Approval)] == [("returned", "not_polite")]
    assert "De tekst wacht weer" in (await browser.send(form(done.text, "undo")[0])).text


async def test_later_comes_last(room: Room) -> None:
    await ship(room, "appointment.day", "message")
    _, browser = await speaker(room)
    page = (await browser.get(QUEUE)).text
    later = re.search(r'href="(/console/texts/queue\?later=[^"]+)">⏭', page)
    assert later
    second = (await browser.get(later[1])).text
    assert "Er is een bericht" in second
    assert "Tekst 2 van 2" in second
    path, hidden = form(second, "return")
    led = (await browser.post(path, {**hidden, "reason": "wrong_word"})).leads_to
    assert parse_qs(urlsplit(led).query)["later"] == parse_qs(urlsplit(later[1]).query)["later"]


async def sentence(browser: Browser, number: int = 0, *, queue: str = "") -> tuple[str, str]:
    """The page of one sentence, and where its form goes; `queue`: the page from which it is chosen."""
    queue = queue or (await browser.get(QUEUE)).text
    way = re.search(r'href="(/console/texts/queue/[^"]+/change\?[^"]*)"', queue)
    assert way
    choices = (await browser.get(way[1].replace("&amp;", "&"))).text
    chosen = re.search(rf'href="([^"]+change\?n={number}&amp;[^"]*)"', choices)
    assert chosen
    page = (await browser.get(chosen[1].replace("&amp;", "&"))).text
    return page, form(page, "change")[0]


async def test_a_sentence_said_better_waits_for_another(room: Room) -> None:
    await ship(room, "appointment.day")
    _, browser = await speaker(room)
    _, other = await speaker(room, "Dawit", "vertaler")
    page, path = await sentence(browser)
    assert "Laat dit staan zoals het is: {day}, {time}" in page

    wrong = await browser.post(path, {"said": "ጽባሕ {day}"})
    assert wrong.status == 422
    assert "{time} ontbreekt" in wrong.text
    assert "ጽባሕ {day}" in wrong.text
    done = await browser.send(path, {"said": BETTER})
    assert "Een ander die deze taal spreekt, kijkt nu naar uw tekst" in done.text
    assert await states(room, "appointment.day") == ["concept", "submitted"]
    assert "U bent klaar" in done.text
    answer = await ticked(other, (await other.get(QUEUE)).text, *ALL)
    assert answer.status == 303
    assert await states(room, "appointment.day") == ["concept", "approved"]


async def test_alone_with_a_language_and_taken_back(room: Room) -> None:
    await ship(room, "appointment.day")
    _, browser = await speaker(room)
    _, path = await sentence(browser)
    done = await browser.send(path, {"said": BETTER})
    assert "Er is geen ander die deze taal spreekt" in done.text
    assert [task.closed_at for task in await room.all(Task)] == [None]
    staff = await room.browser(await room.staff("regisseur", "Marit"))
    tasks = (await staff.get("/console/tasks")).text
    assert "Een tekst wacht: zoek een tweede die deze taal spreekt" in tasks
    assert "Tigrinya" in tasks
    await browser.send(form(done.text, "undo")[0])
    assert await states(room, "appointment.day") == ["concept"]
    assert [task.closed_at for task in await room.all(Task)] == [NOW]


async def test_approved_by_another_meanwhile(room: Room) -> None:
    await ship(room, "appointment.day")
    _, browser = await speaker(room)
    _, other = await speaker(room, "Dawit")
    page = (await browser.get(QUEUE)).text
    await ticked(other, (await other.get(QUEUE)).text, *ALL)
    assert "Een ander heeft gekeken" in (await browser.get((await ticked(browser, page, *ALL)).leads_to)).text
    assert len(await room.all(Approval)) == 1


async def test_an_own_text_says_so(room: Room) -> None:
    await ship(room, "appointment.day")
    account, browser = await speaker(room)
    page = (await browser.get(QUEUE)).text
    async with room.begin() as session:
        row = (await session.scalars(select(Text).where(Text.unit == "appointment.day", Text.language == "ti"))).one()
        row.author_id = account.id
    answer = await ticked(browser, page, *ALL)
    assert "U schreef deze tekst zelf" in (await browser.get(answer.leads_to)).text


async def test_what_was_seen_must_be_what_stands_there(room: Room) -> None:
    await ship(room, "appointment.day")
    _, browser = await speaker(room)
    page = (await browser.get(QUEUE)).text
    answer = await ticked(browser, re.sub(r'name="seen" value="[^"]+"', 'name="seen" value="x"', page), *ALL)
    assert answer.status == 422
    assert "intussen veranderd" in answer.text


@pytest.mark.parametrize("role", ["begeleider", "beheerder", "partner", "tolk", "fg"])
async def test_who_approves_no_texts_has_no_queue(room: Room, role: str) -> None:
    await ship(room, "appointment.day")
    browser = await room.browser(await room.staff(role, "Iemand", "ti"))
    assert (await browser.get(QUEUE)).status == 404


async def test_staff_who_do_not_speak_it_have_an_empty_queue(room: Room) -> None:
    await ship(room, "appointment.day")
    browser = await room.browser(await room.staff("regisseur", "Marit", "nl"))
    assert "Er wachten nu geen teksten op u" in (await browser.get(QUEUE)).text


async def test_odd_addresses(room: Room) -> None:
    await ship(room, "appointment.day")
    _, browser = await speaker(room)
    for query in ("later=x,,y", "undo=zzz", "later=" + "A" * 22, "undo=" + "A" * 22):
        assert (await browser.get(f"{QUEUE}?{query}")).status == 200
    assert (await browser.post(f"{QUEUE}/x/good")).status == 404
    page, path = await sentence(browser)
    assert "Schrijf de hele zin" in (await browser.post(path, {"said": ""})).text
    assert (await browser.post(path.replace("n=0", "n=999"), {"said": BETTER})).status == 404
    assert (await browser.get(path.replace("n=0", "n=999"))).status == 200
    assert "NL" in page


async def said_now(room: Room, unit: str = "appointment.day") -> Text:
    """A text that people get now."""
    await ship(room, unit)
    async with room.begin() as session:
        row = (await session.scalars(select(Text).where(Text.unit == unit, Text.language == "ti"))).one()
        row.state = "approved"
        return row


async def test_what_people_get_now_is_said_better_and_waits_for_another(room: Room) -> None:
    row = await said_now(room)
    _, browser = await speaker(room)
    page = (await browser.get("/console/texts/units/appointment.day?language=ti")).text
    assert f'href="{QUEUE}/{row.id}/change"' in page
    choices = (await browser.get(f"{QUEUE}/{row.id}/change")).text
    assert "Mensen krijgen deze tekst nu" in choices
    assert 'href="/console/texts/units/appointment.day?language=ti">◀️ Terug' in choices
    done = await browser.send(f"{QUEUE}/{row.id}/change?n=0", {"said": BETTER})
    assert "Een ander die deze taal spreekt" in done.text or "Er is geen ander" in done.text
    assert await states(room, "appointment.day") == ["approved", "submitted"]
    # A second better sentence waits until the first one is judged.
    assert (await browser.get(f"{QUEUE}/{row.id}/change")).status == 303
    await browser.send(form(done.text, "undo")[0])
    assert await states(room, "appointment.day") == ["approved"]


async def test_only_a_speaker_says_it_better(room: Room) -> None:
    row = await said_now(room)
    stranger = await room.browser(await room.staff("rolmodel", "Hassan", "ar", "nl"))
    regisseur = await room.browser(await room.staff("regisseur", "Marit", "nl"))
    for browser in (stranger, regisseur):
        assert (await browser.get(f"{QUEUE}/{row.id}/change")).status == 303
        assert (await browser.post(f"{QUEUE}/{row.id}/change?n=0", {"said": BETTER})).status == 303
    assert "/change" not in (await regisseur.get("/console/texts/units/appointment.day?language=ti")).text
    assert await states(room, "appointment.day") == ["approved"]


async def test_from_the_page_of_a_text_to_what_waits(room: Room) -> None:
    await ship(room, "appointment.day")
    _, browser = await speaker(room)
    page = (await browser.get("/console/texts/units/appointment.day?language=ti")).text
    assert f'href="{QUEUE}">Bekijk teksten' in page


async def test_what_went_back_says_why_and_is_said_better(room: Room) -> None:
    await ship(room, "appointment.day")
    _, judge = await speaker(room)
    path, hidden = form((await judge.get(QUEUE)).text, "return")
    await judge.send(path, {**hidden, "reason": "too_difficult"})
    _, other = await speaker(room, "Dawit", "vertaler")
    page = (await other.get("/console/texts/units/appointment.day?language=ti")).text
    assert "Waarom het terugging: te moeilijk." in page
    assert "<audio" not in page
    way = re.search(r'href="(/console/texts/queue/[^"]+/change)"', page)
    assert way
    assert "Mensen krijgen deze tekst nu" not in (await other.get(way[1])).text
    await other.send(f"{way[1]}?n=0", {"said": BETTER})
    assert await states(room, "appointment.day") == ["returned", "submitted"]
    assert (await ticked(judge, (await judge.get(QUEUE)).text, *ALL)).status == 303
    assert await states(room, "appointment.day") == ["returned", "approved"]


async def test_a_spoken_reason_is_heard_by_who_says_it_better(room: Room) -> None:
    await ship(room, "appointment.day")
    account, _ = await speaker(room)
    _, other = await speaker(room, "Dawit", "vertaler")
    async with room.begin() as session:
        row = (await session.scalars(select(Text).where(Text.state == "concept"))).one()
        said = Voice(content=b"OggS made up", milliseconds=900, recorded=900, loudness=-20, peak=-3)
        kept = await media.keep(session, NOW, said)
        await texts.return_(session, NOW, row.id, account, approvals.SPOKEN, voice_id=kept)
    page = (await other.get("/console/texts/units/appointment.day?language=ti")).text
    assert "Waarom het terugging: ingesproken." in page
    way = re.search(r'<audio[^>]* src="([^"]+)"', page)
    assert way
    heard = await other.get(way[1])
    assert (heard.status, heard.headers["Content-Type"], heard.text) == (200, "audio/ogg", "OggS made up")
    assert (await other.get("/console/texts/units/appointment.day/reason?language=ar")).status == 404
    assert (await other.get("/console/texts/units/nothing/reason?language=ti")).status == 404


async def test_a_text_that_is_not_understood_waits_for_better_words_only(room: Room) -> None:
    await ship(room, "appointment.day")
    _, browser = await speaker(room)
    async with room.begin() as session:
        (row,) = await session.scalars(select(Text).where(Text.state == "concept"))
        row.state = "approved"
        wording = Wording(unit=row.unit, language="ti", text_hash=digest(body_of(row.body)))
        await answered_by(session, wording, {"clear": 4, "unclear": 3})
    page = (await browser.get(QUEUE)).text
    assert "Antwoorden: 7. Minder dan 80% vindt hem duidelijk." in page
    assert "✏️ Verbeter" in page
    assert "/good?" not in page
    assert "/return?" not in page
