"""STOP, START and HELP: in every language, on every channel, wherever a chat stands (privacy.md of the design)."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot import words
from bot.words import Universal
from core import addresses
from core.languages import LANGUAGES
from core.tables.chats import Chat
from core.tables.people import PersonAddress
from tests.bot import phones
from tests.bot.phones import Phone

TABLES = {Universal.STOP: words.STOP, Universal.START: words.START, Universal.HELP: words.HELP}

#: Where a chat can stand: scene and state.
STANDS = {
    "nowhere": ("", None),
    "choosing a language": ("link", {"code": "x"}),
    "asked for the pictures": ("link", {"here": True, "first": 3}),
    "shared phone, asked for the pictures": ("unlock", {"action": "agenda.open", "first": 3}),
    "writing news": ("rolmodel", {"step": "write", "language": "ti"}),
    "looking at news": ("rolmodel", {"step": "review"}),
    "not understood before": ("said", None),
    "in a scene of an older release": ("gone", {"x": 1}),
}


def every(meaning: Universal) -> list[tuple[str, str]]:
    return [(code, word) for code, said in TABLES[meaning].items() for word in said.split(", ")]


@pytest.mark.parametrize("meaning", TABLES)
def test_every_language_has_its_words(meaning: Universal) -> None:
    assert list(TABLES[meaning]) == list(LANGUAGES) == list(words.POLITE)
    assert [word for _, word in every(meaning) if words.universal(word) is not meaning] == []


@pytest.mark.parametrize("meaning", TABLES)
def test_politeness_changes_nothing(meaning: Universal) -> None:
    for code, word in every(meaning):
        for polite in words.POLITE[code].split(", "):
            for said in (f"{word} {polite}", f"{word.upper()}, {polite}!"):
                assert words.universal(said) is meaning, said


@pytest.mark.parametrize(
    "said", ["“STOP”", "*stop*", "\u200fتوقف\u200e", "توقـف", "S\u0301TOP?!", "stop\u200b", "- stop -"]
)
def test_signs_around_and_marks_inside_change_nothing(said: str) -> None:
    assert words.universal(said) is Universal.STOP


def test_a_longer_sentence_is_no_order_but_asks() -> None:
    for _, word in every(Universal.STOP):
        for said in (f"{word} xyz", f"xyz {word}", f"{word} alstublieft xyz"):
            assert words.universal(said) is None, said
            assert words.perhaps_stop(said), said


def test_nobody_is_asked_for_nothing() -> None:
    for said in ("wanneer komt mijn dochter", "متى الموعد", "ok", "", "👍", "stopcontact"):
        assert words.universal(said) is None
        assert not words.perhaps_stop(said)


async def stand(phone: Phone, name: str) -> None:
    """Let a chat stand somewhere."""
    address = await addresses.ensure(phone.session, phone.now, phone.channel, phone.handle)
    scene, state = STANDS[name]
    (chat,) = await phone.session.scalars(
        select(Chat).where(Chat.address_id == address.id).execution_options(populate_existing=True)
    )
    chat.scene, chat.state = scene, state
    await phone.session.flush()


async def stopped(phone: Phone) -> bool:
    """Whether nothing goes to this phone any more; it is welcome again after that."""
    address = await addresses.ensure(phone.session, phone.now, phone.channel, phone.handle)
    off = select(PersonAddress.opted_out_at).where(PersonAddress.address_id == address.id)
    found = (await phone.session.scalars(off)).one() is not None
    await phone.session.execute(
        update(PersonAddress).where(PersonAddress.address_id == address.id).values(opted_out_at=None)
    )
    return found


@pytest.mark.parametrize("channel", ["telegram", "whatsapp", "sms"])
@pytest.mark.parametrize("place", STANDS)
async def test_stop_works_wherever_a_chat_stands(session: AsyncSession, channel: str, place: str) -> None:
    person = await phones.make_person(session)
    shared = place.startswith("shared")
    phone = await phones.linked(session, person, channel=channel, shared=shared)
    await phone.types("hallo")
    for code, said in words.STOP.items():
        await stand(phone, place)
        assert "krijgt" in await phone.types(said.split(", ")[-1]), code
        assert await stopped(phone), code
    await stand(phone, place)
    assert "geen" in await phone.types("ik wil stoppen met de cursus")
    assert not await stopped(phone)


@pytest.mark.parametrize("channel", ["telegram", "whatsapp", "sms"])
@pytest.mark.parametrize("place", STANDS)
async def test_start_and_help_work_wherever_a_chat_stands(session: AsyncSession, channel: str, place: str) -> None:
    phone = await phones.linked(session, await phones.make_person(session), channel=channel)
    await phone.types("stop")
    for code, said in words.HELP.items():
        await stand(phone, place)
        assert "14 0413" in await phone.types(said.split(", ")[-1]), code
    for code, said in words.START.items():
        await phone.types("stop")
        await stand(phone, place)
        await phone.types(said.split(", ")[-1])
        assert not await stopped(phone), code


async def test_who_staff_only_wrote_down_is_asked_too(session: AsyncSession) -> None:
    person = await phones.make_person(session)
    phone = Phone(session=session, channel="sms")
    address = await addresses.ensure(session, phone.now, "sms", phone.handle)
    await addresses.attach(session, phone.now, person.id, address.id, verified=False)
    assert "geen" in await phone.types("wilt u stoppen met sms sturen")
    await phone.types("stop")
    assert await stopped(phone)
