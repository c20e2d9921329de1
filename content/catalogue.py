"""The shipped words: one PO file per language, keyed by unit and name, with the Dutch as their source.

Each entry has msgctxt "unit/name" and the Dutch sentence as its msgid; a translation counts only while that
Dutch is still today's. What is really said is decided in content.texts.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from types import MappingProxyType

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po

from content.plurals import categories
from core.languages import LANGUAGES, SOURCE

LOCALES = Path(__file__).parent / "locales"

_MOST_FORMS = 6
_PLURALS = re.compile(rb"nplurals\s*=\s*([0-9]{1,20})")

#: The name of a message in its unit -> its plural forms; one form where nothing is counted.
Body = Mapping[str, tuple[str, ...]]


class BrokenCatalogue(Exception):
    """A PO file can't be used; the text says where and why."""


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """Every unit in Dutch, and whole units in the other languages."""

    bodies: Mapping[str, Mapping[str, Body]]  #: language -> unit -> body; only complete units
    hashes: Mapping[str, str]  #: unit -> SHA-256 of its Dutch

    @property
    def units(self) -> tuple[str, ...]:
        """Every unit, in the order of the Dutch file."""
        return tuple(self.bodies[SOURCE])

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages with at least one complete unit."""
        return tuple(self.bodies)

    def body(self, language: str, unit: str) -> Body | None:
        """The unit in a language, or None where that language misses any message of it."""
        return self.bodies.get(language, {}).get(unit)

    def source_hash(self, unit: str) -> str:
        """What a text must have been made from to be said today."""
        return self.hashes[unit]


def po_file(language: str, folder: Path = LOCALES) -> Path:
    """Where a language's words stand."""
    return folder / language / "LC_MESSAGES" / "pim.po"


@cache
def load(languages: tuple[str, ...] | None = None, folder: Path = LOCALES) -> Catalogue:
    """The words of these languages (all that have a file, where none are named) and always Dutch.

    BrokenCatalogue where a file can't be read. Read once per process; a file changed later is not seen.
    """
    wanted = tuple(LANGUAGES) if languages is None else languages
    source = _source(_read(SOURCE, folder))
    bodies: dict[str, Mapping[str, Body]] = {SOURCE: source}
    for language in wanted:
        if language != SOURCE and po_file(language, folder).exists():
            bodies[language] = _translated(_read(language, folder), language, source)
    hashes = {unit: digest(body) for unit, body in source.items()}
    return Catalogue(bodies=MappingProxyType(bodies), hashes=MappingProxyType(hashes))


@cache
def notes(folder: Path = LOCALES) -> Mapping[str, tuple[str, ...]]:
    """What the Dutch file tells translators, by "unit/name"."""
    said = {f"{unit}/{name}": tuple(message.auto_comments) for unit, name, message in entries(_read(SOURCE, folder))}
    return MappingProxyType(said)


def body_of(plain: Mapping[str, Sequence[str]]) -> Body:
    """A unit as it is said, of what its row holds."""
    return MappingProxyType({name: tuple(forms) for name, forms in plain.items()})


def digest(body: Body) -> str:
    """SHA-256 (hex) over canonical JSON of a unit: NFC, sorted by name, no spaces."""
    plain = {_nfc(name): [_nfc(form) for form in forms] for name, forms in body.items()}
    return hashlib.sha256(
        json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()


def entries(catalog: Catalog) -> Iterable[tuple[str, str, Message]]:
    """Unit, name and entry of each message; what has no "unit/name" is left out (the lint reports it)."""
    for message in catalog:
        unit, _, name = (message.context or "").rpartition("/")
        if message.id and unit and name:
            yield unit, name, message


def forms(text: str | Iterable[str] | None) -> tuple[str, ...]:
    """A msgid or msgstr of Babel, which is a text or several forms, as forms in NFC."""
    return (_nfc(text or ""),) if isinstance(text, str | None) else tuple(_nfc(form or "") for form in text)


def read(path: Path, language: str) -> Catalog:
    """One PO file; BrokenCatalogue says in which line it breaks."""
    try:
        content = path.read_bytes()
        if any(int(forms) > _MOST_FORMS for forms in _PLURALS.findall(content)):
            raise BrokenCatalogue(f"{path}: no language has so many plural forms")  # Babel would make room for them
        return read_po(BytesIO(content), locale=None, charset="utf-8", abort_invalid=True)
    except OSError as error:
        raise BrokenCatalogue(f"{path}: can't be read: {error.strerror}") from None
    except (PoFileError, UnicodeDecodeError, ValueError) as error:
        raise BrokenCatalogue(f"{path}: {error}") from None


def _read(language: str, folder: Path) -> Catalog:
    return read(po_file(language, folder), language)


def _source(catalog: Catalog) -> Mapping[str, Body]:
    units: dict[str, dict[str, tuple[str, ...]]] = {}
    for unit, name, message in entries(catalog):
        if units.setdefault(unit, {}).setdefault(name, forms(message.id)) != forms(message.id):
            raise BrokenCatalogue(f"{unit}/{name} stands in the Dutch file twice")
    return _frozen(units)


def _translated(catalog: Catalog, language: str, source: Mapping[str, Body]) -> Mapping[str, Body]:
    units: dict[str, dict[str, tuple[str, ...]]] = {}
    for unit, name, message in entries(catalog):
        dutch = source.get(unit, {}).get(name)
        if dutch is not None and counts(message, dutch, language):
            units.setdefault(unit, {})[name] = forms(message.string)
    return _frozen({unit: body for unit, body in units.items() if body.keys() == source[unit].keys()})


def counts(message: Message, dutch: tuple[str, ...], language: str) -> bool:
    """Whether an entry translates today's Dutch, whole and not merely guessed."""
    needed = 1 if len(dutch) == 1 else len(categories(language))
    said = forms(message.string)
    return forms(message.id) == dutch and not message.fuzzy and len(said) == needed and all(said)


def _frozen(units: dict[str, dict[str, tuple[str, ...]]]) -> Mapping[str, Body]:
    return MappingProxyType({unit: MappingProxyType(body) for unit, body in units.items()})


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)
