"""A server that says the very bytes it is told, for answers that no decent server would give."""

import asyncio
import ssl
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self


@dataclass(frozen=True, kw_only=True)
class Say:
    """What one request hears, and what becomes of the connection then."""

    parts: tuple[bytes, ...] = ()  #: each in a packet of its own
    then: Literal["keep", "close", "reset"] = "keep"


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One request."""

    line: int  #: which connection, from 1
    head: str
    body: bytes


def ok(body: bytes = b'{"ok": true}', *headers: str, status: str = "200 OK") -> bytes:
    """A whole answer with its length."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class RawServer:
    """Answers in order as scripted; then with a plain yes. `gate` holds all answers while it is closed."""

    def __init__(self, *, host: str = "127.0.0.1", trust: ssl.SSLContext | None = None) -> None:
        self.heard: list[Heard] = []
        self.lines = 0  #: connections so far
        self.open = 0  #: connections now
        self.most = 0  #: connections at once
        self.gate = asyncio.Event()
        self.gate.set()
        self._script: deque[Say] = deque()
        self._writers: set[asyncio.StreamWriter] = set()
        self._host = host
        self._trust = trust

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, self._host, 0, ssl=self._trust)
        self.port = int(self._server.sockets[0].getsockname()[1])
        place = f"[{self._host}]" if ":" in self._host else self._host
        self.url = f"{'https' if self._trust else 'http'}://{place}:{self.port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.gate.set()
        self.hang_up()
        self._server.close()
        await self.until_open(0)

    def script(self, *parts: bytes, then: Literal["keep", "close", "reset"] = "keep") -> None:
        """What the next request without an answer hears."""
        self._script.append(Say(parts=parts, then=then))

    def say(self, words: bytes) -> None:
        """Say something to everybody, asked or not."""
        for writer in self._writers:
            writer.write(words)

    def hang_up(self) -> None:
        """Close all connections."""
        for writer in self._writers:
            writer.close()

    async def until_open(self, count: int) -> None:
        """Wait until so many connections are open; AssertionError after five seconds."""
        await self._until(lambda: self.open == count, f"{count} connections are open")

    async def until_heard(self, count: int) -> None:
        """Wait until so many requests were heard; AssertionError after five seconds."""
        await self._until(lambda: len(self.heard) >= count, f"{count} requests were heard")

    async def _until(self, true: Callable[[], bool], what: str) -> None:
        for _ in range(1000):
            if true():
                return
            await asyncio.sleep(0.005)
        raise AssertionError(f"not within 5 s: {what}")

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.lines += 1
        self.open += 1
        self.most = max(self.most, self.open)
        number = self.lines
        self._writers.add(writer)
        try:
            while await self._answered(number, reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()
            self.open -= 1

    async def _answered(self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        size = next((int(line[15:]) for line in head.split("\r\n") if line.startswith("Content-Length:")), 0)
        self.heard.append(Heard(line=number, head=head, body=await reader.readexactly(size)))
        say = self._script.popleft() if self._script else Say(parts=(ok(),))
        await self.gate.wait()
        for part in say.parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0.01 if len(say.parts) > 1 else 0)
        if say.then == "reset":
            writer.transport.abort()
        return say.then == "keep"
