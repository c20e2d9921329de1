"""The addresses at which this process answers: each a door with its own pages."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from core.settings import SettingsError

#: What a page asked for may take this long to be answered after a stop was asked for; aiohttp waits twice.
CLOSING_SECONDS = 0.7


@dataclass(frozen=True, kw_only=True)
class Door:
    """Pages behind one address."""

    app: web.Application
    bind: str  #: address:port
    setting: str  #: what sets it, for who must mend it


@asynccontextmanager
async def opened(doors: Sequence[Door]) -> AsyncIterator[None]:
    """All doors open, or none: SettingsError names the setting of one that can't be."""
    async with AsyncExitStack() as stack:
        for door in doors:
            runner = web.AppRunner(
                door.app,
                access_log=None,
                shutdown_timeout=CLOSING_SECONDS,
                # Nobody who is real sends a packed body, and a small one may unpack to more than we have.
                auto_decompress=False,
            )
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            host, _, port = door.bind.rpartition(":")
            try:
                await web.TCPSite(runner, host, int(port), reuse_address=True).start()
            except OSError as error:
                raise SettingsError(
                    f"{door.setting}: {door.bind} can't be opened ({error.strerror}); choose another port."
                ) from None
        yield
