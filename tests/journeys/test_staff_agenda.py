"""Staff make, move and cancel an appointment in the console; the person hears of a change only if she was told."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from sqlalchemy import select

from core.tables.agenda import Appointment
from tests.journeys.house import Console, House, Phone

FORM = {
    "kind": "pip_gesprek",
    "day": "2027-01-12",
    "time": "10:00",
    "minutes": "45",
    "place": "Voorbeeldplein 1, Veghel",
    "with_whom": "Karin",
    "tolk": "",
}


class Desk:
    """Karin in her console, and the phone of somebody of her caseload."""

    def __init__(self, house: House, console: Console, phone: Phone, person_id: UUID) -> None:
        self.house, self.console, self.phone, self.person_id = house, console, phone, person_id

    async def make(self, **values: str) -> str:
        """An appointment by the form; its page."""
        await self.console.post(f"/console/people/{self.person_id}/appointments/new", {**FORM, **values})
        async with self.house.database.begin() as session:
            row = (await session.scalars(select(Appointment).order_by(Appointment.id.desc()).limit(1))).one()
        return f"/console/appointments/{row.id}"

    async def move(self, page: str, version: int, **values: str) -> str:
        """Another day, time or place."""
        form = {"version": str(version), "day": FORM["day"], "time": FORM["time"], "place": FORM["place"]}
        return await self.console.post(f"{page}/move", {**form, **values})

    async def heard(self, until: str) -> list[str]:
        """What the phone got by itself until then."""
        await self.house.until(until)
        return await self.phone.pushes()


@pytest.fixture
async def desk(house: House) -> AsyncIterator[Desk]:
    karin = await house.staff("klantmanager", "karin@voorbeeld.nl")
    person = await house.person(languages=["nl"], klantmanager_id=karin.id)
    console = await house.console("karin@voorbeeld.nl")
    yield Desk(house, console, await house.linked(person), person.id)
    await console.close()


async def test_a_new_appointment_is_told_after_two_minutes(desk: Desk) -> None:
    await desk.make()
    assert await desk.heard("2026-12-21 11:01") == []
    assert await desk.heard("2026-12-21 11:02") == [
        "U heeft een nieuwe afspraak: dinsdag 12 januari, 10:00 uur. Komt u?"
    ]


async def test_taken_back_in_time_nobody_hears_of_it(desk: Desk) -> None:
    page = await desk.make()
    await desk.console.post(f"{page}/take-back", {})
    assert await desk.heard("2027-01-12 12:00") == []


async def test_moved_before_it_was_told_only_the_new_day_is_said(desk: Desk) -> None:
    page = await desk.make()
    await desk.move(page, 1, day="2027-01-14")
    assert await desk.heard("2026-12-21 11:30") == [
        "U heeft een nieuwe afspraak: donderdag 14 januari, 10:00 uur. Komt u?"
    ]


async def test_moved_after_it_was_told_says_both_days_and_reminds_of_the_new(desk: Desk) -> None:
    page = await desk.make()
    await desk.heard("2026-12-21 11:30")
    await desk.move(page, 1, day="2027-01-14")
    said = await desk.heard("2027-01-14 09:00")
    assert said[1] == (
        "Uw afspraak heeft een nieuwe dag: donderdag 14 januari, 10:00 uur. Niet meer op dinsdag 12 januari. Komt u?"
    )
    assert not any("12 januari" in push for push in said[2:])
    assert said[-1] == "Vandaag om 10:00 uur heeft u een afspraak. Tot straks."


async def test_cancelled_says_so_once_and_nothing_follows(desk: Desk) -> None:
    page = await desk.make()
    await desk.heard("2026-12-21 11:30")
    await desk.console.post(f"{page}/cancel", {"version": "1"})
    said = await desk.heard("2027-01-13 12:00")
    assert said[1:] == ["Uw afspraak van dinsdag 12 januari, 10:00 uur gaat niet door. U hoeft niet te komen."]


async def test_the_console_shows_what_became_of_it(desk: Desk) -> None:
    await desk.make()
    await desk.heard("2026-12-21 11:30")
    page = await desk.console.page("/console/deliveries")
    assert "Voorbeeldplein" not in page
    assert "Nieuw" in page
