"""Who a batch of notices is for, and where each of them can be reached: a handful of queries for all."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import ARRAY, Table, Uuid, any_, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from content.kinds import NEVER_SHARED
from core.tables.agenda import Appointment, Session
from core.tables.channels import TemplateState
from core.tables.notices import Delivery, Notice
from core.tables.people import Address, Person, PersonAddress
from core.values import Handle
from messaging import receipts
from messaging.dispatch import Candidate
from scheduler.sending.pushes import FALLBACK

#: Choices of a person who gets a voice.
LISTENS = frozenset({"hear", "both"})

#: How often an address is tried that fails for a passing reason.
PASSING_TRIES = 2


@dataclass(kw_only=True)
class Recipient:
    """One person, as far as the worker must know her."""

    languages: list[str]
    silenced: str | None  #: why nothing is sent at all: paused, left
    by_day: bool = False  #: she chose to hear of things only by day
    habit_clock: bool = False  #: she asked for the clock of content.habit
    listens: bool = False  #: she hears rather than reads, or both
    candidates: list[Candidate] = field(default_factory=list)
    sealed: dict[UUID, bytes] = field(default_factory=dict)  #: address -> its handle, encrypted

    def handle(self, address_id: UUID) -> Handle:
        """Where the channel reaches her at this address."""
        return Address.handle.open(Address.__tablename__, address_id, self.sealed[address_id])

    @property
    def shares(self) -> bool:
        """Whether any of her phones is also somebody else's."""
        return any(candidate.shared for candidate in self.candidates)

    def shared(self, address_id: UUID) -> bool:
        """Whether somebody else may read along there."""
        return any(candidate.shared for candidate in self.candidates if candidate.address_id == address_id)


async def load(session: AsyncSession, now: datetime, person_ids: Sequence[UUID]) -> dict[UUID, Recipient]:
    """The recipients by person."""
    given = {"r_persons": list(person_ids)}
    found = {
        row.id: Recipient(
            languages=row.languages,
            silenced=_silenced(row, now),
            by_day=row.daytime_only,
            habit_clock=row.habit_clock,
            listens=row.sense in LISTENS,
        )
        for row in await session.execute(_PEOPLE, given)
    }
    for person_id, rank, verified_at, opted_out_at, address_id, channel, sealed, shared, dead_at, heard in (
        await session.execute(_BONDS, given)
    ).all():
        recipient = found[person_id]
        recipient.sealed[address_id] = sealed
        recipient.candidates.append(
            Candidate(
                address_id=address_id,
                channel=channel,
                rank=rank,
                verified=verified_at is not None,
                opted_out=opted_out_at is not None,
                dead=dead_at is not None,
                shared=shared,
                last_inbound_at=heard,
            )
        )
    return found


# Tables, not classes: a row is read as it comes, and the statement is written once.
_person, _bond, _address = (cast(Table, row.__table__).c for row in (Person, PersonAddress, Address))
_persons = any_(bindparam("r_persons", type_=ARRAY(Uuid())))
_PEOPLE = select(
    *(_person.id, _person.languages, _person.paused_until, _person.left_at),
    *(_person.daytime_only, _person.habit_clock, _person.sense),
).where(_person.id == _persons)
_BONDS = (
    select(
        *(_bond.person_id, _bond.rank, _bond.verified_at, _bond.opted_out_at),
        *(_address.id, _address.channel, _address.handle_sealed, _address.shared),
        *(_address.dead_at, _address.last_inbound_at),
    )
    .join_from(cast(Table, PersonAddress.__table__), cast(Table, Address.__table__), _address.id == _bond.address_id)
    .where(_bond.person_id == _persons)
)


def _silenced(row: object, now: datetime) -> str | None:
    if getattr(row, "left_at", None) is not None:
        return "left"
    paused_until = getattr(row, "paused_until", None)
    return "paused" if paused_until is not None and paused_until > now else None


async def tried(session: AsyncSession, notice_ids: Sequence[UUID]) -> dict[UUID, set[UUID]]:
    """Notice -> addresses where a provider took it and then said that it didn't arrive.

    A phone that was only off is tried once more first.
    """
    passing = func.count().filter(func.coalesce(Delivery.reason, "").in_(sorted(receipts.PASSING)))
    query = (
        select(Delivery.notice_id, Delivery.address_id)
        .where(Delivery.notice_id.in_(notice_ids), Delivery.state == "failed", Delivery.provider_id.is_not(None))
        .group_by(Delivery.notice_id, Delivery.address_id)
        .having(or_(func.count() > passing, passing >= PASSING_TRIES))
    )
    found: dict[UUID, set[UUID]] = {}
    for notice_id, address_id in await session.execute(query):
        if notice_id is not None:
            found.setdefault(notice_id, set()).add(address_id)
    return found


async def never_shared(session: AsyncSession, notice_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these notices that never go to a shared phone: home visits, women-only groups."""
    visits = (
        select(Notice.id)
        .join(Appointment, Appointment.id == Notice.source_id)
        .where(Notice.id.in_(notice_ids), Appointment.kind.in_(NEVER_SHARED))
    )
    groups = (
        select(Notice.id)
        .join(Session, Session.id == Notice.source_id)
        .where(Notice.id.in_(notice_ids), Session.women_only)
    )
    return set(await session.scalars(visits.union_all(groups)))


_template = cast(Table, TemplateState.__table__).c
_TEMPLATES = select(_template.template, _template.language, _template.approval)


async def template_states(session: AsyncSession) -> dict[str, dict[str, str]]:
    """Template -> language -> approval.

    Any push may have to say no more than that there is a message (several at once, a shared phone): a language in
    which that one isn't approved counts as not approved for the others either.
    """
    states: dict[str, dict[str, str]] = {}
    for state in await session.execute(_TEMPLATES):
        states.setdefault(state.template, {})[state.language] = state.approval
    stands_in = states.get(FALLBACK, {})
    return {
        template: {
            language: approval if approval != "approved" else stands_in.get(language, "unsubmitted")
            for language, approval in of_languages.items()
        }
        for template, of_languages in states.items()
    }
