"""Which database this is: the same one after a restart, another after a copy or a restore, whoever made it."""

from dataclasses import astuple, dataclass
from typing import Self

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_UNKNOWN = "-"

#: May everybody, unless somebody took the right away; without it the two are unknown.
_MAY_READ = text(
    "SELECT has_function_privilege('pg_control_system()', 'execute')"
    " AND has_function_privilege('pg_current_wal_lsn()', 'execute')"
    " AND has_function_privilege('pg_walfile_name(pg_lsn)', 'execute')"
)
#: The timeline stands in the name of the log being written: a checkpoint may still say the old one.
_SERVER = text(
    "SELECT (SELECT system_identifier::text FROM pg_control_system()), left(pg_walfile_name(pg_current_wal_lsn()), 8)"
)
_INSIDE = text(
    "SELECT (SELECT oid::text FROM pg_database WHERE datname = current_database()), 'heartbeat'::regclass::oid::text"
)


@dataclass(frozen=True, kw_only=True)
class Home:
    """What a database can't take along when it is copied or put back; each part is text, or "-" where it's unknown."""

    cluster: str  #: made once, by initdb
    timeline: str  #: a new one when a server goes back in its own log, or takes over from another
    database: str  #: a new one for each CREATE DATABASE, also from a template
    table: str  #: a new one where pg_restore makes the table

    @classmethod
    def parse(cls, written: str) -> Self:
        """What `str` wrote."""
        cluster, timeline, database, table = written.split("/")
        return cls(cluster=cluster, timeline=timeline, database=database, table=table)

    def __str__(self) -> str:
        return "/".join(astuple(self))

    @property
    def is_whole(self) -> bool:
        """Whether everything is known."""
        return _UNKNOWN not in astuple(self)

    def differs(self, other: "Home") -> bool:
        """Whether some part that both know is not the same."""
        pairs = zip(astuple(self), astuple(other), strict=True)
        return any(mine != its for mine, its in pairs if _UNKNOWN not in (mine, its))


async def of(session: AsyncSession) -> Home:
    """Where this session is."""
    cluster, timeline = _UNKNOWN, _UNKNOWN
    if (await session.execute(_MAY_READ)).scalar_one():
        cluster, timeline = (await session.execute(_SERVER)).one()
    database, table = (await session.execute(_INSIDE)).one()
    return Home(cluster=cluster, timeline=timeline, database=database, table=table)
