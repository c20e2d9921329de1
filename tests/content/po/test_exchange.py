"""Texts go out to translators and come back: nothing is lost, and what nobody changed stays approved."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.pofile import read_po, write_po
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from translate.storage import pypo

from content import pofile, texts
from content.approvals import Refused
from content.catalogue import Catalogue, notes, po_file
from content.po import exchange
from content.po.exchange import Result
from content.pofile import Entry
from core.tables.people import Account
from core.tables.texts import Text
from tests.content.community import NOW, make_account
from tests.content.words import ARABIC, DUTCH, TIGRINYA, small_catalogue

UNIT = "appointment.day"
PUSH = "appointment.day/push"
CHANGED = "ጽባሕ ቆጸራ ኣለኩም፦ {day}፣ ሰዓት {time}። ንዑ።"


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return small_catalogue(tmp_path / "first")


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


async def test_a_file_comes_back_as_it_went(session: AsyncSession, catalogue: Catalogue) -> None:
    await texts.ship(session, NOW, catalogue)
    await approved(session)
    content = await exported(session, catalogue)
    stamp = await texts.stamp(session)

    result = await brought(session, catalogue, content)

    assert counts(result) == (0, 0, 2, 4)
    assert await texts.stamp(session) == stamp


async def test_a_changed_unit_waits_for_another_speaker_and_the_rest_stays_approved(
    session: AsyncSession, catalogue: Catalogue
) -> None:
    await texts.ship(session, NOW, catalogue)
    await approved(session)
    author = await make_account(session, "vertaler")

    result = await brought(session, catalogue, good(await exported(session, catalogue), CHANGED), author)

    row = await newest(session)
    assert counts(result) == (0, 1, 1, 4)
    assert (row.state, row.origin, row.author_id) == ("submitted", "import", author.id)
    assert row.body["push"] == [CHANGED]
    assert row.body["sms"] == [TIGRINYA[1][2]]
    said = await texts.in_force(session, catalogue)
    assert said.forms("ti", UNIT, "push") == (TIGRINYA[0][2],), "until another approves, the old words are said"
    assert said.has("ti", "buttons")
    with pytest.raises(Refused):
        await texts.approve(session, NOW, row.id, author)
    await texts.approve(session, NOW, row.id, await make_account(session))
    assert (await texts.in_force(session, catalogue)).forms("ti", UNIT, "push") == (CHANGED,)


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


async def test_the_same_file_a_second_time_writes_nothing(session: AsyncSession, catalogue: Catalogue) -> None:
    content = good(await exported(session, catalogue), CHANGED)
    first = await brought(session, catalogue, content)
    second = await brought(session, catalogue, content)

    assert (first.changed, second.changed, second.same) == (1, 0, 2)


async def test_a_dry_run_says_it_and_writes_nothing(session: AsyncSession, catalogue: Catalogue) -> None:
    content = good(await exported(session, catalogue), CHANGED)
    stamp = await texts.stamp(session)

    assert (await brought(session, catalogue, content, dry_run=True)).changed == 1
    assert await texts.stamp(session) == stamp


async def test_a_new_unit(session: AsyncSession, catalogue: Catalogue) -> None:
    content = good(await exported(session, catalogue), "እንቋዕ ናብ PIM Welkom መጻእኩም።", "welcome/first")

    assert (await brought(session, catalogue, content)).new == 1
    assert (await newest(session, "welcome")).body == {"first": ["እንቋዕ ናብ PIM Welkom መጻእኩም።"]}


async def test_what_a_translator_still_doubts_is_left(session: AsyncSession, catalogue: Catalogue) -> None:
    content = edited(await exported(session, catalogue), PUSH, "{day} {time}", fuzzy=True)

    result = await brought(session, catalogue, content)

    assert counts(result) == (0, 0, 1, 5)
    assert [(why.line, why.what) for why in result.left if why.field == PUSH] == [
        (entry(content).line, "Deze zin is nog onzeker.")
    ]
    assert {why.what for why in result.left if why.field != PUSH} == {"Deze zin is nog leeg."}


async def test_a_file_without_one_of_the_sentences_leaves_that_unit(
    session: AsyncSession, catalogue: Catalogue
) -> None:
    content = good(await exported(session, catalogue), CHANGED)
    blocks = [block for block in content.split("\n\n") if f'msgctxt "{UNIT}/sms"' not in block]

    result = await brought(session, catalogue, "\n\n".join(blocks))

    assert (result.changed, result.problems) == (0, ())
    assert [why.what for why in result.left if why.field == UNIT] == ["Er ontbreekt een zin van deze groep."]


async def test_one_bad_sentence_and_nothing_is_written(session: AsyncSession, catalogue: Catalogue) -> None:
    content = good(await exported(session, catalogue), "ጽባሕ ቆጸራ ኣለኩም።", PUSH)
    content = good(content, "እንቋዕ ናብ PIM Welkom መጻእኩም።", "welcome/first")
    stamp = await texts.stamp(session)

    result = await brought(session, catalogue, content)

    assert await texts.stamp(session) == stamp
    (problem,) = result.problems
    assert content.split("\n")[problem.line - 1].startswith("msgid")
    assert (problem.field, problem.what) == (PUSH, "{day}, {time} ontbreekt.")
    assert problem.mend == "Zet {day}, {time} erin, letter voor letter."


async def later(session: AsyncSession, tmp_path: Path) -> Catalogue:
    """A release in which the Dutch of one sentence of an approved unit is other."""
    dutch = (("appointment.day/push", "Morgen is uw afspraak: {day}, {time} uur.", ""), *DUTCH[1:])
    catalogue = small_catalogue(tmp_path / "later", nl=dutch)
    await texts.ship(session, NOW, catalogue)
    return catalogue


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


async def test_a_file_of_before_the_dutch_changed_is_taken_but_for_that_sentence(
    session: AsyncSession, catalogue: Catalogue, tmp_path: Path
) -> None:
    content = good(await exported(session, catalogue), CHANGED)
    content = good(content, "እንቋዕ ናብ PIM Welkom መጻእኩም።", "welcome/first")
    today = await later(session, tmp_path)

    result = await brought(session, today, content)

    assert result.problems == ()
    assert (result.new, result.changed) == (1, 0)
    assert (await newest(session)).state == "concept"


async def test_a_returned_text_is_not_asked_again_by_a_round_trip(session: AsyncSession, catalogue: Catalogue) -> None:
    await texts.ship(session, NOW, catalogue)
    row = await newest(session)
    await texts.return_(session, NOW, row.id, await make_account(session), "Te moeilijk")
    content = await exported(session, catalogue)

    assert entry(content).fuzzy
    assert (await brought(session, catalogue, content)).same == 2
    assert (await newest(session)).state == "returned"


@pytest.mark.parametrize(
    ("role", "languages", "allowed"),
    [
        ("rolmodel", ["ti"], True),
        ("rolmodel", ["ar"], False),
        ("vertaler", [], True),
        ("regisseur", [], True),
        ("klantmanager", ["ti"], True),
        ("klantmanager", [], False),
        ("beheerder", ["ti"], False),
        ("partner", ["ti"], False),
    ],
)
async def test_who_may_bring_texts(
    session: AsyncSession, catalogue: Catalogue, role: str, languages: list[str], allowed: bool
) -> None:
    content = good(await exported(session, catalogue), CHANGED)
    author = await make_account(session, role, languages)

    if allowed:
        assert (await brought(session, catalogue, content, author)).changed == 1
        return
    with pytest.raises(Refused, match="Tigrinya"):
        await brought(session, catalogue, content, author)


async def test_a_closed_account_brings_nothing(session: AsyncSession, catalogue: Catalogue) -> None:
    content = await exported(session, catalogue)
    author = await make_account(session)
    author.disabled_at = NOW

    with pytest.raises(Refused):
        await brought(session, catalogue, content, author)


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
