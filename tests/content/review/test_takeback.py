from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from content import texts
from content.approvals import AlreadyJudged, Changed, NotAllowed, NotFound
from content.catalogue import Catalogue
from content.review import takeback
from core.ids import new_id
from core.tables.people import Account
from core.tables.texts import Text
from tests.content.community import NOW, make_account, make_listener
from tests.content.words import TIGRINYA, small_catalogue

UNIT = "appointment.day"
UNDO = timedelta(minutes=2)
SECOND = timedelta(seconds=1)


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return small_catalogue(tmp_path)


async def concept(session: AsyncSession, catalogue: Catalogue) -> Text:
    await texts.ship(session, NOW, catalogue)
    return (await session.scalars(select(Text).where(Text.unit == UNIT, Text.language == "ti"))).one()


async def better(session: AsyncSession, catalogue: Catalogue, author: Account, mark: str = "!") -> Text:
    body = {name: (f"{forms[0]}{mark}",) for name, forms in (catalogue.body("ti", UNIT) or {}).items()}
    return await texts.submit(session, NOW, catalogue, unit=UNIT, language="ti", body=body, author=author)


async def says(session: AsyncSession, catalogue: Catalogue, at: timedelta) -> str | None:
    """What is said for a push so long after NOW."""
    said = await texts.in_force(session, catalogue, before=NOW + at - UNDO)
    return said.forms("ti", UNIT, "push")[0] if said.has("ti", UNIT) else None


async def test_an_approval_holds_once_it_cannot_be_undone(session: AsyncSession, catalogue: Catalogue) -> None:
    row = await concept(session, catalogue)
    await texts.approve(session, NOW, row.id, await make_account(session))

    assert await says(session, catalogue, UNDO - SECOND) is None
    assert await says(session, catalogue, UNDO) == TIGRINYA[0][2]


async def test_the_moment_an_approval_begins_to_hold_is_noticed(session: AsyncSession, catalogue: Catalogue) -> None:
    row = await concept(session, catalogue)
    await texts.approve(session, NOW, row.id, await make_account(session))

    early = await texts.stamp(session, before=NOW - SECOND)
    assert await texts.stamp(session, before=NOW) != early
    assert await texts.next_in_force(session, NOW - SECOND) == NOW
    assert await texts.next_in_force(session, NOW) is None


async def test_until_then_the_version_before_is_said(session: AsyncSession, catalogue: Catalogue) -> None:
    row = await concept(session, catalogue)
    await texts.approve(session, NOW - UNDO, row.id, await make_account(session))
    newer = await better(session, catalogue, await make_account(session))
    await texts.approve(session, NOW, newer.id, await make_account(session))

    assert await says(session, catalogue, UNDO - SECOND) == TIGRINYA[0][2]
    assert await says(session, catalogue, UNDO) == f"{TIGRINYA[0][2]}!"


async def test_who_approved_can_undo_within_the_time(session: AsyncSession, catalogue: Catalogue) -> None:
    row, judge = await concept(session, catalogue), await make_account(session)
    await texts.approve(session, NOW, row.id, judge)
    before = await texts.stamp(session)

    assert await takeback.can_undo(session, NOW + UNDO, row.id, judge, UNDO)
    assert await takeback.undo(session, NOW + UNDO, row.id, judge, UNDO)

    assert await says(session, catalogue, 2 * UNDO) is None
    assert [found.id for found in await texts.waiting(session, catalogue, judge)] == [row.id]
    assert await texts.stamp(session) != before
    assert not await takeback.undo(session, NOW + UNDO, row.id, judge, UNDO)


async def test_undone_and_approved_again(session: AsyncSession, catalogue: Catalogue) -> None:
    row, judge = await concept(session, catalogue), await make_account(session)
    await texts.approve(session, NOW, row.id, judge)
    await takeback.undo(session, NOW + SECOND, row.id, judge, UNDO)
    await texts.approve(session, NOW + 2 * SECOND, row.id, await make_account(session))

    assert await says(session, catalogue, UNDO + SECOND) is None
    assert await says(session, catalogue, UNDO + 2 * SECOND) is not None


async def test_too_late_or_somebody_elses(session: AsyncSession, catalogue: Catalogue) -> None:
    row, judge = await concept(session, catalogue), await make_account(session)
    assert not await takeback.undo(session, NOW, row.id, judge, UNDO)
    await texts.approve(session, NOW, row.id, judge)

    with pytest.raises(NotAllowed):
        await takeback.undo(session, NOW, row.id, await make_account(session), UNDO)
    assert not await takeback.can_undo(session, NOW + UNDO + SECOND, row.id, judge, UNDO)
    assert not await takeback.undo(session, NOW + UNDO + SECOND, row.id, judge, UNDO)
    assert await says(session, catalogue, UNDO) is not None
    with pytest.raises(NotFound):
        await takeback.undo(session, NOW, new_id(), judge, UNDO)


async def test_a_return_can_be_undone_too(session: AsyncSession, catalogue: Catalogue) -> None:
    judge = await make_account(session)
    await concept(session, catalogue)
    row = await better(session, catalogue, await make_account(session))
    await texts.return_(session, NOW, row.id, judge, "too_difficult")
    assert await texts.waiting(session, catalogue, judge) == []

    assert await takeback.undo(session, NOW + SECOND, row.id, judge, UNDO)
    assert [found.state for found in await texts.waiting(session, catalogue, judge)] == ["submitted"]


async def test_an_own_wording_is_withdrawn_and_the_one_before_waits_again(
    session: AsyncSession, catalogue: Catalogue
) -> None:
    row, author = await concept(session, catalogue), await make_account(session)
    written = await better(session, catalogue, author)
    assert await texts.waiting(session, catalogue, author) == []

    with pytest.raises(NotAllowed):
        await takeback.withdraw(session, NOW, written.id, await make_account(session), UNDO)
    assert await takeback.can_undo(session, NOW, written.id, author, UNDO)
    assert await takeback.withdraw(session, NOW + UNDO, written.id, author, UNDO)
    assert [found.id for found in await texts.waiting(session, catalogue, author)] == [row.id]


async def test_a_wording_that_somebody_judged_stays(session: AsyncSession, catalogue: Catalogue) -> None:
    await concept(session, catalogue)
    author = await make_account(session, person_id=(await make_listener(session)).id)
    written = await better(session, catalogue, author)
    assert not await takeback.withdraw(session, NOW + UNDO + SECOND, written.id, author, UNDO)
    await texts.approve(session, NOW, written.id, await make_account(session))
    assert not await takeback.withdraw(session, NOW, written.id, author, UNDO)
    assert await says(session, catalogue, UNDO) is not None


async def test_an_older_version_is_not_approved_under_a_newer_one(session: AsyncSession, catalogue: Catalogue) -> None:
    row, judge = await concept(session, catalogue), await make_account(session)
    await better(session, catalogue, await make_account(session))

    with pytest.raises(Changed):
        await texts.approve(session, NOW, row.id, judge)
    assert row.state == "concept"


async def test_nobody_approves_what_was_judged(session: AsyncSession, catalogue: Catalogue) -> None:
    row = await concept(session, catalogue)
    await texts.return_(session, NOW, row.id, await make_account(session), "wrong_word")
    with pytest.raises(AlreadyJudged):
        await texts.approve(session, NOW, row.id, await make_account(session))
