from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from core import links
from core.ids import short
from core.tables.people import Person
from messaging.channel import from_json
from tests.bot import phones
from tests.bot.phones import NOW, Phone


async def shared_phone(session: AsyncSession, channel: str = "telegram") -> tuple[Phone, Person]:
    person = await phones.make_person(session)
    await phones.card(session, person)
    return await phones.linked(session, person, channel=channel, shared=True), person


async def test_details_open_after_two_pictures_and_close_again(session: AsyncSession) -> None:
    phone, person = await shared_phone(session)
    row = await phones.make_appointment(session, person)
    assert await phone.does(f"appointment.where:{short(row.id)}") == "Druk op uw eerste plaatje."
    await phone.taps(links.PICTURES[0])
    assert "Veghel" in await phone.taps(links.PICTURES[3])
    (closing,) = await phone.waiting()
    message = from_json(closing.message or {})
    assert (message.text, message.edit, closing.closes) == ("🔒 Dicht.", "bubble 1", "bubble 1")
    assert closing.due == NOW + timedelta(minutes=10)
    phone.now += timedelta(minutes=11)
    assert "eerste plaatje" in await phone.does(message.buttons[0].id)


async def test_a_new_answer_replaces_the_closing(session: AsyncSession) -> None:
    phone, person = await shared_phone(session)
    row = await phones.make_appointment(session, person)
    await phone.does(f"appointment.where:{short(row.id)}")
    await phone.taps(links.PICTURES[0])
    await phone.taps(links.PICTURES[3])
    await phone.taps("Ik kom")
    assert len(await phone.waiting()) == 1


async def test_three_wrong_tries_close_it_for_today(session: AsyncSession) -> None:
    phone, person = await shared_phone(session)
    said = ""
    for _ in range(3):
        await phone.does("menu.open")
        await phone.does("agenda.open")
        await phone.taps("🐟")
        said = await phone.taps("🐟")
    assert said == "🔒 Dicht voor vandaag. Wilt u hulp?"
    assert "Dicht voor vandaag" in await phone.does("agenda.open")
    assert await phones.tasks_of(session, person.id) == [("wrong_card", "shared_phone")]
    phone.now += timedelta(days=1)
    assert "eerste plaatje" in await phone.does("agenda.open")


async def test_two_adults_each_see_their_own(session: AsyncSession) -> None:
    phone, person = await shared_phone(session)
    other = await phones.make_person(session)
    await links.issue(session, NOW, other, pictures=(9, 9))
    await phones.join(session, phone, other, shared=True)
    row = await phones.make_appointment(session, person)
    assert await phone.does("agenda.open") == "Voor wie is dit?"
    assert phone.labels == ["🌳", "🐑"]
    await phone.taps("🐑")
    assert "geen afspraken" in await phone.taps("🐑")
    assert "Dit bericht is oud" in await phone.does(f"appointment.where:{short(row.id)}")


async def test_a_home_visit_is_never_shown_here(session: AsyncSession) -> None:
    phone, person = await shared_phone(session)
    await phones.make_appointment(session, person, kind="huisbezoek")
    await phone.does("agenda.open")
    await phone.taps(links.PICTURES[0])
    assert "geen afspraken" in await phone.taps(links.PICTURES[3])


async def test_whatsapp_offers_a_call(session: AsyncSession) -> None:
    phone, _ = await shared_phone(session, channel="whatsapp")
    assert await phone.does("agenda.open") == "Wij bellen u, of u krijgt het op papier."
    assert await phone.waiting() == []
