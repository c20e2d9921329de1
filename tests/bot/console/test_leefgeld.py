from content import catalogue, texts
from core.tables.leefgeld import Payment, SourceFile
from core.tables.people import Account
from tests.bot.console.room import Browser, Room
from tests.scheduler.payments import TESFAY, Pay, pain
from tests.scheduler.world import NOW

FILE = pain(Pay(amount="75.00"))


async def staged(room: Room, karin: Account, browser: Browser) -> str:
    """The page of a file that Karin brought in, about her own Selam."""
    await room.person(karin, iban=TESFAY)
    return (await browser.upload("/console/leefgeld", FILE, "pain001.xml")).leads_to


async def test_brought_in_by_one_and_approved_by_another(room: Room) -> None:
    karin, piet = await room.staff(), await room.staff(name="Piet")
    hers, his = await room.browser(karin), await room.browser(piet)
    path = await staged(room, karin, hers)
    page = (await hers.get(path)).text
    assert "u kunt dit niet zelf goedkeuren" in page
    assert "Selam" in page
    assert "€ 75,00" in page
    refused = await hers.post(f"{path}/approve")
    assert refused.status == 422
    assert "zelf ingelezen" in refused.text
    assert await room.all(Payment) == []
    assert "Goedgekeurd." in (await his.send(f"{path}/approve")).text
    assert len(await room.all(Payment)) == 1


async def test_only_the_own_klantmanager_sees_name_and_amount(room: Room) -> None:
    karin = await room.staff()
    path = await staged(room, karin, await room.browser(karin))
    for role, name in (("klantmanager", "Piet"), ("regisseur", "Marit")):
        page = (await (await room.browser(await room.staff(role, name))).get(path)).text
        assert "Bedrag samen" in page
        assert "Selam" not in page
        assert "Uw mensen in dit bestand" not in page


async def test_amount_stands_on_the_persons_page_for_the_klantmanager_only(room: Room) -> None:
    karin, marit = await room.staff(), await room.staff("regisseur", "Marit")
    path = await staged(room, karin, await room.browser(karin))
    await (await room.browser(marit)).send(f"{path}/approve")
    (payment,) = await room.all(Payment)
    person = f"/console/people/{payment.person_id}"
    assert "€ 75,00" in (await (await room.browser(karin)).get(person)).text
    page = (await (await room.browser(marit)).get(person)).text
    assert "75,00" not in page


async def test_bad_file_says_where_and_stores_nothing(room: Room) -> None:
    browser = await room.browser(await room.staff())
    bad = b"hhbnummer;bedrag;verwachte_datum;soort;opmerking\nHHB1;75,00;31-02-2027;leefgeld;\n"
    answer = await browser.upload("/console/leefgeld", bad, "leefgeld.csv")
    assert answer.status == 422
    assert "Bestand geweigerd. Er is niets opgeslagen." in answer.text
    assert "31-02-2027" in answer.text
    assert "<td>2</td>" in answer.text
    assert await room.all(SourceFile) == []


async def test_without_a_file(room: Room) -> None:
    browser = await room.browser(await room.staff())
    answer = await browser.post("/console/leefgeld", {"file": ""})
    assert answer.status == 422
    assert "Kies een bestand." in answer.text


async def test_withdrawn(room: Room) -> None:
    karin = await room.staff()
    browser = await room.browser(karin)
    path = await staged(room, karin, browser)
    assert "ingetrokken" in (await browser.send(f"{path}/withdraw")).text


async def test_regisseur_does_not_bring_files_in(room: Room) -> None:
    browser = await room.browser(await room.staff("regisseur", "Marit"))
    assert (await browser.upload("/console/leefgeld", FILE, "pain001.xml")).status == 404


async def test_large_file_passes_and_endless_form_does_not(room: Room) -> None:
    browser = await room.browser(await room.staff())
    answer = await browser.upload("/console/leefgeld", b"x" * 3_000_000, "groot.csv")
    assert answer.status == 422
    endless = await browser.post("/console/people/new", {"name": "x" * 600_000})
    assert endless.status == 413


async def test_before_the_yes_it_says_who_will_read_easy_dutch(room: Room) -> None:
    async with room.begin() as session:
        await texts.ship(session, NOW, catalogue.load())
        room.texts = await texts.in_force(session, catalogue.load())
    karin, piet = await room.staff(), await room.staff(name="Piet")
    await room.person(karin, iban=TESFAY, languages=["so", "nl"])
    await room.person(karin, languages=["fa", "nl"])  # not in the file
    path = (await (await room.browser(karin)).upload("/console/leefgeld", FILE, "pain001.xml")).leads_to
    browser = await room.browser(piet)
    page = (await browser.get(path)).text
    assert "Minder dan 5 mensen krijgen makkelijk Nederlands." in page
    assert "De tekst in het Somali is nog niet goedgekeurd." in page
    assert "in het Farsi is nog niet" not in page
    asked = await browser.post("/console/texts/so/ask", {"back": path})
    assert asked.leads_to == f"{path}?note=nobody-asked"
    await browser.post(f"{path}/approve")
    assert "krijgen makkelijk Nederlands" not in (await browser.get(path)).text
