from datetime import date, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core.ids import short
from core.tables.leefgeld import Payment
from core.tables.people import Person
from core.values import Money
from messaging.channel import from_json
from tests.bot import phones
from tests.bot.phones import NOW


async def make_payment(session: AsyncSession, person: Person, status: str = "paid", *, differs: bool = False) -> str:
    payment = Payment(
        person_id=person.id,
        amount=Money(7500),
        expected_on=date(2027, 1, 11),
        status=status,
        differs=differs,
        created_at=NOW,
    )
    session.add(payment)
    await session.flush()
    return short(payment.id)


async def test_the_amount_comes_after_a_tap_and_closes(session: AsyncSession) -> None:
    person = await phones.make_person(session)
    payment = await make_payment(session, person)
    phone = await phones.linked(session, person)
    assert "75" not in await phone.does(f"leefgeld.open:{payment}")
    assert await phone.taps("Hoeveel?") == "💶 Het is € 75,00.\nDit gaat over 10 minuten weer dicht."
    (closing,) = await phone.waiting()
    assert closing.due == NOW + timedelta(minutes=10)
    assert "75" not in from_json(closing.message or {}).text
    assert await phone.taps("Sluit nu") == "🔒 Dicht."
    assert await phone.waiting() == []


async def test_whatsapp_does_not_promise_to_close(session: AsyncSession) -> None:
    person = await phones.make_person(session)
    payment = await make_payment(session, person)
    phone = await phones.linked(session, person, channel="whatsapp")
    assert await phone.does(f"leefgeld.amount:{payment}") == "💶 Het is € 75,00."
    assert await phone.waiting() == []


async def test_sms_never_says_an_amount(session: AsyncSession) -> None:
    person = await phones.make_person(session)
    payment = await make_payment(session, person)
    phone = await phones.linked(session, person, channel="sms")
    for verb in ("open", "amount", "explain", "received", "not_received", "no_food", "why", "close"):
        said = await phone.does(f"leefgeld.{verb}:{payment}")
        assert "75" not in said
        assert "leefgeld" not in said.lower()


async def test_not_received_goes_to_the_call_list(session: AsyncSession) -> None:
    person = await phones.make_person(session)
    payment = await make_payment(session, person)
    phone = await phones.linked(session, person)
    said = await phone.does(f"leefgeld.not_received:{payment}")
    assert "Karin belt u op dinsdag 12 januari. Is er nu geen geld voor eten?" in said
    assert "Wij bellen u vandaag" in await phone.taps("Geen eten")
    assert sorted(kind for kind, _ in await phones.tasks_of(session, person.id)) == ["no_food", "not_received"]


async def test_no_food_in_the_weekend_names_the_number_first(session: AsyncSession) -> None:
    person = await phones.make_person(session)
    payment = await make_payment(session, person)
    phone = await phones.linked(session, person, now=NOW + timedelta(days=5))
    assert "Bel nu 0413 000 000. Wij bellen u ook, op maandag 18 januari." in await phone.does(
        f"leefgeld.no_food:{payment}"
    )


async def test_an_unusual_amount_is_said(session: AsyncSession) -> None:
    person = await phones.make_person(session)
    payment = await make_payment(session, person, "announced", differs=True)
    phone = await phones.linked(session, person)
    assert "deze keer anders dan de vorige keer" in await phone.does(f"leefgeld.open:{payment}")
    assert phone.labels == ["📞 Bel mij", "💬 Waarom?", "👁 Hoeveel?"]


@pytest.mark.parametrize("doelgroep", ["gezinsmigrant", "overig", "arbeidsmigrant"])
async def test_others_see_no_money(session: AsyncSession, doelgroep: str) -> None:
    person = await phones.make_person(session, doelgroep=doelgroep)
    phone = await phones.linked(session, person)
    await phone.does("menu.more")
    assert "💶 Mijn geld" not in phone.labels
    assert "Dit bericht is oud" in await phone.does("leefgeld.overview")


async def test_somebody_elses_payment_looks_like_none(session: AsyncSession) -> None:
    payment = await make_payment(session, await phones.make_person(session))
    phone = await phones.linked(session, await phones.make_person(session))
    for verb in ("open", "amount", "received"):
        assert "Dit bericht is oud" in await phone.does(f"leefgeld.{verb}:{payment}")
