"""What was sent, what arrived, what failed and why; without names where those aren't the reader's to see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from aiohttp import web
from sqlalchemy import ColumnElement, select

from bot.console import answers, channels, page, reasons, sight, words
from bot.console.desk import Visit
from core.permissions import Scope, may, reach
from core.tables.notices import Delivery, Notice
from core.tables.people import Person

#: Nothing has gone yet, and nothing was to go.
_NOT_YET = ("planned", "claimed")

#: How many of a person's messages her page shows.
_LATEST = 20


@dataclass(frozen=True, kw_only=True)
class Row:
    """One thing said, or to be said, and how its last attempt went."""

    kind: str
    step: str
    at: datetime  #: wall time
    state: str
    look: str
    channel: str
    language: str
    why: str
    attempts: int
    person_id: UUID | None  #: None: not the reader's to see
    name: str
    text: str | None  #: what was said, for the person's own klantmanager, for 7 days


async def index(visit: Visit) -> web.Response:
    """The table, by state, channel and kind."""
    asked = {name: visit.request.query.get(name, "") for name in ("state", "channel", "kind")}
    number = page.number(visit.request)
    query = (
        select(Notice, Person)
        .join(Person, Person.id == Notice.person_id)
        .where(_seen(visit), *_filters(asked))
        .order_by(Notice.due.desc(), Notice.id.desc())
        .limit(page.LENGTH + 1)
        .offset((number - 1) * page.LENGTH)
    )
    found = (await visit.session.execute(query)).all()
    return page.show(
        visit,
        "deliveries.html",
        rows=await _rows(visit, found[: page.LENGTH]),
        asked=asked,
        query="".join(f"{name}={value}&" for name, value in asked.items() if value in _options()[name]),
        number=number,
        more=len(found) > page.LENGTH,
        options=_options(),
        named=_names_shown(visit),
        still=await channels.still(visit),
        doubts=await _doubts(visit, asked) if number == 1 else [],
    )


async def _doubts(visit: Visit, asked: Mapping[str, str]) -> list[answers.Doubt]:
    """Answers are of no kind: they stand below where no kind is asked for."""
    if asked["kind"] in words.KINDS or asked["channel"] in words.CHANNELS:
        return []
    if asked["state"] in words.STATES:
        return await answers.in_doubt(visit, (asked["state"],)) if asked["state"] in ("unsure", "failed") else []
    return await answers.in_doubt(visit)


def _options() -> dict[str, dict[str, str]]:
    return {
        "state": {code: label for code, (label, _) in words.STATES.items()},
        "channel": dict(words.CHANNELS),
        "kind": dict(words.KINDS),
    }


def _filters(asked: Mapping[str, str]) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if asked["state"] in words.STATES:
        wanted.append(Notice.state == asked["state"])
    else:
        wanted.append(Notice.state.not_in(_NOT_YET))
    if asked["kind"] in words.KINDS:
        wanted.append(Notice.kind == asked["kind"])
    if asked["channel"] in words.CHANNELS:
        tried = select(Delivery.notice_id).where(Delivery.channel == asked["channel"], Delivery.notice_id.is_not(None))
        wanted.append(Notice.id.in_(tried))
    return wanted


def _seen(visit: Visit) -> ColumnElement[bool]:
    return sight.people(visit.account, "delivery.see")


def _names_shown(visit: Visit) -> bool:
    """A klantmanager sees who her own people are; for everybody else a message is one of many."""
    return reach(visit.account, "delivery.see") is Scope.CASELOAD


async def of_person(visit: Visit, person: Person) -> list[Row]:
    """A person's latest messages, and what comes next; newest moment first. What was taken back never went."""
    query = select(Notice).where(Notice.person_id == person.id, Notice.state != "withdrawn")
    query = query.order_by(Notice.due.desc(), Notice.id.desc())
    found = [(notice, person) for notice in await visit.session.scalars(query.limit(_LATEST))]
    return await _rows(visit, found)


async def _rows(visit: Visit, found: Sequence[tuple[Notice, Person]]) -> list[Row]:
    attempts = await _attempts(visit, [notice.id for notice, _ in found])
    return [_row(visit, notice, person, attempts.get(notice.id, [])) for notice, person in found]


async def _attempts(visit: Visit, ids: Sequence[UUID]) -> dict[UUID, list[Delivery]]:
    query = select(Delivery).where(Delivery.notice_id.in_(ids)).order_by(Delivery.handed_at, Delivery.id)
    made: dict[UUID, list[Delivery]] = {}
    for delivery in await visit.session.scalars(query):
        if delivery.notice_id is not None:
            made.setdefault(delivery.notice_id, []).append(delivery)
    return made


def _row(visit: Visit, notice: Notice, person: Person, attempts: Sequence[Delivery]) -> Row:
    state, look = words.STATES.get(notice.state, (notice.state, "neutral"))
    last = attempts[-1] if attempts else None
    readable = last is not None and may(visit.account, "sent.text", person) and last.text is not None
    return Row(
        kind=words.KINDS.get(notice.kind, notice.kind),
        step=words.STEPS.get(notice.step, notice.step),
        at=page.local(notice.sent_at or notice.due, visit),
        state="ging mee met een ander bericht" if notice.lead_id else state,
        look=look,
        channel=words.CHANNELS.get(last.channel, last.channel) if last else "",
        language=words.language(last.language) if last else "",
        why=reasons.words(notice.reason or (last.reason if last else None)) or reasons.of_state(notice.state),
        attempts=len(attempts),
        person_id=person.id if _names_shown(visit) else None,
        name=person.name.reveal() if person.name and _names_shown(visit) else "",
        text=last.text.reveal() if readable and last and last.text else None,
    )
