"""Who speaks as a rolmodel, and in which language she works."""

from bot.scene import Turn
from core.languages import SOURCE
from core.tables.people import Account


def rolmodel(turn: Turn) -> Account | None:
    """The account behind this phone that may write and judge."""
    return next((account for account in turn.accounts if account.role == "rolmodel"), None)


def language(turn: Turn, account: Account) -> str:
    """The one she works in: of those she speaks the first of her own list, also where she reads her chat in Dutch."""
    spoken = [*(code for code in turn.languages if code in account.languages), *account.languages]
    return next((code for code in spoken if code != SOURCE), SOURCE)
