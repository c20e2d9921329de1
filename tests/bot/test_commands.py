import json
import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from core import accounts, links, openings, people
from core.clock import Clock
from core.database import Database
from core.tables.audit import AuditEntry
from core.tables.leefgeld import Payment, SourceFile
from core.tables.people import Account, Person
from core.tables.service import Hold
from core.tables.texts import Text
from scheduler.queue import holds
from tests.bot.prompt import INDEX, SECRET, Done, Prompt
from tests.scheduler import world
from tests.scheduler.payments import TESFAY, leefgeld_csv
from tests.scheduler.queueing import Queue
from tests.scheduler.world import NOW

pytestmark = pytest.mark.usefixtures("installation_keys")

PASSWORD = "vier gewone woorden"

PEOPLE = (
    "klantnummer;voornaam;telefoon;kanaal;taal;luisteren;gedeelde_telefoon;doelgroep;leerroute;"
    "klantmanager;begeleider;hhbnummer;bijstand_vanaf;toestemming_sms;iban\n"
    "V-1;Samira;0612345678;telegram;ar;nee;nee;nieuwkomer;b1;;;;;;\n"
)


class Desk:
    """A command line on an installation of its own."""

    def __init__(self, prompt: Prompt, database: Database) -> None:
        self.prompt, self.database = prompt, database
        self.env = {
            "PIM_DATABASE_URL": database.url.render_as_string(hide_password=False),
            "PIM_SECRET_KEYS": SECRET,
            "PIM_INDEX_KEY": INDEX,
            "PIM_PUBLIC_URL": "https://pim.voorbeeld.nl",
            "PIM_DATA_DIR": str(prompt.folder / "var"),
        }

    def pim(self, *arguments: str, typed: str = "", **env: str) -> Done:
        done = self.prompt.pim(arguments, {**self.env, **env}, typed)
        assert "Traceback" not in done.err
        assert SECRET not in done.out + done.err
        return done

    def file(self, name: str, content: str | bytes) -> str:
        path = self.prompt.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    async def person(self, **values: Any) -> Person:
        async with self.database.begin() as session:
            return await world.person(session, **values)

    async def staff(self, role: str, email: str) -> Account:
        async with self.database.begin() as session:
            return await world.staff(session, role, email)

    async def count(self, row: type[Any]) -> int:
        async with self.database.begin() as session:
            return int((await session.execute(select(func.count()).select_from(row))).scalar_one())


@pytest.fixture
def desk(prompt: Prompt, fresh_database: Database) -> Desk:
    return Desk(prompt, fresh_database)


async def is_held(session: AsyncSession) -> bool:
    return await holds.on_hold(session)


class TestLink:
    async def test_a_card_is_printed_and_its_code_works(self, desk: Desk) -> None:
        person = await desk.person(klantnummer="V-1")
        async with desk.database.begin() as session:
            await openings.keep(session, "telegram", "https://t.me/VoorbeeldBot?start=")
        done = desk.pim("link", "v 1", "--pictures", "3,7")
        assert (done.status, done.err) == (0, "")
        said = dict(line.split(maxsplit=1) for line in done.out.splitlines()[:4])
        assert re.fullmatch(r"\w{4}-\w{4}-\w{4}-\w{2}", said["CODE"])
        assert said["URL"] == f"https://t.me/VoorbeeldBot?start={links.normal(said['CODE'])}"
        assert said["PICTURES"] == f"3,7  {links.PICTURES[3]} {links.PICTURES[7]}"
        assert "█" in done.out
        async with desk.database.begin() as session:
            link = await links.find(session, Clock().now(), said["CODE"])
            assert link is not None
            assert (link.person_id, link.expires_at.isoformat()) == (person.id, said["EXPIRES"])
            assert timedelta(days=6, hours=23) < link.expires_at - Clock().now() <= timedelta(days=7)
            assert (await session.get_one(Person, person.id)).pictures == [3, 7]

    async def test_the_id_does_as_well_and_pictures_are_drawn(self, desk: Desk) -> None:
        person = await desk.person()
        done = desk.pim("link", str(person.id))
        assert done.status == 0
        assert re.search(r"^PICTURES \d,\d ", done.out, re.MULTILINE)

    @pytest.mark.parametrize("who", ["V-2", "x", "01900000-0000-7000-8000-000000000000", "'; DROP TABLE person; --"])
    async def test_nobody_gets_no_card(self, desk: Desk, who: str) -> None:
        done = desk.pim("link", who)
        assert done.refusal == f"nobody has the klantnummer or id {who}."
        assert done.out == ""

    @pytest.mark.parametrize("pictures", ["3", "3,10", "3,7,1", "a,b", "-1,3", ""])
    async def test_pictures_are_two_of_ten(self, desk: Desk, pictures: str) -> None:
        await desk.person(klantnummer="V-1")
        assert desk.pim("link", "V-1", f"--pictures={pictures}").correction.startswith("the two pictures are numbers")


