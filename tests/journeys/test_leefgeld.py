"""A payment: imported by one, approved by another, told neutrally, opened, closed again, and not received."""

from pathlib import Path

import pytest
from sqlalchemy import select

from core.tables.people import Account
from core.tables.work import Task
from scheduler import leefgeld
from scheduler.imports import Refused
from tests.journeys.house import House, Phone

SAMPLES = Path(__file__).parents[1] / "samples"
IBAN, HHB = "NL73TEST0000000123", "HHB000123"


def forward(name: str) -> bytes:
    """A made-up bank file with its days moved into the week of the test."""
    text = (SAMPLES / name).read_text()
    for day, moved in (("2026-11-22", "2026-12-23"), ("2026-11-23", "2026-12-23"), ("2026-11-24", "2026-12-24")):
        text = text.replace(day, moved)
    return text.encode()


async def newcomer(house: House, channel: str = "telegram") -> Phone:
    """Who gets the first payment of the samples, with a klantmanager called Karin."""
    karin = await house.staff("klantmanager", "karin@voorbeeld.nl")
    person = await house.person(
        languages=["nl"], iban=IBAN, hhbnummer=HHB, doelgroep="nieuwkomer", klantmanager_id=karin.id
    )
    return await house.linked(person, channel)


async def brought(house: House, content: bytes) -> None:
    """Staged by Karin, approved by the regisseur."""
    async with house.database.begin() as session:
        accounts = {account.role: account.id for account in await session.scalars(select(Account))}
        staged = await leefgeld.stage(
            session, house.clock.now(), house.settings, content, "voorbeeld", by=accounts["klantmanager"]
        )
        assert staged.problems == ()
        assert staged.import_id is not None
        with pytest.raises(Refused):
            await leefgeld.approve(
                session, house.clock.now(), house.settings, staged.import_id, by=accounts["klantmanager"]
            )
        await leefgeld.approve(session, house.clock.now(), house.settings, staged.import_id, by=accounts["regisseur"])
    await house.settle()


@pytest.mark.parametrize(
    "content",
    [
        forward("pain001.xml"),
        f"hhbnummer;bedrag;verwachte_datum;soort;opmerking\n{HHB};75,00;23-12-2026;leefgeld;\n".encode(),
    ],
)
async def test_the_amount_only_after_a_tap_and_closed_again(house: House, content: bytes) -> None:
    phone = await newcomer(house)
    await house.staff("regisseur", "regie@voorbeeld.nl")
    await brought(house, content)
    assert await phone.pushes() == ["Er is een bericht voor u van PIM Welkom."]
    await phone.tap("leefgeld.open")
    opened = await phone.opened()
    assert "Wij verwachten uw leefgeld op woensdag 23 december." in opened.text
    assert "75" not in opened.text
    await phone.tap("leefgeld.amount")
    assert "€ 75,00" in (await phone.last()).text
    await house.until("2026-12-21 11:15")
    closed = await phone.last()
    assert closed.replaces is not None
    assert "75" not in closed.text


async def test_not_received_is_a_call_for_the_klantmanager(house: House) -> None:
    phone = await newcomer(house)
    await house.staff("regisseur", "regie@voorbeeld.nl")
    await brought(house, forward("pain001.xml"))
    await house.until("2026-12-24 09:30")
    await brought(house, forward("camt053.xml"))
    await phone.tap("leefgeld.open")
    assert "Uw leefgeld is betaald op woensdag 23 december." in (await phone.opened()).text
    await phone.tap("leefgeld.not_received")
    async with house.database.begin() as session:
        (task,) = (await session.scalars(select(Task).where(Task.closed_at.is_(None)))).all()
    assert (task.kind, task.call) == ("not_received", True)
    assert "Karin belt u" in (await phone.last()).text


async def test_whatsapp_gets_it_too_and_shows_no_amount_in_the_push(house: House) -> None:
    phone = await newcomer(house, "whatsapp")
    await house.staff("regisseur", "regie@voorbeeld.nl")
    await brought(house, forward("pain001.xml"))
    (push,) = await phone.pushes()
    assert "75" not in push
    assert "leefgeld" not in push.lower()
