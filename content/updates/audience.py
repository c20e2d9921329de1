"""Who hears an update: people whose list holds its language, who want news, on a phone that can be reached."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncSession

from content.reach import is_reachable
from core.languages import SOURCE
from core.tables.agenda import Enrolment, Session
from core.tables.notices import Notice
from core.tables.people import Consent, Person
from core.tables.texts import Update

NEWS = "news"

#: The kind of notice that brings news; a speaker who is asked to judge the same words gets one of another kind.
TELLS = "update"

#: Smaller counts could tell who is meant.
SMALLEST_SHOWN = 5

#: Who came to a place so long ago still hears what happens there.
REMEMBERED = timedelta(days=180)

#: A seat at a place, taken or used; and who signed up for a theme, also where the group was full.
_SEATS = ("enrolled", "attended", "absent")
_SIGNED_UP = ("enrolled", "waiting", "offered", "attended")


@dataclass(frozen=True, kw_only=True)
class Circle:
    """Whom one language of an update is for; what isn't set leaves nobody out."""

    language: str
    ready: tuple[str, ...] = ()  #: other languages that go too: a person hears the first of her own list
    coming: tuple[str, ...] = ()  #: languages that somebody waits for rather than be given Dutch
    place: UUID | None = None
    leerroute: str | None = None
    workshop: UUID | None = None
    taken: tuple[UUID, ...] = ()  #: the other versions: whoever was told one of these isn't told another


@dataclass(frozen=True, kw_only=True)
class Audience:
    """How many hear it, and how many can be reached in this language but never said yes to news."""

    listeners: int
    without_consent: int


async def audience_count(session: AsyncSession, now: datetime, circle: Circle) -> Audience:
    """Both counts, as of now; show them to people through `shown`."""
    row = await session.execute(
        select(
            func.count().filter(_wants_news()),
            func.count().filter(~_wants_news()),
        )
        .select_from(Person)
        .where(*_in(now, circle), is_reachable())
    )
    listeners, without_consent = row.one()
    return Audience(listeners=listeners, without_consent=without_consent)


def listeners(now: datetime, circle: Circle) -> Select[UUID]:
    """The ids of everyone who hears it, each once."""
    return select(Person.id).where(*_in(now, circle), is_reachable(), _wants_news())


def wanting(now: datetime, circle: Circle) -> Select[UUID]:
    """The same with those who want news and have no phone that can be reached."""
    return select(Person.id).where(*_in(now, circle), _wants_news())


def is_for(now: datetime, update: type[Update], person: Person) -> ColumnElement[bool]:
    """Whether an update is for this person, whatever its languages."""
    return and_(
        or_(update.for_leerroute.is_(None), update.for_leerroute == (person.leerroute or "")),
        or_(update.for_place.is_(None), _came(now, literal(person.id, Uuid()), update.for_place)),
        or_(update.for_workshop.is_(None), _signed_up(literal(person.id, Uuid()), update.for_workshop)),
    )


def shown(count: int) -> str:
    """A count as rolmodellen and staff may see it."""
    return str(count) if count >= SMALLEST_SHOWN else f"minder dan {SMALLEST_SHOWN}"


def _in(now: datetime, circle: Circle) -> tuple[ColumnElement[bool], ...]:
    """Everybody it is for, reached or not."""
    wanted: list[ColumnElement[bool]] = [Person.left_at.is_(None), _hears(circle), ~_told(circle)]
    if circle.leerroute is not None:
        wanted.append(Person.leerroute == circle.leerroute)
    if circle.place is not None:
        wanted.append(_came(now, Person.id, literal(circle.place, Uuid())))
    if circle.workshop is not None:
        wanted.append(_signed_up(Person.id, literal(circle.workshop, Uuid())))
    return tuple(wanted)


def _hears(circle: Circle) -> ColumnElement[bool]:
    """Whether this language is the one a person hears: the first of her list, Dutch only where she has no other."""
    dutch_first = Person.languages[1] == SOURCE
    if circle.language == SOURCE:
        others = literal(list(circle.coming), ARRAY(Text()))
        return or_(func.coalesce(dutch_first, false()), not_(Person.languages.bool_op("&&")(others)))
    knows = literal(circle.language) == any_(Person.languages)
    rivals = [code for code in circle.ready if code not in (SOURCE, circle.language)]
    earlier = [_place(code) < _place(circle.language) for code in rivals]
    if SOURCE in circle.ready:
        earlier.append(dutch_first)
    return and_(knows, *(~func.coalesce(one, false()) for one in earlier))


def _place(language: str) -> ColumnElement[int]:
    """Where a language stands in a person's list; null where it doesn't."""
    return func.array_position(Person.languages, language)


def _told(circle: Circle) -> ColumnElement[bool]:
    if not circle.taken:
        return false()
    of_these = (Notice.kind == TELLS) & Notice.source_id.in_(circle.taken)
    return exists().where(Notice.person_id == Person.id, of_these, Notice.state != "withdrawn").correlate(Person)


def _came(now: datetime, person_id: Any, place_id: Any) -> ColumnElement[bool]:
    return exists(
        select(true())
        .select_from(Enrolment)
        .join(Session, Session.id == Enrolment.session_id)
        .where(Enrolment.person_id == person_id, Enrolment.status.in_(_SEATS), Session.place_id == place_id)
        .where(Session.status != "cancelled", Session.starts_at >= now - REMEMBERED)
        .correlate(Person, Update)
    )


def _signed_up(person_id: Any, workshop_id: Any) -> ColumnElement[bool]:
    return exists(
        select(true())
        .select_from(Enrolment)
        .join(Session, Session.id == Enrolment.session_id)
        .where(Enrolment.person_id == person_id, Enrolment.status.in_(_SIGNED_UP))
        .where(Session.workshop_id == workshop_id)
        .correlate(Person, Update)
    )


def _wants_news() -> ColumnElement[bool]:
    last_word = (
        select(Consent.given)
        .where(Consent.person_id == Person.id, Consent.purpose == NEWS)
        .order_by(Consent.at.desc(), Consent.id.desc())
        .limit(1)
        .correlate(Person)
        .scalar_subquery()
    )
    return func.coalesce(last_word, False)
