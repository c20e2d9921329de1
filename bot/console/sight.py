"""What an account may see, as conditions on rows: the lists of a page hold nothing else."""

from sqlalchemy import ColumnElement, false, or_, true

from core.permissions import Scope, reach
from core.tables.agenda import Appointment, Workshop
from core.tables.people import Account, Person

#: The kind of appointment that a begeleider makes with his own people.
BEGELEIDING = "maatschappelijke_begeleiding"


def people(account: Account, action: str) -> ColumnElement[bool]:
    """The people to whom this account may do this; nobody who left."""
    scope = reach(account, action)
    here = Person.left_at.is_(None)
    if scope is Scope.CASELOAD:
        return here & (Person.klantmanager_id == account.id)
    if scope is Scope.BUDDY:
        return here & (Person.begeleider_id == account.id)
    return here if scope in (Scope.ALL, Scope.LOGGED) else false()


def appointments(account: Account) -> ColumnElement[bool]:
    """Of people that may be seen: all their appointments, or for a begeleider his own with them."""
    if reach(account, "appointment.see") is Scope.BUDDY:
        return or_(Appointment.created_by == account.id, Appointment.kind == BEGELEIDING)
    return true() if reach(account, "appointment.see") else false()


def own(account: Account, row: Appointment) -> bool:
    """Whether an appointment of a person that may be seen may be seen too."""
    if reach(account, "appointment.see") is Scope.BUDDY:
        return row.created_by == account.id or row.kind == BEGELEIDING
    return True


def workshops(account: Account, action: str = "workshop.see") -> ColumnElement[bool]:
    """The workshops to which this account may do this: of all partners, or of its own."""
    scope = reach(account, action)
    if scope is Scope.WORKSHOPS:
        return Workshop.partner_id == account.partner_id if account.partner_id else false()
    return true() if scope else false()
