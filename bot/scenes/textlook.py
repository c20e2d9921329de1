"""One text in one chat: how it is laid out, its checklist, and what became of it since it was shown.

The chat remembers which version was seen on top of which Dutch. Whatever became another meanwhile is shown again.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bot.scene import Answer, Say, Turn, button, part
from bot.scenes import menu
from content.approvals import Refused, same_person
from content.catalogue import Body, body_of
from content.parts import Choice, Part, Quoted
from content.review import points, textqueue, unclear
from content.review.points import Point
from content.review.textqueue import Line
from content.review.titles import title
from core.ids import from_short, short
from core.languages import LANGUAGES, SOURCE
from core.permissions import may
from core.tables.people import Account
from core.tables.texts import Text
from scheduler.volunteers import reviewing, volunteer

NAME = "review"

_BOXES = {False: "☐", True: "☑"}


@dataclass(frozen=True, kw_only=True)
class Look:
    """One text in one chat, among what waits."""

    turn: Turn
    account: Account
    row: Text
    waiting: Sequence[Text]  #: this one among them
    answered: int | None = None  #: people who judged a text in force that isn't understood; None: it waits for a yes

    @property
    def dutch(self) -> Body:
        """Today's Dutch of the unit."""
        return self.turn.texts.source.bodies[SOURCE][self.row.unit]

    @property
    def lines(self) -> list[Line]:
        """Its sentences beside their Dutch."""
        return textqueue.lines(self.dutch, self.row.language, body_of(self.row.body))

    @property
    def points(self) -> tuple[Point, ...]:
        """Its checklist."""
        return points.of(self.dutch)

    @property
    def is_checked(self) -> bool:
        """Whether every point is ticked."""
        return set(self.turn.state["ticked"]).issuperset(self.points)

    @property
    def seen(self) -> str:
        """The version, and the Dutch that stands beside it."""
        return textqueue.seen(self.turn.texts.source, self.row)

    @property
    def left(self) -> int:
        """How many wait when this one is done."""
        return len(self.waiting) - 1

    def remember(self, **values: Any) -> None:
        """Keep these values beside what the chat remembers of the text."""
        self.turn.stay(NAME, **{**self.turn.state, **values})

    def go(self, label: str, verb: str, more: str = "", **values: Any) -> Choice:
        """A button that does something with this text."""
        return Choice(button=label, action=f"{NAME}.{verb}:{short(self.row.id)}{more}", values=values)


Act = Callable[[Look, str], Awaitable[list[Say]]]


def judge(turn: Turn) -> Account | None:
    """The account behind this phone that may judge texts."""
    return next((account for account in turn.accounts if may(account, "text.approve")), None)


def kept(turn: Turn) -> dict[str, Any]:
    """What outlives one text: how many were judged, and what was put off."""
    state = turn.state if turn.chat.scene == NAME else {}
    return {"done": state.get("done", 0), "later": state.get("later", [])}


async def begin(turn: Turn, argument: str) -> list[Say]:
    """The text that waits first; what was put off comes last."""
    account = judge(turn)
    if account is None:
        return [menu.gone(turn)]
    later = [row_id for one in kept(turn)["later"] if (row_id := from_short(one))]
    looks = await _waiting(turn, account)
    if not looks:
        return [_nothing(turn)]
    rows = textqueue.put_off(list(looks), later)
    return [first(looks[rows[0]])]


async def _waiting(turn: Turn, account: Account) -> dict[Text, Look]:
    """What waits for her yes, and then what people don't understand."""
    judged = await textqueue.waiting(turn.session, turn.texts.source, account)
    poor = await unclear.waiting(turn.session, turn.texts.source, account)
    answered = {one.row: one.answered for one in poor}
    rows = [*judged, *answered]
    return {row: Look(turn=turn, account=account, row=row, waiting=rows, answered=answered.get(row)) for row in rows}


def _nothing(turn: Turn) -> Say:
    did = kept(turn)["done"]
    turn.leave()
    return Say(parts=(part("review", "done") if did else part("rolmodel", "nothing"),), choices=(menu.HOME,))


def first(look: Look, *, fresh: bool = False) -> Say:
    """A text from its first page, with nothing ticked."""
    began = volunteer.begun(look.turn.now)
    look.turn.stay(NAME, **kept(look.turn), text=short(look.row.id), seen=look.seen, page=0, ticked=[], began=began)
    return page(look, fresh=fresh)


def page(look: Look, *, fresh: bool = False, again: bool = False) -> Say:
    """One page of a text; below the last one stands the checklist. `again`: its lines stand in the chat already."""
    pages = textqueue.pages(look.lines)
    at = min(look.turn.state["page"], len(pages) - 1)
    said = [_place(look), *(one for line in ([] if again else pages[at]) for one in beside(line.dutch, line.own))]
    if at + 1 < len(pages):
        below = (look.go("onward", "onward"), look.go("wait_a_while", "later"), stop_here())
        return Say(parts=tuple(said), choices=below, echo=False, fresh=fresh)
    asks, choices = _asked(look)
    return Say(parts=(*said, asks), choices=choices, echo=False, fresh=fresh)


