"""Processes beside the one that measures: what is measured shouldn't share a loop with what it talks to."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def running(module: str, *arguments: str) -> Iterator[str]:
    """The first line that `python -m module` prints; it ends when its standard input closes."""
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.stdin.close()


def output(module: str, *arguments: str) -> str:
    """All that `python -m module` prints until it ends by itself."""
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
