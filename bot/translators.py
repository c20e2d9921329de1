"""`pim languages`: a language's texts as a PO file for translators, and what they bring back."""

import argparse
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from content import catalogue, pofile
from content.approvals import Refused
from content.po import exchange
from content.po.exchange import Result
from core.problems import Problem
from core.tables.people import Account

__all__ = ["Refused", "bring", "export", "lines", "plain"]

#: Units that aren't done are named, but a file that is hardly begun would fill the screen.
_MOST_LEFT = 20


async def export(session: AsyncSession, now: datetime, language: str, path: Path) -> str:
    """Write a language's PO file, whole or not at all; a sentence about what is in it."""
    content = await exchange.export(session, now, catalogue.load(), language, catalogue.notes())
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_text(content, encoding="utf-8", newline="\n")
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise Refused(f"{path} can't be written: {error.strerror}.") from None
    entries = pofile.parse(content.encode()).entries
    fuzzy = sum(entry.fuzzy for entry in entries)
    empty = sum(not any(entry.said) for entry in entries)
    return f"{path}: zinnen {len(entries)}, leeg {empty}, onzeker {fuzzy}"


async def bring(session: AsyncSession, now: datetime, asked: argparse.Namespace, by: Account | None) -> Result:
    """Take in the PO file that was asked for, on the account's name."""
    if by is None:
        raise Refused("an import of texts needs an account: add --as EMAIL.")
    content = _bounded(asked.file)
    return await exchange.bring(
        session, now, catalogue.load(), asked.language, content, author=by, dry_run=asked.dry_run
    )


def _bounded(path: Path) -> bytes:
    """The file, and no more of it than shows that it is too large."""
    try:
        with path.open("rb") as file:
            return file.read(pofile.LARGEST_FILE + 1)
    except OSError as error:
        raise Refused(f"{path} can't be read: {error.strerror}.") from None


def plain(result: Result) -> dict[str, Any]:
    """The result as other imports give theirs in JSON."""
    return {"import": None, **asdict(result), "unfinished": result.unfinished}


def lines(result: Result) -> Iterator[str]:
    """The result as other imports print theirs."""
    yield from map(_line, result.problems)
    if result.problems:
        yield "Niets opgeslagen."
        return
    yield f"nieuw {result.new}, gewijzigd {result.changed}, gelijk {result.same}, niet klaar {result.unfinished}"
    yield from map(_line, result.left[:_MOST_LEFT])
    if len(result.left) > _MOST_LEFT:
        yield f"… en nog {len(result.left) - _MOST_LEFT} groepen die niet klaar zijn."
    if result.new or result.changed:
        yield "Nieuwe en gewijzigde teksten wachten op een andere spreker."


def _line(problem: Problem) -> str:
    return f"{problem.line}\t{problem.field}\t{problem.what}\t{problem.mend}"
