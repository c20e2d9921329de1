import io
from collections.abc import Sequence
from datetime import date

import pytest
import xlsxwriter
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import addresses, people
from core.tables.people import Address, Consent, Person, PersonAddress
from scheduler import imports
from scheduler.imports import Result
from tests.scheduler import world
from tests.scheduler.payments import TESFAY, rows, what
from tests.scheduler.world import HOUSE, NOW, at

HEAD = (
    "klantnummer;voornaam;telefoon;kanaal;taal;luisteren;gedeelde_telefoon;doelgroep;leerroute;"
    "klantmanager;begeleider;hhbnummer;bijstand_vanaf;toestemming_sms;iban"
)
SAMIRA = f"V-1;Samira;0612345678;sms;ar;nee;nee;nieuwkomer;b1;;;HHB000123;01-10-2026;01-12-2026;{TESFAY}"
ALMAZ = "V-2;Almaz;612345679;telegram;ti;ja;nee;nieuwkomer;z;;;;;;"


async def bring(session: AsyncSession, content: bytes, *, dry_run: bool = False) -> Result:
    return await imports.people(session, NOW, HOUSE, content, by=None, dry_run=dry_run)


def numbers(result: Result) -> tuple[int, int, int]:
    assert result.problems == ()
    return result.new, result.changed, result.same


async def known(session: AsyncSession, klantnummer: str = "V-1") -> Person:
    person = await people.by_klantnummer(session, klantnummer)
    assert person is not None
    return person


async def bonds(session: AsyncSession, person: Person) -> list[tuple[PersonAddress, Address]]:
    return await addresses.of_person(session, person.id)


