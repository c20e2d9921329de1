from uuid import UUID

from core.tables.notices import Delivery, Notice
from core.tables.people import Person
from core.values import Private
from tests.bot.console.room import Room


async def failed(room: Room, person: Person, address_id: UUID) -> None:
    """A message that a phone blocked."""
    now = room.clock.now()
    async with room.begin() as session:
        notice = Notice(
            person_id=person.id,
            kind="appointment",
            step="day",
            source_kind="appointment",
            source_id=person.id,
            doubt="once_more",
            due=now,
            priority=2,
            state="failed",
            reason="blocked",
            planned_at=now,
            attempts=1,
        )
        session.add(notice)
        await session.flush()
        delivery = Delivery(
            notice_id=notice.id, address_id=address_id, channel="telegram", state="failed", language="ti", handed_at=now
        )
        delivery.text = Private("Morgen heeft u een afspraak.")
        session.add(delivery)


async def test_state_and_reason_in_words(room: Room) -> None:
    karin = await room.staff()
    person = await room.person(karin)
    await failed(room, person, await room.phone(person))
    browser = await room.browser(karin)
    page = (await browser.get("/console/deliveries?state=failed&channel=telegram&kind=appointment")).text
    for words in ("Selam", "mislukt", "een dag ervoor", "Telegram", "Tigrinya", "De persoon blokkeerde onze chat."):
        assert words in page
    for other in ("state=sent", "channel=sms", "kind=leefgeld"):
        assert "Er zijn geen berichten" in (await browser.get(f"/console/deliveries?{other}")).text


async def test_others_see_that_it_failed_but_not_for_whom(room: Room) -> None:
    karin = await room.staff()
    person = await room.person(karin)
    await failed(room, person, await room.phone(person))
    for role in ("regisseur", "beheerder"):
        page = (await (await room.browser(await room.staff(role, role))).get("/console/deliveries")).text
        assert "mislukt" in page
        assert "Selam" not in page
        assert str(person.id) not in page
        assert "Morgen heeft u" not in page
    other = await room.browser(await room.staff(name="Piet"))
    assert "Er zijn geen berichten" in (await other.get("/console/deliveries")).text


async def test_sent_text_is_read_by_the_own_klantmanager_only(room: Room) -> None:
    karin = await room.staff()
    person = await room.person(karin)
    await failed(room, person, await room.phone(person))
    path = f"/console/people/{person.id}"
    assert "Morgen heeft u een afspraak." in (await (await room.browser(karin)).get(path)).text
    regisseur = await room.browser(await room.staff("regisseur", "Marit"))
    assert "Morgen heeft u" not in (await regisseur.get(path)).text


async def test_odd_filters_do_nothing(room: Room) -> None:
    browser = await room.browser(await room.staff())
    path = "/console/deliveries?state=%22%3E&channel=x&kind='--&page=-3"
    assert (await browser.get(path)).status == 200
