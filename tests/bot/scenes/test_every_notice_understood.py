"""Behind whatever notice a message was opened: it is asked about once, as its words say."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from content import updates
from core.ids import new_id, short
from core.tables.agenda import Enrolment
from core.tables.notices import Delivery, Notice
from core.tables.people import Person
from core.tables.texts import Broadcast, UpdateText
from scheduler.news import broadcasts, recall
from tests.bot import phones
from tests.bot.phones import NOW, SETTINGS, TEXTS, Phone
from tests.bot.scenes.test_understanding import ASK, answers, pushed
from tests.bot.scenes.test_workshop import make_day
from tests.content.community import make_account


async def somebody(session: AsyncSession, channel: str = "telegram") -> tuple[Phone, Person]:
    person = await phones.make_person(session)
    return await phones.linked(session, person, channel=channel), person


async def test_why_an_appointment_is_off(session: AsyncSession) -> None:
    phone, person = await somebody(session)
    row = await phones.make_appointment(session, person)
    bubble = await pushed(session, phone, person, row.id, "appointment.cancelled")

    assert ASK in await phone.does(f"appointment.why:{short(row.id)}", bubble)
    assert await answers(session, person) == {"appointment.cancelled": None, "appointment": None}
    assert ASK not in await phone.does(f"appointment.why:{short(row.id)}", bubble)


async def test_why_a_workshop_is_off(session: AsyncSession) -> None:
    phone, person = await somebody(session)
    day = await make_day(session)
    bubble = await pushed(session, phone, person, day.id, "workshop.cancelled")

    assert ASK in await phone.does(f"workshop.why:{short(day.id)}", bubble)
    assert await answers(session, person) == {"workshop.cancelled": None, "workshop": None}


async def test_a_workshop_that_was_missed(session: AsyncSession) -> None:
    phone, person = await somebody(session)
    day = await make_day(session)
    session.add(Enrolment(session_id=day.id, person_id=person.id, status="absent", since=NOW))
    bubble = await pushed(session, phone, person, day.id, "message")

    assert ASK in await phone.does(f"workshop.missed:{short(day.id)}", bubble)
    assert await answers(session, person) == {"workshop": None}


async def test_a_week(session: AsyncSession) -> None:
    phone, person = await somebody(session)
    await phones.make_appointment(session, person)
    bubble = await pushed(session, phone, person, new_id(), "week")

    assert ASK in await phone.does("agenda.open", bubble)
    assert await answers(session, person) == {"week": None, "agenda": None}
    assert ASK not in await phone.does("agenda.open", bubble)


async def test_several_that_were_said_at_once(session: AsyncSession) -> None:
    phone, person = await somebody(session)
    row, other = [await phones.make_appointment(session, person) for _ in range(2)]
    bubble = await pushed(session, phone, person, row.id, "appointment.several")
    lead = select(Delivery.notice_id).where(Delivery.provider_id == bubble).scalar_subquery()
    await session.execute(update(Notice).where(Notice.source_id == other.id).values(lead_id=lead))

    assert ASK in await phone.does("agenda.open", bubble)
    assert "appointment.several" in await answers(session, person)


async def test_the_agenda_from_a_bubble_about_one_thing_is_not_asked_about(session: AsyncSession) -> None:
    phone, person = await somebody(session)
    row = await phones.make_appointment(session, person)
    bubble = await pushed(session, phone, person, row.id)

    assert ASK not in await phone.does("agenda.open", bubble)
    assert await answers(session, person) == {}


async def news(session: AsyncSession) -> UUID:
    """News that is out."""
    author = await make_account(session, "regisseur", ["nl"])
    written = await updates.write(
        *(session, NOW, SETTINGS),
        author=author,
        language="nl",
        body="Het taalcafé is dicht.",
        ends_on=date(2027, 1, 20),
    )
    await session.execute(update(UpdateText).where(UpdateText.id == written.text.id).values(state="sent"))
    return written.text.id


async def test_news_is_asked_about_by_its_own_words_only(session: AsyncSession) -> None:
    phone, person = await somebody(session)
    text_id = await news(session)
    bubble = await pushed(session, phone, person, text_id, "message")

    assert ASK in await phone.does(f"updates.open:{short(text_id)}", bubble)
    assert await answers(session, person) == {f"news/{text_id}": None}
    assert "Wij maken deze tekst beter" in await phone.taps("Niet duidelijk")
    assert await answers(session, person) == {f"news/{text_id}": "unclear"}
    assert ASK not in await phone.does(f"updates.open:{short(text_id)}", bubble)


async def test_news_from_the_list_or_by_text_message_is_not_asked_about(session: AsyncSession) -> None:
    phone, person = await somebody(session, "sms")
    text_id = await news(session)
    bubble = await pushed(session, phone, person, text_id, "message")
    assert ASK not in await phone.does(f"updates.open:{short(text_id)}", bubble)

    phone, person = await somebody(session)
    assert ASK not in await phone.does("updates.list")
    assert await answers(session, person) == {}


async def ended(session: AsyncSession, text_id: UUID, how: str) -> None:
    """News that staff call back or take down, with the people's phones still showing it."""
    staff = await make_account(session, "regisseur", ["nl"])
    if how == "taken down":
        await broadcasts.take_down(session, text_id, staff)
        return
    session.add(
        Broadcast(update_text_id=text_id, language="nl", due=NOW, state="done", planned_by=staff.id, created_at=NOW)
    )
    await session.flush()
    await recall.recall(session, NOW, SETTINGS, TEXTS, text_id, staff, tell=False)


@pytest.mark.parametrize(
    ("how", "reply"), [("called back", "Dit nieuws was niet goed."), ("taken down", "Dit nieuws is voorbij.")]
)
@pytest.mark.parametrize("before", [True, False])
async def test_what_was_called_back_is_not_judged_any_more(
    session: AsyncSession, how: str, reply: str, before: bool
) -> None:
    phone, person = await somebody(session)
    text_id = await news(session)
    bubble = await pushed(session, phone, person, text_id, "message")
    await phone.does(f"updates.open:{short(text_id)}", bubble)
    yes, no, call = [button.id for button in phone.last.buttons]
    if before:
        await phone.does(yes)
    stood = await answers(session, person)

    await ended(session, text_id, how)

    for tap in (no, yes):
        said = await phone.does(tap)
        assert (reply in said, ASK in said) == (True, False)
    assert "Wanneer is goed?" in await phone.does(call)  # a call is always good
    assert await answers(session, person) == stood
    assert ASK not in await phone.does(f"updates.open:{short(text_id)}", bubble)


async def test_a_bubble_that_comes_after_the_recall_asks_nothing(session: AsyncSession) -> None:
    phone, person = await somebody(session)
    text_id = await news(session)
    bubble = await pushed(session, phone, person, text_id, "message")
    await ended(session, text_id, "called back")

    assert ASK not in await phone.does(f"updates.open:{short(text_id)}", bubble)
    assert await answers(session, person) == {}