def _asked(look: Look) -> tuple[Part, tuple[Choice, ...]]:
    """Is it the same? Or, of a text that isn't understood: can it be said better?

    There nobody's answer shows: only how many judged, and on which side of the line they are together.
    """
    if look.answered is None:
        return part("review", "check"), _checklist(look)
    below = (look.go("improve", "change"), look.go("wait_a_while", "later"), stop_here())
    return part("review", "unclear", number=look.answered), below


def _place(look: Look) -> Part:
    done = kept(look.turn)["done"]
    return part(
        "review",
        "place",
        number=done + 1,
        count=done + len(look.waiting),
        language=LANGUAGES[look.row.language].own_name,
        what=title(look.row.unit),
    )


def beside(dutch: str, own: str) -> tuple[Part, Part]:
    """A sentence under its Dutch."""
    return part("review", "dutch", text=Quoted(text=dutch)), part("review", "own", text=Quoted(text=own))


def _checklist(look: Look) -> tuple[Choice, ...]:
    ticked = set(look.turn.state["ticked"])
    boxes = [look.go(f"point_{point}", point.value, box=_BOXES[point in ticked]) for point in look.points]
    good = [look.go("good", "good")] if look.is_checked else []
    rest = [look.go("improve", "change"), look.go("send_back", "back"), look.go("wait_a_while", "later")]
    return (*boxes, *good, *rest, stop_here())


def stop_here() -> Choice:
    """The button that ends it for now."""
    return button("stop_here", "review.stop")


def on_text(act: Act) -> Answer:
    """An action on the text that this chat showed last; on any other, what waits is shown."""

    async def acted(turn: Turn, argument: str) -> list[Say]:
        text, _, more = argument.partition("/")
        if judge(turn) is None or from_short(text) is None:
            return [menu.gone(turn)]
        if turn.chat.scene != NAME or turn.state.get("text") != text:
            return await begin(turn, "")
        return await on_shown(turn, lambda look: act(look, more))

    return acted


async def on_shown(turn: Turn, act: Callable[[Look], Awaitable[list[Say]]]) -> list[Say]:
    """Do something with the text that the chat shows, if it is still the one that was seen."""
    account, text_id = judge(turn), from_short(str(turn.state.get("text", "")))
    if account is None or text_id is None:
        return [menu.gone(turn)]
    look = await _found(turn, account, text_id)
    if look is None:
        return [await _no_longer(turn, account, text_id)]
    if look.seen != turn.state.get("seen"):
        return [first(look, fresh=True)]
    try:
        return await act(look)
    except Refused:
        return [await _no_longer(turn, account, text_id)]


async def _found(turn: Turn, account: Account, text_id: UUID) -> Look | None:
    """The text as it waits now, in a newer version perhaps; None where it waits no more."""
    seen = await turn.session.get(Text, text_id)
    looks = await _waiting(turn, account) if seen is not None else {}
    same = [row for row in looks if seen is not None and (row.unit, row.language) == (seen.unit, seen.language)]
    return looks[same[0]] if same else None


async def _no_longer(turn: Turn, account: Account, text_id: UUID) -> Say:
    """Somebody else was first, or it is her own."""
    row = await turn.session.get(Text, text_id)
    own = row is not None and await same_person(turn.session, row.author_id, account)
    turn.stay(NAME, **kept(turn))
    count = len(await _waiting(turn, account))
    said = part("rolmodel", "own") if own else part("rolmodel", "not_yours")
    return Say(parts=(said, left(count)), choices=onward(count))


async def judged(look: Look) -> None:
    """The one place where the work on a text ends: she said what she thinks of it, or wrote it anew."""
    turn, remembered, began = look.turn, kept(look.turn), look.turn.state.get("began")
    turn.stay(NAME, **{**remembered, "done": remembered["done"] + 1})
    await volunteer.finished(turn.session, turn.now, look.account, "review", began)
    await reviewing.judged(turn.session, turn.now, turn.settings, turn.texts.source, look.row)


def left(count: int) -> Part:
    """How much still waits."""
    return part("review", "left", count=count, minutes=textqueue.minutes(count)) if count else part("review", "done")


def onward(count: int) -> tuple[Choice, ...]:
    """What can be done after a text."""
    return (button("next", "review.begin"), stop_here()) if count else (menu.HOME,)


async def taken_back(turn: Turn, account: Account, text_id: UUID, undone: bool) -> Say:
    """The answer to an undo: in time, or too late, and then how the text stands; one in force can be sent back."""
    remembered, row = kept(turn), await turn.session.get(Text, text_id)
    turn.stay(NAME, **{**remembered, "done": max(0, remembered["done"] - undone)})
    onward = (button("next", "review.begin"), menu.HOME)
    if row is None or (undone and row.state != "approved"):
        return Say(parts=(part("review", "undone"),), choices=onward)
    if row.state != "approved":
        return Say(parts=(part("review", "returned" if row.state == "returned" else "changed"),), choices=onward)
    own = await same_person(turn.session, row.author_id, account)
    back = () if own else (button("send_back", "review.stop_text", text_id),)
    return Say(parts=(part("review", "undo_late"),), choices=(*back, *onward))
