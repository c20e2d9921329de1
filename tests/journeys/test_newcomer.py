"""A newcomer with an unknown phone: language, what this is, this phone, card, agenda, an answer, a workshop."""

from datetime import datetime

from sqlalchemy import select

from core.tables.agenda import Appointment
from core.tables.work import Task
from scheduler.meetings import appointments, workshops
from tests.journeys.house import House, Phone
from tests.scheduler import world


async def welcomed(house: House) -> Phone:
    """An unknown phone up to the question for the card: Tigrinya, read, this phone, nobody else's, news."""
    phone = await house.phone("telegram")
    await phone.say("/start")
    for step in ("welcome.set:ti", "welcome.read", "welcome.data", "welcome.choose", "welcome.here", "welcome.alone"):
        await phone.tap(step)
    await phone.tap("welcome.news")
    return phone


async def test_an_unknown_phone_picks_a_language_from_own_names(house: House) -> None:
    phone = await house.phone("telegram")
    await phone.say("hallo")
    picker = await phone.last()
    assert [offer.label for offer in picker.choices][:3] == ["ትግርኛ", "العربية", "دری"]
    await phone.tap("welcome.set:ar")
    chosen = await phone.last()
    assert (chosen.language, chosen.direction) == ("ar", "rtl")


async def test_card_pictures_agenda_and_an_answer(house: House) -> None:
    person = await house.person()
    phone = await welcomed(house)
    await phone.say(await house.card(person))
    await phone.tap("link.first:1")
    await phone.tap("link.second:8")
    await phone.tap("agenda.open")

    async with house.database.begin() as session:
        row = await world.appointment(session, person, now=house.clock.now())
    await house.until("2026-12-21 11:05")
    (push,) = await phone.pushes()
    assert "Voorbeeld" not in push
    assert "Karin" not in push
    await phone.tap("appointment.where")
    opened = await phone.opened()
    assert "Voorbeeldplein 1, Veghel" in opened.text
    assert opened.replaces is not None
    await phone.tap("appointment.yes")
    assert (await _appointment(house)).answer == "yes"

    await phone.tap("appointment.no")
    await phone.tap("appointment.children")
    declined = await _appointment(house)
    assert (declined.id, declined.status, declined.answer) == (row.id, "planned", "no")
    assert await _tasks(house) == ["decline"]


async def test_reminders_come_at_their_moments_and_are_neutral(house: House) -> None:
    person = await house.person(languages=["nl"])
    phone = await house.linked(person)
    async with house.database.begin() as session:
        await world.appointment(session, person, now=house.clock.now(), place="Geheimplein 9", with_whom="Karin")
    await house.until("2027-01-12 09:00")
    pushes = [bubble for bubble in await phone.got() if bubble.pushed]
    assert [house.clock_text(bubble.at) for bubble in pushes] == [
        "2026-12-21 11:02",
        "2027-01-05 10:00",
        "2027-01-11 10:00",
        "2027-01-12 08:00",
    ]
    assert not any(word in bubble.text for bubble in pushes for word in ("Geheim", "Karin", "Voorbeeld", "pip"))


async def test_a_workshop_is_signed_up_for_and_reminded(house: House) -> None:
    person = await house.person(languages=["nl"])
    phone = await house.linked(person)
    async with house.database.begin() as session:
        day = await world.day(session, "2027-02-03 13:00")
        await workshops.invite(session, house.clock.now(), house.settings, day.id, [person.id])
    await house.until("2026-12-21 11:10")
    assert (await phone.pushes())[-1] == "Er is een workshop voor u: woensdag 3 februari, 13:00 uur."
    await phone.tap("workshop.open")
    assert "Werken in Nederland" in (await phone.opened()).text
    await phone.tap("workshop.yes")
    await house.until("2027-02-03 12:00")
    said = (await phone.pushes())[-2:]
    assert said[0].startswith("Morgen is uw workshop: woensdag 3 februari, 13:00 uur.")
    assert said[1].startswith("Vandaag om 13:00 uur is uw workshop.")


async def test_stop_means_nothing_more(house: House) -> None:
    person = await house.person(languages=["nl"])
    phone = await house.linked(person)
    await phone.say("STOP")
    async with house.database.begin() as session:
        await appointments.make(
            session,
            house.clock.now(),
            house.settings,
            person_id=person.id,
            kind="pip_gesprek",
            wall_time=datetime(2027, 1, 12, 10),
            minutes=30,
            place=None,
            with_whom=None,
            tolk=None,
            by=None,
        )
    await house.until("2027-01-12 12:00")
    assert await phone.pushes() == []


async def _appointment(house: House) -> Appointment:
    async with house.database.begin() as session:
        return (await session.scalars(select(Appointment))).one()


async def _tasks(house: House) -> list[str]:
    async with house.database.begin() as session:
        return [task.kind for task in await session.scalars(select(Task).where(Task.closed_at.is_(None)))]
