"""Lints every text before it can reach a person: `python -m content.lint`, exit 1 where something is wrong."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from content import pofile
from content.catalogue import LOCALES, BrokenCatalogue, load, po_file
from content.lint import demands, easy, rules
from content.lint.potools import Missing, Said, tools
from content.plurals import categories, header, misled
from content.pofile import Entry, PoFile
from core.languages import LANGUAGES, SOURCE, guess

#: Languages in which everything can be said; one that is new may have gaps and fall back.
COMPLETE = tuple(LANGUAGES)

Dutch = Mapping[str, tuple[str, ...]]  #: "unit/name" -> one form, or two where something is counted


@dataclass(frozen=True, kw_only=True, order=True)
class Finding:
    """One thing to mend, or (a warning) to look at."""

    path: Path
    line: int
    what: str
    warning: bool = False

    def __str__(self) -> str:
        return f"{os.path.relpath(self.path)}:{self.line}: {'warning: ' if self.warning else ''}{self.what}"


def lint(folder: Path = LOCALES, complete: Sequence[str] = COMPLETE) -> Iterator[Finding]:
    """Everything that is wrong or doubtful in the files of a folder."""
    source = po_file(SOURCE, folder)
    dutch, findings = _read(source)
    findings += [Finding(path=source, line=dutch.header_line or 1, what=what) for what in _header(dutch, SOURCE)]
    yield from findings
    if findings:
        return
    for entry in dutch.entries:
        yield from _source(source, entry)
    yield from _units(source, folder)
    known = {entry.context: entry.source for entry in dutch.entries}
    for language in LANGUAGES:
        path = po_file(language, folder)
        if path.exists():
            yield from _file(path, language, known, whole=language in complete)
        elif language in complete:
            yield Finding(path=path, line=1, what=f"{LANGUAGES[language].dutch_name} is missing")


def _read(path: Path) -> tuple[PoFile, list[Finding]]:
    """A file, read as strictly as a stranger's, and what keeps it from being read."""
    try:
        with path.open("rb") as file:
            content = file.read(pofile.LARGEST_FILE + 1)
    except OSError as error:
        return pofile.parse(b""), [Finding(path=path, line=1, what=f"can't be read: {error.strerror}")]
    read = pofile.parse(content)
    return read, [
        Finding(path=path, line=problem.line or 1, what=f"{problem.field}: {problem.what}".removeprefix(": "))
        for problem in read.problems
    ]


def _units(source: Path, folder: Path) -> Iterator[Finding]:
    load.cache_clear()
    try:
        bodies = load((), folder).bodies[SOURCE]
    except BrokenCatalogue as error:
        yield Finding(path=source, line=1, what=str(error))
        return
    for what in demands.missing(bodies):
        yield Finding(path=source, line=1, what=what)
    for unit, body in bodies.items():
        if (lix := easy.hardness(unit, body)) > easy.HARD:
            what = f"{unit}: LIX {lix:.0f}, at most {easy.TOO_HARD}, better under {easy.HARD}"
            yield Finding(path=source, line=1, what=what, warning=lix <= easy.TOO_HARD)


def _source(path: Path, entry: Entry) -> Iterator[Finding]:
    unit, _, name = entry.context.rpartition("/")

    def found(what: str, *, warning: bool = False) -> Finding:
        return Finding(path=path, line=entry.line, what=f"{entry.context}: {what}", warning=warning)

    if not unit or not name:
        yield found("isn't unit/name")
    if entry.said != entry.source:
        yield found("the Dutch msgstr isn't its msgid")
    for form in entry.said:
        yield from (found(what) for what in easy.unwanted(form))
        yield from (found(what, warning=True) for what in easy.doubtful(form))
    yield from (found(what) for what in demands.telling(unit, name, entry.said))
    yield from (found(str(flaw)) for flaw in rules.broken(SOURCE, unit, name, entry.source, entry.said))


def _file(path: Path, language: str, dutch: Dutch, *, whole: bool) -> Iterator[Finding]:
    read, findings = _read(path)
    yield from findings
    if findings:
        return
    for what in _header(read, language):
        yield Finding(path=path, line=read.header_line or 1, what=what)
    for entry in read.entries:
        for gap, what in _entry(entry, language, dutch):
            warning = gap and not whole
            yield Finding(path=path, line=entry.line, what=f"{entry.context}: {what}", warning=warning)
    for key in dutch.keys() - {entry.context for entry in read.entries}:
        yield Finding(path=path, line=1, what=f"{key} is missing", warning=not whole)


def _entry(entry: Entry, language: str, dutch: Dutch) -> Iterator[tuple[bool, str]]:
    """What is wrong with an entry: (whether it is only a gap, in words)."""
    source = dutch.get(entry.context)
    if source is None:
        yield False, "isn't in the Dutch file"
        return
    needed = 1 if len(source) == 1 else len(categories(language))
    if entry.source != source:
        yield True, "translates other Dutch than today's"
    elif entry.fuzzy:
        yield True, "is marked fuzzy"
    elif not all(entry.said):
        yield True, "is empty"
    elif len(entry.said) != needed:
        yield True, f"has {len(entry.said)} plural forms, {language} has {needed}"
    else:
        unit, _, name = entry.context.rpartition("/")
        yield from ((False, str(flaw)) for flaw in rules.broken(language, unit, name, source, entry.said))


def _header(read: PoFile, language: str) -> Iterator[str]:
    if wrong := misled(language, read.header.get("plural-forms", "")):
        yield f"Plural-Forms: {wrong}; it is {header(language)}"
    if guess(read.header.get("language")) != language:
        yield f"Language: isn't {language}"


def main() -> int:
    """Print what was found; 1 where anything is more than a warning."""
    paths = [path for language in LANGUAGES if (path := po_file(language)).exists()]
    findings = sorted(set(lint()))
    for said in tools(paths):
        match said:
            case Said(path=path, what=what):
                findings.append(Finding(path=path, line=1, what=what))
            case Missing(name=name) if os.environ.get("CI") == "true":
                findings.append(Finding(path=Path(name), line=1, what="isn't installed"))
            case Missing(name=name):
                print(f"Skipped: {name} isn't installed.")
    for finding in findings:
        print(finding)
    wrong = sum(not finding.warning for finding in findings)
    print(f"{len(paths)} languages, {wrong} wrong.")
    return 1 if wrong else 0
