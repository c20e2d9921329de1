from dataclasses import dataclass

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from bot import conversation
from content.catalogue import load
from content.inforce import InForce, concepts
from core.tables.chats import Reply
from core.tables.people import Person
from messaging.channel import Incoming, from_json
from tests.bot import phones
from tests.bot.phones import NOW, SETTINGS

TEXTS: InForce = concepts(load(("nl", "am", "ar")))


@dataclass(kw_only=True)
class Speaker:
    """Somebody with a Telegram phone in her own language."""

    session: AsyncSession
    person: Person
    phone: phones.Phone
    labels: tuple[str, ...] = ()

    async def does(self, action: str) -> str:
        incoming = Incoming(channel="telegram", handle=self.phone.handle, choice=action)
        (reply,) = await conversation.answer(self.session, SETTINGS, TEXTS, NOW, incoming, edits=False)
        said = from_json((await self.session.get_one(Reply, reply)).message or {})
        self.labels = tuple(button.label for button in said.buttons)
        return said.text


async def speaker(session: AsyncSession, language: str) -> Speaker:
    person = await phones.make_person(session, languages=(language, "nl"))
    return Speaker(session=session, person=person, phone=await phones.linked(session, person))


async def test_the_clock_counted_from_dawn_is_off_until_asked_for(session: AsyncSession) -> None:
    abeba = await speaker(session, "am")
    await abeba.does("settings.open")
    assert "🕙 10:00 = 4:00" in abeba.labels
    before = abeba.person.habit_clock

    own, dutch = (await abeba.does("settings.clock")).split("\n\n")

    assert (before, abeba.person.habit_clock) == (False, True)
    assert "10:00 (ከጠዋቱ 4:00)" in own
    assert dutch.endswith("🕙 van 10:00 uur tot 11:00 uur")


async def test_and_off_again_with_the_same_button(session: AsyncSession) -> None:
    abeba = await speaker(session, "am")
    await abeba.does("settings.clock")

    assert "4:00" not in await abeba.does("settings.clock")
    assert not abeba.person.habit_clock


@pytest.mark.parametrize("language", ["ar", "nl"])
async def test_nobody_else_is_offered_it(session: AsyncSession, language: str) -> None:
    other = await speaker(session, language)

    await other.does("settings.open")

    assert not any("4:00" in label for label in other.labels)
