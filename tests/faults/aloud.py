"""`pim run` with every logger at DEBUG, for a test that reads all of it.

python -m tests.faults.aloud worker,timers
"""

import logging
import sys
from collections.abc import Sequence

from bot import app, logs
from core import settings


def _announce(lines: Sequence[str]) -> None:
    print("\n".join(lines), flush=True)


if __name__ == "__main__":
    wanted = settings.load()
    logs.configure("json", logging.DEBUG)
    app.run(wanted, only=tuple(sys.argv[1].split(",")), announce=_announce)
