"""Time goes wrong: the two nights of the year, a service that was away, two timers, two editors."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from content import catalogue
from content.inforce import concepts
from core import addresses, clock
from core.database import Database
from core.tables.notices import Notice
from core.values import Handle
from messaging.channel import Outgoing, Sent
from scheduler import rules, timers
from scheduler.meetings import appointments, chase
from scheduler.meetings.appointments import Stale
from scheduler.queue import holds, leases
from scheduler.rules import House
from scheduler.sending.worker import Worker
from tests.fakes.clock import FakeClock
from tests.fakes.outlet import RecordingOutlet
from tests.scheduler import world
from tests.scheduler.world import HOUSE, NOW, ZONE, at

DUTCH = concepts(catalogue.load(("nl",)))

SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)
DAY = timedelta(days=1)


class Ledger(RecordingOutlet):
    """A provider that writes down when it took what, as the clock on the wall shows it."""

    def __init__(self, now: FakeClock) -> None:
        super().__init__("telegram")
        self.now = now
        self.entries: list[tuple[str, str, str]] = []  #: handle, wall time, text

    async def send(self, handle: Handle, message: Outgoing, delivery_id: UUID) -> Sent:
        sent = await super().send(handle, message, delivery_id)
        self.entries.append((handle.reveal(), f"{clock.wall(self.now.now(), ZONE):%Y-%m-%d %H:%M}", message.text))
        return sent


class Town:
    """An installation whose clock jumps from one due moment to the next."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = FakeClock(NOW)
        self.ledger = Ledger(self.clock)
        self.worker = Worker(database, self.clock, HOUSE, {"telegram": self.ledger}, lambda: DUTCH)

    async def expects(self, starts: Iterable[datetime], *, kind: str = "pip_gesprek") -> None:
        """Somebody with a phone for each of these starts; the handle is the start."""
        async with self.database.begin() as session:
            for start in starts:
                person = await world.person(session, languages=["nl"])
                address = await addresses.ensure(session, NOW, "telegram", Handle(f"{start:%Y-%m-%d %H:%M}"))
                await addresses.attach(session, NOW, person.id, address.id, verified=True)
                await world.appointment(session, person, start.isoformat(), now=self.clock.now(), kind=kind)

    async def live(self, until: datetime) -> None:
        """Let everything happen that falls due on the way, in order."""
        while True:
            await self.worker.drain()
            async with self.database.begin() as session:
                query = select(func.min(Notice.due)).where(Notice.state == "planned", Notice.due > self.clock.now())
                due = await session.scalar(query)
            if due is None or due > until:
                break
            self.clock.moment = due
        self.clock.moment = until
        await self.worker.drain()

    def heard(self, start: datetime) -> list[str]:
        """When the person of a start heard of it, after the announcement; sorted."""
        return sorted(at for handle, at, _ in self.ledger.entries if handle == f"{start:%Y-%m-%d %H:%M}")[1:]


@pytest.fixture
async def town(fresh_database: Database) -> Town:
    return Town(fresh_database)


def around(*days: date, width: int = 3) -> Iterator[datetime]:
    """Starts at 02:30, 08:00 and 14:00 on the days around these."""
    for middle in days:
        for offset in range(-width, width + 1):
            yield from (datetime.combine(middle + offset * DAY, at) for at in (time(2, 30), time(8), time(14)))


def expected(start: datetime) -> list[str]:
    """What the design says, reckoned in wall time only (no start here has its last reminder on the switch itself)."""
    day = start.date()
    if start.time() == time(14):
        moments = [start - 7 * DAY, start - DAY, start.replace(hour=12)]
    else:
        week = datetime.combine(day - 7 * DAY, max(start.time(), time(8)))
        moments = [week, datetime.combine(day - DAY, time(20))]
    return [f"{moment:%Y-%m-%d %H:%M}" for moment in moments]


class TestAYearWithItsTwoNights:
    """G22: every local reminder once, at the right wall time; the provider's ledger is the judge."""

    async def _judge(self, town: Town, starts: list[datetime]) -> None:
        await town.expects(starts)
        await town.live(at("2028-01-02 00:00"))
        assert {start: town.heard(start) for start in starts} == {start: expected(start) for start in starts}
        assert max(Counter(town.ledger.entries).values()) == 1

    async def test_around_both_switches(self, town: Town) -> None:
        await self._judge(town, list(around(SPRING, AUTUMN)))

    @pytest.mark.soak
    async def test_every_day_of_it(self, town: Town) -> None:
        await self._judge(town, list(around(date(2027, 7, 2), width=182)))

    def test_every_quarter_of_an_hour_of_the_year(self) -> None:
        """The rules alone, without quiet hours: the same wall time a week and a day before, two real hours before."""
        house = House(zone=ZONE, quiet=None, undo=timedelta())
        for start in (datetime(2027, 1, 10) + number * timedelta(minutes=15) for number in range(355 * 96)):
            steps = rules.remaining(start, house, NOW, previous=None, answered=False)
            assert [step.name for step in steps] == ["week", "day", "hours"]
            for step, days in zip(steps, (7, 1), strict=False):
                assert step.due == clock.instant(start - days * DAY, ZONE)
            assert steps[2].due == clock.instant(start, ZONE) - timedelta(hours=2)


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
async def test_half_past_two_in_the_night_that_has_it_twice_or_not_at_all(town: Town, day: date) -> None:
    # given a start at 02:30, which the clock skips in March and shows twice in October
    start = datetime.combine(day, time(2, 30))
    await town.expects([start])
    # when the night has passed
    await town.live(clock.instant(datetime.combine(day + DAY, time()), ZONE))
    # then everything was said once, before it began
    assert town.heard(start) == expected(start)
    assert "Morgen heeft u een afspraak" in town.ledger.entries[-1][2]


