"""What was sent and is not right: one version in one language is recalled, and the next one may stand in for it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from content.approvals import AlreadyJudged, NotAllowed, Unfit, same_person
from content.updates import versions
from content.updates.news import BELOW, News, Story, whole
from core import clock
from core.languages import SOURCE
from core.permissions import may
from core.settings import Settings
from core.tables.people import Account
from core.tables.texts import UpdateText


async def may_recall(session: AsyncSession, news: News, account: Account) -> bool:
    """Whether this account may: staff who decide on news, and who wrote it."""
    if account.disabled_at is not None:
        return False
    wrote = [await same_person(session, row.author_id, account) for row in (news.update, news.text)]
    return may(account, "update.recall") or any(wrote)


async def take_back(session: AsyncSession, text_id: UUID, account: Account) -> News:
    """Sent -> recalled: nobody reads this version any more. Refused where it isn't out, or the account may not."""
    story = await whole(session, text_id, lock=True)
    news = story.by_id(text_id)
    if not await may_recall(session, news, account):
        raise NotAllowed
    if news.text.state == "recalled":
        raise AlreadyJudged("Deze tekst is al teruggeroepen.")
    if news.text.state != "sent" or news.update.state == "withdrawn":
        raise Unfit("Deze tekst is niet verstuurd. Terugroepen kan alleen na het versturen.")
    news.text.state = "recalled"
    versions.settle(story)
    await session.flush()
    return news


async def correct(
    session: AsyncSession,
    now: datetime,
    settings: Settings,
    text_id: UUID,
    account: Account,
    *,
    body: str,
    dutch: str | None = None,
) -> News:
    """The right text for who got the recalled one; it waits for another speaker like any text. Refused in words."""
    story = await whole(session, text_id, lock=True)
    wrong = story.by_id(text_id)
    writes = may(account, "update.write", language=wrong.text.language)
    if not writes or not await may_recall(session, wrong, account):
        raise NotAllowed
    _needs_one(story, wrong, now, settings)
    below = _below(story, wrong, account, dutch)
    if versions.fit(body) == wrong.text.body and (below is None or below.id == wrong.text.dutch_id):
        raise Unfit("Dit is dezelfde tekst als de tekst die niet goed was.")
    if below is not None and below not in story.texts:
        session.add(below)
        await session.flush()
    version = max(row.version for row in story.texts if row.language == wrong.text.language) + 1
    right = versions.made(story.update, wrong.text.language, body, account, state="submitted", version=version)
    right.dutch_id = below.id if below is not None else None
    session.add(right)
    await session.flush()
    after = await whole(session, right.id)
    versions.settle(after)
    return after.by_id(right.id)


def _needs_one(story: Story, wrong: News, now: datetime, settings: Settings) -> None:
    if wrong.text.state != "recalled" or story.update.state == "withdrawn":
        raise Unfit("Roep deze tekst eerst terug.")
    if any(row.language == wrong.text.language and row.id != wrong.text.id for row in story.newest):
        raise AlreadyJudged("Er is al een verbetering van deze tekst.")
    if story.update.ends_on < clock.wall(now, settings.timezone).date():
        raise Unfit("Dit nieuws is voorbij. Zeg de mensen dat het niet goed was.")


def _below(story: Story, wrong: News, account: Account, dutch: str | None) -> UpdateText | None:
    """The Dutch below the right text: what stood there, or other words."""
    if wrong.text.language == SOURCE:
        return None
    stood = next((row for row in story.texts if row.id == wrong.text.dutch_id), None)
    if not dutch or (stood is not None and versions.fit(dutch) == stood.body):
        return stood
    newest = story.dutch.version if story.dutch is not None else 0
    return versions.made(story.update, SOURCE, dutch, account, state=BELOW, version=newest + 1)
