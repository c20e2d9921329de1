from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from content import render
from content.parts import Part, Value
from core.ids import from_short, new_id, short
from core.tables.notices import Delivery, Notice
from core.tables.people import Address, Person
from core.tables.texts import Understanding
from core.tables.work import Task
from core.values import Handle, Private
from tests.bot import phones
from tests.bot.phones import NOW, PICTURES, TEXTS, Phone

ASK = "Is dit duidelijk?"
BELOW = ["✅ Duidelijk", "❓ Niet duidelijk", "📞 Bel mij"]


async def pushed(
    session: AsyncSession,
    phone: Phone,
    person: Person,
    source_id: UUID,
    unit: str = "appointment.announced",
    text: str | None = None,
) -> str:
    """A notice about something arrived on this phone; how the provider names its bubble."""
    address = (await session.scalars(select(Address).where(Address.channel == phone.channel))).all()
    mine = next(row for row in address if row.handle == Handle(phone.handle.reveal()))
    notice = Notice(
        person_id=person.id,
        kind=unit.partition(".")[0],
        step=unit.partition(".")[2],
        source_kind="appointment",
        source_id=source_id,
        doubt="never",
        due=NOW,
        priority=2,
        state="sent",
        planned_at=NOW,
    )
    session.add(notice)
    await session.flush()
    bubble = f"push {new_id()}"
    values: dict[str, Value] = {"day": NOW.date(), "time": NOW.time(), "count": 2, "municipality": "Meierijstad"}
    said = render.plain(TEXTS, "nl", Part(unit=unit, name="push", values=values))
    session.add(
        Delivery(
            notice_id=notice.id,
            address_id=mine.id,
            channel=phone.channel,
            state="sent",
            provider_id=bubble,
            language="nl",
            text=Private(text or said),
            text_hash=TEXTS.source_hash(unit),
            handed_at=NOW,
        )
    )
    await session.flush()
    return bubble


async def opened(session: AsyncSession, channel: str = "telegram") -> tuple[Phone, Person, str, str]:
    """Somebody with a notice of an appointment on the phone: the phone, the person, what a tap does, the bubble."""
    person = await phones.make_person(session)
    row = await phones.make_appointment(session, person)
    phone = await phones.linked(session, person, channel=channel)
    bubble = await pushed(session, phone, person, row.id)
    return phone, person, f"appointment.where:{short(row.id)}", bubble


async def answers(session: AsyncSession, person: Person) -> Mapping[str, str | None]:
    query = select(Understanding).where(Understanding.person_id == person.id).execution_options(populate_existing=True)
    return {row.unit: row.answer for row in await session.scalars(query)}


@pytest.mark.parametrize("channel", ["telegram", "whatsapp"])
async def test_asked_in_a_bubble_of_its_own_below_the_opened_message(session: AsyncSession, channel: str) -> None:
    phone, person, where, bubble = await opened(session, channel)

    await phone.does(where, bubble)

    details, question = phone.heard
    assert [button.label for button in details.buttons] == ["✅ Ik kom", "❌ Ik kan niet", "📞 Bel mij"]
    assert (question.text, phone.labels, question.edit) == (ASK, BELOW, None)
    assert all(len(button.id.encode()) <= 64 for button in question.buttons)
    assert await answers(session, person) == {"appointment.announced": None, "facts": None}


async def test_asked_once(session: AsyncSession) -> None:
    phone, _, where, bubble = await opened(session)
    await phone.does(where, bubble)

    assert ASK not in await phone.does(where, bubble)


async def test_another_notice_with_other_words_is_asked_about_too(session: AsyncSession) -> None:
    phone, person, where, bubble = await opened(session)
    await phone.does(where, bubble)
    await phone.does(phone.last.buttons[0].id)
    row = from_short(where.partition(":")[2])
    assert row is not None
    phone.now = NOW + timedelta(days=1)

    tomorrow = await pushed(session, phone, person, row, "appointment.day")

    assert ASK in await phone.does(where, tomorrow)
    assert await answers(session, person) == {
        "appointment.announced": "clear",
        "facts": "clear",
        "appointment.day": None,
    }


