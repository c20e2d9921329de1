"""First contact: a language, what this is in three messages, and whether it may come to this phone.

What is chosen before we know who speaks waits in the chat's state: it is written down once two pictures
prove the person (scene `link`).
"""

from typing import Any

from bot import speech
from bot.scene import Say, Scene, Turn, button, part
from bot.scenes import language, menu, senses
from content.parts import Choice, Part
from core.languages import LANGUAGES, SOURCE

#: What [listen] may name.
_HEARD = frozenset({"what", "news"})

#: How a company is called whose servers hold the messages; a channel without one says nothing of it.
_APPS = {"telegram": "Telegram", "whatsapp": "WhatsApp"}


async def _begin(turn: Turn, argument: str) -> list[Say]:
    if turn.persons and "code" not in turn.state:
        turn.leave()
        return [menu.hello(turn)]
    turn.stay("link", **turn.state)
    return [_only_there(language.picker(turn, "welcome.set", more="welcome.more"))]


async def _more(turn: Turn, argument: str) -> list[Say]:
    return [_only_there(language.picker(turn, "welcome.set", back="welcome.begin"))]


def _only_there(say: Say) -> Say:
    """An unknown number that sends an SMS hears how to get a card."""
    return Say(
        parts=say.parts,
        choices=say.choices,
        columns=say.columns,
        sms=part("link", "sms_unknown"),
        sms_choices=(),
    )


async def _set(turn: Turn, argument: str) -> list[Say]:
    if argument not in turn.settings.languages or (turn.persons and "code" not in turn.state):
        return [menu.gone(turn)]
    turn.chat.language = argument
    if "code" in turn.state:
        return [hello(turn)]
    below = [part("welcome", "dutch_below")] if argument != SOURCE else []
    return [
        Say(
            parts=(
                part("welcome", "chosen", language=LANGUAGES[argument].own_name),
                *below,
                part("welcome", "sense"),
            ),
            choices=senses.below("welcome"),
        )
    ]


def hello(turn: Turn) -> Say:
    """The first words to somebody with a card, in the language that the card knows."""
    code = next(iter(turn.languages), SOURCE)
    return Say(
        parts=(part("welcome", "hello", language=LANGUAGES[code].own_name),),
        choices=(button("yes", "welcome.what", digit=1), button("other_language", "welcome.begin")),
    )


def _sensed(turn: Turn, sense: str) -> list[Say]:
    return _explained(turn, sense=sense)


async def _what(turn: Turn, argument: str) -> list[Say]:
    return _explained(turn)


def _explained(turn: Turn, **chosen: Any) -> list[Say]:
    """The first of three messages; they stay in the chat, so each is a bubble of its own."""
    if turn.persons and "code" not in turn.state:
        return [menu.hello(turn)]
    _remember(turn, **chosen)
    said = part("welcome", "what")
    first = (part("voice", "first"), said)
    below = (button("onward", "welcome.data"), *_to_listen(turn, said))
    return [Say(parts=(said,), choices=below, spoken=first if speech.has_voice(turn, first) else (), fresh=True)]


def _to_listen(turn: Turn, said: Part) -> tuple[Choice, ...]:
    """The button for who reads and wants to hear it once, where somebody recorded it."""
    return (button("listen", f"welcome.listen:{said.name}"),) if speech.has_voice(turn, (said,)) else ()


async def _listen(turn: Turn, argument: str) -> list[Say]:
    """The voice alone, below what it says. What has none has no such button; who guesses one hears nothing new."""
    said = part("welcome", argument) if argument in _HEARD else None
    if said is None or not speech.has_voice(turn, (said,)):
        return [menu.gone(turn)]
    return [Say(parts=(), spoken=(said,), fresh=True)]


async def _data(turn: Turn, argument: str) -> list[Say]:
    app = _APPS.get(turn.address.channel)
    if app is None:
        return await _choose(turn, argument)
    said = part("welcome", "data", app=app)
    return [Say(parts=(said,), choices=(button("onward", "welcome.choose"),), fresh=True)]


async def _choose(turn: Turn, argument: str) -> list[Say]:
    return [
        Say(
            parts=(part("welcome", "choose"),),
            choices=(
                button("yes_here", "welcome.here", digit=1),
                button("not_here", "welcome.not_here", digit=2),
                button("have_question", "welcome.ask"),
            ),
            fresh=True,
        )
    ]


async def _here(turn: Turn, argument: str) -> list[Say]:
    if turn.persons and "code" not in turn.state:
        return [menu.hello(turn)]
    _remember(turn, here=True)
    return [
        Say(
            parts=(part("welcome", "shared"),),
            choices=(
                button("only_me", "welcome.alone"),
                button("also_other", "welcome.shared"),
                button("unsaid", "welcome.unsaid"),
            ),
        )
    ]


async def _not_here(turn: Turn, argument: str) -> list[Say]:
    turn.leave()
    return [Say(parts=(part("welcome", "not_here"),))]


async def _ask(turn: Turn, argument: str) -> list[Say]:
    below = (button("yes_here", "welcome.here", digit=1), button("not_here", "welcome.not_here", digit=2))
    return [Say(parts=(part("welcome", "ask"),), choices=below)]


async def _alone(turn: Turn, argument: str) -> list[Say]:
    return _news(turn, shared=False)


async def _shared(turn: Turn, argument: str) -> list[Say]:
    return _news(turn, shared=True)


def _news(turn: Turn, *, shared: bool) -> list[Say]:
    if not turn.state.get("here"):
        return [menu.gone(turn)]
    _remember(turn, shared=shared)
    said = part("welcome", "news")
    below = (button("yes", "welcome.news", digit=1), button("no", "welcome.no_news", digit=2), *_to_listen(turn, said))
    return [Say(parts=(said,), choices=below)]


async def _yes_news(turn: Turn, argument: str) -> list[Say]:
    return _chosen(turn, news=True)


async def _no_news(turn: Turn, argument: str) -> list[Say]:
    return _chosen(turn, news=False)


def _chosen(turn: Turn, *, news: bool) -> list[Say]:
    if not turn.state.get("here"):
        return [menu.gone(turn)]
    _remember(turn, news=news)
    turn.then = "link.begin"
    return []


def _remember(turn: Turn, **chosen: Any) -> None:
    turn.stay("link", **{**turn.state, **chosen})


SCENE = Scene(
    name="welcome",
    actions={
        "begin": _begin,
        "more": _more,
        "set": _set,
        **senses.actions(_sensed),
        "what": _what,
        "data": _data,
        "choose": _choose,
        "here": _here,
        "not_here": _not_here,
        "ask": _ask,
        "alone": _alone,
        "shared": _shared,
        "unsaid": _shared,
        "listen": _listen,
        "news": _yes_news,
        "no_news": _no_news,
    },
)
