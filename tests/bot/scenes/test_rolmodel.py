from datetime import timedelta
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import accounts
from core.tables.notices import Notice
from core.tables.texts import Broadcast, Update
from scheduler import broadcasts
from tests.bot import phones
from tests.bot.phones import NOW, SETTINGS, Phone


async def rolmodel(session: AsyncSession, name: str) -> Phone:
    person = await phones.make_person(session, doelgroep="overig", languages=("ti", "nl"))
    email = f"{uuid4().hex}@voorbeeld.nl"
    await accounts.add(
        session, NOW, email=email, name=name, role="rolmodel", languages=("ti", "nl"), person_id=person.id
    )
    return await phones.linked(session, person)


async def written(phone: Phone) -> str:
    await phone.does("rolmodel.write")
    await phone.types("ጽባሕ ቡን ኣሎ።")
    await phone.types("Morgen is er koffie.")
    return await phone.taps("Deze week")


async def test_writes_and_sees_it_before_it_goes_on(session: AsyncSession) -> None:
    phone = await rolmodel(session, "Selam")
    said = await written(phone)
    assert "ጽባሕ ቡን ኣሎ።\nNL: Morgen is er koffie.\n📅 Dit geldt tot en met zondag 17 januari." in said
    assert "minder dan 5 mensen" in said


async def test_another_speaker_approves_and_can_undo(session: AsyncSession) -> None:
    author, other = await rolmodel(session, "Selam"), await rolmodel(session, "Abel")
    await written(author)
    assert "Een andere rolmodel kijkt nu" in await author.taps("Stuur door")
    (asked,) = (await session.scalars(select(Notice).where(Notice.kind == "work"))).all()
    assert asked.due == NOW
    assert "NL: Morgen is er koffie." in await other.does("rolmodel.begin")
    assert "Over 2 minuten" in await other.taps("Goed")
    assert (await session.scalars(select(Broadcast))).one().due == NOW + timedelta(minutes=2)
    assert "Wij sturen dit nieuws niet" in await other.taps("Toch niet")
    assert await broadcasts.fan_out(session, NOW + timedelta(minutes=3), SETTINGS) == 0


async def test_news_that_is_over_is_not_asked_about_nor_approved(session: AsyncSession) -> None:
    author, other = await rolmodel(session, "Selam"), await rolmodel(session, "Abel")
    await written(author)
    await author.taps("Stuur door")
    await other.does("rolmodel.begin")
    other.now = NOW + timedelta(days=7)
    assert "Er wachten nu geen teksten" in await other.taps("Goed")
    assert (await session.scalars(select(Broadcast))).all() == []


async def test_sends_it_back_with_a_reason(session: AsyncSession) -> None:
    author, other = await rolmodel(session, "Selam"), await rolmodel(session, "Abel")
    await written(author)
    await author.taps("Stuur door")
    await other.does("rolmodel.begin")
    await other.taps("Terug")
    assert "Terug naar de schrijver" in await other.taps("Te moeilijk")
    assert (await session.scalars(select(Update))).one().state == "returned"
    assert "Er wachten nu geen teksten" in await other.taps("Volgende")


async def test_writing_and_judging_are_hours_of_work(session: AsyncSession) -> None:
    author, other = await rolmodel(session, "Selam"), await rolmodel(session, "Abel")
    await author.does("rolmodel.write")
    author.now = NOW + timedelta(minutes=9)
    await author.types("ጽባሕ ቡን ኣሎ።")
    await author.taps("Overslaan")
    await author.taps("Deze week")
    await author.taps("Stuur door")
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
