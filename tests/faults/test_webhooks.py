"""What strangers post: nothing hangs, nothing grows, nothing is a 5xx, and who is real is still heard."""

import asyncio
import gzip
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from core.tables.chats import Inbox
from messaging import flood
from tests.fakes.telegram import text_update
from tests.fakes.twilio import TOKEN as TWILIO_TOKEN
from tests.fakes.twilio import message_fields, sign, status_fields
from tests.faults.conftest import Size, sizes
from tests.faults.door import FORM, HEADER, MESSAGES, PUBLIC, STATUS, TELEGRAM, Doors, doors
from tests.faults.house import House
from tests.faults.processes import until
from tests.faults.provider import Provider

#: Seconds after which an answer hangs; a busy machine may take half a second more.
HANGS = 2.5

#: MB that a process may grow by whatever is posted.
GROWTH = 50.0

TELEGRAMS, TWILIOS = dict(HEADER), {"X-Twilio-Signature": "x", "Content-Type": FORM}

BOMB = gzip.compress(bytes(200_000_000))

PACKED = {"Content-Encoding": "gzip"}


async def slowly(pieces: int, pause: float) -> AsyncIterator[bytes]:
    """A body that comes a little at a time."""
    for _ in range(pieces):
        yield b"a"
        await asyncio.sleep(pause)


@dataclass(frozen=True, kw_only=True)
class Attack:
    """One thing a stranger posts, and what may be answered; 0: the line is cut while the rest still comes."""

    body: Any
    answers: set[int]
    headers: Mapping[str, str] = field(default_factory=dict)


ATTACKS = {
    "10 MB": Attack(body=bytes(10_000_000), answers={413, 0}),
    "10 MB of brackets": Attack(body=b"[" * 10_000_000, answers={413, 0}),
    "nested a megabyte deep": Attack(body=b'{"a":' * 190_000, answers={400, 403}),
    "a gzip bomb": Attack(body=BOMB, answers={400, 413, 0}, headers=PACKED),
    "a bomb in a bomb": Attack(body=gzip.compress(BOMB), answers={400, 403}, headers=PACKED),
    "not gzip at all": Attack(body=b"x" * 1000, answers={400, 403}, headers=PACKED),
    "100,000 parameters": Attack(body=b"a=1&" * 100_000, answers={400, 403}),
    "a parameter of a megabyte": Attack(body=b"a=" + b"x" * 999_000, answers={400, 403}),
    "a number of a megabyte": Attack(body=b'{"update_id":' + b"9" * 900_000 + b"}", answers={400, 403}),
    "odd letters": Attack(body=b"\xff\xfe\x00", answers={400, 403}),
    "nothing": Attack(body=b"", answers={400, 403}),
}


async def count(house: House) -> int:
    return int(await house.scalar(select(func.count()).select_from(Inbox)))


async def quick(opened: Doors, path: str, headers: Mapping[str, str], body: Any) -> int:
    """The status of an answer that came in time."""
    begun = time.monotonic()
    status = await opened.post(path, headers, body)
    assert time.monotonic() - begun < HANGS, f"{path} hangs"
    return status


async def test_whatever_is_posted_costs_little(house: House) -> None:
    async with doors(house) as opened:
        assert await opened.update(text_update(1, 600_001, "Hallo")) == 200
        before = opened.megabytes
        for name, attack in ATTACKS.items():
            for path, headers in ((TELEGRAM, TELEGRAMS), (MESSAGES, TWILIOS), (STATUS, TWILIOS)):
                status = await quick(opened, path, {**headers, **attack.headers}, attack.body)
                assert status in attack.answers, (name, path, status)
        assert opened.megabytes - before < GROWTH
        assert await opened.update(text_update(2, 600_002, "Hallo")) == 200
        assert await count(house) == 2


