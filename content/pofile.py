"""PO files that people bring in, read strictly: what gettext's tools would guess at is a problem with its line."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from content.foreign import clean
from core.problems import Problem

LARGEST_FILE = 2_000_000  #: bytes; the largest real one is a tenth of it
LONGEST_LINE = 10_000  #: characters
LONGEST_TEXT = 4_000  #: characters of one form
MOST_ENTRIES = 5_000
MOST_FORMS = 6  #: Arabic has that many, no language has more
MOST_PROBLEMS = 200  #: more are not listed: the file is of another kind

_KEYWORD = re.compile(r"(msgctxt|msgid_plural|msgid|msgstr)(?:\[([0-9]{1,3})\])?[ \t]*(?=\")")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"[ \t]*')
_ESCAPED = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")

#: How the files begin that are sent instead of the PO file.
_OTHERS = {
    b"\xde\x12\x04\x95": "Dit is een MO-bestand, voor computers.",
    b"\x95\x04\x12\xde": "Dit is een MO-bestand, voor computers.",
    b"PK\x03\x04": "Dit is een zip-bestand, of een bestand van Word of Excel.",
    b"%PDF": "Dit is een pdf.",
}

#: More accents than this on one letter are no writing, and sorting them takes time that grows with their square.
_MOST_ACCENTS = 20

_AGAIN = "Exporteer het bestand opnieuw, en zet uw werk erin over."
_EDITOR = "Maak het bestand met Poedit of Weblate, niet met de hand."


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One sentence of a file."""

    line: int  #: where its msgid stands, from 1
    context: str
    source: tuple[str, ...]  #: msgid, and msgid_plural where something is counted
    said: tuple[str, ...]  #: msgstr, or every msgstr[n]
    fuzzy: bool  #: a guess, or not yet good


@dataclass(frozen=True, kw_only=True)
class PoFile:
    """What stands in a file; only to be used where it has no problems."""

    header: Mapping[str, str]  #: names in small letters
    header_line: int
    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]


class _Stop(Exception):
    """The rest of the file isn't worth reading."""


def parse(content: bytes) -> PoFile:
    """Every entry of a PO file in UTF-8, or its problems; never raises, in time and memory bound by the size."""
    reader = _Reader()
    try:
        text = _text(reader, content)
        for number, line in enumerate(text.split("\n"), start=1):
            reader.read(number, line)
        reader.close()
    except _Stop:
        pass
    return PoFile(
        header=MappingProxyType(reader.header),
        header_line=reader.header_line,
        entries=tuple(reader.entries),
        problems=tuple(reader.problems[:MOST_PROBLEMS]),
    )


