"""What is written as a whole stays whole: an audience and an import, killed in the middle."""

from pathlib import Path

from sqlalchemy import Executable, func, select, text

from core.tables.base import Base
from core.tables.leefgeld import SourceFile
from core.tables.notices import Notice
from core.tables.people import Address, NameToken, Person
from core.tables.texts import Broadcast
from tests.faults import broadcast
from tests.faults.conftest import Size, sizes
from tests.faults.house import House
from tests.faults.processes import Process, until

HEAD = (
    "klantnummer;voornaam;telefoon;kanaal;taal;luisteren;gedeelde_telefoon;doelgroep;leerroute;"
    "klantmanager;begeleider;hhbnummer;bijstand_vanaf;toestemming_sms;iban"
)

_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


async def killed_while_it_waits(house: House, process: Process, hindrance: Executable) -> None:
    """Hold up a step by a lock and kill it there: what went before that step is written, and not committed."""

    async def waiting() -> bool:
        assert process.alive, process.said
        return bool(await house.scalar(_WAITING))

    async with house.database.begin() as session:
        await session.execute(hindrance)
        await until(waiting, 60, "it waits for the lock")
        process.kill()


async def count(house: House, row: type[Base]) -> int:
    return int(await house.scalar(select(func.count()).select_from(row)))


@sizes(Size(messages=500, kills=2), Size(messages=20_000, kills=5))
async def test_an_audience_is_written_exactly_once(house: House, size: Size) -> None:
    persons = await house.people(size.messages)
    await broadcast.listen(house, persons)
    made, _ = await broadcast.approved(house)
    for kill in range(size.kills):
        somebody = persons[size.messages * kill // size.kills]
        # Every new row asks whether its person is there: one who is locked holds up the last step.
        locked = select(Person.id).where(Person.id == somebody).with_for_update()
        await killed_while_it_waits(house, house.pim("run", "--only", "timers"), locked)
        assert await count(house, Notice) == 0

    await house.start("timers")

    async def written() -> bool:
        return bool(await house.scalar(select(Broadcast.state)) == "done")

    await until(written, 60, "the audience is written")
    heard = select(Notice.person_id).where(Notice.source_id == made.text.id)
    async with house.database.begin() as session:
        assert sorted(await session.scalars(heard)) == sorted(persons)
        assert await session.scalar(select(Broadcast.listeners)) == size.messages


@sizes(Size(messages=250, kills=1), Size(messages=5000, kills=1))
async def test_an_import_is_all_or_nothing(house: House, tmp_path: Path, size: Size) -> None:
    lines = [
        f"V-{n};Voorbeeld;06{10_000_000 + n};telegram;nl;nee;nee;nieuwkomer;b1;;;;;;" for n in range(size.messages)
    ]
    file = tmp_path / "people.csv"
    file.write_text("\n".join([HEAD, *lines]))
    for _ in range(size.kills):
        # The record of the file comes last.
        locked = text("LOCK TABLE source_file IN SHARE MODE")
        await killed_while_it_waits(house, house.pim("import", "people", str(file)), locked)
        assert [await count(house, row) for row in (Person, Address, NameToken, SourceFile)] == [0, 0, 0, 0]

    again = house.pim("import", "people", str(file))

    assert await again.ended(120) == 0, again.said
    assert [await count(house, row) for row in (Person, Address, SourceFile)] == [size.messages, size.messages, 1]
