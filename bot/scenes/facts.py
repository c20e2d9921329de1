"""The facts block of a message: what, when, where, with whom; one line each, the pictogram first."""

from datetime import datetime, timedelta

from bot.scene import part
from content.parts import Part, Value, Word
from core.languages import LANGUAGES
from core.tables.agenda import Appointment, Place, Session, Workshop
from scheduler.meetings.agenda import in_words

_AN_HOUR = 60  #: in minutes

#: Where we come to the person, there is nothing to take along.
_AT_HOME = frozenset({"huisbezoek"})


def when(wall_time: datetime, minutes: int) -> tuple[Part, Part]:
    """The day, and from when until when."""
    ends = wall_time + timedelta(minutes=minutes)
    return part("facts", "day", day=wall_time.date()), part("facts", "hours", time=wall_time.time(), end=ends.time())


def of_appointment(row: Appointment) -> tuple[Part, ...]:
    """An appointment, whole: only ever an answer to a tap."""
    what: Value = Word(unit="kinds", name=row.kind)
    lines = [*when(row.wall_time, row.minutes)]
    if row.place is not None:
        lines.append(part("facts", "place", place=row.place))
    if row.with_whom is not None:
        lines.append(part("facts", "with", what=what, name=row.with_whom))
    else:
        lines.append(part("facts", "what", what=what))
    if row.tolk in LANGUAGES:
        lines.append(part("facts", "tolk", language=LANGUAGES[row.tolk].own_name))
    return (*lines, part("facts", "bring")) if row.kind not in _AT_HOME else tuple(lines)


def aloud(lines: tuple[Part, ...]) -> tuple[Part, ...]:
    """The facts as far as a voice can say them: what it is instead of with whom, for nobody reads a name aloud.

    The language of a tolk stays in the text alone.
    """
    said = [part("facts", "what", what=line.values["what"]) if line.name == "with" else line for line in lines]
    return tuple(line for line in said if line.name != "tolk")


def of_session(row: Session, workshop: Workshop, place: Place) -> tuple[Part, ...]:
    """A workshop's day, whole."""
    lines = [*when(row.wall_time, row.minutes), part("facts", "place", place=in_words(place))]
    if row.childcare:
        lines.append(part("facts", "childcare"))
    lines.append(part("facts", "free"))
    if workshop.counts_for is not None:
        lines.append(part("facts", "counts", hours=_hours(workshop.minutes)))
    return tuple(lines)


def session_aloud(row: Session, workshop: Workshop, place: Place) -> tuple[Part, ...]:
    """The same as far as a voice can say it: its title first, the building by its name alone, whole hours only.

    What a partner wrote about it stays in the text alone.
    """
    said = {"place": part("facts", "place", place=place.name)}
    if workshop.minutes % _AN_HOUR == 0:
        said["counts"] = part("facts", "counts", hours=workshop.minutes // _AN_HOUR)
    lines = [said.get(line.name, line) for line in of_session(row, workshop, place)]
    spoken = [line for line in lines if line.name != "counts" or line is said.get("counts")]
    return (part("facts", "what", what=workshop.title), *spoken)


def _hours(minutes: int) -> str:
    """`3` or `2,5`, as on the municipality's letters."""
    return f"{minutes / 60:g}".replace(".", ",")
