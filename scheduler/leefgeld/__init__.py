"""Leefgeld: payment files come in, a second person approves, and each payment says its steps to its person."""

from scheduler.imports.reading import Refused
from scheduler.leefgeld.answers import answer, costs_of, no_food, of_person
from scheduler.leefgeld.approval import approve, withdraw
from scheduler.leefgeld.late import late_tick, release_late
from scheduler.leefgeld.preview import Preview, PreviewRow, preview, recent
from scheduler.leefgeld.staging import KEPT, forget_files, stage

__all__ = [
    "KEPT",
    "Preview",
    "PreviewRow",
    "Refused",
    "answer",
    "approve",
    "costs_of",
    "forget_files",
    "late_tick",
    "no_food",
    "of_person",
    "preview",
    "recent",
    "release_late",
    "stage",
    "withdraw",
]
