"""CPU and memory as the kernel counts them (Linux)."""

import os
from pathlib import Path
from time import process_time

_TICK = 1 / os.sysconf("SC_CLK_TCK")


def cpu_seconds(postmaster: int) -> float:
    """Spent so far by this process and by the server: the postmaster, its processes, and those of them that ended."""
    ticks = 0
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            # What stands before the last bracket is the program's name, which may hold anything.
            fields = place.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while we looked
        parent, user, system, ended_user, ended_system = (int(fields[place]) for place in (1, 11, 12, 13, 14))
        if int(place.parent.name) == postmaster:
            ticks += user + system + ended_user + ended_system
        elif parent == postmaster:
            ticks += user + system
    return process_time() + ticks * _TICK


def rss_mb(pid: int) -> float:
    """What a process has in memory now, shared libraries included."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    kilobytes = next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))
    return kilobytes / 1024
