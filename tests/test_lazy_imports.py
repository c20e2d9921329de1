"""aiogram costs seconds and over 100 MB, so only what needs it may load it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("bot", "scheduler", "messaging", "content", "core")

#: Who may import a provider's library; migrations run in Alembic only.
ONLY_HERE = ("messaging.telegram.receive", "messaging.twilio")


def modules() -> list[str]:
    paths = [path.relative_to(ROOT) for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    names = {".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in paths}
    return sorted(name for name in names - set(ONLY_HERE) if not name.startswith("core.migrations"))


def loaded_by(names: list[str]) -> set[str]:
    program = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)\nprint(*sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", program, *names], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.returncode == 0, ran.stderr
    return {name.partition(".")[0] for name in ran.stdout.split()}


def test_everything_else_loads_neither() -> None:
    assert not {"aiogram", "twilio"} & loaded_by(modules())


@pytest.mark.parametrize(("module", "library"), [(ONLY_HERE[0], "aiogram"), (ONLY_HERE[1], "twilio")])
def test_each_loads_only_its_own(module: str, library: str) -> None:
    assert {"aiogram", "twilio"} & loaded_by([module]) == {library}
