"""From statement to notice: paid, returned, late; and what the person answers."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.tables.leefgeld import FixedCost
from core.tables.work import Task
from scheduler import leefgeld
from scheduler.tasks import Kind
from tests.scheduler import world
from tests.scheduler.desk import Desk, numbers, only, payments
from tests.scheduler.payments import TESFAY, Booking, Pay, camt, leefgeld_csv, pain, sample
from tests.scheduler.world import HOUSE, NOW, at

TUESDAY = at("2026-12-29 09:30")  #: the morning after the expected day


async def open_tasks(session: AsyncSession) -> list[tuple[str, bool]]:
    query = select(Task).where(Task.closed_at.is_(None)).order_by(Task.created_at, Task.id)
    rows = await session.scalars(query.execution_options(populate_existing=True))
    return [(task.kind, task.call) for task in rows]


async def expecting(session: AsyncSession, **values: str) -> Desk:
    """A person with a payment announced for Monday 28 December."""
    desk, _ = await Desk.of(session), await world.person(session, iban=TESFAY)
    await desk.bring(pain(Pay(**values)))
    return desk


async def test_booked_by_its_own_reference(session: AsyncSession) -> None:
    desk = await expecting(session)
    result = await desk.bring(camt(Booking(reference="voorbeeld-e2e-1", day="2026-12-28")), TUESDAY)
    payment = await only(session)
    assert numbers(result) == (0, 1, 0)
    assert (payment.status, payment.booked_on) == ("paid", date(2026, 12, 28))
    assert await world.waiting(session, payment.id) == ["paid 12-29 09:30"]


@pytest.mark.parametrize(
    ("day", "paid"), [("2026-12-21", True), ("2026-12-18", False), ("2027-01-04", True), ("2027-01-05", False)]
)
async def test_booked_by_account_and_amount_within_four_bank_days(session: AsyncSession, day: str, paid: bool) -> None:
    desk = await expecting(session)
    await desk.bring(camt(Booking(day=day)), at("2027-01-05 09:30"))
    assert (await payments(session))[0].status == ("paid" if paid else "announced")


async def test_pending_is_not_paid(session: AsyncSession) -> None:
    desk = await expecting(session)
    assert numbers(await desk.stage(camt(Booking(reference="voorbeeld-e2e-1", status="PDNG")), TUESDAY)) == (0, 0, 0)


async def test_never_announced_starts_as_paid(session: AsyncSession) -> None:
    desk, _ = await Desk.of(session), await world.person(session, iban=TESFAY)
    assert numbers(await desk.bring(sample("mt940.txt"), at("2026-11-24 10:00"))) == (1, 0, 0)
    payment = await only(session)
    assert (payment.status, payment.booked_on) == ("paid", date(2026, 11, 23))
    assert await world.waiting(session, payment.id) == ["paid 11-24 10:00"]


async def test_an_order_that_comes_after_its_statement_says_nothing_more(session: AsyncSession) -> None:
    desk, _ = await Desk.of(session), await world.person(session, iban=TESFAY)
    await desk.bring(camt(Booking(day="2026-12-18")))
    assert numbers(await desk.stage(pain(Pay(day="2026-12-18")))) == (0, 0, 1)


async def test_both_kinds_of_statement_of_one_day_pay_once(session: AsyncSession) -> None:
    desk, _ = await Desk.of(session), await world.person(session, iban=TESFAY)
    await desk.bring(sample("camt053.xml"), at("2026-11-24 10:00"))
    assert numbers(await desk.stage(sample("mt940.txt"), at("2026-11-24 11:00"))) == (0, 0, 1)


async def test_two_equal_bookings_of_one_day_are_two_payments(session: AsyncSession) -> None:
    desk, _ = await Desk.of(session), await world.person(session, iban=TESFAY)
    content = camt(Booking(day="2026-12-18"), Booking(day="2026-12-18"))
    assert numbers(await desk.bring(content)) == (2, 0, 0)
    assert numbers(await desk.stage(content.replace(b"afschrift-1", b"afschrift-2"))) == (0, 0, 2)


async def test_the_plain_lists_payment_is_found_on_the_statement(session: AsyncSession) -> None:
    desk, _ = await Desk.of(session), await world.person(session, iban=TESFAY, hhbnummer="HHB000123")
    await desk.bring(leefgeld_csv("HHB000123;75,00;28-12-2026;leefgeld;"))
    assert numbers(await desk.bring(camt(Booking(reference="van-de-bank")), TUESDAY)) == (0, 1, 0)


@pytest.mark.parametrize(
    "back",
    [
        Booking(credit=True, reference="voorbeeld-e2e-1", day="2026-12-29"),
        Booking(credit=True, returned=True, day="2026-12-29"),
        Booking(credit=True, reversal=True, day="2026-12-29"),
    ],
)
async def test_returned_money_is_said_and_somebody_calls(session: AsyncSession, back: Booking) -> None:
    desk = await expecting(session)
    result = await desk.bring(camt(Booking(reference="voorbeeld-e2e-1"), back), TUESDAY)
    payment = await only(session)
    assert (numbers(result), payment.status) == ((0, 2, 0), "returned")
    assert await world.waiting(session, payment.id) == ["returned 12-29 09:30"]
    assert await open_tasks(session) == [("payment_returned", True)]


async def test_other_money_that_comes_in_is_dropped(session: AsyncSession) -> None:
    desk = await expecting(session)
    staged = await desk.stage(camt(Booking(credit=True, reference="iets-anders")), TUESDAY)
    assert (numbers(staged), staged.dropped) == ((0, 0, 0), 1)


async def test_a_fixed_cost_on_the_statement_is_paid_and_stays_so(session: AsyncSession) -> None:
    desk, _ = await Desk.of(session), await world.person(session, hhbnummer="HHB000123")
    await desk.bring(camt(Booking(iban="NL06TEST0000000456", text="Energie november HHB000123", day="2026-12-01")))
    assert (await desk.stage(sample("pain001.xml"))).costs == 0
    assert [(row.cost, row.month, row.paid) for row in await session.scalars(select(FixedCost))] == [
        ("energie", date(2026, 11, 1), True)
    ]


class TestLate:
    async def test_staff_hear_one_bank_day_later_and_only_once(self, session: AsyncSession) -> None:
        await expecting(session)
        assert await leefgeld.late_tick(session, at("2026-12-29 08:59"), HOUSE) == 0
        assert await leefgeld.late_tick(session, TUESDAY, HOUSE) == 1
        assert await leefgeld.late_tick(session, TUESDAY + timedelta(hours=1), HOUSE) == 0
        assert await open_tasks(session) == [("payment_late", False)]

    async def test_the_person_hears_nothing_of_it(self, session: AsyncSession) -> None:
        await expecting(session)
        payment = await only(session)
        before = await world.waiting(session, payment.id)
        await leefgeld.late_tick(session, TUESDAY, HOUSE)
        assert await world.waiting(session, payment.id) == before

    async def test_a_signal_ends_when_the_statement_comes(self, session: AsyncSession) -> None:
        desk = await expecting(session)
        await leefgeld.late_tick(session, TUESDAY, HOUSE)
        await desk.bring(camt(Booking(day="2026-12-29")), TUESDAY + timedelta(hours=2))
        assert await open_tasks(session) == []

    async def test_without_statements_a_plain_list_is_never_late(self, session: AsyncSession) -> None:
        desk, _ = await Desk.of(session), await world.person(session, hhbnummer="HHB000123")
        await desk.bring(leefgeld_csv("HHB000123;75,00;28-12-2026;leefgeld;"))
        assert await leefgeld.late_tick(session, TUESDAY, HOUSE) == 0

    async def test_the_klantmanager_lets_the_person_know(self, session: AsyncSession) -> None:
        desk = await Desk.of(session)
        await world.person(session, iban=TESFAY, klantmanager_id=desk.reader.id)
        await desk.bring(pain(Pay()))
        payment = await only(session)
        await world.send(session, payment.id, TUESDAY)
        await leefgeld.release_late(session, TUESDAY, HOUSE, payment.id, desk.reader.id)
        assert await world.waiting(session, payment.id) == ["late 12-29 09:30"]
        assert await open_tasks(session) == [("payment_late", True)]

    async def test_but_not_a_colleague_nor_before_it_is_late(self, session: AsyncSession) -> None:
        desk = await Desk.of(session)
        await world.person(session, iban=TESFAY, klantmanager_id=desk.reader.id)
        await desk.bring(pain(Pay()))
        payment = await only(session)
        with pytest.raises(leefgeld.Refused, match="is er niet"):
            await leefgeld.release_late(session, TUESDAY, HOUSE, payment.id, desk.approver.id)
        with pytest.raises(leefgeld.Refused, match="niet te laat"):
            await leefgeld.release_late(session, NOW, HOUSE, payment.id, desk.reader.id)


class TestAnswers:
    async def test_received(self, session: AsyncSession) -> None:
        await expecting(session)
        payment = await only(session)
        assert await leefgeld.answer(session, TUESDAY, HOUSE, payment, "received") is None
        assert (payment.answer, payment.answered_at) == ("received", TUESDAY)

    async def test_not_received_is_a_call_on_the_next_working_day(self, session: AsyncSession) -> None:
        await expecting(session)
        task = await leefgeld.answer(session, TUESDAY, HOUSE, await only(session), "not_received")
        assert task is not None
        assert (task.kind, task.call, task.due) == (Kind.NOT_RECEIVED, True, at("2026-12-30 17:00"))

    async def test_no_food_is_a_call_today(self, session: AsyncSession) -> None:
        await expecting(session)
        task = await leefgeld.no_food(session, TUESDAY, HOUSE, await only(session))
        assert (task.kind, task.call, task.due) == (Kind.NO_FOOD, True, at("2026-12-29 17:00"))
