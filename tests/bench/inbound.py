"""Storing a webhook durably before it is answered, against aiogram's own handler, which stores nothing."""

from sqlalchemy import create_engine, text

from tests.bench import doors, ground, processes
from tests.bench.rows import Row, ratio

ROWS = ("inbound_vs_aiogram",)

UPDATES = 3000
WARM_UP = 500
CLIENTS = 32
PAIRS = 5


def run() -> list[Row]:
    """The row."""
    with ground.server() as postgres:
        url = postgres.create_database("inbound")
        with (
            doors.open_door("house", url.render_as_string(hide_password=False)) as ours,
            doors.open_door("aiogram") as bare,
        ):
            _posted(ours, 1, WARM_UP)
            _posted(bare, 1, WARM_UP)
            stored, handled = [], []
            for number in range(1, PAIRS + 1):
                stored.append(_posted(ours, number * UPDATES, UPDATES))
                handled.append(_posted(bare, number * UPDATES, UPDATES))
        engine = create_engine(url.set(drivername="postgresql+psycopg"))
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM inbox")) == WARM_UP + PAIRS * UPDATES
        engine.dispose()
    return [ratio("inbound_vs_aiogram", stored, handled, target=">= 1.4")]


def _posted(door: str, first: int, count: int) -> float:
    """Updates a second that a door takes."""
    host, port = door.split()
    seconds = float(processes.output("tests.bench.flood", host, port, str(first), str(count), str(CLIENTS)))
    return count / seconds
