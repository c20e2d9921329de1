"""What the wire makes of every kind of answer, of silence, and of a connection that goes; on both event loops."""

import asyncio
import gc
import ipaddress
import logging
import os
import socket
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from core.clock import Clock
from messaging import http1, pool
from messaging.channel import SendError, Verdict
from messaging.wire import Answer, Deadline, Wire
from tests.fakes.raw import RawServer, ok

ROOT = Path(__file__).parents[2]
SECRET = "1000:geheim"


def _has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


@pytest.fixture
async def server() -> AsyncIterator[RawServer]:
    async with RawServer() as opened:
        yield opened


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    opened = Wire(connections=3, connect=0.5)
    yield opened
    await opened.close()
    gc.collect()  # what was forgotten warns here


async def post(wire: Wire, server: RawServer) -> Answer:
    async with Deadline(5):
        return await wire.post(f"{server.url}/bot{SECRET}/sendMessage", json_body={"text": "ዝኾነ ጽሑፍ"})


async def failure(wire: Wire, server: RawServer) -> SendError:
    with pytest.raises(SendError) as failed:
        await post(wire, server)
    return failed.value


def lines(server: RawServer) -> list[int]:
    return [heard.line for heard in server.heard]


class TestRequest:
    async def test_a_post_as_it_stands_on_the_line(self, wire: Wire, server: RawServer) -> None:
        await post(wire, server)

        (heard,) = server.heard
        assert heard.head.split("\r\n") == [
            f"POST /bot{SECRET}/sendMessage HTTP/1.1",
            f"Host: 127.0.0.1:{server.port}",
            "User-Agent: pim-welkom",
            "Accept: */*",
            "Accept-Encoding: identity",
            "Content-Type: application/json",
            f"Content-Length: {len(heard.body)}",
            "",
            "",
        ]
        assert heard.body.decode() == '{"text":"ዝኾነ ጽሑፍ"}'

    async def test_a_form_a_query_and_a_removal(self, server: RawServer) -> None:
        wire = Wire(authorization="Basic abc")
        await wire.post(f"{server.url}/M.json", form={"To": "+316", "Body": "a\ud800 &="})
        await wire.get(f"{server.url}/M.json", {"To": "+316", "é": "1"})
        await wire.delete(f"{server.url}/M/1.json")
        await wire.close()

        assert server.heard[0].body == b"To=%2B316&Body=a%3F+%26%3D"
        firsts = [heard.head.split("\r\n")[0] for heard in server.heard]
        assert firsts[1:] == ["GET /M.json?To=%2B316&%C3%A9=1 HTTP/1.1", "DELETE /M/1.json HTTP/1.1"]
        assert all("Authorization: Basic abc\r\n" in heard.head for heard in server.heard)

    async def test_a_large_one(self, wire: Wire, server: RawServer) -> None:
        await wire.post(f"{server.url}/x", json_body={"text": "x" * 3_000_000})

        assert len(server.heard[0].body) > 3_000_000

    @pytest.mark.parametrize(
        "url", ["ftp://x/", "http:///x", "nonsense", "http://x:port/", "http://" + "a" * 70, "http://a..b/"]
    )
    async def test_what_is_no_address_is_not_reached(self, wire: Wire, url: str) -> None:
        with pytest.raises(SendError, match="pause: not_reached"):
            await wire.get(url)

    async def test_no_address_adds_a_line(self, wire: Wire, server: RawServer) -> None:
        await wire.get(f"{server.url}/a b\r\nX: é")

        assert server.heard[0].head.startswith("GET /a%20bX:%20%C3%A9 HTTP/1.1\r\nHost:")

    async def test_a_line_break_in_the_key_goes_nowhere(self, server: RawServer) -> None:
        with pytest.raises(SendError, match="not_reached"):
            await Wire(authorization="Basic a\r\nX: y").get(server.url)

        assert not server.heard


YES = b'{"ok": true}'


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


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for 127.0.0.1, in one file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), Clock().real()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "voorbeeld")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "voorbeeld.pem"
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(secret + made.public_bytes(pem))
    return path


@pytest.fixture
async def secure(certificate: Path) -> AsyncIterator[RawServer]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    async with RawServer(trust=context) as opened:
        yield opened


class TestSecure:
    async def test_kept_cut_off_and_closed(
        self, wire: Wire, secure: RawServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

        for _ in range(2):
            assert (await post(wire, secure)).body == {"ok": True}
        secure.script(b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{", then="close")
        assert (await failure(wire, secure)).reason == "no_answer"
        secure.script(b"HTTP/1.1 200 OK\r\n\r\n" + YES, then="close")
        assert (await post(wire, secure)).body == {"ok": True}

        assert lines(secure) == [1, 1, 1, 2]
        await secure.until_open(0)

    async def test_a_stranger_is_not_reached(self, wire: Wire, secure: RawServer) -> None:
        assert str(await failure(wire, secure)) == "pause: not_reached"
        assert not secure.heard

    async def test_the_wrong_name_is_not_reached(
        self, wire: Wire, secure: RawServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

        with pytest.raises(SendError, match="pause: not_reached"):
            await wire.get(f"https://localhost:{secure.port}/")

    async def test_who_does_not_speak_it_is_not_reached(self, wire: Wire, server: RawServer) -> None:
        with pytest.raises(SendError, match="pause: not_reached"):
            await wire.get(f"https://127.0.0.1:{server.port}/")

    async def test_a_handshake_that_never_ends_is_not_reached(self, wire: Wire) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(SendError, match="pause: not_reached"):
            await wire.get(f"https://127.0.0.1:{silent.getsockname()[1]}/")


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


def test_all_of_it_on_uvloop() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.fakes.on_uvloop", "-k", "not on_uvloop", __file__]
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}

    ran = subprocess.run(command, capture_output=True, text=True, env=env, cwd=ROOT, check=False)

    assert ran.returncode == 0, ran.stdout