async def test_bombs_of_strangers_at_once_hold_nobody_up(house: House) -> None:
    """Nobody signed them: they must cost no more than their 200 kB."""
    async with doors(house) as opened:
        assert await opened.update(text_update(1, 600_001, "Hallo")) == 200
        before = opened.megabytes
        for _ in range(2):
            bombs = [opened.post(MESSAGES, {**TWILIOS, **PACKED}, BOMB) for _ in range(20)]
            assert set(await asyncio.gather(*bombs)) <= {400, 403, 413, 0}
            begun = time.monotonic()
            assert await opened.update(text_update(2, 600_002, "Hallo")) == 200
            assert time.monotonic() - begun < HANGS
        assert opened.megabytes - before < GROWTH


async def test_slow_senders_hold_nobody_up(house: House) -> None:
    async with doors(house) as opened:
        before = opened.megabytes
        slow = [
            asyncio.create_task(quick(opened, path, headers, slowly(100, 0.2)))
            for path, headers in ((TELEGRAM, TELEGRAMS), (MESSAGES, TWILIOS))
            for _ in range(25)
        ]
        await asyncio.sleep(0.5)
        waits = []
        for number in range(20):
            begun = time.monotonic()
            assert await opened.update(text_update(100 + number, 600_100 + number, "Hallo")) == 200
            waits.append(time.monotonic() - begun)
        assert sorted(waits)[-2] < 1
        assert max(waits) < HANGS
        assert set(await asyncio.gather(*slow)) <= {400, 0}
        assert opened.megabytes - before < GROWTH
        assert opened.process.alive


async def test_forged_names_of_ours_change_nothing(house: House) -> None:
    """The address that is signed is PIM_PUBLIC_URL, whatever a header says."""
    fields, evil = message_fields("SM1", "+31612345678", "Hallo"), "http://evil.example"
    forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"}
    async with doors(house) as opened:
        wrong = {**forged, "X-Twilio-Signature": sign(TWILIO_TOKEN, evil + MESSAGES, fields)}
        assert await opened.post(MESSAGES, wrong, fields) == 403
        empty = {**forged, "X-Twilio-Signature": sign("", PUBLIC + MESSAGES, fields)}
        assert await opened.post(MESSAGES, empty, fields) == 403
        assert await opened.form(MESSAGES, fields, **forged) == 200
        assert await count(house) == 1


async def test_again_and_out_of_order_and_odd_numbers(house: House, provider: Provider) -> None:
    """Everybody is answered once, in the order of arrival per chat."""
    numbers = [2**63, 7, 2**40, 1, 0, -5, 3, 10**30]
    async with doors(house, "bot", "worker", "timers") as opened:
        posts = [number for number in numbers for _ in range(5)]
        random.Random(7).shuffle(posts)
        told = [await opened.update(text_update(n, 610_000 + numbers.index(n), "Hallo")) for n in posts]
        assert set(told) == {200}
        for _ in range(5):
            assert await opened.form(STATUS, status_fields("SM404", "delivered", "+31612345678")) == 200

        async def everybody() -> bool:
            return await count(house) == len(numbers) + 1 and await house.settled()

        await until(everybody, 30, "all were answered")
        got = await provider.got()
        assert got == Counter(str(610_000 + place) for place in range(len(numbers)))
        assert await house.scalar(select(func.count()).where(Inbox.failed.is_not(None))) == 0


@sizes(Size(messages=120, kills=0), Size(messages=1000, kills=0))
async def test_a_thousand_of_one_person_in_a_minute(house: House, provider: Provider, size: Size) -> None:
    """All are stored, few are answered, and somebody else is heard all the same."""
    async with doors(house, "bot", "worker", "timers") as opened:
        for begin in range(0, size.messages, 20):
            sent = [opened.update(text_update(1000 + n, 620_000, f"{n}")) for n in range(begin, begin + 20)]
            assert set(await asyncio.gather(*sent)) == {200}
        assert await opened.update(text_update(5000, 620_001, "Hallo")) == 200

        await until(house.settled, 30 + size.messages / 10, "everything was handled", every=0.2)

        got = await provider.got()
        assert got["620001"] == 1
        assert got["620000"] <= 2 * (flood.MOST + 1)  # a busy machine may need two minutes
        assert await count(house) == size.messages + 1
