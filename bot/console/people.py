"""People: the list of who may be seen, found by name, and one person's page."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web
from sqlalchemy import func, select

from bot.console import deliveries, guard, page, sight
from bot.console.desk import Visit
from core import addresses, people
from core.permissions import Scope, is_logged, may, reach
from core.tables.agenda import Appointment
from core.tables.leefgeld import Payment
from core.tables.people import Account, Address, Person, PersonAddress
from core.tables.work import Task
from core.values import Phone
from scheduler.meetings import agenda
from scheduler.tasks import Kind

#: Up to so many people a list is in the order of their names, which only we can read, not the database.
_SORTABLE = 2000

#: How many people with such a name are looked at before they are sifted by who may be seen.
_FOUND = 2000


async def index(visit: Visit) -> web.Response:
    """Everybody this account may see, or who of them answers to a name or klantnummer."""
    text, number = visit.request.query.get("q", "").strip()[:100], page.number(visit.request)
    found, total = await (_search(visit, text, number) if text else _all(visit, number))
    if is_logged(visit.account, "person.list"):
        guard.noted(visit, "person.list", "people", None)
    return page.show(
        visit,
        "people.html",
        people=found,
        total=total,
        text=text,
        number=number,
        more=number * page.LENGTH < total,
        may_add=may(visit.account, "person.add"),
    )


async def _search(visit: Visit, text: str, number: int) -> tuple[list[Person], int]:
    found = await people.search(visit.session, text, limit=_FOUND)
    seen = [one for one in found if one.left_at is None and may(visit.account, "person.list", one)]
    return _page_of(seen, number), len(seen)


async def _all(visit: Visit, number: int) -> tuple[list[Person], int]:
    seen = sight.people(visit.account, "person.list")
    total = await visit.session.scalar(select(func.count()).select_from(Person).where(seen)) or 0
    query = select(Person).where(seen).order_by(Person.id)
    if total <= _SORTABLE:
        return _page_of(list(await visit.session.scalars(query)), number), total
    window = query.limit(page.LENGTH).offset((number - 1) * page.LENGTH)
    return list(await visit.session.scalars(window)), total


def _page_of(found: Sequence[Person], number: int) -> list[Person]:
    ordered = sorted(found, key=lambda one: one.name.reveal().casefold() if one.name else "")
    return ordered[(number - 1) * page.LENGTH : number * page.LENGTH]


@dataclass(frozen=True, kw_only=True)
class Phoned:
    """An address as its page shows it: masked, or the whole number after it was asked for."""

    channel: str
    shown: str
    verified: bool
    shared: bool
    stopped: bool
    dead_reason: str | None

    @classmethod
    def of(cls, bond: PersonAddress, address: Address, *, whole: bool) -> "Phoned":
        """What staff see of an address."""
        handle = address.handle
        number = handle.reveal() if handle else ""
        return cls(
            channel=address.channel,
            shown=number if whole else Phone(number).masked(),
            verified=bond.verified_at is not None,
            shared=address.shared,
            stopped=bond.opted_out_at is not None,
            dead_reason=address.dead_reason if address.dead_at else None,
        )


async def show(visit: Visit) -> web.Response:
    """One person's page."""
    person = await guard.person(visit, visit.id_in_path(), "person.name")
    return await _show(visit, person, whole=False)


async def reveal(visit: Visit) -> web.Response:
    """The same page with whole numbers; always written to the audit log."""
    person = await guard.person(visit, visit.id_in_path(), "phone.reveal")
    if not is_logged(visit.account, "phone.reveal"):
        guard.noted(visit, "phone.reveal", "person", person.id)
    return await _show(visit, person, whole=True)


async def _show(visit: Visit, person: Person, *, whole: bool) -> web.Response:
    account, session = visit.account, visit.session
    bonds = await addresses.of_person(session, person.id) if may(account, "phone.masked", person) else []
    return page.show(
        visit,
        "person.html",
        person=person,
        phones=[Phoned.of(bond, address, whole=whole) for bond, address in bonds],
        whole=whole,
        agenda=await _agenda(visit, person),
        tasks=await _tasks(visit, person),
        task_words=Kind,
        payments=await _payments(visit, person),
        sent=await deliveries.of_person(visit, person) if may(account, "delivery.see", person) else (),
        klantmanager=await _name(visit, person.klantmanager_id),
        begeleider=await _name(visit, person.begeleider_id),
        may_edit=may(account, "person.edit", person),
        may_link=may(account, "person.link", person),
        may_plan=may(account, "appointment.plan", person),
        may_reveal=may(account, "phone.reveal", person),
        may_phone=may(account, "phone.masked", person),
        may_sent=may(account, "delivery.see", person),
    )


async def _agenda(visit: Visit, person: Person) -> list[agenda.Item]:
    """What is to come; a begeleider sees only his own appointments with the person."""
    if not may(visit.account, "appointment.see", person):
        return []
    items = await agenda.upcoming(visit.session, visit.now, person.id)
    if reach(visit.account, "appointment.see") is not Scope.BUDDY:
        return items
    query = select(Appointment.id).where(Appointment.person_id == person.id, sight.appointments(visit.account))
    seen = set(await visit.session.scalars(query))
    return [item for item in items if item.id in seen]


async def _tasks(visit: Visit, person: Person) -> list[Task]:
    if not may(visit.account, "task.see", person):
        return []
    query = select(Task).where(Task.person_id == person.id, Task.closed_at.is_(None)).order_by(Task.due)
    return list(await visit.session.scalars(query))


async def _payments(visit: Visit, person: Person) -> list[Payment] | None:
    """The last payments, amounts too, for the person's own klantmanager; None for everybody else."""
    if not may(visit.account, "leefgeld.amount", person):
        return None
    query = select(Payment).where(Payment.person_id == person.id).order_by(Payment.expected_on.desc()).limit(6)
    return list(await visit.session.scalars(query))


async def _name(visit: Visit, account_id: object) -> str | None:
    found = await visit.session.get(Account, account_id) if account_id else None
    return found.name if found else None
