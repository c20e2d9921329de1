"""The rows of a benchmark run: a table for people, JSON for machines."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median


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


def show(rows: Sequence[Row]) -> str:
    """The table."""
    lines = [f"{'row':<34} {'value':>10} {'unit':<12} {'target':<8} runs"]
    lines += [f"{row.name:<34} {row.value:>10} {row.unit:<12} {row.target or '-':<8} {row.runs}" for row in rows]
    return "\n".join(lines)


def write(rows: Sequence[Row], path: Path) -> None:
    """Keep the rows where scripts find them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"rows": [asdict(row) for row in rows]}, indent=1) + "\n")
