"""Asking rolmodellen to look at texts: at most once a day by itself, at a good hour, never while they are away."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, any_, exists, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from content import drift, updates
from content.catalogue import Catalogue
from content.review import textqueue, unclear
from core import clock
from core.settings import Settings
from core.tables.notices import Notice
from core.tables.people import Account, Address, Person, PersonAddress
from core.tables.relay import Leave
from core.tables.texts import Approval, Text, UpdateText
from scheduler import holidays, tasks
from scheduler.queue import notices
from scheduler.queue.notices import Plan
from scheduler.sending import forms

KIND, SOURCE_KIND = "work", "review"

#: Why a rolmodel isn't asked any more.
NOTHING_LEFT, STOPPED = "judged", "stopped"

EVENING = time(20)

#: What was asked longer ago says nothing about today.
_RECENT = timedelta(days=30)

_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Load:
    """What waits for one rolmodel."""

    texts: int
    news: int
    unclear: int = 0  #: texts and news that people don't understand

    @property
    def count(self) -> int:
        """All of it."""
        return self.texts + self.news + self.unclear

    @property
    def minutes(self) -> int:
        """About how long it takes."""
        return textqueue.minutes(self.count)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who speaks a language, how many of them were asked of late, and since when nobody answered."""

    speakers: int
    asked: int
    since: datetime | None  #: when they were asked last; None: somebody judged a text since, or nobody was asked


async def load(
    session: AsyncSession, now: datetime, settings: Settings, catalogue: Catalogue, account: Account
) -> Load:
    """How much waits for this account: texts, and news that somebody could still hear."""
    today = clock.wall(now, settings.timezone).date()
    news = [found for found in await updates.waiting(session, account) if found.update.ends_on >= today]
    return Load(
        texts=len(await textqueue.waiting(session, catalogue, account)),
        news=len(news),
        unclear=len(await unclear.waiting(session, catalogue, account))
        + len(await unclear.waiting_news(session, today, account)),
    )


async def plan_daily(session: AsyncSession, now: datetime, settings: Settings, catalogue: Catalogue) -> int:
    """Ask everybody for whom texts wait and who wasn't asked today; returns how many. For a timer, at any time."""
    if holidays.rolmodel_hour(now, settings.timezone) != now:
        return 0
    languages = await _with_work(session, catalogue)
    if not languages:
        return 0
    return await _ask(session, now, settings, catalogue, await _speakers(session, languages))


async def next_moment(
    session: AsyncSession, now: datetime, settings: Settings, catalogue: Catalogue
) -> datetime | None:
    """When rolmodellen are asked next (after now); None where nothing waits."""
    if not await _with_work(session, catalogue):
        return None
    zone = settings.timezone
    opens = clock.instant(datetime.combine(clock.wall(now, zone).date(), holidays.ROLMODEL[0]), zone)
    return holidays.rolmodel_hour(opens if opens > now else opens + _DAY, zone)


async def written(
    session: AsyncSession,
    now: datetime,
    settings: Settings,
    catalogue: Catalogue,
    row: Text,
    others: Sequence[Account],
) -> None:
    """Ask these other speakers to look at a new version; who was asked today hears of it tomorrow.

    Where there are none, staff get a task to find somebody.
    """
    if others:
        known = {account.id for account in others}
        able = [account for account in await _speakers(session, [row.language]) if account.id in known]
        await _ask(session, now, settings, catalogue, able)
        return
    await tasks.open_task(
        session,
        now,
        settings,
        kind=tasks.Kind.TEXT_ALONE,
        person_id=None,
        reason=row.language,
        source_kind="text",
        source_id=row.id,
    )


async def ask_again(
    session: AsyncSession, now: datetime, settings: Settings, catalogue: Catalogue, language: str
) -> int:
    """Staff ask a language's rolmodellen once more, at the next good hour, also who was asked today; how many."""
    return await _ask(session, now, settings, catalogue, await _speakers(session, [language]), again=True)


async def tonight(
    session: AsyncSession, now: datetime, settings: Settings, catalogue: Catalogue, account: Account
) -> bool:
    """Ask her again at 20:00, today or on the next day that is not free; False where nothing waits."""
    found = await load(session, now, settings, catalogue, account)
    if account.person_id is None or not found.count:
        return False
    zone = settings.timezone
    evening = clock.instant(datetime.combine(clock.wall(now, zone).date(), EVENING), zone)
    due = holidays.rolmodel_hour(evening if evening > now else evening + _DAY, zone)
    await notices.plan(session, now, [_plan(account.person_id, due, settings, found)])
    return True


async def ask_nothing(session: AsyncSession, account: Account, why: str) -> None:
    """What was on its way to ask her something stays here."""
    open_work = (Notice.kind == KIND, Notice.person_id == account.person_id, Notice.is_open)
    for source_id in list(await session.scalars(select(Notice.source_id).where(*open_work))):
        await notices.withdraw(session, source_id, why, person_id=account.person_id)


async def judged(
    session: AsyncSession, now: datetime, settings: Settings, catalogue: Catalogue, row: Text | UpdateText
) -> None:
    """Keep who is about to be asked about this language from hearing of texts that no longer wait."""
    await forget(session, now, row.id)
    query = select(Account, Notice.source_id).join(Notice, Notice.person_id == Account.person_id)
    about_to = query.where(_speaks([row.language]), Notice.source_kind == SOURCE_KIND, Notice.is_open)
    for account, source_id in list(await session.execute(about_to)):
        if not (await load(session, now, settings, catalogue, account)).count:
            await notices.withdraw(session, source_id, NOTHING_LEFT, person_id=account.person_id)


