"""Calls to providers: each at its reserved moment, each with one total deadline, no transaction open."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from core.clock import Clock
from core.database import Database
from messaging.channel import Outlet, SendError, Verdict
from scheduler import rates
from scheduler.claims import Call, Outcome

log = structlog.get_logger(__name__)

#: Of a whole call; a channel's own deadline is a little shorter, so that it can say what went wrong.
DEADLINE = timedelta(seconds=16)

#: Addresses whose next moment is kept; older ones are free anyway.
_MOST_REMEMBERED = 10_000


class Sender:
    """Hands calls to the channels, all of a batch at once, within every channel's allowance."""

    def __init__(self, database: Database, clock: Clock, channels: Mapping[str, Outlet]) -> None:
        self._database = database
        self._clock = clock
        self._channels = channels
        self._next: dict[UUID, datetime] = {}  #: address -> when (real time) it may get the next message

    async def send(self, calls: Sequence[Call]) -> list[Outcome]:
        """One outcome per call, in the order of the calls; never raises for a provider's fault."""
        moments = await self._moments(calls)
        return await asyncio.gather(*(self._send(call, moment) for call, moment in zip(calls, moments, strict=True)))

    async def _moments(self, calls: Sequence[Call]) -> list[datetime]:
        counts = Counter(call.channel for call in calls)
        real = self._clock.real()
        limited = {
            name: count for name, count in counts.items() if name in self._channels and self._channels[name].rate
        }
        if not limited:
            return [real] * len(calls)
        async with self._database.begin() as session:
            slots = {
                name: iter(await rates.reserve(session, real, name, self._channels[name].rate, count))
                for name, count in sorted(limited.items())
            }
        return [next(slots[call.channel]) if call.channel in slots else real for call in calls]

    async def _send(self, call: Call, moment: datetime) -> Outcome:
        channel = self._channels.get(call.channel)
        if channel is None:
            return Outcome(call=call, error=SendError(Verdict.REFUSED, "channel_off"))
        wait = (max(moment, self._in_chat(call, channel)) - self._clock.real()).total_seconds()
        if wait > 0:
            await asyncio.sleep(wait)
        try:
            async with asyncio.timeout(DEADLINE.total_seconds()):
                return Outcome(call=call, sent=await channel.send(call.handle, call.message, call.delivery_id))
        except SendError as error:
            return Outcome(call=call, error=error)
        except TimeoutError:
            return Outcome(call=call, error=SendError(Verdict.UNSURE, "no_answer_in_time"))
        except Exception as error:
            # Whatever a channel breaks on, it must not take the batch with it; the message may have left.
            log.error("send_broke", channel=call.channel, error=type(error).__name__)
            return Outcome(call=call, error=SendError(Verdict.UNSURE, "unexpected", code=type(error).__name__))

    def _in_chat(self, call: Call, channel: Outlet) -> datetime:
        """The next moment at which this address may be written to, by this process."""
        real = self._clock.real()
        if not channel.chat_rate:
            return real
        moment = max(real, self._next.get(call.address_id, real))
        self._next[call.address_id] = moment + timedelta(seconds=1 / channel.chat_rate)
        if len(self._next) > _MOST_REMEMBERED:
            self._next = {address: free for address, free in self._next.items() if free > real}
        return moment
