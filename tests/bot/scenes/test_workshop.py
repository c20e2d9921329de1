from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from core.ids import short
from core.tables.agenda import Partner, Place, Session, Workshop
from core.tables.people import Person
from scheduler.meetings import workshops
from tests.bot import phones
from tests.bot.phones import NOW, SETTINGS, Phone


async def make_day(session: AsyncSession, *, capacity: int = 2, women_only: bool = False) -> Session:
    partner, place = Partner(name="WSD"), Place(name="Voorbeeldhuis", town="Schijndel")
    session.add_all([partner, place])
    await session.flush()
    workshop = Workshop(
        title="Werken in Nederland",
        summary="Hoe vindt u werk?",
        leefgebied="werk",
        partner_id=partner.id,
        counts_for="map",
        minutes=150,
    )
    session.add(workshop)
    await session.flush()
    return await workshops.schedule(
        session,
        NOW,
        SETTINGS,
        workshop_id=workshop.id,
        wall_time=datetime(2027, 2, 3, 13, 0),
        place_id=place.id,
        capacity=capacity,
        childcare=True,
        women_only=women_only,
    )


async def visitor(session: AsyncSession) -> tuple[Phone, Person]:
    person = await phones.make_person(session)
    return await phones.linked(session, person), person


async def test_details_come_after_a_tap(session: AsyncSession) -> None:
    day = await make_day(session)
    phone, _ = await visitor(session)
    said = await phone.does(f"workshop.open:{short(day.id)}")
    assert said.splitlines() == [
        "👥 Werken in Nederland",
        "Hoe vindt u werk?",
        "📅 woensdag 3 februari",
        "🕙 van 13:00 uur tot 15:30 uur",
        "📍 Voorbeeldhuis, Schijndel",
        "👶 Er is opvang voor kinderen.",
        "💶 Het kost niets.",
        "⏱ Dit telt: 2,5 uur.",
    ]
    assert phone.labels == ["✅ Ik doe mee", "❌ Niet nu"]


async def test_join_and_step_back(session: AsyncSession) -> None:
    day = await make_day(session)
    phone, _ = await visitor(session)
    await phone.does(f"workshop.open:{short(day.id)}")
    assert "✅ U doet mee op woensdag 3 februari, 13:00 uur." in await phone.taps("Ik doe mee")
    assert "Uw plaats is nu voor een ander." in await phone.taps("Toch niet")


async def test_a_full_group_has_a_queue(session: AsyncSession) -> None:
    day = await make_day(session, capacity=1)
    first, _ = await visitor(session)
    await first.does(f"workshop.yes:{short(day.id)}")
    phone, _ = await visitor(session)
    assert "U bent dan nummer 1." in await phone.does(f"workshop.yes:{short(day.id)}")
    assert "Kom nog niet." in await phone.taps("Zet mij erop")


async def test_the_list_shows_days(session: AsyncSession) -> None:
    await make_day(session)
    phone, _ = await visitor(session)
    assert "woensdag 3 februari, 13:00 uur · Werken in Nederland" in await phone.does("workshop.list")
    assert "Voorbeeldhuis" in await phone.taps("woensdag")


async def test_women_only_is_never_on_a_shared_phone(session: AsyncSession) -> None:
    day = await make_day(session, women_only=True)
    person = await phones.make_person(session)
    await phones.card(session, person)
    phone = await phones.linked(session, person, shared=True)
    await phone.does(f"workshop.open:{short(day.id)}")
    await phone.taps("🌳")
    assert "Dit bericht is oud" in await phone.taps("🔑")


async def test_sms_says_no_title(session: AsyncSession) -> None:
    day = await make_day(session)
    person = await phones.make_person(session)
    phone = await phones.linked(session, person, channel="sms")
    for verb in ("open", "where", "yes", "late", "why", "no", "wait"):
        said = await phone.does(f"workshop.{verb}:{short(day.id)}")
        assert len(said) <= 160
        assert "Werken" not in said
        assert "Schijndel" not in said
