"""A person added or changed: the form, its checks, and what is written."""

from collections.abc import Mapping
from uuid import UUID

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from stdnum import iban as iban_number
from stdnum.exceptions import ValidationError
from stdnum.nl import bsn

from bot.console import guard, page, words
from bot.console.desk import Visit
from bot.console.forms import Filled, Form, posted
from core import people
from core.languages import LANGUAGES, PICKER
from core.permissions import may
from core.tables.people import Account, Person

LABELS = {
    "name": "Voornaam",
    "klantnummer": "Klantnummer",
    "hhbnummer": "Nummer in Huishoudboekje",
    "iban": "IBAN",
    "language_1": "Taal",
    "language_2": "Tweede taal",
    "language_3": "Derde taal",
    "sense": "Lezen of luisteren",
    "doelgroep": "Doelgroep",
    "leerroute": "Leerroute",
    "klantmanager": "Klantmanager",
    "begeleider": "Begeleider",
    "bijstand_start": "Bijstand vanaf",
}

_LANGUAGES = ("language_1", "language_2", "language_3")


async def blank(visit: Visit) -> web.Response:
    """An empty form; a klantmanager's new person is her own."""
    mine = visit.account.id if visit.account.role == "klantmanager" else None
    return await _page(visit, Filled(sense="read", klantmanager=mine), None)


async def add(visit: Visit) -> web.Response:
    """Add a person."""
    form = Form(await posted(visit.request))
    values = await _read(visit, form, None)
    if form.problems:
        return await _page(visit, form, None)
    if visit.account.role == "klantmanager":
        values["klantmanager_id"] = visit.account.id
    person = await people.add(
        visit.session,
        visit.now,
        name=str(values["name"]),
        languages=_codes(form),
        klantnummer=form.raw("klantnummer") or None,
        hhbnummer=form.raw("hhbnummer") or None,
        iban=form.raw("iban") or None,
    )
    _fill(person, values)
    await visit.session.flush()
    guard.noted(visit, "person.add", "person", person.id)
    return page.see_other(f"/console/people/{person.id}?note=person-made")


async def edit(visit: Visit) -> web.Response:
    """The form with what stands now; the IBAN is never shown, only its last digits."""
    person = await guard.person(visit, visit.id_in_path(), "person.edit")
    names = dict(zip(_LANGUAGES, person.languages, strict=False))
    now = Filled(
        name=person.name.reveal() if person.name else "",
        klantnummer=person.klantnummer.reveal() if person.klantnummer else None,
        hhbnummer=person.hhbnummer.reveal() if person.hhbnummer else None,
        sense=person.sense,
        doelgroep=person.doelgroep,
        leerroute=person.leerroute,
        klantmanager=person.klantmanager_id,
        begeleider=person.begeleider_id,
        bijstand_start=person.bijstand_start,
        **names,
    )
    return await _page(visit, now, person)


async def save(visit: Visit) -> web.Response:
    """Change a person; an empty IBAN leaves the linked account as it is."""
    person = await guard.person(visit, visit.id_in_path(), "person.edit")
    form = Form(await posted(visit.request))
    values = await _read(visit, form, person)
    if form.problems:
        return await _page(visit, form, person)
    await people.rename(visit.session, person, str(values["name"]))
    people.set_klantnummer(person, form.raw("klantnummer") or None)
    people.set_hhbnummer(person, form.raw("hhbnummer") or None)
    if form.raw("iban") or form.ticked("iban_gone"):
        people.set_iban(person, form.raw("iban") or None)
    person.languages = _codes(form)
    _fill(person, values)
    await visit.session.flush()
    if not may(visit.account, "person.name", person):
        return page.see_other("/console/people?note=handed-over")
    return page.see_other(f"/console/people/{person.id}?note=saved")


async def _page(visit: Visit, form: Form, person: Person | None) -> web.Response:
    return page.show(
        visit,
        "person_form.html",
        status=422 if form.problems else 200,
        form=form,
        labels=LABELS,
        person=person,
        language_options=[
            (code, f"{LANGUAGES[code].dutch_name} · {LANGUAGES[code].own_name}") for code in PICKER if code in LANGUAGES
        ],
        klantmanagers=await _staff(visit.session, "klantmanager"),
        begeleiders=await _staff(visit.session, "begeleider"),
    )


async def _staff(session: AsyncSession, role: str) -> list[tuple[UUID, str]]:
    query = select(Account).where(Account.role == role, Account.disabled_at.is_(None)).order_by(Account.name)
    return [(account.id, account.name) for account in await session.scalars(query)]


async def _read(visit: Visit, form: Form, person: Person | None) -> dict[str, object]:
    """The values that fit; what doesn't is a sentence in the form."""
    klantmanagers = [row_id for row_id, _ in await _staff(visit.session, "klantmanager")]
    begeleiders = [row_id for row_id, _ in await _staff(visit.session, "begeleider")]
    form.choice("language_1", LANGUAGES, needed="Kies de taal die de persoon het liefst leest of hoort.")
    for name in _LANGUAGES[1:]:
        form.choice(name, LANGUAGES)
    await _numbers(visit, form, person)
    return {
        "name": form.text("name", needed="Vul de voornaam in.", longest=80),
        "sense": form.choice("sense", words.SENSES, needed="Kies lezen of luisteren."),
        "doelgroep": form.choice("doelgroep", words.DOELGROEPEN),
        "leerroute": form.choice("leerroute", words.LEERROUTES),
        "klantmanager_id": form.row("klantmanager", klantmanagers),
        "begeleider_id": form.row("begeleider", begeleiders),
        "bijstand_start": form.day("bijstand_start"),
    }


async def _numbers(visit: Visit, form: Form, person: Person | None) -> None:
    """Klantnummer and hhbnummer are one person's only, and never a BSN; an IBAN adds up."""
    for name, find in (("klantnummer", people.by_klantnummer), ("hhbnummer", people.by_hhbnummer)):
        number = form.text(name, longest=40)
        if number and bsn.is_valid(number):
            form.refuse(name, "Dit lijkt een BSN. Een BSN slaan wij nooit op.")
        other = await find(visit.session, number) if number else None
        if other is not None and (person is None or other.id != person.id):
            form.refuse(name, "Dit nummer is al van iemand anders.")
    iban = form.text("iban", longest=50)
    try:
        if iban:
            iban_number.validate(iban)
    except ValidationError:
        form.refuse("iban", "Dit rekeningnummer klopt niet. Kijk of er een letter of cijfer mist.")


def _fill(person: Person, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        if name != "name":
            setattr(person, name, value)


def _codes(form: Form) -> list[str]:
    """The chosen languages in order, each once."""
    return list(dict.fromkeys(code for name in _LANGUAGES if (code := form.raw(name))))
