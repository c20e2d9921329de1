import re
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest
from sqlalchemy import select

from content import catalogue, texts
from content.catalogue import Catalogue, digest
from core import accounts, addresses, people
from core.tables.agenda import Enrolment
from core.tables.notices import Notice
from core.tables.people import Account
from core.tables.texts import MinorEdit, Text
from core.values import Handle
from tests.bot.console.room import Browser, Room
from tests.scheduler import world
from tests.scheduler.world import NOW

SHIPPED = catalogue.load()
UNIT = "appointment.day"
HEARD = ("appointment.announced", "appointment.week", "appointment.day", "appointment.hours")
CHANGES = ("workshop.changed", "workshop.time", "workshop.place", "workshop.cancelled")


def with_dutch(push: str) -> Catalogue:
    """A release that says one push otherwise, and has no translation of it."""
    dutch = {**SHIPPED.bodies["nl"], UNIT: {**SHIPPED.bodies["nl"][UNIT], "push": (push,)}}
    bodies = {
        language: dutch if language == "nl" else {unit: body for unit, body in units.items() if unit != UNIT}
        for language, units in SHIPPED.bodies.items()
    }
    return Catalogue(
        bodies=MappingProxyType(bodies), hashes=MappingProxyType({**SHIPPED.hashes, UNIT: digest(dutch[UNIT])})
    )


async def release(
    room: Room, shipped: Catalogue = SHIPPED, approved: Mapping[str, tuple[str, ...]] | None = None
) -> None:
    """A release starts, and speakers approved these units of these languages yesterday."""
    async with room.begin() as session:
        await texts.ship(session, NOW, shipped)
        for language, units in (approved or {}).items():
            email = f"{language}@voorbeeld.nl"
            judge = await accounts.by_email(session, email) or await accounts.add(
                session, NOW, email=email, name="Ruth", role="vertaler", languages=[language]
            )
            for row in await texts.waiting(session, shipped, judge):
                if row.unit in units:
                    await texts.approve(session, NOW - timedelta(days=1), row.id, judge)
        room.texts = await texts.in_force(session, shipped)


async def rolmodel(room: Room, language: str) -> Account:
    """With a phone of her own."""
    async with room.begin() as session:
        person = await people.add(session, NOW, name="Ayaan", languages=["nl"])
        address = await addresses.ensure(session, NOW, "telegram", Handle(f"{language} phone"))
        await addresses.attach(session, NOW, person.id, address.id, verified=True)
        email = f"ayaan.{language}@voorbeeld.nl"
        spoken = [language, "nl"]
        return await accounts.add(
            session, NOW, email=email, name="Ayaan", role="rolmodel", languages=spoken, person_id=person.id
        )


async def regisseur(room: Room) -> Browser:
    return await room.browser(await room.staff("regisseur", "Marit"))


async def test_home_shows_the_matrix_of_languages(room: Room) -> None:
    await release(room, approved={"ti": HEARD})
    home = (await (await regisseur(room)).get("/console/")).text
    row = re.search(r'<th scope="row">Tigrinya</th>(.*?)</tr>', home, re.DOTALL)
    assert row
    assert "10 van 15" in row[1]
    assert "5 wachten" in row[1]
    assert "Nederlands</th>" not in home


async def test_the_whole_matrix_says_how_each_text_stands(room: Room) -> None:
    await release(room, approved={"ti": (UNIT,)})
    page = (await (await regisseur(room)).get("/console/texts")).text
    row = re.search(rf'units/{UNIT}">.*?</tr>', page, re.DOTALL)
    assert row
    assert len(re.findall(r"<td", row[0])) == len(room.settings.languages) - 1
    assert row[0].count(">goed<") == 1


async def test_a_rolmodel_sees_her_own_languages(room: Room) -> None:
    await release(room)
    browser = await room.browser(await room.staff("rolmodel", "Mehret", "ti", "nl"))
    page = (await browser.get("/console/texts")).text
    assert "/console/texts/ti/print" in page
    assert "/console/texts/ar/print" not in page
    assert (await browser.get("/console/texts/ar/print")).status == 404
    assert "teksten wachten op u" in (await browser.get("/console/")).text