class TestStaff:
    async def test_the_password_is_read_and_fits(self, desk: Desk) -> None:
        done = desk.pim(
            *("staff", "add", "--email", "Karin@voorbeeld.nl", "--role", "klantmanager", "--language", "ti"),
            typed=f"{PASSWORD}\n",
        )
        assert (done.status, done.out) == (0, "karin@voorbeeld.nl can log in as klantmanager.\n")
        async with desk.database.begin() as session:
            account = await accounts.by_email(session, "karin@voorbeeld.nl")
        assert account is not None
        assert account.languages == ["ti"]
        assert accounts.password_fits(account, PASSWORD)

    async def test_without_a_password_it_says_what_that_means(self, desk: Desk) -> None:
        done = desk.pim("staff", "add", "--email", "selam@voorbeeld.nl", "--role", "rolmodel")
        assert done.out == "selam@voorbeeld.nl has no password and acts in a chat only, as rolmodel.\n"

    async def test_a_rolmodel_works_on_her_own_phone(self, desk: Desk) -> None:
        person = await desk.person(klantnummer="V-1")
        add = ("staff", "add", "--email")
        done = desk.pim(*add, "selam@voorbeeld.nl", "--role", "rolmodel", "--language", "ti", "--person", "V-1")
        assert done.status == 0
        async with desk.database.begin() as session:
            [account] = await accounts.of_person(session, person.id)
        assert account.email == "selam@voorbeeld.nl"

        again = desk.pim(*add, "a@voorbeeld.nl", "--role", "vertaler", "--person", str(person.id))
        assert again.refusal == "this person has an account already."
        boss = desk.pim(*add, "b@voorbeeld.nl", "--role", "regisseur", "--person", "V-1")
        assert boss.refusal == "only a rolmodel or a vertaler works on a phone."
        nobody = desk.pim(*add, "c@voorbeeld.nl", "--role", "rolmodel", "--person", "V-2")
        assert nobody.refusal == "nobody has the klantnummer or id V-2."
        assert await desk.count(Account) == 1

    async def test_stopped_and_given_back_and_on_record(self, desk: Desk) -> None:
        account = await desk.staff("rolmodel", "selam@voorbeeld.nl")
        done = desk.pim("staff", "stop", "--email", "Selam@voorbeeld.nl")
        assert (done.status, done.err) == (0, "")
        assert done.out.startswith("selam@voorbeeld.nl is stopped: logged out everywhere.\nheld: 0 news, 0 texts,")
        assert await self.disabled(desk)
        assert desk.pim("staff", "stop", "--email", "selam@voorbeeld.nl").out == (
            "selam@voorbeeld.nl was stopped already.\n"
        )
        assert "in use again" in desk.pim("staff", "start", "--email", "selam@voorbeeld.nl").out
        assert not await self.disabled(desk)
        async with desk.database.begin() as session:
            entries = list(await session.scalars(select(AuditEntry).order_by(AuditEntry.n)))
        assert [(entry.action, entry.object_id) for entry in entries] == [
            ("account.stop", account.id),
            ("account.start", account.id),
        ]

    async def disabled(self, desk: Desk) -> bool:
        async with desk.database.begin() as session:
            return (await session.scalars(select(Account.disabled_at))).one() is not None

    @pytest.mark.parametrize("verb", ["stop", "start"])
    def test_nobody_is_stopped_where_nobody_is(self, desk: Desk, verb: str) -> None:
        assert desk.pim("staff", verb, "--email", "x@voorbeeld.nl").refusal == "there is no account x@voorbeeld.nl."

    @pytest.mark.parametrize(
        ("email", "typed", "said"),
        [
            ("sam@voorbeeld.nl", "te kort\n", "minstens 12 tekens"),
            ("karin@voorbeeld.nl", f"{PASSWORD}\n", "al een account"),
            ("karin", f"{PASSWORD}\n", "e-mailadres nodig"),
        ],
    )
    async def test_what_cannot_be_made_is_refused(self, desk: Desk, email: str, typed: str, said: str) -> None:
        await desk.staff("regisseur", "karin@voorbeeld.nl")
        done = desk.pim("staff", "add", "--email", email, "--role", "klantmanager", typed=typed)
        assert said in done.refusal
        assert typed.strip() not in done.err
        assert await desk.count(Account) == 1


