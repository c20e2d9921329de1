"""How bubbles look in scripts that are shaped or run from right to left, in a real browser with Noto's letters.

What must hold on any machine is measured there: every letter has a picture, nothing is cut off, and the letters stand
in the order of the bidirectional algorithm. The picture that was looked at is compared from far away, bubble by
bubble, where its words take as many rows: another release of the fonts may hint, and even wrap, a little otherwise.
Made anew by `.venv/bin/python -m tests.content.golden`, and then looked at.
"""

import io
import unicodedata
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from PIL import Image, ImageOps
from playwright.async_api import Browser, Page

from core.languages import LANGUAGES
from tests.content.golden import screen
from tests.content.golden.screen import PICTURED
from tests.content.reading import RTL, places

LACK = screen.lacks()

pytestmark = [pytest.mark.browser, pytest.mark.skipif(LACK is not None, reason=f"no pictures: {LACK}")]

#: Difference from far away. Letters 5% wider or of another Noto family stay under it (0.025 at most), a mirrored
#: facts block (0.045) and letters that became boxes (0.07) don't.
LIKE = 0.03

#: Bubbles of which the words must take as many rows as then; with other advances one or two may wrap elsewhere.
COMPARED = 4

#: Letters of which nothing is left but dark boxes.
BOXES = """
.bubble p { color: transparent; background: repeating-linear-gradient(#223, #223 9px, #fff 9px, #fff 21px) }
"""

RIGHT_TO_LEFT = [language for language in PICTURED if LANGUAGES[language].direction == "rtl"]

#: Read from left to right, wherever they stand.
LATIN = ("10:00", "10:45", "12", "Karin", "Veghel", "PIM", "Welkom", "2,5", "leefgeld")


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with screen.browser() as started:
        yield started


@pytest.fixture(scope="module")
async def page(chromium: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    """A phone in the language that the test names."""
    async with screen.phone(chromium, request.param) as shown:
        yield shown


in_language = pytest.mark.parametrize(
    ("page", "language"), [(language, language) for language in PICTURED], indirect=["page"], ids=PICTURED
)
from_the_right = pytest.mark.parametrize(
    ("page", "language"), [(language, language) for language in RIGHT_TO_LEFT], indirect=["page"], ids=RIGHT_TO_LEFT
)


@in_language
async def test_every_letter_has_a_picture(page: Page, language: str) -> None:
    said = "".join(message["text"] + "".join(one["label"] for one in message["choices"]) for message in _all(language))
    letters = "".join(sorted({letter for letter in said if unicodedata.category(letter)[0] not in "ZC"}))

    assert await page.evaluate("text => window.unknown(text)", letters + "\u0378") == ["\u0378"]


@in_language
async def test_nothing_is_cut_off(page: Page, language: str) -> None:
    assert await page.evaluate("window.cut()") == []


@from_the_right
async def test_letters_stand_in_the_order_of_the_algorithm(page: Page, language: str) -> None:
    compared = 0
    for row, message in enumerate(_all(language)):
        for line, letters in _lines(message, await page.evaluate("row => window.letters(row, 0)", row)):
            if len({round(letter["y"]) for letter in letters if _is_seen(letter)}) > 1:
                continue  # it goes on in a second row: the next test reads that
            wanted = [at for at in places(line, RTL) if _is_seen(letters[at])]
            assert sorted(wanted, key=lambda at: letters[at]["x"] + letters[at]["width"] / 2) == wanted, line
            compared += 1
    assert compared > 5


@from_the_right
async def test_numbers_and_dutch_names_read_from_the_left(page: Page, language: str) -> None:
    found = set()
    for row, message in enumerate(_all(language)):
        for line, letters in _lines(message, await page.evaluate("row => window.letters(row, 0)", row)):
            for word in LATIN:
                at = line.find(word)
                if at >= 0:
                    found.add(word)
                    stand = [letter["x"] for letter in letters[at : at + len(word)]]
                    assert stand == sorted(stand), (word, line)
    assert found == set(LATIN)


@in_language
async def test_it_looks_as_when_it_was_looked_at(page: Page, language: str) -> None:
    now, (then, places_then) = Image.open(io.BytesIO(await screen.picture(page))), screen.kept(language)
    places_now = await screen.boxes(page)

    assert len(places_now) == len(places_then) == len(_all(language))
    pairs = [pair for pair in zip(places_now, places_then, strict=True) if pair[0].rows == pair[1].rows]
    assert len(pairs) >= COMPARED
    for box, old in pairs:
        assert screen.unlike(screen.bubble_of(now, box), screen.bubble_of(then, old)) < LIKE


@in_language
async def test_other_letters_would_be_seen(page: Page, language: str) -> None:
    """The measure has teeth: mirrored, or turned into boxes, a bubble is not like itself."""
    then, boxes = screen.kept(language)
    details = screen.bubble_of(then, boxes[1])
    style = await page.add_style_tag(content=BOXES)
    boxed = screen.bubble_of(Image.open(io.BytesIO(await screen.picture(page))), (await screen.boxes(page))[1])
    await style.evaluate("style => style.remove()")

    assert screen.unlike(details, ImageOps.mirror(details)) > LIKE
    assert screen.unlike(details, boxed) > LIKE


def _all(language: str) -> list[dict[str, Any]]:
    return screen.messages(language)


def _lines(message: dict[str, Any], letters: list[dict[str, Any]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Each line of the mother tongue, with its letters and where they stand."""
    for number, line in enumerate(message["text"].split("\n\n")[0].split("\n")):
        mine = [letter for letter in letters if letter["line"] == number]
        assert "".join(letter["letter"] for letter in mine) == line
        yield line, mine


def _is_seen(letter: dict[str, Any]) -> bool:
    return bool(letter["width"] > 0 and unicodedata.category(letter["letter"])[0] not in "ZCM")
