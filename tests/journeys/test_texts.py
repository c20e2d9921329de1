"""The Dutch changes: people read easy Dutch until a rolmodel approved the new text in chat, and two minutes more."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from types import MappingProxyType

import pytest
from sqlalchemy import select, update

from bot.timemachine import TimeMachine
from bot.wording import Wording
from content import catalogue, drift, texts
from content.catalogue import Body, Catalogue, digest
from content.drift import State
from core.database import Database
from core.tables.people import Account
from core.tables.texts import Text
from tests.journeys.house import Console, House, Phone

UNIT = "appointment.announced"
SHIPPED = catalogue.load(("ti",))
NEW_DUTCH = "Er is een nieuwe afspraak voor u: {day}, {time} uur. Komt u?"
NEW_TIGRINYA = "ንዓኹም ሓድሽ ቆጸራ ኣሎ፦ {day}፣ {time}። ትመጹ ዶ?"
OLD_TIGRINYA = SHIPPED.bodies["ti"][UNIT]["push"][0].partition("{")[0]


class WordedHouse(House):
    """A house where nothing is said in a language before somebody approved it."""

    wording: Wording

    async def release(self, shipped: Catalogue) -> None:
        """The service starts anew, with this release."""
        self.wording = Wording(self.database, shipped, self.clock, self.settings)
        await self.wording.ship()
        self.machine = TimeMachine(self.database, self.clock, self.settings, self.worker, self.inbox, self)
        await self.refresh()

    async def refresh(self) -> None:
        """What the time machine asks for at every moment, as a running service does all the time."""
        await self.wording.refresh()
        self.texts = self.wording.current()

    async def next_change(self) -> datetime | None:
        return await self.wording.next_change()


def other_dutch(**said: str) -> Catalogue:
    """The next release: another sentence, with its translation if there is one."""

    def body(language: str) -> Body:
        return {**SHIPPED.bodies[language][UNIT], "push": (said[language],)}

    bodies = {
        language: {
            unit: body(language) if unit == UNIT else kept
            for unit, kept in units.items()
            if unit != UNIT or language in said
        }
        for language, units in SHIPPED.bodies.items()
    }
    hashes = {**SHIPPED.hashes, UNIT: digest(bodies["nl"][UNIT])}
    return Catalogue(bodies=MappingProxyType(bodies), hashes=MappingProxyType(hashes))


class Town:
    """Karin in her console, Selam in her caseload, and Mehret, a rolmodel."""

    def __init__(self, house: WordedHouse, karin: Console, selam: Phone, form: str, mehret: Phone) -> None:
        self.house, self.karin, self.selam, self.form, self.mehret = house, karin, selam, form, mehret

    async def make(self, day: str) -> None:
        """An appointment by the console's form."""
        form = {"kind": "pip_gesprek", "day": day, "time": "10:00", "minutes": "45", "tolk": ""}
        await self.karin.post(self.form, {**form, "place": "Voorbeeldplein 1, Veghel", "with_whom": "Karin"})

    async def state(self) -> State:
        async with self.house.database.begin() as session:
            return (await drift.states(session, self.house.texts.source, ["ti"]))["ti", UNIT]


async def approved(house: WordedHouse, judge: Account, *units: str) -> None:
    """Texts that were approved long ago; of all others nobody asks anything in this journey."""
    async with house.database.begin() as session:
        these = (Text.unit.in_(units), Text.language == "ti", Text.state == "concept")
        for row in list(await session.scalars(select(Text).where(*these))):
            await texts.approve(session, house.clock.now() - timedelta(days=9), row.id, judge)
        await session.execute(update(Text).where(Text.state == "concept").values(state="returned"))
    await house.refresh()


@pytest.fixture
async def town(fresh_database: Database) -> AsyncIterator[Town]:
    house = WordedHouse(fresh_database)
    await house.release(SHIPPED)
    karin = await house.staff("klantmanager", "karin@voorbeeld.nl")
    vertaler = await house.staff("vertaler", "ruth@voorbeeld.nl", "ti")
    await approved(house, vertaler, UNIT)
    selam = await house.person(languages=["ti", "nl"], klantmanager_id=karin.id)
    mehret = await house.person(languages=["nl"])
    await house.staff("rolmodel", "mehret@voorbeeld.nl", "ti", "nl", person_id=mehret.id)
    console = await house.console("karin@voorbeeld.nl")
    form = f"/console/people/{selam.id}/appointments/new"
    yield Town(house, console, await house.linked(selam), form, await house.linked(mehret))
    await console.close()


async def test_other_dutch_then_easy_dutch_then_approved_in_chat_then_said(town: Town) -> None:
    house, selam, mehret = town.house, town.selam, town.mehret
    await town.make("2027-01-12")
    await house.until("2026-12-21 11:02")
    assert (await selam.pushes())[-1].startswith(OLD_TIGRINYA)

    await house.release(other_dutch(nl=NEW_DUTCH))
    assert await town.state() is State.OUTDATED
    assert "krijgt makkelijk Nederlands" in await town.karin.page(town.form)
    await town.make("2027-01-19")
    await house.until("2026-12-22 08:58")
    assert (await selam.pushes())[-1] == "Er is een nieuwe afspraak voor u: dinsdag 19 januari, 10:00 uur. Komt u?"
    assert await mehret.pushes() == []

    await house.release(other_dutch(nl=NEW_DUTCH, ti=NEW_TIGRINYA))
    assert await town.state() is State.WAITING
    await house.until("2026-12-22 08:59")
    await town.make("2027-01-26")
    await house.until("2026-12-22 09:00")
    assert await mehret.pushes() == ["1 tekst wacht op u. Ongeveer 2 minuten."]
    await mehret.tap("rolmodel.begin")
    assert "ንዓኹም ሓድሽ ቆጸራ ኣሎ፦" in (await mehret.last()).text
    for point in ("what", "when"):
        await mehret.tap(f"review.{point}")
    await mehret.tap("review.good")
    assert "Over 2 minuten gebruiken wij deze tekst." in (await mehret.last()).text
    assert await town.state() is State.CURRENT

    await house.until("2026-12-22 09:01")
    assert (await selam.pushes())[-1].startswith("Er is een nieuwe afspraak voor u: dinsdag 26 januari")
    await town.make("2027-02-02")
    await house.until("2026-12-22 10:05")
    assert (await selam.pushes())[-1].startswith("ንዓኹም ሓድሽ ቆጸራ ኣሎ፦")


async def test_undone_in_time_it_is_never_said(town: Town) -> None:
    house, selam, mehret = town.house, town.selam, town.mehret
    await house.release(other_dutch(nl=NEW_DUTCH, ti=NEW_TIGRINYA))
    await mehret.say("/start")
    await mehret.tap("rolmodel.work")
    await mehret.tap("rolmodel.begin")
    for point in ("what", "when"):
        await mehret.tap(f"review.{point}")
    await mehret.tap("review.good")
    await house.until("2026-12-21 11:02")
    await mehret.tap("review.undo")
    assert "Wij gebruiken deze tekst nog niet." in (await mehret.last()).text
    await town.make("2027-01-12")
    await house.until("2026-12-21 12:00")
    assert (await selam.pushes())[-1].startswith("Er is een nieuwe afspraak voor u")
