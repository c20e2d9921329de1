import pytest

from core.database import Database
from tests.scheduler.sending.worker_desk import Desk


@pytest.fixture
async def desk(fresh_database: Database) -> Desk:
    return Desk(fresh_database)
