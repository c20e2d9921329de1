"""Pages: templates with what every page shows, and answers that lead to the next one."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from aiohttp import web
from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from bot.console import words
from bot.console.desk import DESK, Visit
from bot.console.menu import menu
from content.foreign import visible
from core import clock
from core.tables.people import Account
from core.values import Masked, Money

HOME = Path(__file__).parent
JINJA: Final = web.AppKey("jinja", Environment)

_ISOLATE = re.compile("[\u2066-\u2069]")
_ENCLOSING = re.compile("([\u200e\u200f\u061c\u2066-\u2069])")
_SINGLE = re.compile("([\u200e\u200f\u061c])")

#: Rows of a list on one page.
LENGTH = 50

#: What a page says after something was done, by the code in its address; nothing else can be put in an address.
NOTES = {
    "logged-out": "U bent uitgelogd.",
    "saved": "Opgeslagen.",
    "handed-over": "Opgeslagen. Deze persoon staat niet meer in uw lijst.",
    "person-made": "De persoon staat in de lijst.",
    "appointment-made": "De afspraak is gemaakt.",
    "appointment-moved": "De afspraak is verplaatst.",
    "appointment-same": "Er is niets veranderd.",
    "appointment-cancelled": "De afspraak is geannuleerd.",
    "taken-back": "Teruggenomen. Wat nog niet weg was, gaat niet meer weg.",
    "session-made": "De workshop staat in de agenda.",
    "session-moved": "De workshop is verplaatst.",
    "session-cancelled": "De workshop is geannuleerd.",
    "attendance": "De aanwezigheid is opgeslagen.",
    "approved": "Goedgekeurd.",
    "withdrawn": "Teruggetrokken.",
    "returned": "Terug naar de schrijver, met uw reden.",
    "submitted": "Uw bericht wacht op een ander die deze taal spreekt.",
    "second-needed": "Goedgekeurd. De gemeente kijkt ook nog.",
    "on-its-way": "Goedgekeurd. Het gaat zo weg.",
    "recalled": "Teruggeroepen. Wat nog wachtte, gaat niet meer weg.",
    "telling": "Over twee minuten horen de mensen dat het niet goed was.",
    "undone": "Teruggenomen. Niemand krijgt dit bericht. De schrijver kan het beter maken en opnieuw doorsturen.",
    "stopped": "Dit account staat uit. Wat nog niet weg was, wacht nu op een ander.",
    "started": "Dit account staat weer aan.",
    "called-back": "Deze goedkeuring telt niet meer. Een ander kijkt opnieuw.",
    "waits-already": "Deze goedkeuring telde al niet meer.",
    "task-closed": "De taak is klaar.",
    "hold-lifted": "Het staat weer aan. Wat wachtte, gaat nu weg.",
    "hold-late": "Het staat weer aan. Wat wachtte, gaat nu weg; wat te laat is, niet meer. Dat staat bij Berichten.",
    "number-shown": "U ziet nu het hele nummer. Dit is vastgelegd.",
    "invited": "De uitnodigingen gaan zo weg.",
    "text-approved": "Goed. Over 2 minuten gebruiken wij deze tekst.",
    "text-returned": "Terug naar de schrijver, met uw reden. Tot het goed is, krijgen mensen makkelijk Nederlands.",
    "text-changed": "Dank u. Een ander die deze taal spreekt, kijkt nu naar uw tekst.",
    "text-alone": "Dank u. Er is geen ander die deze taal spreekt. De gemeente zoekt iemand die ernaar kijkt.",
    "text-undone": "Teruggenomen. De tekst wacht weer.",
    "text-undo-late": "Dit kan niet meer: de twee minuten zijn voorbij, of een ander keek al.",
    "text-gone": "Deze tekst wacht niet meer. Een ander heeft gekeken.",
    "text-own": "U schreef deze tekst zelf. Een ander kijkt ernaar.",
    "minor": "Opgeslagen als kleine wijziging. De goedkeuringen blijven.",
    "asked": "De rolmodellen krijgen een bericht, op een goed moment.",
    "nobody-asked": "Niemand is gevraagd: er wacht niets, of wie deze taal spreekt krijgt al een bericht of is vrij.",
    "nobody-invited": "Niemand is uitgenodigd: iedereen had al bericht, of wil geen bericht.",
}


def set_up(app: web.Application) -> None:
    """Give the application its templates: everything is escaped, a missing value is an error."""
    environment = Environment(
        loader=FileSystemLoader(HOME / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=tame,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(words=words, ends=ends)
    environment.filters.update(
        day=day, long_day=long_day, month_name=month_name, clock=_clock, euro=euro, revealed=_revealed
    )
    app[JINJA] = environment


def tame(value: Any) -> Any:
    """What people typed, before it stands on a page: a mark in a name may not turn the words around it.

    Marks that only set the direction of what they enclose stay: a text that was sent has them.
    """
    if type(value) is not str or value.isascii():
        return value
    kept = _ENCLOSING if _is_closed(value) else _SINGLE
    return "".join(piece if kept.fullmatch(piece) else visible(piece) for piece in kept.split(value))


def _is_closed(text: str) -> bool:
    """Whether every isolate that opens is closed, and none closes that didn't open."""
    depth = 0
    for mark in _ISOLATE.findall(text):
        depth += -1 if mark == "\u2069" else 1
        if depth < 0:
            return False
    return depth == 0


