"""The floors of the house: every room has one, and a provider's library stays in its room."""

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
CONTRACTS: dict[str, Any] = {contract["id"]: contract for contract in PYPROJECT["tool"]["importlinter"]["contracts"]}
ROOMS = {"bot", "scheduler", "messaging", "content", "core"}
NOT_ROOMS = {"tests", "scripts", "docs", "locks", "var"}


def packages() -> set[str]:
    """The folders that Python could import, but for what only tests and builds."""
    return {file.parent.name for file in ROOT.glob("[!.]*/*.py")} - NOT_ROOMS


def test_every_room_is_shipped_and_has_a_floor() -> None:
    layers = CONTRACTS["floors"]["layers"]

    assert packages() == ROOMS
    assert set(PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == ROOMS
    assert set(PYPROJECT["tool"]["importlinter"]["root_packages"]) == ROOMS
    assert {room for layer in layers for room in layer.split(" | ")} == ROOMS


@pytest.mark.parametrize("contract", ["cycles", "aiogram", "twilio"])
def test_every_room_is_under_the_contract(contract: str) -> None:
    found = CONTRACTS[contract]
    assert set(found.get("source_modules") or found["ancestors"]) == ROOMS


IMPORT_ALL_BUT_THE_TWO = """
import importlib, pkgutil, sys

THE_TWO = ("messaging.telegram.receive", "messaging.twilio.signature")
def skipped(name):
    # __main__ and env are commands: to import them is to run them.
    return name.startswith(THE_TWO) or name.endswith(".__main__") or name.startswith("core.migrations")

def visit(name):
    module = importlib.import_module(name)
    for child in pkgutil.iter_modules(getattr(module, "__path__", []), f"{name}."):
        if not skipped(child.name):
            visit(child.name)

for room in sys.argv[1:]:
    visit(room)
print(*sorted({"aiogram", "twilio"} & set(sys.modules)))
"""


def test_only_two_modules_bring_in_a_providers_library() -> None:
    command = [sys.executable, "-c", IMPORT_ALL_BUT_THE_TWO, *sorted(ROOMS)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr
