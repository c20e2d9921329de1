"""Nothing about a person, and no key, reaches a log: the house at DEBUG, with canaries in every field (G17, short)."""

import io
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stderr
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import structlog
from sqlalchemy import select, text

from bot import logs
from bot.inbox import Inbox
from core.database import Database
from core.ids import new_id
from core.tables.chats import Inbox as Row
from core.tables.people import Address
from core.values import Handle
from messaging.channel import Button, Channel, Incoming, Outgoing, SendError, Sent
from messaging.simulator.faults import Fault
from scheduler import leefgeld
from scheduler.sending.worker import Worker
from tests.contract import rigs
from tests.fakes import faults
from tests.fakes.outlet import RecordingOutlet
from tests.fakes.telegram import TOKEN
from tests.fakes.twilio import TOKEN as TWILIO_TOKEN
from tests.journeys.house import PASSWORD, House, Phone
from tests.scheduler import world
from tests.scheduler.payments import TESFAY, leefgeld_csv

NAME, PLACE, WITH, TYPED = "Kanarina", "Kanariestraat 77, Veghel", "Kanariekenner", "mijn kanarie is ziek"
AMOUNT, KLANTNUMMER, HHB, EMAIL = "4711,23", "KN-474747", "HHB474747", "kanarie@voorbeeld.nl"

CANARIES = [
    *(NAME, PLACE, "Kanariestraat", WITH, TYPED, "kanarie is ziek", AMOUNT, "4711.23", "471123", KLANTNUMMER, "474747"),
    *(HHB, TESFAY, EMAIL, PASSWORD, "voorbeeld-sleutel-van-een-gemeente", "voorbeeld-zoeksleutel-van-een-gemeente"),
]


class Log:
    """What a process at DEBUG says to whoever reads its output."""

    def __init__(self, stderr: io.StringIO) -> None:
        self._stderr = stderr

    @property
    def said(self) -> str:
        return self._stderr.getvalue()

    def found(self, *canaries: str) -> list[str]:
        """Which of them got out, in any case of letters."""
        said = self.said.casefold()
        return [canary for canary in (*CANARIES, *canaries) if canary.casefold() in said]


def loggers() -> dict[str, logging.Logger]:
    """Every logger that was ever asked for."""
    return {name: one for name, one in logging.root.manager.loggerDict.items() if isinstance(one, logging.Logger)}


@pytest.fixture
def log(request: pytest.FixtureRequest) -> Iterator[Log]:
    """Logging as the service sets it up, at DEBUG; as it was, afterwards."""
    root = logging.getLogger()
    handlers, level, loud = root.handlers[:], root.level, logging.raiseExceptions
    before = {name: one.level for name, one in loggers().items()}
    with redirect_stderr(io.StringIO()) as stderr:
        logs.configure(getattr(request, "param", "json"), logging.DEBUG)
    yield Log(stderr)
    structlog.reset_defaults()
    root.handlers[:], logging.raiseExceptions = handlers, loud
    root.setLevel(level)
    for name, one in loggers().items():
        one.setLevel(before.get(name, logging.NOTSET))


@pytest.fixture
def house(fresh_database: Database, log: Log) -> House:
    return House(fresh_database)


async def canary(house: House, channel: str = "telegram") -> tuple[Phone, str]:
    """A person full of canaries with a linked phone, and the code of her card."""
    karin = await house.staff("klantmanager", EMAIL)
    person = await house.person(
        name=NAME, languages=["nl"], klantnummer=KLANTNUMMER, hhbnummer=HHB, iban=TESFAY, klantmanager_id=karin.id
    )
    phone = await house.linked(person, channel)
    code = await house.card(person)
    await phone.say(TYPED)
    await phone.say(code)
    async with house.database.begin() as session:
        await world.appointment(session, person, now=house.clock.now(), place=PLACE, with_whom=WITH)
    return phone, code


async def handles(house: House) -> list[str]:
    async with house.database.begin() as session:
        return [row.handle.reveal() for row in await session.scalars(select(Address)) if row.handle is not None]


async def paid(house: House) -> None:
    """A payment of canaries, announced."""
    sam = await house.staff("regisseur", "sam@voorbeeld.nl")
    content = leefgeld_csv(f"{HHB};{AMOUNT};{date(2026, 12, 23):%d-%m-%Y};leefgeld;{NAME}")
    async with house.database.begin() as session:
        by = (await world.staff(session, "klantmanager", "lezer@voorbeeld.nl")).id
        now, settings = house.clock.now(), house.settings
        staged = await leefgeld.stage(session, now, settings, content, f"{NAME}.csv", by=by)
        assert staged.import_id is not None
        await leefgeld.approve(session, now, settings, staged.import_id, by=sam.id)
    await house.settle()


