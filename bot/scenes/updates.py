"""News of rolmodellen: one piece after a push, or what holds today from the menu."""

from sqlalchemy import exists, select

from bot.scene import Say, Scene, Turn, button, call_me, part
from bot.scenes import menu, understanding
from content import updates
from content.approvals import NotFound
from content.parts import Part
from content.understanding import of_news
from content.updates import News, Story, news
from core.ids import from_short
from core.languages import SOURCE
from core.tables.notices import Notice
from scheduler.queue import mailing

#: Pieces that the menu shows, each in a bubble of its own.
_SHOWN = 3

_SMS = part("updates", "sms_talk")


async def _open(turn: Turn, argument: str) -> list[Say]:
    found = await _found(turn, argument)
    if found is None:
        return [menu.gone(turn)]
    if found.text.state == "recalled":
        return [_without("wrong")]
    if updates.over(found, turn.now, turn.settings):
        return [_without("over")]
    opened = said(found, corrected=found.corrects and await _was_told(turn, found))
    told = from_short(argument)
    assert told is not None
    return await understanding.asked_of_news(turn, opened, told, of_news(found.text))


async def _found(turn: Turn, argument: str) -> News | None:
    """The news behind a button, if it is in one of this person's languages; of a recalled one, what is right."""
    row_id = from_short(argument)
    if row_id is None or turn.person is None:
        return None
    try:
        await news.hold(turn.session, row_id)
        story = await updates.whole(turn.session, row_id)
        found = story.by_id(row_id)
    except NotFound:
        return None
    if found.text.language not in (*turn.person.languages, SOURCE):
        return None
    return _right_one(story, found)


def _right_one(story: Story, found: News) -> News:
    if found.text.state != "recalled":
        return found
    right = (row for row in story.newest if row.language == found.text.language and row.state == "sent")
    return next((story.of(row) for row in right), found)


async def _was_told(turn: Turn, found: News) -> bool:
    """Whether this stands in for something that this person got."""
    assert turn.person is not None
    told = exists().where(
        Notice.source_id == found.text.id, Notice.person_id == turn.person.id, Notice.step == mailing.CHANGED
    )
    return bool(await turn.session.scalar(select(told)))


async def _list(turn: Turn, argument: str) -> list[Say]:
    assert turn.person is not None
    found = (await updates.on_show(turn.session, turn.now, turn.settings, turn.person))[:_SHOWN]
    for one in found:
        await news.hold(turn.session, one.text.id)
    still = [one for one in found if await _stands(turn, one)]
    if not still:
        return [_without("none")]
    return [said(one) for one in still]


async def _stands(turn: Turn, found: News) -> bool:
    """Whether it wasn't recalled while we looked."""
    await turn.session.refresh(found.text, ["state"])
    return found.text.state == "sent"


def _without(name: str) -> Say:
    return Say(parts=(part("updates", name),), choices=(menu.HOME,), sms=_SMS, sms_choices=(call_me(),))


def said(found: News, *, corrected: bool = False) -> Say:
    """The news as it was approved, with its picture and voice; its own Dutch is the echo below it."""
    dutch = found.dutch
    return Say(
        parts=_told(found, found.text.body, corrected=corrected),
        dutch=() if dutch is None else _told(found, dutch.body, corrected=corrected),
        choices=(button("ask", "question.ask"), menu.HOME),
        sms=_SMS,
        sms_choices=(call_me(),),
        echo=dutch is not None,
        says=found.mark,
        voice=found.text.voice_id,
        picture=found.update.picture_id,
    )


def _told(found: News, body: str, *, corrected: bool) -> tuple[Part, ...]:
    return part("updates", "corrected" if corrected else "news"), part("updates", "text", text=body), *facts(found)


def facts(found: News) -> list[Part]:
    """The day and the place it is about, and until when it holds."""
    update = found.update
    lines = []
    if update.day is not None:
        lines.append(part("facts", "day", day=update.day))
    if update.place:
        lines.append(part("facts", "place", place=update.place))
    return [*lines, part("updates", "until", day=update.ends_on)]


SCENE = Scene(name="updates", actions={"open": _open, "list": _list}, personal=frozenset({"open", "list"}))
