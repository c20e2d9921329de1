"""The first SMS: who chose SMS hears who we are, what it costs and how to stop, before anything else."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from content import render
from content.inforce import InForce
from content.parts import Choice, Part
from core import addresses
from core.settings import Settings
from core.tables.people import Person
from scheduler.queue import replies
from scheduler.sending import chats, forms

_CHOICES = (Choice(button="good", action="link.agree", digit=1), forms.CALL)


async def send(
    session: AsyncSession, now: datetime, settings: Settings, texts: InForce, person_ids: Sequence[UUID]
) -> int:
    """Queue it for the SMS addresses of these persons that didn't say stop; returns how many."""
    sent = 0
    for person in await session.scalars(select(Person).where(Person.id.in_(person_ids))):
        part = Part(unit="link", name="sms_first", values=forms.standing(settings))
        bubble = render.sms(texts, person.languages, part)
        for bond, address in await addresses.of_person(session, person.id):
            if address.channel != "sms" or bond.opted_out_at or address.dead_at:
                continue
            await replies.put(session, now, address.id, forms.outgoing(bubble, _CHOICES, "sms", pushed=True))
            await chats.offer(session, now, address.id, "sms", _CHOICES)
            sent += 1
    return sent
