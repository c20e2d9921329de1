"""Real processes of the service: started, killed without a word, or asked to stop."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).parents[2]

#: A slow machine with other work to do.
START_SECONDS = 60.0


async def until(true: Callable[[], Awaitable[object]], seconds: float, what: str, *, every: float = 0.05) -> float:
    """Wait for it; the seconds it took. AssertionError where it didn't come true in time."""
    begun = time.monotonic()
    while not await true():
        assert time.monotonic() - begun < seconds, f"not within {seconds:g} s: {what}"
        await asyncio.sleep(every)
    return time.monotonic() - begun


#: What it prints and logs is kept; or both are closed from the start; or both go to a pipe that nobody reads.
Outputs = Literal["kept", "closed", "unheard"]


@contextmanager
def nobody() -> Iterator[int]:
    """A pipe whose reader left."""
    reads, writes = os.pipe()
    os.close(reads)
    yield writes
    os.close(writes)


class Process:
    """One `pim` command as an operating system sees it."""

    def __init__(
        self,
        arguments: tuple[str, ...],
        env: Mapping[str, str],
        folder: Path,
        *,
        module: str = "bot",
        outputs: Outputs = "kept",
    ) -> None:
        self._said = folder / f"out-{time.monotonic_ns()}"
        self.begun = time.monotonic()
        command = [sys.executable, "-m", module, *arguments]
        if outputs == "closed":
            command = ["sh", "-c", 'exec "$@" >&- 2>&-', "sh", *command]
        with self._said.open("wb") as file, nobody() as pipe:
            said = pipe if outputs == "unheard" else file.fileno()
            self._child = subprocess.Popen(
                command,
                cwd=folder,
                env={"PYTHONPATH": str(ROOT), "PATH": os.defpath, **env},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )

    @property
    def pid(self) -> int:
        """Its number."""
        return self._child.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._child.poll() is None

    @property
    def said(self) -> str:
        """What it printed and logged."""
        return self._said.read_text(errors="replace")

    async def ready(self) -> None:
        """Until it says that it works."""

        async def announced() -> bool:
            assert self.alive, f"it ended: {self.said}"
            return "PIM Welkom" in self.said

        await until(announced, START_SECONDS, "the process is ready")

    def kill(self) -> None:
        """kill -9: nothing of it runs any more."""
        self._child.kill()
        self._child.wait()

    def sleep(self) -> None:
        """SIGSTOP: it does nothing, and doesn't know it, until it wakes."""
        self._child.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        """SIGCONT: it goes on where it was."""
        self._child.send_signal(signal.SIGCONT)

    def terminate(self) -> None:
        """Ask it to stop."""
        self._child.send_signal(signal.SIGTERM)

    def interrupt(self) -> None:
        """Ctrl-C."""
        self._child.send_signal(signal.SIGINT)

    async def ended(self, seconds: float) -> int:
        """Its exit status, once it stopped by itself."""

        async def gone() -> bool:
            return not self.alive

        await until(gone, seconds, "the process ended")
        assert self._child.returncode is not None
        return self._child.returncode