def show(visit: Visit, template: str, *, status: int = 200, **values: Any) -> web.Response:
    """A page for somebody who is logged in."""
    return render(visit.request, template, values, account=visit.account, status=status)


def render(
    request: web.Request,
    template: str,
    values: Mapping[str, Any],
    *,
    account: Account | None = None,
    status: int = 200,
) -> web.Response:
    """A page for anybody; `values` are the template's own."""
    desk = request.app[DESK]
    shared = {
        "account": account,
        "menu": menu(account) if account else (),
        "path": request.path,
        "note": NOTES.get(request.query.get("note", "")),
        "demo": desk.demo,
        "municipality": desk.settings.municipality,
        "zone": desk.settings.timezone,
        "enhanced": (HOME / "static" / "vendor" / "htmx.min.js").exists(),
    }
    html = request.app[JINJA].get_template(template).render({**shared, **values})
    return web.Response(text=html, content_type="text/html", charset="utf-8", status=status)


def see_other(address: str) -> web.Response:
    """Go and see what was done (303)."""
    return web.Response(status=303, headers={"Location": address})


def number(request: web.Request) -> int:
    """Which page of a list is asked for, from 1."""
    asked = request.query.get("page", "1")
    return max(int(asked), 1) if asked.isdecimal() and len(asked) < 7 else 1


def day(value: date | datetime) -> str:
    """`di 12 januari 2027`."""
    return format_date(value, "EEE d MMMM y", locale="nl")


def long_day(value: date | datetime) -> str:
    """`dinsdag 12 januari 2027`."""
    return format_date(value, "EEEE d MMMM y", locale="nl")


def month_name(value: date) -> str:
    """`januari 2027`."""
    return format_date(value, "MMMM y", locale="nl")


def _clock(value: time | datetime) -> str:
    return f"{value:%H:%M}"


def ends(wall_time: datetime, minutes: int) -> datetime:
    """When something is over, as the wall clock shows it."""
    return wall_time + timedelta(minutes=minutes)


def euro(value: Money | int) -> str:
    """`€ 3.075,00`."""
    cents = value.cents if isinstance(value, Money) else value
    whole = f"{abs(cents) // 100:,}".replace(",", ".")
    return f"{'-' if cents < 0 else ''}€ {whole},{abs(cents) % 100:02d}"


def _revealed(value: Masked | None) -> str:
    """What a masked value holds; a template says so where it is used. Right to left it stands on its own."""
    text = visible(value.reveal()) if value is not None else ""
    return Markup(f"\u2068{escape(text)}\u2069") if any(map(_from_the_right, text)) else text


def _from_the_right(letter: str) -> bool:
    return unicodedata.bidirectional(letter) in ("R", "AL")


def local(moment: datetime, visit: Visit) -> datetime:
    """A moment as the clock on the wall shows it."""
    return clock.wall(moment, visit.settings.timezone)
