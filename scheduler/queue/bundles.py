"""Which of a person's due notices go together: at most two pushes a day and six a week (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from content.kinds import URGENT
from core.municipality import Pushes
from scheduler.queue.claims import Claimed

#: How many pushes a person gets at most, unless the municipality's file says otherwise.
_CAPS = Pushes()
PUSHES_A_DAY, PUSHES_A_WEEK = _CAPS.a_day, _CAPS.a_week

#: Steps that are never counted, joined or put off: they undo what a person was told.
EXEMPT = frozenset({"changed", "cancelled"})

#: Steps that would come too late tomorrow.
_PRESSING = frozenset({"day", "hours", "offered"})

#: Kinds of a talk: who is on duty asked to be called, and what was too heavy may be a danger.
_TALK = frozenset({"answer", "work"})

#: Kinds that one look at the agenda shows together.
_IN_AGENDA = frozenset({"appointment", "workshop", "week"})


class Bundle(NamedTuple):
    """One push: the notice that leads it, and those that go along."""

    lead: Claimed
    joined: tuple[Claimed, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Arrangement:
    """What goes now, and what waits for tomorrow."""

    pushes: tuple[Bundle, ...] = ()
    postponed: tuple[Claimed, ...] = field(default=())


def arrange(
    due: Sequence[Claimed],
    *,
    sent_today: int,
    sent_this_week: int,
    later_today: Sequence[Claimed] = (),
    soon: datetime | None = None,
    caps: Pushes = _CAPS,
) -> Arrangement:
    """Lay one person's due notices into pushes, in order.

    The last push of a day takes along what the agenda still has for that day; what arises after it waits for
    the next day, unless it would be too late then: one push more, which takes the rest along too. `soon`: so
    is news of what begins before this moment.
    """
    room = max(0, min(caps.a_day - sent_today, caps.a_week - sent_this_week))
    if len(due) == 1 and room > 0 and not later_today:
        return Arrangement(pushes=(Bundle(lead=due[0]),))  # as for nearly everybody in a broadcast
    urgent = [Bundle(lead=notice) for notice in due if _free(notice)]
    singles = _together([notice for notice in due if not _free(notice)])
    if room == 0 and any(_pressing(notice, soon) for bundle in singles for notice in _all(bundle)):
        room = 1
    if room and len(singles) >= room and (len(singles) > room or later_today):
        singles = _squeezed(singles, later_today)
    put_off = [notice for bundle in singles[room:] for notice in _all(bundle)]
    return Arrangement(pushes=(*urgent, *singles[:room]), postponed=tuple(put_off))


def _free(notice: Claimed) -> bool:
    """Changes are never counted; what is said once more after a doubt was counted the first time.

    What is urgent in a talk counts for the pushes after it, and waits for none before it.
    """
    return notice.step in EXEMPT or notice.again or (notice.kind in _TALK and notice.priority == URGENT)


def _pressing(notice: Claimed, soon: datetime | None) -> bool:
    begins_soon = soon is not None and notice.use_by is not None and notice.use_by < soon
    news_of_the_agenda = notice.kind == "week" or (notice.step == "announced" and notice.kind in _IN_AGENDA)
    return notice.step in _PRESSING or (news_of_the_agenda and begins_soon)


def _together(notices: Sequence[Claimed]) -> list[Bundle]:
    """New appointments of one moment are one push; all else stands alone."""
    announced = [notice for notice in notices if (notice.kind, notice.step) == ("appointment", "announced")]
    bundles = [_joined(announced)] if announced else []
    bundles += [Bundle(lead=notice) for notice in notices if notice not in announced]
    return sorted(bundles, key=lambda bundle: bundle.lead.due)


def _squeezed(bundles: Sequence[Bundle], later: Sequence[Claimed]) -> list[Bundle]:
    """Everything that the agenda shows as one push, the rest after it."""
    agenda = [notice for bundle in bundles if bundle.lead.kind in _IN_AGENDA for notice in _all(bundle)]
    agenda += [notice for notice in later if notice.kind in _IN_AGENDA and notice.step not in EXEMPT]
    rest = [bundle for bundle in bundles if bundle.lead.kind not in _IN_AGENDA]
    return [_joined(agenda), *rest] if agenda else rest


def _joined(notices: Sequence[Claimed]) -> Bundle:
    """The one whose start comes first leads."""
    first, *others = sorted(notices, key=lambda notice: (notice.use_by is None, notice.use_by or notice.due))
    return Bundle(lead=first, joined=tuple(others))


def _all(bundle: Bundle) -> tuple[Claimed, ...]:
    return (bundle.lead, *bundle.joined)
