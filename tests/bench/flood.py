"""A lean Telegram that posts updates to a webhook, over so many connections, each waiting for its answer.

python -m tests.bench.flood HOST PORT FIRST COUNT CLIENTS     prints the seconds it took
"""

import asyncio
import json
import sys
from collections.abc import Iterator
from time import perf_counter
from typing import cast

import uvloop

from bot import webhooks

SECRET = "bench-secret"


def _posts(host: str, first: int, count: int) -> Iterator[bytes]:
    """Updates as Telegram posts them, every one with a number of its own."""
    for number in range(first, first + count):
        person = {"id": 1000 + number % 500, "is_bot": False, "first_name": "Voorbeeld", "language_code": "nl"}
        message = {
            "message_id": number,
            "from": person,
            "chat": {"id": person["id"], "first_name": "Voorbeeld", "type": "private"},
            "date": 1_800_000_000,
            "text": "Kan ik een andere dag komen? Ik heb dan les.",
        }
        body = json.dumps({"update_id": number, "message": message}).encode()
        yield (
            f"POST {webhooks.TELEGRAM} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
            f"X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body


class _Client(asyncio.Protocol):
    """One connection: the next post as soon as the last was answered with 200."""

    def __init__(self, posts: Iterator[bytes]) -> None:
        self._posts = posts
        self._answer = b""
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.WriteTransport", transport)
        self._next()

    def data_received(self, data: bytes) -> None:
        """Take the answer, and post the next once it is whole."""
        self._answer += data
        head, gap, body = self._answer.partition(b"\r\n\r\n")
        if not gap or len(body) < _length(head):
            return
        if not head.startswith(b"HTTP/1.1 200"):
            self.done.set_exception(RuntimeError(head.decode()))
            return
        self._answer = b""
        self._next()

    def connection_lost(self, _: Exception | None) -> None:
        """A door that closes early is an error of the benchmark."""
        if not self.done.done():
            self.done.set_exception(RuntimeError("the door closed"))

    def _next(self) -> None:
        post = next(self._posts, None)
        if post is None:
            self.done.set_result(None)
            self._transport.close()
        else:
            self._transport.write(post)


def _length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"content-length:")
    return int(rest.split(b"\r\n", 1)[0]) if found else 0


async def _flood(host: str, port: int, first: int, count: int, clients: int) -> float:
    posts = iter(list(_posts(host, first, count)))
    loop = asyncio.get_running_loop()
    start = perf_counter()
    made = await asyncio.gather(*(loop.create_connection(lambda: _Client(posts), host, port) for _ in range(clients)))
    await asyncio.gather(*(client.done for _, client in made))
    return perf_counter() - start


if __name__ == "__main__":
    where, *numbers = sys.argv[1:]
    print(uvloop.run(_flood(where, *map(int, numbers))))
