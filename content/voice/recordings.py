"""Voices of rolmodellen: recorded, checked by another speaker, wiped for good as soon as she wants."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, delete, exists, func, literal, select, update
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.dml import ReturningUpdate

from content.approvals import AlreadyJudged, NotAllowed, NotFound, OwnText, same_person, speaks
from content.audible import Clip as Heard
from content.audible import Speaker, Voices
from content.inforce import InForce
from content.voice import clips
from content.voice.attachments import Voice
from content.voice.clips import Reading
from core import joined
from core.ids import new_id
from core.permissions import may
from core.tables.agenda import Place, Workshop
from core.tables.channels import MediaRef
from core.tables.people import Account, Consent
from core.tables.voice import Clip, Media

PURPOSE = "voice"  #: of the consent

SHORTEST_MS = 500  #: of a recording as it came: less is a thumb that slipped
_SHORTEST_HEARD_MS = 120
SOFTEST_DB = -45.0  #: dBFS of what was spoken
MOST_CLIPPED = 0.01  #: share of samples that were cut off

_LONGEST_MS = 60_000
_FIRST_MS, _LETTER_MS, _DIGIT_MS = 3_000, 300, 1_500  #: time to begin, for a letter, for a digit: read slowly


def flaw(voice: Voice, text: str) -> str | None:
    """Why a recording of this text can't be used: soft, short, long or loud; None where it can."""
    if voice.loudness < SOFTEST_DB:
        return "soft"
    if voice.recorded < SHORTEST_MS or voice.milliseconds < _SHORTEST_HEARD_MS:
        return "short"
    if voice.milliseconds > longest(text):
        return "long"
    return "loud" if voice.clipped > MOST_CLIPPED else None


def longest(text: str) -> int:
    """Milliseconds that a slow reader may take for a text."""
    digits = sum(map(str.isdigit, text))
    return min(_LONGEST_MS, _FIRST_MS + _LETTER_MS * (len(text) - digits) + _DIGIT_MS * digits)


async def agreed(session: AsyncSession, person_id: UUID) -> bool:
    """Whether this person lets us keep her voice."""
    query = (
        select(Consent.given)
        .where(Consent.person_id == person_id, Consent.purpose == PURPOSE)
        .order_by(Consent.at.desc(), Consent.id.desc())
        .limit(1)
    )
    return bool(await session.scalar(query))


async def agree(
    session: AsyncSession, now: datetime, person_id: UUID, *, given: bool, language: str, text_hash: str
) -> None:
    """Write down that she lets us keep her voice, or no longer."""
    session.add(
        Consent(person_id=person_id, purpose=PURPOSE, given=given, at=now, language=language, text_hash=text_hash)
    )
    await session.flush()


async def to_read(session: AsyncSession, texts: InForce, language: str, account: Account) -> list[Reading]:
    """What this speaker has not recorded in today's words, in the order in which it is of use."""
    query = select(Clip.key, Clip.text_hash).where(
        Clip.language == language, Clip.speaker_id == account.id, Clip.state != "refused"
    )
    done = {(key, text_hash) for key, text_hash in await session.execute(query)}
    return [reading for reading in clips.wanted(texts, language) if (reading.key, reading.hash) not in done]


async def refused(session: AsyncSession, texts: InForce, account: Account) -> bool:
    """Whether a recording of hers was heard and is asked for again, in today's words."""
    query = select(Clip).where(Clip.speaker_id == account.id, Clip.state == "refused")
    rows = list(await session.scalars(query))
    wanted = {code: clips.wanted(texts, code) for code in {row.language for row in rows}}
    today = {(code, reading.key, reading.hash) for code, found in wanted.items() for reading in found}
    return any((row.language, row.key, row.text_hash) in today for row in rows)


