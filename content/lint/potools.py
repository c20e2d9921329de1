"""What others' tools say about PO files: GNU msgfmt, dennis and the Translate Toolkit's pofilter."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

#: Tests of pofilter that hold for these texts. Left out: those that count brackets, capitals and full stops, for
#: Dutch words stand in brackets behind their translation and other scripts have other stops; and repeated words,
#: which it also finds across the end of a sentence.
FILTERS = (
    "blank",
    "compendiumconflicts",
    "credits",
    "doublespacing",
    "emails",
    "endwhitespace",
    "escapes",
    "filepaths",
    "functions",
    "kdecomments",
    "nplurals",
    "numbers",
    "options",
    "printf",
    "purepunc",
    "pythonbraceformat",
    "simpleplurals",
    "startwhitespace",
    "tabs",
    "untranslated",
    "urls",
    "variables",
    "xmltags",
)

_LIMIT = 60  #: seconds that one tool may take

_FOUND = re.compile(r"^# \(pofilter\) (.+)$|^msgctxt \"(.*)\"$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a tool says about a file."""

    path: Path
    what: str


@dataclass(frozen=True, kw_only=True)
class Missing:
    """A tool that isn't installed here."""

    name: str


Tool = Callable[[str, Sequence[Path]], Iterator[Said]]


def tools(paths: Sequence[Path], search: str | None = None) -> Iterator[Said | Missing]:
    """What every tool says about these files; they are sought beside Python and on the PATH, or in `search`."""
    beside = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    known = {name: shutil.which(name, path=beside if search is None else search) for name in _TOOLS}
    yield from (Missing(name=name) for name, place in known.items() if place is None)
    with ThreadPoolExecutor() as pool:
        running = [pool.submit(list, _TOOLS[name](place, paths)) for name, place in known.items() if place]
        for run in running:
            yield from run.result()


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False, timeout=_LIMIT)


def _msgfmt(place: str, paths: Sequence[Path]) -> Iterator[Said]:
    for path in paths:
        done = _run(place, "--check", f"--output-file={os.devnull}", str(path))
        if done.returncode:
            yield Said(path=path, what=f"msgfmt: {done.stderr.strip()}")


def _dennis(place: str, paths: Sequence[Path]) -> Iterator[Said]:
    done = _run(place, "lint", "--errorsonly", "--quiet", *map(str, paths))
    if done.returncode:
        yield Said(path=paths[0].parent, what=f"dennis: {(done.stderr or done.stdout).strip()}")


def _pofilter(place: str, paths: Sequence[Path]) -> Iterator[Said]:
    """It reads a folder and writes the sentences that fail, with why, to another."""
    with tempfile.TemporaryDirectory() as folder:
        asked, told = Path(folder, "asked"), Path(folder, "told")
        asked.mkdir()
        names = {f"{number}.po": path for number, path in enumerate(paths)}
        for name, path in names.items():
            shutil.copyfile(path, asked / name)
        chosen = [f"--test={name}" for name in FILTERS]
        done = _run(place, "--progress=none", "--nofuzzy", *chosen, str(asked), str(told))
        if done.returncode:
            yield Said(path=paths[0].parent, what=f"pofilter: {done.stderr.strip()}")
        for file in sorted(told.glob("*.po")):
            why = ""
            for reason, key in _FOUND.findall(file.read_text(encoding="utf-8")):
                if key and why:
                    yield Said(path=names[file.name], what=f"{key}: pofilter {why}")
                why = reason


_TOOLS: dict[str, Tool] = {"msgfmt": _msgfmt, "dennis-cmd": _dennis, "pofilter": _pofilter}
