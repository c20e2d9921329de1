from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from bot import foresight
from content import catalogue
from content.inforce import concepts
from core import addresses
from core.settings import Settings
from core.tables.notices import Notice
from core.tables.service import Hold
from core.values import Handle
from messaging.segments import cost
from scheduler.sending import outlook
from scheduler.sending.outlook import Going, Outlook
from tests.scheduler import phones, world
from tests.scheduler.world import NOW, at

TEXTS = concepts(catalogue.load(("nl", "ti")))
SOON = at("2026-12-21 11:02")


async def look(session: AsyncSession, until: str = "2026-12-21 12:00", **values: Any) -> Outlook:
    settings: Settings = world.settings(**values)
    return await outlook.until(session, NOW, settings, TEXTS, at(until))


def going(
    channel: str | None, *, language: str | None = "nl", step: str = "announced", why: str | None = None
) -> Going:
    return Going(kind="appointment", step=step, language=language, channel=channel, why=why)


async def test_by_step_language_and_channel(session: AsyncSession) -> None:
    for channels, languages in ((("telegram",), ["nl"]), (("telegram",), ["ti"]), (("sms", "telegram"), ["nl"])):
        person, _ = await phones.reached_by(session, *channels)
        person.languages = languages
        await world.appointment(session, person)
    seen = await look(session, "2027-01-05 10:00")
    assert {sort: pile.count for sort, pile in seen.piles.items()} == {
        going(channel, language=language, step=step): 1
        for channel, language in (("telegram", "nl"), ("telegram", "ti"), ("sms", "nl"))
        for step in ("announced", "week")
    }
    assert seen.total.count == 6


async def test_what_an_sms_costs(session: AsyncSession) -> None:
    person, _ = await phones.reached_by(session, "sms")
    await world.appointment(session, person)
    total = (await look(session)).total
    assert total.segments == 1
    assert total.microeuro > 0


async def test_a_number_abroad_costs_more(session: AsyncSession) -> None:
    dear = []
    for handle in ("+31612345678", "+48512345678"):
        person = await world.person(session, languages=["nl"])
        address = await addresses.ensure(session, NOW, "sms", Handle(handle))
        await addresses.attach(session, NOW, person.id, address.id, verified=True)
        await world.appointment(session, person)
        dear.append((await look(session)).total.microeuro)
    assert dear[1] - dear[0] == cost("x", "sms", number="+48512345678").microeuro


async def test_no_more_sms_than_the_day_has(session: AsyncSession) -> None:
    for _ in range(3):
        person, _ids = await phones.reached_by(session, "sms")
        await world.appointment(session, person)
    seen = await look(session, daily_sms_limit=2)
    assert {(sort.channel, sort.why): pile.count for sort, pile in seen.piles.items()} == {
        ("sms", None): 2,
        (None, "sms_limit"): 1,
    }
    # given a new day, then there is room again
    week = await look(session, "2027-01-05 10:00", daily_sms_limit=2)
    assert sum(pile.count for sort, pile in week.piles.items() if sort.step == "week" and sort.channel) == 2


async def test_what_is_overdue_at_night_goes_in_the_morning(session: AsyncSession) -> None:
    person, _ = await phones.reached_by(session, "telegram")
    await world.appointment(session, person)
    night, morning = at("2026-12-21 23:00"), at("2026-12-22 08:00")
    assert (await outlook.until(session, night, world.HOUSE, TEXTS, night)).piles == {}
    (pile,) = (await outlook.until(session, night, world.HOUSE, TEXTS, at("2026-12-22 09:00"))).piles.values()
    assert pile.leaves == morning


async def test_who_can_t_be_reached_stands_apart_with_the_reason(session: AsyncSession) -> None:
    await world.appointment(session, await world.person(session))
    paused, _ = await phones.reached_by(session, "telegram")
    paused.paused_until = at("2027-02-01 10:00")
    await world.appointment(session, paused)
    seen = await look(session)
    assert set(seen.piles) == {
        going(None, language=None, why="no_address"),
        going(None, language=None, why="paused"),
    }
    assert seen.total.count == 0


@pytest.mark.parametrize("broken", [{"step": "of a later release"}, {"variables_sealed": b"swapped"}])
async def test_what_the_worker_would_set_aside_stands_apart_too(session: AsyncSession, broken: dict[str, Any]) -> None:
    people = [(await phones.reached_by(session, "telegram"))[0] for _ in range(2)]
    for person in people:
        await world.appointment(session, person)
    hers = update(Notice).where(Notice.person_id == people[0].id, Notice.step == "announced")
    await session.execute(hers.values(**broken))
    step = broken.get("step", "announced")
    seen = await look(session)
    assert seen.piles[going(None, language=None, step=step, why="unsayable")].count == 1
    assert seen.total.count == 1


async def test_when_the_last_of_a_burst_leaves(session: AsyncSession) -> None:
    for _ in range(5):
        person, _ids = await phones.reached_by(session, "telegram")
        await world.appointment(session, person)
    assert (await look(session, telegram_rate=0)).total.leaves == SOON
    paced = (await look(session, telegram_rate=1)).total.leaves
    assert paced is not None
    assert timedelta(seconds=4) < paced - SOON < timedelta(seconds=4.2)


async def test_more_than_one_batch(session: AsyncSession) -> None:
    person, _ = await phones.reached_by(session, "telegram")
    for _ in range(3):
        await world.appointment(session, person)
    seen = await outlook.until(session, NOW, world.HOUSE, TEXTS, at("2027-01-12 09:00"), at_once=2)
    assert seen.total.count == 12


async def test_what_is_too_late_doesn_t_go(session: AsyncSession) -> None:
    person, _ = await phones.reached_by(session, "telegram")
    await world.appointment(session, person)
    seen = await outlook.until(session, at("2027-01-12 10:00"), world.HOUSE, TEXTS, at("2027-01-13 10:00"))
    assert seen.piles == {}


class TestShown:
    async def test_as_json(self, session: AsyncSession) -> None:
        person, _ = await phones.reached_by(session, "telegram")
        await world.appointment(session, person)
        session.add(Hold(since=NOW, why="test"))
        await session.flush()
        shown = foresight.plain(await look(session))
        moment = SOON.isoformat()
        assert shown == {
            "until": at("2026-12-21 12:00").isoformat(),
            "on_hold": True,
            "count": 1,
            "segments": 0,
            "cost": 0.0,
            "leaves": moment,
            "notices": [
                {
                    "kind": "appointment",
                    "step": "announced",
                    "language": "nl",
                    "channel": "telegram",
                    "why": None,
                    "count": 1,
                    "segments": 0,
                    "cost": 0.0,
                    "first": moment,
                    "last": moment,
                    "leaves": moment,
                }
            ],
        }

    async def test_as_a_table(self, session: AsyncSession) -> None:
        person, _ = await phones.reached_by(session, "sms")
        await world.appointment(session, person)
        await world.appointment(session, await world.person(session))
        shown = "\n".join(foresight.lines(await look(session)))
        assert "appointment/announced" in shown
        assert "1 SMS" in shown
        assert "nobody to send to: Deze persoon heeft geen telefoon gekoppeld." in shown
        assert "in all: 1 SMS" in shown
