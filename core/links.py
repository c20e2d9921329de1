"""Cards: a code on paper and two pictures in memory bind a phone to a person."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import crypto
from core.tables.people import LinkCode, Person

#: The ten pictures, numbered 0-9 in this order.
PICTURES = ("🌳", "🐟", "☀️", "🔑", "🚲", "🍎", "⛵", "🕊", "🫖", "🐑")

VALID_FOR = timedelta(days=7)
TRIES = 3

#: Without letters and digits that look alike on paper (0 O, 1 I L).
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_LETTERS = 14  #: 31 ** 14 is over 69 bits


@dataclass(frozen=True, kw_only=True)
class Card:
    """What staff print and say; the code is nowhere stored as text."""

    code: str  #: for people: 7Q4K-M2XD-9TRA-5H
    pictures: tuple[int, int]
    expires_at: datetime


class Tried(StrEnum):
    """How a try of the two pictures ended."""

    OK = "ok"
    WRONG = "wrong"
    LOCKED = "locked"


async def issue(
    session: AsyncSession,
    now: datetime,
    person: Person,
    *,
    pictures: tuple[int, int] | None = None,
    by: UUID | None = None,
) -> Card:
    """A new card for a person; older ones stop working. The pictures are drawn where none were chosen."""
    first, second = pictures or _known(person) or _drawn()
    if not (0 <= first <= 9 and 0 <= second <= 9):
        raise ValueError("pictures are numbered 0 to 9")
    person.pictures = [first, second]
    await session.execute(
        update(LinkCode).where(LinkCode.person_id == person.id, LinkCode.used_at.is_(None)).values(expires_at=now)
    )
    code = _drawn_code()
    link = LinkCode(
        person_id=person.id,
        code_hash=crypto.index("link", code),
        created_at=now,
        created_by=by,
        expires_at=now + VALID_FOR,
    )
    session.add(link)
    await session.flush()
    return Card(code="-".join(re.findall(".{1,4}", code)), pictures=(first, second), expires_at=link.expires_at)


async def find(session: AsyncSession, now: datetime, code: str) -> LinkCode | None:
    """The card of a code as a person gives it; None when unknown, used, too old or locked."""
    wanted = LinkCode.code_hash == crypto.index("link", normal(code))
    link = (await session.scalars(select(LinkCode).where(wanted).with_for_update())).one_or_none()
    if link is None or link.used_at or link.locked_at or link.expires_at <= now:
        return None
    return link


def normal(code: str) -> str:
    """The code as it was made, however it was typed."""
    return re.sub(r"[^A-Z0-9]", "", code.upper())


async def try_pictures(
    session: AsyncSession, now: datetime, link: LinkCode, person: Person, first: int, second: int
) -> Tried:
    """Use the card if these are the person's two pictures, in order; the third wrong try locks it."""
    if link.locked_at or link.used_at or link.expires_at <= now:
        return Tried.LOCKED
    if person.pictures == [first, second]:
        link.used_at = now
        await session.flush()
        return Tried.OK
    link.wrong_tries += 1
    if link.wrong_tries >= TRIES:
        link.locked_at = now
    await session.flush()
    return Tried.LOCKED if link.locked_at else Tried.WRONG


def _drawn_code() -> str:
    """A code with a digit in it, so that nobody takes a long word for a code or the other way round."""
    while True:
        code = "".join(secrets.choice(_ALPHABET) for _ in range(_LETTERS))
        if any(letter.isdecimal() for letter in code):
            return code


def _known(person: Person) -> tuple[int, int] | None:
    pictures = person.pictures
    return (pictures[0], pictures[1]) if pictures else None


def _drawn() -> tuple[int, int]:
    first, second = secrets.SystemRandom().sample(range(len(PICTURES)), 2)
    return first, second
