from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from core.ids import short
from scheduler.meetings import appointments
from tests.bot import phones
from tests.bot.phones import NOW, SETTINGS


async def test_details_come_after_a_tap(session: AsyncSession) -> None:
    person = await phones.make_person(session)
    row = await phones.make_appointment(session, person)
    phone = await phones.linked(session, person)
    said = await phone.does(f"appointment.where:{short(row.id)}")
    assert said.splitlines() == [
        "📅 woensdag 20 januari",
        "🕙 van 10:00 uur tot 10:45 uur",
        "📍 Voorbeeldplein 1, Veghel",
        "👤 gesprek · Karin van de gemeente",
        "🗣 Er is een tolk: ትግርኛ. Dat kost u niets.",
        "🎒 Neem mee: uw pasje.",
    ]
    assert phone.labels == ["✅ Ik kom", "❌ Ik kan niet", "📞 Bel mij"]


async def test_yes_confirms(session: AsyncSession) -> None:
    person = await phones.make_person(session)
    row = await phones.make_appointment(session, person)
    phone = await phones.linked(session, person)
    said = await phone.does(f"appointment.yes:{short(row.id)}")
    assert "U komt woensdag 20 januari om 10:00 uur." in said
    assert "De dag ervoor krijgt u nog een bericht." in said
    assert row.answer == "yes"


async def test_no_makes_a_task_and_the_appointment_stays(session: AsyncSession) -> None:
    person = await phones.make_person(session)
    row = await phones.make_appointment(session, person)
    phone = await phones.linked(session, person)
    assert "U hoeft het niet te zeggen" in await phone.does(f"appointment.no:{short(row.id)}")
    assert "🤒" not in "".join(phone.labels)
    said = await phone.taps("Vervoer")
    assert "Karin zoekt een nieuwe dag en belt of schrijft u op dinsdag 12 januari." in said
    assert "Tot dat bericht blijft de afspraak staan." in said
    assert await phones.tasks_of(session, person.id) == [("decline", "transport")]
    assert (row.status, row.answer) == ("planned", "no")
    assert "U komt" in await phone.taps("Ik kom toch")
    assert await phones.tasks_of(session, person.id) == []


async def test_no_within_a_day_is_called_today(session: AsyncSession) -> None:
    person = await phones.make_person(session)
    row = await phones.make_appointment(session, person, after=timedelta(days=1))
    phone = await phones.linked(session, person)
    await phone.does(f"appointment.no:{short(row.id)}")
    assert "Karin belt u vandaag." in await phone.taps("Zeg ik niet")


async def test_somebody_elses_looks_like_none(session: AsyncSession) -> None:
    row = await phones.make_appointment(session, await phones.make_person(session))
    phone = await phones.linked(session, await phones.make_person(session))
    for verb in ("where", "yes", "no", "late", "why", "transport"):
        assert "Dit bericht is oud" in await phone.does(f"appointment.{verb}:{short(row.id)}")
    assert row.answer is None


async def test_a_cancelled_one_can_not_be_answered(session: AsyncSession) -> None:
    person = await phones.make_person(session)
    row = await phones.make_appointment(session, person)
    await appointments.cancel(session, NOW, SETTINGS, row.id, version=1, by=None)
    phone = await phones.linked(session, person)
    assert "gaat niet door" in await phone.does(f"appointment.yes:{short(row.id)}")
    assert row.answer is None


async def test_sms_says_day_and_time_only(session: AsyncSession) -> None:
    person = await phones.make_person(session)
    row = await phones.make_appointment(session, person)
    phone = await phones.linked(session, person, channel="sms")
    for verb in ("where", "yes", "no", "late", "why", "transport"):
        said = await phone.does(f"appointment.{verb}:{short(row.id)}")
        assert said.startswith("PIM Welkom")
        assert len(said) <= 160
        assert "Veghel" not in said
        assert "gesprek" not in said
