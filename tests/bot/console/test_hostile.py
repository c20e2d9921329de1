"""Names, places and news of any kind on the pages of staff: text and nothing but text, and the words around it stay."""

import unicodedata
from html.parser import HTMLParser

import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.console import page
from tests.bot.console.room import Browser, Room

NASTY = (
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</textarea><form action=//x.nl>",
    "<!-- <b>",
    "]]><x>",
    "&lt;b&gt; &amp;",
    "{{ 7 * 7 }} {% raw %}",
    "${7*7} #{7*7}",
    "javascript:alert(1)",
    "\u202eevil\u202c",
    "\u2067open",
    "\u2069closed",
    "\u200bx\u200b",
    "سلام",
    "a" * 200,
    "e" + "\u0301" * 100,
)

_APP = web.Application()
page.set_up(_APP)
ENVIRONMENT = _APP[page.JINJA]

#: Marks that would turn, close or hide what stands around a name.
_HARM = "\u202a\u202b\u202c\u202d\u202e\u200b\ufeff"


class Skeleton(HTMLParser):
    """What a page is made of: its tags with their attributes, and its texts.

    What is marked because it may deceive is the same text, in the same place: a mark is counted by itself.
    """

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.texts: list[str] = [""]
        self.values: list[str] = []
        self.marks = 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "mark":
            self.marks += 1
            return
        self.texts.append("")
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.values += [value for _, value in attrs if value]

    def handle_endtag(self, tag: str) -> None:
        if tag != "mark":
            self.texts.append("")

    def handle_data(self, data: str) -> None:
        self.texts[-1] += data

    def handle_comment(self, data: str) -> None:
        self.tags.append((f"!{data}", ()))

    def shows(self, typed: str) -> bool:
        """Whether the text stands somewhere, as a reader sees it."""
        joined = unicodedata.normalize("NFC", typed)  # an accent and its letter may have become one
        seen = {page.tame(one).strip("\u2066\u2067\u2068\u2069") for one in (typed, joined)}
        return any(one in text for one in seen for text in (*self.texts, *self.values))


async def skeleton(browser: Browser, path: str) -> Skeleton:
    answer = await browser.get(path)
    assert answer.status == 200, answer.text
    assert not any(mark in answer.text for mark in _HARM)
    assert answer.text.count("\u2067") <= answer.text.count("\u2069")
    return Skeleton(answer.text)


async def test_a_name_is_text_and_nothing_else(room: Room) -> None:
    karin = await room.staff()
    browser = await room.browser(karin)
    found = {}
    for name in ("Selam", *NASTY):
        person = await room.person(karin, name=name)
        found[name] = [await skeleton(browser, f"/console/people/{person.id}{path}") for path in ("", "/edit")]
    for name, pages in found.items():
        for plain, nasty in zip(found["Selam"], pages, strict=True):
            assert nasty.tags == plain.tags, name
            assert nasty.shows(name), name
    everybody = await skeleton(browser, "/console/people")
    assert all(everybody.shows(name) for name in NASTY)
    assert {tag for tag, _ in everybody.tags}.isdisjoint({"img", "x", "b"})


async def test_a_place_and_who_is_there_are_text_and_nothing_else(room: Room) -> None:
    karin = await room.staff()
    browser = await room.browser(karin)
    person = await room.person(karin)
    tags = []
    for number, typed in enumerate(("Veghel", *NASTY)):
        form = {
            "kind": "brede_intake",
            "day": f"2027-02-{number % 28 + 1:02d}",
            "time": f"{9 + number // 28:02d}:00",
            "minutes": "45",
            "place": typed[:120],
            "with_whom": typed[:60],
        }
        answer = await browser.post(f"/console/people/{person.id}/appointments/new", form)
        page_of_it = await skeleton(browser, answer.leads_to.partition("?")[0])
        assert page_of_it.shows(typed[:60]), typed
        tags.append(page_of_it.tags)
    assert all(one == tags[0] for one in tags)


async def test_news_is_text_and_nothing_else(room: Room) -> None:
    browser = await room.browser(await room.staff("rolmodel", "Mehret", "ti"))
    tags = []
    for typed in ("Nieuws", *NASTY):
        form = {"language": "ti", "body": typed, "dutch": typed, "place": typed[:120], "ends_on": "2026-12-28"}
        path = (await browser.post("/console/updates/new", form)).leads_to.partition("?")[0]
        news = await skeleton(browser, path)
        assert news.shows(typed), typed
        tags.append([tag for tag in news.tags if tag != ("p", ())])  # one more paragraph says that staff must look too
    assert all(one == tags[0] for one in tags)
    await skeleton(browser, "/console/updates")


async def test_what_was_typed_wrongly_comes_back_as_it_was(room: Room) -> None:
    browser = await room.browser(await room.staff("rolmodel", "Mehret", "ti"))
    tags = []
    for typed in ("Nieuws", *NASTY):
        form = {"language": "ti", "body": typed, "dutch": "", "place": typed[:120], "ends_on": typed[:20]}
        answer = await browser.post("/console/updates/new", form)
        assert answer.status == 422
        back = Skeleton(answer.text)
        assert back.shows(typed), typed
        tags.append(back.tags)
    assert all(one == tags[0] for one in tags)


@settings(deadline=None, derandomize=True)
@given(typed=st.one_of(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), st.sampled_from(NASTY)))
def test_any_text_stands_on_a_page_literally(typed: str) -> None:
    template = ENVIRONMENT.from_string('<p title="{{ typed }}">{{ typed }}</p><i>after</i>')

    made = Skeleton(template.render(typed=typed))

    shown = page.tame(typed)
    assert made.tags == [("p", ("title",)), ("i", ())]
    assert "".join(made.texts).replace("\n", "") == f"{shown}after".replace("\r\n", "").replace("\r", "").replace(
        "\n", ""
    )
    assert not set(_HARM) & set(shown)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("a\u202eb\u202c", "ab"),
        ("\u2067a", "a"),
        ("a\u2069b", "ab"),
        ("\u2068+31 6 1\u2069", "\u2068+31 6 1\u2069"),
        ("\u200f📅", "\u200f📅"),
        ("می\u200cآیید", "می\u200cآیید"),
    ],
)
def test_marks_that_only_enclose_stay(typed: str, shown: str) -> None:
    assert page.tame(typed) == shown
