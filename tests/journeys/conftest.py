import pytest

from core.database import Database
from tests.journeys.house import House


@pytest.fixture
def house(fresh_database: Database) -> House:
    """The whole house on a database of its own."""
    return House(fresh_database)
