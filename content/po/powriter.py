"""Writes a language's texts as a PO file, for Poedit, Weblate and every other tool of translators."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from babel.messages.pofile import normalize

from content import pofile
from content.catalogue import Catalogue
from content.placeholders import parsed, placeholders
from content.plurals import categories, header
from content.po.known import Known
from content.render import BUTTONS, LABEL_UNITS
from core.languages import LANGUAGES, SOURCE
from core.utf16 import units

_WAITS = "Wacht op een andere spreker."

_IDS = ("msgid", "msgid_plural")


def written(
    language: str,
    now: datetime,
    catalogue: Catalogue,
    known: Mapping[str, Known],
    notes: Mapping[str, Sequence[str]],
) -> str:
    """The whole file: what waits, or else what is said now; fuzzy where nobody approved it for today's Dutch."""
    blocks = [_head(language, now)]
    for unit, dutch in catalogue.bodies[SOURCE].items():
        for name, source in dutch.items():
            key = f"{unit}/{name}"
            blocks.append(_block(language, key, source, known[unit], notes.get(key, ())))
    return "\n".join(blocks)


def _head(language: str, now: datetime) -> str:
    moment = f"{now:%Y-%m-%d %H:%M%z}"
    lines = {
        "Project-Id-Version": "PIM Welkom",
        "POT-Creation-Date": moment,
        "PO-Revision-Date": moment,
        "Last-Translator": "PIM Welkom",
        "Language-Team": LANGUAGES[language].dutch_name,
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": header(language),
        "X-Generator": "PIM Welkom",
    }
    said = "".join(f"{name}: {value}\n" for name, value in lines.items())
    comment = f"# {LANGUAGES[language].dutch_name}.\n# fuzzy: nog niet goedgekeurd.\n"
    return comment + _field("msgid", "") + _field("msgstr", said)


def _block(language: str, key: str, source: tuple[str, ...], known: Known, notes: Sequence[str]) -> str:
    shown, name = known.shown, key.rpartition("/")[2]
    needed = 1 if len(source) == 1 else len(categories(language))
    said = shown.body.get(name, ()) if shown else ()
    before = shown.dutch.get(name, ()) if shown else ()
    good = known.is_said(name, source, said) and len(said) == needed
    flags = [*(["fuzzy"] if any(said) and not good else []), *_flags(key, source)]
    waits = [_WAITS] if shown and shown.waits and any(said) and not good else []
    lines = [f"#. {note}\n" for note in (*notes, *waits)]
    if flags:
        lines.append(f"#, {', '.join(flags)}\n")
    if said and before and before != source:
        lines += [_field(word, text, prefix="#| ") for word, text in zip(_IDS, before, strict=False)]
    lines.append(_field("msgctxt", key))
    lines += [_field(word, text) for word, text in zip(_IDS, source, strict=False)]
    padded = (*said, *[""] * needed)[:needed]
    if len(source) == 1:
        lines.append(_field("msgstr", padded[0]))
    else:
        lines += [_field(f"msgstr[{at}]", form) for at, form in enumerate(padded)]
    return "".join(lines)


def _flags(key: str, source: tuple[str, ...]) -> Iterator[str]:
    """What gettext's tools and Weblate check while somebody types."""
    if any(map(placeholders, source)):
        yield "python-brace-format"
    if key.startswith(f"{BUTTONS}/"):
        # Counted in letters: a pictogram may take two units, and the name of a value none.
        visible = "".join(parsed(source[0])[::2])
        yield f"max-length:{LABEL_UNITS - units(visible) + len(source[0])}"


def _field(word: str, text: str, *, prefix: str = "") -> str:
    return f"{prefix}{word} {normalize(pofile.printable(text), prefix=prefix, width=0)}\n"
