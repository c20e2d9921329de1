"""`pim check`: what an installation has, what is wrong with it, and what to do."""

from dataclasses import dataclass

from bot.installation import Ground
from content import catalogue, drift, texts
from content.review import coreset
from content.review.coreset import Readiness
from core import migrate
from core.languages import LANGUAGES, SOURCE
from core.settings import Settings, SettingsError, for_service


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table."""

    what: str
    ok: bool
    found: str
    mend: str = ""


async def rows(ground: Ground) -> list[Row]:
    """The table, in the order in which to mend."""
    found = [_settings(ground.settings), await _schema(ground)]
    languages = [code for code in ground.settings.languages if code != SOURCE]
    async with ground.database.begin() as session:
        in_force = await texts.in_force(session, catalogue.load())
        states = await drift.states(session, in_force.source, languages)
    found += [_core(code, coreset.readiness(states, code)) for code in languages]
    units = in_force.hashes.keys()
    for code in ground.settings.languages:
        missing = [unit for unit in units if not in_force.has(code, unit)]
        found.append(
            Row(
                what=f"texts {code}",
                ok=not missing or code == SOURCE,
                found=f"{len(units) - len(missing)} of {len(units)} units in {LANGUAGES[code].dutch_name} may be said",
                mend="let a speaker approve them; until then people read easy Dutch",
            )
        )
    return found


def _core(code: str, ready: Readiness) -> Row:
    """A language goes live when its core set is approved."""
    name, so_far = LANGUAGES[code].dutch_name, f"{ready.approved} of {ready.needed} core texts in"
    return Row(
        what=f"core {code}",
        ok=ready.is_live,
        found=f"{so_far} {name} are approved: it is {'live' if ready.is_live else 'not live'}",
        mend=f"print /console/texts/{code}/print for a speaker; still to approve: {', '.join(ready.missing)}",
    )


def _settings(settings: Settings) -> Row:
    try:
        for_service(settings)
    except SettingsError as error:
        return Row(what="settings", ok=False, found=str(error), mend="see docs/settings.md")
    return Row(what="settings", ok=True, found=f"{', '.join(settings.channels)} for {settings.municipality}")


async def _schema(ground: Ground) -> Row:
    current = await migrate.is_current(ground.database.engine)
    return Row(what="database", ok=current, found="newest schema" if current else "old schema", mend="pim migrate")
