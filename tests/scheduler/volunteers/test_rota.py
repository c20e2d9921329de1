from datetime import date, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core import addresses
from core.tables.people import Household
from core.values import Handle
from scheduler.volunteers import duty, rota, volunteer
from tests.scheduler import world
from tests.scheduler.rolmodellen import EVENING, asked, calls, rolmodel
from tests.scheduler.world import HOUSE, NOW, ZONE, at

TODAY = NOW.date()


async def who(session: AsyncSession, *args: str) -> str | None:
    return await rota.language_of(session, TODAY, await world.person(session, languages=list(args)))


async def test_the_first_of_her_languages_that_somebody_speaks(session: AsyncSession) -> None:
    await rolmodel(session, "en", "nl")
    assert await who(session, "ti", "am", "en", "nl") == "en"
    await rolmodel(session, "ti", "nl")
    assert await who(session, "ti", "am", "en", "nl") == "ti"


async def test_dutch_is_no_mother_tongue_where_there_is_another(session: AsyncSession) -> None:
    await rolmodel(session, "en", "nl")
    assert await who(session, "so", "nl") is None
    assert await who(session, "nl") == "nl"


async def test_who_may_not_answer(session: AsyncSession) -> None:
    home = Household()
    session.add(home)
    await session.flush()
    person = await world.person(session, household_id=home.id)
    itself = await rolmodel(session, person=person)
    partner = await rolmodel(session, person=await world.person(session, household_id=home.id))
    beside = await rolmodel(session)
    question = await asked(session, person=person)
    address = await addresses.ensure(session, NOW, "telegram", Handle(str(person.id)))
    assert beside.person_id is not None
    await addresses.attach(session, NOW, beside.person_id, address.id, verified=True)
    gone = await rolmodel(session)
    gone.disabled_at = NOW
    away, passed, good = await rolmodel(session), await rolmodel(session), await rolmodel(session)
    await volunteer.take_leave(session, NOW, away, TODAY, ZONE)
    question.passed_by = [passed.id]
    await session.flush()
    able = {account.id for account in await rota.speakers(session, TODAY, question)}
    assert able == {good.id}
    assert able.isdisjoint({itself.id, partner.id, beside.id, gone.id, away.id, passed.id})


async def test_who_is_on_duty_comes_first(session: AsyncSession) -> None:
    serving, resting = await rolmodel(session, serves=True), await rolmodel(session)
    question = await asked(session)
    assert [one.id for one in await rota.waiting(session, NOW, HOUSE, serving)] == [question.id]
    assert await rota.waiting(session, NOW, HOUSE, resting) == []
    await duty.stop(session, NOW, serving)
    assert [one.id for one in await rota.waiting(session, NOW, HOUSE, resting)] == [question.id]


async def test_only_who_is_on_duty_is_called_once(session: AsyncSession) -> None:
    serving, resting = await rolmodel(session, serves=True), await rolmodel(session)
    elsewhere = await rolmodel(session, "ar", serves=True)
    await asked(session)
    await asked(session)
    (call,) = await calls(session, serving)
    assert (call.kind, call.step, call.due, call.use_by) == ("work", "question", NOW, EVENING)
    assert await calls(session, resting) == await calls(session, elsewhere) == []


@pytest.mark.parametrize(
    ("now", "ends", "due"),
    [
        ("2026-12-21 22:00", "2026-12-27 21:00", "2026-12-22 09:00"),  # at night
        ("2026-12-25 12:00", "2026-12-29 21:00", "2026-12-28 09:00"),  # Christmas, then a weekend
        ("2026-12-26 12:00", "2026-12-27 21:00", None),  # over before she may be called
    ],
)
async def test_never_at_night_nor_on_free_days_nor_after_her_duty(
    session: AsyncSession, now: str, ends: str, due: str | None
) -> None:
    selam = await rolmodel(session)
    await duty.start(session, at(now), selam, at(ends))
    await asked(session, now=at(now))
    assert [call.due for call in await calls(session, selam)] == ([at(due)] if due else [])


@pytest.mark.parametrize(
    ("now", "today", "week"),
    [
        ("2026-12-21 11:00", "2026-12-21 17:00", "2026-12-27 21:00"),
        ("2026-12-21 18:00", "2026-12-21 21:00", "2026-12-27 21:00"),
        ("2026-12-27 21:30", None, "2027-01-03 21:00"),
    ],
)
async def test_ends_of_a_duty(now: str, today: str | None, week: str) -> None:
    assert duty.ends_today(at(now), ZONE) == (at(today) if today else None)
    assert duty.ends_this_week(at(now), ZONE) == at(week)


async def test_a_new_duty_takes_the_place_of_the_old_one(session: AsyncSession) -> None:
    selam = await rolmodel(session, serves=True)
    assert await duty.until(session, NOW, selam) == EVENING
    later = NOW + timedelta(days=3)
    await duty.start(session, NOW, selam, later)
    assert await duty.until(session, NOW, selam) == later
    await duty.stop(session, NOW, selam)
    assert await duty.until(session, NOW, selam) is None
    assert date(2026, 12, 21) == TODAY
