"""Calls to providers: each at its send moment, each with one total deadline, no transaction open."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from core.clock import Clock
from core.database import Database
from messaging.channel import Outlet, SendError, Verdict
from scheduler.allowance import Allowance
from scheduler.claims import Call, Outcome

log = structlog.get_logger(__name__)

#: Addresses whose next moment is kept; older ones are free anyway.
_MOST_REMEMBERED = 10_000


class Sender:
    """Hands calls to the channels of this process, within every channel's allowance."""

    def __init__(self, database: Database, clock: Clock, outlets: Mapping[str, Outlet]) -> None:
        self._clock = clock
        self._outlets = outlets
        self._allowances = {name: Allowance(database, clock, name, outlet.rate) for name, outlet in outlets.items()}
        self._next: dict[UUID, datetime] = {}  #: address -> when (real time) it may get the next message

    async def send(self, call: Call, *, urgent: bool) -> Outcome:
        """How the call ended; never raises for a provider's fault. `urgent`: an answer goes before the rest."""
        outlet = self._outlets.get(call.channel)
        if outlet is None:
            return Outcome(call=call, error=SendError(Verdict.REFUSED, "channel_off"))
        allowance = self._allowances[call.channel]
        if outlet.chat_rate:
            await self._in_chat(call, outlet)
        if not await allowance.turn(urgent=urgent):
            return Outcome(call=call, error=self._not_now(allowance))
        try:
            # The channel holds the one total deadline of a call.
            return Outcome(call=call, sent=await outlet.send(call.handle, call.message, call.delivery_id))
        except SendError as error:
            if error.verdict is Verdict.PAUSE and error.retry_after is not None:
                allowance.close_until(self._clock.real() + error.retry_after)
            return Outcome(call=call, error=error)
        except TimeoutError:
            return Outcome(call=call, error=SendError(Verdict.UNSURE, "no_answer_in_time"))
        except Exception as error:
            # Whatever a channel breaks on, it must not take the batch with it; the message may have left.
            log.error("send_broke", channel=call.channel, error=type(error).__name__)
            return Outcome(call=call, error=SendError(Verdict.UNSURE, "unexpected", code=type(error).__name__))

    def _not_now(self, allowance: Allowance) -> SendError:
        """The call never left: it waits in the queue until the provider takes messages again."""
        until = allowance.closed_until()
        wait = until - self._clock.real() if until is not None else None
        return SendError(Verdict.RETRY, "channel_paused", retry_after=wait)

    async def _in_chat(self, call: Call, outlet: Outlet) -> None:
        """Until this address may be written to again, by this process."""
        real = self._clock.real()
        moment = max(real, self._next.get(call.address_id, real))
        self._next[call.address_id] = moment + timedelta(seconds=1 / outlet.chat_rate)
        if len(self._next) > _MOST_REMEMBERED:
            self._next = {address: free for address, free in self._next.items() if free > real}
        if moment > real:
            await asyncio.sleep((moment - real).total_seconds())
