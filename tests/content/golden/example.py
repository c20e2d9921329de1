"""The made-up day, place and people of the golden texts and pictures."""

from datetime import datetime

from content.parts import Part
from core.ids import new_id
from core.settings import Settings
from core.tables.agenda import Appointment, Place, Session, Workshop
from core.values import Private
from scheduler.sending import forms
from tests.content.hostile import EXAMPLES, TEXTS

__all__ = ["EXAMPLES", "HOUSE", "TEXTS", "appointment", "filled", "workshop"]

HOUSE = Settings(
    _env_file=None,
    contact_phone="14 0413",
    emergency_phone="0413 381 381",
    caller_shown="0413 381 381",
    timezone="Europe/Amsterdam",
)


def appointment() -> Appointment:
    """A talk at the town hall, with an interpreter."""
    row = Appointment(id=new_id(), kind="brede_intake", wall_time=datetime(2027, 1, 12, 10), minutes=45, tolk="ti")
    row.place = Private("gemeentehuis, Voorbeeldplein 1, Veghel")
    row.with_whom = Private("Karin van de gemeente")
    return row


def workshop() -> tuple[Session, Workshop, Place]:
    """A workshop in an afternoon that counts, with childcare."""
    theme = Workshop(
        id=new_id(),
        title="Werken in Nederland",
        summary="Hoe vindt u werk? Wat is normaal op het werk? U oefent samen.",
        leefgebied="werkervaring",
        counts_for="map",
        minutes=150,
    )
    place = Place(id=new_id(), name="Voorbeeldhuis", street="Voorbeeldstraat 2", town="Schijndel")
    day = Session(id=new_id(), wall_time=datetime(2027, 2, 3, 13), minutes=180, childcare=True)
    return day, theme, place


def filled(part: Part) -> Part:
    """The part with the examples for what it doesn't say itself."""
    return Part(unit=part.unit, name=part.name, values=forms.with_standing({**EXAMPLES, **part.values}, HOUSE))
