from datetime import date

import pytest
from sepaxml import SepaTransfer

from core import people
from scheduler import imports
from scheduler.imports.transactions import Event, Transaction
from tests.scheduler.payments import NOORI, OURS, TESFAY, Booking, Pay, camt, pain, sample, what


def read(content: bytes) -> imports.Reading[Transaction]:
    kind = imports.detect(content)
    assert kind is not None
    return imports.read(kind, content)


def good(content: bytes) -> list[Transaction]:
    reading = read(content)
    assert reading.problems == ()
    return list(reading.rows)


class TestSamples:
    def test_order(self) -> None:
        first, second = good(sample("pain001.xml"))
        assert (first.event, first.cents, first.day) == (Event.ANNOUNCED, 7500, date(2026, 11, 23))  # a Sunday, moved
        assert (second.cents, second.day) == (20000, date(2026, 11, 23))
        assert first.account == people.iban_hash(TESFAY)
        assert first.cost is None
        assert second.cost is not None
        assert (second.cost.cost, second.cost.month) == ("energie", date(2026, 11, 1))
        assert people.hhbnummer_hash("HHB000123") in second.cost.persons

    def test_statement_uses_each_transactions_own_amount(self) -> None:
        first, second = good(sample("camt053.xml"))
        assert [(it.event, it.cents, it.day) for it in (first, second)] == [
            (Event.BOOKED, 7500, date(2026, 11, 23))
        ] * 2
        assert first.reference == good(sample("pain001.xml"))[0].reference
        assert second.reference is None
        assert second.account == people.iban_hash(NOORI)

    def test_older_statement(self) -> None:
        (only,) = good(sample("mt940.txt"))
        assert (only.event, only.cents, only.day) == (Event.BOOKED, 7500, date(2026, 11, 23))
        assert only.account == people.iban_hash(TESFAY)
        assert only.reference == good(sample("pain001.xml"))[0].reference

    def test_nothing_that_was_read_holds_an_account_or_a_name(self) -> None:
        for name in ("pain001.xml", "camt053.xml", "mt940.txt"):
            printed = repr(read(sample(name)))
            assert not [word for word in (TESFAY, NOORI, "Tesfay", "HHB000123", "Leefgeld") if word in printed]


@pytest.mark.parametrize(("written", "cents"), [("200", 20000), ("75.5", 7550), ("75.00", 7500), ("0.01", 1)])
def test_amounts_as_huishoudboekje_writes_them(written: str, cents: int) -> None:
    (only,) = good(pain(Pay(amount=written)))
    assert only.cents == cents


@pytest.mark.parametrize("written", ["-5", "0", "75,000.00", "1e3", "NaN", "75.005", "٧٥", ""])
def test_other_amounts_are_problems(written: str) -> None:
    assert read(pain(Pay(amount=written), total="75.00")).problems


def test_header_counts_blocks() -> None:
    assert read(pain(Pay(), Pay(reference="b"), count=2)).problems == ()
    assert what(read(pain(Pay(), Pay(reference="b"), count=3)).problems) == [(3, "NbOfTxs")]


def test_a_wrong_total_is_refused() -> None:
    assert what(read(pain(Pay(), total="75.01")).problems) == [(4, "CtrlSum")]


def test_a_file_of_another_program() -> None:
    config = {
        "name": "Gemeente Voorbeeld",
        "IBAN": "NL02ABNA0123456789",
        "BIC": "ABNANL2A",
        "batch": True,
        "currency": "EUR",
    }
    transfer = SepaTransfer(config, clean=True)
    for number in range(3):
        transfer.add_payment(
            {
                "name": "Voorbeeld",
                "IBAN": "NL02ABNA0123456789",
                "BIC": "ABNANL2A",
                "amount": 7500,
                "execution_date": date(2026, 12, 25),
                "description": "Leefgeld voorbeeld",
                "endtoend_id": f"voorbeeld{number}",
            }
        )
    rows = good(transfer.export(validate=True))
    assert [(row.cents, row.day) for row in rows] == [(7500, date(2026, 12, 28))] * 3


