"""Answers in a chat that may not have arrived: they are never sent again, the person can tap again."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from bot.console import page, reasons, sight, words
from bot.console.desk import Visit
from core.permissions import Scope, reach
from core.tables.notices import Delivery
from core.tables.people import Person, PersonAddress

_LATEST = 20
_SINCE = timedelta(days=7)


class Doubt:
    """One answer, as far as the reader may see it."""

    def __init__(self, visit: Visit, delivery: Delivery, persons: Sequence[Person]) -> None:
        self.state, self.look = words.STATES.get(delivery.state, (delivery.state, "neutral"))
        self.at = page.local(delivery.handed_at, visit)
        self.channel = words.CHANNELS.get(delivery.channel, delivery.channel)
        self.language = words.language(delivery.language)
        self.why = reasons.words(delivery.reason) or reasons.of_state(delivery.state)
        named = persons if reach(visit.account, "delivery.see") is Scope.CASELOAD else ()
        self.persons = [(person.id, person.name.reveal() if person.name else "") for person in named]


async def in_doubt(visit: Visit, states: Sequence[str] = ("unsure", "failed")) -> list[Doubt]:
    """The answers of the last days that may not have arrived, newest first; of people whom the reader may see."""
    query = (
        select(Delivery, Person)
        .join(PersonAddress, PersonAddress.address_id == Delivery.address_id)
        .join(Person, Person.id == PersonAddress.person_id)
        .where(Delivery.reply_id.is_not(None), Delivery.state.in_(states), Delivery.handed_at > visit.now - _SINCE)
        .where(PersonAddress.verified_at.is_not(None), sight.people(visit.account, "delivery.see"))
        .order_by(Delivery.handed_at.desc(), Delivery.id)
        .limit(_LATEST)
    )
    found: dict[UUID, tuple[Delivery, list[Person]]] = {}
    for delivery, person in await visit.session.execute(query):
        found.setdefault(delivery.id, (delivery, []))[1].append(person)
    return [Doubt(visit, delivery, persons) for delivery, persons in found.values()]
