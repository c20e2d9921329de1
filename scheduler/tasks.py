"""What staff must do, by when; the open ones about calling are the call list."""

from collections.abc import Sequence
from datetime import datetime, time
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement

from core import clock
from core.languages import SOURCE
from core.settings import Settings
from core.tables.people import Account, Person
from core.tables.work import Task
from scheduler import holidays


class Kind(StrEnum):
    """Why there is something to do; `words` says it to staff."""

    DECLINE = "decline"
    LATE = "late"
    CALL_ME = "call_me"
    NOT_RECEIVED = "not_received"
    NO_FOOD = "no_food"
    NOT_REACHED = "not_reached"
    NO_ANSWER = "no_answer"
    ADDRESS_DEAD = "address_dead"
    MADE_LATE = "made_late"
    WRONG_CARD = "wrong_card"
    STOPPED = "stopped"
    DELIVERY_UNSURE = "delivery_unsure"
    QUESTION = "question"
    DANGER = "danger"
    DISPUTE = "dispute"
    PAYMENT_LATE = "payment_late"
    PAYMENT_RETURNED = "payment_returned"
    TEXT_ALONE = "text_alone"

    @property
    def words(self) -> str:
        """What staff read."""
        return _WORDS[self]


_WORDS = {
    Kind.DECLINE: "Kan niet op deze dag: zoek een nieuwe dag",
    Kind.LATE: "Komt later",
    Kind.CALL_ME: "Wil gebeld worden",
    Kind.NOT_RECEIVED: "Heeft het leefgeld niet ontvangen",
    Kind.NO_FOOD: "Geen geld voor eten: vandaag nog bellen",
    Kind.NOT_REACHED: "Niet bereikt vóór de afspraak",
    Kind.NO_ANSWER: "Geen antwoord op een bericht",
    Kind.ADDRESS_DEAD: "Telefoon werkt niet meer: maak samen een nieuwe kaart",
    Kind.MADE_LATE: "Laat gemaakte afspraak: er komt geen herinnering meer",
    Kind.WRONG_CARD: "Kaart drie keer verkeerd gebruikt",
    Kind.STOPPED: "STOP van een inwoner",
    Kind.DELIVERY_UNSURE: "Niet zeker of het bericht aankwam",
    Kind.QUESTION: "Vraag van een inwoner",
    Kind.DANGER: "Vraagt nu hulp",
    Kind.DISPUTE: "Zegt: ik was er wel",
    Kind.PAYMENT_LATE: "Leefgeld staat niet op het afschrift",
    Kind.PAYMENT_RETURNED: "Leefgeld kwam terug van de bank",
    Kind.TEXT_ALONE: "Een tekst wacht: zoek een tweede die deze taal spreekt",
}

#: What is due on the spot or the same day; the rest has until the end of the next working day.
_NOW = frozenset({Kind.LATE, Kind.DANGER, Kind.MADE_LATE})
_TODAY = frozenset({Kind.NO_FOOD, Kind.NOT_REACHED, Kind.PAYMENT_RETURNED})


def due_of(kind: Kind, now: datetime, settings: Settings, moment: str | None = None) -> datetime:
    """By when a task of this kind must be done (UTC); `moment` is the part of the day somebody wants a call."""
    if kind in _NOW:
        return now
    if kind in _TODAY:
        return today(now, settings)
    at = holidays.NOON if moment == "morning" else holidays.CLOSES
    return holidays.closing_after(now, settings.timezone, at)


def today(now: datetime, settings: Settings, before: datetime | None = None) -> datetime:
    """The end of today's office hours, or `before` where that is sooner; now, if both are past (UTC)."""
    day = clock.wall(now, settings.timezone).date()
    closes = clock.instant(datetime.combine(day, holidays.CLOSES), settings.timezone)
    return max(now, closes if before is None else min(closes, before))


def next_working_day(now: datetime, settings: Settings, at: time = holidays.CLOSES) -> datetime:
    """A wall time on the first working day after today, as a moment (UTC)."""
    return holidays.closing_after(now, settings.timezone, at)


