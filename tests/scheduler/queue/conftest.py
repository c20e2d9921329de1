import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.scheduler.queueing import Queue


@pytest.fixture
def queue(session: AsyncSession) -> Queue:
    return Queue(session)
