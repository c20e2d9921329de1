"""A provider double: the same contract three times, as telegram, whatsapp and sms, with phones to look at.

What a person does on a phone is stored through the same inbox as a real provider's updates, and every
message of the service goes through the same `send`; only the network is missing.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.clock import Clock
from core.database import Database
from core.tables.simulator import SimulatorPhone
from core.values import Handle
from messaging import segments
from messaging.channel import Attached, File, Incoming, Keep, Outgoing, Reached, Receipt, SendError, Sent, Verdict
from messaging.shelf import Shelf
from messaging.simulator import faults, files, forms, phones
from messaging.simulator.faults import DEADLINE, Fault, Trouble
from messaging.simulator.files import Kept
from messaging.simulator.phones import Bubble
from messaging.words import clean

#: What a person did, as it stands on the phone and as the service hears of it.
Done = tuple[Bubble, dict[str, Any]]
Act = Callable[[AsyncSession, SimulatorPhone], Awaitable[Done]]


class UnknownPhone(Exception):
    """There is no such phone."""


class UnknownChoice(Exception):
    """No bubble on this phone ever offered this answer."""


class Simulator:
    """All phones of the demo, and the three providers that reach them."""

    def __init__(self, database: Database, clock: Clock, keep: Keep) -> None:
        self.troubles: dict[str, Trouble] = {}
        self.version = 0  #: grows with everything that changes on any phone
        self._database = database
        self._clock = clock
        self._keep = keep
        self._shelf = Shelf(database)
        self._news: dict[UUID | None, asyncio.Event] = {}
        self._closing = False
        #: One hand per phone: what is typed is stored in the order in which it stands there.
        self._hands: defaultdict[UUID, asyncio.Lock] = defaultdict(asyncio.Lock)

    def channel(self, name: str, *, deadline: float = DEADLINE) -> "SimulatedChannel":
        """One of the three providers; a call to it takes at most so many seconds."""
        return SimulatedChannel(name, self, deadline)

    def trouble(self, channel: str, fault: Fault, seconds: float = 30.0) -> None:
        """Let a channel's provider misbehave until `Fault.NONE`."""
        self.troubles[channel] = Trouble(fault=fault, seconds=seconds)

    async def add(self, channel: str, language: str | None) -> UUID:
        """A new phone that nobody knows; `language` is its app's."""
        async with self._database.begin() as session:
            name = phones.name_of(channel)
            phone = await phones.add(session, self._clock.now(), channel, name=name, language=language)
        self._changed(phone.id)
        return phone.id

    async def block(self, phone_id: UUID, blocked: bool) -> None:
        """The person blocked us, or lets us in again; UnknownPhone."""
        async with self._database.begin() as session:
            phone = await session.get(SimulatorPhone, phone_id, with_for_update=True)
            if phone is None:
                raise UnknownPhone
            phone.blocked = blocked
        self._changed(phone_id)

    async def say(self, phone_id: UUID, text: str) -> int:
        """The person types something; the n of the bubble, once the service has stored it. UnknownPhone."""
        return await self._do(phone_id, lambda session, phone: _typed(text))

    async def tap(self, phone_id: UUID, choice: str) -> int:
        """The person taps an answer; also one of an older bubble. UnknownPhone, UnknownChoice."""
        return await self._do(phone_id, lambda session, phone: _tapped(session, phone, choice))

    async def attach(self, phone_id: UUID, kind: Attached, mime: str, content: bytes) -> int:
        """The person sends a voice or a photo, which the provider keeps. UnknownPhone."""
        return await self._do(
            phone_id, lambda session, phone: _attached(session, self._clock.now(), phone, kind, mime, content)
        )

    async def file(self, name: str) -> Kept | None:
        """A file that a provider keeps."""
        async with self._database.begin() as session:
            return await files.read(session, name)

    async def _do(self, phone_id: UUID, act: Act) -> int:
        async with self._hands[phone_id]:
            async with self._database.begin() as session:
                phone = await session.get(SimulatorPhone, phone_id, with_for_update=True)
                if phone is None or phone.handle is None:
                    raise UnknownPhone
                own, payload = await act(session, phone)
                written = await phones.append(session, self._clock.now(), phone_id, own)
            self._changed(phone_id)
            payload |= {"handle": phone.handle.reveal(), "app_language": phone.language}
            payload["message"] = written.provider_id(phone_id)
            await self._keep(phone.channel, written.provider_id(phone_id), payload)
        return written.n

    async def show(self, channel: str, handle: Handle, message: Outgoing, delivery_id: UUID) -> str:
        """A message arrives on a phone, or changes a bubble there; its provider id. SendError where it can't."""
        held = await self._shelf.held(channel, forms.files(channel, message), anew=True)
        async with self._database.begin() as session:
            phone = await phones.locked(session, self._clock.now(), channel, handle)
            if phone.blocked:
                raise faults.blocked(channel)
            file = {}
            if held is not None:
                name = await files.keep(session, self._clock.now(), phone.id, held.mime, held.content)
                file = {"voice" if held.mime.startswith("audio/") else "picture": name}
            bubble = forms.bubble(channel, message, delivery_id, file)
            if channel == "telegram" and message.remove:
                await phones.remove(session, phone.id, message.remove)
            old = await phones.named(session, phone.id, message.edit or "") if channel == "telegram" else None
            if old is not None:
                bubble = forms.instead(bubble, old)
            written = await phones.append(session, self._clock.now(), phone.id, bubble)
        self._changed(phone.id)
        return written.provider_id(phone.id)

    async def keep_receipt(self, channel: str, provider_id: str, delivery_id: UUID) -> None:
        """The provider tells that a message arrived."""
        payload = {"receipt": "delivered", "id": provider_id, "delivery": str(delivery_id)}
        await self._keep(channel, f"{provider_id}-delivered", payload)

    async def messages(self, phone_id: UUID, after: int, wait: float) -> list[Bubble]:
        """The bubbles with n > after; where there are none, wait so many seconds for the first. UnknownPhone."""
        until = asyncio.get_running_loop().time() + wait
        while True:
            news = self._news.setdefault(phone_id, asyncio.Event())
            async with self._database.begin() as session:
                if await session.get(SimulatorPhone, phone_id) is None:
                    raise UnknownPhone
                found = await phones.bubbles(session, phone_id, after)
            if found or self._closing or not await _heard(news, until):
                return found

    async def changes(self, version: int, wait: float) -> int:
        """The version of all phones together, as soon as it isn't this one, or after so many seconds."""
        until = asyncio.get_running_loop().time() + wait
        while self.version == version and not self._closing:
            if not await _heard(self._news.setdefault(None, asyncio.Event()), until):
                break
        return self.version

    def release(self) -> None:
        """Answer everybody who waits for news with what there is: the service stops."""
        self._closing = True
        for event in self._news.values():
            event.set()

    def _changed(self, phone_id: UUID) -> None:
        """Wake who waits; they took their event before they looked, so nothing is missed."""
        self.version += 1
        for waiting in (phone_id, None):
            event = self._news.pop(waiting, None)
            if event is not None:
                event.set()


