"""Writes the golden texts and pictures anew: `python -m tests.content.golden`, then look at what changed.

    git diff tests/content/golden

`python -m tests.content.golden texts` leaves the pictures as they are.
"""

import asyncio
import sys

from core import crypto
from core.crypto import Keyring
from core.languages import LANGUAGES
from tests.content.golden import notices, screen


def main() -> int:
    """Write them all; 1 where the pictures can't be made here."""
    crypto.install(Keyring(["voorbeeld-sleutel-van-een-gemeente"], "voorbeeld-zoeksleutel-van-een-gemeente"))
    for language in LANGUAGES:
        notices.file_of(language).write_text(notices.text(language), encoding="utf-8")
    print(f"{len(LANGUAGES)} texts")
    if "texts" in sys.argv[1:]:
        return 0
    if (lack := screen.lacks()) is not None:
        print(f"No pictures: {lack}", file=sys.stderr)
        return 1
    asyncio.run(screen.write())
    print(f"{len(screen.PICTURED)} pictures")
    return 0


if __name__ == "__main__":
    sys.exit(main())
