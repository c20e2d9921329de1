from collections.abc import AsyncIterator

import pytest

from core.database import Database
from tests.bot.console.room import Browser, Room


@pytest.fixture
async def room(fresh_database: Database) -> AsyncIterator[Room]:
    """A console with an empty database."""
    made = Room(fresh_database)
    yield made
    for browser in made.browsers:
        await browser.close()


@pytest.fixture
async def anyone(room: Room) -> Browser:
    """Somebody who isn't logged in."""
    return await room.browser()