async def _typed(text: str) -> Done:
    return Bubble(by="person", text=text, direction=phones.direction_of(text)), {"text": text}


async def _tapped(session: AsyncSession, phone: SimulatorPhone, choice: str) -> Done:
    offered = forms.offering(await phones.bubbles(session, phone.id), choice)
    if offered is None:
        raise UnknownChoice
    bubble, shown = offered
    payload: dict[str, Any] = {"choice": choice, "bubble": bubble.provider_id(phone.id)}
    if phone.channel == "sms":
        shown, payload = choice, {"text": choice}
    direction = phones.direction_of(shown)
    return Bubble(by="person", text=shown, direction=direction, tapped="choice" in payload), payload


async def _attached(
    session: AsyncSession, now: datetime, phone: SimulatorPhone, kind: Attached, mime: str, content: bytes
) -> Done:
    name = await files.keep(session, now, phone.id, mime, content)
    is_voice = kind is Attached.VOICE
    own = Bubble(by="person", text="", voice=name if is_voice else None, picture=None if is_voice else name)
    return own, {"attached": kind.value, "file": name, "size": len(content)}


async def _heard(news: asyncio.Event, until: float) -> bool:
    """Wait for news; False once the time is over."""
    try:
        async with asyncio.timeout_at(until):
            await news.wait()
    except TimeoutError:
        return False
    return True


class SimulatedChannel:
    """A provider without a network; behaves as the channel it is named after."""

    rate = 0.0  #: no allowance: the demo shows messages as soon as they are due
    chat_rate = 0.0

    def __init__(self, name: str, simulator: Simulator, deadline: float) -> None:
        self.name = name
        self.edits = name == "telegram"
        self._simulator = simulator
        self._deadline = deadline

    def receive(self, payload: Mapping[str, Any]) -> Sequence[Incoming]:
        """What a person did on a phone; empty for a receipt."""
        if "receipt" in payload:
            return ()
        text, choice, attached = payload.get("text"), payload.get("choice"), payload.get("attached")
        return (
            Incoming(
                channel=self.name,
                handle=Handle(payload["handle"]),
                text=None if choice or attached else clean(str(text)),
                choice=choice,
                message=payload.get("message") if self.edits else None,
                attached=Attached(attached) if attached else None,
                file=File(reference=payload["file"], size=payload["size"]) if "file" in payload else None,
                bubble=payload.get("bubble"),
                app_language=payload.get("app_language"),
            ),
        )

    def receipt(self, payload: Mapping[str, Any]) -> Receipt | None:
        """What the provider says of a message that it took, or None where it is no receipt."""
        if "receipt" not in payload:
            return None
        reached, delivery_id = Reached(payload["receipt"]), UUID(payload["delivery"])
        return Receipt(channel=self.name, provider_id=payload["id"], reached=reached, delivery_id=delivery_id)

    async def send(self, handle: Handle, message: Outgoing, delivery_id: UUID) -> Sent:
        """Let the message appear on the phone at this address, made if there is none; SendError by its faults."""
        trouble = self._simulator.troubles.get(self.name, Trouble())
        await faults.before(trouble, self.name, self._deadline)
        provider_id = await self._simulator.show(self.name, handle, message, delivery_id)
        faults.after(trouble)
        if self.name != "telegram":
            await self._simulator.keep_receipt(self.name, provider_id, delivery_id)
        return Sent(
            provider_id=provider_id, segments=segments.count(message.text).segments if self.name == "sms" else None
        )

    async def fetch(self, file: File, most: int) -> bytes:
        """What somebody sent from a phone; SendError by the provider's faults, and where it is too much."""
        trouble = self._simulator.troubles.get(self.name, Trouble())
        await faults.before(trouble, self.name, self._deadline)
        kept = await self._simulator.file(file.reference)
        if kept is None or len(kept.content) > most:
            raise SendError(Verdict.REFUSED, "content_refused" if kept is None else "too_long")
        return kept.content

    async def confirm_tap(self, tap: str) -> None:
        """Nothing to confirm."""

    async def close(self) -> None:
        """Nothing to let go of."""