@pytest.mark.parametrize("role", ["begeleider", "partner", "tolk", "fg"])
async def test_who_has_nothing_to_do_with_texts_sees_none(room: Room, role: str) -> None:
    await release(room)
    browser = await room.browser(await room.staff(role, "Iemand", "ti"))
    for path in ("", f"/units/{UNIT}", "/ti/print"):
        assert (await browser.get(f"/console/texts{path}")).status == 404
    assert "Teksten per taal" not in (await browser.get("/console/")).text


async def test_the_core_set_on_paper(room: Room) -> None:
    await release(room, approved={"ti": HEARD})
    page = (await (await regisseur(room)).get("/console/texts/ti/print")).text
    assert "10 van 15 goedgekeurd" in page
    assert page.count('class="console-sheet"') == 15
    lines = sum(len(forms) for unit in ("message", UNIT) for forms in SHIPPED.bodies["ti"][unit].values())
    assert page.count("☐") > lines
    assert "Morgen" in page
    said = SHIPPED.bodies["ti"]["message"]["push"][0]
    assert said in page


async def test_a_language_without_words_has_room_to_write_them(room: Room) -> None:
    await release(room, with_dutch("Morgen is uw afspraak: {day}, {time} uur. Kunt u niet? Zeg het ons."))
    page = (await (await regisseur(room)).get("/console/texts/ti/print")).text
    assert "…………………………" in page


async def test_no_such_language_or_text(room: Room) -> None:
    await release(room)
    browser = await regisseur(room)
    for path in ("xx/print", "nl/print", "units/nothing", "units/appointment"):
        assert (await browser.get(f"/console/texts/{path}")).status == (200 if path == "units/appointment" else 404)


async def test_a_change_of_the_dutch_and_who_will_hear_easy_dutch(room: Room) -> None:
    await release(room, approved={"ti": (UNIT,)})
    await release(room, with_dutch("Let op. Morgen heeft u een gesprek: {day}, {time} uur."))
    for _ in range(5):
        await room.person(languages=["ti", "nl"])
    page = (await (await regisseur(room)).get(f"/console/texts/units/{UNIT}")).text
    assert "<strong>5 mensen krijgen makkelijk Nederlands.</strong> De tekst in het Tigrinya is nog niet" in page
    assert "Er is geen rolmodel die deze taal spreekt." in page
    assert "<del>" in page
    assert ">oud<" in page


async def test_few_people_stay_uncounted(room: Room) -> None:
    await release(room)
    await room.person(languages=["ti", "nl"])
    page = (await (await regisseur(room)).get(f"/console/texts/units/{UNIT}")).text
    assert "Minder dan 5 mensen krijgen makkelijk Nederlands." in page


async def test_what_a_text_says_in_a_language_and_what_waits_to_say_it_instead(room: Room) -> None:
    await release(room, approved={"ti": (UNIT,)})
    body = {**SHIPPED.bodies["ti"][UNIT], "push": ("ቆጸራ ኣለኩም፦ {day} {time}።",)}
    async with room.begin() as session:
        author = await room.staff("vertaler", "Ruth", "ti")
        await texts.add(session, NOW, SHIPPED, unit=UNIT, language="ti", body=body, author=author, origin="import")
    browser, path = await regisseur(room), f"/console/texts/units/{UNIT}"
    page = (await browser.get(f"{path}?language=ti")).text
    now, _, waits = page.partition("Wacht op een spreker")
    assert "Dit krijgen mensen nu" in now
    assert "ቆጸራ ኣለኩም፦ " in waits
    assert "nieuwe wacht" in page
    arabic = (await browser.get(f"{path}?language=ar")).text
    assert "Dit krijgen mensen nu" not in arabic
    assert 'dir="rtl"' in arabic
    for other in ("nl", "xx", ""):
        assert 'id="said"' not in (await browser.get(f"{path}?language={other}")).text


async def dutch_hash(room: Room) -> str:
    async with room.begin() as session:
        query = select(Text.source_hash).where(Text.unit == UNIT, Text.language == "nl", Text.version == 1)
        return (await session.scalars(query)).one()


