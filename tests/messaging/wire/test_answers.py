"""What the wire makes of every kind of answer, and of silence."""

from datetime import timedelta

import pytest

from messaging import http1
from messaging.channel import Verdict
from messaging.wire import Wire
from tests.fakes.raw import RawServer, ok
from tests.messaging.wire.calls import YES, failure, lines, post


class TestAnswers:
    @pytest.mark.parametrize(
        "parts",
        [
            (ok(),),
            tuple(bytes([byte]) for byte in ok()),
            (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n", ok()),
            (
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                b'5;x=y\r\n{"ok"\r\n',
                b"7\r\n: true}\r\n0\r\n\r\n",
            ),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nc\r\n" + YES + b"\r\n0\r\nA: b\r\n\r\n",),
            (
                b"HTTP/1.1 200 OK\r\nUpgrade: h2,h2c\r\nConnection: Upgrade, Keep-Alive\r\nContent-Length: 12\r\n\r\n"
                + YES,
            ),
            (b"HTTP/1.1 200\r\ncontent-encoding: identity\r\nX-Empty:\r\nContent-length: 12\r\n\r\n" + YES,),
            (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 12\r\n\r\n" + YES,),
        ],
        ids=["whole", "drip", "continue", "chunks", "trailer", "upgrade", "spelling", "old"],
    )
    async def test_a_whole_one_leaves_the_connection_fit(
        self, wire: Wire, server: RawServer, parts: tuple[bytes, ...]
    ) -> None:
        server.script(*parts)

        answers = [await post(wire, server), await post(wire, server)]

        assert [(answer.status, answer.body) for answer in answers] == [(200, {"ok": True})] * 2
        assert lines(server) == [1, 1]

    @pytest.mark.parametrize(
        ("said", "then"),
        [
            (ok(YES, "Connection: close"), "keep"),
            (ok(YES, "Connection: close"), "close"),
            (b"HTTP/1.0 200 OK\r\nContent-Length: 12\r\n\r\n" + YES, "keep"),
            (b"HTTP/1.1 200 OK\r\n\r\n" + YES, "close"),
            (b"HTTP/1.0 200 OK\r\n\r\n" + YES, "close"),
        ],
        ids=["close said", "close done", "old", "until the end", "old until the end"],
    )
    async def test_the_last_one_of_a_connection(self, wire: Wire, server: RawServer, said: bytes, then: "str") -> None:
        server.script(said, then="close" if then == "close" else "keep")

        answers = [await post(wire, server), await post(wire, server)]

        assert [answer.body for answer in answers] == [{"ok": True}] * 2
        assert lines(server) == [1, 2]

    @pytest.mark.parametrize("extra", [b"H", b"\0", ok(b'{"ok": false}'), b"HTTP/1.1 200 OK\r\n"])
    async def test_one_and_something_more(self, wire: Wire, server: RawServer, extra: bytes) -> None:
        server.script(ok() + extra)

        answers = [await post(wire, server), await post(wire, server)]

        assert [answer.body for answer in answers] == [{"ok": True}] * 2
        assert lines(server) == [1, 2]

    @pytest.mark.parametrize("words", [ok(b'{"ok": false}'), b"\r\n"])
    async def test_what_nobody_asked(self, wire: Wire, server: RawServer, words: bytes) -> None:
        await post(wire, server)
        server.say(words)
        await server.until_open(0)

        assert (await post(wire, server)).body == {"ok": True}
        assert lines(server) == [1, 2]

    @pytest.mark.parametrize(
        ("said", "status"),
        [
            (ok(b"<html>"), 200),
            (ok(b"[1]"), 200),
            (ok(b""), 200),
            (ok(b'{"ok": tr'), 200),
            (ok(b"{}", "Content-Encoding: gzip"), 200),
            (b"HTTP/1.1 204 No Content\r\n\r\n", 204),
            (ok(b"", "Location: /other", status="302 Found"), 302),
            (ok(b"Bad", status="502 Bad Gateway"), 502),
        ],
    )
    async def test_one_that_cannot_be_read(self, wire: Wire, server: RawServer, said: bytes, status: int) -> None:
        server.script(said)

        answer = await post(wire, server)

        assert (answer.status, answer.body, answer.ok) == (status, None, False)
        await post(wire, server)
        assert lines(server) == [1, 1]

    @pytest.mark.parametrize(
        "start",
        [
            b"HTTP/1.1 200 OK\r\nContent-Length: 1200000\r\n\r\n",
            b"HTTP/1.1 200 OK\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n124f80\r\n",
        ],
    )
    async def test_a_very_large_one_is_not_read_on(self, wire: Wire, server: RawServer, start: bytes) -> None:
        server.script(start + b'{"x": "' + b"x" * 1_100_000)

        answer = await post(wire, server)

        assert (answer.status, answer.body) == (200, None)
        await server.until_open(0)

    async def test_one_that_just_fits(self, wire: Wire, server: RawServer) -> None:
        server.script(ok(b'{"x":"' + b"x" * (http1.LARGEST - 8) + b'"}'))

        assert (await post(wire, server)).body is not None

    @pytest.mark.parametrize(
        "said",
        [
            b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20_000,
            b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000,
            b"HTTP/1.1 100 Continue\r\n\r\n" * 400_000,
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + b"X: y\r\n" * 1_500_000,
        ],
        ids=["headers", "header", "continue", "trailers"],
    )
    async def test_one_that_never_comes_to_the_point(self, wire: Wire, server: RawServer, said: bytes) -> None:
        server.script(said)

        assert str(await failure(wire, server)) == "unsure: no_answer"
        await server.until_open(0)

    @pytest.mark.parametrize(
        "said",
        [
            b"",
            b"HTTP/1.1 2",
            b"HTTP/1.1 100 Continue\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nc\r\n" + YES,
            b"HTTP/1.1 200 OK\r\nContent-Le",
        ],
    )
    @pytest.mark.parametrize("then", ["close", "reset"])
    async def test_one_that_breaks_off(self, wire: Wire, server: RawServer, said: bytes, then: str) -> None:
        server.script(said, then="reset" if then == "reset" else "close")

        failed = await failure(wire, server)

        assert (failed.verdict, failed.reason) == (Verdict.UNSURE, "no_answer")
        assert len(server.heard) == 1

    @pytest.mark.parametrize(
        "said",
        [
            b"<html>\r\n\r\n",
            b"SSH-2.0-OpenSSH\r\n",
            b"HTTP/1.1 2x0 OK\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
        ],
    )
    async def test_one_that_is_garbage(self, wire: Wire, server: RawServer, said: bytes) -> None:
        server.script(said)

        assert str(await failure(wire, server)) == "unsure: no_answer"
        await server.until_open(0)

    @pytest.mark.parametrize(("said", "waits"), [("7", timedelta(seconds=7)), ("soon", None), ("\xe9", None)])
    async def test_the_wait_it_asks(self, wire: Wire, server: RawServer, said: str, waits: timedelta | None) -> None:
        server.script(ok(b"{}", f"retry-after: {said}", status="429 Too Many"))

        assert (await post(wire, server)).retry_after == waits
