"""Logs for people or machines; never personal data: values mask themselves, libraries are kept quiet."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, TextIO, cast

import structlog

#: Libraries whose lines carry addresses, bodies or numbers at INFO or DEBUG.
_TALKATIVE = (
    "aiohttp.access",
    "aiohttp.client",
    "aiogram",
    "alembic",
    "apscheduler",
    "asyncio",
    "sqlalchemy",
    "twilio",
)


class Unheard:
    """A stream that may be closed, or that nobody reads: what is said then is lost, and nothing else."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Say it, if anybody can hear it."""
        if self._stream is not None:
            with self._lost():
                self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Let it be heard now."""
        if self._stream is not None:
            with self._lost():
                self._stream.flush()

    @contextmanager
    def _lost(self) -> Iterator[None]:
        assert self._stream is not None
        try:
            yield
        except ValueError:
            self._stream = None  # it was closed
        except OSError:
            # What it still holds would fail once more when the process ends.
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)


def reserve_streams() -> None:
    """Let nothing else take the numbers of closed standard streams: what is said there would go into a socket."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free: this one


def configure(form: Literal["text", "json"], level: int = logging.INFO) -> None:
    """Log to stderr as text or JSON; a closed stderr ends nothing."""
    stream = Unheard(sys.stderr)
    logging.basicConfig(level=level, stream=stream, format="%(levelname)s %(name)s %(message)s", force=True)
    logging.raiseExceptions = False
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(cast(TextIO, stream)),
        cache_logger_on_first_use=False,
    )
