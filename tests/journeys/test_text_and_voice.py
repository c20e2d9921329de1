"""A text that changes: its voice is void, it is approved and read aloud anew, and goes out, also to who hears."""

from collections.abc import Sequence
from uuid import UUID

import pytest
from sqlalchemy import select

from content.parts import Part
from content.voice import audio, clips
from content.voice.attachments import Voice
from core.database import Database
from core.tables.people import Account
from core.tables.voice import Clip, Media
from messaging.simulator.phones import Bubble
from tests.journeys.house import Phone
from tests.journeys.test_texts import (
    NEW_DUTCH,
    NEW_TIGRINYA,
    OLD_TIGRINYA,
    SHIPPED,
    UNIT,
    WordedHouse,
    approved,
    other_dutch,
)
from tests.journeys.test_voice import Ears, appointment_push, listener, made, speaks

__all__ = ["made"]

START = "2027-01-19 10:00"
NEW_WORDS = NEW_TIGRINYA.partition("{")[0]


class Town:
    """Dawit and Mehret, rolmodellen; Dawit has read everything that is said today, and Mehret has heard it."""

    def __init__(self, house: WordedHouse, ears: Ears, dawit: Phone, mehret: Phone) -> None:
        self.house, self.ears, self.dawit, self.mehret = house, ears, dawit, mehret

    async def made(self, channel: str = "telegram") -> Phone:
        """The phone of somebody who hears, for whom an appointment was just made: she is told two minutes later."""
        person, phone = await listener(self.house, channel, languages=["ti", "nl"])
        await self.ears.appointment(person, START)
        return phone

    async def told(self, phone: Phone, moment: str) -> Bubble:
        """What arrived on it by this moment, by itself."""
        await self.house.until(f"2026-12-21 {moment}")
        (push,) = [bubble for bubble in await phone.got() if bubble.pushed]
        return push

    async def spoken(self) -> list[UUID]:
        """The clips in which today's words would be said."""
        said = [appointment_push(START), Part(unit="voice", name="come")]
        return [UUID(one) for one in clips.ready(self.house.texts, "ti", said)]

    async def length(self, media: Sequence[UUID]) -> int:
        """Milliseconds of these clips after each other."""
        async with self.house.database.begin() as session:
            found = {row.id: row.milliseconds or 0 for row in await session.scalars(select(Media))}
        return sum(found[one] for one in media) + audio.PAUSE_MS * (len(media) - 1)


async def phone_of(house: WordedHouse, account: Account) -> Phone:
    """The phone of a rolmodel, whose own language is Dutch, so that the test can be read."""
    person = await house.person(name=account.name, languages=["nl"])
    async with house.database.begin() as session:
        (await session.get_one(Account, account.id)).person_id = person.id
    return await house.linked(person, news=False)


@pytest.fixture
async def town(fresh_database: Database, made: list[Voice]) -> Town:
    house = WordedHouse(fresh_database)
    await house.release(SHIPPED)
    await approved(house, await house.staff("vertaler", "ruth@voorbeeld.nl", "ti"), UNIT, "voice")
    ears = Ears(house)
    dawit = await ears.record(made)
    async with house.database.begin() as session:
        mehret = (await session.scalars(select(Account).where(Account.email == "mehret@voorbeeld.nl"))).one()
    await house.until("2026-12-21 11:03")
    return Town(house, ears, await phone_of(house, dawit), await phone_of(house, mehret))


async def test_changed_then_approved_and_read_aloud_then_said_and_heard(town: Town, made: list[Voice]) -> None:
    house, dawit, mehret = town.house, town.dawit, town.mehret
    before = await town.told(await town.made(), "11:06")
    assert (before.text.startswith(OLD_TIGRINYA), before.voice is not None) == (True, True)

    await house.release(other_dutch(nl=NEW_DUTCH))
    easy = await town.told(await town.made(), "11:09")
    assert easy.text == "Er is een nieuwe afspraak voor u: dinsdag 19 januari, 10:00 uur. Komt u?"
    assert easy.voice is None

    await house.release(other_dutch(nl=NEW_DUTCH, ti=NEW_TIGRINYA))
    await house.until("2026-12-21 11:19")
    meanwhile = await town.made()
    await house.until("2026-12-21 11:20")
    assert (await dawit.pushes())[-1] == "1 tekst wacht op u. Ongeveer 2 minuten."
    await dawit.tap("rolmodel.begin")
    for action in ("review.what", "review.when", "review.good"):
        await dawit.tap(action)
    assert (await town.told(meanwhile, "11:21")).text == easy.text
    alone = await town.told(await town.made(), "11:24")
    assert (alone.text.startswith(NEW_WORDS), alone.voice) == (True, None)

    await read_aloud(dawit, (made[0], made[4]))
    await house.until("2026-12-21 11:55")
    assert "wachten op u" in (await mehret.pushes())[-1]
    meanwhile = await town.made()
    await house.until("2026-12-21 11:56")
    await mehret.tap("rolmodel.begin")
    for _ in range(2):
        assert (await mehret.last()).voice is not None
        await mehret.tap("recording.right")
    assert "Over 2 minuten gebruiken wij deze stem." in (await mehret.last()).text
    assert (await town.told(meanwhile, "11:57")).voice is None

    heard = await town.told(await town.made(), "12:00")
    assert heard.text.startswith(NEW_WORDS)
    said = await town.spoken()
    assert set(await newest(town)) < set(said)
    assert await town.ears.length(heard) == pytest.approx(await town.length(said), abs=30)


async def test_a_yes_that_was_taken_back_is_never_heard(town: Town, made: list[Voice]) -> None:
    house, dawit, mehret = town.house, town.dawit, town.mehret
    await house.release(other_dutch(nl=NEW_DUTCH, ti=NEW_TIGRINYA))
    await approved(house, await house.staff("vertaler", "noor@voorbeeld.nl", "ti"), UNIT)
    await read_aloud(dawit, (made[0], made[4]))
    await house.until("2026-12-21 11:56")
    await mehret.tap("rolmodel.begin")
    await mehret.tap("recording.right")
    await mehret.tap("recording.right")
    await house.until("2026-12-21 11:57")
    await mehret.tap("recording.undo")
    assert "Hoort u dit goed?" in (await mehret.last()).text
    push = await town.told(await town.made(), "12:10")
    assert (push.text.startswith(NEW_WORDS), push.voice) == (True, None)
    await mehret.tap("recording.right")
    await house.until("2026-12-21 12:13")
    assert (await town.told(await town.made(), "12:16")).voice is not None


async def read_aloud(phone: Phone, voices: Sequence[Voice]) -> None:
    """The words that are new, in her own chat, until nothing is left to read."""
    await phone.say("/start")
    await phone.tap("rolmodel.work")
    await phone.tap("recording.begin")
    await phone.tap("recording.agree")
    for voice in voices:
        await speaks(phone, voice)
        await phone.tap("recording.good")
    assert "Alles is ingesproken" in (await phone.last()).text


async def newest(town: Town) -> list[UUID]:
    """What was read of the new words."""
    async with town.house.database.begin() as session:
        query = select(Clip.media_id).where(Clip.key.startswith(f"{UNIT}/push"), Clip.checked_at.is_not(None))
        return list(await session.scalars(query.order_by(Clip.created_at.desc()).limit(2)))
