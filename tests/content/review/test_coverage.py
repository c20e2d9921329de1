import hashlib
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from content import catalogue, drift, texts
from content.drift import State
from content.review import coreset, coverage
from content.review.coverage import Group
from content.voice import clips
from core.tables.people import Account
from core.tables.texts import Text
from core.tables.voice import Clip, Media
from tests.content.community import NOW, make_account

SHIPPED = catalogue.load(("ti", "ar"))
UNIT = "appointment.day"


async def approve(session: AsyncSession, *units: str) -> None:
    speaker = await make_account(session)
    wanted = Text.unit.in_(units), Text.language == "ti", Text.state == "concept"
    for row in list(await session.scalars(select(Text).where(*wanted))):
        await texts.approve(session, NOW - timedelta(hours=1), row.id, speaker)


async def clip(
    session: AsyncSession, key: str, words: str, state: str = "checked", *, speaker: Account | None = None
) -> None:
    """A voice that reads these words."""
    media = Media(kind="voice", mime="audio/ogg", sha256="0" * 64, created_at=NOW)
    media.content = b"voorbeeld"
    session.add(media)
    await session.flush()
    hashed = hashlib.sha256(words.encode()).hexdigest()
    speaker = speaker or await make_account(session)
    session.add(
        Clip(
            language="ti",
            key=key,
            text_hash=hashed,
            speaker_id=speaker.id,
            media_id=media.id,
            state=state,
            created_at=NOW,
        )
    )
    await session.flush()


async def matrix(session: AsyncSession) -> coverage.Coverage:
    return await coverage.matrix(session, await texts.in_force(session, SHIPPED), ["nl", "ar", "ti"])


def test_every_unit_stands_in_one_group() -> None:
    groups = coverage.grouped(SHIPPED.units)
    together = [unit for units in groups.values() for unit in units]
    assert sorted(together) == sorted(SHIPPED.units)
    assert groups[Group.CORE] == coreset.CORE
    assert "workshop.invitation" in groups[Group.NOTICES]
    assert "agenda" in groups[Group.CONVERSATION]


async def test_counts_of_a_language(session: AsyncSession) -> None:
    await texts.ship(session, NOW, SHIPPED)
    await approve(session, UNIT)

    found = await matrix(session)

    assert found.languages == ("ar", "ti")
    core = found.counts("ti")[Group.CORE]
    assert core.units == len(coreset.CORE)
    assert (core.of("current"), core.of("waiting"), core.of("missing")) == (7, 8, 0)  # six come with the release
    assert sum(count.units for count in found.counts("ar").values()) == len(SHIPPED.units)


async def test_a_better_version_that_waits_is_told_beside_what_is_said(session: AsyncSession) -> None:
    await texts.ship(session, NOW, SHIPPED)
    await approve(session, UNIT)
    assert not (await matrix(session)).cells["ti", UNIT].newer
    body = {**SHIPPED.bodies["ti"][UNIT], "push": ("ጽባሕ ቆጸራ ኣለኩም፦ {day}፣ {time}።",)}
    author = await make_account(session)
    await texts.submit(session, NOW, SHIPPED, unit=UNIT, language="ti", body=body, author=author)

    found = await matrix(session)

    assert (found.cells["ti", UNIT].state, found.cells["ti", UNIT].newer) == (State.CURRENT, True)
    assert not found.cells["ti", "appointment.week"].newer  # it waits, but nothing of it is said
    assert found.counts("ti")[Group.CORE].newer == 1
    assert found.counts("ar")[Group.CORE].newer == 0


async def test_a_voice_counts_while_it_reads_the_words_of_today(session: AsyncSession) -> None:
    await texts.ship(session, NOW, SHIPPED)
    await approve(session, UNIT)
    first, *others = clips.of_message(await texts.in_force(session, SHIPPED), "ti", UNIT, "push")
    assert others
    assert not (await matrix(session)).cells["ti", UNIT].voice

    speaker = await make_account(session)
    for one in others:
        await clip(session, one.key, one.text, speaker=speaker)
    await clip(session, first.key, "ካልእ ቃላት", speaker=speaker)
    await clip(session, first.key, first.text, state="recorded", speaker=speaker)
    await clip(session, first.key, first.text)  # somebody else's
    assert not (await matrix(session)).cells["ti", UNIT].voice
    await session.execute(update(Clip).where(Clip.speaker_id == speaker.id).values(state="checked"))
    found = await matrix(session)
    assert found.cells["ti", UNIT].voice
    assert not found.cells["ar", UNIT].voice
    assert sum(count.voiced for count in found.counts("ti").values()) == 1


async def test_a_language_goes_live_with_its_core_set(session: AsyncSession) -> None:
    await texts.ship(session, NOW, SHIPPED)
    before = coreset.readiness(await drift.states(session, SHIPPED, ["ti"]), "ti")
    assert not before.is_live
    assert (before.approved, before.needed) == (6, len(coreset.CORE))
    assert UNIT in before.missing
    assert "welcome" not in before.missing

    await approve(session, *coreset.CORE)
    assert coreset.readiness(await drift.states(session, SHIPPED, ["ti"]), "ti").is_live


async def test_an_empty_installation_misses_everything(session: AsyncSession) -> None:
    found = await matrix(session)
    assert {cell.state for cell in found.cells.values()} == {State.MISSING}
