"""Kept connections to one provider: taken, given back, waited for.

Nothing is ever sent twice by itself: what broke after its first byte left may have been taken, and only the
caller knows whether that matters.
"""

import asyncio
import socket
import ssl
from collections import deque
from collections.abc import Sequence

import aiohappyeyeballs
from aiohappyeyeballs import AddrInfoType

from messaging.http1 import LARGEST, Connection, Origin, Response

IDLE = 15.0  #: seconds of rest after which a provider may be hanging up just now
_KNOWN = 10.0  #: seconds that a name's addresses are believed
_NEXT_ADDRESS = 0.25  #: seconds until IPv4 is tried beside IPv6

_Places = Sequence[AddrInfoType]


class NotReached(Exception):
    """No connection could be made, so nothing left."""


class Broken(Exception):
    """Something left, and no whole answer came."""


class Pool:
    """The connections to one origin, at most so many; who finds none waits in line."""

    def __init__(self, origin: Origin, *, connections: int, connect: float) -> None:
        self._origin = origin
        self._connect = connect
        self._loop = asyncio.get_running_loop()
        self._trust = ssl.create_default_context() if origin.secure else None
        self._free = connections
        self._waiting: deque[asyncio.Future[bool]] = deque()
        self._idle: list[Connection] = []  #: the one used last stands last, and goes first
        self._open: set[Connection] = set()
        self._looking = asyncio.Lock()
        self._places: _Places = []
        self._places_until = -1.0
        self._closed = False
        self._gone = asyncio.Event()
        if self._trust is not None:
            self._trust.set_alpn_protocols(["http/1.1"])

    async def ask(self, request: bytes, largest: int = LARGEST) -> Response:
        """Send a whole request. Raises NotReached or Broken; cancelled, it drops the connection."""
        if self._free:
            self._free -= 1
        else:
            await self._in_line()
        try:
            connection = self._kept() or await self._connected()
            try:
                response = await connection.ask(request, largest)
            finally:
                self._put_back(connection)
        finally:
            self._next()
        if response is None:
            raise Broken
        return response

    async def close(self) -> None:
        """Hang up everywhere; whoever still waits for an answer gets none."""
        self._closed = True
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(False)
        for connection in tuple(self._open):
            connection.drop()
        if self._open:
            await self._gone.wait()

    async def _in_line(self) -> None:
        turn = self._loop.create_future()
        self._waiting.append(turn)
        try:
            is_ours = await turn
        except asyncio.CancelledError:
            if not turn.cancelled() and turn.result():
                self._next()  # the turn came in the same moment, so it is somebody else's
            raise
        if not is_ours:
            raise NotReached

    def _next(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(True)
                return
        self._free += 1

    def _kept(self) -> Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.fit and self._loop.time() - connection.rested < IDLE:
                return connection
            connection.drop()
        return None

    async def _connected(self) -> Connection:
        try:
            async with asyncio.timeout(self._connect):
                connection = await self._dialled()
        except (OSError, ValueError, RuntimeError):  # a name may be none at all; uvloop has errors of its own
            raise NotReached from None
        if self._closed or not connection.fit:
            connection.drop()
            raise NotReached
        return connection

    async def _dialled(self) -> Connection:
        places = await self._looked_up()
        dialled = await aiohappyeyeballs.start_connection(places, happy_eyeballs_delay=_NEXT_ADDRESS)
        dialled.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _, connection = await self._loop.create_connection(
            lambda: Connection(self._open.add, self._lost),
            sock=dialled,
            ssl=self._trust,
            server_hostname=self._origin.host if self._trust else None,
        )
        return connection

    async def _looked_up(self) -> _Places:
        # A hundred connections at once ask the name once.
        async with self._looking:
            if self._loop.time() >= self._places_until:
                _, host, port = self._origin
                self._places = await self._loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
                self._places_until = self._loop.time() + _KNOWN
            return self._places

    def _put_back(self, connection: Connection) -> None:
        if connection.fit and not self._closed:
            connection.rested = self._loop.time()
            self._idle.append(connection)
        else:
            connection.drop()

    def _lost(self, connection: Connection) -> None:
        self._open.discard(connection)
        if connection in self._idle:
            self._idle.remove(connection)
        if self._closed and not self._open:
            self._gone.set()
