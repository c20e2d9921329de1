"""`pim check`: what an installation has, what is wrong with it, and what to do."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.installation import Ground
from bot.templates import USABLE
from content import catalogue, drift, templates, texts
from content.inforce import InForce
from content.review import coreset
from content.review.coreset import Readiness
from core import audit, backup, migrate
from core.languages import LANGUAGES, SOURCE
from core.settings import Settings, SettingsError, for_service
from core.tables.audit import AuditEntry
from core.tables.channels import ChannelState, TemplateState
from messaging.twilio import forms as twilio_forms

#: A backup is made every day; one missed is no reason to worry yet.
_BACKUP_EVERY = timedelta(days=2)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table."""

    what: str
    ok: bool
    found: str
    mend: str = ""


async def rows(ground: Ground) -> list[Row]:
    """The table, in the order in which to mend."""
    found = [_settings(ground.settings), await _schema(ground), await _backup(ground), *await _channels(ground)]
    languages = [code for code in ground.settings.languages if code != SOURCE]
    async with ground.database.begin() as session:
        found.append(await _audit(session))
        in_force = await texts.in_force(session, catalogue.load())
        states = await drift.states(session, in_force.source, languages)
        if "whatsapp" in ground.settings.channels:
            found.append(await _templates(session, ground.settings, in_force))
    found += [_core(code, coreset.readiness(states, code)) for code in languages]
    units = in_force.hashes.keys()
    for code in ground.settings.languages:
        missing = [unit for unit in units if not in_force.has(code, unit)]
        found.append(
            Row(
                what=f"texts {code}",
                ok=not missing or code == SOURCE,
                found=f"{len(units) - len(missing)} of {len(units)} units in {LANGUAGES[code].dutch_name} may be said",
                mend="let a speaker approve them; until then people read easy Dutch",
            )
        )
    return found


def _core(code: str, ready: Readiness) -> Row:
    """A language goes live when its core set is approved."""
    name, so_far = LANGUAGES[code].dutch_name, f"{ready.approved} of {ready.needed} core texts in"
    return Row(
        what=f"core {code}",
        ok=ready.is_live,
        found=f"{so_far} {name} are approved: it is {'live' if ready.is_live else 'not live'}",
        mend=f"print /console/texts/{code}/print for a speaker; still to approve: {', '.join(ready.missing)}",
    )


def _settings(settings: Settings) -> Row:
    try:
        for_service(settings)
    except SettingsError as error:
        return Row(what="settings", ok=False, found=str(error), mend="see docs/settings.md")
    return Row(what="settings", ok=True, found=f"{', '.join(settings.channels)} for {settings.municipality}")


async def _channels(ground: Ground) -> list[Row]:
    """A channel that a provider told to wait stands still, and says why."""
    async with ground.database.begin() as session:
        states = {state.channel: state for state in await session.scalars(select(ChannelState))}
    found = []
    for name in ground.settings.channels:
        state = states.get(name)
        paused = state.paused_until if state is not None else None
        waits = paused is not None and paused > ground.clock.real()
        found.append(
            Row(
                what=f"channel {name}",
                ok=not waits,
                found=f"waits until {paused:%H:%M} UTC: {state.reason}" if state and paused and waits else "not paused",
                mend="see what it says under Kanalen in the console",
            )
        )
    return found


async def _templates(session: AsyncSession, settings: Settings, texts: InForce) -> Row:
    """What may open a conversation on WhatsApp, and what may be answered inside one, as far as Meta took it."""
    wanted = {(one.name, one.language) for one in templates.wordings(texts, settings.languages, settings.municipality)}
    wanted |= {(name, SOURCE) for name in twilio_forms.CHOICES.values()}
    states = {(row.template, row.language): row.approval for row in await session.scalars(select(TemplateState))}
    usable = sum(states.get(one) in USABLE for one in wanted)
    refused = sorted(f"{name} {code}" for (name, code), approval in states.items() if approval == "rejected")
    return Row(
        what="templates",
        ok=usable == len(wanted),
        found=f"{usable} of {len(wanted)} WhatsApp templates may be used"
        + (f"; refused: {', '.join(refused)}" if refused else ""),
        mend="pim templates submit, and a day later pim templates status",
    )


async def _audit(session: AsyncSession) -> Row:
    """Whether every month's chain is whole: who changes the log in the database breaks it."""
    months = await audit.months(session)
    broken = [(month, at) for month in months if (at := await audit.first_broken(session, month)) is not None]
    return Row(
        what="audit",
        ok=not broken,
        found=", ".join(f"{month} is broken from entry {at} on" for month, at in broken)
        or f"the log is whole ({len(months)} months)",
        mend="somebody changed the log: keep a copy of the database as it is, and call the FG; pim can't mend it",
    )


async def _schema(ground: Ground) -> Row:
    current = await migrate.is_current(ground.database.engine)
    return Row(what="database", ok=current, found="newest schema" if current else "old schema", mend="pim migrate")


async def _backup(ground: Ground) -> Row:
    """Ours only: whoever keeps a PostgreSQL may have backups that we don't see."""
    query = select(func.max(AuditEntry.at)).where(AuditEntry.action == backup.MADE)
    async with ground.database.begin() as session:
        at = await session.scalar(query)
    recent = at is not None and ground.clock.real() - at < _BACKUP_EVERY
    said = f"the last was made {at:%Y-%m-%d %H:%M} UTC" if at else "none was made yet with pim backup"
    mend = "pim backup FILE every day, to another machine"
    return Row(what="backup", ok=recent or bool(ground.settings.database_url), found=said, mend=mend)
