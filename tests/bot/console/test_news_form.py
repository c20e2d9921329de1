"""News in the console: whom it is for, when it goes, in which languages, and how it will look and cost."""

import re
from typing import Any

import pytest
from sqlalchemy import update

from content import catalogue, texts
from core.tables.people import Consent, Person
from core.tables.texts import Broadcast, Update, UpdateText
from tests.bot.console.room import Browser, Room
from tests.scheduler import world
from tests.scheduler.world import NOW

FORM = {
    "language": "ti",
    "body": "ናይ ቋንቋ ካፈ ጽባሕ ዕጹው እዩ።",
    "dutch": "Het taalcafé is morgen dicht.",
    "ends_on": "2026-12-28",
}


async def listeners(room: Room, count: int, channel: str = "telegram", start: int = 0, **values: Any) -> None:
    """So many people who want news, each with a phone."""
    for number in range(start, start + count):
        person = await room.person(**values)
        await room.phone(person, channel, f"+316{number:08}" if channel != "telegram" else f"9{number:08}")
        async with room.begin() as session:
            session.add(Consent(person_id=person.id, purpose="news", given=True, at=NOW))


async def written(browser: Browser, **values: str) -> str:
    """The address of a draft."""
    return (await browser.post("/console/updates/new", {**FORM, **values})).leads_to.partition("?")[0]


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    assert found
    return found[1]


def cells(page: str) -> list[list[str]]:
    """The rows of the table of channels."""
    body = re.search(r"<tbody>(.*?)</tbody>", page, re.DOTALL)
    rows = re.findall(r"<tr>(.*?)</tr>", body[1], re.DOTALL) if body else []
    return [re.findall(r"<td>(.*?)</td>", row) for row in rows]


async def test_how_it_looks_on_each_channel(room: Room) -> None:
    browser = await room.browser(await room.staff())
    page = (await browser.get(await written(browser, language="ar", body="غدا هناك لقاء."))).text
    assert "Er is een bericht voor u van PIM Welkom." not in page  # in Arabic here
    assert 'dir="rtl">📣' in page
    assert "غدا هناك لقاء." in page
    assert 'lang="nl" dir="ltr">📣 Nieuws van een rolmodel:\nHet taalcafé is morgen dicht.\n' in page
    assert "De inhoud staat nooit in een sms." in page
    assert re.search(r"\d sms-del?en", page)


async def test_per_channel_how_many_what_it_costs_and_when_the_last_leaves(room: Room) -> None:
    await listeners(room, 6, "sms")
    await listeners(room, 5, start=100)
    await listeners(room, 2, "whatsapp", start=200)
    browser = await room.browser(await room.staff())
    page = (await browser.get(await written(browser))).text
    assert "11 mensen" in page
    rows = {row[0]: row[1:] for row in cells(page)}
    assert rows["Telegram"] == ["5 mensen", "€ 0,00", "€ 0,00", "ma 21 december 2026, 11:02 uur"]
    assert rows["sms"][0] == "6 mensen"
    assert re.fullmatch(r"(\d) sms-del?en, € 0,(\d)0|1 sms-deel, € 0,10", rows["sms"][1])
    assert "minder dan 5 mensen" in page
    assert "WhatsApp neemt dit nu niet aan" in page


async def test_small_numbers_and_what_tells_them_are_not_shown(room: Room) -> None:
    await listeners(room, 3, "sms")
    browser = await room.browser(await room.staff())
    page = (await browser.get(await written(browser))).text
    ((name, people, _, total, _),) = cells(page)
    assert (name, people, total) == ("sms", "minder dan 5 mensen", "–")
    assert "3 mensen" not in page


async def test_a_total_does_not_tell_the_only_small_number(room: Room) -> None:
    await listeners(room, 2, "sms")
    await listeners(room, 5, start=100)
    browser = await room.browser(await room.staff())
    page = (await browser.get(await written(browser))).text
    assert {row[0]: row[1] for row in cells(page)} == {"Telegram": "5 mensen", "sms": "minder dan 5 mensen"}
    assert "6 tot 9 mensen" in page
    assert "7 mensen" not in page


