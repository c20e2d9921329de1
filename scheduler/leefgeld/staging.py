"""Takes a payment file in: read, matched and laid beside what we know; then it waits for a second person."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.settings import Settings
from core.tables.leefgeld import SourceFile
from core.tables.people import Account
from scheduler import imports
from scheduler.imports import desk
from scheduler.imports.reading import Problem, Reading, Refused, Result
from scheduler.imports.transactions import Transaction
from scheduler.leefgeld import books, matching

IMPORT = "leefgeld.import"
#: What is read from a file waits this long for approval (privacy.md), then it must be read again.
KEPT = timedelta(hours=24)

_KNOWN = ("waiting", "approved", "done")


async def stage(
    session: AsyncSession,
    now: datetime,
    settings: Settings,
    content: bytes,
    filename: str = "",
    *,
    by: UUID,
    dry_run: bool = False,
) -> Result:
    """Read a payment file and let it wait for approval; nothing is written where there is a problem.

    The kind shows in the content; the name isn't looked at. A file that changes nothing needs no approval.
    Refused where `by` may not.
    """
    await _importer(session, by)
    await lock(session)
    kind = imports.detect(content)
    if kind is None:
        mend = "Kies pain.001, camt.053, MT940 of het CSV-bestand voor leefgeld."
        return _refused(Problem(line=0, field="", what="Dit soort bestand kennen wij niet.", mend=mend))
    waiting = await _waiting(session, now, content)
    if waiting is not None:
        return _again(waiting)
    reading: Reading[Transaction] = imports.read(kind, content)
    if reading.problems:
        return _refused(*reading.problems)
    if await _message_differs(session, reading):
        what = "Dit bericht (MsgId) lazen wij eerder, met andere bedragen."
        return _refused(Problem(line=1, field="MsgId", what=what, mend="Vraag welk van de twee bestanden klopt."))
    matched = await matching.match(session, reading.rows)
    matched = replace(matched, dropped=matched.dropped + len(reading.dropped))
    judged = await books.judge(session, matched)
    late = books.late_lines(judged, now, settings)
    result = replace(
        judged.result,
        dropped_lines=(*reading.dropped, *matched.dropped_lines),
        late=len(late),
    )
    if result.problems:
        return _refused(*result.problems)
    if dry_run:
        return result
    source = _source(content, kind, reading, result, now, by)
    if source.status == "waiting":
        source.rows = matching.as_json(replace(matched, late=late))
    session.add(source)
    await session.flush()
    return replace(result, import_id=source.id)


async def forget_files(session: AsyncSession, now: datetime) -> int:
    """Let go of what was read from files that waited too long; returns how many. Their record stays."""
    gone = await session.scalars(
        update(SourceFile)
        .where(SourceFile.rows_sealed.is_not(None), SourceFile.imported_at <= now - KEPT)
        .values(rows_sealed=None)
        .returning(SourceFile.id)
    )
    return len(gone.all())


async def lock(session: AsyncSession) -> None:
    """One leefgeld file at a time: two at once could each think a payment new."""
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('pim leefgeld', 0))"))


def is_old(source: SourceFile, now: datetime) -> bool:
    """Whether a file waited too long for its second person."""
    return source.rows_sealed is None or source.imported_at <= now - KEPT


async def _importer(session: AsyncSession, by: UUID | None) -> Account:
    account = await desk.importer(session, by, IMPORT)
    if account is None:
        raise Refused("Een leefgeldbestand heeft een account nodig: een klantmanager leest het in.")
    return account


async def _waiting(session: AsyncSession, now: datetime, content: bytes) -> SourceFile | None:
    """The very same file, still waiting for its second person."""
    query = select(SourceFile).where(SourceFile.sha256 == desk.sha256(content), SourceFile.status == "waiting")
    files = [file for file in await session.scalars(query) if not is_old(file, now)]
    return files[0] if files else None


def _again(source: SourceFile) -> Result:
    counts = source.counts
    return Result(
        import_id=source.id,
        same=counts["new"] + counts["changed"] + counts["same"],
        dropped=counts["dropped"],
    )


async def _message_differs(session: AsyncSession, reading: Reading[Transaction]) -> bool:
    """Whether a file with this message id, not taken back, held other amounts."""
    if reading.message is None:
        return False
    query = select(SourceFile.counts).where(SourceFile.message_hash == reading.message, SourceFile.status.in_(_KNOWN))
    return any(counts.get("digest") != reading.digest for counts in await session.scalars(query))


def _source(
    content: bytes, kind: str, reading: Reading[Transaction], result: Result, now: datetime, by: UUID
) -> SourceFile:
    idle = not (result.new or result.changed or result.costs)
    return SourceFile(
        sha256=desk.sha256(content),
        kind=kind,
        message_hash=reading.message,
        status="done" if idle else "waiting",
        counts={**counts_of(result), "digest": reading.digest},
        imported_by=by,
        imported_at=now,
    )


def counts_of(result: Result) -> dict[str, int]:
    """What stays of a file: how many, never how much."""
    names = ("new", "changed", "same", "dropped", "flagged", "late", "costs")
    return {name: getattr(result, name) for name in names}


def _refused(*problems: Problem) -> Result:
    return Result(import_id=None, problems=problems)
