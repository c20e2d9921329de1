"""How `pim notices` shows what would go out: as a table, or as JSON (docs/settings.md has its shape)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bot.console import reasons
from scheduler.sending.outlook import Going, Outlook, Pile


def plain(seen: Outlook) -> dict[str, Any]:
    """As JSON: moments in ISO 8601 with offset, cost in euros."""
    total = seen.total
    return {
        "until": seen.until.isoformat(),
        "on_hold": seen.on_hold,
        "count": total.count,
        "segments": total.segments,
        "cost": _euros(total),
        "leaves": _iso(total.leaves),
        "notices": [_row(going, pile) for going, pile in _sorted(seen)],
    }


def _row(going: Going, pile: Pile) -> dict[str, Any]:
    return {
        "kind": going.kind,
        "step": going.step or None,
        "language": going.language,
        "channel": going.channel,
        "why": going.why,
        "count": pile.count,
        "segments": pile.segments,
        "cost": _euros(pile),
        "first": _iso(pile.first),
        "last": _iso(pile.last),
        "leaves": _iso(pile.leaves),
    }


def lines(seen: Outlook) -> Iterator[str]:
    """As lines of a table, the soonest first, with the total below."""
    for going, pile in _sorted(seen):
        what = f"{pile.count:>6}  {going.kind}/{going.step or '-'}"
        if going.channel is None:
            yield f"{what:<30} nobody to send to: {reasons.words(going.why)}"
            continue
        sms = f"{pile.segments} SMS  " if pile.segments else ""
        due = f"{_iso(pile.first)} .. {_iso(pile.last)}"
        yield f"{what:<30} {going.language:<4} {going.channel:<9} {due}  {sms}EUR {_euros(pile):.2f}"
    total = seen.total
    leaves = f"; the last leaves at {_iso(total.leaves)}" if total.leaves else ""
    yield f"{total.count:>6}  in all: {total.segments} SMS, EUR {_euros(total):.2f}{leaves}"
    if seen.on_hold:
        yield "On hold: nothing goes until it is lifted (pim hold off)."


def _sorted(seen: Outlook) -> list[tuple[Going, Pile]]:
    return sorted(seen.piles.items(), key=lambda row: (row[1].first or seen.until, str(row[0])))


def _euros(pile: Pile) -> float:
    return round(pile.microeuro / 1_000_000, 4)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