async def test_who_is_left_out_and_why(room: Room) -> None:
    for number in range(5):
        await room.phone(await room.person(), handle=f"8{number:08}")
    browser = await room.browser(await room.staff())
    page = (await browser.get(await written(browser))).text
    assert "5 mensen<small>Wil geen nieuws, of zei nog geen ja." in page


async def test_what_deceives_is_marked_in_the_text(room: Room) -> None:
    browser = await room.browser(await room.staff())
    tricky = "Kom naar g\u0435meente <b>nu</b>\u202e"
    page = (await browser.get(await written(browser, dutch=tricky))).text
    assert '<mark title="letters die op andere lijken: g\u0435meente">g\u0435meente</mark>' in page
    assert '<mark title="een onzichtbaar teken (RIGHT-TO-LEFT OVERRIDE)">▯</mark>' in page
    assert "&lt;b&gt;nu&lt;/b&gt;" in page
    assert "Een tweede persoon van de gemeente kijkt ook: letters die op andere lijken" in page


async def test_for_a_place_a_leerroute_and_a_theme(room: Room) -> None:
    async with room.begin() as session:
        workshop, place = await world.workshop(session), await world.place(session)
    await listeners(room, 6)
    async with room.begin() as session:
        await session.execute(update(Person).values(leerroute="z"))
    browser = await room.browser(await room.staff())
    whom = {"for_place": str(place.id), "for_leerroute": "z", "for_workshop": str(workshop.id)}
    path = await written(browser, for_leerroute="z")
    assert "6 mensen" in (await browser.get(path)).text
    page = (await browser.get(await written(browser, **whom))).text
    for words in (
        "wie bij Voorbeeldhuis komt",
        "Z-route",
        "wie meedoet met Werken in Nederland",
        "minder dan 5 mensen",
    ):
        assert words in page
    row = (await room.all(Update))[-1]
    assert (row.for_place, row.for_leerroute, row.for_workshop) == (place.id, "z", workshop.id)
    unknown = await browser.post("/console/updates/new", {**FORM, "for_leerroute": "x"})
    assert "Kies uit de lijst." in unknown.text


@pytest.mark.parametrize(
    ("send_day", "send_time", "sentence"),
    [
        ("2026-12-22", "", "Kies een dag en een tijd"),
        ("2026-12-20", "10:00", "al geweest"),
        ("2026-12-22", "06:30", "Kies een tijd vanaf 08:00 uur"),
        ("2026-12-22", "23:00", "Kies een tijd vanaf 08:00 uur"),
        ("2027-01-22", "10:00", "al voorbij als het weggaat"),
    ],
)
async def test_a_moment_at_which_nothing_is_sent_is_refused(
    room: Room, send_day: str, send_time: str, sentence: str
) -> None:
    browser = await room.browser(await room.staff())
    answer = await browser.post("/console/updates/new", {**FORM, "send_day": send_day, "send_time": send_time})
    assert answer.status == 422
    assert sentence in answer.text
    assert FORM["body"] in answer.text
    assert await room.all(Update) == []


async def test_planned_for_a_moment_and_stopped(room: Room) -> None:
    writer, judge = await room.staff("rolmodel", "Mehret", "ti"), await room.staff("rolmodel", "Dawit", "ti")
    theirs, other = await room.browser(writer), await room.browser(judge)
    path = await written(theirs, send_day="2026-12-22", send_time="10:30")
    await theirs.send(f"{path}/submit")
    page = await other.send(f"{path}/approve", {"seen": seen((await other.get(path)).text)})
    assert "Wordt verstuurd op dinsdag 22 december 2026, 10:30 uur." in page.text
    assert "Teruggenomen" in (await other.send(f"{path}/undo")).text
    assert [row.state for row in await room.all(Broadcast)] == ["withdrawn"]


