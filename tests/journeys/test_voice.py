"""Somebody who listens rather than reads: what she hears, where, and when there is nothing to hear."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.demo import voices as tones
from content.parts import Part, Value, Word
from content.voice import audio, clips, media, recordings, studio
from content.voice.attachments import Voice
from core import addresses, joined
from core.ids import new_id
from core.tables.channels import TemplateState
from core.tables.people import Account, Person
from core.tables.voice import Clip, Media
from messaging.channel import Attached
from messaging.simulator.phones import Bubble
from scheduler.queue import notices
from scheduler.queue.notices import Plan
from tests.journeys.house import House, Phone
from tests.scheduler import world


@pytest.fixture(scope="session")
async def made() -> list[Voice]:
    return await studio.tones(tones.TONES)


class Ears:
    """A house in which one speaker has read everything in Tigrinya, and another has heard it."""

    def __init__(self, house: House) -> None:
        self.house = house

    async def record(self, made: list[Voice]) -> Account:
        dawit = await self.house.staff("rolmodel", "dawit@voorbeeld.nl", "ti", "nl")
        mehret = await self.house.staff("rolmodel", "mehret@voorbeeld.nl", "ti", "nl")
        async with self.house.database.begin() as session:
            session.add_all(
                TemplateState(template=name, language="nl", content_sid="HX", approval="approved")
                for name in ("afspraak", "bericht")
            )
            readings = clips.wanted(self.house.texts, "ti")
            files = [await media.keep(session, self.house.clock.now(), one) for one in made]
            for place, reading in enumerate(readings):
                session.add(
                    Clip(
                        language="ti",
                        key=reading.key,
                        text_hash=reading.hash,
                        speaker_id=dawit.id,
                        media_id=files[place % len(files)],
                        state="checked",
                        checked_by=mehret.id,
                        checked_at=self.house.clock.now(),
                        created_at=self.house.clock.now(),
                    )
                )
        await self.listen()
        return dawit

    async def listen(self) -> None:
        """The processes notice which voices there are."""
        async with self.house.database.begin() as session:
            heard = await recordings.in_force(session)
        self.house.texts = replace(self.house.texts, voices=heard)

    async def appointment(self, person: Person, start: str = "2027-01-12 10:00", **values: Any) -> UUID:
        async with self.house.database.begin() as session:
            return (await world.appointment(session, person, start, now=self.house.clock.now(), **values)).id

    async def length(self, bubble: Bubble) -> int:
        """Milliseconds of what a bubble plays."""
        assert bubble.voice is not None
        kept = await self.house.phones.file(bubble.voice)
        assert kept is not None
        return len(audio.decoded(kept.content)) // 48

    async def joined(self) -> list[Media]:
        async with self.house.database.begin() as session:
            return list(await session.scalars(select(Media).where(Media.kind == joined.JOINED)))


@pytest.fixture
async def ears(house: House, made: list[Voice]) -> Ears:
    ears = Ears(house)
    await ears.record(made)
    return ears


async def listener(house: House, channel: str = "telegram", **values: Any) -> tuple[Person, Phone]:
    person = await house.person(**{"sense": "hear", **values})
    return person, await house.linked(person, channel, news=False)


async def test_the_first_words_are_heard_on_the_way_in(house: House, ears: Ears) -> None:
    person = await house.person(sense="hear")
    phone = await house.phone("telegram")
    await phone.say(f"/start {await house.card(person)}")
    await phone.tap("welcome.what")
    said = await phone.last()
    first = clips.spoken(house.texts, "ti", Part(unit="voice", name="first"))
    assert first
    assert said.voice is not None
    await phone.tap("welcome.listen")
    alone = await phone.last()
    assert (alone.text, alone.voice is not None) == ("", True)
    assert await ears.length(alone) < await ears.length(said)


async def test_the_reminder_is_heard_with_its_words_in_one_bubble(house: House, ears: Ears, made: list[Voice]) -> None:
    person, phone = await listener(house)
    await ears.appointment(person)
    await house.until("2026-12-21 11:05")
    (push,) = [bubble for bubble in await phone.got() if bubble.pushed]
    assert "10:00" in push.text
    assert push.voice is not None
    said = clips.spoken(house.texts, "ti", appointment_push("2027-01-12 10:00"))
    closing = clips.spoken(house.texts, "ti", Part(unit="voice", name="come"))
    assert said is not None
    assert closing is not None
    keys = [reading.key for reading in (*said, *closing)]
    place = {reading.key: at for at, reading in enumerate(clips.wanted(house.texts, "ti"))}
    expected = sum(made[place[key] % len(made)].milliseconds for key in keys) + audio.PAUSE_MS * (len(keys) - 1)
    assert await ears.length(push) == pytest.approx(expected, abs=30)


def appointment_push(start: str) -> Part:
    moment = datetime.fromisoformat(start)
    values: dict[str, Value] = {"day": moment.date(), "time": moment.time()}
    return Part(unit="appointment.announced", name="push", values=values)


async def test_what_many_hear_is_joined_once(house: House, ears: Ears) -> None:
    people = [await listener(house) for _ in range(3)]
    before = len(await ears.joined())
    for person, _ in people:
        await ears.appointment(person)
    await house.until("2026-12-21 11:05")
    pushes = [bubble for _, phone in people for bubble in await phone.got() if bubble.pushed]
    assert all(push.voice for push in pushes)
    assert (len(pushes), len(await ears.joined()) - before) == (3, 1)


async def test_what_is_opened_changes_the_words_and_the_voice_stays(house: House, ears: Ears) -> None:
    person, phone = await listener(house)
    await ears.appointment(person)
    await house.until("2026-12-21 11:05")
    await phone.tap("appointment.where")
    (opened,) = [bubble for bubble in await phone.got() if "Voorbeeldplein" in bubble.text]
    assert opened.replaces is not None
    assert opened.voice is not None


class TestDetails:
    """What is opened is heard too, where all of it can be read aloud; a name never is."""

    async def said(self, house: House, parts: list[Part]) -> int:
        """Milliseconds of these parts after each other."""
        ids = [UUID(one) for one in clips.ready(house.texts, "ti", parts)]
        assert ids
        async with house.database.begin() as session:
            found = {row.id: row.milliseconds or 0 for row in await session.scalars(select(Media))}
        return sum(found[one] for one in ids) + audio.PAUSE_MS * (len(ids) - 1)

    def facts(self, **values: Value) -> list[Part]:
        """Day, hours and kind of the appointment, and what to bring; a place only where one is given."""
        day, starts, ends = (
            datetime(2027, 1, 12).date(),
            datetime(2027, 1, 12, 10).time(),
            datetime(2027, 1, 12, 10, 45),
        )
        where = [Part(unit="facts", name="place", values=values)] if values else []
        return [
            Part(unit="facts", name="day", values={"day": day}),
            Part(unit="facts", name="hours", values={"time": starts, "end": ends.time()}),
            *where,
            Part(unit="facts", name="what", values={"what": Word(unit="kinds", name="voortgangsgesprek")}),
            Part(unit="facts", name="bring"),
        ]

    async def test_say_what_it_is_and_not_with_whom(self, house: House, ears: Ears) -> None:
        person, phone = await listener(house)
        await ears.appointment(person, place=None, tolk="ti")
        await house.until("2026-12-21 11:05")
        await phone.tap("appointment.where")
        alone = [bubble for bubble in await phone.got() if not bubble.text][-1]
        assert any("Karin" in bubble.text for bubble in await phone.got())
        assert await ears.length(alone) == pytest.approx(await self.said(house, self.facts()), abs=30)

    async def test_say_a_place_that_somebody_read(self, house: House, made: list[Voice]) -> None:
        async with house.database.begin() as session:
            await world.place(session, "Bibliotheek Veghel")
        async with house.database.begin() as session:
            house.texts = replace(house.texts, voices=await recordings.in_force(session))
        ears = Ears(house)
        await ears.record(made)
        person, phone = await listener(house)
        await ears.appointment(person, place="Bibliotheek Veghel")
        await house.until("2026-12-21 11:05")
        await phone.tap("appointment.where")
        alone = [bubble for bubble in await phone.got() if not bubble.text][-1]
        expected = await self.said(house, self.facts(place="Bibliotheek Veghel"))
        assert await ears.length(alone) == pytest.approx(expected, abs=30)

    async def test_on_whatsapp_instead_of_what_the_template_said(self, house: House, ears: Ears) -> None:
        person, phone = await listener(house, "whatsapp")
        await house.until("2026-12-23 09:00")
        await ears.appointment(person, place=None)
        await house.until("2026-12-23 09:05")
        push = await phone.last()
        await house.phones.tap(phone.id, push.choices[-1].id)
        await house.answer()
        house.clock.advance(timedelta(seconds=6))
        await house.answer()
        (alone,) = [bubble for bubble in await phone.got() if bubble.n > push.n and bubble.voice]
        assert await ears.length(alone) == pytest.approx(await self.said(house, self.facts()), abs=30)


class TestWorkshop:
    """What a workshop is and when: heard with its title where a rolmodel read that, and without where not yet."""

    async def opened(self, house: House, made: list[Voice], *, title_read: bool) -> tuple[Ears, Phone]:
        """A phone on which a workshop was opened, by who listens."""
        async with house.database.begin() as session:
            await world.day(session, "2027-01-13 13:00", childcare=True)
        async with house.database.begin() as session:
            heard = await recordings.in_force(session)
        house.texts = replace(house.texts, voices=heard if title_read else replace(heard, titles={}))
        ears = Ears(house)
        await ears.record(made)
        _, phone = await listener(house)
        await phone.say("/start")
        for button in ("menu.more", "workshop.list", "workshop.open"):
            await phone.tap(button)
        return ears, phone

    def facts(self, *title: Part) -> list[Part]:
        day, starts, ends = datetime(2027, 1, 13), datetime(2027, 1, 13, 13).time(), datetime(2027, 1, 13, 16).time()
        return [
            *title,
            Part(unit="facts", name="day", values={"day": day.date()}),
            Part(unit="facts", name="hours", values={"time": starts, "end": ends}),
            Part(unit="facts", name="place", values={"place": "Voorbeeldhuis"}),
            Part(unit="facts", name="childcare"),
            Part(unit="facts", name="free"),
            Part(unit="facts", name="counts", values={"hours": 3}),
        ]

    @pytest.mark.parametrize("title_read", [True, False])
    async def test_is_heard_with_its_title_where_that_was_read(
        self, house: House, made: list[Voice], title_read: bool
    ) -> None:
        ears, phone = await self.opened(house, made, title_read=title_read)
        title = [Part(unit="facts", name="what", values={"what": "Werken in Nederland"})] if title_read else []
        alone = [bubble for bubble in await phone.got() if not bubble.text][-1]
        assert any("Werken in Nederland" in bubble.text for bubble in await phone.got())
        expected = await TestDetails().said(house, self.facts(*title))
        assert await ears.length(alone) == pytest.approx(expected, abs=30)


class TestNoVoice:
    async def test_for_who_reads(self, house: House, ears: Ears) -> None:
        person, phone = await listener(house, sense="read")
        await ears.appointment(person)
        await house.until("2026-12-21 11:05")
        assert [bubble.voice for bubble in await phone.got() if bubble.pushed] == [None]
        assert await ears.joined() == []

    async def test_on_a_phone_that_is_also_somebody_elses(self, house: House, ears: Ears) -> None:
        person, phone = await listener(house)
        async with house.database.begin() as session:
            for _, address in await addresses.of_person(session, person.id):
                address.shared = True
        await ears.appointment(person)
        await house.until("2026-12-21 11:05")
        assert [bubble.voice for bubble in await phone.got() if bubble.pushed] == [None]

    async def test_for_a_time_that_nobody_read(self, house: House, ears: Ears) -> None:
        person, phone = await listener(house)
        await ears.appointment(person, "2027-01-12 10:10")
        await house.until("2026-12-21 11:05")
        (push,) = [bubble for bubble in await phone.got() if bubble.pushed]
        assert "10:10" in push.text
        assert push.voice is None

    async def test_once_she_wiped_it_also_before_the_processes_noticed(self, house: House, ears: Ears) -> None:
        person, phone = await listener(house)
        await ears.appointment(person)
        await house.until("2026-12-21 11:05")
        async with house.database.begin() as session:
            dawit = (await session.scalars(select(Account).where(Account.email == "dawit@voorbeeld.nl"))).one()
            await recordings.wipe(session, dawit)
            row = await session.get_one(Person, person.id)
            await world.appointment(session, row, "2027-01-19 10:00", now=house.clock.now() + timedelta(hours=2))
        await house.until("2026-12-21 13:30")
        pushes = [bubble for bubble in await phone.got() if bubble.pushed]
        assert len(pushes) == 2
        assert [bool(push.voice) for push in pushes] == [True, False]
        async with house.database.begin() as session:
            assert list(await session.scalars(select(Media))) == []


class TestWhatsApp:
    async def test_inside_its_window_the_voice_follows_the_words(self, house: House, ears: Ears) -> None:
        person, phone = await listener(house, "whatsapp")
        await ears.appointment(person)
        await house.until("2026-12-21 11:05")
        push, alone = (await phone.got())[-2:]
        assert (push.pushed, push.voice) == (True, None)
        assert (alone.text, alone.pushed) == ("", False)
        assert await ears.length(alone) > 2000
        assert push.at is not None
        assert alone.at is not None
        assert alone.at - push.at >= timedelta(seconds=6)

    async def test_behind_a_template_it_follows_what_was_opened(self, house: House, ears: Ears) -> None:
        person, phone = await listener(house, "whatsapp")
        await house.until("2026-12-23 09:00")
        await ears.appointment(person)
        await house.until("2026-12-23 09:05")
        push = await phone.last()
        assert (push.language, push.voice) == ("nl", None)
        await house.phones.tap(phone.id, push.choices[-1].id)
        await house.answer()
        assert any("Voorbeeldplein" in bubble.text for bubble in await phone.got())
        assert [bubble.voice for bubble in await phone.got() if bubble.n > push.n] == [None, None]
        house.clock.advance(timedelta(seconds=6))
        await house.answer()
        alone = await phone.last()
        assert (alone.text, alone.voice is not None) == ("", True)

    async def test_after_stop_nothing_follows(self, house: House, ears: Ears) -> None:
        person, phone = await listener(house, "whatsapp")
        await ears.appointment(person)
        house.clock.moment = world.at("2026-12-21 11:02")
        await house.answer()
        push = await phone.last()
        assert push.pushed
        await phone.say("STOP")
        house.clock.advance(timedelta(minutes=1))
        await house.answer()
        after = [bubble for bubble in await phone.got() if bubble.n > push.n]
        assert ([bubble.voice for bubble in after], "STOP" in (await phone.bubbles())[-2].text) == ([None], True)


async def test_a_rolmodel_speaks_another_hears_it_and_then_a_listener_does(house: House, made: list[Voice]) -> None:
    """The whole way with real sound: recorded on one phone, checked on another, heard on a third."""
    dawit, mehret = [await rolmodel(house, name) for name in ("dawit", "mehret")]
    await dawit.say("/start")
    await dawit.tap("menu.more")
    await dawit.tap("recording.begin")
    await dawit.tap("recording.agree")
    while "bericht voor u" not in (await dawit.last()).text:
        await dawit.tap("recording.skip")
    await speaks(dawit, made[0])
    assert (await dawit.last()).voice is not None
    await dawit.tap("recording.good")

    await house.until("2026-12-21 11:40")
    await mehret.tap("rolmodel.begin")
    assert (await mehret.last()).voice is not None
    await mehret.tap("recording.right")
    await Ears(house).listen()

    person, phone = await listener(house, languages=["nl"])
    async with house.database.begin() as session:
        await leefgeld_notice(session, person, house)
    await house.until("2026-12-21 11:50")
    push = await phone.last()
    assert push.text == "Er is een bericht voor u van PIM Welkom."
    assert await Ears(house).length(push) == pytest.approx(made[0].milliseconds, abs=60)


async def rolmodel(house: House, name: str) -> Phone:
    person = await house.person(name=name, languages=["nl"])
    await house.staff("rolmodel", f"{name}@voorbeeld.nl", "nl", person_id=person.id)
    return await house.linked(person, news=False)


async def speaks(phone: Phone, voice: Voice) -> None:
    await phone.house.phones.attach(phone.id, Attached.VOICE, "audio/ogg", voice.content)
    await phone.house.answer()


async def leefgeld_notice(session: AsyncSession, person: Person, house: House) -> None:
    """Something that is pushed as no more than that there is a message."""
    due = house.clock.now()
    await notices.plan(
        session,
        due,
        [
            Plan(
                person_id=person.id,
                kind="workshop",
                step="missed",
                source_kind="workshop_session",
                source_id=new_id(),
                due=due,
            )
        ],
    )
