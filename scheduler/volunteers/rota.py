"""Who may answer a question, and who of them is called: never its own person, nor who lives or phones with her."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, any_, exists, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from core import clock
from core.languages import SOURCE
from core.settings import Settings
from core.tables.notices import Notice
from core.tables.people import Account, Person, PersonAddress
from core.tables.relay import Question
from scheduler.queue import notices
from scheduler.queue.notices import Plan
from scheduler.volunteers import duty, volunteer

ROLE = "rolmodel"

#: How a call to a question stands in the queue: one for each rolmodel, however many questions wait.
KIND, STEP, SOURCE_KIND = "work", "question", "account"

#: Why a call doesn't go any more.
NOTHING_WAITS = "nothing_waits"

#: What reading and answering one question takes, about.
MINUTES = 3


async def language_of(session: AsyncSession, today: date, person: Person) -> str | None:
    """The first of her languages in which a rolmodel could answer her; None where nobody can.

    Dutch only where she has no other: the answer is promised in her own language.
    """
    own = [code for code in person.languages if code != SOURCE] or [SOURCE]
    for code in own:
        if await _speakers(session, today, code, person.id):
            return code
    return None


async def speakers(session: AsyncSession, today: date, question: Question) -> list[Account]:
    """Who could answer this question: speaks its language, isn't on leave, and didn't give it away."""
    found = await _speakers(session, today, question.language, question.person_id)
    return [account for account in found if account.id not in (question.passed_by or ())]


async def _speakers(session: AsyncSession, today: date, language: str, person_id: UUID) -> list[Account]:
    query = (
        select(Account)
        .join(Person, Person.id == Account.person_id)
        .where(Account.role == ROLE, Account.disabled_at.is_(None), Person.left_at.is_(None))
        .where(literal(language) == any_(Account.languages), Account.person_id != person_id)
        .where(Account.id.not_in(volunteer.accounts_on_leave(today)))
        .where(~_shares_a_phone(person_id), ~_shares_a_home(person_id))
        .order_by(Account.id)
    )
    return list(await session.scalars(query))


def _shares_a_phone(person_id: UUID) -> ColumnElement[bool]:
    hers, theirs = aliased(PersonAddress), aliased(PersonAddress)
    return exists(
        select(hers.id)
        .join(theirs, theirs.address_id == hers.address_id)
        .where(hers.person_id == Account.person_id, theirs.person_id == person_id)
        .correlate(Account)
    )


def _shares_a_home(person_id: UUID) -> ColumnElement[bool]:
    hers, theirs = aliased(Person), aliased(Person)
    return exists(
        select(hers.id)
        .join(theirs, theirs.household_id == hers.household_id)
        .where(hers.id == Account.person_id, theirs.id == person_id)
        .correlate(Account)
    )


async def on_duty(session: AsyncSession, now: datetime, accounts: Collection[Account]) -> list[Account]:
    """Those of these accounts that are on duty now."""
    ids = set(await session.scalars(duty.accounts_on_duty(now)))
    return [account for account in accounts if account.id in ids]


async def waiting(
    session: AsyncSession, now: datetime, settings: Settings, account: Account, *, most: int | None = None
) -> list[Question]:
    """The questions that this account could take now, first promised first; no more than `most` are looked for.

    Who is on duty comes first: what somebody on duty can answer isn't for who isn't.
    """
    query = (
        select(Question)
        .where(Question.state == "waiting", Question.language.in_(account.languages))
        .order_by(Question.due, Question.number)
        .execution_options(populate_existing=True)
    )
    today = clock.wall(now, settings.timezone).date()
    serving = await duty.until(session, now, account) is not None
    found = []
    for question in await session.scalars(query):
        able = await speakers(session, today, question)
        if account.id not in {one.id for one in able}:
            continue
        if serving or not await on_duty(session, now, able):
            found.append(question)
        if len(found) == most:
            break
    return found


async def call(session: AsyncSession, now: datetime, settings: Settings, question: Question) -> None:
    """Tell who is on duty, at a good hour, that a question waits; nobody whose duty is over by then."""
    today = clock.wall(now, settings.timezone).date()
    able = await on_duty(session, now, await speakers(session, today, question))
    plans = [plan for account in able if (plan := await _plan(session, now, settings, account)) is not None]
    if plans:
        await notices.plan(session, now, plans)


async def _plan(session: AsyncSession, now: datetime, settings: Settings, account: Account) -> Plan | None:
    due = await volunteer.hour(session, account, now, settings.timezone)
    ends = await duty.until(session, now, account)
    if account.person_id is None or ends is None or due >= ends:
        return None
    return Plan(
        person_id=account.person_id,
        kind=KIND,
        step=STEP,
        source_kind=SOURCE_KIND,
        source_id=account.id,
        due=due,
        use_by=ends,
        values={"minutes": MINUTES},
    )


async def hush(session: AsyncSession, now: datetime, settings: Settings, language: str) -> None:
    """Call nobody for whom no question waits any more, now that one of this language is gone."""
    called = exists().where(Notice.source_id == Account.id, Notice.step == STEP, Notice.is_open)
    query = select(Account).where(literal(language) == any_(Account.languages), called).order_by(Account.id)
    for account in list(await session.scalars(query)):
        if not await waiting(session, now, settings, account, most=1):
            await dismiss(session, account)


async def dismiss(session: AsyncSession, account: Account) -> None:
    """Don't call her: nothing waits for her, or she isn't on duty any more."""
    await notices.withdraw(session, account.id, NOTHING_WAITS, steps=(STEP,))