async def test_improved_after_it_came_back(room: Room) -> None:
    writer, judge = await room.staff("rolmodel", "Mehret", "ti"), await room.staff("rolmodel", "Dawit", "ti")
    theirs, other = await room.browser(writer), await room.browser(judge)
    path = await written(theirs)
    await theirs.send(f"{path}/submit")
    await other.send(f"{path}/return", {"seen": seen((await other.get(path)).text), "reason": "Welke dag?"})
    assert FORM["body"] in (await theirs.get(f"{path}/edit")).text
    changed = {**FORM, "body": "ካልእ", "day": "2026-12-22", "place": "Voorbeeldhuis"}
    page = await theirs.send(f"{path}/edit", changed)
    assert "ካልእ" in page.text
    assert "dinsdag 22 december 2026" in page.text
    assert (await other.get(f"{path}/edit")).status == 404
    assert (await other.post(f"{path}/edit", changed)).status == 404


async def test_one_more_language(room: Room) -> None:
    staff = await room.browser(await room.staff())
    path = await written(staff)
    added = await staff.send(f"{path}/language", {"language": "ar", "body": "غدا المقهى مغلق."})
    assert "Nieuws in het Arabisch" in added.text
    assert "Het taalcafé is morgen dicht." in added.text
    assert f'href="{path}"' in added.text
    again = await staff.post(f"{path}/language", {"language": "ar", "body": "غدا"})
    assert "Deze taal is er al." in again.text
    assert {row.language for row in await room.all(UpdateText)} == {"ti", "ar", "nl"}


async def test_a_rolmodel_sees_only_her_language_of_it(room: Room) -> None:
    staff = await room.browser(await room.staff())
    path = await written(staff)
    added = (await staff.post(f"{path}/language", {"language": "ar", "body": "غدا"})).leads_to.partition("?")[0]
    arabic = await room.browser(await room.staff("rolmodel", "Hassan", "ar"))
    assert (await arabic.get(path)).status == 404
    page = (await arabic.get(added)).text
    assert FORM["body"] not in page
    assert f'href="{path}"' not in page


async def test_dutch_for_who_has_no_other(room: Room) -> None:
    await listeners(room, 5, languages=["so"])
    staff = await room.browser(await room.staff())
    path = await written(staff, dutch_too="yes")
    dutch = next(row for row in await room.all(UpdateText) if row.language == "nl")
    assert dutch.state == "draft"
    assert "5 mensen" in (await staff.get(f"/console/updates/{dutch.id}")).text
    assert "minder dan 5 mensen" in (await staff.get(path)).text


async def test_it_does_not_stop_before_the_day_it_is_about(room: Room) -> None:
    browser = await room.browser(await room.staff())
    answer = await browser.post("/console/updates/new", {**FORM, "day": "2026-12-29"})
    assert (answer.status, "Kies een latere laatste dag" in answer.text) == (422, True)
    assert "geldt tot en met" in (await browser.get(await written(browser, day="2026-12-28"))).text


async def test_who_hears_it_in_another_language_than_the_own_one(room: Room) -> None:
    await listeners(room, 6, languages=["ti", "nl"])
    await listeners(room, 5, start=100, languages=["so", "ti"])
    await listeners(room, 2, start=200, languages=["fa", "nl"])
    staff = await room.browser(await room.staff())
    path = await written(staff)
    page = (await staff.get(path)).text
    assert "<strong>5 mensen krijgen Tigrinya.</strong> Dit nieuws is er niet in het Somali." in page
    assert "niet in het Farsi" not in page  # they don't hear it at all
    assert "niet in het Tigrinya" not in page


async def test_who_gets_the_push_of_news_in_easy_dutch(room: Room) -> None:
    async with room.begin() as session:
        await texts.ship(session, NOW, catalogue.load())
        room.texts = await texts.in_force(session, catalogue.load())
    await listeners(room, 5, languages=["ti", "nl"])
    staff = await room.browser(await room.staff())
    page = (await staff.get(await written(staff))).text
    assert "<strong>5 mensen krijgen makkelijk Nederlands.</strong> De tekst in het Tigrinya is nog niet" in page


async def test_a_rolmodel_is_told_nothing_of_other_languages(room: Room) -> None:
    await listeners(room, 5, languages=["so", "ti"])
    writer = await room.browser(await room.staff("rolmodel", "Ruth", "ti"))
    page = (await writer.get(await written(writer))).text
    assert "Somali" not in page.partition('id="who"')[2].partition("</section>")[0]
