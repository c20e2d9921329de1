"""A rolmodel ends her news: a photo or her voice with it, how it looks, and on to another who looks at it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from bot.scene import Answer, Say, Turn, button, part
from bot.scenes import draft, menu, newsqueue, returning, roles
from content import updates
from content.approvals import SPOKEN, Refused
from content.parts import Part, Word
from content.review import spoken
from content.updates import News
from content.updates.audience import SMALLEST_SHOWN, audience_count
from content.voice import media
from core.ids import from_short, short
from core.languages import LANGUAGES
from core.tables.people import Account
from scheduler.news import broadcasts
from scheduler.queue import notices
from scheduler.volunteers import reviewing, volunteer


def asked_extra(turn: Turn, news: News, *before: Part) -> Say:
    """A photo or a voice with it? `before`: what is said above the question."""
    draft.stay(turn, "extra", news)
    names = (("photo", "photo"), ("voice", "voice"), ("ready", "ready"))
    below = tuple(button(label, f"rolmodel.{verb}", news.text.id) for label, verb in names)
    return Say(parts=(*before, part("rolmodel", "extra")), choices=below)


def asked_again(turn: Turn, news: News) -> list[Say]:
    """The question at which the chat stands, of those that are answered by a tap or a file."""
    match step := turn.state.get("step"):
        case "until":
            return draft.asked_until(turn, news)
        case "photo" | "voice":
            return [_asked_to_send(turn, news, step, part("rolmodel", f"send_{step}"))]
        case _:
            return [asked_extra(turn, news)]


async def _photo(turn: Turn, account: Account, news: News) -> list[Say]:
    return [_asked_to_send(turn, news, "photo", part("rolmodel", "send_photo"))]


async def _voice(turn: Turn, account: Account, news: News) -> list[Say]:
    return [_asked_to_send(turn, news, "voice", part("rolmodel", "send_voice"))]


def _asked_to_send(turn: Turn, news: News, step: str, said: Part) -> Say:
    draft.stay(turn, step, news)
    return Say(parts=(said,), choices=(button("skip", "rolmodel.extra", news.text.id),))


async def take(turn: Turn, kind: str) -> list[Say]:
    """The picture or the voice that was asked for, or why it can't be used: then another may be sent."""

    async def then(turn: Turn, account: Account, news: News) -> list[Say]:
        came = turn.picture() if turn.state.get("step") == "photo" else turn.voice()
        if came is None:
            refused = part("rolmodel", "photo_refused") if kind == "photo" else turn.unheard()
            return [_asked_to_send(turn, news, turn.state["step"], refused)]
        before = news.update.picture_id if kind == "photo" else news.text.voice_id
        kept: dict[str, UUID] = {f"{came.kind}_id": await media.keep(turn.session, turn.now, came)}
        await updates.enclose(turn.session, news.text.id, account, **kept)
        if before is not None:
            await media.wipe(turn.session, [before])
        return [asked_extra(turn, news, part("rolmodel", f"{kind}_kept"))]

    return await draft.on_draft(turn, turn.state.get("text", ""), then)


def hears_voice(state: Mapping[str, Any]) -> bool:
    """Whether a voice is wanted now."""
    return state.get("step") == "voice"


def takes_picture(state: Mapping[str, Any]) -> bool:
    """Whether a picture is wanted now."""
    return state.get("step") == "photo"


async def preview(turn: Turn, account: Account, news: News) -> list[Say]:
    """How it looks, to how many it goes, and why it came back where it did."""
    await volunteer.finished(turn.session, turn.now, account, "write", turn.state.get("began"))
    turn.leave()
    why = await updates.last_reason(turn.session, news.text.id) if news.text.state == "returned" else None
    said = await spoken.of(turn.session, news.text) if why == SPOKEN else None
    aloud = [] if said is None else [Say(parts=(part("rolmodel", "reason"),), voice=said.id)]
    written = [part("rolmodel", "own_text", text=_reason(why))] if why and why != SPOKEN else []
    back = [part("rolmodel", "reason"), *written] if written else []
    return [
        *aloud,
        Say(
            parts=(*back, part("rolmodel", "preview"), *newsqueue.texts(news), await _audience(turn, news)),
            choices=(
                button("send_on", "rolmodel.send", news.text.id, digit=1),
                button("improve", "rolmodel.improve", news.text.id),
                button("throw_away", "rolmodel.throw_away", news.text.id, digit=2),
            ),
            echo=False,
            voice=news.text.voice_id,
            picture=news.update.picture_id,
        ),
    ]


def _reason(why: str) -> str | Word:
    """Why it came back: a button of the chat, or what staff wrote."""
    return Word(unit="buttons", name=why) if why in returning.REASONS else why


async def _audience(turn: Turn, news: News) -> Part:
    """How many will hear it; a small number could tell who."""
    language = LANGUAGES[news.text.language].own_name
    count = (await audience_count(turn.session, turn.now, news.wanted_circle)).listeners
    if count < SMALLEST_SHOWN:
        return part("rolmodel", "audience_few", language=language)
    return part("rolmodel", "audience", language=language, count=count)


async def _improve(turn: Turn, account: Account, news: News) -> list[Say]:
    return [draft.asked_for_words(turn, news.text.language, text=short(news.text.id))]


async def _send(turn: Turn, account: Account, news: News) -> list[Say]:
    if news.update.ends_on < turn.today:
        return draft.asked_until(turn, news)
    submitted = await updates.submit(turn.session, news.text.id, account)
    await notices.withdraw(turn.session, news.text.id, broadcasts.JUDGED)  # that it came back: she knows
    others = await updates.others_who_speak(turn.session, submitted)
    await newsqueue.ask(turn, submitted, others)
    turn.leave()
    said = [part("rolmodel", "submitted" if others else "alone")]
    if others and await updates.second_needed(turn.session, turn.now, turn.settings, submitted):
        said.append(part("rolmodel", "staff_too"))
    below = (button("undo", "rolmodel.unsend", news.text.id), menu.HOME)
    return [Say(parts=tuple(said), choices=below)]


async def _unsend(turn: Turn, argument: str) -> list[Say]:
    """Sent on by mistake, and nobody judged it yet: it is her draft again, and nobody is asked for it any more."""
    account, text_id = roles.rolmodel(turn), from_short(argument)
    if account is None or text_id is None:
        return [menu.gone(turn)]
    try:
        if not await broadcasts.take_back(turn.session, text_id, account):
            return [menu.gone(turn)]
        news = await updates.read(turn.session, text_id)
    except Refused:
        return [menu.gone(turn)]
    await reviewing.forget(turn.session, turn.now, text_id)
    return await preview(turn, account, news)


async def _throw_away(turn: Turn, account: Account, news: News) -> list[Say]:
    await updates.withdraw(turn.session, news.text.id, account)
    await notices.withdraw(turn.session, news.text.id, broadcasts.JUDGED)
    turn.leave()
    return [Say(parts=(part("rolmodel", "thrown_away"),), choices=(menu.HOME,))]


async def _extra(turn: Turn, account: Account, news: News) -> list[Say]:
    return [asked_extra(turn, news)]


ACTIONS: dict[str, Answer] = {
    "improve": draft.acting(_improve),
    "extra": draft.acting(_extra),
    "photo": draft.acting(_photo),
    "voice": draft.acting(_voice),
    "ready": draft.acting(preview),
    "send": draft.acting(_send),
    "throw_away": draft.acting(_throw_away),
    "unsend": _unsend,
}