def _text(reader: "_Reader", content: bytes) -> str:
    """The file as text in NFC; _Stop where it is none."""
    if not content.strip():
        reader.stop(0, "", "Het bestand is leeg.", _AGAIN)
    if len(content) > LARGEST_FILE:
        reader.stop(0, "", f"Het bestand is groter dan {LARGEST_FILE // 1_000_000} MB.", _AGAIN)
    if content[:4] in _OTHERS:
        reader.stop(1, "", _OTHERS[content[:4]], "Stuur het PO-bestand: de naam eindigt op .po.")
    if content[:2] in _UTF16:
        reader.stop(1, "", "Het bestand is opgeslagen als UTF-16.", "Sla het op als UTF-8.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        reader.stop(line, "", "Hier staat een teken dat geen UTF-8 is.", "Sla het bestand op als UTF-8.")
    text = text.replace("\r\n", "\n")
    for pattern, what in ((_CONTROL, "Hier staat een stuurteken"), (_accents(text), "Hier staan te veel accenten")):
        if pattern and (found := pattern.search(text)):
            line = text.count("\n", 0, found.start()) + 1
            reader.stop(line, "", f"{what} (U+{ord(found[0][-1]):04X}).", "Haal het weg.")
    return unicodedata.normalize("NFC", text)


def _accents(text: str) -> re.Pattern[str] | None:
    """A run of marks that belong to the letter before them; None where the text has no marks."""
    marks = "".join(sorted(letter for letter in set(text) if unicodedata.combining(letter)))
    return re.compile(f"[{marks}]{{{_MOST_ACCENTS},}}") if marks else None


class _Reader:
    """Reads line by line; an entry ends where the next begins, at a blank line or at a comment."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.problems: list[Problem] = []
        self.header: dict[str, str] = {}
        self.header_line = 0
        self._seen: dict[str | None, int] = {}
        self._begin()

    def _begin(self) -> None:
        self._parts: dict[str, list[str]] = {}
        self._last = ""  #: the keyword that was read last
        self._line = 0
        self._fuzzy = False
        self._lost = False  #: skip to the next blank line

    def problem(self, line: int, field: str, what: str, mend: str) -> None:
        self.problems.append(Problem(line=line, field=field, what=what, mend=mend))
        if len(self.problems) >= MOST_PROBLEMS:
            raise _Stop

    def stop(self, line: int, field: str, what: str, mend: str) -> None:
        self.problem(line, field, what, mend)
        raise _Stop

    def read(self, number: int, raw: str) -> None:
        if len(raw) > LONGEST_LINE:
            self.stop(number, "", f"Deze regel is langer dan {LONGEST_LINE} tekens.", _EDITOR)
        line = raw.strip(" \t")
        if not line or line.startswith("#"):
            self._between(number, line)
        elif not self._lost:
            if line.startswith('"'):
                self._more(number, line)
            else:
                self._keyword(number, line)

    def close(self) -> None:
        self._end(self._line)
        if not self.entries and not self.problems:
            self.problem(0, "", "Er staan geen zinnen in dit bestand.", _AGAIN)

    def _between(self, number: int, line: str) -> None:
        if self._last or (self._lost and not line):
            self._end(number)
        if line.startswith("#~"):
            self._begin()
        elif line.startswith(("#,", "#=")):
            self._fuzzy |= "fuzzy" in (flag.strip() for flag in line[2:].split(","))

    def _keyword(self, number: int, line: str) -> None:
        found = _KEYWORD.match(line)
        if not found:
            self._confused(number, "", "Deze regel hoort niet in een PO-bestand.")
            return
        word, index = found[1], found[2]
        name = word if index is None else f"{word}[{int(index)}]"
        if word in ("msgctxt", "msgid") and self._last.startswith("msgstr"):
            self._end(number)
        if name not in self._expected():
            self._confused(number, name, f"“{name}” staat hier op de verkeerde plaats.")
            return
        if word == "msgid":
            self._line = number
        self._parts[name], self._last = [], name
        self._more(number, line[found.end() :])

    def _expected(self) -> tuple[str, ...]:
        """Which keywords may follow."""
        if self._last.startswith("msgstr["):
            following = len([name for name in self._parts if name.startswith("msgstr[")])
            return (f"msgstr[{following}]",) if following < MOST_FORMS else ()
        return {
            "": ("msgctxt", "msgid"),
            "msgctxt": ("msgid",),
            "msgid": ("msgid_plural", "msgstr"),
            "msgid_plural": ("msgstr[0]",),
        }.get(self._last, ())

    def _more(self, number: int, quoted: str) -> None:
        if not self._last:
            self._confused(number, "", "Deze tekst hoort nergens bij.")
            return
        at = 0
        while at < len(quoted):
            found = _QUOTED.match(quoted, at)
            if not found:
                self._confused(number, self._last, "De tekst staat niet goed tussen aanhalingstekens.")
                return
            at = found.end()
            for escape in _ESCAPED.findall(found[1]):
                if escape not in _ESCAPES:
                    self._confused(number, self._last, f"“\\{clean(escape)}” kennen wij niet.")
                    return
            self._parts[self._last].append(_ESCAPED.sub(lambda match: _ESCAPES[match[1]], found[1]))

    def _confused(self, number: int, field: str, what: str) -> None:
        if not self.entries and not self.header_line and not self._seen and not self._parts:
            self.stop(number, "", "Dit is geen PO-bestand.", _AGAIN)
        self._lost = True
        self.problem(number, field, what, _EDITOR)

    def _end(self, number: int) -> None:
        """Keep the entry that was read, if any."""
        parts, line, last, fuzzy, lost = self._parts, self._line, self._last, self._fuzzy, self._lost
        self._begin()
        if not last or lost:
            return
        if not last.startswith("msgstr"):
            self.problem(number, last, "Deze zin is niet af: er is geen msgstr.", _EDITOR)
            return
        texts = {name: "".join(pieces) for name, pieces in parts.items()}
        if any(len(text) > LONGEST_TEXT for text in texts.values()):
            self.problem(line, "", f"Deze tekst is langer dan {LONGEST_TEXT} tekens.", "Maak de tekst korter.")
            return
        self._keep(line, texts, fuzzy)

    def _keep(self, line: int, texts: dict[str, str], fuzzy: bool) -> None:
        context = texts.get("msgctxt")
        if context is None and texts["msgid"]:
            self.problem(line, "msgctxt", "Bij deze zin staat geen msgctxt.", _AGAIN)
            return
        if context in self._seen:
            first = self._seen[context]
            self.problem(line, shown(context), f"Deze zin staat ook op regel {first}.", "Haal een van de twee weg.")
            return
        self._seen[context] = line
        if context is None:
            self.header_line, self.header = line, dict(_header(texts.get("msgstr", "")))
            return
        if len(self.entries) >= MOST_ENTRIES:
            self.stop(line, "", f"Er staan meer dan {MOST_ENTRIES} zinnen in dit bestand.", _AGAIN)
        self.entries.append(
            Entry(
                line=line,
                context=context,
                source=tuple(text for name, text in texts.items() if name.startswith("msgid")),
                said=tuple(text for name, text in texts.items() if name.startswith("msgstr")),
                fuzzy=fuzzy,
            )
        )


def _header(text: str) -> Iterator[tuple[str, str]]:
    for line in text.split("\n"):
        name, colon, value = line.partition(":")
        if colon:
            yield name.strip().lower(), value.strip()


def shown(context: str | None) -> str:
    """A key as it may be shown: what stands in a file is foreign."""
    return clean(context or "", one_line=True, longest=60)


def printable(text: str) -> str:
    """A text without what a file may not hold."""
    return _CONTROL.sub("", text)
