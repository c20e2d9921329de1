"""The menu: what an account sees of the console's rooms."""

from dataclasses import dataclass

from core.permissions import may
from core.tables.people import Account


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One room in the menu."""

    label: str
    address: str
    permission: str


ENTRIES = (
    Entry(label="Vandaag", address="/console/", permission="console"),
    Entry(label="Mensen", address="/console/people", permission="person.list"),
    Entry(label="Taken", address="/console/tasks", permission="task.see"),
    Entry(label="Workshops", address="/console/workshops", permission="workshop.see"),
    Entry(label="Leefgeld", address="/console/leefgeld", permission="leefgeld.totals"),
    Entry(label="Nieuws", address="/console/updates", permission="update.see"),
    Entry(label="Teksten", address="/console/texts", permission="text.see"),
    Entry(label="Vragen", address="/console/questions", permission="question.list"),
    Entry(label="Uren", address="/console/hours", permission="hours.see"),
    Entry(label="Accounts", address="/console/accounts", permission="account.see"),
    Entry(label="Verzonden", address="/console/deliveries", permission="delivery.see"),
)


def menu(account: Account) -> tuple[Entry, ...]:
    """The rooms this account may enter."""
    return tuple(entry for entry in ENTRIES if may(account, entry.permission))
