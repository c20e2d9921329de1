"""News while it is being made: written, put in more languages, changed, asked to be looked at, taken down."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Required, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from content.approvals import AlreadyJudged, NotAllowed, Unfit, same_person
from content.foreign import clean
from content.updates import versions
from content.updates.news import BELOW, OUT, News, Story, locked, stories, whole
from content.voice import media
from core import clock
from core.languages import LANGUAGES, SOURCE
from core.permissions import may
from core.settings import Settings
from core.tables.people import Account
from core.tables.texts import Update, UpdateText

#: Characters of a place.
LONGEST_PLACE = 120

#: News ends by itself, within this time.
FURTHEST = timedelta(days=90)


@dataclass(frozen=True, kw_only=True)
class About:
    """All of an update but its words."""

    ends_on: date
    day: date | None = None
    place: str | None = None
    send_at: datetime | None = None  #: not before
    for_place: UUID | None = None
    for_leerroute: str | None = None
    for_workshop: UUID | None = None


class Said(TypedDict, total=False):
    """The fields of About, as they are given by name."""

    ends_on: Required[date]
    day: date | None
    place: str | None
    send_at: datetime | None
    for_place: UUID | None
    for_leerroute: str | None
    for_workshop: UUID | None


async def write(
    session: AsyncSession,
    now: datetime,
    settings: Settings,
    *,
    author: Account,
    language: str,
    body: str,
    dutch: str | None = None,
    dutch_too: bool = False,
    **said: Unpack[Said],
) -> News:
    """A draft in the author's language, with its Dutch. Refused says in words what keeps it.

    `dutch_too`: the Dutch is also news by itself, for who has none of the other languages.
    """
    _allowed(author, language)
    about = _fitting(now, settings, About(**said))
    update = Update(author_id=author.id, state="draft", created_at=now, **vars(about))
    session.add(update)
    await session.flush()
    text = versions.made(update, language, body, author)
    if dutch and language != SOURCE:
        below = versions.made(update, SOURCE, dutch, author, state="draft" if dutch_too else BELOW)
        session.add(below)
        await session.flush()
        text.dutch_id = below.id
    session.add(text)
    await session.flush()
    return (await whole(session, text.id)).by_id(text.id)


def _allowed(author: Account, language: str) -> None:
    if language not in LANGUAGES or author.disabled_at or not may(author, "update.write", language=language):
        raise NotAllowed


def _fitting(now: datetime, settings: Settings, about: About) -> About:
    """The same with its place on one line, so that it can't look like another fact; Unfit says what is wrong."""
    today = clock.wall(now, settings.timezone).date()
    if not today <= about.ends_on <= today + FURTHEST:
        raise Unfit(f"Kies een einddag tussen vandaag en {FURTHEST.days} dagen later.")
    if about.send_at is not None and clock.wall(about.send_at, settings.timezone).date() > about.ends_on:
        raise Unfit("Dit nieuws is al voorbij als het weggaat. Kies een eerdere dag om te sturen.")
    place = clean(about.place or "", one_line=True, longest=LONGEST_PLACE)
    return replace(about, place=place or None)


async def add(session: AsyncSession, text_id: UUID, account: Account, *, language: str, body: str) -> News:
    """The same news in one more language, by whoever may write in it; the Dutch below it is the update's."""
    story = await whole(session, text_id, lock=True)
    _allowed(account, language)
    if story.update.state == "withdrawn":
        raise AlreadyJudged
    if any(row.language == language for row in story.newest):
        raise Unfit("Deze taal is er al.")
    text, below = await _in_dutch(session, story, body, account) if language == SOURCE else None, story.dutch
    if text is None:
        text = versions.made(story.update, language, body, account)
        text.dutch_id = below.id if below and language != SOURCE else None
    session.add(text)
    versions.settle(replace(story, texts=tuple({row.id: row for row in (*story.texts, text)}.values())))
    await session.flush()
    return (await whole(session, text.id)).by_id(text.id)


async def _in_dutch(session: AsyncSession, story: Story, body: str, account: Account) -> UpdateText | None:
    """The Dutch that stands below becomes news by itself, in other words only by who wrote it; None without any."""
    below = story.dutch
    if below is None:
        return None
    if versions.is_out(story, below):
        return versions.made(story.update, SOURCE, body, account, version=below.version + 1)
    if versions.fit(body) != below.body:
        if not await _wrote_dutch(session, story, below, account):
            raise Unfit("Het Nederlands is van een ander. Neem het woord voor woord over, of vraag de schrijver.")
        versions.change(below, body)
        versions.void_with(story, below)
    below.state = "draft"
    return below


async def _wrote_dutch(session: AsyncSession, story: Story, below: UpdateText, account: Account) -> bool:
    """Whether these words are the account's to change: what others approved stands on them, in its author's name."""
    return any([await same_person(session, one, account) for one in (story.update.author_id, below.author_id)])