def sheet(*lines: Sequence[object]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for number, line in enumerate(lines):
            page.write_row(number, 0, line)
    return file.getvalue()


async def test_everything_a_row_tells_is_kept(session: AsyncSession) -> None:
    assert numbers(await bring(session, rows(HEAD, SAMIRA, ALMAZ))) == (2, 0, 0)
    samira, almaz = await known(session), await known(session, "V-2")
    assert samira.name is not None
    assert samira.name.reveal() == "Samira"
    assert (samira.languages, samira.sense, samira.doelgroep, samira.leerroute) == (["ar"], "read", "nieuwkomer", "b1")
    assert (samira.iban_hash, samira.iban_last4) == (people.iban_hash(TESFAY), "0123")
    assert (samira.bijstand_start, samira.hhbnummer_hash) == (date(2026, 10, 1), people.hhbnummer_hash("HHB000123"))
    assert (almaz.languages, almaz.sense) == (["ti"], "hear")


async def test_the_same_again_and_a_change(session: AsyncSession) -> None:
    await bring(session, rows(HEAD, SAMIRA, ALMAZ))
    assert numbers(await bring(session, rows(HEAD, SAMIRA, ALMAZ))) == (0, 0, 2)
    assert numbers(await bring(session, rows(HEAD, SAMIRA.replace("Samira", "Samiya"), ALMAZ))) == (0, 1, 1)
    assert [person.id for person in await people.search(session, "samiy")] == [(await known(session)).id]


async def test_an_empty_cell_or_a_missing_column_changes_nothing(session: AsyncSession) -> None:
    await bring(session, rows(HEAD, SAMIRA))
    short = rows("klantnummer,voornaam,telefoon,kanaal,taal,leerroute", "V-1,Samira,0612345678,sms,ar,")
    assert numbers(await bring(session, short)) == (0, 0, 1)
    assert (await known(session)).leerroute == "b1"


async def test_what_the_person_chose_in_the_chat_stands(session: AsyncSession) -> None:
    await bring(session, rows(HEAD, SAMIRA))
    samira = await known(session)
    samira.languages, samira.sense = ["so", "ar"], "read"
    assert numbers(await bring(session, rows(HEAD, SAMIRA))) == (0, 0, 1)
    assert samira.languages == ["so", "ar"]


async def test_a_dry_run_counts_and_keeps_nothing(session: AsyncSession) -> None:
    assert numbers(await bring(session, rows(HEAD, SAMIRA), dry_run=True)) == (1, 0, 0)
    assert await people.by_klantnummer(session, "V-1") is None


@pytest.mark.parametrize(
    "written", ["0612345678", "+31 6 12345678", "0031612345678", "612345678", "06-12 34 56 78", "31612345678"]
)
async def test_numbers_are_repaired_and_shown(session: AsyncSession, written: str) -> None:
    result = await bring(session, rows(HEAD, SAMIRA.replace("0612345678", written)))
    ((_, address),) = await bonds(session, await known(session))
    assert address.handle is not None
    assert (address.channel, address.handle.reveal()) == ("sms", "+31612345678")
    assert [(repair.line, repair.was.reveal(), repair.becomes.reveal()) for repair in result.repairs] == [
        (2, written, "+31612345678")
    ]


class TestSms:
    async def test_with_consent_it_may_be_used_at_once(self, session: AsyncSession) -> None:
        result = await bring(session, rows(HEAD, SAMIRA))
        samira = await known(session)
        ((bond, address),) = await bonds(session, samira)
        assert result.first_sms == (samira.id,)
        assert (bond.verified_at, bond.chosen_at, address.shared) == (NOW, at("2026-12-01 00:00"), False)
        consent = (await session.scalars(select(Consent))).one()
        assert (consent.purpose, consent.given, consent.at) == ("channel:sms", True, at("2026-12-01 00:00"))

    async def test_the_first_sms_goes_once(self, session: AsyncSession) -> None:
        await bring(session, rows(HEAD, SAMIRA))
        assert (await bring(session, rows(HEAD, SAMIRA.replace("b1", "z")))).first_sms == ()

    async def test_without_consent_it_waits_for_the_answer(self, session: AsyncSession) -> None:
        result = await bring(session, rows(HEAD, SAMIRA.replace("01-12-2026", "")))
        ((bond, _),) = await bonds(session, await known(session))
        assert (bond.verified_at, result.first_sms) == (None, ())

    async def test_stop_stands_unless_the_person_chose_again(self, session: AsyncSession) -> None:
        await bring(session, rows(HEAD, SAMIRA))
        ((bond, address),) = await bonds(session, await known(session))
        await addresses.stop(session, at("2026-12-05 10:00"), address.id)
        assert numbers(await bring(session, rows(HEAD, SAMIRA))) == (0, 0, 1)
        await session.refresh(bond)
        assert bond.opted_out_at is not None
        assert numbers(await bring(session, rows(HEAD, SAMIRA.replace("01-12-2026", "10-12-2026")))) == (0, 1, 0)
        assert bond.opted_out_at is None

    async def test_another_number_takes_the_place_of_the_old_one(self, session: AsyncSession) -> None:
        await bring(session, rows(HEAD, SAMIRA))
        assert numbers(await bring(session, rows(HEAD, SAMIRA.replace("0612345678", "0687654321")))) == (0, 1, 0)
        ((_, address),) = await bonds(session, await known(session))
        assert address.handle is not None
        assert address.handle.reveal() == "+31687654321"

    async def test_a_number_of_two_people_is_shared(self, session: AsyncSession) -> None:
        await bring(session, rows(HEAD, SAMIRA, SAMIRA.replace("V-1", "V-3").replace("HHB000123", "")))
        assert (await session.scalars(select(Address))).one().shared

    async def test_not_saying_whose_phone_it_is_counts_as_shared(self, session: AsyncSession) -> None:
        await bring(session, rows(HEAD, SAMIRA.replace("ar;nee;nee;", "ar;nee;;")))
        assert (await session.scalars(select(Address))).one().shared


@pytest.mark.parametrize(("channel", "kept"), [("telegram", "sms"), ("whatsapp", "whatsapp")])
async def test_other_channels_wait_for_the_card(session: AsyncSession, channel: str, kept: str) -> None:
    result = await bring(session, rows(HEAD, ALMAZ.replace("telegram", channel)))
    ((bond, address),) = await bonds(session, await known(session, "V-2"))
    assert (address.channel, bond.verified_at, result.first_sms) == (kept, None, ())


WRONG = [
    (SAMIRA.replace("0612345678", "3,16E+10"), "telefoon"),
    (SAMIRA.replace("0612345678", "0900-1234"), "telefoon"),
    (SAMIRA.replace("0612345678", ""), "telefoon"),
    (SAMIRA.replace("sms", "fax"), "kanaal"),
    (SAMIRA.replace(";ar;", ";xx;"), "taal"),
    (SAMIRA.replace("nieuwkomer", "anders"), "doelgroep"),
    (SAMIRA.replace("b1", "b2"), "leerroute"),
    (SAMIRA.replace("ar;nee", "ar;misschien"), "luisteren"),
    (SAMIRA.replace("01-10-2026", "31-02-2026"), "bijstand_vanaf"),
    (SAMIRA.replace("01-12-2026", "01-12-2027"), "toestemming_sms"),
    (SAMIRA.replace(TESFAY, "NL00TEST0000000123"), "iban"),
    (SAMIRA.replace("b1;;", "b1;niemand@voorbeeld.nl;"), "klantmanager"),
    (SAMIRA.replace("Samira", "=1+1"), "voornaam"),
    (SAMIRA.replace("Samira", ""), "voornaam"),
    (SAMIRA.replace("V-1", ""), "klantnummer"),
]


@pytest.mark.parametrize(("line", "field"), WRONG)
async def test_a_wrong_cell_refuses_the_file(session: AsyncSession, line: str, field: str) -> None:
    result = await bring(session, rows(HEAD, ALMAZ, line))
    assert what(result.problems) == [(3, field)]
    assert (result.import_id, (await session.execute(select(func.count(Person.id)))).scalar_one()) == (None, 0)


async def test_a_problem_tells_nothing_about_the_person(session: AsyncSession) -> None:
    result = await bring(
        session, rows(HEAD, SAMIRA.replace("0612345678", "061234").replace(TESFAY, "NL00TEST0000000123"))
    )
    printed = repr(result.problems)
    assert not [word for word in ("Samira", "061234", "NL00TEST") if word in printed]


@pytest.mark.parametrize("again", ["V-1", "V 1", "v-1"])
async def test_a_klantnummer_stands_once(session: AsyncSession, again: str) -> None:
    result = await bring(session, rows(HEAD, SAMIRA, ALMAZ.replace("V-2", again)))
    assert what(result.problems) == [(3, "klantnummer")]


async def test_a_hhbnummer_is_one_persons(session: AsyncSession) -> None:
    await bring(session, rows(HEAD, SAMIRA))
    result = await bring(session, rows(HEAD, ALMAZ.replace("z;;;;", "z;;;hhb 000123;")))
    assert what(result.problems) == [(2, "hhbnummer")]


class TestWhose:
    async def test_a_klantmanager_brings_in_own_people_only(self, session: AsyncSession) -> None:
        karin = await world.staff(session)
        await world.staff(session, email="peter@voorbeeld.nl")
        line = SAMIRA.replace("b1;;", "b1;peter@voorbeeld.nl;")
        refused = await imports.people(session, NOW, HOUSE, rows(HEAD, line), by=karin.id)
        assert what(refused.problems) == [(2, "klantnummer")]
        taken = await imports.people(session, NOW, HOUSE, rows(HEAD, SAMIRA), by=karin.id)
        assert numbers(taken) == (1, 0, 0)
        assert (await known(session)).klantmanager_id == karin.id

    async def test_a_colleagues_person_is_not_touched(self, session: AsyncSession) -> None:
        karin = await world.staff(session)
        await bring(session, rows(HEAD, SAMIRA))
        refused = await imports.people(session, NOW, HOUSE, rows(HEAD, SAMIRA), by=karin.id)
        assert what(refused.problems) == [(2, "klantnummer")]

    async def test_others_may_not(self, session: AsyncSession) -> None:
        begeleider = await world.staff(session, "begeleider")
        with pytest.raises(imports.Refused):
            await imports.people(session, NOW, HOUSE, rows(HEAD, SAMIRA), by=begeleider.id)


class TestFile:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
    @pytest.mark.parametrize("separator", [";", ",", "\t"])
    async def test_as_spreadsheets_write_it(self, session: AsyncSession, encoding: str, separator: str) -> None:
        text = rows(HEAD, SAMIRA.replace("Samira", "Zoë")).decode().replace(";", separator)
        assert numbers(await bring(session, text.encode(encoding))) == (1, 0, 0)
        name = (await known(session)).name
        assert name is not None
        assert name.reveal() == "Zoë"

    async def test_a_sheet(self, session: AsyncSession) -> None:
        cells: list[object] = list(SAMIRA.split(";"))
        cells[2] = 612345678
        content = sheet(HEAD.split(";"), [""] * 15, cells)
        result = await bring(session, content)
        assert (numbers(result), [repair.line for repair in result.repairs]) == ((1, 0, 0), [3])

    @pytest.mark.parametrize(
        ("content", "line", "field"),
        [
            (rows(HEAD + ";BSN", SAMIRA + ";"), 1, "BSN"),
            (rows(HEAD, SAMIRA.replace("V-1", "111222333"), ALMAZ.replace("V-2", "123456782")), 2, "klantnummer"),
            (rows(HEAD + ";taal", SAMIRA), 1, "taal"),
            (rows(HEAD + ";geloof", SAMIRA), 1, "geloof"),
            (rows(HEAD.replace("voornaam;", ""), SAMIRA), 1, "voornaam"),
            (rows(HEAD, SAMIRA, f'"{ALMAZ}'), 3, ""),
            (rows(HEAD, SAMIRA + ";x"), 2, ""),
            (rows(HEAD), 1, ""),
            (b"\x00\x01\x02", 0, ""),
            (b"PK\x03\x04 nothing", 0, ""),
        ],
    )
    async def test_what_cannot_be_read_is_one_sentence(
        self, session: AsyncSession, content: bytes, line: int, field: str
    ) -> None:
        assert what((await bring(session, content)).problems) == [(line, field)]

    async def test_columns_may_stand_in_another_order(self, session: AsyncSession) -> None:
        turned = [";".join(reversed(line.split(";"))) for line in (HEAD, SAMIRA)]
        assert numbers(await bring(session, rows(*turned))) == (1, 0, 0)

    async def test_a_cell_far_away_is_refused(self, session: AsyncSession) -> None:
        file = io.BytesIO()
        with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
            page = book.add_worksheet()
            page.write_row(0, 0, HEAD.split(";"))
            page.write(1_048_575, 16_383, "x")
        assert what((await bring(session, file.getvalue())).problems) == [(0, "")]

    async def test_too_many_rows_are_refused(self) -> None:
        content = rows("klantnummer;voornaam;kanaal;taal", *(f"V-{n};A;sms;ar" for n in range(100_001)))
        assert what(imports.read("people", content).problems) == [(100_002, "")]
