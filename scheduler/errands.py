"""Errands: what the service does by itself, again and again, in more than one transaction.

A tick gets a session; an errand gets the database and opens short transactions: before and after its calls of a
provider, or one for each batch of many rows.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from core.clock import Clock
from core.database import Database


@dataclass(frozen=True, kw_only=True)
class Errand:
    """One thing to do, mostly to ask of the world outside."""

    name: str
    every: timedelta  #: real time between two looks
    run: Callable[[Database, Clock], Awaitable[int]]  #: returns how much it did
