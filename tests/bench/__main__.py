"""`make bench`: runs the benchmarks, prints a table, and keeps it in var/benchmarks.json.

python -m tests.bench            all of them
python -m tests.bench tick       those with a row whose name holds this
BENCH_SCALE=0.1 python ...       with a tenth of the messages: to try one out; its figures aren't kept
"""

import argparse
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench import (
    broadcast,
    daily,
    demo,
    growth,
    inbound,
    paced,
    payments,
    rows,
    size,
    sms,
    tasks,
    tick,
    words,
    workers,
)
from tests.bench.rows import Row

KEPT = Path("var/benchmarks.json")


@dataclass(frozen=True, kw_only=True)
class Bench:
    """What measures some rows together."""

    rows: tuple[str, ...]
    run: Callable[[], Sequence[Row]]


BENCHES = (
    Bench(rows=broadcast.ROWS, run=broadcast.run),
    Bench(rows=paced.ROWS, run=paced.run),
    Bench(rows=workers.ROWS, run=workers.run),
    Bench(rows=growth.ROWS, run=growth.run),
    Bench(rows=tasks.ROWS, run=tasks.run),
    Bench(rows=sms.ROWS, run=sms.run),
    Bench(rows=tick.ROWS, run=tick.run),
    Bench(rows=inbound.ROWS, run=inbound.run),
    Bench(rows=words.ROWS, run=words.run),
    Bench(rows=daily.ROWS, run=daily.run),
    Bench(rows=payments.ROWS, run=payments.run),
    Bench(rows=demo.ROWS, run=demo.run),
)


def main(words: Sequence[str]) -> int:
    """Run what was asked for; 1 where something broke, after all the others had their turn."""
    parser = argparse.ArgumentParser(prog="make bench ARGS=")
    parser.add_argument("words", nargs="*", help="a part of the names of the rows to measure; none: all")
    wanted = parser.parse_args(words).words
    found: list[Row] = []
    broken = 0
    for bench in BENCHES:
        if wanted and not any(word in name for word in wanted for name in bench.rows):
            continue
        print(f"Measuring {', '.join(bench.rows)}", file=sys.stderr, flush=True)
        try:
            found += bench.run()
        except Exception:
            traceback.print_exc()
            broken = 1
    print(rows.show(found))
    if size.SCALE == 1:
        rows.keep(found, KEPT)
    else:
        print(f"Not kept: at {size.SCALE:g} of the size they only show that it works.", file=sys.stderr)
    return broken


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
