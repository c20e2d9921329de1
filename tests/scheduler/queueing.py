"""A queue to put notices into by hand, and workers that take one step at a time."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import addresses
from core.ids import new_id
from core.tables.notices import Delivery, Notice
from core.tables.people import Address
from core.values import Handle
from messaging.channel import Outgoing, SendError, Sent, Verdict
from scheduler.queue import claiming, endings, handover, notices
from scheduler.queue.claims import Call, Claimed, Outcome
from scheduler.queue.notices import Plan
from tests.scheduler import world
from tests.scheduler.world import HOUSE, NOW

LOST = SendError(Verdict.UNSURE, "no_answer_in_time")
THROTTLED = SendError(Verdict.PAUSE, "throttled", retry_after=timedelta(seconds=30))


class Queue:
    """The queue as one transaction sees it; real time and service time are the same here."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def person(self, *handles: str, handles_on: str = "telegram") -> UUID:
        """Somebody with these addresses on one channel, first choice first."""
        person = await world.person(self.session)
        for rank, handle in enumerate(handles or (str(person.id),)):
            address = await addresses.ensure(self.session, NOW, handles_on, Handle(handle))
            await addresses.attach(self.session, NOW, person.id, address.id, verified=True, rank=rank)
        return person.id

    async def plan(self, person_id: UUID, step: str = "day", *, kind: str = "appointment", **values: Any) -> UUID:
        """A step that is due now; its doubt is once_more for an appointment, never for an update, staff for money."""
        given = {
            "source_id": new_id(),
            "source_kind": kind,
            "due": NOW,
            "use_by": NOW + timedelta(hours=12),
            "values": {"day": date(2026, 12, 22), "time": time(11)},
        }
        (notice_id,) = await notices.plan(
            self.session, NOW, [Plan(person_id=person_id, kind=kind, step=step, **{**given, **values})]
        )
        return notice_id

    async def claim(self, now: datetime = NOW, *, limit: int = 50, without: Sequence[str] = ()) -> list[Claimed]:
        return await claiming.claim(self.session, now, now, limit, without=without)

    async def hand_over(self, held: Sequence[Claimed], now: datetime = NOW) -> list[Call]:
        """Hand over each by itself, on its person's first address."""
        return await handover.hand_over(self.session, now, now, [(one, await self.call(one)) for one in held])

    async def call(self, held: Claimed) -> Call:
        """Its message, for its person's first address."""
        ((_, address), *_) = await addresses.of_person(self.session, held.person_id)
        return Call(
            delivery_id=new_id(),
            item_id=held.id,
            token=held.token,
            version=held.source_version,
            address_id=address.id,
            channel="telegram",
            handle=Handle("x"),
            message=Outgoing(text="Morgen is uw afspraak.", language="nl"),
        )

    async def in_hand(self, now: datetime = NOW) -> list[Call]:
        """What is due, handed over."""
        return await self.hand_over(await self.claim(now), now)

    async def taken(self, call: Call, now: datetime = NOW) -> None:
        """The provider took it."""
        sent = Sent(provider_id=f"at-provider-{call.delivery_id}", segments=1)
        await endings.finish(self.session, now, now, HOUSE, [Outcome(call=call, sent=sent)])

    async def failed(self, call: Call, error: SendError, now: datetime = NOW) -> None:
        """The provider said no, or nothing."""
        await endings.finish(self.session, now, now, HOUSE, [Outcome(call=call, error=error)])

    async def sweep(self, now: datetime, *, whole: bool = False) -> int:
        return await endings.sweep(self.session, now, now, HOUSE, whole=whole)

    async def notice(self, notice_id: UUID) -> Notice:
        return await self.session.get_one(Notice, notice_id, populate_existing=True)

    async def state(self, notice_id: UUID) -> str:
        return (await self.notice(notice_id)).state

    async def deliveries(self) -> list[Delivery]:
        query = select(Delivery).order_by(Delivery.handed_at, Delivery.id).execution_options(populate_existing=True)
        return list(await self.session.scalars(query))

    async def dead(self) -> list[str]:
        """Why addresses were given up."""
        query = select(Address.dead_reason).where(Address.dead_at.is_not(None))
        return [str(reason) for reason in await self.session.scalars(query)]
