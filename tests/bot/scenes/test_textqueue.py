"""The texts that wait for a rolmodel: one after the other, later, not this week, and for nobody else."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.ids import short
from core.tables.notices import Notice
from core.tables.relay import Leave, VolunteerTime
from tests.bot import phones
from tests.bot.phones import NOW
from tests.bot.rolmodellen import rolmodel
from tests.bot.scenes.waitingtexts import FIRST, queue, states, ticked


async def test_one_after_the_other_with_a_count_that_goes_on(session: AsyncSession) -> None:
    await queue(session, FIRST, "appointment.week")
    phone = await rolmodel(session)
    await phone.does("rolmodel.begin")
    await ticked(phone)
    await phone.taps("✅ Goed")
    assert "Tekst 2 van 2 · ትግርኛ · afspraak, een week ervoor" in await phone.taps("Volgende")
    await ticked(phone)
    assert "U bent klaar." in await phone.taps("✅ Goed")


async def test_later_comes_last_and_the_last_one_keeps_waiting(session: AsyncSession) -> None:
    await queue(session, FIRST, "appointment.week")
    phone = await rolmodel(session)
    await phone.does("rolmodel.begin")
    assert "een week ervoor" in await phone.taps("Later")
    assert "De tekst blijft op u wachten" in await phone.taps("Later")
    assert await states(session, FIRST) == ["concept"]


async def test_stop_loses_nothing(session: AsyncSession) -> None:
    await queue(session, FIRST)
    phone = await rolmodel(session)
    await phone.does("rolmodel.begin")
    assert "Alles blijft bewaard" in await phone.taps("Stop")
    assert "Tekst 1 van 1" in await phone.does("rolmodel.begin")


@pytest.mark.parametrize("guessed", ["x", "", "A" * 22, "/", "x/9999"])
async def test_guessed_buttons_find_nothing(session: AsyncSession, guessed: str) -> None:
    await queue(session, FIRST)
    phone = await rolmodel(session)
    await phone.does("rolmodel.begin")
    for verb in ("good", "change", "sentence", "undo", "take_back", "wrong_word", "what", "onward", "later"):
        said = await phone.does(f"review.{verb}:{guessed}")
        assert "Dit bericht is oud" in said or "Tekst 1 van 1" in said
    assert await states(session, FIRST) == ["concept"]


async def test_another_language_is_not_in_the_queue(session: AsyncSession) -> None:
    (row,) = await queue(session, FIRST)
    phone = await rolmodel(session, languages=("ar", "nl"))
    assert "Er wachten nu geen teksten" in await phone.does("rolmodel.begin")
    await phone.does(f"review.good:{short(row.id)}")
    assert await states(session, FIRST) == ["concept"]


async def test_who_is_no_rolmodel_has_no_queue(session: AsyncSession) -> None:
    await queue(session, FIRST)
    phone = await phones.linked(session, await phones.make_person(session, languages=("ti", "nl")))
    for action in ("review.begin", "review.stop", "rolmodel.not_this_week"):
        said = await phone.does(action)
        assert "Dit bericht is oud" in said or "Alles blijft bewaard" in said
    assert (await session.scalars(select(Leave))).all() == []


async def test_by_sms_nothing_is_told(session: AsyncSession) -> None:
    await queue(session, FIRST)
    phone = await rolmodel(session, channel="sms")
    said = await phone.does("rolmodel.begin")
    assert "Er is een bericht voor u" in said
    assert "NL:" not in said


async def test_not_this_week(session: AsyncSession) -> None:
    phone = await rolmodel(session)
    assert "U bent vrij tot en met zondag 17 januari." in await phone.does("rolmodel.not_this_week")
    (leave,) = (await session.scalars(select(Leave))).all()
    assert leave.until == date(2027, 1, 17)
    assert "U bent vrij" not in await phone.taps("Toch niet")
    assert (await session.scalars(select(Leave))).all() == []


async def test_tonight(session: AsyncSession) -> None:
    await queue(session, FIRST)
    phone = await rolmodel(session)
    assert "Vanavond vragen wij het nog een keer" in await phone.does("rolmodel.tonight")
    (asked,) = (await session.scalars(select(Notice).where(Notice.kind == "work"))).all()
    assert asked.due == NOW + timedelta(hours=10)


async def test_the_time_of_a_judgement_counts_for_the_allowance(session: AsyncSession) -> None:
    await queue(session, FIRST)
    phone = await rolmodel(session)
    await phone.does("review.begin")
    phone.now = NOW + timedelta(seconds=70)
    await ticked(phone)
    await phone.taps("✅ Goed")
    (worked,) = await session.scalars(select(VolunteerTime))
    assert (worked.what, worked.seconds) == ("review", 70)
