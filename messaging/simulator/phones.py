"""Phones of the demo and the bubbles on them, as rows: numbered per phone from 1, without gaps."""

import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from core.addresses import handle_hash
from core.ids import from_short, short
from core.languages import Direction
from core.tables.simulator import SimulatorMessage, SimulatorPhone
from core.values import Handle

_RTL = ("R", "AL")


@dataclass(frozen=True, kw_only=True)
class Offer:
    """An answer below a bubble, as this phone gives it back."""

    id: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Bubble:
    """What stands on a phone's screen, or stood there before it was changed."""

    by: Literal["service", "person"]
    text: str
    language: str | None = None
    direction: Direction = "ltr"
    bold: tuple[tuple[int, int], ...] = ()  #: offset and length in UTF-16 units of what stands out
    choices: tuple[Offer, ...] = ()
    opens: str = ""  #: on the button of a list
    columns: int = 1
    pushed: bool = False
    silent: bool = False
    delivery: str | None = None  #: id of our attempt
    replaces: int | None = None  #: n of the bubble that it takes the place of
    root: int | None = None  #: n of the first of them: names the bubble at the provider
    removed: bool = False
    tapped: bool = False  #: by the person: an answer below a bubble, not typed
    voice: str | None = None  #: a file that is heard
    picture: str | None = None  #: a file that is seen
    n: int = 0
    at: datetime | None = None

    def provider_id(self, phone_id: UUID) -> str:
        """How the provider names it; a changed bubble keeps its name."""
        return f"{short(phone_id)}-{self.root or self.n}"


async def every(session: AsyncSession) -> list[SimulatorPhone]:
    """All phones, oldest first."""
    return list(await session.scalars(select(SimulatorPhone).order_by(SimulatorPhone.id)))


async def add(
    session: AsyncSession, now: datetime, channel: str, *, name: str, language: str | None, handle: Handle | None = None
) -> SimulatorPhone:
    """A phone with this handle, or a new one of its own; the one that is there already, if there is one."""
    fresh = handle or _handle(channel)
    phone = SimulatorPhone(
        name=name,
        channel=channel,
        handle=fresh,
        handle_hash=handle_hash(channel, fresh),
        language=language,
        blocked=False,
        created_at=now,
    )
    values = {column.name: getattr(phone, column.name) for column in SimulatorPhone.__table__.columns}
    await session.execute(insert(SimulatorPhone).values(values).on_conflict_do_nothing())
    return (await session.scalars(_at(channel, fresh))).one()


async def locked(session: AsyncSession, now: datetime, channel: str, handle: Handle) -> SimulatorPhone:
    """The phone at an address, made if there is none; its next bubble is ours to write."""
    query = _at(channel, handle).with_for_update()
    phone = (await session.scalars(query)).one_or_none()
    if phone is None:
        await add(session, now, channel, name=name_of(channel), language=None, handle=handle)
        phone = (await session.scalars(query)).one()
    return phone


def _at(channel: str, handle: Handle) -> Select[SimulatorPhone]:
    wanted = SimulatorPhone.handle_hash == handle_hash(channel, handle)
    return select(SimulatorPhone).where(SimulatorPhone.channel == channel, wanted)


def name_of(channel: str) -> str:
    """What a phone is called whose owner nobody knows."""
    kinds = {"telegram": "Telegram", "whatsapp": "WhatsApp", "sms": "Sms"}
    return f"Nieuwe telefoon, {kinds[channel]}"


def _handle(channel: str) -> Handle:
    """A Telegram chat id, or a mobile number that can be written down and read in."""
    if channel == "telegram":
        return Handle(str(5_000_000_000 + secrets.randbelow(2_000_000_000)))
    return Handle(f"+3168{secrets.randbelow(10**7):07}")


async def append(session: AsyncSession, now: datetime, phone_id: UUID, bubble: Bubble) -> Bubble:
    """Put a bubble below the others; the caller holds the phone's lock."""
    newest = select(func.coalesce(func.max(SimulatorMessage.n), 0)).where(SimulatorMessage.phone_id == phone_id)
    written = replace(bubble, n=int((await session.execute(newest)).scalar_one()) + 1, at=now)
    session.add(SimulatorMessage(phone_id=phone_id, n=written.n, content=_content(written), at=now))
    await session.flush()
    return written


async def bubbles(session: AsyncSession, phone_id: UUID, after: int = 0) -> list[Bubble]:
    """The bubbles of a phone with n > after, in order."""
    query = select(SimulatorMessage).where(SimulatorMessage.phone_id == phone_id, SimulatorMessage.n > after)
    return [_bubble(row) for row in await session.scalars(query.order_by(SimulatorMessage.n))]


async def heads(session: AsyncSession) -> dict[UUID, int]:
    """How many bubbles each phone has."""
    query = select(SimulatorMessage.phone_id, func.max(SimulatorMessage.n).label("n")).group_by(
        SimulatorMessage.phone_id
    )
    return {row.phone_id: row.n for row in await session.execute(query)}


async def named(session: AsyncSession, phone_id: UUID, provider_id: str) -> Bubble | None:
    """What the bubble that a provider id names shows now; None where it isn't on this phone, or was removed."""
    letters, _, number = provider_id.rpartition("-")
    if from_short(letters) != phone_id or not number.isdecimal() or len(number) > 9:
        return None
    found = [bubble for bubble in await bubbles(session, phone_id, int(number) - 1) if bubble.root == int(number)]
    return found[-1] if found and found[-1].by == "service" and not found[-1].removed else None


async def remove(session: AsyncSession, phone_id: UUID, provider_ids: Sequence[str]) -> None:
    """Take bubbles off the screen: their numbers stay, their words, voices and pictures go."""
    query = select(SimulatorMessage).where(SimulatorMessage.phone_id == phone_id)
    for row in await session.scalars(query):
        bubble = _bubble(row)
        if bubble.provider_id(phone_id) in provider_ids:
            row.content = _content(replace(bubble, text="", choices=(), voice=None, picture=None, removed=True))
    await session.flush()


def direction_of(text: str) -> Direction:
    """The direction of the first letter that has one."""
    kinds = (unicodedata.bidirectional(letter) for letter in text)
    first = next((kind for kind in kinds if kind in ("L", *_RTL)), "L")
    return "rtl" if first in _RTL else "ltr"


def _content(bubble: Bubble) -> dict[str, Any]:
    plain = asdict(replace(bubble, root=bubble.root or bubble.n))
    del plain["n"], plain["at"]
    return plain


def _bubble(row: SimulatorMessage) -> Bubble:
    plain: dict[str, Any] = row.content or {}
    choices = tuple(Offer(**choice) for choice in plain["choices"])
    bold = tuple((offset, length) for offset, length in plain.get("bold", ()))
    return Bubble(**{**plain, "choices": choices, "bold": bold, "n": row.n, "at": row.at})
