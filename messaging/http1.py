"""A kept HTTP/1.1 connection, as lean as it gets: one write, one parser in C, one future.

It serves again after a whole answer, and after nothing else: no late answer is read as the next one's.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import NamedTuple, cast
from urllib.parse import quote, urlsplit

from httptools import HttpParserError, HttpResponseParser

LARGEST = 1 << 20  #: bytes of a body that are read
LARGEST_HEAD = 1 << 16  #: bytes before the body

_WHOLE = 8  #: times a body's limit: what chunks and trailers may add
_LENGTHS = (b"content-length", b"transfer-encoding")
_KEPT = frozenset((b"retry-after", b"content-encoding", b"location", *_LENGTHS))
_UNCODED = (b"", b"identity")
_PORTS = {"http": 80, "https": 443}
_PLAIN = "%/:=&?~+!$,;'@()*[]"  #: what stands in an address as it is


class Response(NamedTuple):
    """An answer as it came."""

    status: int
    body: bytes | None  #: None where it is too large or coded
    retry_after: str | None
    location: str | None = None  #: where to ask instead


class Origin(NamedTuple):
    """Where a connection leads."""

    secure: bool
    host: str
    port: int


def split(url: str) -> tuple[Origin, str]:
    """Where an address leads, and what is asked for there. ValueError where it is no address."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("not an address")
    origin = Origin(parts.scheme == "https", parts.hostname, parts.port or _PORTS[parts.scheme])
    target = quote(parts.path or "/", safe=_PLAIN) + (f"?{quote(parts.query, safe=_PLAIN)}" if parts.query else "")
    return origin, target


def head(method: str, origin: Origin, target: str, headers: Mapping[str, str]) -> bytes:
    """A request's lines up to the empty one, which `Pool.ask` wants after them."""
    host = f"[{origin.host}]" if ":" in origin.host else origin.host.encode("idna").decode("ascii")
    if origin.port != _PORTS["https" if origin.secure else "http"]:
        host = f"{host}:{origin.port}"
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", *(f"{name}: {text}" for name, text in headers.items())]
    if any("\r" in line or "\n" in line for line in lines):
        raise ValueError("a line break in a header")
    return "".join(f"{line}\r\n" for line in lines).encode("latin-1")


class Connection(asyncio.Protocol):
    """One connection; one request at a time. `made` and `lost` hear of its beginning and its end."""

    def __init__(self, made: "Callable[[Connection], None]", lost: "Callable[[Connection], None]") -> None:
        self.fit = False  #: nothing is asked, and it may be asked something
        self.rested = 0.0  #: since when, by the loop's clock
        self._made, self._lost = made, lost
        self._loop = asyncio.get_running_loop()
        self._answer: asyncio.Future[Response | None] | None = None
        self._body: list[bytes] = []
        self._headers: dict[bytes, bytes] = {}
        self._in_body = False
        self._read = self._room = 0
        self._largest = LARGEST

    async def ask(self, request: bytes, largest: int = LARGEST) -> Response | None:
        """The answer, or None where the connection broke; at most so many bytes of its body are read."""
        self.fit, self._largest = False, largest
        self._read, self._in_body = 0, False
        answer: asyncio.Future[Response | None] = self._loop.create_future()
        self._answer = answer
        self._transport.write(request)
        return await answer

    def drop(self) -> None:
        """Hang up without waiting for anything."""
        self.fit = False
        self._conclude(None)
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass
        self._parser = HttpResponseParser(self)
        self._made(self)
        self.fit = True

    def eof_received(self) -> None:
        self.fit = False

    def connection_lost(self, error: Exception | None) -> None:
        self.fit = False
        if self._answer is not None:
            # Without a length of any kind the end of the connection is the end of the body.
            framed = any(name in self._headers for name in _LENGTHS)
            self._conclude(self._response() if error is None and self._in_body and not framed else None)
        self._lost(self)
        del self._parser  # it holds this connection too

    def data_received(self, data: bytes) -> None:
        if self._answer is None:
            self.drop()  # nobody asked
            return
        self._read += len(data)
        try:
            self._parser.feed_data(data)
        except Exception:  # also of the parser's callbacks; its words may hold what a person said
            self.drop()
        if self._read > (_WHOLE * self._largest if self._in_body else LARGEST_HEAD):
            self.drop()

    def on_message_begin(self) -> None:
        if self._answer is None:
            raise HttpParserError("nobody asked")
        self._headers.clear()
        self._body.clear()
        self._room, self._in_body = self._largest, False

    def on_header(self, name: bytes, value: bytes) -> None:
        lowered = name.lower()
        if lowered in _KEPT:
            self._headers[lowered] = value

    def on_headers_complete(self) -> None:
        self._in_body = True

    def on_body(self, part: bytes) -> None:
        self._body.append(part)
        self._room -= len(part)
        if self._room < 0:
            self._conclude(self._response())
            raise HttpParserError("too large")

    def on_message_complete(self) -> None:
        if self._parser.get_status_code() < 200:
            self._in_body = False  # the answer itself is still to come
            return
        self.fit = self._parser.should_keep_alive()
        self._conclude(self._response())

    def _response(self) -> Response:
        headers = self._headers
        readable = self._room >= 0 and headers.get(b"content-encoding", b"").strip().lower() in _UNCODED
        retry, location = headers.get(b"retry-after"), headers.get(b"location")
        return Response(
            self._parser.get_status_code(),
            b"".join(self._body) if readable else None,
            retry.decode("latin-1") if retry is not None else None,
            location.decode("latin-1") if location is not None else None,
        )

    def _conclude(self, response: Response | None) -> None:
        answer, self._answer = self._answer, None
        if answer is not None and not answer.done():
            answer.set_result(response)
