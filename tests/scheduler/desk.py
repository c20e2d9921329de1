"""Two made-up colleagues who bring payment files in, and what they find afterwards."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.tables.leefgeld import Payment
from core.tables.people import Account
from scheduler import leefgeld
from scheduler.imports import Result
from tests.scheduler import world
from tests.scheduler.world import HOUSE, NOW


class Desk:
    """Two colleagues: one reads files in, the other approves."""

    def __init__(self, session: AsyncSession, reader: Account, approver: Account) -> None:
        self.session, self.reader, self.approver = session, reader, approver

    @classmethod
    async def of(cls, session: AsyncSession) -> "Desk":
        reader = await world.staff(session, email="lezer@voorbeeld.nl")
        return cls(session, reader, await world.staff(session, "regisseur", "regie@voorbeeld.nl"))

    async def stage(self, content: bytes, now: datetime = NOW) -> Result:
        return await leefgeld.stage(self.session, now, HOUSE, content, "voorbeeld", by=self.reader.id)

    async def approve(self, staged: Result, now: datetime = NOW) -> Result:
        assert staged.import_id is not None
        assert staged.problems == ()
        return await leefgeld.approve(self.session, now, HOUSE, staged.import_id, by=self.approver.id)

    async def bring(self, content: bytes, now: datetime = NOW) -> Result:
        return await self.approve(await self.stage(content, now), now)


async def payments(session: AsyncSession) -> list[Payment]:
    return list(await session.scalars(select(Payment).order_by(Payment.id)))


async def only(session: AsyncSession) -> Payment:
    (payment,) = await payments(session)
    return payment


def numbers(result: Result) -> tuple[int, int, int]:
    return result.new, result.changed, result.same
