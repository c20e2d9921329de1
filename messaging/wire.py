"""One call to a provider under one total deadline; every way it can fail is a verdict.

A refused connection, an unknown host or a handshake that never finished was surely not taken. Whatever
breaks after that (a reset, a silence, an answer nobody can read) may have been taken. No address, text or
key of a call is ever part of an error or a log line: libraries put whole addresses into theirs.
"""

import asyncio
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus, urlencode, urljoin

from messaging import http1
from messaging.channel import SendError, Verdict
from messaging.http1 import Origin
from messaging.pool import Broken, NotReached, Pool
from messaging.words import json_object

DEADLINE = 15.0  #: seconds for one call, with all it contains
CONNECT = 5.0  #: seconds for the connection alone; later than that it surely never left
NOT_REACHED = timedelta(seconds=5)  #: nobody listens there, so nothing goes to this channel for so long
LONGEST_WAIT = timedelta(days=1)  #: what a provider asks beyond this is not believed

_MOST_HOPS = 3  #: addresses that a provider may send us through for one file
_OK = 200

_REMEMBERED = 64  #: addresses; a bot has a handful
#: A value of a form that is longer than numbers and ids is a text.
_LONG = 64

_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


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


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file that goes along in a form."""

    field: str
    name: str  #: as the provider shows it
    mime: str
    content: bytes


@lru_cache(maxsize=1024)
def _long_quoted(value: str) -> str:
    """In a broadcast the same text goes to thousands, and most letters of most languages cost three signs."""
    return quote_plus(value, errors="replace")


def _quoted(value: str) -> str:
    return _long_quoted(value) if len(value) > _LONG else quote_plus(value, errors="replace")


class Wire:
    """The connections to one provider; made inside the running loop at the first call."""

    def __init__(self, *, authorization: str | None = None, connections: int = 100, connect: float = CONNECT) -> None:
        self._headers = {"User-Agent": "pim-welkom", "Accept": "*/*", "Accept-Encoding": "identity"}
        if authorization:
            self._headers["Authorization"] = authorization
        self._connections = connections
        self._connect = connect
        self._pools: dict[Origin, Pool] = {}
        self._posts: dict[str, tuple[Pool, bytes]] = {}  #: address -> where a JSON object goes, and its first lines

    async def post(
        self, url: str, *, json_body: Mapping[str, Any] | None = None, form: Mapping[str, str] | None = None
    ) -> Answer:
        """Post a JSON object or a form. Raises SendError (pause or unsure); the caller holds the deadline."""
        # A lone surrogate can't be said in UTF-8; it becomes a question mark, and the rest is sent.
        if json_body is None:
            body = "&".join(f"{name}={_quoted(value)}" for name, value in (form or {}).items()).encode("ascii")
            pool, head = self._prepared("POST", url, "application/x-www-form-urlencoded")
        else:
            body = _as_json(json_body).encode("utf-8", "replace")
            pool, head = self._posts.get(url) or self._remembered(url)
        return await _ask(pool, b"%sContent-Length: %d\r\n\r\n%s" % (head, len(body), body))

    async def upload(self, url: str, fields: Mapping[str, str], file: Upload) -> Answer:
        """Post a form with a file in it. Raises SendError as `post` does."""
        mark = secrets.token_hex(16)
        lines = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        ]
        lines.append(
            f'--{mark}\r\nContent-Disposition: form-data; name="{file.field}"; filename="{file.name}"\r\n'
            f"Content-Type: {file.mime}\r\n\r\n"
        )
        body = b"%s%s\r\n--%s--\r\n" % ("".join(lines).encode("utf-8", "replace"), file.content, mark.encode())
        pool, head = self._prepared("POST", url, f"multipart/form-data; boundary={mark}")
        return await _ask(pool, b"%sContent-Length: %d\r\n\r\n%s" % (head, len(body), body))

    async def download(self, url: str, most: int, *, follows: Callable[[str], bool] | None = None) -> bytes:
        """A file of at most so many bytes. Raises SendError: as `post`, `too_long`, `content_refused` (there is none).

        `follows` says to which addresses the provider may send us on; our key never goes along there.
        """
        status = 0
        for hop in range(_MOST_HOPS):
            pool, head = self._prepared("GET", url, keyless=hop > 0)
            try:
                status, body, _, location = await pool.ask(head + b"\r\n", most)
            except NotReached:
                raise _not_reached() from None
            except Broken:
                raise SendError(Verdict.RETRY, "no_answer") from None
            if status == _OK and body is not None:
                return body
            if status == _OK:
                raise SendError(Verdict.REFUSED, "too_long")
            if not 300 <= status < 400 or not location or follows is None:
                break
            url = urljoin(url, location)
            if not follows(url):
                break
        raise SendError(Verdict.REFUSED, "content_refused", code=str(status))

    async def get(self, url: str, query: Mapping[str, str] | None = None) -> Answer:
        """Read something. Raises SendError as `post` does; asking again never does harm."""
        pool, head = self._prepared("GET", f"{url}?{urlencode(query, errors='replace')}" if query else url)
        return await _ask(pool, head + b"\r\n")

    async def delete(self, url: str) -> Answer:
        """Remove something. Raises SendError as `post` does; asking again never does harm."""
        pool, head = self._prepared("DELETE", url)
        return await _ask(pool, head + b"\r\n")

    async def close(self) -> None:
        """Let go of the connections; a later call opens new ones."""
        pools, self._pools, self._posts = self._pools, {}, {}
        for pool in pools.values():
            await pool.close()

    def _remembered(self, url: str) -> tuple[Pool, bytes]:
        if len(self._posts) >= _REMEMBERED:
            self._posts.clear()
        self._posts[url] = self._prepared("POST", url, "application/json")
        return self._posts[url]

    def _prepared(self, method: str, url: str, kind: str | None = None, *, keyless: bool = False) -> tuple[Pool, bytes]:
        headers = {**self._headers, **({"Content-Type": kind} if kind else {})}
        if keyless:
            headers.pop("Authorization", None)
        try:
            origin, target = http1.split(url)
            head = http1.head(method, origin, target, headers)
        except ValueError:
            raise _not_reached() from None
        if origin not in self._pools:
            self._pools[origin] = Pool(origin, connections=self._connections, connect=self._connect)
        return self._pools[origin], head


async def _ask(pool: Pool, request: bytes) -> Answer:
    try:
        status, body, retry_after, _ = await pool.ask(request)
    except NotReached:
        raise _not_reached() from None
    except Broken:
        raise SendError(Verdict.UNSURE, "no_answer") from None
    return Answer(status=status, body=_object(body), retry_after=seconds(retry_after))


def _not_reached() -> SendError:
    return SendError(Verdict.PAUSE, "not_reached", retry_after=NOT_REACHED)


class Deadline:
    """`async with Deadline(15):` around all calls of one message; what it cuts off is unsure.

    As asyncio.timeout, at two thirds of its cost: every message pays it.
    """

    def __init__(self, allowed: float) -> None:
        self._allowed = allowed
        self._passed = False

    async def __aenter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._task, self._cancelled_before = task, task.cancelling()
        self._timer = task.get_loop().call_later(self._allowed, self._cut_off)

    async def __aexit__(self, kind: Any, error: Any, trace: Any) -> None:
        self._timer.cancel()
        # Somebody else's cancellation counts more than ours, and takes its own way.
        if self._passed and self._task.uncancel() <= self._cancelled_before and kind is asyncio.CancelledError:
            raise SendError(Verdict.UNSURE, "no_answer_in_time") from None

    def _cut_off(self) -> None:
        self._passed = True
        self._task.cancel()


def seconds(asked: object) -> timedelta | None:
    """A provider's wait in seconds, as a number or a text; None where it is no sensible wait."""
    if isinstance(asked, bool) or not isinstance(asked, int | float | str):
        return None
    try:
        wait = timedelta(seconds=float(asked))
    except (ValueError, OverflowError):
        return None
    return min(wait, LONGEST_WAIT) if wait > timedelta() else None


def _object(body: bytes | None) -> Mapping[str, Any] | None:
    try:
        return None if body is None else json_object(body)
    except ValueError:
        return None