class TestHold:
    async def test_on_and_off_and_twice_is_once(self, desk: Desk) -> None:
        for switch, held in (("on", True), ("on", True), ("off", False), ("off", False), ("on", True)):
            done = desk.pim("hold", switch, "--why", "proef")
            assert (done.status, done.err) == (0, "")
            assert done.out.startswith("On hold" if held else "Not on hold")
            async with desk.database.begin() as session:
                assert await is_held(session) == held
        assert await desk.count(Hold) == 2


class TestNotices:
    async def planned(self, desk: Desk) -> None:
        async with desk.database.begin() as session:
            queue = Queue(session)
            for hours in (1, 2, 30):
                await queue.plan(await queue.person(), due=NOW + timedelta(hours=hours))
            await queue.plan(await queue.person(), "", kind="update", due=NOW)

    async def test_what_goes_until_a_moment_as_json(self, desk: Desk) -> None:
        await self.planned(desk)
        until = (NOW + timedelta(hours=3)).isoformat()
        done = desk.pim("notices", "--due", until, "--json")
        said = json.loads(done.out)
        assert (done.status, said["until"]) == (0, until)
        assert [(row["kind"], row["step"], row["count"]) for row in said["notices"]] == [
            ("update", None, 1),
            ("appointment", "day", 2),
        ]

    async def test_and_as_lines(self, desk: Desk) -> None:
        await self.planned(desk)
        lines = desk.pim("notices", "--due", (NOW + timedelta(days=2)).isoformat()).out.splitlines()
        assert [line.split()[:2] for line in lines[:2]] == [["1", "update/-"], ["3", "appointment/day"]]

    @pytest.mark.parametrize("moment", ["morgen", "2027-01-12T08:00"])
    async def test_a_moment_has_an_offset(self, desk: Desk, moment: str) -> None:
        assert "for example 2027-01-12T08:00" in desk.pim("notices", f"--due={moment}").correction


