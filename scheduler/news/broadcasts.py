"""An approved update becomes one notice per listener, exactly once, after the time to take it back."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from content import updates
from content.approvals import NotAllowed, Refused, Unfit
from content.updates import audience, judging, news, versions
from content.updates.news import News
from core import clock
from core.database import ring
from core.ids import new_id
from core.permissions import may
from core.settings import Settings
from core.tables.people import Account
from core.tables.texts import Broadcast, Update, UpdateText
from scheduler.news import recall
from scheduler.queue import mailing, notices
from scheduler.rules import House, quiet_end

#: States in which something happens at `due`.
DUE = ("planned", "telling")

#: Why a rolmodel isn't asked any more to look at a text.
JUDGED = "judged"


class NotApproved(Refused):
    """Deze tekst is nog niet goedgekeurd."""


async def plan(
    session: AsyncSession, now: datetime, settings: Settings, update_text: UpdateText, by: Account
) -> Broadcast:
    """Send it in `undo_seconds`, or when its update says; in the transaction of the last approval.

    NotApproved where one is missing.
    """
    if update_text.state != "approved":
        raise NotApproved
    update = await session.get_one(Update, update_text.update_id)
    due = max(now + timedelta(seconds=settings.undo_seconds), update.send_at or now)
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
        where=Broadcast.state.in_(("planned", "withdrawn")),
    )
    await session.execute(again)
    row = await of_text(session, update_text.id)
    assert row is not None
    return row


async def approve(
    session: AsyncSession, now: datetime, settings: Settings, found: News, account: Account, *, seen: str
) -> updates.Outcome:
    """The first or the second look says yes: nobody is asked for it any more, and the last yes lets it go.

    Raises Refused where this account may not, looked at other words, or nobody could hear it any more.
    """
    if is_over(found, now, settings):
        raise Unfit("Dit nieuws is voorbij: niemand hoort het meer.")
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
    session: AsyncSession,
    now: datetime,
    text_id: UUID,
    account: Account,
    reason: str,
    *,
    seen: str,
    voice_id: UUID | None = None,
) -> None:
    """A look says no, with a reason for the writer, perhaps spoken (`voice_id`): nobody is asked for it any more.

    Raises Refused as `approve`.
    """
    await updates.return_(session, now, text_id, account, reason, seen=seen, voice_id=voice_id)
    await notices.withdraw(session, text_id, JUDGED)


async def keep_here(session: AsyncSession, now: datetime, text_id: UUID, account: Account, within: timedelta) -> bool:
    """Take back that it was sent back, and that its writer is told. False: too late. Raises Refused."""
    undone = await updates.unreturn(session, now, text_id, account, within)
    if undone:
        await notices.withdraw(session, text_id, JUDGED)
    return undone


async def take_back(session: AsyncSession, text_id: UUID, account: Account) -> bool:
    """Its author wants to look again: nobody is asked for it any more. False: somebody judged it. Raises Refused."""
    found = await updates.take_back(session, text_id, account)
    if found:
        await notices.withdraw(session, text_id, JUDGED)
    return found


async def undo(session: AsyncSession, text_id: UUID, account: Account) -> bool:
    """Stop what has not gone out yet. False: it is out, or wasn't planned.

    Who wrote it, and staff, have a draft again; for another speaker it waits again, so that it isn't lost.
    """
    found = await news.locked(session, text_id)
    row = await of_text(session, found.text.id, lock=True)
    part = {found.update.author_id, found.text.author_id, found.text.approver_id, found.text.second_approver_id}
    if account.disabled_at or not (account.id in part or may(account, "update.withdraw", language=found.text.language)):
        raise NotAllowed
    if row is None or row.state != "planned":
        return False
    row.state = "withdrawn"
    looked = account.role == "rolmodel" and account.id not in (found.update.author_id, found.text.author_id)
    await updates.reopen(session, found.text.id, waits=looked)
    return True


async def take_down(session: AsyncSession, text_id: UUID, account: Account) -> int:
    """End an update for good, in every language; returns how many notices were still waiting and now stay."""
    ids = [row.id for row in (await updates.withdraw(session, text_id, account)).texts]
    query = select(Broadcast).where(Broadcast.update_text_id.in_(ids)).order_by(Broadcast.due, Broadcast.id)
    for row in list(await session.scalars(query.with_for_update().execution_options(populate_existing=True))):
        row.state = "withdrawn" if row.state in DUE else row.state
    stopped = await notices.withdraw_all(session, ids, "withdrawn")
    await session.flush()
    return stopped


async def fan_out(session: AsyncSession, now: datetime, settings: Settings) -> int:
    """Write the notices of every broadcast that is due; returns how many notices. One transaction, then a commit."""
    written = 0
    for row in await _due(session, now):
        if row.state not in DUE:
            continue  # one before it in this run corrected it: whoever got it hears what is right
        write = recall.tell if row.state == "telling" else _write
        written += await write(session, now, settings, row)
    if written:
        await ring(session)
    await session.flush()
    return written


async def _due(session: AsyncSession, now: datetime) -> list[Broadcast]:
    """What is due, held; nothing of an update that somebody has in hand: the next run goes on.

    An update is held before its broadcasts, here as everywhere: who holds one never waits for who holds the other.
    """
    due = (Broadcast.state.in_(DUE), Broadcast.due <= now)
    versions_due = select(UpdateText.update_id).join(Broadcast, Broadcast.update_text_id == UpdateText.id).where(*due)
    free = select(Update.id).where(Update.id.in_(versions_due)).order_by(Update.id).with_for_update(skip_locked=True)
    held = list(await session.scalars(free))
    if not held:
        return []
    rows = select(Broadcast).join(UpdateText, UpdateText.id == Broadcast.update_text_id)
    rows = rows.where(UpdateText.update_id.in_(held), *due).order_by(Broadcast.due, Broadcast.id)
    rows = rows.with_for_update(of=Broadcast).execution_options(populate_existing=True)
    return list(await session.scalars(rows))


async def _write(session: AsyncSession, now: datetime, settings: Settings, row: Broadcast) -> int:
    story = await news.whole(session, row.update_text_id, lock=True)
    found = story.by_id(row.update_text_id)
    if not await judging.as_approved(session, found):
        row.state = "withdrawn"
        if found.text.state == "approved" and await judging.lost_trust(session, found):
            await updates.reopen(session, found.text.id, waits=True)
        return 0
    row.state, row.listeners, found.text.state = "done", 0, "sent"
    versions.settle(story)
    await session.flush()
    due = quiet_end(row.due, House.of(settings)) or row.due
    if found.corrects:
        row.listeners = await recall.correct(session, now, story, found, due)
        return row.listeners
    use_by = _end(found, settings)
    if due >= use_by:
        return 0
    people = audience.listeners(now, found.circle)
    row.listeners = await mailing.add(session, now, found.text.id, people, due=due, use_by=use_by)
    return row.listeners


def is_over(found: News, now: datetime, settings: Settings) -> bool:
    """Whether its last day passed."""
    return now >= _end(found, settings)


def _end(found: News, settings: Settings) -> datetime:
    """Midnight after the last day it is true."""
    midnight = datetime.combine(found.update.ends_on + timedelta(days=1), datetime.min.time())
    return clock.instant(midnight, settings.timezone)


async def of_text(session: AsyncSession, text_id: UUID, *, lock: bool = False) -> Broadcast | None:
    """The broadcast of a version; `lock`: nobody sends or stops it meanwhile, and the caller holds its update."""
    query = select(Broadcast).where(Broadcast.update_text_id == text_id)
    found = await session.scalars(
        (query.with_for_update() if lock else query).execution_options(populate_existing=True)
    )
    return found.one_or_none()
