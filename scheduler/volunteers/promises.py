"""What was promised about questions, kept by the clock: an answer by its day, nothing held by one, words wiped."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.settings import Settings
from core.tables.relay import Question
from scheduler.volunteers import questions, relay

#: A rolmodel may look at a question so long; then others may have it too.
PATIENCE = timedelta(hours=1)

#: What is left of a question after its words were wiped: a number, and when.
FORGOTTEN = timedelta(days=90)

_OPEN = ("waiting", "taken")
_ENDED = ("answered", "municipality", "kept")


async def keep(session: AsyncSession, now: datetime, settings: Settings) -> int:
    """Do all that is due; returns how many questions changed. For a timer."""
    wiped = await _wipe(session, now, settings)
    asked = await _ask_about_the_late(session, now, settings)
    return wiped + asked + await relay.release(session, now, settings, now - PATIENCE)


async def next_moment(session: AsyncSession) -> datetime | None:
    """When there is something to do next; a moment may have passed already."""
    moments = (
        select(func.min(Question.due)).where(Question.state.in_(_OPEN)),
        select(func.min(Question.taken_at) + PATIENCE).where(Question.state == "taken"),
        select(func.min(Question.closed_at) + questions.KEPT).where(Question.state.in_(_ENDED)),
        select(func.min(Question.due) + questions.KEPT).where(Question.state == "asking"),
    )
    found = [(await session.execute(query)).scalar_one() for query in moments]
    return min((moment for moment in found if moment is not None), default=None)


async def _ask_about_the_late(session: AsyncSession, now: datetime, settings: Settings) -> int:
    """The promised day passed: the person is told so, and asked whether the municipality may see it."""
    late = await _those(session, Question.state.in_(_OPEN) & (Question.due <= now))
    for question in late:
        await questions.may_see(session, now, settings, question, "slow")
    return len(late)


async def _wipe(session: AsyncSession, now: datetime, settings: Settings) -> int:
    """Seven days after its end; a question about which nobody got an answer from its person ends with its promise."""
    before = now - questions.KEPT
    ended = Question.state.in_(_ENDED) & (Question.closed_at <= before)
    unanswered = (Question.state == "asking") & (Question.due <= before)
    old = await _those(session, or_(ended, unanswered))
    for question in old:
        await questions.wipe(session, now, settings, question)
    return len(old)


async def forget(session: AsyncSession, now: datetime) -> int:
    """Let go of what was left of old questions, their number and their moments; returns how many."""
    old = delete(Question).where(Question.state == "wiped", Question.closed_at <= now - FORGOTTEN)
    return len((await session.scalars(old.returning(Question.id))).all())


async def _those(session: AsyncSession, which: ColumnElement[bool]) -> list[Question]:
    """Such questions, locked, without those that somebody else has in hand just now."""
    query = select(Question).where(which).order_by(Question.id).with_for_update(skip_locked=True)
    return list(await session.scalars(query.execution_options(populate_existing=True)))
