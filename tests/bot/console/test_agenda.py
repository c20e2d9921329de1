import asyncio
from datetime import timedelta

from sqlalchemy import select

from content import catalogue
from content.inforce import dutch_and
from core.tables.agenda import Appointment
from core.tables.notices import Notice
from core.tables.people import Account
from scheduler.meetings import appointments
from tests.bot.console.room import Browser, Room, on

FORM = {
    "kind": "voortgangsgesprek",
    "day": "2027-01-12",
    "time": "10:00",
    "minutes": "45",
    "place": "Voorbeeldplein 1",
    "with_whom": "Karin",
    "tolk": "ti",
}


async def make(room: Room, karin: Account, browser: Browser, **values: str) -> Appointment:
    """An appointment made in the console."""
    person = await room.person(karin)
    await room.phone(person)
    await browser.send(f"/console/people/{person.id}/appointments/new", {**FORM, **values})
    return (await room.all(Appointment))[-1]  # type: ignore[no-any-return]


async def test_made_and_shown_with_what_goes_out(room: Room) -> None:
    karin = await room.staff()
    browser = await room.browser(karin)
    row = await make(room, karin, browser)
    assert (row.wall_time, row.minutes, row.tolk, row.created_by) == (on("2027-01-12 10:00"), 45, "ti", karin.id)
    page = (await browser.get(f"/console/appointments/{row.id}")).text
    assert "dinsdag 12 januari 2027" in page
    assert "<strong>Wordt verstuurd over 2 minuten.</strong> 1 persoon, Tigrinya, Telegram." in " ".join(page.split())
    for step in ("Nieuw", "Een week ervoor", "Een dag ervoor", "2 uur ervoor"):
        assert step in page


async def test_problems_stand_beside_the_fields(room: Room) -> None:
    karin = await room.staff()
    person, browser = await room.person(karin), await room.browser(karin)
    wrong = {**FORM, "day": "2026-12-01", "kind": "feest", "minutes": "0", "tolk": "xx"}
    answer = await browser.post(f"/console/people/{person.id}/appointments/new", wrong)
    assert answer.status == 422
    for sentence in ("zijn al geweest", "Kies uit de lijst", "van 5 tot en met 1440"):
        assert sentence in answer.text
    assert 'value="Voorbeeldplein 1"' in answer.text
    assert await room.all(Appointment) == []


async def test_a_time_that_the_clock_skips_stands_beside_the_field(room: Room) -> None:
    karin = await room.staff()
    person, browser = await room.person(karin), await room.browser(karin)
    skipped = {**FORM, "day": "2027-03-28", "time": "02:30"}
    answer = await browser.post(f"/console/people/{person.id}/appointments/new", skipped)
    assert answer.status == 422
    assert "Deze tijd bestaat niet" in answer.text
    assert await room.all(Appointment) == []


async def test_taken_back_within_two_minutes(room: Room) -> None:
    karin = await room.staff()
    browser = await room.browser(karin)
    row = await make(room, karin, browser)
    page = await browser.send(f"/console/appointments/{row.id}/take-back")
    assert "Teruggenomen" in page.text
    assert "gaat niet door" in page.text
    assert {notice.state for notice in await room.all(Notice)} == {"withdrawn"}


async def test_not_taken_back_later(room: Room) -> None:
    karin = await room.staff()
    browser = await room.browser(karin)
    row = await make(room, karin, browser)
    room.clock.advance(timedelta(minutes=3))
    assert "Toch niet" not in (await browser.get(f"/console/appointments/{row.id}")).text
    answer = await browser.post(f"/console/appointments/{row.id}/take-back")
    assert answer.status == 422
    assert "Terugnemen kan" in answer.text


async def test_moved_and_cancelled(room: Room) -> None:
    karin = await room.staff()
    browser = await room.browser(karin)
    row = await make(room, karin, browser)
    path = f"/console/appointments/{row.id}"
    move = {"version": "1", "day": "13-01-2027", "time": "9.30", "place": "Voorbeeldplein 1"}
    assert "De afspraak is verplaatst." in (await browser.send(f"{path}/move", move)).text
    (moved,) = await room.all(Appointment)
    assert moved.wall_time == on("2027-01-13 09:30")
    assert "De afspraak is geannuleerd." in (await browser.send(f"{path}/cancel", {"version": "2"})).text