async def test_a_minor_edit_keeps_the_approvals(room: Room) -> None:
    await release(room, approved={"ti": (UNIT,)})
    push = SHIPPED.bodies["nl"][UNIT]["push"][0].replace("afspraak", "gesprek")
    await release(room, with_dutch(push))
    browser, path = await regisseur(room), f"/console/texts/units/{UNIT}"
    page = (await browser.get(path)).text
    before = re.search(r'name="before" value="([0-9a-f]{64})"', page)
    assert before
    assert "goedkeuringen blijven" in (await browser.send(f"{path}/minor", {"before": before[1]})).text
    async with room.begin() as session:
        assert (await texts.in_force(session, with_dutch(push))).has("ti", UNIT)
    assert "Dit is al een kleine wijziging" in (await browser.post(f"{path}/minor", {"before": before[1]})).text


async def test_a_risky_edit_is_refused_in_words(room: Room) -> None:
    await release(room, approved={"ti": (UNIT,)})
    await release(room, with_dutch("Overmorgen heeft u een afspraak: {day}, {time} uur."))
    browser, path = await regisseur(room), f"/console/texts/units/{UNIT}"
    page = (await browser.get(path)).text
    assert "is een woord over tijd anders dan eerst" in page
    assert 'name="before"' not in page
    answer = await browser.post(f"{path}/minor", {"before": await dutch_hash(room)})
    assert answer.status == 422
    assert "Dit is geen kleine wijziging." in answer.text
    assert await room.all(MinorEdit) == []
    assert (await browser.post(f"{path}/minor", {"before": "x"})).status == 404


async def test_only_a_regisseur_declares_a_minor_edit(room: Room) -> None:
    await release(room)
    await release(room, with_dutch("Morgen heeft u een gesprek: {day}, {time} uur."))
    for role in ("klantmanager", "rolmodel", "vertaler", "beheerder"):
        browser = await room.browser(await room.staff(role, role, "ti"))
        path = f"/console/texts/units/{UNIT}"
        assert 'name="before"' not in (await browser.get(path)).text
        assert (await browser.post(f"{path}/minor", {"before": await dutch_hash(room)})).status == 404
    assert await room.all(MinorEdit) == []


async def test_the_form_of_an_appointment_says_that_it_will_be_easy_dutch(room: Room) -> None:
    await release(room, approved={"ti": HEARD})
    karin = await room.staff()
    somali, tigrinya = await room.person(karin, languages=["so", "nl"]), await room.person(karin, languages=["ti"])
    browser = await room.browser(karin)

    page = (await browser.get(f"/console/people/{somali.id}/appointments/new")).text
    assert "Deze persoon krijgt makkelijk Nederlands." in page
    assert "De tekst in het Somali is nog niet goedgekeurd." in page
    assert (
        "krijgt makkelijk Nederlands" not in (await browser.get(f"/console/people/{tigrinya.id}/appointments/new")).text
    )


async def test_asked_again_from_the_page_of_an_appointment(room: Room) -> None:
    await release(room)
    karin, ayaan = await room.staff(), await rolmodel(room, "so")
    person = await room.person(karin, languages=["so", "nl"])
    async with room.begin() as session:
        row = await world.appointment(session, person)
    browser, path = await room.browser(karin), f"/console/appointments/{row.id}"
    page = (await browser.get(path)).text
    assert "Er is nog geen rolmodel gevraagd." in page

    answer = await browser.post("/console/texts/so/ask", {"back": path})
    assert answer.leads_to == f"{path}?note=asked"
    assert "De rolmodellen krijgen een bericht" in (await browser.get(answer.leads_to)).text
    work = [notice for notice in await room.all(Notice) if notice.kind == "work"]
    assert [notice.person_id for notice in work] == [ayaan.person_id]

    async with room.begin() as session:
        (notice,) = await session.scalars(select(Notice).where(Notice.kind == "work"))
        notice.state, notice.sent_at = "sent", NOW
    room.clock.advance(timedelta(days=2))
    later = await room.browser(karin)
    assert "Rolmodel gevraagd: 1; geen antwoord sinds 2 dagen." in (await later.get(path)).text


@pytest.mark.parametrize(
    "back", ["https://kwaad.example/", "//kwaad.example", "/console/texts/../../x?y", "", "javascript:1"]
)
async def test_asking_leads_nowhere_else(room: Room, back: str) -> None:
    await release(room)
    answer = await (await regisseur(room)).post("/console/texts/so/ask", {"back": back})
    assert answer.leads_to == "/console/texts?note=nobody-asked"


