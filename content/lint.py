"""Lints every text before it can reach a person: `python -m content.lint`, exit 1 where something is wrong."""

import gettext
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message

from content import brevity, demands, easy, faithful
from content.catalogue import LOCALES, BrokenCatalogue, counts, entries, forms, load, po_file, read
from content.plurals import categories, index
from core.languages import LANGUAGES, SOURCE

#: Languages in which everything can be said; the others may have gaps and fall back.
COMPLETE = ("nl", "en", "ar", "ti", "fa", "tr")

Dutch = Mapping[tuple[str, str], tuple[str, ...]]


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
    try:
        dutch = {(unit, name): forms(message.id) for unit, name, message in entries(read(source, SOURCE))}
        yield from _source(source)
        load.cache_clear()
        yield from _units(source, folder)
    except BrokenCatalogue as error:
        yield Finding(path=source, line=1, what=str(error))
        return
    for language in LANGUAGES:
        path = po_file(language, folder)
        if path.exists():
            yield from _file(path, language, dutch, whole=language in complete)
        elif language in complete:
            yield Finding(path=path, line=1, what=f"{LANGUAGES[language].dutch_name} is missing")


def _units(source: Path, folder: Path) -> Iterator[Finding]:
    bodies = load((), folder).bodies[SOURCE]
    for what in demands.missing(bodies):
        yield Finding(path=source, line=1, what=what)
    for unit, body in bodies.items():
        if (lix := easy.hardness(unit, body)) > easy.HARD:
            what = f"{unit}: LIX {lix:.0f}, at most {easy.TOO_HARD}, better under {easy.HARD}"
            yield Finding(path=source, line=1, what=what, warning=lix <= easy.TOO_HARD)


def _source(path: Path) -> Iterator[Finding]:
    for unit, name, message in entries(read(path, SOURCE)):
        line = message.lineno or 1
        said = forms(message.string)
        if said != forms(message.id):
            yield Finding(path=path, line=line, what=f"{unit}/{name}: the Dutch msgstr isn't its msgid")
        for form in said:
            for what in easy.unwanted(form):
                yield Finding(path=path, line=line, what=f"{unit}/{name}: {what}")
            for what in easy.doubtful(form):
                yield Finding(path=path, line=line, what=f"{unit}/{name}: {what}", warning=True)
        for what in demands.telling(unit, name, said):
            yield Finding(path=path, line=line, what=f"{unit}/{name}: {what}")


def _file(path: Path, language: str, dutch: Dutch, *, whole: bool) -> Iterator[Finding]:
    try:
        catalog = read(path, language)
    except BrokenCatalogue as error:
        yield Finding(path=path, line=1, what=str(error))
        return
    for what in _header(catalog, language):
        yield Finding(path=path, line=1, what=what)
    done: set[tuple[str, str]] = set()
    for message in catalog:
        if message.id:
            key, findings = _entry(message, language, dutch)
            done |= {key} if key in dutch else set()
            yield from (
                Finding(
                    path=path, line=message.lineno or 1, what=f"{message.context}: {what}", warning=gap and not whole
                )
                for gap, what in findings
            )
    for unit, name in dutch.keys() - done:
        yield Finding(path=path, line=1, what=f"{unit}/{name} is missing", warning=not whole)


def _entry(message: Message, language: str, dutch: Dutch) -> tuple[tuple[str, str], list[tuple[bool, str]]]:
    """Its key, and what is wrong with it: (whether it is only a gap, in words)."""
    unit, _, name = (message.context or "").rpartition("/")
    source = dutch.get((unit, name))
    if source is None:
        return (unit, name), [(False, "isn't in the Dutch file")]
    said = forms(message.string)
    if not counts(message, source, language):
        return (unit, name), [(True, _why_not(message, source, said, language))]
    found = [*faithful.unfaithful(language, unit, source, said)]
    if faithful.other_lines(name, source, said):
        found.append("has other lines than the Dutch")
    found += [what for form in said for what in brevity.too_long(language, unit, name, form)]
    return (unit, name), [(False, what) for what in dict.fromkeys(found)]


def _why_not(message: Message, source: tuple[str, ...], said: tuple[str, ...], language: str) -> str:
    if forms(message.id) != source:
        return "translates other Dutch than today's"
    if message.fuzzy:
        return "is marked fuzzy"
    if not all(said):
        return "is empty"
    return f"has {len(said)} plural forms, {language} has {len(categories(language))}"


def _header(catalog: Catalog, language: str) -> Iterator[str]:
    if catalog.num_plurals != len(categories(language)):
        yield f"Plural-Forms: nplurals={catalog.num_plurals}, {language} has {len(categories(language))}"
        return
    chosen = gettext.c2py(catalog.plural_expr)
    wrong = [n for n in range(201) if chosen(n) != index(language, n)]
    if wrong:
        yield f"Plural-Forms: {catalog.plural_expr} is wrong for {', '.join(map(str, wrong[:5]))}"


def _tools(paths: Sequence[Path]) -> Iterator[Finding | str]:
    """What msgfmt and dennis find, or that they aren't here (in CI that is wrong)."""
    beside = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    for name, arguments in (
        ("msgfmt", ("--check", f"--output-file={os.devnull}")),
        ("dennis-cmd", ("lint", "--errorsonly", "--quiet")),
    ):
        tool = shutil.which(name, path=beside)
        if tool is None:
            here = Finding(path=Path(name), line=1, what="isn't installed")
            yield here if os.environ.get("CI") == "true" else f"Skipped: {name} isn't installed."
            continue
        for path in paths:
            run = subprocess.run([tool, *arguments, str(path)], capture_output=True, encoding="utf-8", check=False)
            if run.returncode:
                yield Finding(path=path, line=1, what=f"{name}: {(run.stderr or run.stdout).strip()}")


def main() -> int:
    """Print what was found; 1 where anything is more than a warning."""
    paths = [path for language in LANGUAGES if (path := po_file(language)).exists()]
    wrong = 0
    for found in [*sorted(set(lint())), *_tools(paths)]:
        print(found)
        wrong += isinstance(found, Finding) and not found.warning
    print(f"{len(paths)} languages, {wrong} wrong.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
