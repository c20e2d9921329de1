"""One total deadline, whose error it is, and what else goes its way."""

import asyncio

import pytest

from messaging.channel import SendError
from messaging.wire import Deadline


class TestDeadline:
    async def test_within_it_nothing_happens(self) -> None:
        async with Deadline(0.01):
            pass
        await asyncio.sleep(0.03)

    async def test_past_it_the_inner_one_counts(self) -> None:
        async with Deadline(5):
            with pytest.raises(SendError):
                async with Deadline(0.01):
                    await asyncio.sleep(5)
        await asyncio.sleep(0)

    async def test_past_it_the_outer_one_counts(self) -> None:
        inner_ended = False

        async def nested() -> None:
            nonlocal inner_ended
            async with Deadline(0.01):
                async with Deadline(5):
                    await asyncio.sleep(5)
                inner_ended = True

        with pytest.raises(SendError):
            await nested()
        assert not inner_ended

    async def test_a_cancellation_from_outside_stays_one(self) -> None:
        async def long() -> None:
            async with Deadline(0.02):
                await asyncio.sleep(5)

        async def cancelled_meanwhile() -> None:
            task = asyncio.current_task()
            assert task is not None
            async with Deadline(0.01):
                try:
                    await asyncio.sleep(5)
                finally:
                    task.cancel()

        early = asyncio.ensure_future(long())
        await asyncio.sleep(0)
        early.cancel()

        for call in (early, asyncio.ensure_future(cancelled_meanwhile())):
            with pytest.raises(asyncio.CancelledError):
                await call

    async def test_another_error_goes_its_way(self) -> None:
        async def broken() -> None:
            async with Deadline(0.01):
                try:
                    await asyncio.sleep(5)
                finally:
                    raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await broken()
        task = asyncio.current_task()
        assert task is not None
        assert task.cancelling() == 0