async def test_who_may_not_ask(room: Room) -> None:
    await release(room)
    for role in ("rolmodel", "vertaler", "beheerder", "partner"):
        browser = await room.browser(await room.staff(role, role, "so"))
        assert (await browser.post("/console/texts/so/ask")).status == 404
    assert (await (await regisseur(room)).post("/console/texts/xx/ask")).status == 404


async def test_before_people_are_invited_to_a_workshop(room: Room) -> None:
    await release(room, approved={"ti": ("workshop.invitation",)})
    karin = await room.staff()
    for languages in (["so", "nl"], ["so", "nl"], ["ti", "nl"]):
        await room.person(karin, languages=languages)
    await room.person(languages=["so", "nl"])
    async with room.begin() as session:
        day = await world.day(session)
    page = (await (await room.browser(karin)).get(f"/console/workshops/{day.id}")).text
    assert "<strong>2 mensen krijgen makkelijk Nederlands.</strong> De tekst in het Somali" in page
    assert "in het Tigrinya is nog niet" not in page


async def test_before_a_day_is_moved_or_called_off(room: Room) -> None:
    await release(room, approved={"ti": CHANGES})
    regisseur_ = await room.staff("regisseur", "Marit")
    async with room.begin() as session:
        day = await world.day(session)
    for languages in (["so", "nl"],) * 5 + (["ti", "nl"],):
        person = await room.person(languages=languages)
        async with room.begin() as session:
            session.add(Enrolment(session_id=day.id, person_id=person.id, status="enrolled", since=NOW))
    await room.person(languages=["fa", "nl"])  # on no list
    page = (await (await room.browser(regisseur_)).get(f"/console/workshops/{day.id}")).text
    move = page.partition('id="move"')[2]
    assert "<strong>5 mensen krijgen makkelijk Nederlands.</strong> De tekst in het Somali" in move
    assert "in het Tigrinya is nog niet" not in move
    assert "in het Farsi is nog niet" not in move


async def test_one_unapproved_change_is_enough(room: Room) -> None:
    await release(room, approved={"so": CHANGES[:-1]})
    async with room.begin() as session:
        day = await world.day(session)
    person = await room.person(languages=["so", "nl"])
    async with room.begin() as session:
        session.add(Enrolment(session_id=day.id, person_id=person.id, status="invited", since=NOW))
    page = (await (await regisseur(room)).get(f"/console/workshops/{day.id}")).text
    assert "Minder dan 5 mensen krijgen makkelijk Nederlands." in page.partition('id="move"')[2]


async def test_before_an_appointment_is_moved_or_called_off(room: Room) -> None:
    changes = tuple(unit.replace("workshop", "appointment") for unit in CHANGES)
    await release(room, approved={"ti": (*HEARD, *changes), "so": (*HEARD, *changes[:-1])})
    karin = await room.staff()
    browser = await room.browser(karin)
    for language, warned in (("ti", False), ("so", True)):
        person = await room.person(karin, languages=[language, "nl"])
        async with room.begin() as session:
            row = await world.appointment(session, person)
        page = (await browser.get(f"/console/appointments/{row.id}")).text
        assert ("Deze persoon krijgt makkelijk Nederlands." in page) is warned


@pytest.mark.parametrize(("unit", "language"), [("appointment.time", "Nederlands"), (None, "Tigrinya")])
async def test_what_waits_is_counted_by_the_words_that_it_will_say(room: Room, unit: str | None, language: str) -> None:
    await release(room, approved={"ti": (*HEARD, "appointment.changed")})
    karin = await room.staff()
    person = await room.person(karin, languages=["ti", "nl"])
    async with room.begin() as session:
        row = await world.appointment(session, person)
        said: dict[str, Any] = {"unit": unit, "values": {}}
        about = {"source_kind": "appointment", "source_id": row.id, "kind": "appointment", "step": "changed"}
        waits = {"due": NOW + timedelta(minutes=1), "planned_at": NOW, "doubt": "once_more", "priority": 1}
        session.add(Notice(person_id=person.id, variables=said, **about, **waits))
    page = (await (await room.browser(karin)).get(f"/console/appointments/{row.id}")).text
    assert f"1 persoon, {language}" in page