async def keep(
    session: AsyncSession, now: datetime, language: str, reading: Reading, account: Account, media_id: UUID
) -> UUID:
    """Put a recording in the place of what she recorded of these words before; another speaker checks it.

    Returns the clip's id. NotAllowed where she doesn't speak the language, NotFound where the recording is gone.
    """
    if not await speaks(session, account, language):
        raise NotAllowed
    if await session.get(Media, media_id) is None:
        raise NotFound
    before = (Clip.language == language, Clip.key == reading.key, Clip.speaker_id == account.id)
    await _drop(session, list(await session.scalars(delete(Clip).where(*before).returning(Clip.media_id))))
    row = insert(Clip).values(
        id=new_id(),
        language=language,
        key=reading.key,
        text_hash=reading.hash,
        speaker_id=account.id,
        media_id=media_id,
        state="recorded",
        created_at=now,
    )
    return (await session.scalars(row.returning(Clip.id))).one()


async def to_check(session: AsyncSession, texts: InForce, account: Account) -> list[tuple[Clip, Reading]]:
    """What this account can listen to and judge: of her languages, read from today's words, not her own."""
    languages = [code for code in account.languages if may(account, "text.approve", language=code)]
    query = (
        select(Clip)
        .join(Account, Account.id == Clip.speaker_id)
        .where(Clip.language.in_(languages), Clip.state == "recorded", Account.disabled_at.is_(None))
        .order_by(Clip.created_at, Clip.id)
    )
    wanted = {code: {reading.key: reading for reading in clips.wanted(texts, code)} for code in languages}
    found = []
    for row in await session.scalars(query):
        reading = wanted[row.language].get(row.key)
        if reading is None or reading.hash != row.text_hash or await same_person(session, row.speaker_id, account):
            continue
        found.append((row, reading))
    return found


