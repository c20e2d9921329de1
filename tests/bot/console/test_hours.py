import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from scheduler.volunteers import volunteer
from tests.bot.console.room import Room
from tests.bot.console.test_textqueue import ALL, BETTER, QUEUE, form, sentence, ship, speaker, ticked
from tests.scheduler.world import NOW


async def worked(room: Room, name: str, minutes: int, months: int = 0) -> None:
    account = await room.staff("rolmodel", name, "ti")
    async with room.begin() as session:
        for start in range(0, minutes, 10):
            at = NOW - timedelta(days=31 * months, minutes=start)
            await volunteer.add(session, at, account, "review", 60 * min(10, minutes - start))


async def test_hours_per_rolmodel_of_a_month(room: Room) -> None:
    await worked(room, "Mehret", 160)
    await worked(room, "Dawit", 20, months=1)
    browser = await room.browser(await room.staff("regisseur", "Marit"))
    page = (await browser.get("/console/hours")).text
    assert "december 2026" in page
    assert "2 uur en 40 minuten" in page
    assert "Dawit" not in page
    before = (await browser.get("/console/hours?month=2026-11")).text
    assert "0 uur en 20 minuten" in before
    assert "Mehret" not in before


async def test_as_a_table(room: Room) -> None:
    await worked(room, "Mehret", 160)
    await worked(room, "=Sum", 11)
    browser = await room.browser(await room.staff("regisseur", "Marit"))
    table = await browser.get("/console/hours.csv?month=2026-12")
    assert table.headers["Content-Type"].startswith("text/csv")
    assert table.text.removeprefix("\ufeff").splitlines() == [
        "maand;rolmodel;e-mail;uren;minuten;rol",
        "2026-12;'=Sum;'=sum@voorbeeld.nl;0;11;rolmodel",
        "2026-12;Mehret;mehret@voorbeeld.nl;2;40;rolmodel",
    ]


async def test_what_is_no_month_is_this_month(room: Room) -> None:
    browser = await room.browser(await room.staff("regisseur", "Marit"))
    for asked in ("2026-13", "x", "1", "2026-12-01", "9999-12"):
        assert "december 2026" in (await browser.get(f"/console/hours?month={asked}")).text


async def test_only_for_the_regisseur(room: Room) -> None:
    for role in ("klantmanager", "rolmodel", "beheerder"):
        browser = await room.browser(await room.staff(role, role.title()))
        assert (await browser.get("/console/hours")).status == 404
        assert (await browser.get("/console/hours.csv")).status == 404


async def hours(room: Room) -> dict[str, tuple[int, int]]:
    """Who worked how long this month, in hours and minutes."""
    async with room.begin() as session:
        found = await volunteer.everybody(session, NOW.date(), room.settings.timezone)
    return {account.name: (worked.hours, worked.minutes) for account, worked in found}


@pytest.mark.parametrize("role", ["rolmodel", "vertaler"])
async def test_looking_at_texts_counts(room: Room, role: str) -> None:
    await ship(room, "appointment.day", "message")
    _, browser = await speaker(room, "Mehret", role)
    page = (await browser.get(QUEUE)).text
    room.clock.advance(timedelta(minutes=3))
    refused = await ticked(browser, page, *ALL[:1])
    room.clock.advance(timedelta(minutes=1))
    done = await browser.get((await ticked(browser, refused.text, *ALL)).leads_to)
    assert await hours(room) == {"Mehret": (0, 4)}

    room.clock.advance(timedelta(minutes=2))
    path, hidden = form(done.text, "return")
    await browser.send(path, {**hidden, "reason": "wrong_word"})
    assert await hours(room) == {"Mehret": (0, 6)}


async def test_a_better_sentence_counts_from_when_the_text_was_shown(room: Room) -> None:
    await ship(room, "appointment.day")
    _, browser = await speaker(room)
    queue = (await browser.get(QUEUE)).text
    room.clock.advance(timedelta(minutes=2))
    page, path = await sentence(browser, queue=queue)
    room.clock.advance(timedelta(minutes=3))
    await browser.send(path, {**form(page, "change")[1], "said": BETTER})
    assert await hours(room) == {"Mehret": (0, 5)}


async def test_two_windows_count_once_and_no_page_makes_hours_up(room: Room) -> None:
    await ship(room, *(f"appointment.{step}" for step in ("announced", "week", "day", "hours", "changed", "cancelled")))
    _, browser = await speaker(room)
    page = (await browser.get(QUEUE)).text
    room.clock.advance(timedelta(minutes=5))
    for began in (str(int(NOW.timestamp())), "0", "9" * 30, "-1", "x", str(int(NOW.timestamp()) + 4000)):
        path, hidden = form(page, "return")
        page = (await browser.send(path, {**hidden, "began": began, "reason": "wrong_word"})).text
    assert await hours(room) == {"Mehret": (0, 5)}


async def test_who_is_paid_for_it_is_not_counted(room: Room) -> None:
    await ship(room, "appointment.day")
    _, browser = await speaker(room, "Karin", "klantmanager")
    page = (await browser.get(QUEUE)).text
    room.clock.advance(timedelta(minutes=3))
    assert (await ticked(browser, page, *ALL)).status == 303
    assert await hours(room) == {}


async def test_writing_and_judging_news_counts(room: Room) -> None:
    writer = await room.browser(await room.staff("rolmodel", "Mehret", "ti", "nl"))
    judge = await room.browser(await room.staff("rolmodel", "Dawit", "ti", "nl"))
    blank = (await writer.get("/console/updates/new")).text
    room.clock.advance(timedelta(minutes=7))
    news = {"language": "ti", "body": "ጽባሕ ክፉት", "dutch": "Morgen open.", "ends_on": "2027-01-12"}
    saved = await writer.post("/console/updates/new", {"began": value(blank, "began"), **news})
    address = urlsplit(saved.leads_to).path
    await writer.send(f"{address}/submit")
    page = (await judge.get(address)).text
    room.clock.advance(timedelta(minutes=2))
    await judge.send(f"{address}/approve", {name: value(page, name) for name in ("seen", "began")})
    assert await hours(room) == {"Mehret": (0, 7), "Dawit": (0, 2)}


def value(page: str, name: str) -> str:
    found = re.search(rf'type="hidden" name="{name}" value="([^"]*)"', page)
    assert found
    return found[1]