async def forget(session: AsyncSession, now: datetime, text_id: UUID) -> None:
    """Nobody need be found any more who looks at this version."""
    await tasks.close_of(session, now, text_id, [tasks.Kind.TEXT_ALONE], "seen")


async def asked(session: AsyncSession, now: datetime, language: str) -> Asked:
    """What was asked of the rolmodellen of a language of late, and whether any of them answered."""
    speakers = list(await session.scalars(select(Account).where(_speaks([language]))))
    people = [account.person_id for account in speakers if account.person_id]
    # A question that waits for who is on duty is work too, of another step.
    told = (Notice.kind == KIND, Notice.step == "", Notice.person_id.in_(people), Notice.sent_at > now - _RECENT)
    count, last = (
        await session.execute(select(func.count(Notice.person_id.distinct()), func.max(Notice.sent_at)).where(*told))
    ).one()
    since = last if last is not None and not await _answered(session, speakers, last) else None
    return Asked(speakers=len(speakers), asked=count, since=since)


async def _answered(session: AsyncSession, speakers: Sequence[Account], since: datetime) -> bool:
    theirs = Approval.account_id.in_([account.id for account in speakers])
    return bool(await session.scalar(select(exists().where(theirs, Approval.at >= since))))


async def _ask(
    session: AsyncSession,
    now: datetime,
    settings: Settings,
    catalogue: Catalogue,
    speakers: Sequence[Account],
    *,
    again: bool = False,
) -> int:
    due = holidays.rolmodel_hour(now, settings.timezone)
    busy = await _asked_today(session, now, settings, speakers, again=again) | await _away(session, due, settings)
    plans = []
    for account in speakers:
        if account.id in busy or account.person_id is None:
            continue
        found = await load(session, now, settings, catalogue, account)
        # What isn't understood stays until somebody finds better words: no reason to ask every day.
        if found.texts or (again and found.unclear):
            plans.append(_plan(account.person_id, due, settings, found))
    if plans:
        await notices.plan(session, now, plans)
    return len(plans)


def _plan(person_id: UUID, due: datetime, settings: Settings, found: Load) -> Plan:
    """What she hears; it stands in the queue once a day, and is nothing for another day."""
    day = clock.wall(due, settings.timezone).date()
    return Plan(
        person_id=person_id,
        kind=KIND,
        step="",
        source_kind=SOURCE_KIND,
        source_id=uuid5(person_id, f"review {day}"),
        due=due,
        use_by=clock.instant(datetime.combine(day, holidays.ROLMODEL[1]), settings.timezone),
        values={"count": found.count, "minutes": found.minutes},
    )


async def _with_work(session: AsyncSession, catalogue: Catalogue) -> list[str]:
    """The languages in which a version for today's Dutch isn't judged yet."""
    counts = await drift.accepted(session, catalogue.hashes)
    query = select(Text.language).where(Text.state.in_(drift.UNJUDGED), drift.of_today(counts)).distinct()
    return list(await session.scalars(query))


async def _speakers(session: AsyncSession, languages: Sequence[str]) -> list[Account]:
    """Rolmodellen of these languages with a phone that has a queue: by SMS nobody can look at a text."""
    bound = select(PersonAddress.person_id).join(Address, Address.id == PersonAddress.address_id)
    usable = (
        PersonAddress.verified_at.is_not(None),
        PersonAddress.opted_out_at.is_(None),
        Address.dead_at.is_(None),
        Address.channel.not_in(forms.TEXT_ONLY),
    )
    here = select(Person.id).where(Person.left_at.is_(None))
    query = select(Account).where(
        _speaks(languages), Account.person_id.in_(bound.where(*usable)), Account.person_id.in_(here)
    )
    return list(await session.scalars(query.order_by(Account.id)))


def _speaks(languages: Collection[str]) -> ColumnElement[bool]:
    any_of_them = or_(*(literal(code) == any_(Account.languages) for code in languages))
    return (Account.role == "rolmodel") & Account.disabled_at.is_(None) & any_of_them


async def _asked_today(
    session: AsyncSession, now: datetime, settings: Settings, speakers: Sequence[Account], *, again: bool
) -> set[UUID]:
    """Who was asked today, or is about to be; `again`: only the latter."""
    zone = settings.timezone
    midnight = clock.instant(datetime.combine(clock.wall(now, zone).date(), time()), zone)
    known = {account.person_id: account.id for account in speakers if account.person_id}
    lately = Notice.is_open if again else Notice.is_open | (Notice.sent_at >= midnight)
    query = select(Notice.person_id).where(Notice.kind == KIND, Notice.person_id.in_(known), lately)
    return {known[person_id] for person_id in await session.scalars(query)}


async def _away(session: AsyncSession, due: datetime, settings: Settings) -> set[UUID]:
    """Who is on leave on the day of this moment."""
    day = clock.wall(due, settings.timezone).date()
    return set(await session.scalars(select(Leave.account_id).where(Leave.until >= day)))