async def test_what_did_not_arrive_by_itself_is_not_asked_about(session: AsyncSession) -> None:
    phone, person, where, _ = await opened(session)

    assert ASK not in await phone.does(where, "another bubble")
    assert await answers(session, person) == {}


async def test_never_by_text_message(session: AsyncSession) -> None:
    phone, person, where, bubble = await opened(session, "sms")

    assert ASK not in await phone.does(where, bubble)
    assert await answers(session, person) == {}


async def test_clear_is_thanked_for(session: AsyncSession) -> None:
    phone, person, where, bubble = await opened(session)
    await phone.does(where, bubble)

    assert await phone.does(phone.last.buttons[0].id) == "Fijn. Dank u."
    assert set((await answers(session, person)).values()) == {"clear"}


async def test_unclear_offers_a_call_about_the_same_thing_and_tells_staff_nothing(session: AsyncSession) -> None:
    phone, person, where, bubble = await opened(session)
    await phone.does(where, bubble)

    assert "Wij maken deze tekst beter" in await phone.taps("Niet duidelijk")
    assert phone.labels == ["📞 Bel mij"]
    assert await phones.tasks_of(session, person.id) == []

    assert "Wanneer is goed?" in await phone.taps("Bel mij")
    (task,) = await session.scalars(select(Task).where(Task.person_id == person.id))
    assert (task.kind, task.source_kind) == ("call_me", "appointment")
    assert set((await answers(session, person)).values()) == {"unclear"}


async def test_call_leads_to_the_call(session: AsyncSession) -> None:
    phone, person, where, bubble = await opened(session)
    await phone.does(where, bubble)

    assert "Wanneer is goed?" in await phone.taps("Bel mij")
    assert await phones.tasks_of(session, person.id) == [("call_me", "asked")]
    assert set((await answers(session, person)).values()) == {"call"}


async def test_typed_numbers_still_answer_the_appointment(session: AsyncSession) -> None:
    phone, _, where, bubble = await opened(session, "whatsapp")
    await phone.does(where, bubble)

    assert "U komt" in await phone.types("1")


async def test_somebody_elses_question_looks_like_none(session: AsyncSession) -> None:
    phone, person, where, bubble = await opened(session)
    await phone.does(where, bubble)
    theirs = phone.last.buttons[0].id
    stranger = await phones.linked(session, await phones.make_person(session))

    assert "Dit bericht is oud" in await stranger.does(theirs)
    assert set((await answers(session, person)).values()) == {None}


async def test_on_a_shared_phone_only_behind_the_pictures(session: AsyncSession) -> None:
    person = await phones.make_person(session)
    person.pictures = list(PICTURES)
    row = await phones.make_appointment(session, person)
    phone = await phones.linked(session, person, shared=True)
    bubble = await pushed(session, phone, person, row.id, "shared")

    assert ASK not in await phone.does(f"appointment.where:{short(row.id)}", bubble)
    await phone.does(f"unlock.first:{PICTURES[0]}", bubble)
    assert ASK in await phone.does(f"unlock.second:{PICTURES[1]}", bubble)


async def test_nothing_is_asked_about_a_push_that_says_nothing_itself(session: AsyncSession) -> None:
    person = await phones.make_person(session)
    row = await phones.make_appointment(session, person)
    phone = await phones.linked(session, person)

    await phone.does(f"appointment.where:{short(row.id)}", await pushed(session, phone, person, row.id, "message"))

    assert await answers(session, person) == {"facts": None}


async def test_a_template_says_words_of_its_own(session: AsyncSession) -> None:
    person = await phones.make_person(session)
    row = await phones.make_appointment(session, person)
    phone = await phones.linked(session, person, channel="whatsapp")
    said = "PIM Welkom, gemeente Meierijstad. U heeft een afspraak op woensdag 20 januari om 10:00 uur."

    await phone.does(f"appointment.where:{short(row.id)}", await pushed(session, phone, person, row.id, text=said))

    assert await answers(session, person) == {"facts": None}
