"""A queue of any length, made by the database itself; its people are rows without a readable name."""

from datetime import datetime

from sqlalchemy import text

from core.database import Database
from tests.bench import ground

#: Ten things wait for each person; so many do at a hundred thousand people, Planned capacity.
EACH = 10

_PERSONS = text("""
    INSERT INTO person (id, name_sealed, daytime_only, languages, sense, dutch_line, habit_clock, hours_course,
                        hours_participation, created_at)
    SELECT uuidv7(), '\\x00', false, '{nl}', 'read', true, false, 0, 0, now()
    FROM generate_series(1, :persons)
""")

_PLANNED = text("""
    INSERT INTO notice (id, person_id, kind, step, source_kind, source_id, source_version, doubt, due, use_by,
                        priority, state, again, attempts, planned_at)
    SELECT uuidv7(), person_id, 'appointment', 'day', 'appointment', uuidv7(), 1, 'once_more', due,
           due + interval '1 year', CASE WHEN random() < 0.1 THEN 3 ELSE 2 END, 'planned', false, 0, now()
    FROM (
        SELECT person.id AS person_id, now() + make_interval(secs => 86400 + 31536000 * random()) AS due
        FROM person, generate_series(1, :each)
        ORDER BY random()
    ) AS someday
""")

_NEXT = text("SELECT due FROM notice WHERE state = 'planned' ORDER BY due OFFSET :many LIMIT 1")

_GONE = text("""
    UPDATE notice SET state = 'sent', sent_at = :now, token = NULL, lease_until = NULL WHERE state = 'claimed'
""")

_MORE = text("""
    INSERT INTO notice (id, person_id, kind, step, source_kind, source_id, source_version, doubt, due, use_by,
                        priority, state, again, attempts, planned_at)
    SELECT uuidv7(), id, 'appointment', 'day', 'appointment', uuidv7(), 1, 'once_more', late.due,
           late.due + interval '1 year', 2, 'planned', false, 0, now()
    FROM (
        SELECT id, CAST(:now AS timestamptz) + make_interval(secs => 31536000 * (0.1 + random())) AS due
        FROM person LIMIT :many
    ) AS late
""")

#: The foreign keys hold by construction; asking for each of a million costs a minute.
_UNCHECKED = text("SET LOCAL session_replication_role = replica")


async def fill(database: Database, length: int) -> None:
    """So many notices, planned between tomorrow and a year from now in no order, among a tenth as many people."""
    async with database.begin() as session:
        await session.execute(_UNCHECKED)
        await session.execute(_PERSONS, {"persons": length // EACH})
        await session.execute(_PLANNED, {"each": EACH})
    await ground.tidy(database)


async def next_due(database: Database, many: int) -> datetime:
    """The moment at which exactly so many of the waiting ones are due."""
    async with database.begin() as session:
        moment: datetime = (await session.execute(_NEXT, {"many": many - 1})).scalar_one()
    return moment


async def gone(database: Database, now: datetime, many: int) -> None:
    """What was claimed has been sent, and as many were planned meanwhile: the queue keeps its length."""
    async with database.begin() as session:
        await session.execute(_GONE, {"now": now})
        await session.execute(_MORE, {"now": now, "many": many})
