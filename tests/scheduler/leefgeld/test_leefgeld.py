"""From payment order to notice: read by one, approved by another."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.tables.leefgeld import SourceFile
from core.tables.notices import Notice
from scheduler import leefgeld
from tests.scheduler import world
from tests.scheduler.desk import Desk, numbers, only, payments
from tests.scheduler.payments import NOORI, TESFAY, Pay, leefgeld_csv, pain, sample, what
from tests.scheduler.world import HOUSE, NOW, at


async def test_an_order_becomes_a_silent_notice_to_whose_account_was_linked(session: AsyncSession) -> None:
    desk, someone = await Desk.of(session), await world.person(session, iban=TESFAY)
    result = await desk.bring(sample("pain001.xml"), at("2026-11-20 10:00"))
    payment = await only(session)
    assert (numbers(result), result.dropped) == ((1, 0, 0), 1)
    assert (payment.person_id, payment.status, payment.expected_on) == (someone.id, "announced", date(2026, 11, 23))
    assert payment.amount is not None
    assert payment.amount.cents == 7500
    notice = (await session.scalars(select(Notice))).one()
    assert (notice.kind, notice.step, notice.due) == ("leefgeld", "announced", at("2026-11-20 10:00"))
    assert notice.use_by == at("2026-11-24 00:00")
    assert notice.variables == {"unit": None, "values": {}}


async def test_before_approval_nothing_is_written(session: AsyncSession) -> None:
    desk, _ = await Desk.of(session), await world.person(session, iban=TESFAY)
    staged = await desk.stage(pain(Pay()))
    assert numbers(staged) == (1, 0, 0)
    assert await payments(session) == []


async def test_what_waits_holds_no_account_number(session: AsyncSession) -> None:
    desk, _ = await Desk.of(session), await world.person(session, iban=TESFAY)
    staged = await desk.stage(pain(Pay()))
    source = await session.get(SourceFile, staged.import_id)
    assert source is not None
    assert TESFAY not in repr(source.rows) + repr(source.counts)


async def test_who_read_it_cannot_approve(session: AsyncSession) -> None:
    desk, _ = await Desk.of(session), await world.person(session, iban=TESFAY)
    staged = await desk.stage(pain(Pay()))
    desk.approver = desk.reader
    with pytest.raises(leefgeld.Refused, match="zelf ingelezen"):
        await desk.approve(staged)


@pytest.mark.parametrize("role", ["begeleider", "beheerder", "rolmodel", "partner", "regisseur"])
async def test_only_a_klantmanager_reads_files_in(session: AsyncSession, role: str) -> None:
    desk = await Desk.of(session)
    desk.reader = await world.staff(session, role, "ander@voorbeeld.nl")
    with pytest.raises(leefgeld.Refused):
        await desk.stage(pain(Pay()))


async def test_a_file_is_approved_once_and_within_a_day(session: AsyncSession) -> None:
    desk, _ = await Desk.of(session), await world.person(session, iban=TESFAY)
    staged = await desk.stage(pain(Pay()))
    with pytest.raises(leefgeld.Refused, match="24 uur"):
        await desk.approve(staged, NOW + timedelta(hours=25))
    await desk.approve(staged)
    with pytest.raises(leefgeld.Refused, match="al goedgekeurd"):
        await desk.approve(staged)


async def test_after_a_day_nothing_is_left_of_a_file_that_waited(session: AsyncSession) -> None:
    desk, _ = await Desk.of(session), await world.person(session, iban=TESFAY)
    staged = await desk.stage(pain(Pay()))
    assert await leefgeld.forget_files(session, NOW + timedelta(hours=23)) == 0
    assert await leefgeld.forget_files(session, NOW + timedelta(hours=25)) == 1
    source = await session.get(SourceFile, staged.import_id, populate_existing=True)
    assert source is not None
    assert (source.rows, source.status) == (None, "waiting")


async def test_the_same_file_twice_says_nothing_new(session: AsyncSession) -> None:
    desk, _ = await Desk.of(session), await world.person(session, iban=TESFAY)
    first, again = await desk.stage(pain(Pay())), await desk.stage(pain(Pay()))
    assert (again.import_id, numbers(again)) == (first.import_id, (0, 0, 1))
    await desk.approve(first)
    assert numbers(await desk.stage(pain(Pay()))) == (0, 0, 1)
    assert len((await session.scalars(select(Notice))).all()) == 1


async def test_two_waiting_files_with_the_same_payment_announce_it_once(session: AsyncSession) -> None:
    desk, _ = await Desk.of(session), await world.person(session, iban=TESFAY)
    first, second = await desk.stage(pain(Pay())), await desk.stage(pain(Pay(), message="voorbeeld-bericht-2"))
    assert numbers(await desk.approve(first)) == (1, 0, 0)
    assert numbers(await desk.approve(second)) == (0, 0, 1)
    assert len(await payments(session)) == 1


async def test_the_same_message_with_another_amount_is_refused(session: AsyncSession) -> None:
    desk, _ = await Desk.of(session), await world.person(session, iban=TESFAY)
    await desk.bring(pain(Pay()))
    refused = await desk.stage(pain(Pay(amount="80.00")))
    assert (refused.import_id, what(refused.problems)) == (None, [(1, "MsgId")])


async def test_a_corrected_order_changes_what_waits(session: AsyncSession) -> None:
    desk, _ = await Desk.of(session), await world.person(session, iban=TESFAY)
    await desk.bring(pain(Pay()))
    result = await desk.bring(pain(Pay(day="2026-12-29"), message="voorbeeld-bericht-2"))
    payment = await only(session)
    assert numbers(result) == (0, 1, 0)
    assert (payment.expected_on, payment.version) == (date(2026, 12, 29), 2)
    waiting = (await session.scalars(select(Notice).where(Notice.state == "planned"))).one()
    assert (waiting.source_version, waiting.use_by) == (2, at("2026-12-30 00:00"))


async def test_a_wrong_line_means_nothing_is_kept(session: AsyncSession) -> None:
    desk, _ = await Desk.of(session), await world.person(session, iban=TESFAY)
    refused = await desk.stage(pain(Pay(), Pay(reference="b", amount="x"), total="75.00"))
    assert what(refused.problems) == [(10, "CdtTrfTxInf")]
    assert (await session.scalars(select(SourceFile))).all() == []


async def test_two_adults_on_one_account_each_hear(session: AsyncSession) -> None:
    desk = await Desk.of(session)
    both = {(await world.person(session, iban=TESFAY)).id for _ in range(2)}
    assert numbers(await desk.bring(pain(Pay()))) == (2, 0, 0)
    assert {notice.person_id for notice in await session.scalars(select(Notice))} == both


async def test_nobody_is_matched_by_name(session: AsyncSession) -> None:
    desk, _ = await Desk.of(session), await world.person(session, name="A. Tesfay")
    staged = await desk.stage(sample("pain001.xml"))
    assert (numbers(staged), staged.dropped) == ((0, 0, 0), 2)


async def test_money_whose_day_is_over_is_kept_and_not_announced(session: AsyncSession) -> None:
    desk, _ = await Desk.of(session), await world.person(session, iban=TESFAY)
    result = await desk.bring(pain(Pay(day="2026-12-18")))
    assert (numbers(result), result.late) == ((1, 0, 0), 1)
    assert (await only(session)).status == "announced"
    assert (await session.scalars(select(Notice))).all() == []


async def test_in_quiet_hours_it_waits_for_the_morning(session: AsyncSession) -> None:
    desk, _ = await Desk.of(session), await world.person(session, iban=TESFAY)
    await desk.bring(pain(Pay()), at("2026-12-21 22:30"))
    assert await world.waiting(session, (await only(session)).id) == ["announced 12-22 08:00"]


async def test_an_unusual_amount_is_flagged(session: AsyncSession) -> None:
    desk, _ = await Desk.of(session), await world.person(session, iban=TESFAY)
    await desk.bring(pain(Pay(day="2026-12-22")))
    usual = await desk.stage(pain(Pay(amount="93.75", reference="b"), message="b"))
    unusual = await desk.stage(pain(Pay(amount="93.76", reference="c"), message="c"))
    assert (usual.flagged, unusual.flagged) == (0, 1)
    await desk.approve(unusual)
    assert [payment.differs for payment in await payments(session)] == [False, True]


class TestPlainList:
    async def test_by_hhbnummer_and_only_leefgeld(self, session: AsyncSession) -> None:
        desk, someone = await Desk.of(session), await world.person(session, hhbnummer="HHB000123")
        result = await desk.stage(
            leefgeld_csv(
                "HHB000123;75,00;28-12-2026;leefgeld;week 52",
                "hhb 000123;75;28-12-2026;huur;",
                "HHB9;1;28-12-2026;leefgeld;",
            )
        )
        assert (numbers(result), result.dropped) == ((1, 0, 0), 2)
        assert [line.line for line in result.dropped_lines] == [3, 4]
        await desk.approve(result)
        assert (await only(session)).person_id == someone.id

    async def test_the_same_line_with_another_amount_is_a_change(self, session: AsyncSession) -> None:
        desk, _ = await Desk.of(session), await world.person(session, hhbnummer="HHB000123")
        line = "HHB000123;75.00;28-12-2026;leefgeld;"
        assert numbers(await desk.bring(leefgeld_csv(line, line))) == (1, 0, 1)
        assert numbers(await desk.bring(leefgeld_csv("HHB000123;80,00;28-12-2026;leefgeld;"))) == (0, 1, 0)
        assert (await only(session)).version == 2

    async def test_twice_in_one_file_with_two_amounts_is_a_problem(self, session: AsyncSession) -> None:
        desk, _ = await Desk.of(session), await world.person(session, hhbnummer="HHB000123")
        lines = ("HHB000123;75.00;28-12-2026;leefgeld;", "HHB000123;80.00;28-12-2026;leefgeld;")
        assert what((await desk.stage(leefgeld_csv(*lines))).problems) == [(3, "bedrag")]

    async def test_wrong_values_are_named_by_line_and_column(self, session: AsyncSession) -> None:
        desk = await Desk.of(session)
        result = await desk.stage(
            leefgeld_csv("HHB1;75,0x;28-12-2026;leefgeld;", "HHB1;75;31-02-2027;leefgeld;", ";75;28-12-2026;leefgeld;")
        )
        assert what(result.problems) == [(2, "bedrag"), (3, "verwachte_datum"), (4, "hhbnummer")]
        assert result.problems[1].what == '"31-02-2027" bestaat niet.'


class TestFixedCosts:
    async def month(self, session: AsyncSession, person_id: UUID) -> list[tuple[str, bool]]:
        rows = await leefgeld.costs_of(session, person_id, date(2026, 11, 23))
        return [(row.cost, row.paid) for row in rows]

    async def test_an_order_waits_and_stays_without_amount(self, session: AsyncSession) -> None:
        desk, someone = await Desk.of(session), await world.person(session, hhbnummer="HHB000123")
        result = await desk.bring(sample("pain001.xml"))
        assert (numbers(result), result.costs, result.dropped) == ((0, 0, 0), 1, 1)
        assert await self.month(session, someone.id) == [("energie", False)]
        assert await payments(session) == []

    async def test_another_ones_account_is_not_hers(self, session: AsyncSession) -> None:
        desk, tenant = await Desk.of(session), await world.person(session, hhbnummer="HHB000123")
        await world.person(session, iban=NOORI)
        await desk.bring(pain(Pay(iban=NOORI, text="Huur november HHB 000123")))
        assert await self.month(session, tenant.id) == [("huur", False)]
        assert await payments(session) == []


class TestTakenBack:
    async def test_what_was_announced_is_withdrawn(self, session: AsyncSession) -> None:
        desk, _ = await Desk.of(session), await world.person(session, iban=TESFAY)
        result = await desk.bring(pain(Pay()))
        assert result.import_id is not None
        assert await leefgeld.withdraw(session, NOW, HOUSE, result.import_id, by=desk.reader.id) == 1
        payment = await only(session)
        assert payment.status == "withdrawn"
        assert await world.waiting(session, payment.id) == []
        assert await leefgeld.of_person(session, payment.person_id) == []

    async def test_and_can_be_brought_in_again(self, session: AsyncSession) -> None:
        desk, _ = await Desk.of(session), await world.person(session, iban=TESFAY)
        result = await desk.bring(pain(Pay()))
        assert result.import_id is not None
        await leefgeld.withdraw(session, NOW, HOUSE, result.import_id, by=desk.reader.id)
        assert numbers(await desk.bring(pain(Pay()))) == (1, 0, 0)
        assert (await only(session)).status == "announced"

    async def test_a_waiting_file_cannot_be_approved_any_more(self, session: AsyncSession) -> None:
        desk, _ = await Desk.of(session), await world.person(session, iban=TESFAY)
        staged = await desk.stage(pain(Pay()))
        assert staged.import_id is not None
        await leefgeld.withdraw(session, NOW, HOUSE, staged.import_id, by=desk.reader.id)
        with pytest.raises(leefgeld.Refused, match="teruggenomen"):
            await desk.approve(staged)


class TestPreview:
    async def test_shows_totals_and_what_is_unusual_beside_last_time(self, session: AsyncSession) -> None:
        desk, _ = await Desk.of(session), await world.person(session, iban=TESFAY)
        await desk.bring(pain(Pay(day="2026-12-22")))
        staged = await desk.stage(pain(Pay(amount="100.00", reference="b"), message="b"), NOW + timedelta(minutes=1))
        assert staged.import_id is not None
        seen = await leefgeld.preview(session, staged.import_id)
        assert (seen.total.cents, seen.before and seen.before.cents, seen.before_count) == (10000, 7500, 1)
        assert [(row.move, row.status, row.differs, row.late) for row in seen.rows] == [
            ("new", "announced", True, False)
        ]

    async def test_an_approved_file_shows_its_payments(self, session: AsyncSession) -> None:
        desk, _ = await Desk.of(session), await world.person(session, iban=TESFAY)
        result = await desk.bring(pain(Pay()))
        assert result.import_id is not None
        seen = await leefgeld.preview(session, result.import_id)
        assert [(row.amount.cents, row.status) for row in seen.rows] == [(7500, "announced")]
        assert [source.id for source in await leefgeld.recent(session)] == [result.import_id]


async def test_a_dry_run_keeps_nothing(session: AsyncSession) -> None:
    desk, _ = await Desk.of(session), await world.person(session, iban=TESFAY)
    result = await leefgeld.stage(session, NOW, HOUSE, pain(Pay()), "", by=desk.reader.id, dry_run=True)
    assert (result.import_id, numbers(result)) == (None, (1, 0, 0))
    assert (await session.scalars(select(SourceFile))).all() == []