async def test_two_at_once_the_second_chooses(room: Room) -> None:
    karin, browser = await room.staff(), await room.browser()
    browser = await room.browser(karin)
    row = await make(room, karin, browser)
    path = f"/console/appointments/{row.id}"
    first = {"version": "1", "day": "2027-01-14", "time": "10:00", "place": "Voorbeeldplein 1"}
    await browser.send(f"{path}/move", first)
    second = await browser.post(f"{path}/move", {**first, "day": "2027-01-13", "time": "15:00"})
    assert second.status == 409
    assert "Iemand anders wijzigde deze afspraak om 11:00. Nu: donderdag 14 januari 10:00 uur." in second.text
    assert "U had: woensdag 13 januari 15:00 uur." in second.text
    assert "Neem de nieuwe" in second.text
    assert 'name="version" value="2"' in second.text
    assert (await room.all(Appointment))[0].wall_time == on("2027-01-14 10:00")
    await browser.send(f"{path}/move", {**first, "version": "2", "day": "2027-01-13", "time": "15:00"})
    assert (await room.all(Appointment))[0].wall_time == on("2027-01-13 15:00")


async def test_who_came_to_wait_in_a_circle_sees_no_error(room: Room) -> None:
    """A worker holds the notice and wants the appointment, which this page holds: the database ends the page."""
    karin = await room.staff()
    browser = await room.browser(karin)
    row = await make(room, karin, browser)
    form = {"version": "1", "day": "14-01-2027", "time": "10:00", "place": "Voorbeeldplein 1"}
    async with room.begin() as other:
        await other.execute(select(Notice.id).with_for_update())
        moving = asyncio.create_task(browser.send(f"/console/appointments/{row.id}/move", form))
        await room.until_somebody_waits()
        await other.execute(select(Appointment.id).with_for_update())
    assert "De afspraak is verplaatst." in (await moving).text


async def test_two_hours_before_in_quiet_hours_says_when_it_goes(room: Room) -> None:
    karin = await room.staff()
    browser = await room.browser(karin)
    row = await make(room, karin, browser, time="08:30")
    page = " ".join((await browser.get(f"/console/appointments/{row.id}")).text.split())
    assert "Te laat voor “2 uur ervoor”. De afspraak is om 08:30; vóór 08:00 sturen wij niets." in page
    assert "Het bericht gaat maandag 11 januari 2027 om 20:00." in page


async def test_own_language_without_approval_is_said(room: Room) -> None:
    karin = await room.staff()
    person = await room.person(karin, languages=["bg"])
    room.texts = dutch_and(catalogue.load(("nl", "bg")), {})
    browser = await room.browser(karin)
    page = await browser.send(f"/console/people/{person.id}/appointments/new", FORM)
    assert "1 persoon, Nederlands." in page.text
    assert "Er is nog geen telefoon gekoppeld" in page.text
    assert "nog niet goedgekeurd" in page.text


async def test_begeleider_plans_and_sees_his_own_only(room: Room) -> None:
    karin, henk = await room.staff(), await room.staff("begeleider", "Henk")
    person = await room.person(henk, klantmanager_id=karin.id)
    his, hers = await room.browser(henk), await room.browser(karin)
    await hers.send(f"/console/people/{person.id}/appointments/new", FORM)
    (not_his,) = await room.all(Appointment)
    assert (await his.get(f"/console/appointments/{not_his.id}")).status == 404
    assert "Voortgangsgesprek" not in (await his.get(f"/console/people/{person.id}")).text
    refused = await his.post(f"/console/people/{person.id}/appointments/new", FORM)
    assert refused.status == 422
    own = {**FORM, "kind": "maatschappelijke_begeleiding"}
    assert (await his.send(f"/console/people/{person.id}/appointments/new", own)).status == 200


async def test_answer_is_shown(room: Room) -> None:
    karin = await room.staff()
    browser = await room.browser(karin)
    row = await make(room, karin, browser)
    async with room.begin() as session:
        kept = await session.get_one(Appointment, row.id)
        await appointments.answer(session, room.clock.now(), room.settings, kept, "no", "children")
    page = (await browser.get(f"/console/appointments/{row.id}")).text
    assert "kan niet" in page
    assert "kinderen" in page
