"""The simulator's three channels as rigs: the same promises without a network."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from core.clock import Clock
from core.database import Database
from core.ids import new_id
from core.tables.simulator import SimulatorPhone
from core.values import Handle
from messaging.channel import Button, Channel, Outgoing
from messaging.simulator import Simulator
from messaging.simulator.faults import Fault as SimulatorFault
from messaging.simulator.faults import Trouble
from tests.contract.rigs import DEADLINE, Rig
from tests.fakes import faults
from tests.fakes.faults import Fault, refuse
from tests.fakes.inbox import MemoryInbox
from tests.fakes.provider import Accepted

#: What the simulator can do of what a network can.
_TROUBLES = {
    faults.LOST: Trouble(fault=SimulatorFault.LOSE_ANSWER),
    faults.HANG: Trouble(fault=SimulatorFault.HANG),
    faults.throttle(): Trouble(fault=SimulatorFault.THROTTLE, seconds=5),
    refuse(403): Trouble(fault=SimulatorFault.BLOCKED),
}


class Script(dict[str, Trouble]):
    """Troubles that come one per call, in order, as a test writes them."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: Counter[str] = Counter()
        self.coming: list[Trouble] = []
        self.away = False

    def get(self, key: str, default: Any = None) -> Any:
        self.calls[key] += 1
        if self.away:
            return Trouble(fault=SimulatorFault.REFUSE)
        return self.coming.pop(0) if self.coming else default


class Phones(Simulator):
    """One phone that writes down what arrived on it; the judge of a simulated channel."""

    def __init__(self, database: Database, inbox: MemoryInbox) -> None:
        super().__init__(database, Clock(), inbox.keep)
        self.ledger: list[Accepted] = []
        self.plan = Script()
        self.troubles = self.plan
        self.phone_id = UUID(int=0)

    @property
    def calls(self) -> Counter[str]:
        return self.plan.calls

    @property
    def arrived(self) -> list[Accepted]:
        """What a person got: no edits."""
        return [accepted for accepted in self.ledger if accepted.method == "sendMessage"]

    async def show(self, channel: str, handle: Handle, message: Outgoing, delivery_id: UUID) -> str:
        provider_id = await super().show(channel, handle, message, delivery_id)
        bubble = (await self.messages(self.phone_id, 0, 0))[-1]
        method = "sendMessage" if bubble.replaces is None else "editMessageText"
        labels = {"reply_markup": [offer.label for offer in bubble.choices]}
        self.ledger.append(
            Accepted(at=0, method=method, to=handle.reveal(), text=bubble.text, fields=labels, id=provider_id)
        )
        return provider_id


@dataclass(frozen=True, kw_only=True)
class SimulatedJudge:
    """What the phone got, and how its provider is told to misbehave."""

    phones: Phones

    @property
    def calls(self) -> Counter[str]:
        return self.phones.calls

    @property
    def ledger(self) -> list[Accepted]:
        return self.phones.ledger

    @property
    def messages(self) -> list[Accepted]:
        return self.phones.arrived

    def script(self, *wanted: Fault) -> None:
        self.phones.plan.coming += [_TROUBLES[fault] for fault in wanted]

    async def start(self) -> None:
        self.phones.plan.away = False

    async def stop(self) -> None:
        self.phones.plan.away = True


@dataclass(kw_only=True)
class SimulatedRig:
    """One phone of the demo."""

    channel: Channel
    provider: SimulatedJudge
    inbox: MemoryInbox
    handle: Handle
    gone: tuple[Fault, ...] = (refuse(403),)

    @property
    def to(self) -> str:
        return self.handle.reveal()

    @property
    def taps(self) -> bool:
        return self.channel.name != "sms"

    def text(self, number: int, text: str) -> Any:
        return (number, text, None)

    def tap(self, number: int, choice: str) -> Any:
        return (number, choice, choice if self.taps else None)

    async def post(self, raw: Any) -> int:
        """What was done once on the phone comes again as the same update."""
        _, text, choice = raw
        phones = self.provider.phones
        if self.inbox.rows:
            (channel, provider_id), payload = next(iter(self.inbox.rows.items()))
            await self.inbox.keep(channel, provider_id, payload)
        elif choice is None:
            await phones.say(phones.phone_id, text)
        else:
            offered = Outgoing(text="Komt u?", language="nl", buttons=(Button(id=choice, label="✅ Ja"),))
            await self.channel.send(self.handle, offered, new_id())
            self.inbox.rows.clear()
            await phones.tap(phones.phone_id, choice)
        return 200


@asynccontextmanager
async def simulated_rig(name: str, database: Database) -> AsyncIterator[Rig]:
    """One of the simulator's channels, with a phone on it."""
    inbox = MemoryInbox()
    phones = Phones(database, inbox)
    phones.phone_id = await phones.add(name, "nl")
    async with database.begin() as session:
        handle = (await session.get_one(SimulatorPhone, phones.phone_id)).handle
    assert handle is not None
    channel = phones.channel(name, deadline=DEADLINE)
    yield SimulatedRig(channel=channel, provider=SimulatedJudge(phones=phones), inbox=inbox, handle=handle)
    await channel.close()


#: Every simulated channel the rows are run against.
SIMULATED: Mapping[str, Callable[[Database], AbstractAsyncContextManager[Rig]]] = {
    name: partial(simulated_rig, name) for name in ("telegram", "sms", "whatsapp")
}
