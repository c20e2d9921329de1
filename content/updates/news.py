"""One piece of news as it is read: an update with all its languages, and each of them with the Dutch below it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, Text, cast, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from content.approvals import NotFound
from content.updates import audience
from content.updates.audience import Circle
from core import clock
from core.languages import SOURCE
from core.settings import Settings
from core.tables.notices import Notice
from core.tables.people import Person
from core.tables.texts import Update, UpdateText

#: Dutch in this state is nobody's news by itself: it only stands below other languages.
BELOW = "below"

#: Versions that somebody vouches for: who waits for one of these isn't given Dutch instead.
COMING = ("submitted", "approved", "sent", "recalled", "returned")

#: Versions that people got, or may have got.
OUT = ("sent", "recalled")


@dataclass(frozen=True, kw_only=True)
class News:
    """An update in one language: the text that is sent, and the Dutch below it (None where it has none)."""

    update: Update
    text: UpdateText
    dutch: UpdateText | None
    others: tuple[UpdateText, ...] = ()  #: the newest version in every other language
    elsewhere: tuple[UUID, ...] = ()  #: the ids of every version in another language

    @property
    def seen(self) -> str:
        """What a judge saw, to be given back with the judgement: words, days, place, people, picture and voice."""
        update, text = self.update, self.text
        words = [text.body, self.dutch.body if self.dutch else "", str(update.day), update.place or ""]
        whom = [update.for_place, update.for_leerroute, update.for_workshop]
        return digest(
            "\0".join(map(str, [*words, update.ends_on, update.send_at, *whom, update.picture_id, text.voice_id]))
        )

    @property
    def bodies(self) -> list[tuple[str, str]]:
        """Every word of it that somebody typed, with its language."""
        typed = [(row.language, row.body) for row in (self.text, self.dutch) if row is not None]
        return [*typed, (SOURCE, self.update.place or "")]

    @property
    def mark(self) -> str:
        """What a bubble with these very words carries, so that it is found when they are recalled."""
        return digest(f"{self.text.id} {self.text.source_hash}")

    @property
    def corrects(self) -> bool:
        """Whether it stands in for a version that was recalled."""
        return self.text.version > 1

    @property
    def circle(self) -> Circle:
        """Whom this language is for, as things stand: who has another approved one earlier in her list hears that."""
        ready = [row.language for row in self.others if row.state == "approved"]
        return self._circle(ready, [row.language for row in self.others if row.state in COMING])

    @property
    def wanted_circle(self) -> Circle:
        """Whom this language is for, once all the others are approved too."""
        everything = [row.language for row in self.others]
        return self._circle([row.language for row in self.others if row.state not in OUT], everything)

    def _circle(self, ready: Sequence[str], coming: Sequence[str]) -> Circle:
        return Circle(
            language=self.text.language,
            ready=tuple(ready),
            coming=tuple(coming),
            place=self.update.for_place,
            leerroute=self.update.for_leerroute,
            workshop=self.update.for_workshop,
            taken=self.elsewhere,
        )


@dataclass(frozen=True, kw_only=True)
class Story:
    """An update with every version of every language, oldest first."""

    update: Update
    texts: tuple[UpdateText, ...]

    @property
    def newest(self) -> tuple[UpdateText, ...]:
        """The newest version of each language that is sent by itself; Dutch last."""
        found = {row.language: row for row in sorted(self._own, key=lambda row: row.version)}
        return tuple(sorted(found.values(), key=lambda row: (row.language == SOURCE, row.id)))

    @property
    def versions(self) -> list[News]:
        """The same, each with the Dutch below it."""
        return [self.of(row) for row in self.newest]

    @property
    def dutch(self) -> UpdateText | None:
        """The newest Dutch."""
        return max((row for row in self.texts if row.language == SOURCE), key=lambda row: row.version, default=None)

    def of(self, text: UpdateText) -> News:
        """One version, which may be an older one."""
        below = next((row for row in self.texts if row.id == text.dutch_id), None)
        if below is not None and below.state == "recalled":
            below = next((row for row in self.newest if row.language == SOURCE and row.state == "sent"), None)
        others = tuple(row for row in self.newest if row.language != text.language)
        elsewhere = tuple(row.id for row in self._own if row.language != text.language)
        return News(update=self.update, text=text, dutch=below, others=others, elsewhere=elsewhere)

    def by_id(self, text_id: UUID) -> News:
        """A version by its id; by that of Dutch that only stands below: the first version. NotFound without any."""
        own = [row for row in self._own if row.id == text_id] or self.newest
        if not own:
            raise NotFound
        return self.of(own[0])

    @property
    def _own(self) -> list[UpdateText]:
        return [row for row in self.texts if row.state != BELOW]


async def read(session: AsyncSession, text_id: UUID) -> News:
    """An update by the id of one of its texts; NotFound where there is none."""
    return (await whole(session, text_id)).by_id(text_id)


async def whole(session: AsyncSession, text_id: UUID, *, lock: bool = False) -> Story:
    """All languages of the update that has this text; `lock`: read anew, and two judges come after each other."""
    update_id = await session.scalar(select(UpdateText.update_id).where(UpdateText.id == text_id))
    if update_id is None:
        raise NotFound
    query = select(Update).where(Update.id == update_id)
    (found,) = await stories(session, query.with_for_update() if lock else query, anew=lock)
    return found


async def locked(session: AsyncSession, text_id: UUID) -> News:
    """One language, read anew under a lock on its update."""
    return (await whole(session, text_id, lock=True)).by_id(text_id)


async def hold(session: AsyncSession, text_id: UUID, *, alone: bool = False) -> None:
    """Until this transaction ends nothing of this update is recalled; `alone`: and nobody reads it meanwhile.

    No lock on its row: thousands may open it at once, and a row would be written by each of them.
    """
    lock = func.pg_advisory_xact_lock if alone else func.pg_advisory_xact_lock_shared
    key = func.hashtextextended(cast(UpdateText.update_id, Text), 0)
    await session.execute(select(lock(key)).where(UpdateText.id == text_id))


async def stories(session: AsyncSession, query: Select[Update], *, anew: bool = False) -> list[Story]:
    """The updates of a query with all their texts, in its order."""
    options = {"populate_existing": anew}
    updates = list(await session.scalars(query.execution_options(**options)))
    texts: dict[UUID, list[UpdateText]] = {update.id: [] for update in updates}
    rows = select(UpdateText).where(UpdateText.update_id.in_(texts)).order_by(UpdateText.version, UpdateText.id)
    for row in await session.scalars(rows.execution_options(**options)):
        texts[row.update_id].append(row)
    return [Story(update=update, texts=tuple(texts[update.id])) for update in updates]


async def on_show(session: AsyncSession, now: datetime, settings: Settings, person: Person) -> list[News]:
    """What this person can read now, newest first, each in one language: sent, for her, and not yet over."""
    today = clock.wall(now, settings.timezone).date()
    query = (
        select(Update)
        .where(Update.state != "withdrawn", Update.ends_on >= today)
        .where(exists().where(UpdateText.update_id == Update.id, UpdateText.state == "sent"))
        .where(audience.is_for(now, Update, person))
        .order_by(Update.created_at.desc(), Update.id.desc())
    )
    found = [await _for(session, story, person) for story in await stories(session, query)]
    return [news for news in found if news is not None]


async def _for(session: AsyncSession, story: Story, person: Person) -> News | None:
    """The version she was pushed, else the first of her list; Dutch where she has no other."""
    out = {row.language: row for row in story.newest if row.state == "sent"}
    pushed = await _pushed(session, story, person)
    if pushed:
        text = next((out[language] for language in pushed if language in out), None)
    else:
        own = [code for code in person.languages if code != SOURCE or code == person.languages[0]]
        text = next((out[code] for code in own if code in out), None)
        waits = any(row.language in own for row in story.newest if row.state in COMING)
        text = text or (None if waits else out.get(SOURCE))
    return None if text is None else story.of(text)


async def _pushed(session: AsyncSession, story: Story, person: Person) -> list[str]:
    """In which language she was told of it; one at most."""
    told = (Notice.person_id == person.id, Notice.kind == audience.TELLS, Notice.state != "withdrawn")
    theirs = select(Notice.source_id).where(*told)
    got = set(await session.scalars(theirs.where(Notice.source_id.in_([row.id for row in story.texts]))))
    return [row.language for row in story.texts if row.id in got]


def over(news: News, now: datetime, settings: Settings) -> bool:
    """Whether it may no longer be shown: not out, taken down, or past its last day."""
    ended = news.update.ends_on < clock.wall(now, settings.timezone).date()
    return news.text.state != "sent" or news.update.state == "withdrawn" or ended


def digest(text: str) -> str:
    """SHA-256 (hex) of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()
