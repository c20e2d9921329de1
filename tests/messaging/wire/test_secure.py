"""The same over TLS."""

import socket
from pathlib import Path

import pytest

from messaging.channel import SendError
from messaging.wire import Wire
from tests.fakes.raw import RawServer
from tests.messaging.wire.calls import YES, failure, lines, post


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
