"""The work of a rolmodel: news from her hand to another speaker, her hours, her leave."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.tables.notices import Notice
from tests.bot import phones
from tests.bot.phones import NOW
from tests.bot.rolmodellen import rolmodel
from tests.bot.scenes.newswriting import written


async def test_writes_and_sees_it_before_it_goes_on(session: AsyncSession) -> None:
    phone = await rolmodel(session, "Selam")
    said = await written(phone)
    assert "ጽባሕ ቡን ኣሎ።\nNL: Morgen is er koffie.\n📅 Dit geldt tot en met zondag 17 januari." in said
    assert "minder dan 5 mensen" in said


async def test_a_thumb_that_bounces_leaves_the_way_back(session: AsyncSession) -> None:
    author, other = await rolmodel(session, "Selam"), await rolmodel(session, "Abel")
    await written(author)
    for phone, label in ((author, "Stuur door"), (other, "Goed")):
        if phone is other:
            await phone.does("rolmodel.begin")
        (button,) = [button for button in phone.last.buttons if label in button.label]
        assert await phone.does(button.id) != ""
        phone.now = NOW + timedelta(seconds=1)
        assert await phone.does(button.id) == ""
        assert any("Toch niet" in shown for shown in phone.labels)
    assert "Wij sturen dit nieuws niet" in await other.taps("Toch niet")
    await other.taps("Volgende")
    (good, *_) = other.last.buttons
    assert "Over 2 minuten" in await other.does(good.id)
    other.now = NOW + timedelta(minutes=1)
    assert await other.does(good.id) != ""  # an old button, and no bounce: it is answered


async def test_writing_and_judging_are_hours_of_work(session: AsyncSession) -> None:
    author, other = await rolmodel(session, "Selam"), await rolmodel(session, "Abel")
    await author.does("rolmodel.write")
    author.now = NOW + timedelta(minutes=9)
    await author.types("ጽባሕ ቡን ኣሎ።")
    for label in ("Overslaan", "Overslaan", "Overslaan", "Deze week", "Klaar", "Stuur door"):
        await author.taps(label)
    other.now = NOW + timedelta(minutes=10)
    await other.does("rolmodel.begin")
    other.now = NOW + timedelta(minutes=12)
    await other.taps("Goed")
    await other.taps("Toch niet")
    assert "0 uur en 9 minuten" in await author.does("rolmodel.hours")
    assert "0 uur en 2 minuten" in await other.does("rolmodel.hours")


async def test_on_leave_she_is_asked_afterwards(session: AsyncSession) -> None:
    author, other = await rolmodel(session, "Selam"), await rolmodel(session, "Abel")
    await other.does("rolmodel.week_off")
    await written(author)
    await author.taps("Stuur door")
    (asked,) = (await session.scalars(select(Notice).where(Notice.kind == "work"))).all()
    assert asked.due == NOW + timedelta(days=6, hours=23)


async def test_nobody_judges_her_own(session: AsyncSession) -> None:
    author = await rolmodel(session, "Selam")
    await written(author)
    assert "De gemeente kijkt ernaar" in await author.taps("Stuur door")
    assert "Er wachten nu geen teksten" in await author.does("rolmodel.begin")


async def test_nothing_is_pushed_at_night(session: AsyncSession) -> None:
    author = await rolmodel(session, "Selam")
    await rolmodel(session, "Abel")
    author.now = NOW + timedelta(hours=12)
    await written(author)
    await author.taps("Stuur door")
    (asked,) = (await session.scalars(select(Notice).where(Notice.kind == "work"))).all()
    assert asked.due == NOW + timedelta(hours=23)


async def test_others_have_no_such_thing(session: AsyncSession) -> None:
    phone = await phones.linked(session, await phones.make_person(session))
    for action in ("write", "begin", "tonight", "today"):
        said = await phone.does(f"rolmodel.{action}")
        assert "Dit bericht is oud" in said or "geen teksten" in said


@pytest.mark.parametrize("channel", ["telegram", "whatsapp"])
async def test_help_stands_in_her_first_list_and_leads_back(session: AsyncSession, channel: str) -> None:
    phone = await rolmodel(session, channel=channel)
    await phone.does("menu.open")
    await phone.taps("Hulp nu")
    await phone.taps("Ik ben alleen")
    assert phone.labels
