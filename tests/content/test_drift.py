from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from content import drift, texts
from content.approvals import AlreadyJudged, NotAllowed, NotFound, Refused, Unfit
from content.catalogue import Catalogue
from content.drift import State, Version
from content.review import minoredits
from core.tables.texts import MinorEdit, Text
from tests.content.community import NOW, make_account
from tests.content.words import DUTCH, TIGRINYA, Entry, small_catalogue

UNIT = "appointment.day"
PUSH = "Morgen heeft u een afspraak: {day}, {time} uur."


def dutch(push: str) -> tuple[Entry, ...]:
    return (("appointment.day/push", push, push), *DUTCH[1:])


@pytest.fixture
def first(tmp_path: Path) -> Catalogue:
    return small_catalogue(tmp_path / "first")


def later(folder: Path, push: str) -> Catalogue:
    """A release with another sentence, and no translation of it."""
    return small_catalogue(folder, nl=dutch(push), ti=TIGRINYA)


async def approved(session: AsyncSession, catalogue: Catalogue) -> Text:
    await texts.ship(session, NOW, catalogue)
    row = (await session.scalars(select(Text).where(Text.unit == UNIT, Text.language == "ti"))).one()
    return await texts.approve(session, NOW, row.id, await make_account(session))


def version(number: int, dutch_hash: str, state: str) -> Version:
    return Version(number=number, source_hash=dutch_hash, state=state)


@pytest.mark.parametrize(
    ("versions", "state"),
    [
        ((), State.MISSING),
        (("today concept",), State.WAITING),
        (("today submitted",), State.WAITING),
        (("today approved",), State.CURRENT),
        (("today returned",), State.RETURNED),
        (("old approved",), State.OUTDATED),
        (("old concept",), State.MISSING),
        (("old approved", "today concept"), State.WAITING),
        (("today approved", "today submitted"), State.CURRENT),
        (("today returned", "today submitted"), State.WAITING),
        (("today submitted", "today returned"), State.RETURNED),
        (("today approved", "old approved"), State.CURRENT),
        (("same approved",), State.CURRENT),
    ],
)
def test_how_a_text_stands_to_todays_dutch(versions: tuple[str, ...], state: State) -> None:
    rows = [version(number, *said.split()) for number, said in enumerate(versions, start=1)]
    assert drift.derived(reversed(rows), {"today", "same"}) is state


async def test_from_missing_to_current_to_outdated(session: AsyncSession, first: Catalogue, tmp_path: Path) -> None:
    assert (await drift.states(session, first, ["ti"]))["ti", UNIT] is State.MISSING
    await texts.ship(session, NOW, first)
    assert (await drift.states(session, first, ["ti"]))["ti", UNIT] is State.WAITING
    await approved(session, first)
    assert (await drift.states(session, first, ["nl", "ti"]))["ti", UNIT] is State.CURRENT

    changed = later(tmp_path / "later", "Morgen is uw afspraak: {day}, {time} uur.")
    await texts.ship(session, NOW, changed)
    found = await drift.states(session, changed, ["nl", "ti"])
    assert (found["ti", UNIT], found["nl", UNIT]) == (State.OUTDATED, State.CURRENT)


async def test_a_minor_edit_keeps_the_approval_and_wakes_every_process(
    session: AsyncSession, first: Catalogue, tmp_path: Path
) -> None:
    await approved(session, first)
    changed = later(tmp_path / "later", "Morgen heeft u weer een afspraak: {day}, {time} uur.")
    await texts.ship(session, NOW, changed)
    before = await texts.stamp(session)
    assert not (await texts.in_force(session, changed)).has("ti", UNIT)

    regisseur = await make_account(session, "regisseur", ["nl"])
    await minoredits.declare(session, NOW, changed, unit=UNIT, old_hash=first.source_hash(UNIT), account=regisseur)

    assert (await texts.in_force(session, changed)).forms("ti", UNIT, "push") == (TIGRINYA[0][2],)
    assert await texts.stamp(session) != before
    assert (await drift.states(session, changed, ["ti"]))["ti", UNIT] is State.CURRENT
    assert await texts.waiting(session, changed, await make_account(session)) == []


async def test_a_chain_of_minor_edits_counts_and_a_gap_in_it_does_not(
    session: AsyncSession, first: Catalogue, tmp_path: Path
) -> None:
    await approved(session, first)
    second = later(tmp_path / "second", "Morgen heeft u weer een afspraak: {day}, {time} uur.")
    third = later(tmp_path / "third", "Morgen heeft u opnieuw een afspraak: {day}, {time} uur.")
    for release in (second, third):
        await texts.ship(session, NOW, release)
    regisseur = await make_account(session, "regisseur", ["nl"])

    await minoredits.declare(session, NOW, third, unit=UNIT, old_hash=second.source_hash(UNIT), account=regisseur)
    assert not (await texts.in_force(session, third)).has("ti", UNIT)
    await minoredits.declare(session, NOW, second, unit=UNIT, old_hash=first.source_hash(UNIT), account=regisseur)
    assert (await texts.in_force(session, third)).has("ti", UNIT)


