"""Rendering one reminder, with values that are new and with values seen before; reading all catalogues."""

import gc
from collections.abc import Sequence
from datetime import date, time, timedelta
from time import perf_counter

from content import catalogue, render
from content.inforce import InForce, concepts
from content.kinds import NOTICES
from content.parts import Part
from core.languages import LANGUAGES
from tests.bench import processes
from tests.bench.rows import Row, measured

ROWS = ("render_us", "render_seen_us", "start_16_languages_ms")

RUNS = 5
TIMES = 2000

_KIND = NOTICES["appointment", "day"]


def run() -> list[Row]:
    """Of the slowest language; the catalogues only once all are there."""
    read = catalogue.load()
    texts = concepts(read)
    fresh = [max(_microseconds(texts, language, _days(run)) for language in read.bodies) for run in range(RUNS)]
    seen = [max(_microseconds(texts, language, _days(0)[:1] * TIMES) for language in read.bodies) for _ in range(RUNS)]
    rows = [
        measured("render_us", fresh, "us", target="<= 30"),
        measured("render_seen_us", seen, "us", target="<= 5"),
    ]
    if len(read.bodies) < len(LANGUAGES):
        print(f"start_16_languages_ms: not measured, {len(read.bodies)} of {len(LANGUAGES)} languages are there")
        return rows
    starts = [float(processes.output("tests.bench.words")) for _ in range(RUNS)]
    return [*rows, measured("start_16_languages_ms", starts, "ms", target="<= 300")]


def _days(run: int) -> list[tuple[date, time]]:
    """So many days and times that no other run has."""
    first = date(2027 + 10 * run, 1, 1)
    return [(first + timedelta(days=number), time(number % 24, number % 60)) for number in range(TIMES)]


def _microseconds(texts: InForce, language: str, days: Sequence[tuple[date, time]]) -> float:
    """Per reminder: mother tongue, easy Dutch below it, and its buttons."""
    gc.collect()
    start = perf_counter()
    for day, hour in days:
        part = Part(unit=_KIND.unit, name="push", values={"day": day, "time": hour})
        render.bubble(texts, (language,), (part,), _KIND.choices, echo=True)
    return 1e6 * (perf_counter() - start) / len(days)


if __name__ == "__main__":
    begun = perf_counter()
    concepts(catalogue.load())
    print(1000 * (perf_counter() - begun))
