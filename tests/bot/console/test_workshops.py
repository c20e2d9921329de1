from datetime import timedelta
from uuid import UUID

from core.tables.agenda import Enrolment, Session, Workshop
from scheduler.meetings import seats
from tests.bot.console.room import Room, on
from tests.scheduler import world


async def offer(room: Room) -> tuple[Workshop, UUID]:
    """A workshop of a partner, and a place."""
    async with room.begin() as session:
        return await world.workshop(session), (await world.place(session)).id


async def planned(room: Room) -> tuple[Workshop, str]:
    """A day of a workshop, planned by the regisseur; its address."""
    workshop, place = await offer(room)
    browser = await room.browser(await room.staff("regisseur", "Marit"))
    form = {"workshop": str(workshop.id), "day": "2027-01-12", "time": "13:00", "place": str(place), "capacity": "2"}
    answer = await browser.post("/console/workshops/new", {**form, "childcare": "yes"})
    return workshop, answer.leads_to.partition("?")[0]


async def test_day_is_planned(room: Room) -> None:
    _, path = await planned(room)
    (row,) = await room.all(Session)
    assert (row.wall_time, row.capacity, row.childcare) == (on("2027-01-12 13:00"), 2, True)
    page = (await (await room.browser(await room.staff())).get(path)).text
    assert "dinsdag 12 januari 2027" in page
    assert "0 van 2" in page
    assert row.door_code not in page.split("</header>")[1]


async def test_problems_of_a_new_day(room: Room) -> None:
    browser = await room.browser(await room.staff("regisseur", "Marit"))
    answer = await browser.post("/console/workshops/new", {"day": "2026-01-12", "time": "25:00", "capacity": "veel"})
    assert answer.status == 422
    for sentence in ("Kies een workshop.", "is geen tijd", "Vul een getal in"):
        assert sentence in answer.text


async def test_a_day_has_no_start_that_the_clock_skips(room: Room) -> None:
    browser = await room.browser(await room.staff("regisseur", "Marit"))
    answer = await browser.post("/console/workshops/new", {"day": "2027-03-28", "time": "02:30", "capacity": "2"})
    assert answer.status == 422
    assert "Deze tijd bestaat niet" in answer.text


async def test_klantmanager_invites_her_own_people_of_a_language(room: Room) -> None:
    _, path = await planned(room)
    karin, piet = await room.staff(), await room.staff(name="Piet")
    selam, _, _ = await room.person(karin), await room.person(karin, languages=["ar"]), await room.person(piet)
    browser = await room.browser(karin)
    assert "Tigrinya (1)" in (await browser.get(path)).text
    assert "De uitnodigingen gaan zo weg." in (await browser.send(f"{path}/invite", {"language": "ti"})).text
    assert [seat.person_id for seat in await room.all(Enrolment)] == [selam.id]
    assert "Niemand is uitgenodigd" in (await browser.send(f"{path}/invite", {"language": "ti"})).text


async def test_moved_cancelled_and_second_editor(room: Room) -> None:
    _, path = await planned(room)
    (row,) = await room.all(Session)
    browser = await room.browser(await room.staff("regisseur", "Mo"))
    move = {"version": "1", "day": "2027-01-13", "time": "13:00", "place": str(row.place_id)}
    assert "verplaatst" in (await browser.send(f"{path}/move", move)).text
    stale = await browser.post(f"{path}/move", move)
    assert stale.status == 409
    assert "Iemand anders wijzigde deze workshopdag." in stale.text
    assert "geannuleerd" in (await browser.send(f"{path}/cancel", {"version": "2"})).text


async def test_partner_sees_first_names_of_who_signed_up_and_ticks_them(room: Room) -> None:
    workshop, path = await planned(room)
    sanne = await room.staff("partner", "Sanne", partner_id=workshop.partner_id)
    enrolled, invited = await room.person(name="Selam"), await room.person(name="Amina")
    (row,) = await room.all(Session)
    async with room.begin() as session:
        await seats.sign_up(session, room.clock.now(), room.settings, row.id, enrolled.id)
        session.add(Enrolment(session_id=row.id, person_id=invited.id, status="invited", since=room.clock.now()))
    browser = await room.browser(sanne)
    page = (await browser.get(path)).text
    assert "Selam" in page
    assert "Amina" not in page
    assert "/console/people/" not in page
    assert row.door_code in page
    room.clock.moment = row.starts_at + timedelta(hours=1)
    browser = await room.browser(sanne)
    seat = next(seat for seat in await room.all(Enrolment) if seat.person_id == enrolled.id)
    await browser.send(f"{path}/attendance", {f"present-{seat.id}": "yes"})
    assert {seat.status for seat in await room.all(Enrolment)} == {"attended", "invited"}


async def test_partner_sees_no_other_partners_day(room: Room) -> None:
    _, path = await planned(room)
    async with room.begin() as session:
        other = await world.workshop(session, "Iets anders")
    browser = await room.browser(await room.staff("partner", "Sanne", partner_id=other.partner_id))
    assert (await browser.get(path)).status == 404
    assert (await browser.post(f"{path}/cancel", {"version": "1"})).status == 404
    assert "Werken in Nederland" not in (await browser.get("/console/workshops")).text


async def test_attendance_is_not_noted_before_or_long_after(room: Room) -> None:
    workshop, path = await planned(room)
    (row,) = await room.all(Session)
    sanne = await room.staff("partner", "Sanne", partner_id=workshop.partner_id)
    for moment in (row.starts_at - timedelta(hours=1), row.starts_at + timedelta(days=15)):
        room.clock.moment = moment
        assert (await (await room.browser(sanne)).post(f"{path}/attendance")).status == 404
