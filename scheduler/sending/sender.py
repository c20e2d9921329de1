"""Calls to providers: each at its send moment, each with one total deadline, no transaction open."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from core.clock import Clock
from core.database import Database
from messaging.channel import Outlet, SendError, Verdict
from scheduler.queue.claims import Call, Outcome
from scheduler.sending.allowance import LEAD, Allowance
from scheduler.sending.voices import Voices

log = structlog.get_logger(__name__)

#: Addresses whose next moment is kept; older ones are free anyway.
_MOST_REMEMBERED = 10_000


class Sender:
    """Hands calls to the channels of this process, within every channel's allowance."""

    def __init__(self, database: Database, clock: Clock, outlets: Mapping[str, Outlet]) -> None:
        self._clock = clock
        self._outlets = outlets
        self._allowances = {name: Allowance(database, clock, name, outlet.rate) for name, outlet in outlets.items()}
        self._voices = Voices(database, clock)
        self._next: dict[UUID, datetime] = {}  #: address -> when (real time) it may get the next message

    async def ready(self, calls: Iterable[Call]) -> None:
        """What these calls are heard with is there, or can't be made; before their moment, for it may take a while."""
        await self._voices.ready(voice for call in calls if (voice := call.message.voice))

    async def turn(self, channel: str, *, urgent: bool) -> bool:
        """Wait for the channel's next send moment; False where it must wait for longer. `urgent` goes first."""
        return await self._allowances[channel].turn(urgent=urgent)

    def not_now(self, call: Call) -> Outcome | None:
        """The call as one that never started, where its channel may not be used at this moment."""
        if call.channel not in self._outlets:
            return Outcome(call=call, error=SendError(Verdict.REFUSED, "channel_off"), started=False)
        wait = self.closed(call.channel)
        if wait is None:
            return None
        return Outcome(call=call, error=SendError(Verdict.RETRY, "channel_paused", retry_after=wait), started=False)

    def closed(self, channel: str) -> timedelta | None:
        """How long the provider must be left alone, as far as this process knows; None: it takes messages."""
        until, real = self._allowances[channel].closed_until(), self._clock.real()
        return until - real if until is not None and until > real else None

    def chat_wait(self, call: Call) -> timedelta:
        """How long this address must be left alone; nothing where it may be written to now."""
        free = self._next.get(call.address_id)
        if free is None:
            return timedelta()
        # Never more than its rate asks: the machine's clock may have been set back.
        longest = timedelta(seconds=1 / self._outlets[call.channel].chat_rate)
        return min(max(free - self._clock.real(), timedelta()), longest)

    async def call(self, call: Call) -> Outcome:
        """How the call ended; never raises for a provider's fault."""
        outlet = self._outlets[call.channel]
        if outlet.chat_rate:
            self._remember(call.address_id, outlet.chat_rate)
        try:
            # The channel holds the one total deadline of a call.
            return Outcome(call=call, sent=await outlet.send(call.handle, call.message, call.delivery_id))
        except SendError as error:
            if error.verdict is Verdict.PAUSE and error.retry_after is not None:
                self._allowances[call.channel].close_until(self._clock.real() + error.retry_after)
            return Outcome(call=call, error=error)
        except TimeoutError:
            return Outcome(call=call, error=SendError(Verdict.UNSURE, "no_answer_in_time"))
        except Exception as error:
            # Whatever a channel breaks on, it must not take the batch with it; the message may have left.
            log.error("send_broke", channel=call.channel, error=type(error).__name__)
            return Outcome(call=call, error=SendError(Verdict.UNSURE, "unexpected", code=type(error).__name__))

    async def before_answer(self, call: Call) -> Outcome | None:
        """Wait until an answer may go to its chat and its channel, before everything else; or why it may not."""
        if wait := self.chat_wait(call):
            await asyncio.sleep(wait.total_seconds())
        refused = self.not_now(call)
        if refused is not None:
            return refused
        if not await self.turn(call.channel, urgent=True):
            return self.not_now(call) or never_left(call)
        if self._outlets[call.channel].rate:
            await asyncio.sleep(LEAD.total_seconds())
        return None

    def _remember(self, address_id: UUID, chat_rate: float) -> None:
        real = self._clock.real()
        self._next[address_id] = real + timedelta(seconds=1 / chat_rate)
        if len(self._next) > _MOST_REMEMBERED:
            self._next = {address: free for address, free in self._next.items() if free > real}


def cut_off(call: Call) -> Outcome:
    """A call that was under way when the service had to stop: it may have arrived."""
    return Outcome(call=call, error=SendError(Verdict.UNSURE, "cut_off"))


def never_left(call: Call) -> Outcome:
    """A call that was on record and didn't start: it waits in the queue as before."""
    return Outcome(call=call, error=SendError(Verdict.RETRY, "never_left", retry_after=timedelta()), started=False)
