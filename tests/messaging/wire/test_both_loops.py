"""All of it once more on the event loop of production."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
HERE = Path(__file__).parent


def test_all_of_it_on_uvloop() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.fakes.on_uvloop", "-k", "not on_uvloop", str(HERE)]
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}

    ran = subprocess.run(command, capture_output=True, text=True, env=env, cwd=ROOT, check=False)

    assert ran.returncode == 0, ran.stdout
