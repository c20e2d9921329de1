import pytest

from core.tables.people import Person
from tests.bot.console.room import Room

FORM = {"name": "Ünal", "language_1": "tr", "language_2": "nl", "sense": "hear", "klantnummer": "VB-1"}


async def test_person_is_added_to_the_own_caseload(room: Room) -> None:
    karin, piet = await room.staff(), await room.staff(name="Piet")
    browser = await room.browser(karin)
    page = await browser.send(
        "/console/people/new",
        {**FORM, "klantmanager": str(piet.id), "leerroute": "z"},
    )
    assert "Ünal" in page.text
    (person,) = await room.all(Person)
    assert person.klantmanager_id == karin.id
    assert (person.languages, person.sense, person.leerroute) == (["tr", "nl"], "hear", "z")
    assert len(await room.audited("person.add")) == 1


async def test_form_keeps_what_was_typed_and_says_what_is_wrong(room: Room) -> None:
    browser = await room.browser(await room.staff())
    wrong = {"name": "", "klantnummer": "VB-9", "language_1": "xx", "iban": "NL00BANK", "bijstand_start": "31-02-2027"}
    answer = await browser.post("/console/people/new", wrong)
    assert answer.status == 422
    assert 'value="VB-9"' in answer.text
    for sentence in ("Vul de voornaam in.", "Kies uit de lijst.", "rekeningnummer klopt niet", "is geen dag"):
        assert sentence in answer.text
    assert await room.all(Person) == []


async def test_a_bsn_is_refused_and_a_number_is_one_persons(room: Room) -> None:
    karin = await room.staff()
    await room.person(karin, klantnummer="VB-1")
    browser = await room.browser(karin)
    assert "nooit" in (await browser.post("/console/people/new", {**FORM, "klantnummer": "111222333"})).text
    assert "al van iemand anders" in (await browser.post("/console/people/new", FORM)).text


async def test_iban_is_kept_as_its_last_digits_only(room: Room) -> None:
    karin = await room.staff()
    person, browser = await room.person(karin), await room.browser(karin)
    form = {**FORM, "klantmanager": str(karin.id)}
    await browser.send(f"/console/people/{person.id}/edit", {**form, "iban": "NL91 ABNA 0417 1643 00"})
    page = (await browser.get(f"/console/people/{person.id}/edit")).text
    assert "eindigt op 4300" in page
    assert "ABNA" not in page
    await browser.send(f"/console/people/{person.id}/edit", form)
    (kept,) = await room.all(Person)
    assert kept.iban_last4 == "4300"
    await browser.send(f"/console/people/{person.id}/edit", {**form, "iban_gone": "yes"})
    (kept,) = await room.all(Person)
    assert kept.iban_hash is None


async def test_person_is_handed_over_to_a_colleague(room: Room) -> None:
    karin, piet = await room.staff(), await room.staff(name="Piet")
    person, browser = await room.person(karin), await room.browser(karin)
    page = await browser.send(f"/console/people/{person.id}/edit", {**FORM, "klantmanager": str(piet.id)})
    assert "staat niet meer in uw lijst" in page.text


async def test_search_finds_own_people_without_accents(room: Room) -> None:
    karin, piet = await room.staff(), await room.staff(name="Piet")
    await room.person(karin, name="Ünal")
    await room.person(piet, name="Unalan")
    browser = await room.browser(karin)
    page = (await browser.get("/console/people?q=unal")).text
    assert "Ünal" in page
    assert "Unalan" not in page
    assert "Niemand gevonden" in (await browser.get("/console/people?q=nobody")).text


async def test_list_has_pages(room: Room) -> None:
    karin = await room.staff()
    for number in range(51):
        await room.person(karin, name=f"Voorbeeld {number:03}")
    browser = await room.browser(karin)
    first, second = (await browser.get("/console/people")).text, (await browser.get("/console/people?page=2")).text
    assert "Voorbeeld 049" in first
    assert "Voorbeeld 050" not in first
    assert "Voorbeeld 050" in second


@pytest.mark.parametrize(
    ("role", "sees"),
    [("klantmanager", False), ("begeleider", False), ("regisseur", True), ("beheerder", False), ("partner", False)],
)
async def test_somebody_elses_person(room: Room, role: str, sees: bool) -> None:
    person = await room.person(await room.staff())
    browser = await room.browser(await room.staff(role, "Ander"))
    for path in ("", "/edit", "/appointments/new"):
        answer = await browser.get(f"/console/people/{person.id}{path}")
        assert answer.status == (200 if sees else 404)
        assert ("Selam" in answer.text) is sees
    assert bool(await room.audited("person.name")) is sees


async def test_begeleider_sees_less_of_his_own_people(room: Room) -> None:
    henk = await room.staff("begeleider", "Henk")
    person = await room.person(henk, klantnummer="VB-77")
    await room.phone(person)
    browser = await room.browser(henk)
    page = (await browser.get(f"/console/people/{person.id}")).text
    assert "***78" in page
    for hidden in ("VB-77", "Leefgeld", "Berichten", "Toon hele nummers", "Maak een kaart"):
        assert hidden not in page
    assert (await browser.post(f"/console/people/{person.id}/numbers")).status == 404
    assert (await browser.get(f"/console/people/{person.id}/edit")).status == 404


async def test_number_is_masked_until_it_is_asked_for_and_that_is_logged(room: Room) -> None:
    karin = await room.staff()
    person = await room.person(karin)
    await room.phone(person)
    browser = await room.browser(karin)
    assert "31612345678" not in (await browser.get(f"/console/people/{person.id}")).text
    shown = await browser.post(f"/console/people/{person.id}/numbers")
    assert shown.status == 200
    assert "31612345678" in shown.text
    (entry,) = await room.audited("phone.reveal")
    assert (entry.actor_id, entry.object_id) == (karin.id, person.id)


async def test_who_left_is_gone(room: Room) -> None:
    karin = await room.staff()
    person = await room.person(karin)
    async with room.begin() as session:
        (await session.get_one(Person, person.id)).left_at = room.clock.now()
    browser = await room.browser(karin)
    assert (await browser.get(f"/console/people/{person.id}")).status == 404
    assert "Selam" not in (await browser.get("/console/people?q=selam")).text


async def test_a_name_is_never_markup(room: Room) -> None:
    karin = await room.staff()
    person = await room.person(karin, name="<script>alert(1)</script>")
    browser = await room.browser(karin)
    for path in ("/console/people", f"/console/people/{person.id}", f"/console/people/{person.id}/appointments/new"):
        page = (await browser.get(path)).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page


async def test_what_a_refused_form_showed_is_logged_too(room: Room) -> None:
    person = await room.person(await room.staff(), name="Selam")
    marit = await room.staff("regisseur", "Marit")
    answer = await (await room.browser(marit)).post(f"/console/people/{person.id}/edit", {"name": ""})
    assert answer.status == 422
    (entry,) = await room.audited("person.edit")
    assert (entry.actor_id, entry.object_id) == (marit.id, person.id)
    (kept,) = await room.all(Person)
    assert kept.name.reveal() == "Selam"
