"""PO files for translators: what is said now goes out, and what they changed comes back as versions to approve.

A unit is taken as a whole: one sentence that isn't done yet leaves the unit as it was. Words that are in force,
or wait already, come back as they went, so nothing is written and every approval stays.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from content import pofile, texts
from content.approvals import Refused
from content.catalogue import Body, Catalogue
from content.lint.rules import broken
from content.plurals import categories, header, misled
from content.po import powriter
from content.po.known import History, Known, history, of_language
from content.pofile import Entry, PoFile
from core.languages import LANGUAGES, SOURCE, guess
from core.permissions import may
from core.problems import Problem
from core.tables.people import Account

#: Who may bring in words that others wrote, also without speaking the language.
CARRIERS = ("vertaler", "regisseur")

_FRESH = "Exporteer het bestand opnieuw, en zet uw werk erin over."


@dataclass(frozen=True, kw_only=True)
class Result:
    """What an import did, or (dry run) would do; in units."""

    new: int = 0  #: nothing was there for today's Dutch
    changed: int = 0
    same: int = 0
    left: tuple[Problem, ...] = ()  #: per unit that stays as it was: its first sentence that isn't done, and why
    problems: tuple[Problem, ...] = ()  #: if any, nothing was written

    @property
    def unfinished(self) -> int:
        """Units of which a sentence is empty, fuzzy, missing, or translates earlier Dutch."""
        return len(self.left)


async def export(
    session: AsyncSession, now: datetime, catalogue: Catalogue, language: str, notes: Mapping[str, Sequence[str]]
) -> str:
    """The PO file of a language; `notes` are the comments of the Dutch file, by "unit/name"."""
    _refuse_source(language)
    known = await of_language(session, catalogue, language)
    return powriter.written(language, now, catalogue, known, notes)


async def bring(
    session: AsyncSession,
    now: datetime,
    catalogue: Catalogue,
    language: str,
    content: bytes,
    *,
    author: Account,
    dry_run: bool = False,
) -> Result:
    """Take in a translator's file; every changed unit waits for another speaker. Refused: this account may not."""
    _refuse_source(language)
    if author.disabled_at or not (may(author, "text.approve", language=language) or author.role in CARRIERS):
        raise Refused(f"Dit account spreekt geen {LANGUAGES[language].dutch_name}.")
    file = pofile.parse(content)
    problems = file.problems or tuple(_header(file, language))
    if problems:
        return Result(problems=problems)
    await texts.turn(session)
    desk = _Desk(
        language=language,
        catalogue=catalogue,
        known=await of_language(session, catalogue, language),
        history=await history(session),
    )
    problems, done, left = desk.read(file.entries)
    if problems:
        return Result(problems=problems[: pofile.MOST_PROBLEMS])
    counts: Counter[str] = Counter()
    for unit, body in done.items():
        outcome = desk.outcome(unit, body)
        counts[outcome] += 1
        if outcome != "same" and not dry_run:
            await texts.add(
                session, now, catalogue, unit=unit, language=language, body=body, author=author, origin="import"
            )
    return Result(new=counts["new"], changed=counts["changed"], same=counts["same"], left=left)


def _refuse_source(language: str) -> None:
    if language == SOURCE:
        raise Refused("Nederlands is de bron van alle teksten. Kies een andere taal.")


def _header(file: PoFile, language: str) -> Iterator[Problem]:
    """What the head of a file says that isn't so, or doesn't say."""
    line, said = file.header_line, file.header
    if not said:
        yield Problem(line=0, field="", what="Het bestand heeft geen kop.", mend=_FRESH)
        return
    if "charset=utf-8" not in said.get("content-type", "").replace(" ", "").lower():
        yield Problem(
            line=line, field="Content-Type", what="De kop zegt niet dat dit UTF-8 is.", mend="Sla het op als UTF-8."
        )
    if guess(said.get("language")) != language:
        name = LANGUAGES[language].dutch_name
        yield Problem(
            line=line,
            field="Language",
            what=f"De kop zegt niet dat dit {name} is.",
            mend=f"Schrijf: Language: {language}",
        )
    if misled(language, said.get("plural-forms", "")):
        yield Problem(
            line=line,
            field="Plural-Forms",
            what="Deze regel kiest andere meervouden dan de taal heeft.",
            mend=f"Schrijf: Plural-Forms: {header(language)}",
        )


