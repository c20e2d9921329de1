from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.tables.service import Heartbeat, Hold
from scheduler import heartbeat
from scheduler.queue import holds, leases
from tests.scheduler import world
from tests.scheduler.world import NOW, at

LONG = timedelta(hours=6)


class TestByHand:
    async def test_on_is_on_once(self, session: AsyncSession) -> None:
        first = await holds.put(session, NOW, "verkeerde tekst")
        again = await holds.put(session, NOW + LONG, "nog een keer")
        assert (again, again.why, await holds.on_hold(session)) == (first, "verkeerde tekst", True)

    async def test_off_keeps_who_and_why(self, session: AsyncSession) -> None:
        karin = await world.staff(session)
        await holds.put(session, NOW, "verkeerde tekst")
        await holds.lift(session, NOW + LONG, why="de tekst is goed", by=karin.id)
        hold = (await session.scalars(select(Hold))).one()
        assert (hold.lifted_at, hold.lifted_by, hold.lifted_why) == (NOW + LONG, karin.id, "de tekst is goed")
        assert not await holds.on_hold(session)

    async def test_off_twice_is_nothing(self, session: AsyncSession) -> None:
        assert await holds.lift(session, NOW, why="") is None


class TestWhatWaits:
    async def test_nothing_is_on(self, session: AsyncSession) -> None:
        assert await holds.stands(session, NOW) is None

    async def test_how_many_and_how_long_that_can_last(self, session: AsyncSession) -> None:
        someone = await world.person(session)
        for start in ("2027-01-12 10:00", "2027-01-12 10:45", "2027-01-13 10:00"):
            await world.appointment(session, someone, start)
        await holds.put(session, at("2026-12-21 11:01"), "verkeerde tekst")
        standing = await holds.stands(session, at("2027-01-12 09:00"))
        assert standing is not None
        assert (standing.why, standing.since) == ("verkeerde tekst", at("2026-12-21 11:01"))
        assert (standing.waiting, standing.expiring, standing.before) == (10, 4, at("2027-01-12 10:00"))

    async def test_what_became_too_late_is_told(self, session: AsyncSession) -> None:
        await world.appointment(session, await world.person(session))
        await holds.put(session, at("2026-12-21 11:01"), "verkeerde tekst")
        assert await leases.expire(session, at("2027-01-12 10:00")) == 4
        was = await holds.lift(session, at("2027-01-12 10:30"), why="klaar")
        assert was is not None
        assert (was.waiting, was.expiring, was.before, was.expired) == (0, 0, None, 4)


class TestAfterASilence:
    async def overdue(self, session: AsyncSession, silence: timedelta) -> None:
        await world.appointment(session, await world.person(session))
        await heartbeat.beat(session, NOW - silence, "timers")

    async def test_of_six_hours_with_messages_overdue(self, session: AsyncSession) -> None:
        await self.overdue(session, LONG)
        hold = await holds.after_silence(session, at("2026-12-21 11:02"), NOW)
        assert hold is not None
        assert hold.why == "De dienst stond 6 uur stil. 1 bericht wacht: kijk eerst wat nog klopt."
        assert await holds.on_hold(session)

    async def test_of_less_it_goes_on(self, session: AsyncSession) -> None:
        await self.overdue(session, LONG - timedelta(seconds=1))
        assert await holds.after_silence(session, at("2026-12-21 11:02"), NOW) is None

    async def test_also_with_nothing_overdue_yet(self, session: AsyncSession) -> None:
        await self.overdue(session, LONG)
        hold = await holds.after_silence(session, NOW, NOW)
        assert hold is not None
        assert hold.why == "De dienst stond 6 uur stil. Er wacht nu geen bericht: kijk eerst wat nog klopt."

    async def test_another_process_lived(self, session: AsyncSession) -> None:
        await self.overdue(session, LONG)
        await heartbeat.beat(session, NOW - timedelta(minutes=1), "worker")
        assert await holds.after_silence(session, at("2026-12-21 11:02"), NOW) is None

    async def test_a_new_installation_just_starts(self, session: AsyncSession) -> None:
        await world.appointment(session, await world.person(session))
        assert await holds.after_silence(session, at("2026-12-21 11:02"), NOW) is None

    @pytest.mark.parametrize("days", [1, 30])
    async def test_the_time_machine_is_no_silence(self, session: AsyncSession, days: int) -> None:
        await self.overdue(session, timedelta(seconds=10))
        assert await holds.after_silence(session, NOW + timedelta(days=days), NOW) is None


class TestAfterAMove:
    async def moved(self, session: AsyncSession) -> None:
        """As a restored database says: the last heartbeat was in another one."""
        await heartbeat.beat(session, NOW - timedelta(minutes=1), "timers")
        await session.execute(update(Heartbeat).values(home="7/00000001/16384/16387"))

    async def test_to_another_database(self, session: AsyncSession) -> None:
        await self.moved(session)
        hold = await holds.after_move(session, NOW)
        assert hold is not None
        assert hold.why == holds.MOVED
        assert await holds.on_hold(session)

    async def test_who_lifts_a_hold_that_was_on_reads_it_too(self, session: AsyncSession) -> None:
        await self.moved(session)
        await holds.put(session, NOW, "Verkeerde tekst in het Turks.")
        hold = await holds.after_move(session, NOW)
        assert hold is not None
        assert hold.why == f"{holds.MOVED} Ook daarvoor stond alles op pauze: Verkeerde tekst in het Turks."
        assert (await session.scalars(select(Hold.why))).all() == [hold.why]

    async def test_it_is_said_once(self, session: AsyncSession) -> None:
        await self.moved(session)
        await holds.after_move(session, NOW)
        await holds.lift(session, NOW, why="alles klopt")
        assert await holds.after_move(session, NOW) is None

    async def test_a_restart_is_none(self, session: AsyncSession) -> None:
        await heartbeat.beat(session, NOW - timedelta(minutes=1), "timers")
        assert await holds.after_move(session, NOW) is None

    async def test_a_new_installation_just_starts(self, session: AsyncSession) -> None:
        assert await holds.after_move(session, NOW) is None

    async def test_who_never_wrote_it_down_just_starts(self, session: AsyncSession) -> None:
        await heartbeat.beat(session, NOW - timedelta(minutes=1), "timers")
        await session.execute(update(Heartbeat).values(home=None))
        assert await holds.after_move(session, NOW) is None

    async def test_the_last_heartbeat_counts(self, session: AsyncSession) -> None:
        await self.moved(session)
        await heartbeat.beat(session, NOW, "worker")
        assert await holds.after_move(session, NOW) is None
