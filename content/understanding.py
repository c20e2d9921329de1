"""Whether texts are understood: asked once per person and wording, told on only as counts of 5 or more."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Subquery, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from content.catalogue import digest
from content.inforce import InForce
from content.updates.audience import SMALLEST_SHOWN
from core.ids import new_id
from core.tables.texts import Understanding, Understood, UpdateText

Answer = Literal["clear", "unclear", "call"]

#: A text that fewer of its readers than this call clear is flagged.
ENOUGH = 0.8

#: What a count is called -> the answer it counts.
_NAMES = {"clear": "clear", "unclear": "unclear", "calls": "call"}

#: Answers that judge; who asks for a call may have understood every word.
_JUDGING = ("clear", "unclear")


#: After this an answer is no person's any more, only a count.
KEPT = timedelta(days=90)

#: What stands before the id of news where a unit of the catalogue has its name.
_NEWS = "news/"

#: Answers that become counts in one go.
MOST = 2000

#: Counts of words that nobody adds to.
COUNTS_KEPT = timedelta(days=730)


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


def of_news(text: UpdateText) -> Wording:
    """News in one language, by itself: its words are nobody's but its writer's, and over when it is."""
    return Wording(unit=f"{_NEWS}{text.id}", language=text.language, text_hash=text.source_hash)


def news_id(unit: str) -> UUID | None:
    """Which version of news a unit stands for; None: it is a unit of the catalogue."""
    return UUID(unit.removeprefix(_NEWS)) if unit.startswith(_NEWS) else None


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
    """Keep what was tapped: the last judgement counts, a call asked for leaves it as it is, and what is only a count
    by now stays one."""
    if question.asked_at <= now - KEPT:
        return
    same_question = (Understanding.person_id == question.person_id, Understanding.asked_at == question.asked_at)
    statement = update(Understanding).where(*same_question).values(answer=answer, answered_at=now)
    if answer not in _JUDGING:
        statement = statement.where(Understanding.answer.is_(None))
    else:
        statement = statement.where(or_(Understanding.answer.is_(None), Understanding.answer != answer))
    await session.execute(statement)


async def rate(session: AsyncSession, asked: Wording) -> Rate:
    """The counts of one wording; show them to people only where `share` is known."""
    counts = _counts()
    query = select(counts).where(
        counts.c.unit == asked.unit, counts.c.language == asked.language, counts.c.text_hash == asked.text_hash
    )
    found = (await session.execute(query)).one_or_none()
    return Rate(wording=asked) if found is None else _rate(*found)


async def flagged(session: AsyncSession, texts: InForce) -> list[Rate]:
    """The wordings in force that too few people find clear, worst first; a wording that was mended starts anew."""
    return [rate for rate in await poor(session) if _in_force(texts, rate.wording)]


async def poor(session: AsyncSession) -> list[Rate]:
    """Every wording that too few people find clear, worst first, also those that nobody is told any more."""
    counts = _counts()
    query = select(counts).where(counts.c.clear + counts.c.unclear >= SMALLEST_SHOWN)
    rates = [_rate(*row) for row in await session.execute(query)]
    bad = [rate for rate in rates if rate.flagged]
    return sorted(bad, key=lambda rate: (rate.clear / rate.answered, rate.wording.unit, rate.wording.language))


def _counts() -> Subquery:
    """Per wording how many answered what, lately and longer ago: unit, language, text_hash, clear, unclear, calls."""
    lately, before = _answers(), select(*_of(Understood), Understood.clear, Understood.unclear, Understood.calls)
    every = lately.union_all(before).subquery()
    sums = [func.sum(every.c[name]).label(name) for name in ("clear", "unclear", "calls")]
    wordings = [every.c[name] for name in ("unit", "language", "text_hash")]
    return select(*wordings, *sums).group_by(*wordings).subquery()


def _of(row: type[Understanding | Understood]) -> tuple[Any, Any, Any]:
    return row.unit, row.language, row.text_hash


def _answers() -> Select[Any]:
    """Per wording the answers that still belong to a person."""
    counts = [func.count().filter(Understanding.answer == answer).label(name) for name, answer in _NAMES.items()]
    answered = Understanding.answer.is_not(None)
    return select(*_of(Understanding), *counts).where(answered).group_by(*_of(Understanding))


def _rate(unit: str, language: str, text_hash: str, clear: int, unclear: int, calls: int) -> Rate:
    one = Wording(unit=unit, language=language, text_hash=text_hash)
    return Rate(wording=one, clear=int(clear), unclear=int(unclear), calls=int(calls))


async def forget(session: AsyncSession, now: datetime, texts: InForce) -> int:
    """Let old answers be nobody's: only counts stay, and that a person was asked as long as these words are said.

    Returns how many rows changed or went.
    """
    old = Understanding.asked_at <= now - KEPT
    taken = await _count_old(session, now, old)
    gone = [one for one in await _asked(session, old) if not _in_force(texts, one)]
    for one in gone:
        same = (Understanding.unit == one.unit, Understanding.language == one.language)
        rows = delete(Understanding).where(old, *same, Understanding.text_hash == one.text_hash)
        taken += len((await session.scalars(rows.returning(Understanding.id))).all())
    counts = delete(Understood).where(Understood.counted_at <= now - COUNTS_KEPT).returning(Understood.id)
    return taken + len((await session.scalars(counts)).all())


async def _count_old(session: AsyncSession, now: datetime, old: ColumnElement[bool]) -> int:
    query = select(Understanding).where(old, Understanding.answer.is_not(None)).order_by(Understanding.id).limit(MOST)
    rows = list(await session.scalars(query.with_for_update(skip_locked=True)))
    given = Counter((_wording_of(row), str(row.answer)) for row in rows)
    for one in dict.fromkeys(map(_wording_of, rows)):
        counts = {name: given[one, answer] for name, answer in _NAMES.items()}
        statement = insert(Understood).values(id=new_id(), counted_at=now, **vars(one), **counts)
        added = {name: getattr(Understood, name) + count for name, count in counts.items()}
        words = ["unit", "language", "text_hash"]
        await session.execute(statement.on_conflict_do_update(index_elements=words, set_={**added, "counted_at": now}))
    for row in rows:
        row.answer, row.answered_at = None, None
    await session.flush()
    return len(rows)


def _wording_of(row: Understanding) -> Wording:
    return Wording(unit=row.unit, language=row.language, text_hash=row.text_hash)


async def _asked(session: AsyncSession, old: ColumnElement[bool]) -> list[Wording]:
    rows = await session.execute(select(*_of(Understanding)).where(old).distinct())
    return [Wording(unit=unit, language=language, text_hash=text_hash) for unit, language, text_hash in rows]


def _in_force(texts: InForce, one: Wording) -> bool:
    return texts.has(one.language, one.unit) and wording(texts, one.language, one.unit) == one
