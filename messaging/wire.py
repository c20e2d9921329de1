"""One call to a provider under one total deadline; every way it can fail is a verdict.

A refused connection, an unknown host or a handshake that never finished was surely not taken. Whatever
breaks after that (a reset, a silence, an answer nobody can read) may have been taken. No address, text or
key of a call is ever part of an error or a log line: libraries put whole addresses into theirs.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp

from messaging.channel import SendError, Verdict
from messaging.words import json_object

DEADLINE = 15.0  #: seconds for one call, with all it contains
CONNECT = 5.0  #: seconds for the connection alone; later than that it surely never left
NOT_REACHED = timedelta(seconds=5)  #: nobody listens there, so nothing goes to this channel for so long
LARGEST = 1 << 20  #: bytes of an answer that are read
LONGEST_WAIT = timedelta(days=1)  #: what a provider asks beyond this is not believed

_NEVER_LEFT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back: the status, and the JSON object where there was one."""

    status: int
    body: Mapping[str, Any] | None
    retry_after: timedelta | None  #: of the header

    @property
    def ok(self) -> bool:
        """Taken, and said so readably."""
        return 200 <= self.status < 300 and self.body is not None


class Wire:
    """A shared connection pool to one provider; made inside the running loop at the first call."""

    def __init__(self, *, authorization: str | None = None, connections: int = 100) -> None:
        self._headers = {"Authorization": authorization} if authorization else {}
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    async def post(
        self, url: str, *, json_body: Mapping[str, Any] | None = None, form: Mapping[str, str] | None = None
    ) -> Answer:
        """Post a JSON object or a form. Raises SendError (pause or unsure); the caller holds the deadline."""
        content, kind = _encoded(json_body, form)
        return await self._ask("POST", url, data=content, headers={"Content-Type": kind})

    async def get(self, url: str, query: Mapping[str, str] | None = None) -> Answer:
        """Read something. Raises SendError as `post` does; asking again never does harm."""
        return await self._ask("GET", url, params=dict(query or {}))

    async def delete(self, url: str) -> Answer:
        """Remove something. Raises SendError as `post` does; asking again never does harm."""
        return await self._ask("DELETE", url)

    async def _ask(self, method: str, url: str, **content: Any) -> Answer:
        try:
            async with self._open().request(method, url, allow_redirects=False, **content) as response:
                return Answer(
                    status=response.status,
                    body=_object(await _read(response)),
                    retry_after=seconds(response.headers.get("Retry-After")),
                )
        except _NEVER_LEFT:
            raise SendError(Verdict.PAUSE, "not_reached", retry_after=NOT_REACHED) from None
        except (aiohttp.ClientError, OSError):
            raise SendError(Verdict.UNSURE, "no_answer") from None

    async def close(self) -> None:
        """Let go of the connections; a later call opens new ones."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                headers=self._headers,
                connector=aiohttp.TCPConnector(limit=self._connections),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session


class Deadline:
    """`async with Deadline(15):` around all calls of one message; what it cuts off is unsure."""

    def __init__(self, allowed: float) -> None:
        self._timeout = asyncio.timeout(allowed)

    async def __aenter__(self) -> None:
        await self._timeout.__aenter__()

    async def __aexit__(self, kind: Any, error: Any, trace: Any) -> None:
        try:
            await self._timeout.__aexit__(kind, error, trace)
        except TimeoutError:
            raise SendError(Verdict.UNSURE, "no_answer_in_time") from None


def seconds(asked: object) -> timedelta | None:
    """A provider's wait in seconds, as a number or a text; None where it is no sensible wait."""
    if isinstance(asked, bool) or not isinstance(asked, int | float | str):
        return None
    try:
        wait = timedelta(seconds=float(asked))
    except (ValueError, OverflowError):
        return None
    return min(wait, LONGEST_WAIT) if wait > timedelta() else None


def _encoded(json_body: Mapping[str, Any] | None, form: Mapping[str, str] | None) -> tuple[Any, str]:
    if json_body is not None:
        # A lone surrogate can't be said in UTF-8; it becomes a question mark, and the rest is sent.
        return json.dumps(json_body, ensure_ascii=False).encode("utf-8", "replace"), "application/json"
    clean = {name: value.encode("utf-8", "replace").decode("utf-8") for name, value in (form or {}).items()}
    return aiohttp.FormData(clean), "application/x-www-form-urlencoded"


async def _read(response: aiohttp.ClientResponse) -> bytes:
    body = b""
    while len(body) <= LARGEST:
        chunk = await response.content.read(LARGEST)
        if not chunk:
            return body
        body += chunk
    return b""


def _object(body: bytes) -> Mapping[str, Any] | None:
    try:
        return json_object(body)
    except ValueError:
        return None
