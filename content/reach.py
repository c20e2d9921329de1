"""Who can be reached at all: asked by whoever counts people before something is said."""

from sqlalchemy import ColumnElement, exists

from core.tables.people import Address, Person, PersonAddress


def is_reachable() -> ColumnElement[bool]:
    """Whether a person has a phone that we may write to."""
    return (
        exists()
        .where(
            PersonAddress.person_id == Person.id,
            PersonAddress.verified_at.is_not(None),
            PersonAddress.opted_out_at.is_(None),
            Address.id == PersonAddress.address_id,
            Address.dead_at.is_(None),
        )
        .correlate(Person)
    )
