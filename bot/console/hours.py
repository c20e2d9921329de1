"""Hours of rolmodellen and vertalers per month, for their allowance: on a page, and as a table for a spreadsheet."""

import csv
import io
import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from aiohttp import web

from bot.console import page
from bot.console.desk import Visit
from core import months
from scheduler.volunteers import volunteer

#: What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Line(NamedTuple):
    """What one of them worked in a month."""

    name: str
    role: str  #: rolmodel | vertaler
    email: str
    hours: int
    minutes: int


async def show(visit: Visit) -> web.Response:
    """One month, this one unless another is asked for."""
    month = _month(visit)
    this = page.local(visit.now, visit).date().replace(day=1)
    return page.show(
        visit,
        "hours.html",
        month=month,
        lines=await _lines(visit, month),
        before=f"{months.after(month, -1):%Y-%m}",
        after=f"{months.after(month, 1):%Y-%m}" if month < this else "",
    )


async def table(visit: Visit) -> web.Response:
    """The same as CSV: semicolons, and a mark that tells a spreadsheet that it is UTF-8."""
    month = _month(visit)
    written = io.StringIO()
    rows = csv.writer(written, delimiter=";")
    rows.writerow(("maand", "rolmodel", "e-mail", "uren", "minuten", "rol"))
    for line in await _lines(visit, month):
        rows.writerow((f"{month:%Y-%m}", _plain(line.name), _plain(line.email), line.hours, line.minutes, line.role))
    return web.Response(
        body=written.getvalue().encode("utf-8-sig"),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="uren-{month:%Y-%m}.csv"'},
    )


def _month(visit: Visit) -> date:
    """The first day of the month in the address; this month where it names none."""
    asked = visit.request.query.get("month", "")
    this = page.local(visit.now, visit).date().replace(day=1)
    if not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", asked):
        return this
    return date.fromisoformat(f"{asked}-01")


async def _lines(visit: Visit, month: date) -> Sequence[Line]:
    found = await volunteer.everybody(visit.session, month, visit.settings.timezone)
    return [Line(account.name, account.role, account.email, *worked) for account, worked in found]


def _plain(text: str) -> str:
    """A text that no spreadsheet runs."""
    return f"'{text}" if text.startswith(_FORMULA) else text