HOSTILE = [
    '<!DOCTYPE x [<!ENTITY a "b">]><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.03">&a;</Document>',
    '<!DOCTYPE x SYSTEM "http://voorbeeld.invalid/x.dtd"><Document xmlns="urn:x:pain.001"/>',
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"><CstmrCdtTrfInitn>',
    f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.03">{"<a>" * 60}{"</a>" * 60}</Document>',
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_xml_is_one_problem(text: str, encoding: str) -> None:
    content = f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding)
    assert len(read(content).problems) == 1


def test_limits_have_a_sentence() -> None:
    reading = imports.read("pain001", b"x" * 50_000_001)
    assert reading.problems[0].what == "Het bestand is groter dan 50 MB."
    assert imports.read("csv", b"  ").problems[0].what == "Het bestand is leeg."


@pytest.mark.parametrize("content", [b"hello", b"%PDF-1.7", b"<html></html>", b"\x00\x01", b"<camt.052/>"])
def test_other_files_are_no_kind(content: bytes) -> None:
    assert imports.detect(content) is None


class TestStatement:
    def test_pending_is_not_paid(self) -> None:
        assert good(camt(Booking(status="PDNG"))) == []

    def test_what_comes_back(self) -> None:
        rows = good(
            camt(
                Booking(credit=True, returned=True),
                Booking(credit=True, reversal=True),
                Booking(credit=True, reference="voorbeeld-e2e-1"),
                Booking(credit=True),
                Booking(reversal=True),
            )
        )
        assert [row.event for row in rows] == [Event.RETURNED, Event.RETURNED, Event.CREDITED]
        assert {row.account for row in rows} == {people.iban_hash(TESFAY)}

    def test_a_closing_balance_that_does_not_follow_is_refused(self) -> None:
        content = sample("camt053.xml").replace(b"850.00", b"851.00")
        assert what(read(content).problems) == [(9, "Bal")]

    def test_amounts_that_do_not_add_up_are_refused(self) -> None:
        content = sample("camt053.xml").replace(b'<TxAmt><Amt Ccy="EUR">75.00', b'<TxAmt><Amt Ccy="EUR">74.00', 1)
        assert (10, "Ntry") in what(read(content).problems)

    def test_another_report_is_refused(self) -> None:
        content = sample("camt053.xml").replace(b"camt.053", b"camt.052")
        assert imports.detect(content) is None
        assert imports.read("camt053", content).problems


class TestOlderStatement:
    def entry(self, mark: str, description: str, amount: str = "75,00") -> bytes:
        lines = (":20:1", f":25:{OURS}", ":60F:C261228EUR1000,00", f":61:2612281228{mark}{amount}NTRFNONREF")
        return "\r\n".join((*lines, f":86:{description}")).encode()

    def test_a_wrapped_account_is_whole_again(self) -> None:
        (row,) = good(self.entry("D", "/IBAN/NL73TEST00\r\n00000123/NAME/Voorbeeld/REMI/Leefgeld"))
        assert row.account == people.iban_hash(TESFAY)

    @pytest.mark.parametrize(
        ("mark", "description", "event"),
        [
            ("RD", f"/IBAN/{TESFAY}/REMI/x", Event.RETURNED),
            ("C", f"/RTRN/AC04/IBAN/{TESFAY}/REMI/x", Event.RETURNED),
            ("C", "/EREF/voorbeeld-e2e-1", Event.CREDITED),
        ],
    )
    def test_what_comes_back(self, mark: str, description: str, event: Event) -> None:
        (row,) = good(self.entry(mark, description))
        assert row.event is event

    def test_money_that_comes_in_is_nobodys_business(self) -> None:
        assert good(self.entry("C", f"/IBAN/{TESFAY}/REMI/x")) == []

    def test_the_entry_day_may_lie_in_the_next_year(self) -> None:
        content = self.entry("D", "/REMI/x").replace(b":61:2612281228", b":61:2612310102")
        assert good(content)[0].day == date(2027, 1, 2)

    def test_a_closing_balance_that_does_not_follow_is_refused(self) -> None:
        assert what(read(sample("mt940.txt").replace(b"925,00", b"926,00")).problems) == [(9, ":62F:")]
