"""An app's menu that is only remembered."""

from collections.abc import Mapping


class MemoryMenu:
    """Keeps what it was told to offer, by the language of the app."""

    def __init__(self) -> None:
        self.entries: dict[str, Mapping[str, str]] = {}

    async def offer_menu(self, entries: Mapping[str, str], language: str = "") -> None:
        self.entries[language] = entries
