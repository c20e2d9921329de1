"""Logs for people or machines; never personal data: values mask themselves, libraries are kept quiet."""

import logging
import sys
from typing import Literal

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


def configure(form: Literal["text", "json"], level: int = logging.INFO) -> None:
    """Log to stderr as text or JSON; a closed stderr ends nothing."""
    logging.basicConfig(level=level, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s", force=True)
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
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
