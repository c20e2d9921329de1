"""A shell in which `pim` was typed: one process, in a folder of its own, that runs one command after another."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

#: The keys of a made-up installation, as its commands get them.
SECRET, INDEX = "9f2c4e6a8b0d1357f9e8d7c6b5a49382", "0a1b2c3d4e5f60718293a4b5c6d7e8f9"

#: Imports the command line once: a process per command would spend most of its time on that.
SHELL = """
import contextlib, io, json, os, sys
from bot.__main__ import main

for line in iter(sys.stdin.readline, ""):
    asked = json.loads(line)
    os.environ.clear()
    os.environ.update(asked["env"])
    sys.stdin = io.StringIO(asked["typed"])
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        try:
            status = main(asked["arguments"])
        except SystemExit as left:
            status = left.code
    sys.stdin = sys.__stdin__
    print(json.dumps({"status": status, "out": out.getvalue(), "err": err.getvalue()}), flush=True)
"""


@dataclass(frozen=True, kw_only=True)
class Done:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def refusal(self) -> str:
        """The one sentence of a command that refused, without the word before it."""
        assert self.status == 1
        return self._sentence()

    @property
    def correction(self) -> str:
        """The one sentence of a command that was called wrongly."""
        assert self.status == 2
        return self._sentence()

    def _sentence(self) -> str:
        (line,) = self.err.splitlines()
        assert line.startswith("pim: ")
        assert line.endswith(".")
        return line.removeprefix("pim: ")


class Prompt:
    """Types commands, and reads what they say."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._shell = subprocess.Popen(
            [sys.executable, "-c", SHELL],
            cwd=folder,
            env={"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": ""},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def pim(self, arguments: Sequence[str], env: Mapping[str, str], typed: str = "") -> Done:
        """Run one command to its end."""
        assert self._shell.stdin is not None
        assert self._shell.stdout is not None
        asked = {"arguments": list(arguments), "env": dict(env), "typed": typed}
        self._shell.stdin.write(json.dumps(asked) + "\n")
        self._shell.stdin.flush()
        answer = self._shell.stdout.readline()
        assert answer, "the command ended the shell"
        return Done(**json.loads(answer))

    def leave(self) -> None:
        """Close the shell."""
        self._shell.communicate()
