"""A day and time that staff type for something to come."""

from datetime import datetime, timedelta

from bot.console import page
from bot.console.desk import Visit
from bot.console.forms import Form
from core import clock

_FARTHEST = timedelta(days=3 * 366)


def to_come(visit: Visit, form: Form) -> datetime | None:
    """The wall time of a form's `day` and `time`; what has been, is very far or never comes is refused on the form."""
    wall_time = form.wall_time()
    if wall_time is None:
        return None
    now = page.local(visit.now, visit)
    if wall_time <= now:
        form.refuse("day", "Deze dag en tijd zijn al geweest.")
    elif wall_time > now + _FARTHEST:
        form.refuse("day", "Dit is meer dan drie jaar ver. Klopt het jaar?")
    elif clock.skipped(wall_time, visit.settings.timezone):
        form.refuse("time", "Deze tijd bestaat niet: in die nacht gaat de klok een uur vooruit. Kies een andere tijd.")
    return wall_time