async def judge(session: AsyncSession, now: datetime, clip_id: UUID, account: Account, *, good: bool) -> Clip:
    """A second speaker heard it: it may be used, or is asked for again. Refused says why not (content.approvals)."""
    row = await session.get(Clip, clip_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    if not (await speaks(session, account, row.language) and may(account, "text.approve", language=row.language)):
        raise NotAllowed
    if await same_person(session, row.speaker_id, account):
        raise OwnText
    if row.state != "recorded":
        raise AlreadyJudged
    row.state, row.checked_by, row.checked_at = ("checked" if good else "refused"), account.id, now
    await session.flush()
    return row


async def undo(session: AsyncSession, now: datetime, clip_id: UUID, account: Account, within: timedelta) -> Clip | None:
    """Void what this account said of a clip: it waits to be heard again. None: too late, or recorded anew since."""
    row = await session.get(Clip, clip_id, with_for_update=True, populate_existing=True)
    if row is None or row.checked_at is None:
        return None
    if account.disabled_at or not await same_person(session, row.checked_by, account):
        raise NotAllowed
    if now > row.checked_at + within:
        return None
    row.state, row.checked_by, row.checked_at = "recorded", None, None
    await session.flush()
    return row


async def unjudge(session: AsyncSession, account: Account, since: datetime) -> int:
    """What this account heard since then waits for another's ear; how many clips."""
    theirs = (Clip.checked_by == account.id, Clip.checked_at >= since, Clip.state.in_(("checked", "refused")))
    return len((await session.scalars(_again(*theirs))).all())


async def call_back(session: AsyncSession, clip_id: UUID, of: Account) -> bool:
    """A clip that a stopped account approved waits for another's ear. False where it approved none such."""
    if of.disabled_at is None:
        raise NotAllowed
    theirs = (Clip.id == clip_id, Clip.checked_by == of.id, Clip.state == "checked")
    return bool((await session.scalars(_again(*theirs))).all())


def _again(*which: ColumnElement[bool]) -> ReturningUpdate[UUID]:
    heard_anew = update(Clip).where(*which).values(state="recorded", checked_by=None, checked_at=None)
    return heard_anew.returning(Clip.id)


async def wipe(session: AsyncSession, account: Account) -> int:
    """Her voice is gone at once: recordings, whatever was joined of them, what providers call them. How many clips."""
    gone = list(await session.scalars(delete(Clip).where(Clip.speaker_id == account.id).returning(Clip.media_id)))
    await _drop(session, gone)
    return len(gone)


async def _drop(session: AsyncSession, media_ids: Sequence[UUID]) -> None:
    """Delete recordings that no clip plays any more, and everything that was joined: that is made again of the rest.

    In this order: who joins recordings holds them, so what was joined of them meanwhile is seen by the second.
    """
    if not media_ids:
        return
    unused = (Media.id.in_(media_ids), ~exists().where(Clip.media_id == Media.id))
    hashes = list(await session.scalars(delete(Media).where(*unused).returning(Media.sha256)))
    hashes += await session.scalars(delete(Media).where(Media.kind == joined.JOINED).returning(Media.sha256))
    await session.execute(delete(MediaRef).where(MediaRef.sha256.in_(hashes)))


async def in_force(session: AsyncSession, *, before: datetime | None = None) -> Voices:
    """The clips that were checked, of speakers who are still with us, and what has a name.

    `before`: what was checked later than this can still be undone, so it isn't heard yet (None: all is).
    """
    query = (
        select(Clip.language, Clip.speaker_id, Clip.key, Clip.text_hash, Clip.media_id)
        .join(Account, Account.id == Clip.speaker_id)
        .where(Clip.state == "checked", Account.disabled_at.is_(None), *_settled(before))
        .order_by(Clip.language, Clip.speaker_id)
    )
    found: dict[str, dict[UUID, dict[str, Heard]]] = {}
    for row in await session.execute(query):
        clip = Heard(text_hash=row.text_hash, media_id=str(row.media_id))
        found.setdefault(row.language, {}).setdefault(row.speaker_id, {})[row.key] = clip
    speakers: dict[str, Sequence[Speaker]] = {
        language: sorted(by_speaker.values(), key=len, reverse=True) for language, by_speaker in found.items()
    }
    places = {name: f"place:{place_id}" for place_id, name in await session.execute(select(Place.id, Place.name))}
    titles = {title: f"title:{row_id}" for row_id, title in await session.execute(_titles)}
    return Voices(speakers=MappingProxyType(speakers), places=MappingProxyType(places), titles=MappingProxyType(titles))


#: Of workshops that somebody signs up for; the others are known by their day.
_titles = select(Workshop.id, Workshop.title).where(Workshop.open_activity.is_(False)).order_by(Workshop.id)


def _settled(before: datetime | None) -> tuple[ColumnElement[bool], ...]:
    return () if before is None else (Clip.checked_at <= before,)


async def next_in_force(session: AsyncSession, since: datetime) -> datetime | None:
    """When the first clip that was checked after this moment was: so much later the next voice may be heard."""
    later = (Clip.state == "checked", Clip.checked_at > since)
    return (await session.execute(select(func.min(Clip.checked_at)).where(*later))).scalar_one()


async def stamp(session: AsyncSession, *, before: datetime | None = None) -> tuple[object, ...]:
    """Unequal to the last one as soon as another clip may be heard, or one may no longer: ask `in_force` again.

    `before` as in `in_force`.
    """
    names = [_names(Place.id, Place.name), _names(Workshop.id, Workshop.title)]
    disabled = select(func.count()).where(Account.disabled_at.is_not(None)).scalar_subquery()
    query = select(func.count(), func.max(Clip.checked_at), *names, disabled).where(
        Clip.state == "checked", *_settled(before)
    )
    return tuple((await session.execute(query)).one())


def _names(row_id: InstrumentedAttribute[UUID], name: InstrumentedAttribute[str]) -> ScalarSelect[str]:
    """Changes with every name of a table."""
    named = func.concat(row_id, " ", name)
    return select(func.md5(func.string_agg(named, aggregate_order_by(literal("\n"), row_id)))).scalar_subquery()
