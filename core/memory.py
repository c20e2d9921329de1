"""How often Python looks for circles among objects: seldom, in a process that makes thousands of short-lived rows."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

#: New objects between two looks at the young ones; Python's own 700 costs a broadcast a fifth of its time.
YOUNG = 20_000
OLDER, OLDEST = 20, 20


def settle() -> None:
    """Call it once all is loaded: that lives as long as the process and needn't be looked at again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, OLDER, OLDEST)


@contextmanager
def settled() -> Iterator[None]:
    """As a process of ours works, and afterwards as Python does by itself: for who measures against others."""
    before = gc.get_threshold()
    settle()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
