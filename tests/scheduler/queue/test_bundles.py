from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from content.kinds import URGENT
from core.ids import new_id
from scheduler.queue.bundles import EXEMPT, arrange
from scheduler.queue.claims import Claimed
from tests.scheduler.holding import claimed

NOON = datetime(2027, 1, 11, 11, tzinfo=UTC)
SOMEONE = uuid4()


def due(
    kind: str = "appointment", step: str = "day", start: int = 24, *, token: UUID | None = None, again: bool = False
) -> Claimed:
    """A claimed notice of something that begins `start` hours after noon."""
    use_by = NOON + timedelta(hours=start)
    return claimed(kind, step, token=token or new_id(), person_id=SOMEONE, due=NOON, use_by=use_by, again=again)


class TestArranging:
    def test_new_appointments_of_one_moment_are_one_push_led_by_the_first(self) -> None:
        later, sooner = due(step="announced", start=48), due(step="announced", start=24)
        (push,) = arrange([later, sooner], sent_today=0, sent_this_week=0).pushes
        assert (push.lead, push.joined) == (sooner, (later,))

    def test_different_news_stands_alone(self) -> None:
        arranged = arrange([due(), due("leefgeld", "paid")], sent_today=0, sent_this_week=0)
        assert [len(push.joined) for push in arranged.pushes] == [0, 0]

    def test_the_last_push_of_a_day_takes_the_rest_of_the_agenda_along(self) -> None:
        now, later = due(step="hours", start=2), due(step="hours", start=6)
        (push,) = arrange([now], sent_today=1, sent_this_week=1, later_today=[later]).pushes
        assert (push.lead, push.joined) == (now, (later,))

    def test_a_third_push_waits_for_tomorrow(self) -> None:
        news = due("leefgeld", "paid", start=72)
        arranged = arrange([news], sent_today=2, sent_this_week=2)
        assert (arranged.pushes, arranged.postponed) == ((), (news,))

    def test_what_would_be_too_late_tomorrow_goes_all_the_same(self) -> None:
        arranged = arrange([due(step="hours", start=2)], sent_today=2, sent_this_week=6)
        assert len(arranged.pushes) == 1

    def test_changes_are_never_joined_counted_or_put_off(self) -> None:
        changes = [due(step="changed"), due(step="cancelled")]
        arranged = arrange(changes, sent_today=2, sent_this_week=6)
        assert [push.lead for push in arranged.pushes] == changes

    def test_a_call_to_who_is_on_duty_and_a_danger_wait_for_nothing(self) -> None:
        call = due("work", "question", start=24)._replace(priority=URGENT)
        danger = due("answer", "", start=150)._replace(priority=URGENT)
        answer = due("answer", "", start=150)
        arranged = arrange([answer, call, danger], sent_today=2, sent_this_week=6)
        assert [push.lead for push in arranged.pushes] == [call, danger]
        assert arranged.postponed == (answer,)

    def test_three_at_once_become_two(self) -> None:
        arranged = arrange([due(start=20), due(start=24), due("leefgeld", "paid")], sent_today=0, sent_this_week=0)
        assert [len(push.joined) for push in arranged.pushes] == [1, 0]
        assert arranged.postponed == ()

    def test_six_a_week_is_enough(self) -> None:
        news = due("leefgeld", "paid", start=72)
        assert arrange([news], sent_today=0, sent_this_week=6).postponed == (news,)

    def test_reminders_above_six_a_week_go_as_one_a_day(self) -> None:
        now, also, later = due(step="hours", start=2), due(start=26), due(step="hours", start=6)
        (push,) = arrange([now, also], sent_today=0, sent_this_week=6, later_today=[later]).pushes
        assert (push.lead, push.joined) == (now, (later, also))

    def test_news_of_what_begins_soon_does_not_wait_for_tomorrow(self) -> None:
        today, next_week = due(step="announced", start=5), due(step="announced", start=150)
        tomorrow = NOON + timedelta(hours=36)
        assert len(arrange([today], sent_today=2, sent_this_week=2, soon=tomorrow).pushes) == 1
        assert arrange([next_week], sent_today=2, sent_this_week=2, soon=tomorrow).postponed == (next_week,)

    def test_the_overview_of_a_week_that_begins_tomorrow_does_not_wait_for_it(self) -> None:
        monday, wednesday = due("week", "", start=21), due("week", "", start=70)
        tomorrow = NOON + timedelta(hours=36)
        assert len(arrange([monday], sent_today=2, sent_this_week=2, soon=tomorrow).pushes) == 1
        assert arrange([wednesday], sent_today=2, sent_this_week=2, soon=tomorrow).postponed == (wednesday,)

    def test_what_is_said_once_more_was_counted_the_first_time(self) -> None:
        repeated = due(step="announced", start=150, again=True)
        assert arrange([repeated], sent_today=2, sent_this_week=6).pushes[0].lead == repeated


SORTS = st.sampled_from(
    [
        ("appointment", "announced"),
        ("appointment", "day"),
        ("appointment", "hours"),
        ("appointment", "changed"),
        ("workshop", "cancelled"),
        ("workshop", "offered"),
        ("workshop", "invitation"),
        ("leefgeld", "paid"),
        ("week", ""),
        ("update", ""),
    ]
)
NOTICES = st.lists(
    st.builds(lambda sort, start: due(sort[0], sort[1], start=start), SORTS, st.integers(1, 200)), max_size=7
)


@given(notices=NOTICES, today=st.integers(0, 4), week=st.integers(0, 9), later=st.integers(0, 2))
def test_nothing_is_lost_doubled_or_above_the_most(notices: list[Claimed], today: int, week: int, later: int) -> None:
    week = max(week, today)
    ahead = [due(step="hours", start=8) for _ in range(later)]
    soon = NOON + timedelta(hours=36)
    arranged = arrange(notices, sent_today=today, sent_this_week=week, later_today=ahead, soon=soon)
    said = [one.id for push in arranged.pushes for one in (push.lead, *push.joined)]
    ids = Counter([*said, *(one.id for one in arranged.postponed)])
    assert set(ids) <= {one.id for one in (*notices, *ahead)}
    assert {one.id for one in notices} <= set(ids)
    assert set(ids.values()) <= {1}
    counted = [push for push in arranged.pushes if push.lead.step not in EXEMPT]
    room = max(0, min(2 - today, 6 - week))
    assert len(counted) <= max(room, 1)
    assert all(len(push.joined) == 0 for push in arranged.pushes if push.lead.step in EXEMPT)
    # what would be too late tomorrow never waits for tomorrow
    assert not any(one.step in ("day", "hours", "offered") for one in arranged.postponed)
