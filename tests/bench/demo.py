"""How long `pim demo` takes from nothing to its addresses: database made, world built, doors open."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from tests.bench.rows import Row, measured

ROWS = ("demo_start_s",)

RUNS = 3


def run() -> list[Row]:
    """The row."""
    return [measured("demo_start_s", [_seconds() for _ in range(RUNS)], "s", target="<= 10")]


def _seconds() -> float:
    with TemporaryDirectory(prefix="pim-bench-") as folder:
        Path(folder).chmod(0o755)
        environment = {**os.environ, "PIM_DATA_DIR": folder}
        command = [sys.executable, "-m", "bot", "demo", "--port", str(_free_port()), "--data", folder]
        start = perf_counter()
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as demo:
            assert demo.stdout is not None
            assert any("/simulator" in line for line in demo.stdout)
            seconds = perf_counter() - start
            demo.send_signal(signal.SIGTERM)
            demo.communicate()
    return seconds


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
