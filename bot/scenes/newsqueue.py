"""A rolmodel looks at another's news: good, back with a reason, or later; what she approves is what is sent."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from bot.scene import Answer, Say, Turn, button, part
from bot.scenes import menu, roles
from bot.scenes import updates as reading
from content import updates
from content.approvals import OwnText, Refused
from content.parts import Choice, Part
from content.review import textqueue
from content.updates import News, Outcome
from content.voice import recordings
from core.ids import from_short, short
from core.languages import LANGUAGES
from core.tables.people import Account
from scheduler.news import asking, broadcasts
from scheduler.queue import mailing
from scheduler.volunteers import reviewing, volunteer

#: The step in which a text is shown.
STEP = "review"


def texts(news: News) -> list[Part]:
    """What was written, in both languages, and until when it holds."""
    dutch = [part("rolmodel", "dutch_text", text=news.dutch.body)] if news.dutch else []
    return [
        part("rolmodel", "own_text", text=news.text.body),
        *dutch,
        *reading.facts(news),
    ]


async def ask(turn: Turn, news: News, others: Sequence[Account]) -> None:
    """Tell the other speakers, at a good hour, that a text waits."""
    await asking.ask(turn.session, turn.now, turn.settings, turn.texts.source, news, others)


async def begin(turn: Turn, argument: str) -> list[Say]:
    """What waits first: news of others, and where there is none what else waits."""
    account = roles.rolmodel(turn)
    if account is None:
        return [menu.gone(turn)]
    waiting = await _waiting(turn, account)
    if not waiting:
        turn.then = await _else(turn, account)
        return []
    later = turn.state.get("later", [])
    ordered = sorted(waiting, key=lambda news: short(news.text.id) in later)
    return [_shown(turn, ordered[0], len(waiting))]


async def _else(turn: Turn, account: Account) -> str:
    """What waits where no news of others does: a voice to hear, what came back to her, or the texts."""
    if await recordings.to_check(turn.session, turn.texts, account):
        return "recording.check"
    own = await updates.unfinished(turn.session, account)
    if own is not None and own.text.state == "returned" and not _over(turn, own):
        return "rolmodel.write"
    if await recordings.refused(turn.session, turn.texts, account):
        return "recording.record"
    if await textqueue.waiting(turn.session, turn.texts.source, account):
        return "review.begin"
    return "rolmodel.unclear"


async def _waiting(turn: Turn, account: Account) -> list[News]:
    """What this account can judge and somebody could still hear: news ends by itself, also unread."""
    return await asking.waiting(turn.session, turn.now, turn.settings, account)


def _over(turn: Turn, news: News) -> bool:
    return news.update.ends_on < turn.today


def _shown(turn: Turn, news: News, count: int) -> Say:
    """One text with its Dutch; the chat remembers exactly what was seen."""
    text_id = news.text.id
    seen = {"text": short(text_id), "seen": news.seen, "began": volunteer.begun(turn.now)}
    turn.stay("rolmodel", **{**turn.state, "step": STEP, **seen})
    queue = part("rolmodel", "place_in_queue", number=1, count=count, language=LANGUAGES[news.text.language].own_name)
    return Say(
        parts=(queue, *texts(news), *_warnings(news), part("rolmodel", "check")),
        choices=(
            button("good", "rolmodel.good", text_id, digit=1),
            button("send_back", "rolmodel.back", text_id, digit=2),
            button("wait_a_while", "rolmodel.later", text_id),
        ),
        echo=False,
        voice=news.text.voice_id,
        picture=news.update.picture_id,
    )


def _warnings(news: News) -> list[Part]:
    """What an eye passes over: letters that deceive, and what leads elsewhere."""
    strange = [part("rolmodel", "strange")] if updates.deceives(news) else []
    return strange + ([part("rolmodel", "reaches")] if updates.leads(news) else [])


#: Something done with a text that was seen, by who may judge it.
Act = Callable[[Turn, Account, News, str], Awaitable[list[Say]]]


def judging(then: Act) -> Answer:
    """An action on the text that this chat showed last; on any other, the text is shown again."""

    async def act(turn: Turn, argument: str) -> list[Say]:
        account, text_id, state = roles.rolmodel(turn), from_short(argument), turn.state
        if account is None or text_id is None:
            return [menu.gone(turn)]
        if state.get("text") != argument:
            return await begin(turn, "")
        try:
            news = await updates.read(turn.session, text_id)
            if _over(turn, news):
                return await begin(turn, "")
            return await then(turn, account, news, str(state["seen"]))
        except OwnText:
            return [Say(parts=(part("rolmodel", "own"),), choices=onward())]
        except Refused:
            return [Say(parts=(part("rolmodel", "not_yours"),), choices=onward())]

    return act


def onward() -> tuple[Choice, ...]:
    """What can be done after a text."""
    return button("next", "rolmodel.begin"), menu.HOME


async def _good(turn: Turn, account: Account, news: News, seen: str) -> list[Say]:
    outcome = await broadcasts.approve(turn.session, turn.now, turn.settings, news, account, seen=seen)
    await reviewing.judged(turn.session, turn.now, turn.settings, turn.texts.source, news.text)
    await counted(turn, account)
    if outcome is Outcome.SECOND:
        below = (*onward(), call_regisseur(mailing.SOURCE_KIND, news.text.id))
        return [Say(parts=(part("rolmodel", "staff_too"),), choices=below)]
    below = (button("undo", "rolmodel.undo", news.text.id), *onward())
    return [Say(parts=(part("rolmodel", "approved"),), choices=below)]


async def counted(turn: Turn, account: Account) -> None:
    """What the chat showed is judged: the time since then is work, once."""
    await volunteer.finished(turn.session, turn.now, account, "review", turn.state.get("began"))
    turn.stay("rolmodel", **{name: value for name, value in turn.state.items() if name != "began"})


async def _later(turn: Turn, account: Account, news: News, seen: str) -> list[Say]:
    put_off = [*turn.state.get("later", []), short(news.text.id)]
    turn.stay("rolmodel", later=put_off)
    return [Say(parts=(part("rolmodel", "later"),), choices=onward())]


async def _undo(turn: Turn, argument: str) -> list[Say]:
    account, text_id = roles.rolmodel(turn), from_short(argument)
    if account is None or text_id is None:
        return [menu.gone(turn)]
    try:
        stopped = await broadcasts.undo(turn.session, text_id, account)
    except Refused:
        return [menu.gone(turn)]
    if stopped:
        return [Say(parts=(part("rolmodel", "undone"),), choices=onward())]
    return [
        Say(parts=(part("rolmodel", "undo_late"),), choices=(call_regisseur(mailing.SOURCE_KIND, text_id), *onward()))
    ]


def call_regisseur(source_kind: str, source_id: UUID) -> Choice:
    """What is out, or can't wait, is for staff: they call back."""
    return button("call_regisseur", f"call.ask:{source_kind}/{short(source_id)}")


async def _tonight(turn: Turn, argument: str) -> list[Say]:
    """Asked again at 20:00, today or the next day that is not free."""
    account, source = roles.rolmodel(turn), turn.texts.source
    if account is None or not await reviewing.tonight(turn.session, turn.now, turn.settings, source, account):
        return [Say(parts=(part("rolmodel", "nothing"),), choices=(menu.HOME,))]
    return [Say(parts=(part("rolmodel", "tonight"),), choices=(button("begin", "rolmodel.begin"), menu.HOME))]


ACTIONS = {
    "begin": begin,
    "tonight": _tonight,
    "good": judging(_good),
    "later": judging(_later),
    "undo": _undo,
}
