"""Whether texts are understood: asked once per person and wording, told on only as counts of 5 or more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from content.catalogue import digest
from content.inforce import InForce
from content.updates.audience import SMALLEST_SHOWN
from core.ids import new_id
from core.tables.texts import Understanding

Answer = Literal["clear", "unclear", "call"]

#: A text that fewer of its readers than this call clear is flagged.
ENOUGH = 0.8

#: Answers that judge; who asks for a call may have understood every word.
_JUDGING = ("clear", "unclear")


@dataclass(frozen=True, kw_only=True)
class Wording:
    """One unit as it is said in one language: another word makes it another wording."""

    unit: str
    language: str
    text_hash: str  #: SHA-256 of the words in this language


@dataclass(frozen=True, kw_only=True)
class Rate:
    """How many answered what about one wording; nobody's name, and no moment."""

    wording: Wording
    clear: int = 0
    unclear: int = 0
    calls: int = 0

    @property
    def answered(self) -> int:
        """How many judged it."""
        return self.clear + self.unclear

    @property
    def share(self) -> float | None:
        """The part of them that found it clear, 0 to 1; None where so few judged that it could tell who."""
        return self.clear / self.answered if self.answered >= SMALLEST_SHOWN else None

    @property
    def flagged(self) -> bool:
        """Whether too many people didn't understand it."""
        return self.share is not None and self.share < ENOUGH


def wording(texts: InForce, language: str, unit: str) -> Wording:
    """A unit as it is said now; KeyError where it isn't in force in this language."""
    return Wording(unit=unit, language=language, text_hash=digest(texts.bodies[language, unit]))


async def ask_for(session: AsyncSession, now: datetime, person_id: UUID, wordings: Sequence[Wording]) -> UUID | None:
    """Whether to ask this person about a message made of these wordings: the question's id, None where all were asked.

    One question stands for every wording of the message that is new to the person.
    """
    asked = [
        {
            "id": new_id(),
            "person_id": person_id,
            "unit": one.unit,
            "language": one.language,
            "text_hash": one.text_hash,
            "asked_at": now,
        }
        for one in wordings
    ]
    if not asked:
        return None
    statement = insert(Understanding).values(asked).on_conflict_do_nothing().returning(Understanding.id)
    return next(iter(await session.scalars(statement)), None)


async def answered(session: AsyncSession, now: datetime, question: Understanding, answer: Answer) -> None:
    """Keep what was tapped: the last judgement counts, a call asked for leaves it as it is."""
    same_question = (Understanding.person_id == question.person_id, Understanding.asked_at == question.asked_at)
    statement = update(Understanding).where(*same_question).values(answer=answer, answered_at=now)
    if answer not in _JUDGING:
        statement = statement.where(Understanding.answer.is_(None))
    else:
        statement = statement.where(or_(Understanding.answer.is_(None), Understanding.answer != answer))
    await session.execute(statement)


async def rate(session: AsyncSession, asked: Wording) -> Rate:
    """The counts of one wording; show them to people only where `share` is known."""
    query = (
        select(Understanding.answer, func.count().label("counted"))
        .where(
            Understanding.unit == asked.unit,
            Understanding.language == asked.language,
            Understanding.text_hash == asked.text_hash,
            Understanding.answer.is_not(None),
        )
        .group_by(Understanding.answer)
    )
    counts = {row.answer: row.counted for row in await session.execute(query)}
    return Rate(
        wording=asked,
        clear=counts.get("clear", 0),
        unclear=counts.get("unclear", 0),
        calls=counts.get("call", 0),
    )


async def flagged(session: AsyncSession, texts: InForce) -> list[Rate]:
    """The wordings in force that too few people find clear, worst first; a wording that was mended starts anew."""
    return [rate for rate in await poor(session) if _in_force(texts, rate.wording)]


async def poor(session: AsyncSession) -> list[Rate]:
    """Every wording that too few people find clear, worst first, also those that nobody is told any more."""
    clear, unclear, calls = (
        func.count().filter(Understanding.answer == answer) for answer in ("clear", "unclear", "call")
    )
    query = (
        select(Understanding.unit, Understanding.language, Understanding.text_hash, clear, unclear, calls)
        .group_by(Understanding.unit, Understanding.language, Understanding.text_hash)
        .having(clear + unclear >= SMALLEST_SHOWN)
    )
    rates = [
        Rate(wording=Wording(unit=unit, language=language, text_hash=text_hash), clear=good, unclear=bad, calls=called)
        for unit, language, text_hash, good, bad, called in await session.execute(query)
    ]
    bad = [rate for rate in rates if rate.flagged]
    return sorted(bad, key=lambda rate: (rate.clear / rate.answered, rate.wording.unit, rate.wording.language))


def _in_force(texts: InForce, one: Wording) -> bool:
    return texts.has(one.language, one.unit) and wording(texts, one.language, one.unit) == one
