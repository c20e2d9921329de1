"""An approved update becomes one notice per listener, exactly once, after the time to take it back."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, literal, null, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from content import audience, news, updates
from content.approvals import NotAllowed, Refused
from content.kinds import NOTICES
from content.news import News
from core import clock
from core.database import ring
from core.ids import new_id
from core.permissions import may
from core.settings import Settings
from core.tables.notices import Notice
from core.tables.people import Account
from core.tables.texts import Approval, Broadcast, UpdateText
from scheduler import notices
from scheduler.rules import House, quiet_end

KIND, SOURCE_KIND = "update", "news_text"

#: Why a rolmodel isn't asked any more to look at a text.
JUDGED = "judged"


class NotApproved(Refused):
    """Deze tekst is nog niet goedgekeurd."""


async def plan(
    session: AsyncSession, now: datetime, settings: Settings, update_text: UpdateText, by: Account
) -> Broadcast:
    """Send it in `undo_seconds`; in the transaction of the last approval. NotApproved where one is missing."""
    if update_text.state != "approved":
        raise NotApproved
    due = now + timedelta(seconds=settings.undo_seconds)
    planned = insert(Broadcast).values(
        id=new_id(),
        update_text_id=update_text.id,
        language=update_text.language,
        due=due,
        state="planned",
        planned_by=by.id,
        created_at=now,
    )
    again = planned.on_conflict_do_update(
        index_elements=["update_text_id"],
        set_={"due": due, "state": "planned", "planned_by": by.id},
        where=Broadcast.state != "done",
    )
    await session.execute(again)
    return (
        await session.scalars(
            select(Broadcast)
            .where(Broadcast.update_text_id == update_text.id)
            .execution_options(populate_existing=True)
        )
    ).one()


async def approve(
    session: AsyncSession, now: datetime, settings: Settings, found: News, account: Account, *, seen: str
) -> updates.Outcome:
    """The first or the second look says yes: nobody is asked for it any more, and the last yes lets it go.

    Raises Refused where this account may not, or looked at other words.
    """
    if found.text.approver_id is None:
        outcome = await updates.approve(session, now, settings, found.text.id, account, seen=seen)
    else:
        outcome = await updates.second_approve(session, now, found.text.id, account, seen=seen)
    await notices.withdraw(session, found.text.id, JUDGED)
    if outcome is updates.Outcome.APPROVED:
        approved = await updates.read(session, found.text.id)
        await plan(session, now, settings, approved.text, account)
    return outcome


async def give_back(
    session: AsyncSession, now: datetime, text_id: UUID, account: Account, reason: str, *, seen: str
) -> None:
    """A look says no, with a reason for the writer: nobody is asked for it any more. Raises Refused as `approve`."""
    await updates.return_(session, now, text_id, account, reason, seen=seen)
    await notices.withdraw(session, text_id, JUDGED)


async def undo(session: AsyncSession, text_id: UUID, account: Account) -> bool:
    """Stop what has not gone out yet; the update is a draft again. False: it is out, or wasn't planned."""
    row = await _of_text(session, text_id)
    found = await news.locked(session, text_id)
    part = {found.update.author_id, found.text.approver_id, found.text.second_approver_id}
    if account.disabled_at or not (account.id in part or may(account, "update.withdraw", language=found.text.language)):
        raise NotAllowed
    if row is None or row.state != "planned":
        return False
    row.state = "withdrawn"
    updates.reopen(found)
    await session.flush()
    return True


async def take_down(session: AsyncSession, text_id: UUID, account: Account) -> int:
    """End an update for good; returns how many notices were still waiting and now stay."""
    row = await _of_text(session, text_id)
    await updates.withdraw(session, text_id, account)
    if row is not None and row.state == "planned":
        row.state = "withdrawn"
    stopped = await notices.withdraw(session, row.update_text_id, "withdrawn") if row is not None else 0
    await session.flush()
    return stopped


async def fan_out(session: AsyncSession, now: datetime, settings: Settings) -> int:
    """Write the notices of every broadcast that is due; returns how many notices. One transaction, then a commit."""
    due = (
        select(Broadcast)
        .where(Broadcast.state == "planned", Broadcast.due <= now)
        .order_by(Broadcast.due)
        .with_for_update(skip_locked=True)
    )
    written = 0
    for row in list(await session.scalars(due)):
        written += await _write(session, now, settings, row)
    if written:
        await ring(session)
    await session.flush()
    return written


async def _write(session: AsyncSession, now: datetime, settings: Settings, row: Broadcast) -> int:
    found = await news.locked(session, row.update_text_id)
    if not await _as_approved(session, found):
        row.state = "withdrawn"
        return 0
    row.state, row.listeners, found.update.state = "done", 0, "sent"
    due = quiet_end(row.due, House.of(settings)) or row.due
    use_by = _end(found, settings)
    if due >= use_by:
        return 0
    row.listeners = await _one_notice_each(session, now, found, due, use_by)
    return row.listeners


async def _as_approved(session: AsyncSession, found: News) -> bool:
    """Whether what stands there now is, word for word, what was approved."""
    text = found.text
    if (found.update.state, text.state) != ("approved", "approved") or news.digest(text.body) != text.source_hash:
        return False
    judged = select(func.count()).where(
        Approval.update_text_id == text.id,
        Approval.account_id == text.approver_id,
        Approval.source_hash == text.source_hash,
        Approval.verdict.in_(("approved", "cosigned")),
    )
    return bool(await session.scalar(judged))


async def _one_notice_each(session: AsyncSession, now: datetime, found: News, due: datetime, use_by: datetime) -> int:
    kind = NOTICES[KIND, ""]
    listening = audience.listeners(found.text.language).subquery()
    columns = {
        "id": func.uuidv7(),
        "person_id": listening.c.id,
        "kind": literal(KIND),
        "step": literal(""),
        "source_kind": literal(SOURCE_KIND),
        "source_id": literal(found.text.id, Notice.source_id.type),
        "source_version": literal(1),
        "doubt": literal(kind.doubt),
        "due": literal(due, Notice.due.type),
        "use_by": literal(use_by, Notice.use_by.type),
        "priority": literal(kind.priority, Notice.priority.type),
        "variables_sealed": null(),
        "state": literal("planned"),
        "again": literal(False),
        "attempts": literal(0, Notice.attempts.type),
        "planned_at": literal(now, Notice.planned_at.type),
    }
    chosen = select(*(column.label(name) for name, column in columns.items())).select_from(listening)
    done = await session.execute(
        insert(Notice).from_select(list(columns), chosen).on_conflict_do_nothing().returning(Notice.id)
    )
    return len(done.all())


def _end(found: News, settings: Settings) -> datetime:
    """Midnight after the last day it is true."""
    midnight = datetime.combine(found.update.ends_on + timedelta(days=1), datetime.min.time())
    return clock.instant(midnight, settings.timezone)


async def _of_text(session: AsyncSession, text_id: UUID) -> Broadcast | None:
    """The broadcast of an update, by either of its texts, locked."""
    found = await news.read(session, text_id)
    query = select(Broadcast).where(Broadcast.update_text_id == found.text.id).with_for_update()
    return (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()
