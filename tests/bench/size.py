"""How large a run is: full, or a share of it to try a benchmark out.

BENCH_SCALE=0.1 make bench ARGS=allowance     a tenth; printed, and not kept
"""

import os

#: 1: as the documentation says. Anything less only shows that a benchmark works.
SCALE = float(os.environ.get("BENCH_SCALE", "1"))


def of(full: int, *, least: int = 1) -> int:
    """So many messages, people or seconds in this run."""
    return max(least, round(full * SCALE))
