from pathlib import Path

import pytest
from sqlalchemy import make_url

from core import pgprograms
from core.pgprograms import ProgramError

SECRET = "geheim-van-de-database"


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGPASSFILE", "PGDATABASE", "PGSSLMODE"):
        monkeypatch.delenv(name, raising=False)


def seen(url: str, *, encrypted: bool = False) -> dict[str, str]:
    environment = pgprograms.of(make_url(url), encrypted=encrypted).environment
    return {name: value for name, value in environment.items() if name.startswith("PG")}


ALWAYS = {"PGAPPNAME": "pim backup", "PGCONNECT_TIMEOUT": "15"}


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        (
            f"postgresql://pim:{SECRET}@db.voorbeeld:5433/welkom",
            {"PGHOST": "db.voorbeeld", "PGPORT": "5433", "PGUSER": "pim", "PGPASSWORD": SECRET, "PGDATABASE": "welkom"},
        ),
        (
            "postgresql://pim:a%40b%2F%3A@db/w",
            {"PGHOST": "db", "PGUSER": "pim", "PGPASSWORD": "a@b/:", "PGDATABASE": "w"},
        ),
        (
            "postgresql://pim@/w?host=/var/run/a map&port=5432",
            {"PGHOST": "/var/run/a map", "PGPORT": "5432", "PGUSER": "pim", "PGDATABASE": "w"},
        ),
        ("postgresql:///w?host=een:1&host=twee:2", {"PGHOST": "een,twee", "PGPORT": "1,2", "PGDATABASE": "w"}),
        ("postgresql://[::1]/w", {"PGHOST": "::1", "PGDATABASE": "w"}),
        ("postgresql://", {}),
    ],
    ids=["whole", "signs", "socket", "hosts", "ipv6", "silent"],
)
def test_an_address_becomes_an_environment(url: str, parts: dict[str, str]) -> None:
    assert seen(url) == {**ALWAYS, **parts}


def test_where_the_address_is_silent_the_environment_counts_as_for_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", SECRET)
    monkeypatch.setenv("PGHOST", "elders")
    monkeypatch.setenv("PGOPTIONS", "-c search_path=vreemd")
    assert seen("postgresql://db/w") == {**ALWAYS, "PGHOST": "db", "PGDATABASE": "w", "PGPASSWORD": SECRET}


def test_a_command_line_says_nothing_of_it() -> None:
    programs = pgprograms.of(make_url(f"postgresql://pim:{SECRET}@db.voorbeeld/welkom"), encrypted=False)
    assert programs.command("pg_dump", "--format=custom")[1:] == ["--format=custom"]
    assert Path(programs.command("psql")[0]).exists()


def test_an_encrypted_connection_asks_for_programs_that_can(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    url = make_url("postgresql://pim@db/w?ssl=verify-full")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProgramError, match="apt install postgresql-client-18"):
        pgprograms.of(url, encrypted=True)
    (tmp_path / "pg_dump").touch(mode=0o755)
    programs = pgprograms.of(url, encrypted=True)
    assert programs.folder == tmp_path
    assert programs.environment["PGSSLMODE"] == "verify-full"
    assert "PGSSLMODE" not in pgprograms.of(url, encrypted=False).environment
