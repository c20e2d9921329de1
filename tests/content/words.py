"""Small catalogues for the tests of content: written as PO files, read as the real ones are."""

from collections.abc import Mapping
from pathlib import Path

from content import catalogue
from content.catalogue import Catalogue
from content.plurals import header

Entry = tuple[str, str | tuple[str, str], str | tuple[str, ...]]  #: "unit/name", msgid (and plural), msgstr

_DUTCH: Mapping[str, str | tuple[str, str]] = {
    "appointment.day/push": "Morgen heeft u een afspraak: {day}, {time} uur.",
    "appointment.day/sms": "PIM Welkom. Morgen: {day} {time} uur.",
    "appointment.details/with": "Met {name}.",
    "appointment.details/kind": "Dit is: {kind}.",
    "appointments/taalles": "taalles",
    "appointments/count": ("U heeft {count} afspraak.", "U heeft {count} afspraken."),
    "money/amount": "Het is {amount}.",
    "welcome/first": "Welkom bij PIM Welkom.",
    "buttons/come": "✅ Ik kom",
    "buttons/who": "👤 {name}",
}

DUTCH: tuple[Entry, ...] = tuple((key, said, said) for key, said in _DUTCH.items())

ARABIC: tuple[Entry, ...] = (
    ("appointment.day/push", DUTCH[0][1], "غدا لديك موعد: {day}، الساعة {time}."),
    ("appointment.day/sms", DUTCH[1][1], "PIM Welkom.\n{day}\n{time}"),
    ("appointment.details/with", "Met {name}.", "مع {name}."),
    ("appointment.details/kind", "Dit is: {kind}.", "هذا: {kind}."),
    ("appointments/taalles", "taalles", "درس لغة"),
    (
        "appointments/count",
        ("U heeft {count} afspraak.", "U heeft {count} afspraken."),
        ("لا موعد", "موعد واحد", "موعدان", "{count} مواعيد", "{count} موعدا", "{count} موعد"),
    ),
    ("welcome/first", "Welkom bij PIM Welkom.", "مرحبا بك في PIM Welkom."),
    ("buttons/come", "✅ Ik kom", "✅ سآتي"),
    ("buttons/who", "👤 {name}", "👤 {name}"),
)

TIGRINYA: tuple[Entry, ...] = (
    ("appointment.day/push", DUTCH[0][1], "ጽባሕ ቆጸራ ኣለኩም፦ {day}፣ ሰዓት {time}።"),
    ("appointment.day/sms", DUTCH[1][1], "PIM Welkom። ጽባሕ፦ {day} {time}።"),
    ("buttons/come", "✅ Ik kom", "✅ ክመጽእ እየ"),
    ("buttons/who", "👤 {name}", "👤 {name}"),
)

SMALL: Mapping[str, tuple[Entry, ...]] = {"nl": DUTCH, "ar": ARABIC, "ti": TIGRINYA}


def write_po(folder: Path, language: str, entries: tuple[Entry, ...], *, fuzzy: str = "", forms: int = 0) -> Path:
    """One language's file; `fuzzy` is the key of an entry to mark so, `forms` a wrong number of plural forms."""
    path = catalogue.po_file(language, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    plural = f"nplurals={forms}; plural=0;" if forms else header(language)
    head = f'"Language: {language}\\n"\n"Plural-Forms: {plural}\\n"'
    blocks = [f'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n{head}\n']
    for key, source, said in entries:
        lines = ["#, fuzzy"] if key == fuzzy else []
        lines.append(f'msgctxt "{key}"')
        if isinstance(source, tuple):
            lines += [f"msgid {_quoted(source[0])}", f"msgid_plural {_quoted(source[1])}"]
            lines += [f"msgstr[{n}] {_quoted(form)}" for n, form in enumerate(said)]
        else:
            lines += [f"msgid {_quoted(source)}", f"msgstr {_quoted(str(said))}"]
        blocks.append("\n".join(lines) + "\n")
    path.write_text("\n".join(blocks), encoding="utf-8")
    return path


def small_catalogue(folder: Path, **languages: tuple[Entry, ...]) -> Catalogue:
    """The small Dutch file and these translations, loaded; all of SMALL where none are named."""
    for language, entries in ({"nl": DUTCH} | languages if languages else SMALL).items():
        write_po(folder, language, entries)
    catalogue.load.cache_clear()
    return catalogue.load(None, folder)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