async def test_a_circle_of_minor_edits_ends(session: AsyncSession) -> None:
    account = await make_account(session, "regisseur", ["nl"])
    for old, new in (("a", "b"), ("b", "c"), ("c", "a"), ("x", "y")):
        session.add(MinorEdit(unit=UNIT, old_hash=old, new_hash=new, account_id=account.id, at=NOW))
    await session.flush()
    assert await drift.accepted(session, {UNIT: "a", "other": "b"}) == {UNIT: {"a", "b", "c"}, "other": {"b"}}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Kom om 10:00 uur.", "Kom om 10:30 uur."),
        ("Bel 112.", "Bel."),
        ("Het kost € 75,00.", "Het kost 75,00."),
        ("Neem twee foto's mee.", "Neem foto's mee."),
        ("U krijgt 10 euro.", "U krijgt 10 cent."),
        ("Kom dinsdag.", "Kom woensdag."),
        ("Kom morgen.", "Kom vandaag."),
        ("Bel vóór 17:00 uur.", "Bel na 17:00 uur."),
        ("Wacht een week.", "Wacht een maand."),
        ("U hoeft niet te komen.", "U hoeft te komen."),
        ("U hoeft te komen.", "U hoeft niet te komen."),
        ("Wij vragen nooit om geld.", "Wij vragen niet om geld."),
        ("Kom nog niet.", "Kom niet."),
        ("Er is geen geld.", "Er is geen enkele reden."),
        ("Het gaat niet door.", "Het gaat NIET door."),
        ("Niet komen. Wel bellen.", "Wel komen. Niet bellen."),
        ("Dag {name}.", "Dag."),
        ("Van {day} tot {old_day}.", "Van {old_day} tot {day}."),
        ("Eén zin.", ""),
        ("Sms 1 = ja.", "Sms 1 = nee."),
    ],
)
def test_what_is_no_minor_edit(old: str, new: str) -> None:
    assert list(minoredits.risks({"push": (old,)}, {"push": (new,)}))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Morgen heeft u een afspraak.", "Morgen heeft u een gesprek."),
        ("Niet komen? Bel ons.", "Komt u niet? Bel ons."),
        ("U hoeft niet te komen.", "U hoeft niet te komen. Dank u."),
        ("Om {time} uur, {day}.", "Om {time} uur: {day}."),
        ("Bel 14 0413.", "Bel ons: 14 0413."),
    ],
)
def test_what_may_be_a_minor_edit(old: str, new: str) -> None:
    assert list(minoredits.risks({"push": (old,)}, {"push": (new,)})) == []


def test_a_sentence_more_or_less_is_no_minor_edit() -> None:
    assert list(minoredits.risks({"a": ("Ja.",)}, {"a": ("Ja.",), "b": ("Goed.",)}))
    assert list(minoredits.risks({"a": ("Ja.", "Goed.")}, {"a": ("Ja.",)}))


async def test_a_minor_edit_is_refused_in_words(session: AsyncSession, first: Catalogue, tmp_path: Path) -> None:
    await texts.ship(session, NOW, first)
    changed = later(tmp_path / "later", "Overmorgen heeft u geen afspraak: {day}, {time} uur.")
    await texts.ship(session, NOW, changed)
    regisseur, old = await make_account(session, "regisseur", ["nl"]), first.source_hash(UNIT)

    with pytest.raises(Unfit, match=r"geen kleine wijziging. In “Overmorgen .*” is een woord over tijd anders"):
        await minoredits.declare(session, NOW, changed, unit=UNIT, old_hash=old, account=regisseur)
    with pytest.raises(NotFound):
        await minoredits.declare(session, NOW, changed, unit=UNIT, old_hash="0" * 64, account=regisseur)
    with pytest.raises(AlreadyJudged):
        await minoredits.declare(
            session, NOW, changed, unit=UNIT, old_hash=changed.source_hash(UNIT), account=regisseur
        )
    assert (await session.scalars(select(MinorEdit))).all() == []


@pytest.mark.parametrize("role", ["rolmodel", "vertaler", "klantmanager", "beheerder", "partner"])
async def test_who_may_not_declare_a_minor_edit(session: AsyncSession, first: Catalogue, role: str) -> None:
    await texts.ship(session, NOW, first)
    with pytest.raises(NotAllowed) as refused:
        await minoredits.declare(
            session,
            NOW,
            first,
            unit=UNIT,
            old_hash=first.source_hash(UNIT),
            account=await make_account(session, role, ["ti"]),
        )
    assert isinstance(refused.value, Refused)


async def test_the_earlier_dutch_is_the_last_that_no_longer_counts(
    session: AsyncSession, first: Catalogue, tmp_path: Path
) -> None:
    await texts.ship(session, NOW, first)
    assert await minoredits.earlier(session, first, UNIT) is None
    changed = later(tmp_path / "later", "Morgen heeft u weer een afspraak: {day}, {time} uur.")
    await texts.ship(session, NOW + timedelta(days=1), changed)
    found = await minoredits.earlier(session, changed, UNIT)
    assert found is not None
    assert found.body["push"] == [PUSH]