async def edit(
    session: AsyncSession, text_id: UUID, account: Account, *, body: str | None = None, dutch: str | None = None
) -> News:
    """Other words, by the author: a draft again, and every approval of them is void. Not after they were sent.

    A voice that said the old words is gone.
    """
    story, news = await _own(session, text_id, account)
    if body is not None and body != news.text.body:
        versions.change(news.text, body)
        if news.text.voice_id is not None:
            await media.wipe(session, [news.text.voice_id])
            news.text.voice_id = None
        versions.void(news.text)
        versions.void_with(story, news.text)
    if dutch and news.text.language != SOURCE:
        await _put_below(session, story, news, account, dutch)
    versions.settle(story)
    await session.flush()
    return await locked(session, text_id)


async def _put_below(session: AsyncSession, story: Story, news: News, account: Account, dutch: str) -> None:
    below = news.dutch or story.dutch
    if below is None:
        below = versions.made(story.update, SOURCE, dutch, account, state=BELOW)
        session.add(below)
        await session.flush()
    elif dutch != below.body:
        if not await _wrote_dutch(session, story, below, account):
            raise NotAllowed
        if versions.is_out(story, below):
            raise AlreadyJudged
        versions.change(below, dutch)
        versions.void_with(story, below)
    if news.text.dutch_id != below.id:
        news.text.dutch_id = below.id
        versions.void(news.text)


async def describe(
    session: AsyncSession, now: datetime, settings: Settings, text_id: UUID, account: Account, about: About
) -> News:
    """Another day, place, end, moment or audience: every approval is void. Not once any language of it was sent."""
    story, news = await _own(session, text_id, account, everything=True)
    if any(row.state in OUT for row in story.texts):
        raise AlreadyJudged
    about = _fitting(now, settings, about)
    for name, value in vars(about).items():
        setattr(story.update, name, value)
    await _anew(session, story)
    return news


async def enclose(
    session: AsyncSession,
    text_id: UUID,
    account: Account,
    *,
    picture_id: UUID | None = None,
    voice_id: UUID | None = None,
) -> News:
    """A picture beside all languages, or a voice beside this one: it is looked at with the words."""
    story, news = await _own(session, text_id, account, everything=picture_id is not None)
    if picture_id is not None:
        if any(row.state in OUT for row in story.texts):
            raise AlreadyJudged
        story.update.picture_id = picture_id
        await _anew(session, story)
    if voice_id is not None:
        news.text.voice_id = voice_id
        versions.void(news.text)
    versions.settle(story)
    await session.flush()
    return news


def about(update: Update) -> About:
    """What an update says of itself beside its words."""
    return About(**{name: getattr(update, name) for name in About.__dataclass_fields__})


async def submit(session: AsyncSession, text_id: UUID, account: Account) -> News:
    """Ask another speaker to look; only its author can, from a draft or a returned text."""
    story, news = await _own(session, text_id, account)
    if news.text.state not in ("draft", "returned"):
        raise AlreadyJudged
    news.text.state = "submitted"
    versions.settle(story)
    await session.flush()
    return news


async def take_back(session: AsyncSession, text_id: UUID, account: Account) -> bool:
    """A draft again, by its author; False where somebody judged it, or it was never sent on."""
    story, news = await _own(session, text_id, account)
    if news.text.state != "submitted" or news.text.approver_id is not None:
        return False
    news.text.state = "draft"
    versions.settle(story)
    await session.flush()
    return True


async def withdraw(session: AsyncSession, text_id: UUID, account: Account) -> Story:
    """Take an update down for good, in all languages: its author, a speaker of them all, or staff.

    What waits in the queue stops through broadcasts.
    """
    story = await whole(session, text_id, lock=True)
    own = await same_person(session, story.update.author_id, account)
    everywhere = all(may(account, "update.withdraw", language=row.language) for row in story.newest)
    if account.disabled_at or not (own or everywhere):
        raise NotAllowed
    story.update.state = "withdrawn"
    await session.flush()
    return story


async def unfinished(session: AsyncSession, account: Account) -> News | None:
    """The newest news of this account that nobody was asked to look at yet, or that came back."""
    query = select(Update).where(Update.author_id == account.id, Update.state.in_(("draft", "returned")))
    found = await stories(session, query.order_by(Update.created_at.desc(), Update.id.desc()).limit(1))
    return next((news for story in found for news in story.versions if news.text.state in ("draft", "returned")), None)


async def reopen(session: AsyncSession, text_id: UUID, *, waits: bool = False) -> None:
    """A draft again, with every approval void: what is said next needs a new look. `waits`: it waits for one."""
    story = await whole(session, text_id, lock=True)
    text = story.by_id(text_id).text
    versions.void(text)
    if waits and text.state == "draft":
        text.state = "submitted"
    versions.settle(story)
    await session.flush()


async def _own(
    session: AsyncSession, text_id: UUID, account: Account, *, everything: bool = False
) -> tuple[Story, News]:
    """The locked update and a version that isn't out, for who wrote the one or the other (or, the update itself)."""
    story = await whole(session, text_id, lock=True)
    news = story.by_id(text_id)
    rows = (story.update,) if everything else (story.update, news.text)
    wrote = [await same_person(session, row.author_id, account) for row in rows]
    if account.disabled_at or not any(wrote):
        raise NotAllowed
    if story.update.state == "withdrawn" or news.text.state in OUT:
        raise AlreadyJudged
    return story, news


async def _anew(session: AsyncSession, story: Story) -> None:
    for row in story.newest:
        versions.void(row)
    versions.settle(story)
    await session.flush()
