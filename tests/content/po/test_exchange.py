"""Texts go out to translators and come back: nothing is lost, and what nobody changed stays approved."""

from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.pofile import read_po, write_po
from sqlalchemy.ext.asyncio import AsyncSession
from translate.storage import pypo

from content import pofile, texts
from content.catalogue import Catalogue
from tests.content.community import NOW, make_account
from tests.content.po.translating import (
    CHANGED,
    PUSH,
    UNIT,
    approved,
    brought,
    counts,
    entry,
    exported,
    good,
    later,
    lines,
    newest,
)


async def test_a_file_comes_back_as_it_went(session: AsyncSession, catalogue: Catalogue) -> None:
    await texts.ship(session, NOW, catalogue)
    await approved(session)
    content = await exported(session, catalogue)
    stamp = await texts.stamp(session)

    result = await brought(session, catalogue, content)

    assert counts(result) == (0, 0, 2, 4)
    assert await texts.stamp(session) == stamp


async def test_what_waits_goes_out_again_so_that_a_second_change_keeps_the_first(
    session: AsyncSession, catalogue: Catalogue
) -> None:
    await texts.ship(session, NOW, catalogue)
    await approved(session)
    await brought(session, catalogue, good(await exported(session, catalogue), CHANGED))
    content = await exported(session, catalogue)
    sms = f"{UNIT}/sms"

    assert (entry(content).said, entry(content).fuzzy) == ((CHANGED,), True)
    assert "#. Wacht op een andere spreker." in lines(content, PUSH)
    assert not entry(content, sms).fuzzy, "this one was approved as it is"
    assert (await brought(session, catalogue, content)).changed == 0

    shorter = "PIM Welkom። ጽባሕ፣ {day} {time}።"
    assert (await brought(session, catalogue, good(content, shorter, sms))).changed == 1
    row = await newest(session)
    assert (row.body["push"], row.body["sms"]) == ([CHANGED], [shorter])


async def test_the_same_file_a_second_time_writes_nothing(session: AsyncSession, catalogue: Catalogue) -> None:
    content = good(await exported(session, catalogue), CHANGED)
    first = await brought(session, catalogue, content)
    second = await brought(session, catalogue, content)

    assert (first.changed, second.changed, second.same) == (1, 0, 2)


async def test_after_other_dutch_only_that_sentence_is_work(
    session: AsyncSession, catalogue: Catalogue, tmp_path: Path
) -> None:
    await texts.ship(session, NOW, catalogue)
    await approved(session)
    today = await later(session, tmp_path)
    content = await exported(session, today)

    assert (await brought(session, today, content)).new == 0
    assert (await brought(session, today, good(content, CHANGED))).new == 1
    assert (await newest(session)).source_hash == today.source_hash(UNIT)


async def test_a_returned_text_is_not_asked_again_by_a_round_trip(session: AsyncSession, catalogue: Catalogue) -> None:
    await texts.ship(session, NOW, catalogue)
    row = await newest(session)
    await texts.return_(session, NOW, row.id, await make_account(session), "Te moeilijk")
    content = await exported(session, catalogue)

    assert entry(content).fuzzy
    assert (await brought(session, catalogue, content)).same == 2
    assert (await newest(session)).state == "returned"


def through_babel(path: Path) -> None:
    """Babel's own writer, wrapped as Poedit and gettext's tools wrap."""
    with path.open("rb") as file:
        read = read_po(file)
    with path.open("wb") as file:
        write_po(file, read, width=76)


def through_toolkit(path: Path) -> None:
    """The library with which Weblate reads and writes."""
    store = pypo.pofile.parsefile(str(path))  # type: ignore[no-untyped-call]
    store.updateheader(x_generator="Weblate 5.13")
    store.save()


@pytest.mark.parametrize("tool", [through_babel, through_toolkit])
async def test_other_tools_change_nothing(
    session: AsyncSession, catalogue: Catalogue, tmp_path: Path, tool: Callable[[Path], None]
) -> None:
    await texts.ship(session, NOW, catalogue)
    await approved(session)
    path = tmp_path / "ti.po"
    path.write_text(await exported(session, catalogue), encoding="utf-8")
    before = pofile.parse(path.read_bytes())

    tool(path)

    after = pofile.parse(path.read_bytes())
    assert [(one.context, one.source, one.said, one.fuzzy) for one in after.entries] == [
        (one.context, one.source, one.said, one.fuzzy) for one in before.entries
    ]
    assert counts(await brought(session, catalogue, path.read_text(encoding="utf-8"))) == (0, 0, 2, 4)
