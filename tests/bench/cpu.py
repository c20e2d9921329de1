"""CPU seconds as the kernel counts them (Linux): of this process, and of a whole PostgreSQL."""

import os
from pathlib import Path
from time import process_time

_TICK = 1 / os.sysconf("SC_CLK_TCK")


def with_server(postmaster: int) -> float:
    """Spent so far by this process and by the server: the postmaster, its processes, and those of them that ended."""
    ours = 0
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            # What stands before the last bracket is the program's name, which may hold anything.
            fields = place.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while we looked
        parent, user, system, ended_user, ended_system = (int(fields[place]) for place in (1, 11, 12, 13, 14))
        if int(place.parent.name) == postmaster:
            ours += user + system + ended_user + ended_system
        elif parent == postmaster:
            ours += user + system
    return process_time() + ours * _TICK
