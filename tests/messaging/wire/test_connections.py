"""Which connections are kept, used again, and let go."""

import asyncio
import logging
import socket
from typing import Any

import pytest

from messaging import pool
from messaging.channel import SendError, Verdict
from messaging.wire import Answer, Deadline, Wire
from tests.fakes.raw import RawServer, ok
from tests.messaging.wire.calls import YES, failure, lines, post


def _has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


class TestConnections:
    async def test_refused_and_unknown_are_not_reached(self, wire: Wire) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            for place in (f"127.0.0.1:{taken.getsockname()[1]}", "nergens.invalid"):
                with pytest.raises(SendError) as failed:
                    await wire.post(f"http://{place}/x", json_body={})

                assert (failed.value.verdict, failed.value.reason) == (Verdict.PAUSE, "not_reached")
                assert failed.value.retry_after

    @pytest.mark.skipif(not _has_ipv6(), reason="no IPv6 here")
    async def test_the_newer_kind_of_address(self, wire: Wire) -> None:
        async with RawServer(host="::1") as server:
            await post(wire, server)

            assert f"\r\nHost: [::1]:{server.port}\r\n" in server.heard[0].head
            await wire.close()

    async def test_a_name_whose_first_address_is_not_there(
        self, wire: Wire, server: RawServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stream = (socket.SOCK_STREAM, socket.IPPROTO_TCP, "")

        async def looked_up(_: pool.Pool) -> list[Any]:
            return [(socket.AF_INET6, *stream, ("::1", 9, 0, 0)), (socket.AF_INET, *stream, ("127.0.0.1", server.port))]

        monkeypatch.setattr(pool.Pool, "_looked_up", looked_up)

        assert (await wire.get("http://voorbeeld.invalid/")).ok

    async def test_many_at_once_ask_a_name_once(self, server: RawServer, monkeypatch: pytest.MonkeyPatch) -> None:
        asked, real = 0, socket.getaddrinfo

        def counted(*place: Any, **more: Any) -> Any:
            nonlocal asked
            asked += 1
            return real(*place, **more)

        wire = Wire()
        monkeypatch.setattr(socket, "getaddrinfo", counted)
        await asyncio.gather(*(wire.get(f"http://127.0.0.1:{server.port}/") for _ in range(20)))
        await wire.close()

        assert asked <= 1  # uvloop has its own

    async def test_one_that_closed_meanwhile_is_not_used(self, wire: Wire, server: RawServer) -> None:
        await post(wire, server)
        server.hang_up()
        await server.until_open(0)
        await asyncio.sleep(0.02)

        await post(wire, server)

        assert lines(server) == [1, 2]

    async def test_one_that_closes_while_it_is_asked_is_a_doubt_and_nothing_goes_twice(
        self, wire: Wire, server: RawServer
    ) -> None:
        await post(wire, server)
        server.script(b"HTTP/1.1 204 No Content\r\n\r\n")
        server.script(then="close")

        assert (await post(wire, server)).status == 204
        assert (await failure(wire, server)).verdict is Verdict.UNSURE
        assert lines(server) == [1, 1, 1]

    async def test_one_may_say_a_lot_in_its_life(self, wire: Wire, server: RawServer) -> None:
        for _ in range(10):
            server.script(ok(b'{"x":"' + b"x" * 1_000_000 + b'"}'))
            assert (await post(wire, server)).body

        assert set(lines(server)) == {1}

    async def test_one_that_rested_long_is_not_used(
        self, wire: Wire, server: RawServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await post(wire, server)
        monkeypatch.setattr(pool, "IDLE", 0.0)

        await post(wire, server)

        assert lines(server) == [1, 2]
        await server.until_open(1)

    async def test_the_one_used_last_goes_first(self, wire: Wire, server: RawServer) -> None:
        await asyncio.gather(*(post(wire, server) for _ in range(3)))
        await post(wire, server)
        last = server.heard[-1].line

        for _ in range(3):
            await post(wire, server)

        assert lines(server)[-3:] == [last] * 3

    async def test_so_many_at_once_and_the_others_wait_in_line(self, wire: Wire, server: RawServer) -> None:
        server.gate.clear()
        calls = [asyncio.ensure_future(wire.get(f"{server.url}/{n}")) for n in range(9)]
        await server.until_heard(3)
        await asyncio.sleep(0.02)
        assert len(server.heard) == 3
        calls[4].cancel()
        server.gate.set()

        answers = await asyncio.gather(*calls, return_exceptions=True)

        assert isinstance(answers[4], asyncio.CancelledError)
        asked = [heard.head.split()[1] for heard in server.heard]
        assert sorted(asked[:3]) == ["/0", "/1", "/2"]
        assert sorted(asked[3:]) == ["/3", "/5", "/6", "/7", "/8"]
        assert server.most == 3

    async def test_who_is_cut_off_leaves_no_late_answer_and_no_place_taken(self, wire: Wire, server: RawServer) -> None:
        for _ in range(5):
            server.gate.clear()
            server.script(ok(b'{"late": true}'))
            with pytest.raises(SendError, match="unsure: no_answer_in_time"):
                async with Deadline(0.05):
                    await wire.get(server.url)
            server.gate.set()
            await server.until_open(0)

            assert (await post(wire, server)).body == {"ok": True}

        await asyncio.gather(*(post(wire, server) for _ in range(3)))

    async def test_a_turn_that_comes_in_the_moment_of_a_cancellation_goes_on(self, server: RawServer) -> None:
        wire = Wire(connections=1)
        server.gate.clear()

        async def first() -> None:
            await wire.get(server.url)
            second.cancel()  # it has its turn, and didn't wake yet

        calls = [asyncio.ensure_future(call) for call in (first(), wire.get(server.url), wire.get(server.url))]
        second = calls[1]
        await server.until_heard(1)
        server.gate.set()

        async with asyncio.timeout(5):
            _, cancelled, answer = await asyncio.gather(*calls, return_exceptions=True)
            await wire.get(server.url)
        await wire.close()

        assert isinstance(cancelled, asyncio.CancelledError)
        assert isinstance(answer, Answer)
        assert len(server.heard) == 3

    async def test_an_answer_that_had_no_end_when_we_closed(self, wire: Wire, server: RawServer) -> None:
        server.script(b"HTTP/1.1 200 OK\r\n\r\n" + YES)
        call = asyncio.ensure_future(failure(wire, server))
        await server.until_heard(1)
        await asyncio.sleep(0.05)

        await wire.close()

        assert str(await call) == "unsure: no_answer"

    async def test_closing_lets_go_and_a_later_call_opens_anew(self, wire: Wire, server: RawServer) -> None:
        await post(wire, server)
        server.gate.clear()
        calls = [asyncio.ensure_future(failure(wire, server)) for _ in range(5)]
        await server.until_heard(4)

        await wire.close()

        reasons = [(await call).reason for call in calls]
        assert reasons == ["no_answer"] * 3 + ["not_reached"] * 2
        server.gate.set()
        await server.until_open(0)
        assert (await post(wire, server)).ok

    async def test_nothing_of_a_call_is_told(
        self, wire: Wire, server: RawServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        asyncio.get_running_loop().set_debug(True)
        server.script(b"HTTP/1.1 x geheim\r\n\r\n")
        server.script(then="reset")
        try:
            failed = [await failure(wire, server), await failure(wire, server)]
        finally:
            asyncio.get_running_loop().set_debug(False)

        told = "".join(f"{error}{error!r}{error.__cause__}" for error in failed)
        told += "".join(record.getMessage() for record in caplog.records if "RawServer" not in record.getMessage())
        assert not [word for word in ("geheim", "ጽሑፍ", "sendMessage") if word in told]
