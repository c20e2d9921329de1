"""Counting in months, as terms do: from one anchor, and never past the end of a shorter month."""

from calendar import monthrange
from datetime import date


def after(anchor: date, months: int) -> date:
    """So many months after a day: 31 August and six is the last day of February.

    Always counted from the anchor, so that a month with 30 days doesn't shorten those that follow.
    """
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    return date(year, month + 1, min(anchor.day, monthrange(year, month + 1)[1]))
