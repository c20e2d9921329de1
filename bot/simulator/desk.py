"""What the simulator needs of the house, and its guard: only this machine may come in."""

import ipaddress
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from aiohttp import web

from core.clock import Clock
from core.database import Database
from core.settings import Settings
from messaging.simulator import Simulator

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class StaffLogin(Protocol):
    """A made-up log-in of the console."""

    @property
    def email(self) -> str: ...
    @property
    def password(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The parts of the house that phones and time machine use."""

    database: Database
    clock: Clock
    settings: Settings
    simulator: Simulator
    move: Callable[[datetime], Awaitable[int]]  #: go forward to a moment; how many messages wait for a provider
    waiting: Callable[[], Awaitable[int]]
    idle: Callable[[float], Awaitable[bool]]  #: whether all is quiet, after at most so many seconds
    staff: Sequence[StaffLogin]


def local(handler: Handler) -> Handler:
    """The handler for this machine's own browser and programs; for all others there is nothing here."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        if not is_loopback(request.remote):
            raise web.HTTPNotFound
        if request.method != "GET" and request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
            raise web.HTTPForbidden(text="Another page may not use these phones.")
        return await handler(request)

    return guarded


def is_loopback(remote: str | None) -> bool:
    """Whether a peer's address is this machine's own."""
    try:
        address = ipaddress.ip_address(remote or "")
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)
