import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, select, text, update

from bot import backlog
from bot.backlog import NotOurs
from core import addresses
from core.database import Database
from core.ids import new_id
from core.tables.chats import Chat
from core.tables.chats import Inbox as Row
from core.values import Handle
from tests.bot.paper_desk import Desk
from tests.faults.processes import until
from tests.scheduler.world import NOW

BUSY = "4000"


@pytest.fixture
async def desk(fresh_database: Database) -> AsyncIterator[Desk]:
    made = Desk(fresh_database)
    yield made
    await made.close()


def by_chat(read: list[str]) -> dict[str, list[int]]:
    """What was read of each chat, in order; the tests write `chat number`."""
    found: dict[str, list[int]] = defaultdict(list)
    for text_ in read:
        chat, _, number = text_.partition(" ")
        found[chat].append(int(number))
    return found


async def ended(desk: Desk) -> int:
    """How many updates are handled."""
    return len(await desk.rows()) - await desk.inbox.waiting()


async def until_ended(desk: Desk, count: int) -> None:
    async def so_many() -> bool:
        return await ended(desk) >= count

    await until(so_many, 20, f"{count} are handled")


async def test_three_processes_keep_the_order_of_each_chat(desk: Desk) -> None:
    for number in range(12):
        for chat in ("a", "b", "c", "d"):
            await desk.typed(f"{chat} {number}", chat)
    await asyncio.gather(desk.inbox.drain(), desk.another().drain(), desk.another().drain())
    assert by_chat(desk.channel.read) == {chat: list(range(12)) for chat in "abcd"}
    assert await desk.ends() == [(None, 1)] * 48


async def test_a_chat_that_hangs_holds_back_nobody_else(desk: Desk) -> None:
    await desk.typed(f"{BUSY} 0", BUSY)
    await desk.inbox.drain()
    async with desk.database.begin() as session:
        # Its row stands for whatever may take long: the conversation waits for it.
        address = await addresses.ensure(session, NOW, "telegram", Handle(BUSY))
        await session.execute(select(Chat).where(Chat.address_id == address.id).with_for_update())
        for number in range(1, 4):
            await desk.typed(f"{BUSY} {number}", BUSY)
        for number in range(30):
            await desk.typed(f"other {number}", "other")
            await desk.store({"nothing": number})
        both = asyncio.gather(desk.inbox.drain(), desk.another().drain())
        await until_ended(desk, 61)
        assert by_chat(desk.channel.read) == {BUSY: [0, 1], "other": list(range(30))}
    await both
    assert by_chat(desk.channel.read)[BUSY] == [0, 1, 2, 3]
    assert await desk.ends() == [(None, 1)] * 64


async def test_after_one_that_was_set_aside_its_chat_goes_on_in_order(desk: Desk) -> None:
    await desk.typed("a 1", "a")
    await desk.store({"handle": "a", "breaks": True})
    for number in (2, 3):
        await desk.typed(f"a {number}", "a")
    await desk.inbox.drain()
    assert desk.channel.read == ["a 1", "breaks", "breaks", "breaks", "a 2", "a 3"]


async def test_what_was_stored_before_there_were_chats_keeps_its_order(desk: Desk) -> None:
    for number in range(6):
        await desk.typed(f"a {number}", f"sender {number}")
    async with desk.database.begin() as session:
        await session.execute(update(Row).values(chat=0))
    await asyncio.gather(desk.inbox.drain(), desk.another().drain())
    assert by_chat(desk.channel.read) == {"a": list(range(6))}


async def test_receipts_have_no_chat_and_never_share_one(desk: Desk) -> None:
    for number in range(5):
        await desk.store({"receipt": number})
    chats = [row.chat for row in await desk.rows()]
    assert len(set(chats)) == 5
    assert all(chat < 0 for chat in chats)


async def test_one_that_was_ended_elsewhere_is_not_ended_again(desk: Desk) -> None:
    await desk.typed("a 1")
    (row,) = await desk.rows()
    async with desk.database.begin() as session:
        await backlog.finish(session, NOW, row.id, {}, ringing=True)
    with pytest.raises(NotOurs):
        async with desk.database.begin() as session:
            await backlog.finish(session, NOW, row.id, {}, ringing=False)


async def test_a_turn_costs_the_same_among_many(desk: Desk) -> None:
    """A hundred thousand handled, a thousand waiting, of which most of one chat."""
    made = text("""
        INSERT INTO inbox (
            id, chat, channel, provider_id, payload_sealed, received_at, handled_at, attempts, sender_hash)
        SELECT gen_random_uuid(), n % 700, 'telegram', n::text, ''::bytea, now(),
               CASE WHEN n <= 100000 THEN now() END, 0, decode(lpad(to_hex(n % 700), 64, '0'), 'hex')
        FROM generate_series(1, 101000) n
    """)
    async with desk.database.begin() as session:
        await session.execute(made)
        await session.execute(update(Row).where(Row.handled_at.is_(None), Row.chat > 100).values(chat=50))
    async with desk.database.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("VACUUM ANALYZE inbox"))
    async with desk.database.begin() as session:
        before = await scanned(desk)
        for after in range(-1, 40):
            assert await backlog.lock_next(session, after) == after + 1
        assert await backlog.lock_next(session, 49) == 50
        assert await backlog.lock_next(session, 50) is not None
        assert await backlog.heard(session, bytes(31) + b"\x05", NOW) is not None
    assert await scanned(desk) - before == 0


async def scanned(desk: Desk) -> int:
    """Rows of the inbox that were read without an index so far."""
    async with desk.database.begin() as session:
        await session.execute(select(func.pg_stat_force_next_flush()))
    async with desk.database.begin() as session:
        read = text("SELECT seq_tup_read FROM pg_stat_user_tables WHERE relname = 'inbox'")
        return int((await session.execute(read)).scalar_one())


def test_ids_make_keys_of_their_own() -> None:
    assert len({new_id().int & (2**63 - 1) for _ in range(1000)}) == 1000
