"""What comes back: what changed waits for another speaker, what is doubtful is left, one bad sentence stops it all."""

from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from content import texts
from content.approvals import Refused
from content.catalogue import Catalogue
from tests.content.community import NOW, make_account
from tests.content.po.translating import (
    CHANGED,
    PUSH,
    UNIT,
    approved,
    brought,
    counts,
    edited,
    entry,
    exported,
    good,
    later,
    newest,
)
from tests.content.words import TIGRINYA


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