async def open_task(
    session: AsyncSession,
    now: datetime,
    settings: Settings,
    *,
    kind: str,
    person_id: UUID | None,
    reason: str,
    due: datetime | None = None,
    source_kind: str | None = None,
    source_id: UUID | None = None,
    call: bool = False,
    moment: str | None = None,
) -> Task:
    """Make a task for the person's klantmanager; for the whole team where there is none.

    An open task of the same kind, person and source stays the same one: it takes the newer reason and moment,
    and the earlier due time. ValueError for an unknown kind.
    """
    known = Kind(kind)
    person = await _locked(session, person_id)
    due = due or due_of(known, now, settings, moment)
    standing = await _standing(session, known, person_id, source_id)
    if standing is not None:
        standing.reason, standing.due = reason, min(standing.due, due)
        standing.moment, standing.call = moment or standing.moment, standing.call or call
        await session.flush()
        return standing
    language = person.languages[0] if person and person.languages else None
    task = Task(
        kind=known.value,
        person_id=person_id,
        source_kind=source_kind,
        source_id=source_id,
        reason=reason,
        owner_id=person.klantmanager_id if person else None,
        due=due,
        language=language,
        tolk=language is not None and language != SOURCE,
        call=call,
        moment=moment,
        created_at=now,
    )
    session.add(task)
    await session.flush()
    return task


async def _locked(session: AsyncSession, person_id: UUID | None) -> Person | None:
    """The person, locked so that two answers at once don't make two tasks."""
    if person_id is None:
        return None
    query = select(Person).where(Person.id == person_id).with_for_update(key_share=True)
    return (await session.scalars(query)).one()


async def _standing(session: AsyncSession, kind: Kind, person_id: UUID | None, source_id: UUID | None) -> Task | None:
    query = select(Task).where(
        Task.kind == kind.value,
        Task.person_id.is_not_distinct_from(person_id),
        Task.source_id.is_not_distinct_from(source_id),
        Task.closed_at.is_(None),
    )
    return (await session.scalars(query.limit(1))).first()


async def close(session: AsyncSession, now: datetime, task_id: UUID, account_id: UUID | None, how: str) -> Task | None:
    """Close an open task; None where it doesn't exist or was closed before (that closing stands)."""
    query = select(Task).where(Task.id == task_id, Task.closed_at.is_(None)).with_for_update()
    task = (await session.scalars(query)).one_or_none()
    if task is not None:
        task.closed_at, task.closed_by, task.closed_how = now, account_id, how
        await session.flush()
    return task


async def close_of(
    session: AsyncSession, now: datetime, source_id: UUID, kinds: Sequence[Kind], how: str, by: UUID | None = None
) -> None:
    """Close what an event made needless: the open tasks of these kinds about a source."""
    await session.execute(
        update(Task)
        .where(Task.source_id == source_id, Task.kind.in_([kind.value for kind in kinds]), Task.closed_at.is_(None))
        .values(closed_at=now, closed_by=by, closed_how=how)
    )


async def open_tasks(session: AsyncSession, account: Account) -> list[Task]:
    """The open tasks that this account may see, the most urgent first."""
    return list((await session.scalars(_visible(account))).all())


async def call_list(session: AsyncSession, now: datetime, account: Account) -> list[Task]:
    """The open tasks about calling somebody that this account may see, the most urgent first."""
    return list((await session.scalars(_visible(account).where(Task.call))).all())


def _visible(account: Account) -> Select[Task]:
    query = select(Task).where(Task.closed_at.is_(None), _seen_by(account))
    return query.order_by(Task.due, Task.created_at, Task.id)


def _seen_by(account: Account) -> ColumnElement[bool]:
    """Own and stood-in tasks and the team's for a klantmanager, linked people for a begeleider, all for a regisseur."""
    if account.role == "regisseur":
        return true()
    if account.role == "klantmanager":
        return or_(Task.owner_id == account.id, Task.stand_in_id == account.id, Task.owner_id.is_(None))
    linked = select(Person.id).where(Person.begeleider_id == account.id)
    if account.role == "begeleider":
        return Task.person_id.in_(linked)
    return Task.owner_id == account.id
