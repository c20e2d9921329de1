"""A rolmodel writes news in her own language, with one thumb; it stops anywhere without loss."""

from datetime import date, timedelta

from bot import words
from bot.scene import Say, Scene, Turn, button, part
from bot.scenes import menu, review, textqueue, work
from content import updates
from content.approvals import Refused, other_speakers
from content.audience import SMALLEST_SHOWN, audience_count
from content.parts import Part
from content.updates import News
from core.ids import from_short
from core.languages import LANGUAGES, SOURCE
from core.tables.people import Account
from scheduler import volunteer

_SUNDAY = 6


async def _write(turn: Turn, argument: str) -> list[Say]:
    account = review.rolmodel(turn)
    if account is None:
        return [menu.gone(turn)]
    language = _language(turn, account)
    turn.stay("rolmodel", step="write", language=language, began=volunteer.begun(turn.now))
    return [Say(parts=(part("rolmodel", "write", language=LANGUAGES[language].own_name),), fresh=True)]


def _language(turn: Turn, account: Account) -> str:
    """The one she speaks that stands first in her own list."""
    spoken = [code for code in turn.languages if code in account.languages] or account.languages
    return next((code for code in spoken if code != SOURCE), SOURCE)


async def _hear(turn: Turn, text: str) -> list[Say]:
    state = turn.state
    if review.rolmodel(turn) is None or state.get("step") not in ("write", "dutch"):
        if words.perhaps_stop(text):
            turn.then = "stop.sure"
            return []
        return [menu.unknown()]
    if len(text) > updates.LONGEST:
        return [Say(parts=(part("rolmodel", "too_long"),))]
    if state["step"] == "dutch":
        return await _asked_until(turn, dutch=text)
    turn.stay("rolmodel", **{**state, "step": "dutch", "body": text})
    if state["language"] == SOURCE:
        return await _asked_until(turn)
    return [Say(parts=(part("rolmodel", "dutch"),), choices=(button("skip", "rolmodel.skip"),))]


async def _skip(turn: Turn, argument: str) -> list[Say]:
    return await _asked_until(turn) if "body" in turn.state else [menu.gone(turn)]


async def _asked_until(turn: Turn, **dutch: str) -> list[Say]:
    turn.stay("rolmodel", **{**turn.state, "step": "until", **dutch})
    below = (
        button("today", "rolmodel.today"),
        button("this_week", "rolmodel.week"),
        button("two_weeks", "rolmodel.two_weeks"),
    )
    return [Say(parts=(part("rolmodel", "until"),), choices=below)]


async def _today(turn: Turn, argument: str) -> list[Say]:
    return await _preview(turn, turn.today)


async def _week(turn: Turn, argument: str) -> list[Say]:
    return await _preview(turn, turn.today + timedelta(days=_SUNDAY - turn.today.weekday()))


async def _two_weeks(turn: Turn, argument: str) -> list[Say]:
    return await _preview(turn, turn.today + timedelta(days=14))


async def _preview(turn: Turn, ends_on: date) -> list[Say]:
    """The draft is written here: from now on it has an id, and survives anything."""
    account, state = review.rolmodel(turn), turn.state
    if account is None or "body" not in state:
        return [menu.gone(turn)]
    news = await updates.write(
        turn.session,
        turn.now,
        turn.settings,
        author=account,
        language=state["language"],
        body=state["body"],
        dutch=state.get("dutch"),
        ends_on=ends_on,
    )
    await volunteer.finished(turn.session, turn.now, account, "write", state.get("began"))
    turn.leave()
    return [
        Say(
            parts=(part("rolmodel", "preview"), *review.texts(news), await _audience(turn, news)),
            choices=(
                button("send_on", "rolmodel.send", news.text.id, digit=1),
                button("improve", "rolmodel.write"),
                button("throw_away", "rolmodel.throw_away", news.text.id, digit=2),
            ),
            echo=False,
        )
    ]


async def _audience(turn: Turn, news: News) -> Part:
    """How many will hear it; a small number could tell who."""
    language = LANGUAGES[news.text.language].own_name
    count = (await audience_count(turn.session, news.text.language)).listeners
    if count < SMALLEST_SHOWN:
        return part("rolmodel", "audience_few", language=language)
    return part("rolmodel", "audience", language=language, count=count)


async def _send(turn: Turn, argument: str) -> list[Say]:
    account, row_id = review.rolmodel(turn), from_short(argument)
    if account is None or row_id is None:
        return [menu.gone(turn)]
    try:
        news = await updates.submit(turn.session, row_id, account)
    except Refused:
        return [menu.gone(turn)]
    others = await other_speakers(turn.session, news.text.language, account)
    await review.ask(turn, news, others)
    return [Say(parts=(part("rolmodel", "submitted" if others else "alone"),), choices=(menu.HOME,))]


async def _throw_away(turn: Turn, argument: str) -> list[Say]:
    account, row_id = review.rolmodel(turn), from_short(argument)
    if account is None or row_id is None:
        return [menu.gone(turn)]
    try:
        await updates.withdraw(turn.session, row_id, account)
    except Refused:
        return [menu.gone(turn)]
    return [Say(parts=(part("rolmodel", "thrown_away"),), choices=(menu.HOME,))]


_ACTIONS = {
    "write": _write,
    "skip": _skip,
    "today": _today,
    "week": _week,
    "two_weeks": _two_weeks,
    "send": _send,
    "throw_away": _throw_away,
    **review.ACTIONS,
    "not_this_week": textqueue.week_off,
    **work.ACTIONS,
}

SCENE = Scene(name="rolmodel", actions=_ACTIONS, hear=_hear, personal=frozenset(_ACTIONS))
