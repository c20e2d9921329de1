"""A rolmodel looks at another's news: good, back with a reason, or later; what she approves is what is sent."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from bot.scene import Say, Turn, button, part
from bot.scenes import menu
from content import recordings, textqueue, updates
from content.approvals import OwnText, Refused
from content.parts import Choice, Part
from content.updates import News, Outcome
from core.ids import from_short, short
from core.languages import LANGUAGES
from core.tables.people import Account
from scheduler import broadcasts, notices, reviewing, volunteer
from scheduler.notices import Plan

_KIND, _SOURCE = "work", "news_text"

_REASONS = ("wrong_word", "too_difficult", "not_polite", "something_missing")


def rolmodel(turn: Turn) -> Account | None:
    """The account behind this phone that may write and judge."""
    return next((account for account in turn.accounts if account.role == "rolmodel"), None)


def texts(news: News) -> list[Part]:
    """What was written, in both languages, and until when it holds."""
    dutch = [part("rolmodel", "dutch_text", text=news.dutch.body)] if news.dutch else []
    return [
        part("rolmodel", "own_text", text=news.text.body),
        *dutch,
        part("updates", "until", day=news.update.ends_on),
    ]


async def ask(turn: Turn, news: News, others: Sequence[Account]) -> None:
    """Tell the other speakers, at a good hour, that a text waits."""
    plans = [
        await _plan(turn, news, account, await volunteer.hour(turn.session, account, turn.now, turn.settings.timezone))
        for account in others
        if account.person_id
    ]
    if plans:
        await notices.plan(turn.session, turn.now, plans)


async def _plan(turn: Turn, news: News, account: Account, due: datetime) -> Plan:
    assert account.person_id is not None
    found = await reviewing.load(turn.session, turn.now, turn.settings, turn.texts.source, account)
    count = max(1, found.count)
    return Plan(
        person_id=account.person_id,
        kind=_KIND,
        step="",
        source_kind=_SOURCE,
        source_id=news.text.id,
        due=due,
        values={"count": count, "minutes": textqueue.minutes(count)},
    )


async def _begin(turn: Turn, argument: str) -> list[Say]:
    account = rolmodel(turn)
    if account is None:
        return [menu.gone(turn)]
    waiting = await _waiting(turn, account)
    if not waiting and await recordings.to_check(turn.session, turn.texts, account):
        turn.then = "recording.check"
        return []
    if not waiting:
        turn.then = "review.begin"  # no news: the texts
        return []
    later = turn.state.get("later", [])
    ordered = sorted(waiting, key=lambda news: short(news.text.id) in later)
    return [_shown(turn, ordered[0], len(waiting))]


async def _waiting(turn: Turn, account: Account) -> list[News]:
    """What this account can judge and somebody could still hear: news ends by itself, also unread."""
    return [news for news in await updates.waiting(turn.session, account) if not _over(turn, news)]


def _over(turn: Turn, news: News) -> bool:
    return news.update.ends_on < turn.today


def _shown(turn: Turn, news: News, count: int) -> Say:
    """One text with its Dutch; the chat remembers exactly what was seen."""
    text_id = news.text.id
    seen = {"text": short(text_id), "seen": news.seen, "began": volunteer.begun(turn.now)}
    turn.stay("rolmodel", **{**turn.state, "step": "review", **seen})
    queue = part("rolmodel", "place_in_queue", number=1, count=count, language=LANGUAGES[news.text.language].own_name)
    return Say(
        parts=(queue, *texts(news), part("rolmodel", "check")),
        choices=(
            button("good", "rolmodel.good", text_id, digit=1),
            button("send_back", "rolmodel.back", text_id, digit=2),
            button("wait_a_while", "rolmodel.later", text_id),
        ),
        echo=False,
    )


def _judging(
    then: Callable[[Turn, Account, News, str], Awaitable[list[Say]]],
) -> Callable[[Turn, str], Awaitable[list[Say]]]:
    """An action on the text that this chat showed last; on any other, the text is shown again."""

    async def act(turn: Turn, argument: str) -> list[Say]:
        account, text_id, state = rolmodel(turn), from_short(argument), turn.state
        if account is None or text_id is None:
            return [menu.gone(turn)]
        if state.get("text") != argument:
            return await _begin(turn, "")
        try:
            news = await updates.read(turn.session, text_id)
            if _over(turn, news):
                return await _begin(turn, "")
            return await then(turn, account, news, str(state["seen"]))
        except OwnText:
            return [Say(parts=(part("rolmodel", "own"),), choices=_next())]
        except Refused:
            return [Say(parts=(part("rolmodel", "not_yours"),), choices=_next())]

    return act


def _next() -> tuple[Choice, ...]:
    return button("next", "rolmodel.begin"), menu.HOME


async def _good(turn: Turn, account: Account, news: News, seen: str) -> list[Say]:
    outcome = await broadcasts.approve(turn.session, turn.now, turn.settings, news, account, seen=seen)
    await reviewing.judged(turn.session, turn.now, turn.settings, turn.texts.source, news.text)
    await _count(turn, account)
    if outcome is Outcome.SECOND:
        return [Say(parts=(part("rolmodel", "staff_too"),), choices=_next())]
    below = (button("undo", "rolmodel.undo", news.text.id), *_next())
    return [Say(parts=(part("rolmodel", "approved"),), choices=below)]


async def _back(turn: Turn, account: Account, news: News, seen: str) -> list[Say]:
    below = tuple(button(reason, f"rolmodel.{reason}", news.text.id) for reason in _REASONS)
    return [Say(parts=(part("rolmodel", "reason"),), choices=below)]


def _because(reason: str) -> Callable[[Turn, Account, News, str], Awaitable[list[Say]]]:
    async def returned(turn: Turn, account: Account, news: News, seen: str) -> list[Say]:
        await broadcasts.give_back(turn.session, turn.now, news.text.id, account, reason, seen=seen)
        await reviewing.judged(turn.session, turn.now, turn.settings, turn.texts.source, news.text)
        await _count(turn, account)
        return [Say(parts=(part("rolmodel", "returned"),), choices=_next())]

    return returned


async def _count(turn: Turn, account: Account) -> None:
    """What the chat showed is judged: the time since then is work, once."""
    await volunteer.finished(turn.session, turn.now, account, "review", turn.state.get("began"))
    turn.stay("rolmodel", **{name: value for name, value in turn.state.items() if name != "began"})


async def _later(turn: Turn, account: Account, news: News, seen: str) -> list[Say]:
    put_off = [*turn.state.get("later", []), short(news.text.id)]
    turn.stay("rolmodel", later=put_off)
    return [Say(parts=(part("rolmodel", "later"),), choices=_next())]


async def _undo(turn: Turn, argument: str) -> list[Say]:
    account, text_id = rolmodel(turn), from_short(argument)
    if account is None or text_id is None:
        return [menu.gone(turn)]
    try:
        stopped = await broadcasts.undo(turn.session, text_id, account)
    except Refused:
        return [menu.gone(turn)]
    return [Say(parts=(part("rolmodel", "undone" if stopped else "undo_late"),), choices=_next())]


async def _tonight(turn: Turn, argument: str) -> list[Say]:
    """Asked again at 20:00, today or the next day that is not free."""
    account, source = rolmodel(turn), turn.texts.source
    if account is None or not await reviewing.tonight(turn.session, turn.now, turn.settings, source, account):
        return [Say(parts=(part("rolmodel", "nothing"),), choices=(menu.HOME,))]
    return [Say(parts=(part("rolmodel", "tonight"),))]


ACTIONS = {
    "begin": _begin,
    "tonight": _tonight,
    "good": _judging(_good),
    "back": _judging(_back),
    "later": _judging(_later),
    "undo": _undo,
    **{reason: _judging(_because(reason)) for reason in _REASONS},
}
