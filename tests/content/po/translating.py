"""Texts go out to a translator, who writes a sentence, and come back."""

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from content import pofile, texts
from content.catalogue import Catalogue
from content.po import exchange
from content.po.exchange import Result
from content.pofile import Entry
from core.tables.people import Account
from core.tables.texts import Text
from tests.content.community import NOW, make_account
from tests.content.words import DUTCH, small_catalogue

UNIT = "appointment.day"
PUSH = "appointment.day/push"
CHANGED = "ጽባሕ ቆጸራ ኣለኩም፦ {day}፣ ሰዓት {time}። ንዑ።"


async def exported(session: AsyncSession, catalogue: Catalogue, language: str = "ti") -> str:
    await texts.ship(session, NOW, catalogue)
    return await exchange.export(session, NOW, catalogue, language, {})


async def brought(
    session: AsyncSession, catalogue: Catalogue, content: str, author: Account | None = None, *, dry_run: bool = False
) -> Result:
    author = author or await make_account(session, "vertaler")
    return await exchange.bring(session, NOW, catalogue, "ti", content.encode(), author=author, dry_run=dry_run)


def counts(result: Result) -> tuple[int, int, int, int]:
    """New, changed, same and unfinished; there are no problems."""
    assert result.problems == ()
    return result.new, result.changed, result.same, result.unfinished


async def newest(session: AsyncSession, unit: str = UNIT, language: str = "ti") -> Text:
    query = select(Text).where(Text.unit == unit, Text.language == language).order_by(Text.version.desc())
    return (await session.scalars(query)).first() or pytest.fail("there is no such text")


async def approved(session: AsyncSession, unit: str = UNIT) -> Text:
    row = await newest(session, unit)
    return await texts.approve(session, NOW, row.id, await make_account(session))


def entry(content: str, key: str = PUSH) -> Entry:
    return next(entry for entry in pofile.parse(content.encode()).entries if entry.context == key)


def good(content: str, said: str, key: str = PUSH) -> str:
    """The file after a translator wrote a sentence: other words, and no longer fuzzy."""
    return edited(content, key, said)


def edited(content: str, key: str, said: str, *, fuzzy: bool = False) -> str:
    blocks = content.split("\n\n")
    for at, block in enumerate(blocks):
        if f'msgctxt "{key}"' in block:
            lines = [line for line in block.split("\n") if not line.startswith(("msgstr", "#|"))]
            if not fuzzy:
                lines = [line.replace("fuzzy, ", "") for line in lines if line != "#, fuzzy"]
            blocks[at] = "\n".join([*lines, f'msgstr "{said}"'])
    return "\n\n".join(blocks)


def lines(content: str, key: str) -> list[str]:
    return next(block for block in content.split("\n\n") if f'msgctxt "{key}"' in block).split("\n")


async def later(session: AsyncSession, tmp_path: Path) -> Catalogue:
    """A release in which the Dutch of one sentence of an approved unit is other."""
    dutch = (("appointment.day/push", "Morgen is uw afspraak: {day}, {time} uur.", ""), *DUTCH[1:])
    catalogue = small_catalogue(tmp_path / "later", nl=dutch)
    await texts.ship(session, NOW, catalogue)
    return catalogue
