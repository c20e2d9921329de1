"""News of rolmodellen: one piece after a push, or what holds today from the menu."""

from bot.scene import Say, Scene, Turn, button, call_me, part
from bot.scenes import menu
from content import updates
from content.approvals import NotFound
from content.parts import Part
from content.updates import News
from core.ids import from_short

#: Pieces that the menu shows, each in a bubble of its own.
_SHOWN = 3

_SMS = part("updates", "sms_talk")


async def _open(turn: Turn, argument: str) -> list[Say]:
    news = await _news(turn, argument)
    if news is None:
        return [menu.gone(turn)]
    if updates.over(news, turn.now, turn.settings):
        return [Say(parts=(part("updates", "over"),), choices=(menu.HOME,), sms=_SMS, sms_choices=(call_me(),))]
    return [_said(turn, news)]


async def _news(turn: Turn, argument: str) -> News | None:
    """The update behind a button, if it is in one of this person's languages."""
    row_id = from_short(argument)
    if row_id is None or turn.person is None:
        return None
    try:
        news = await updates.read(turn.session, row_id)
    except NotFound:
        return None
    return news if news.text.language in turn.person.languages else None


async def _list(turn: Turn, argument: str) -> list[Say]:
    assert turn.person is not None
    found = await updates.on_show(turn.session, turn.now, turn.settings, turn.person.languages)
    if not found:
        return [Say(parts=(part("updates", "none"),), choices=(menu.HOME,), sms=_SMS, sms_choices=(call_me(),))]
    return [_said(turn, news) for news in found[:_SHOWN]]


def _said(turn: Turn, news: News) -> Say:
    """The news as it was approved; its Dutch stands below it for who wants the Dutch line."""
    parts = [part("updates", "news"), part("updates", "text", text=news.text.body)]
    if news.dutch is not None and turn.person is not None and turn.person.dutch_line:
        parts += [part("updates", "text", text=""), part("updates", "text", text=news.dutch.body)]
    return Say(
        parts=(*parts, *_facts(news)),
        choices=(button("ask", "question.ask"), menu.HOME),
        sms=_SMS,
        sms_choices=(call_me(),),
        echo=False,
    )


def _facts(news: News) -> list[Part]:
    update = news.update
    lines = []
    if update.day is not None:
        lines.append(part("facts", "day", day=update.day))
    if update.place:
        lines.append(part("facts", "place", place=update.place))
    return [*lines, part("updates", "until", day=update.ends_on)]


SCENE = Scene(name="updates", actions={"open": _open, "list": _list}, personal=frozenset({"open", "list"}))