@pytest.mark.parametrize("start", ["2028-02-29 14:00", "2028-03-01 14:00", "2028-03-07 14:00"])
async def test_the_29th_of_february(town: Town, start: str) -> None:
    when = datetime.fromisoformat(start)
    await town.expects([when])
    await town.live(at("2028-03-10 00:00"))
    assert town.heard(when) == expected(when)


class TestAwayForThreeHours:
    """What still helps goes, nearest start first; what is too late is shown, and lateness too."""

    async def test_over_due_times(self, town: Town) -> None:
        starts = [datetime(2027, 1, 12, hour, minute) for hour, minute in ((10, 0), (11, 30), (13, 0), (12, 0))]
        await town.expects(starts)
        await town.live(at("2027-01-12 07:50"))
        before = len(town.ledger.entries)
        # when the service comes back three hours later
        town.clock.moment = at("2027-01-12 10:50")
        await town.worker.drain()
        # then who can still come hears it, the nearest first; who should have come at 10:00 doesn't
        assert [handle[-5:] for handle, _, _ in town.ledger.entries[before:]] == ["11:30", "12:00"]
        async with town.database.begin() as session:
            missed = (await session.scalars(select(Notice).where(Notice.step == "hours").order_by(Notice.due))).all()
        assert [(notice.state, notice.reason) for notice in missed[:1]] == [("expired", "use_by_passed")]
        assert [notice.state for notice in missed[1:]] == ["sent", "sent", "planned"]
        assert all(notice.sent_at and notice.sent_at > notice.due for notice in missed[1:3])

    async def test_late_words_are_still_true(self, town: Town) -> None:
        start = datetime(2027, 1, 12, 14)
        await town.expects([start])
        await town.live(at("2027-01-11 13:50"))
        town.clock.moment = at("2027-01-12 08:00")
        await town.worker.drain()
        assert town.ledger.entries[-1][2] == "Vandaag om 14:00 uur heeft u een afspraak. Tot straks."
        await town.live(at("2027-01-12 14:00"))
        assert town.heard(start)[-1] == "2027-01-12 12:00"

    async def test_a_hold_lifted_at_night_wakes_nobody(self, town: Town) -> None:
        start = datetime(2027, 1, 12, 14)
        await town.expects([start])
        await town.live(at("2027-01-11 13:50"))
        async with town.database.begin() as session:
            await holds.put(session, town.clock.now(), "voorbeeld")
        town.clock.moment = at("2027-01-11 23:00")
        async with town.database.begin() as session:
            await holds.lift(session, town.clock.now(), why="voorbeeld")
        await town.live(at("2027-01-12 09:00"))
        assert town.heard(start)[1:] == ["2027-01-12 08:00"]

    async def test_what_piled_up_over_days_is_said_once(self, town: Town) -> None:
        start = datetime(2027, 1, 12, 14)
        await town.expects([start])
        town.clock.moment = at("2027-01-12 12:30")
        await town.worker.drain()
        assert len(town.ledger.entries) == 1
        assert town.ledger.entries[0][2].startswith("U heeft een nieuwe afspraak")


class TestTwoAtOnce:
    async def _ticks(self, town: Town, name: str, times: int = 4) -> None:
        (tick,) = (tick for tick in timers.TICKS if tick.name == name)
        await asyncio.gather(*(timers.run_tick(tick, town.database, town.clock, HOUSE) for _ in range(times)))

    async def test_two_timers_say_the_week_once(self, town: Town) -> None:
        await town.expects([datetime(2027, 1, 12, 14), datetime(2027, 1, 13, 14)], kind="taalles")
        await town.live(at("2027-01-10 18:00"))
        await self._ticks(town, "week")
        async with town.database.begin() as session:
            overviews = await session.scalar(select(func.count()).where(Notice.kind == "week"))
        assert overviews == 2

    async def test_two_timers_call_once(self, town: Town) -> None:
        await town.expects([datetime(2027, 1, 12, 14)])
        await town.live(at("2027-01-11 18:00"))
        await self._ticks(town, "chase")
        async with town.database.begin() as session:
            assert [task.kind for task in await world.open_tasks(session)] == ["no_answer"]
            assert await chase.follow_up(session, town.clock.now(), HOUSE) == 0

    async def test_the_second_of_two_editors_hears_what_it_is_now(self, town: Town) -> None:
        async with town.database.begin() as session:
            row = await world.appointment(session, await world.person(session))

        async def move(day: int) -> None:
            async with town.database.begin() as own:
                to = datetime(2027, 1, day, 10)
                await appointments.move(own, at("2026-12-22 09:00"), HOUSE, row.id, version=1, wall_time=to, by=None)

        outcomes = await asyncio.gather(move(14), move(15), return_exceptions=True)
        (refused,) = (outcome for outcome in outcomes if isinstance(outcome, Stale))
        assert str(refused).startswith("Iemand anders wijzigde deze afspraak om 09:00. Nu: ")
        async with town.database.begin() as session:
            planned = await world.waiting(session, row.id)
        assert len(planned) == len({line.split()[0] for line in planned})


async def test_expiry_counts_from_the_moment_itself(town: Town) -> None:
    start = datetime(2027, 1, 12, 14)
    await town.expects([start])
    async with town.database.begin() as session:
        assert await leases.expire(session, at("2027-01-12 13:59")) == 0
        assert await leases.expire(session, at("2027-01-12 14:00")) == 4