@pytest.mark.parametrize("log", ["text", "json"], indirect=True)
async def test_the_log_is_heard(log: Log) -> None:
    structlog.get_logger("here").debug("at_debug", about=NAME)
    logging.getLogger("there").debug("sent to %s", EMAIL)
    assert log.found() == [NAME, EMAIL]


@pytest.mark.parametrize(("channel", "until"), [("telegram", "2027-01-12 09:00"), ("whatsapp", "2026-12-21 12:00")])
async def test_a_journey_says_nothing_about_the_person(house: House, log: Log, channel: str, until: str) -> None:
    phone, code = await canary(house, channel)
    await paid(house)
    await house.until(until)
    await phone.say("STOP")
    console = await house.console(EMAIL)
    assert NAME in await console.page(f"/console/people?q={NAME}")
    await console.close()
    assert len(await phone.pushes()) >= 2
    assert log.found(code, *await handles(house)) == []


async def test_a_provider_in_trouble_says_nothing_either(house: House, log: Log) -> None:
    phone, code = await canary(house)
    await house.until("2026-12-21 11:01")
    for fault in (Fault.REFUSE, Fault.THROTTLE, Fault.LOSE_ANSWER, Fault.BLOCKED):
        house.phones.trouble("telegram", fault)
        house.clock.moment += timedelta(minutes=2)
        await phone.say(TYPED)
    assert log.found(code, *await handles(house)) == []


class Parrot(RecordingOutlet):
    """A channel that breaks on what it was given, and says so in its error."""

    async def send(self, handle: Handle, message: Outgoing, delivery_id: UUID) -> Sent:
        raise RuntimeError(f"{handle.reveal()} {message.text} {NAME}")

    def receive(self, payload: Mapping[str, Any]) -> Sequence[Incoming]:
        raise ValueError(f"{payload} {NAME}")


async def test_an_unexpected_error_is_told_by_its_kind(house: House, log: Log) -> None:
    phone, code = await canary(house)
    parrots: dict[str, Channel] = {"telegram": Parrot()}
    house.clock.moment += world.at("2026-12-21 11:05") - house.clock.now()
    await Worker(house.database, house.clock, house.settings, parrots, lambda: house.texts).drain()
    await house.phones.say(phone.id, TYPED)
    await Inbox(house.database, house.clock, house.settings, parrots, lambda: house.texts).drain()
    assert "RuntimeError" in log.said
    assert "ValueError" in log.said
    assert log.found(code, *await handles(house)) == []


async def test_sql_that_fails_shows_no_value(house: House, log: Log) -> None:
    phone, code = await canary(house)
    console = await house.console(EMAIL)
    people = await console.page("/console/people")
    async with house.database.begin() as session:
        await session.execute(text("ALTER TABLE chat RENAME COLUMN scene TO scene_of_before"))
        await session.execute(text("ALTER TABLE appointment RENAME COLUMN place_sealed TO place_of_before"))
        await session.execute(text("ALTER TABLE name_token RENAME TO name_token_of_before"))
    await phone.say(TYPED)
    async with house.database.begin() as session:
        assert set(await session.scalars(select(Row.failed).where(Row.failed.is_not(None)))) == {"ProgrammingError"}
    async with console.client.get("/console/people", params={"q": NAME}) as page:
        assert page.status == 500
        assert "Traceback" not in await page.text()
    assert NAME in people
    await console.close()
    assert log.found(code, *await handles(house)) == []


async def refusal(rig: rigs.Rig, message: Outgoing) -> str:
    """What the error of a call says, where it has one."""
    try:
        await rig.channel.send(rig.handle, message, new_id())
    except SendError as error:
        return repr(error) + str(error)
    return ""


@pytest.mark.parametrize("name", rigs.RIGS)
async def test_a_providers_library_is_kept_quiet(log: Log, name: str) -> None:
    message = Outgoing(text=TYPED, language="nl", buttons=(Button(id="appointment.yes", label=NAME),))
    async with rigs.RIGS[name]() as rig:
        rig.provider.script(faults.refuse(400, TYPED), faults.RESET, faults.LOST, faults.TRUNCATED, faults.HTML)
        said = ""
        for _ in range(6):
            said += await refusal(rig, message)
        assert await rig.post(rig.text(1, TYPED)) == 200
        number = rig.handle.reveal()
    assert not [canary for canary in (TYPED, NAME, number, TOKEN, TWILIO_TOKEN) if canary in said]
    assert log.found(number, number.removeprefix("+"), TOKEN, TWILIO_TOKEN) == []
