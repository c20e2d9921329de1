"""Builds the demo's world: people with phones, staff, workshops, texts that speakers approved."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, time

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.demo import news, people, staff, texts, voices, workshops
from bot.demo.staff import STAFF
from bot.demo.themes import PLACES
from content.catalogue import Catalogue
from content.voice import studio
from core.languages import LANGUAGES
from core.settings import Settings
from core.tables.channels import TemplateState
from core.tables.people import Account, Person
from scheduler.meetings import appointments

__all__ = ["STAFF", "build"]

_TEMPLATES = ("afspraak", "nieuwe_dag", "gaat_niet_door", "bericht")

#: Who has an appointment from the start, in how many working days, of which kind; all others start with none.
_APPOINTMENTS = (("Piotr", 3, "jobcoach", time(10)), ("Elif", 6, "map_gesprek", time(13, 30)))


async def build(session: AsyncSession, now: datetime, settings: Settings, catalogue: Catalogue) -> None:
    """Fill an empty database; in a later start only texts that a newer release brought are approved."""
    known = {account.email: account for account in await session.scalars(select(Account))}
    if known:
        colleagues = {one.first: known[one.email] for one in staff.COLLEAGUES if one.email in known}
        await texts.approve(session, now, settings, catalogue, colleagues)
        return
    # In a process of its own, beside everything else that is made here.
    tones = asyncio.create_task(studio.tones(voices.TONES))
    partners = await workshops.add_partners(session)
    accounts = await staff.add(session, now, partners)
    made = await people.add(session, now, catalogue, accounts)
    await workshops.add(session, now, settings, partners)
    await _appointments(session, now, settings, made, accounts)
    await news.add(session, now, settings, accounts)
    _templates(session)
    await texts.approve(session, now, settings, catalogue, accounts)
    await voices.add(session, now, catalogue, accounts, await tones)
    await session.flush()


async def _appointments(
    session: AsyncSession,
    now: datetime,
    settings: Settings,
    made: Mapping[str, Person],
    accounts: Mapping[str, Account],
) -> None:
    """A little life: two people hear of an appointment soon after the start."""
    days = workshops.working_days(now, settings.timezone)
    place, street = PLACES["Veghel"]
    for first, ahead, kind, at in _APPOINTMENTS:
        situation = next(one for one in people.SITUATIONS if one.first == first)
        host = accounts[situation.klantmanager]
        await appointments.make(
            session,
            now,
            settings,
            person_id=made[first].id,
            kind=kind,
            wall_time=datetime.combine(days[ahead], at),
            minutes=45,
            place=f"{place}, {street}, Veghel",
            with_whom=host.name,
            tolk=None,
            by=host.id,
        )


def _templates(session: AsyncSession) -> None:
    """What Meta would have approved, so that a WhatsApp phone can be reached before it wrote to us."""
    session.add_all(
        TemplateState(
            template=template, language=language.code, content_sid=f"HX-voorbeeld-{template}", approval="approved"
        )
        for template in _TEMPLATES
        for language in LANGUAGES.values()
        if language.whatsapp
    )
