"""A message that breaks whoever takes it is set aside after some attempts; the others go on."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select, update

from core.tables.notices import Notice
from tests.faults.house import House
from tests.faults.processes import until
from tests.faults.provider import Provider


@pytest.mark.parametrize(
    "values",
    [
        {"variables_sealed": b"\x01 not what was sealed"},
        {"variables_sealed": None},
        {"step": "of a later release"},
        {"kind": "of a later release", "step": ""},
    ],
    ids=["unreadable", "nothing to say", "unknown step", "unknown kind"],
)
async def test_a_notice_that_breaks(house: House, provider: Provider, values: Mapping[str, Any]) -> None:
    persons = await house.people(40)
    await house.plan(persons, "appointment", "day")
    async with house.database.begin() as session:
        await session.execute(update(Notice).where(Notice.person_id == persons[0]).values(**values))
    process = await house.start("worker", "timers")

    async def others_went() -> bool:
        assert process.alive, process.said
        return await provider.taken() >= 39

    await until(others_went, 30, "the others went")

    async def set_aside() -> bool:
        assert process.alive, process.said
        return await house.states() == {"sent": 39, "failed": 1}

    await until(set_aside, 30, "it is set aside")
    assert set((await provider.got()).values()) == {1}
    assert await house.scalar(select(Notice.reason).where(Notice.state == "failed")) is not None