@dataclass(frozen=True, kw_only=True)
class _Desk:
    """What a file is held against."""

    language: str
    catalogue: Catalogue
    known: Mapping[str, Known]
    history: History

    def read(self, entries: Sequence[Entry]) -> tuple[tuple[Problem, ...], dict[str, Body], tuple[Problem, ...]]:
        """The problems, the units of which every sentence is done, and why the others aren't."""
        problems: list[Problem] = []
        done: dict[str, dict[str, tuple[str, ...]]] = {}
        touched: dict[str, Problem] = {}
        for entry in entries:
            unit, _, name = entry.context.rpartition("/")
            wrong = list(self._wrong(entry, unit, name))
            problems += wrong
            if self._source(unit, name) is None:
                continue
            if not wrong and self._is_done(entry, unit, name):
                done.setdefault(unit, {})[name] = entry.said
                touched.setdefault(unit, _absent(unit))
            elif touched.get(unit, _absent(unit)).line == 0:
                touched[unit] = self._undone(entry, unit, name)
        whole: dict[str, Body] = {
            unit: {name: done[unit][name] for name in dutch}
            for unit, dutch in self.catalogue.bodies[SOURCE].items()
            if done.get(unit, {}).keys() == dutch.keys()
        }
        return tuple(problems), whole, tuple(why for unit, why in touched.items() if unit not in whole)

    def outcome(self, unit: str, body: Body) -> str:
        """Whether these words are `new`, `changed` or the `same`."""
        if self.known[unit].has(body):
            return "same"
        return "changed" if self.known[unit].today else "new"

    def _source(self, unit: str, name: str) -> tuple[str, ...] | None:
        return self.catalogue.bodies[SOURCE].get(unit, {}).get(name)

    def _was_dutch(self, unit: str, name: str, source: tuple[str, ...]) -> bool:
        """Whether an earlier release said this."""
        return any(of == unit and body.get(name) == source for (of, _), body in self.history.items())

    def _came_back(self, entry: Entry, unit: str, name: str) -> bool:
        """Whether these words are the ones that were exported, for the Dutch of today."""
        known = self.known[unit]
        return any(
            version is not None and version.dutch.get(name) == entry.source and version.body.get(name) == entry.said
            for version in (known.in_force, known.newest)
        )

    def _is_done(self, entry: Entry, unit: str, name: str) -> bool:
        if entry.source != self._source(unit, name) or not all(entry.said):
            return False
        return not entry.fuzzy or self._came_back(entry, unit, name)

    def _undone(self, entry: Entry, unit: str, name: str) -> Problem:
        if entry.source != self._source(unit, name):
            return _problem(entry, "Het Nederlands is intussen anders.", _FRESH)
        if not all(entry.said):
            return _problem(entry, "Deze zin is nog leeg.", "Vertaal de zin. Dan telt de hele groep mee.")
        return _problem(entry, "Deze zin is nog onzeker.", "Is de zin goed? Zet “onzeker” (fuzzy) uit.")

    def _wrong(self, entry: Entry, unit: str, name: str) -> Iterator[Problem]:
        dutch = self._source(unit, name)
        if dutch is None or entry.source != dutch:
            if not self._was_dutch(unit, name, entry.source):
                what = "Deze zin kennen wij niet." if dutch is None else "Dit Nederlands is niet van ons."
                yield _problem(entry, what, _FRESH)
        elif not entry.fuzzy and any(entry.said) and not self._came_back(entry, unit, name):
            needed = 1 if len(dutch) == 1 else len(categories(self.language))
            if len(entry.said) != needed:
                yield _problem(entry, f"Er zijn {len(entry.said)} vormen, deze taal heeft er {needed}.", _FRESH)
            elif not all(form.strip() for form in entry.said):
                yield _problem(entry, "Een van de vormen is leeg.", "Vul alle vormen in, of laat ze allemaal leeg.")
            else:
                for flaw in broken(self.language, unit, name, dutch, entry.said):
                    if not flaw.rule.minor:
                        yield _problem(entry, flaw.dutch, flaw.mend)


def _absent(unit: str) -> Problem:
    return Problem(line=0, field=unit, what="Er ontbreekt een zin van deze groep.", mend=_FRESH)


def _problem(entry: Entry, what: str, mend: str) -> Problem:
    return Problem(line=entry.line, field=pofile.shown(entry.context), what=what, mend=mend)
