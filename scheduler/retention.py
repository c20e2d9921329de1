"""What privacy.md lets us keep no longer: news that is over, answers about texts, spoken reasons, old questions."""

from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from content import catalogue, inforce, understanding
from content.review import spoken
from core.settings import Settings
from scheduler.news import retention as news
from scheduler.volunteers import promises

log = structlog.get_logger(__name__)


async def forget(session: AsyncSession, now: datetime, real: datetime, settings: Settings) -> int:
    """Wipe what is due; returns how much went, which stands in the log too. For a timer."""
    texts = await inforce.in_force(session, await inforce.dutch(session, catalogue.load(()).units))
    reasons = await spoken.forget(session, now)
    answers = await understanding.forget(session, now, texts)
    questions = await promises.forget(session, now)
    pieces = await news.forget(session, now, real, settings)
    if answers or questions or pieces or reasons:
        log.info("forgotten", answers=answers, questions=questions, news=pieces, reasons=reasons)
    return answers + questions + pieces + reasons
