"""A person's question: asked of the rolmodellen, handed to the municipality only with her yes, and wiped.

waiting -> taken -> answered, or asking (may the municipality see it?) -> municipality | kept; all end as wiped. A
question whose promised day passes is asked about too. What the person hears of it is always the same neutral push;
opened, it shows how the question stands then.
"""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from content.kinds import URGENT
from core.settings import Settings
from core.tables.people import Person
from core.tables.relay import Question
from core.tables.voice import Media
from core.tables.work import Task
from core.values import Private
from scheduler import holidays, rules, tasks
from scheduler.queue import notices
from scheduler.queue.notices import Plan
from scheduler.rules import House
from scheduler.volunteers import rota

Why = Literal["heavy", "asked", "slow"]

#: How a question stands in the queue and beside a task.
KIND, SOURCE_KIND = "answer", "question"

#: Words and voices are kept so long after a question ended.
KEPT = timedelta(days=7)

#: Letters of a question; it fits one bubble, also on WhatsApp.
LONGEST = 1000

#: Why a push about a question doesn't go.
TAKEN_BACK, WIPED = "taken_back", "wiped"


async def ask(
    session: AsyncSession,
    now: datetime,
    settings: Settings,
    *,
    person: Person,
    address_id: UUID,
    language: str,
    text: str | None = None,
    media_id: UUID | None = None,
) -> Question:
    """Put a question, written or spoken, before who speaks its language; promised for the next working day's end."""
    question = Question(
        person_id=person.id,
        address_id=address_id,
        language=language,
        state="waiting",
        text=None if text is None else Private(text),
        media_id=media_id,
        asked_at=now,
        due=holidays.closing_after(now, settings.timezone),
    )
    session.add(question)
    await session.flush()
    await rota.call(session, now, settings, question)
    return question


async def locked(session: AsyncSession, question_id: UUID) -> Question | None:
    """The question as it stands now, ours until the transaction ends."""
    query = select(Question).where(Question.id == question_id).with_for_update()
    return (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()


def is_answered(question: Question, now: datetime, settings: Settings) -> bool:
    """Whether its answer may be read: the rolmodel can't take it back any more."""
    undo = timedelta(seconds=settings.undo_seconds)
    return question.state == "answered" and question.answered_at is not None and question.answered_at + undo <= now


async def tell(session: AsyncSession, now: datetime, settings: Settings, question: Question) -> None:
    """Push to the person that there is a message, after the time to take it back, never in her quiet hours."""
    due = now + timedelta(seconds=settings.undo_seconds)
    due = rules.quiet_end(due, House.of(settings)) or due
    plan = Plan(
        person_id=question.person_id,
        kind=KIND,
        step="",
        source_kind=SOURCE_KIND,
        source_id=question.id,
        due=due,
        use_by=due + KEPT,
        priority=URGENT if question.why == "heavy" else None,  # it may be a danger: not tomorrow
    )
    await notices.plan(session, now, [plan])


async def may_see(session: AsyncSession, now: datetime, settings: Settings, question: Question, why: Why) -> None:
    """Ask the person whether the municipality may see it; nobody else can take it meanwhile."""
    question.state, question.why, question.taken_at = "asking", why, None
    await session.flush()
    await tell(session, now, settings, question)
    await rota.hush(session, now, settings, question.language)


async def hand_over(session: AsyncSession, now: datetime, settings: Settings, question: Question) -> Task:
    """The person said yes: her klantmanager can read it, and calls her."""
    question.state, question.closed_at = "municipality", now
    await session.flush()
    heavy = question.why == "heavy"
    return await tasks.open_task(
        session,
        now,
        settings,
        kind=tasks.Kind.QUESTION,
        person_id=question.person_id,
        reason="heavy_yes" if heavy else "handed_over",
        due=tasks.today(now, settings) if heavy else None,
        source_kind=SOURCE_KIND,
        source_id=question.id,
        call=True,
    )


async def keep(session: AsyncSession, now: datetime, question: Question) -> None:
    """The person said no: nobody reads it any more, and nobody has to do anything."""
    question.state, question.closed_at = "kept", now
    await session.flush()
    await tasks.close_of(session, now, question.id, [tasks.Kind.QUESTION], "not_wanted")


async def take_away(session: AsyncSession, now: datetime, settings: Settings, question: Question) -> None:
    """The person wants it gone: wiped, and nobody has to do anything, unless she said yes to a call about it."""
    if question.state != "municipality":
        await tasks.close_of(session, now, question.id, [tasks.Kind.QUESTION], "not_wanted")
    await wipe(session, now, settings, question)


async def read_here(session: AsyncSession, now: datetime, settings: Settings, address_id: UUID) -> list[Question]:
    """The questions of this chat whose words help nobody any more: the person saw the answer, or said no."""
    query = select(Question).where(Question.address_id == address_id, Question.state.in_(("answered", "kept")))
    found = list(await session.scalars(query.order_by(Question.id).with_for_update()))
    ended = [one for one in found if one.state == "kept" or is_answered(one, now, settings)]
    return [one for one in ended if one.state == "kept" or await notices.was_told(session, one.id, one.person_id)]


async def wipe(session: AsyncSession, now: datetime, settings: Settings, question: Question) -> None:
    """Words and voices of both sides go at once and for good; what remains is that there was a question."""
    media = [media_id for media_id in (question.media_id, question.answer_media_id) if media_id]
    question.text = question.answer = question.media_id = question.answer_media_id = None
    question.state, question.closed_at, question.taken_at = "wiped", question.closed_at or now, None
    await session.flush()
    if media:
        await session.execute(delete(Media).where(Media.id.in_(media)))
    await notices.withdraw(session, question.id, WIPED)
    await rota.hush(session, now, settings, question.language)
