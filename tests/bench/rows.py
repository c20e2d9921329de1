"""The rows of a benchmark run: a table for people, JSON for machines."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles


@dataclass(frozen=True, kw_only=True)
class Row:
    """One figure: the median of its runs."""

    name: str
    value: float
    unit: str  #: ratio, ms, s, messages/s
    target: str | None  #: None: not set yet
    runs: int


def ratio(name: str, ours: Sequence[float], theirs: Sequence[float], *, target: str | None = None) -> Row:
    """The median of ours/theirs, pair by pair."""
    pairs = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    return Row(name=name, value=round(median(pairs), 3), unit="ratio", target=target, runs=len(pairs))


def neighbours(name: str, ours: Sequence[float], theirs: Sequence[float], *, target: str | None = None) -> Row:
    """The median of ours/theirs over runs that took turns, ours first and last: each of theirs has two neighbours."""
    pairs = [(ours[place + side], theirs[place]) for place in range(len(theirs)) for side in (0, 1)]
    return ratio(name, [mine for mine, _ in pairs], [other for _, other in pairs], target=target)


def measured(name: str, runs: Sequence[float], unit: str, *, target: str | None = None, digits: int = 2) -> Row:
    """The median of runs that are in the row's unit already."""
    return Row(name=name, value=round(median(runs), digits), unit=unit, target=target, runs=len(runs))


def p95(values: Sequence[float]) -> float:
    """What 95 of 100 stay below."""
    return quantiles(values, n=20, method="inclusive")[-1]


def p99(values: Sequence[float]) -> float:
    """What 99 of 100 stay below."""
    return quantiles(values, n=100, method="inclusive")[-1]


def show(rows: Sequence[Row]) -> str:
    """The table."""
    lines = [f"{'row':<34} {'value':>10} {'unit':<12} {'target':<8} runs"]
    lines += [f"{row.name:<34} {row.value:>10} {row.unit:<12} {row.target or '-':<8} {row.runs}" for row in rows]
    return "\n".join(lines)


def keep(rows: Sequence[Row], path: Path) -> None:
    """Keep the rows where scripts find them; those of an earlier run stay until they are measured again."""
    fresh = {row.name: asdict(row) for row in rows}
    kept = {row["name"]: row for row in json.loads(path.read_text())["rows"]} if path.exists() else {}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"rows": list((kept | fresh).values())}, indent=1) + "\n")
