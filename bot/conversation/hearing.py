"""What free text means in a chat, the surest meaning first."""

from bot import words
from bot.conversation.actions import SAID, do, followed
from bot.conversation.register import SCENES
from bot.scene import Say, Turn
from bot.scenes import link, menu
from bot.words import Universal
from content.parts import Choice
from content.render import label
from core.languages import SOURCE
from scheduler.sending import forms

_UNIVERSAL = {
    Universal.STOP: "stop.stop",
    Universal.START: "stop.start",
    Universal.HELP: "help.info",
    Universal.REALLY: "really.ask",
    Universal.DANGER: "help.danger",
}

#: Menu words that may be typed by hand: the button and what it does.
_MENU = {
    "agenda": "agenda.open",
    "ask": "question.ask",
    "call": "call.ask",
    "workshops": "workshop.list",
    "money": "leefgeld.overview",
    "news": "updates.list",
    "language": "language.pick",
    "settings": "settings.open",
    "home": "menu.open",
    "help": "help.danger",
}


async def hear(turn: Turn, text: str) -> list[Say]:
    """Answer what was typed."""
    code = link.code_in(text, awaited=not turn.persons or turn.chat.scene == "link")
    if code is not None:
        return await do(turn, f"link.open:{code}")
    meaning = words.universal(text)
    if meaning is not None:
        return await do(turn, _UNIVERSAL[meaning])
    typed = _typed(turn, text.strip())
    if typed is not None:
        return await do(turn, typed)
    scene = SCENES.get(turn.chat.scene)
    named = words.nearest(text, _labels(turn)) if turn.persons and not turn.is_verbatim else None
    if named is not None:
        return await do(turn, named)
    if scene is not None and scene.hear is not None and (turn.persons or not turn.text_only):
        return await followed(turn, await scene.hear(turn, text))
    if words.perhaps_stop(text) and (turn.persons or turn.invited):
        return await do(turn, "stop.sure")
    return await _not_understood(turn)


def _typed(turn: Turn, text: str) -> str | None:
    """What a typed number means here: the last answers offered, else what every SMS may say."""
    if text in turn.chat.choices:
        return str(turn.chat.choices[text])
    if not turn.text_only:
        return None
    first = turn.address.last_inbound_at is None and turn.persons
    if text == "1" and (turn.invited or first):
        return "link.agree"
    known = turn.invited or turn.persons
    return "call.ask" if text == str(forms.CALL.digit) and known else None


def _labels(turn: Turn) -> dict[str, str]:
    """The menu's labels in the languages of this chat, and what they do."""
    found: dict[str, str] = {}
    for code in (SOURCE, *turn.languages):
        if turn.texts.has(code, "buttons"):
            found |= {label(turn.texts, code, Choice(button=name, action=to)): to for name, to in _MENU.items()}
    return found


async def _not_understood(turn: Turn) -> list[Say]:
    if turn.text_only and turn.chat.scene == SAID:
        return []
    says = [menu.unknown()] if turn.persons else await do(turn, "welcome.begin")
    if turn.text_only:
        turn.stay(SAID)
    return says
