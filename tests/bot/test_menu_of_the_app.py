"""Help is two taps away from everywhere: the app's own menu button, then help."""

import pytest

from bot import providers, words
from bot.words import Universal
from content.catalogue import load
from content.inforce import concepts
from tests.fakes.menu import MemoryMenu


async def test_every_app_language_has_start_and_help() -> None:
    menu = MemoryMenu()
    await providers.fill_menu(menu, concepts(load()))
    assert {"", "ar", "ti", "en", "tr"} <= set(menu.entries)
    assert {"nl", "prs"}.isdisjoint(menu.entries)  # Dutch is for all others; no app tells three letters
    assert menu.entries[""] == {"start": "🏠 Begin", "sos": "🆘 Hulp nu"}
    assert all(entries.keys() == {"start", "sos"} for entries in menu.entries.values())
    assert all(entries["sos"].startswith("🆘") for entries in menu.entries.values())


async def test_a_language_without_buttons_sees_dutch() -> None:
    menu = MemoryMenu()
    await providers.fill_menu(menu, concepts(load(("nl", "ar"))))
    assert set(menu.entries) == {"", "ar"}


@pytest.mark.parametrize("typed", ["/sos", "SOS", "sos!", "🆘"])
def test_its_command_means_danger(typed: str) -> None:
    assert words.universal(typed) is Universal.DANGER