class TestImport:
    async def test_people_as_json_and_again(self, desk: Desk) -> None:
        path = desk.file("mensen.csv", PEOPLE)
        done = desk.pim("import", "people", path, "--json")
        said = json.loads(done.out)
        assert (done.status, done.err) == (0, "")
        assert said == {"import": said["import"], "new": 1, "changed": 0, "same": 0, "problems": []}
        again = json.loads(desk.pim("import", "people", path, "--json").out)
        assert (again["new"], again["same"]) == (0, 1)
        async with desk.database.begin() as session:
            assert await people.by_klantnummer(session, "V-1") is not None

    async def test_a_dry_run_writes_nothing(self, desk: Desk) -> None:
        done = desk.pim("import", "people", desk.file("mensen.csv", PEOPLE), "--dry-run", "--json")
        assert (done.status, json.loads(done.out)["new"]) == (0, 1)
        assert (await desk.count(Person), await desk.count(SourceFile)) == (0, 0)

    async def test_a_problem_has_its_line_and_mend_and_nothing_is_written(self, desk: Desk) -> None:
        path = desk.file("fout.csv", PEOPLE + "V-2;Almaz;12;telegram;xx;nee;nee;;;;;;;;\n")
        done = desk.pim("import", "people", path, "--json")
        said = json.loads(done.out)
        assert (done.status, said["import"]) == (1, None)
        assert {(problem["line"], problem["field"]) for problem in said["problems"]} == {(3, "telefoon"), (3, "taal")}
        assert all(problem["what"] and problem["mend"] for problem in said["problems"])
        assert await desk.count(Person) == 0
        plain = desk.pim("import", "people", path)
        assert plain.out.splitlines()[-1] == "Niets opgeslagen."

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("import", "people", "nergens.csv"), "nergens.csv can't be read: No such file or directory."),
            (("import", "people", "mensen.csv", "--as", "wie@voorbeeld.nl"), "there is no account wie@voorbeeld.nl"),
            (("import", "leefgeld", "mensen.csv"), "needs an account: add --as EMAIL."),
            (("import", "--approve", "7", "--as", "karin@voorbeeld.nl"), "this is no number of an import"),
            (("import", "--approve", "01900000-0000-7000-8000-000000000000"), "an approval needs an account"),
        ],
    )
    async def test_what_cannot_be_done_is_refused(self, desk: Desk, arguments: tuple[str, ...], said: str) -> None:
        await desk.staff("klantmanager", "karin@voorbeeld.nl")
        desk.file("mensen.csv", PEOPLE)
        assert said in desk.pim(*arguments).refusal

    async def test_without_a_file_it_says_how_it_is_called(self, desk: Desk) -> None:
        assert desk.pim("import").correction.startswith("name what the file holds")

    async def test_leefgeld_waits_for_another_account(self, desk: Desk) -> None:
        await desk.staff("klantmanager", "karin@voorbeeld.nl")
        await desk.staff("regisseur", "sam@voorbeeld.nl")
        await desk.person(hhbnummer="HHB1", iban=TESFAY)
        day = f"{Clock().now() + timedelta(days=3):%d-%m-%Y}"
        path = desk.file("leefgeld.csv", leefgeld_csv(f"HHB1;75,00;{day};leefgeld;"))
        staged = desk.pim("import", "leefgeld", path, "--as", "karin@voorbeeld.nl", "--json")
        number = json.loads(staged.out)["import"]
        assert (staged.status, await desk.count(Payment)) == (0, 0)
        assert "zelf ingelezen" in desk.pim("import", "--approve", number, "--as", "karin@voorbeeld.nl").refusal
        done = desk.pim("import", "--approve", number, "--as", "sam@voorbeeld.nl", "--json")
        assert (done.status, json.loads(done.out)["new"], await desk.count(Payment)) == (0, 1, 1)
        assert "75,00" not in done.out + staged.out


class TestRefusals:
    @pytest.mark.parametrize(
        ("env", "named"),
        [
            ({"PIM_SECRET_KEYS": ""}, "PIM_SECRET_KEYS"),
            ({"PIM_INDEX_KEY": ""}, "PIM_INDEX_KEY"),
            ({"PIM_SECRET_KEYS": "kort"}, "PIM_SECRET_KEYS"),
            ({"PIM_DATABASE_URL": ""}, "PIM_DATABASE_URL"),
            ({"PIM_DATABASE_URL": "zomaar"}, "PIM_DATABASE_URL"),
            ({"PIM_DATABASE_URL": "postgresql://pim:Kanarie@127.0.0.1:1/pim"}, "PIM_DATABASE_URL"),
            ({"PIM_TIMEZONE": "Europe/Veghel"}, "PIM_TIMEZONE"),
        ],
    )
    async def test_a_wrong_setting_is_named(self, desk: Desk, env: dict[str, str], named: str) -> None:
        done = desk.pim("hold", "on", **env)
        assert done.refusal.startswith(named)
        assert "Kanarie" not in done.err
        assert await desk.count(Hold) == 0

    async def test_a_database_that_is_not_there(self, desk: Desk) -> None:
        url = desk.database.url.set(database="never_made").render_as_string(hide_password=False)
        assert desk.pim("hold", "on", PIM_DATABASE_URL=url).refusal.startswith("PIM_DATABASE_URL: the database can't")

    async def test_old_code_on_a_new_schema(self, desk: Desk) -> None:
        async with desk.database.begin() as session:
            await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        for command in (["migrate"], ["hold", "on"], ["notices"]):
            assert "start the newer version again" in desk.pim(*command).refusal

    async def test_run_says_what_a_real_installation_misses(self, desk: Desk) -> None:
        assert desk.pim("run").refusal.startswith("PIM_CONTACT_PHONE is missing or wrong")

    @pytest.mark.parametrize(
        "arguments",
        [
            (),
            ("vlieg",),
            ("hold",),
            ("hold", "maybe"),
            ("import", "geheimen", "x.csv"),
            ("staff", "add", "--email", "a@b.nl", "--role", "inburgeraar"),
            ("run", "--only", "web,keuken"),
            ("link",),
        ],
    )
    async def test_wrong_usage_is_status_2(self, desk: Desk, arguments: tuple[str, ...]) -> None:
        done = desk.pim(*arguments)
        assert (done.status, done.out) == (2, "")
        assert "usage: pim" in done.err


