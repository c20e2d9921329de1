from datetime import timedelta

from sqlalchemy import select

from bot import checkup
from bot.checkup import Row
from bot.installation import Ground
from content import catalogue, texts
from content.review import coreset
from core.database import Database
from core.tables.texts import Text
from tests.content.community import NOW, make_account
from tests.fakes.clock import FakeClock
from tests.scheduler.world import settings


async def core(database: Database, language: str) -> Row:
    """What `pim check` says of a language's core set."""
    ground = Ground(settings=settings(languages=("nl", "ti")), database=database, clock=FakeClock(NOW))
    return next(row for row in await checkup.rows(ground) if row.what == f"core {language}")


async def test_a_language_is_live_once_its_core_set_is_approved(fresh_database: Database) -> None:
    async with fresh_database.begin() as session:
        await texts.ship(session, NOW, catalogue.load())
    before = await core(fresh_database, "ti")
    assert (before.ok, before.found) == (False, "6 of 15 core texts in Tigrinya are approved: it is not live")
    assert "appointment.announced" in before.mend
    assert "welcome" not in before.mend

    async with fresh_database.begin() as session:
        judge = await make_account(session)
        waiting = select(Text).where(Text.language == "ti", Text.state == "concept", Text.unit.in_(coreset.CORE))
        for row in list(await session.scalars(waiting)):
            await texts.approve(session, NOW - timedelta(days=1), row.id, judge)
    after = await core(fresh_database, "ti")
    assert (after.ok, after.found) == (True, "15 of 15 core texts in Tigrinya are approved: it is live")
