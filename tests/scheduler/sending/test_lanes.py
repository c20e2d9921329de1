from datetime import timedelta

from core.ids import new_id
from core.values import Handle
from messaging.channel import Outgoing
from scheduler.queue.bundles import Bundle
from scheduler.queue.claims import Call
from scheduler.sending.lanes import Lane
from scheduler.sending.preparation import Planned
from tests.fakes.outlet import RecordingOutlet
from tests.scheduler.holding import claimed
from tests.scheduler.world import NOW


def planned(priority: int, minutes_ago: int = 0) -> Planned:
    """A rendered push that fell due so long ago."""
    due = NOW - timedelta(minutes=minutes_ago)
    lead = claimed(step="changed" if priority == 1 else "day", due=due, use_by=None, priority=priority)
    call = Call(
        delivery_id=new_id(),
        item_id=lead.id,
        token=lead.token,
        version=1,
        address_id=new_id(),
        channel="telegram",
        handle=Handle("1"),
        message=Outgoing(text="Er is een bericht.", language="nl"),
    )
    return Planned(bundle=Bundle(lead=lead), call=call)


def lane(rate: float) -> Lane:
    outlet = RecordingOutlet()
    outlet.rate = rate
    return Lane(name="telegram", outlet=outlet)


async def test_an_urgent_change_goes_before_what_was_leased_earlier() -> None:
    of, bulk, change = lane(30), [planned(3, minutes_ago=60) for _ in range(20)], planned(1)
    of.add(bulk)
    of.add([change])
    assert of.take(2) == [change, bulk[0]]


async def test_a_lane_holds_what_leaves_in_a_second() -> None:
    of = lane(30)
    assert (of.is_low, of.is_full) == (True, False)
    of.add([planned(3) for _ in range(30)])
    assert (of.is_low, of.is_full) == (False, True)


async def test_a_paced_lane_puts_one_on_record_at_a_time_and_never_more_than_are_called() -> None:
    of = lane(1000)
    assert of.room == 1
    of.calling = 50
    assert of.room == 0