def test_the_module_is_the_command(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "hold", "perhaps"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": os.defpath},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "invalid choice: 'perhaps'" in done.stderr


class TestLanguages:
    async def exported(self, desk: Desk) -> Path:
        path = desk.prompt.folder / "ti.po"
        done = desk.pim("languages", "export", "ti", str(path))
        assert (done.status, done.err) == (0, "")
        assert re.fullmatch(rf"{path}: zinnen \d{{3}}, leeg 0, onzeker \d+\n", done.out)
        return path

    async def test_a_language_goes_out_and_comes_back_changed(self, desk: Desk) -> None:
        await desk.staff("vertaler", "vera@voorbeeld.nl")
        path = await self.exported(desk)
        before = await desk.count(Text)
        content = path.read_text(encoding="utf-8")
        assert content.count("\nmsgctxt ") > 400
        same = desk.pim("languages", "import", "ti", str(path), "--as", "vera@voorbeeld.nl", "--json")
        said = json.loads(same.out)
        assert same.status == 0
        assert (said["import"], said["new"], said["changed"], said["unfinished"], said["problems"]) == (
            None,
            0,
            0,
            0,
            [],
        )
        assert said["same"] > 40
        assert await desk.count(Text) == before

        path.write_text(content.replace('msgstr "✅ እወ"', 'msgstr "✅ እወ!"'), encoding="utf-8")
        dry = desk.pim("languages", "import", "ti", str(path), "--as", "vera@voorbeeld.nl", "--dry-run")
        assert dry.out.startswith("nieuw 0, gewijzigd 1, gelijk ")
        assert await desk.count(Text) == before
        done = desk.pim("languages", "import", "ti", str(path), "--as", "vera@voorbeeld.nl")
        assert (done.status, done.out) == (0, dry.out)
        assert await desk.count(Text) == before + 1

    async def test_a_problem_has_its_line_and_nothing_is_written(self, desk: Desk) -> None:
        await desk.staff("vertaler", "vera@voorbeeld.nl")
        path = await self.exported(desk)
        before = await desk.count(Text)
        content = path.read_text(encoding="utf-8").replace('msgstr "✅ እወ"', 'msgstr "እወ ٣ {0.__class__}"')
        path.write_text(content, encoding="utf-8")

        done = desk.pim("languages", "import", "ti", str(path), "--as", "vera@voorbeeld.nl")

        line = content[: content.index("እወ ٣")].count("\n")
        assert done.status == 1
        assert f"{line}\tbuttons/yes\t{{0.__class__}} is geen waarde die wij kennen.\t" in done.out
        assert done.out.endswith("Niets opgeslagen.\n")
        assert await desk.count(Text) == before

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("export", "nl", "x.po"), "Nederlands is de bron van alle teksten. Kies een andere taal."),
            (("export", "ti", "/nowhere/x.po"), "/nowhere/x.po can't be written: No such file or directory."),
            (("import", "ti", "x.po"), "an import of texts needs an account: add --as EMAIL."),
            (("import", "ti", "/nowhere/x.po", "--as", "k@voorbeeld.nl"), "/nowhere/x.po can't be read: No such file"),
            (("import", "ti", "/dev/zero", "--as", "k@voorbeeld.nl"), "Dit account spreekt geen Tigrinya."),
            (("import", "ti", "x.po", "--as", "who@voorbeeld.nl"), "there is no account who@voorbeeld.nl"),
        ],
    )
    async def test_what_can_t_be_done_is_said(self, desk: Desk, arguments: tuple[str, ...], said: str) -> None:
        await desk.staff("klantmanager", "k@voorbeeld.nl")
        assert desk.pim("languages", *arguments).refusal.startswith(said)

    async def test_an_endless_file_is_refused_too(self, desk: Desk) -> None:
        await desk.staff("vertaler", "vera@voorbeeld.nl")
        done = desk.pim("languages", "import", "ti", "/dev/zero", "--as", "vera@voorbeeld.nl")
        assert (done.status, done.out.split("\t")[2]) == (1, "Het bestand is groter dan 2 MB.")

    def test_a_language_we_don_t_have_is_a_wrong_call(self, desk: Desk) -> None:
        assert desk.pim("languages", "export", "xx", "x.po").status == 2
