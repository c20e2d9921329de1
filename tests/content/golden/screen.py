"""Bubbles as a phone shows them: the simulator's own page and style in Chromium, with Noto's letters.

Nothing is served: the browser asks for the files of the page, and gets them from the folder.
"""

import io
import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops, ImageFilter, ImageStat
from playwright.async_api import Browser, Page, Route, async_playwright

from content.bubble import Bubble
from core.languages import LANGUAGES
from messaging.channel import Outgoing
from tests.content.golden import notices, opened

FOLDER = Path(__file__).parent / "pictures"
STATIC = Path("bot/simulator/static")

#: The languages whose letters are shaped, or run from right to left.
PICTURED = ("ar", "fa", "ps", "ti", "am")

#: Their letters, as `fc-list` names them.
FONTS = ("Noto Sans", "Noto Sans Arabic", "Noto Sans Ethiopic", "Noto Color Emoji")

_AT = "http://simulator.example/"
_PAGE = (Path(__file__).parent / "screen.html").read_text(encoding="utf-8")
_TYPES = {".css": "text/css", ".js": "text/javascript", ".html": "text/html"}

#: Dots of a side of what is compared: so few that another hinting of the same letters doesn't show.
_COARSE = 48


@dataclass(frozen=True, kw_only=True)
class Box:
    """Where one bubble stands on the picture, in CSS pixels."""

    x: float
    y: float
    width: float
    height: float
    rows: int  #: of its words


def chromium() -> str | None:
    """The browser of this machine."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def lacks() -> str | None:
    """What keeps this machine from making pictures, in words; in CI that is an error."""
    missing = _missing()
    if missing is not None and os.environ.get("CI") == "true":
        raise RuntimeError(missing)
    return missing


def _missing() -> str | None:
    if chromium() is None:
        return "no Chromium: apt install chromium"
    lister = shutil.which("fc-list")
    if lister is None:
        return "no fc-list: apt install fontconfig"
    known = subprocess.run([lister, ":", "family"], capture_output=True, encoding="utf-8", check=True).stdout
    families = {name.strip() for line in known.splitlines() for name in line.split(",")}
    wanted = [font for font in FONTS if font not in families]
    return f"no {', '.join(wanted)}: apt install fonts-noto-core fonts-noto-color-emoji" if wanted else None


def messages(language: str) -> list[dict[str, Any]]:
    """What stands on the phone: pushes as they arrive, and what a tap opens, as the simulator's page takes them."""
    habit = language == "am"  # one of the two languages shows the clock counted from dawn
    shown: tuple[Outgoing | Bubble, ...] = (
        notices.push(language, "appointment", "announced", dawn=habit),
        opened.shown(language, "appointment", dawn=habit),
        opened.shown(language, "understanding"),
        notices.push(language, "workshop", "invitation", dawn=habit),
        opened.shown(language, "workshop", dawn=habit),
        notices.push(language, "leefgeld", "paid"),
        opened.shown(language, "leefgeld paid"),
    )
    return [_message(number, said) for number, said in enumerate(shown, start=1)]


def _message(number: int, said: Outgoing | Bubble) -> dict[str, Any]:
    labels = said.labels if isinstance(said, Bubble) else tuple(button.label for button in said.buttons)
    return {
        "n": number,
        "from": "service",
        "text": said.text,
        "language": said.language,
        "direction": LANGUAGES[said.language].direction,
        "choices": [{"id": f"x.{at}", "label": label} for at, label in enumerate(labels)],
        "at": "2027-01-05T09:00:00+01:00",
        "columns": 1,
        "removed": False,
    }


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """A Chromium without a window."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--font-render-hinting=none", "--lang=nl"]
        )
        yield started
        await started.close()


@asynccontextmanager
async def phone(within: Browser, language: str) -> AsyncIterator[Page]:
    """A phone with the messages of a language on its screen."""
    context = await within.new_context(
        viewport={"width": 320, "height": 400}, device_scale_factor=2, reduced_motion="reduce", locale="nl-NL"
    )
    page = await context.new_page()
    await page.route("**/*", _given)
    await page.goto(_AT)
    await page.wait_for_function("window.ready === true")
    await page.evaluate("messages => window.show(messages)", messages(language))
    await page.evaluate("document.fonts.ready")
    yield page
    await context.close()


async def _given(route: Route) -> None:
    path = route.request.url.removeprefix(_AT)
    if not path:
        await route.fulfill(body=_PAGE, content_type="text/html; charset=utf-8")
        return
    file = STATIC / path.removeprefix("simulator/static/")
    if path.startswith("simulator/static/") and file.is_file():
        await route.fulfill(body=file.read_text(encoding="utf-8"), content_type=f"{_TYPES[file.suffix]}; charset=utf-8")
    else:
        await route.abort()


async def boxes(page: Page) -> list[Box]:
    """Where the bubbles with their answers stand."""
    return [Box(**found) for found in await page.evaluate("window.boxes()")]


async def picture(page: Page) -> bytes:
    """The whole screen as PNG, two pixels for one."""
    return await page.locator(".chat").screenshot()


async def write() -> None:
    """Make the pictures of all languages anew, with where their bubbles stand."""
    FOLDER.mkdir(exist_ok=True)
    async with browser() as started:
        for language in PICTURED:
            async with phone(started, language) as page:
                image = Image.open(io.BytesIO(await picture(page))).convert("RGB").quantize(64)
                image.save(FOLDER / f"{language}.png", optimize=True)
                places = [vars(box) for box in await boxes(page)]
                (FOLDER / f"{language}.json").write_text(f"{json.dumps(places, indent=1)}\n", encoding="utf-8")


def kept(language: str) -> tuple[Image.Image, list[Box]]:
    """The picture that was looked at, and where its bubbles stand."""
    places: list[dict[str, Any]] = json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    return Image.open(FOLDER / f"{language}.png"), [Box(**place) for place in places]


def bubble_of(whole: Image.Image, box: Box) -> Image.Image:
    """One bubble, cut out."""
    return whole.convert("L").crop(
        (int(box.x * 2), int(box.y * 2), int((box.x + box.width) * 2), int((box.y + box.height) * 2))
    )


def unlike(one: Image.Image, other: Image.Image) -> float:
    """How different two bubbles look from far away: 0 the same, 1 black and white."""
    small = [image.filter(ImageFilter.BoxBlur(6)).resize((_COARSE, _COARSE)) for image in (one, other)]
    return float(ImageStat.Stat(ImageChops.difference(*small)).mean[0]) / 255
