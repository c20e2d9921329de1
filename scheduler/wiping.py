"""What was said and what came in: the words go after 7 days, of senders nobody knows after a day (privacy.md).

That it was said stays: to whom, when, on which channel, and how it ended. What still waits, is on its way or may be
said once more is never touched. Each batch is a transaction of its own that waits for no row, so the queue goes on
beside it; what a run doesn't reach, or breaks off at, is found by the next.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, any_, bindparam, exists, func, literal_column, null, select, update
from sqlalchemy import text as sql
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.dml import ReturningUpdate

from core.clock import Clock
from core.database import Database
from core.tables.chats import IS_ENDED, IS_HANDLED, Inbox, Reply
from core.tables.notices import IS_OVER, LAST_SAID, WAS_SAID, Delivery, Notice
from core.tables.people import Address, PersonAddress
from scheduler.errands import Errand

log = structlog.get_logger(__name__)

#: Real time between two runs.
EVERY = timedelta(minutes=10)

#: What was said, and what people whom we know wrote.
KEPT = timedelta(days=7)

#: What others wrote.
UNKNOWN_KEPT = timedelta(hours=24)

#: Rows of one transaction, and transactions of one table in one run.
BATCH, MOST = 1000, 100

_Moment = InstrumentedAttribute[datetime] | ColumnElement[datetime]
_Wipe = ReturningUpdate[Any]

_before = bindparam("a_before", type_=Delivery.handed_at.type)

#: Nobody who has this address said that it is hers.
_unknown = Inbox.sender_hash.is_not(None) & ~exists().where(
    Address.handle_hash == Inbox.sender_hash,
    PersonAddress.address_id == Address.id,
    PersonAddress.verified_at.is_not(None),
)


def _wipe(
    row: type[Delivery] | type[Notice] | type[Reply] | type[Inbox],
    words: str,
    moment: _Moment,
    which: str,
    *more: ColumnElement[bool],
) -> _Wipe:
    """Empties one column of the oldest rows that their index holds; a row that somebody has in hand waits."""
    due = select(row.id).where(moment <= _before, sql(which), *more).order_by(moment).limit(literal_column(str(BATCH)))
    found = func.array(due.with_for_update(skip_locked=True).correlate(None).scalar_subquery())
    emptied = update(row).where(row.id == any_(found)).values({words: null()}).returning(row.id)
    return emptied.execution_options(synchronize_session=False)


#: What is wiped -> the statement that does it, and how old it is by then.
STATEMENTS: Mapping[str, tuple[_Wipe, timedelta]] = {
    "deliveries": (_wipe(Delivery, "text_sealed", Delivery.handed_at, WAS_SAID), KEPT),
    "notices": (
        _wipe(
            *(Notice, "variables_sealed", literal_column(LAST_SAID, Notice.due.type), IS_OVER),
            func.coalesce(Notice.sent_at, Notice.due) <= _before,
        ),
        KEPT,
    ),
    "replies": (_wipe(Reply, "message_sealed", Reply.created_at, IS_ENDED, Reply.due <= _before), KEPT),
    "received": (_wipe(Inbox, "payload_sealed", Inbox.received_at, IS_HANDLED), KEPT),
    "unknown": (_wipe(Inbox, "payload_sealed", Inbox.received_at, IS_HANDLED, _unknown), UNKNOWN_KEPT),
}


async def wipe(database: Database, clock: Clock) -> int:
    """Wipe the words that are due, in many small transactions; returns how many rows lost theirs, which is logged."""
    counts = {what: await _all(database, *one, clock.now()) for what, one in STATEMENTS.items()}
    if sum(counts.values()):
        log.info("words_wiped", **counts)
    return sum(counts.values())


async def _all(database: Database, statement: _Wipe, kept: timedelta, now: datetime) -> int:
    gone = 0
    for _ in range(MOST):
        async with database.begin() as session:
            done = len((await session.scalars(statement, {"a_before": now - kept})).all())
        gone += done
        if done < BATCH:
            break
    return gone


ERRAND = Errand(name="wipe_words", every=EVERY, run=wipe)
