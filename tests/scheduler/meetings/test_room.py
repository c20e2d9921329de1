from datetime import timedelta
from uuid import UUID

import pytest

from core.tables.agenda import Enrolment
from scheduler.meetings.room import Room, Waits
from tests.scheduler.world import NOW

ONE, TWO, THREE = (UUID(int=number) for number in (1, 2, 3))


def waits(minutes: int, row_id: UUID, *, ready: bool = True) -> Waits:
    return Waits(since=NOW + timedelta(minutes=minutes), id=row_id, ready=ready)


#: Free seats, the queue (minutes since now), since when she waits, and whether a seat is hers.
SEATS: list[tuple[int, list[Waits], int | None, bool]] = [
    (1, [], None, True),
    (0, [], None, False),
    (1, [waits(0, ONE)], None, False),
    (2, [waits(0, ONE)], None, True),
    (1, [waits(0, ONE, ready=False)], None, True),
    (1, [waits(5, ONE)], 1, True),
    (1, [waits(0, ONE), waits(5, TWO)], 1, False),
    (-1, [], None, False),
]


@pytest.mark.parametrize(("free", "queue", "since", "has"), SEATS)
def test_nobody_passes_the_queue(free: int, queue: list[Waits], since: int | None, has: bool) -> None:
    room = Room(free=free, queue=queue, listed=since is not None)
    assert room.has_seat(None if since is None else NOW + timedelta(minutes=since)) is has


def test_a_number_is_the_order_of_waiting() -> None:
    room = Room(free=0, queue=[waits(0, THREE), waits(1, ONE), waits(2, THREE)], listed=True)
    assert room.number(Enrolment(id=TWO, since=NOW + timedelta(minutes=1))) == 3
    assert room.number(Enrolment(id=TWO, since=NOW)) == 1
    assert room.number(None) == 4
