from collections.abc import AsyncIterator

import pytest

from core.database import Database
from tests.bot.simulator.desk import Phones, phones


@pytest.fixture
async def house(fresh_database: Database) -> AsyncIterator[Phones]:
    """A demo without people: phones, and the calls to use them."""
    async with phones(fresh_database) as opened:
        yield opened
