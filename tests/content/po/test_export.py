"""What a translator gets: every sentence with today's Dutch, its notes, its limits and what was said before."""

import asyncio
import shutil
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from content import pofile, texts
from content.approvals import Refused
from content.catalogue import Catalogue, notes, po_file
from content.po import exchange
from tests.content.community import NOW, make_account
from tests.content.po.translating import (
    CHANGED,
    PUSH,
    UNIT,
    approved,
    brought,
    entry,
    exported,
    good,
    later,
    lines,
    newest,
)
from tests.content.words import ARABIC, DUTCH, TIGRINYA, small_catalogue


async def test_a_file_has_every_sentence_with_todays_dutch(session: AsyncSession, catalogue: Catalogue) -> None:
    read = pofile.parse((await exported(session, catalogue, "ar")).encode())

    assert read.problems == ()
    assert [entry.context for entry in read.entries] == [key for key, _, _ in DUTCH]
    assert read.header["language"] == "ar"
    assert read.header["plural-forms"].startswith("nplurals=6;")
    said = {entry.context: entry.said for entry in read.entries}
    assert said["appointments/count"] == ARABIC[5][2]
    assert said["money/amount"] == ("",)


async def test_what_nobody_approved_is_fuzzy(session: AsyncSession, catalogue: Catalogue) -> None:
    before = await exported(session, catalogue)
    await approved(session)
    after = await exported(session, catalogue)

    assert entry(before).fuzzy
    assert not entry(after).fuzzy
    assert not entry(before, "buttons/come").fuzzy, "approved by the release"
    assert not entry(before, "welcome/first").fuzzy, "nothing was guessed"


async def test_translators_see_the_notes_and_the_limits(session: AsyncSession, tmp_path: Path) -> None:
    path = po_file("nl", tmp_path)
    catalogue = small_catalogue(tmp_path)
    text = path.read_text(encoding="utf-8").replace(
        'msgctxt "buttons/who"', '#. Keep: the name.\nmsgctxt "buttons/who"'
    )
    path.write_text(text, encoding="utf-8")
    await texts.ship(session, NOW, catalogue)
    content = await exchange.export(session, NOW, catalogue, "ti", notes(tmp_path))

    assert lines(content, "buttons/who")[:2] == ["#. Keep: the name.", "#, python-brace-format, max-length:25"]
    assert lines(content, "buttons/come")[0] == "#, max-length:20"
    assert lines(content, PUSH)[0] == "#, fuzzy, python-brace-format"


async def test_other_dutch_shows_what_went_before(session: AsyncSession, catalogue: Catalogue, tmp_path: Path) -> None:
    await texts.ship(session, NOW, catalogue)
    await approved(session)
    content = await exported(session, await later(session, tmp_path))

    assert lines(content, PUSH) == [
        "#, fuzzy, python-brace-format",
        '#| msgid "Morgen heeft u een afspraak: {day}, {time} uur."',
        f'msgctxt "{PUSH}"',
        'msgid "Morgen is uw afspraak: {day}, {time} uur."',
        f'msgstr "{TIGRINYA[0][2]}"',
    ]
    assert not entry(content, "appointment.day/sms").fuzzy, "its Dutch is the same and it was approved"


async def test_what_came_back_from_judging_makes_way_for_what_is_said(
    session: AsyncSession, catalogue: Catalogue
) -> None:
    await texts.ship(session, NOW, catalogue)
    await approved(session)
    await brought(session, catalogue, good(await exported(session, catalogue), CHANGED))
    row = await newest(session)
    await texts.return_(session, NOW, row.id, await make_account(session), "Te moeilijk")

    content = await exported(session, catalogue)

    assert (entry(content).said, entry(content).fuzzy) == ((TIGRINYA[0][2],), False)


async def test_dutch_is_the_source(session: AsyncSession, catalogue: Catalogue) -> None:
    with pytest.raises(Refused, match="Nederlands is de bron"):
        await exported(session, catalogue, "nl")


@pytest.mark.parametrize("said", ['a "b" \\\\ c\\n{day}{time}', "{day} {time}\t\x07", "{day}\u2028{time}", "ምስ" * 900])
async def test_any_words_of_a_speaker_go_out_whole(session: AsyncSession, catalogue: Catalogue, said: str) -> None:
    body = {"push": (f"{{day}} {{time}} {said}",), "sms": ("{day} {time}",)}
    await texts.ship(session, NOW, catalogue)
    author = await make_account(session)
    # As an earlier release let people write them.
    await texts.add(session, NOW, catalogue, unit=UNIT, language="ti", body=body, author=author, origin="rolmodel")

    content = await exported(session, catalogue)

    assert pofile.parse(content.encode()).problems == ()
    assert entry(content).said == (f"{{day}} {{time}} {said}".replace("\x07", ""),)


@pytest.mark.skipif(shutil.which("msgfmt") is None, reason="GNU gettext isn't installed")
async def test_gettext_reads_what_goes_out(session: AsyncSession, catalogue: Catalogue, tmp_path: Path) -> None:
    await texts.ship(session, NOW, catalogue)
    await approved(session)
    path = tmp_path / "out.po"
    path.write_text(await exported(session, await later(session, tmp_path)), encoding="utf-8")

    check = ("msgfmt", "--check", "-o", "/dev/null", str(path))
    done = await asyncio.create_subprocess_exec(*check, stderr=asyncio.subprocess.PIPE)
    said = await done.communicate()

    assert (done.returncode, said[1]) == (0, b"")
