"""How long a rolmodel or a vertaler was busy with a page, for the allowance: from showing it to sending it."""

from datetime import UTC, datetime

from bot.console.desk import Visit
from bot.console.forms import Form
from scheduler.volunteers import volunteer

#: Digits of a moment on a page, in seconds since 1970.
_LONGEST = 11


def began(visit: Visit, asked: str = "") -> str:
    """When the task was shown, for the page to give back; `asked`: what an earlier page of the same task said."""
    return asked if _moment(visit, asked) else str(int(visit.now.timestamp()))


def _moment(visit: Visit, asked: str) -> datetime | None:
    """A moment that a page gave back; None for what can't be one: a browser may send anything."""
    if not (asked.isascii() and asked.isdecimal() and len(asked) < _LONGEST):
        return None
    moment = datetime.fromtimestamp(int(asked), UTC)
    return moment if moment <= visit.now else None


async def count(visit: Visit, form: Form, what: str) -> None:
    """The task of this form is done: write its time down."""
    shown = _moment(visit, form.raw("began"))
    if shown is not None:
        await volunteer.since(visit.session, visit.now, visit.account, what, shown)
