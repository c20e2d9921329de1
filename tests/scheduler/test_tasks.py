from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core.ids import new_id
from core.tables.people import Person
from core.tables.work import Task
from scheduler import tasks
from scheduler.tasks import Kind
from tests.scheduler import world
from tests.scheduler.world import HOUSE, NOW, at

ABOUT = new_id()


async def opened(session: AsyncSession, of: Person, now: datetime = NOW, **values: Any) -> Task:
    given = {"kind": "call_me", "reason": "asked", "source_kind": "appointment", "source_id": ABOUT, "call": True}
    return await tasks.open_task(session, now, HOUSE, person_id=of.id, **{**given, **values})


def test_every_kind_has_words_for_staff() -> None:
    assert all(kind.words for kind in Kind)


DUE = [
    ("call_me", None, "2026-12-21 11:00", "2026-12-22 17:00"),
    ("call_me", "morning", "2026-12-21 11:00", "2026-12-22 12:00"),
    ("call_me", "afternoon", "2026-12-24 11:00", "2026-12-28 17:00"),
    ("call_me", "morning", "2027-03-26 11:00", "2027-03-30 12:00"),
    ("not_received", None, "2026-12-18 18:00", "2026-12-21 17:00"),
    ("no_food", None, "2026-12-21 11:00", "2026-12-21 17:00"),
    ("no_food", None, "2026-12-21 19:00", "2026-12-21 19:00"),
    ("danger", None, "2026-12-21 11:00", "2026-12-21 11:00"),
]


@pytest.mark.parametrize(("kind", "moment", "now", "due"), DUE)
async def test_by_when(session: AsyncSession, kind: str, moment: str | None, now: str, due: str) -> None:
    task = await opened(session, await world.person(session), at(now), kind=kind, moment=moment)
    assert (task.due, task.moment) == (at(due), moment)


async def test_asking_again_is_the_same_task(session: AsyncSession) -> None:
    someone = await world.person(session)
    first = await opened(session, someone)
    again = await opened(session, someone, moment="morning", due=at("2026-12-22 12:00"))
    assert again is first
    assert (first.moment, first.due) == ("morning", at("2026-12-22 12:00"))


@pytest.mark.parametrize("other", [{"kind": "question"}, {"source_id": new_id()}, {"source_id": None}])
async def test_another_thing_is_another_task(session: AsyncSession, other: dict[str, Any]) -> None:
    someone = await world.person(session)
    assert await opened(session, someone) is not await opened(session, someone, **other)


async def test_after_closing_it_can_be_asked_anew(session: AsyncSession) -> None:
    karin, someone = await world.staff(session), await world.person(session)
    first = await opened(session, someone)
    assert await tasks.close(session, NOW, first.id, karin.id, "gebeld") is first
    assert await tasks.close(session, NOW, first.id, None, "anders") is None
    assert (first.closed_by, first.closed_how) == (karin.id, "gebeld")
    assert await opened(session, someone) is not first


async def test_an_unknown_kind_is_a_mistake(session: AsyncSession) -> None:
    someone = await world.person(session)
    with pytest.raises(ValueError, match="coffee"):
        await opened(session, someone, kind="coffee")


async def test_who_sees_which_calls(session: AsyncSession) -> None:
    karin, omar = await world.staff(session), await world.staff(session, email="omar@voorbeeld.nl")
    buddy = await world.staff(session, "begeleider", "buddy@voorbeeld.nl")
    boss = await world.staff(session, "regisseur", "regisseur@voorbeeld.nl")
    admin = await world.staff(session, "beheerder", "beheer@voorbeeld.nl")
    hers = await opened(session, await world.person(session, klantmanager_id=karin.id, begeleider_id=buddy.id))
    his = await opened(session, await world.person(session, klantmanager_id=omar.id), moment="morning")
    nobodys = await opened(session, await world.person(session), kind="not_reached")
    await opened(session, await world.person(session, klantmanager_id=karin.id), kind="decline", call=False)
    seen = {account: await tasks.call_list(session, NOW, account) for account in (karin, omar, buddy, boss, admin)}
    assert seen == {
        karin: [nobodys, hers],
        omar: [nobodys, his],
        buddy: [hers],
        boss: [nobodys, his, hers],
        admin: [],
    }
    assert [task.kind for task in await tasks.open_tasks(session, karin)] == ["not_reached", "call_me", "decline"]


async def test_a_stand_in_sees_it_too(session: AsyncSession) -> None:
    karin, omar = await world.staff(session), await world.staff(session, email="omar@voorbeeld.nl")
    task = await opened(session, await world.person(session, klantmanager_id=karin.id))
    task.stand_in_id = omar.id
    assert await tasks.call_list(session, NOW, omar) == [task]


async def test_who_speaks_dutch_needs_no_tolk(session: AsyncSession) -> None:
    task = await opened(session, await world.person(session, languages=["nl"]))
    assert (task.language, task.tolk) == ("nl", False)
