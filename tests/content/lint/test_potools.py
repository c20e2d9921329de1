"""What gettext, dennis and the Translate Toolkit find in a file, and that a tool that isn't here is named."""

import shutil
from pathlib import Path

import pytest

from content.catalogue import po_file
from content.lint.potools import Missing, Said, tools
from tests.content.words import DUTCH, Entry, write_po

WITH = ("appointment.details/with", "Met {name}.")


def said(folder: Path, entry: Entry) -> list[str]:
    """What the tools say about one sentence."""
    return [found.what for found in tools([write_po(folder, "ti", (entry,))]) if isinstance(found, Said)]


def test_a_good_sentence(tmp_path: Path) -> None:
    assert said(tmp_path, (*WITH, "ምስ {name}።")) == []


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ("ምስ {nam}።", "dennis"),
        (" ምስ {name}።", "pofilter startwhitespace"),
        ("ምስ {name}። <b>", "pofilter xmltags"),
        ("ምስ\t{name}።", "pofilter tabs"),
    ],
)
def test_a_tool_finds_what_is_wrong(tmp_path: Path, wrong: str, what: str) -> None:
    assert any(what in found for found in said(tmp_path, (*WITH, wrong)))


@pytest.mark.skipif(shutil.which("msgfmt") is None, reason="GNU gettext isn't installed")
def test_gettext_finds_a_sentence_that_stands_there_twice(tmp_path: Path) -> None:
    path = write_po(tmp_path, "ti", ((*WITH, "ምስ {name}።"), (*WITH, "{name}")))

    assert any("msgfmt" in found.what for found in tools([path]) if isinstance(found, Said))


def test_a_sentence_is_named_with_its_file(tmp_path: Path) -> None:
    good, bad = write_po(tmp_path, "nl", DUTCH[:1]), write_po(tmp_path, "ti", ((*WITH, " {name}"),))
    found = [one for one in tools([good, bad]) if isinstance(one, Said)]

    assert {one.path for one in found} == {po_file("ti", tmp_path)}
    assert any(one.what.startswith("appointment.details/with: pofilter") for one in found)


def test_a_tool_that_isn_t_here_is_named(tmp_path: Path) -> None:
    path = write_po(tmp_path, "ti", ((*WITH, "{name}"),))

    missing = [found.name for found in tools([path], search=str(tmp_path)) if isinstance(found, Missing)]

    assert missing == ["msgfmt", "dennis-cmd", "pofilter"]
