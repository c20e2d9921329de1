"""Which language: each by its own name, no flags, the most used here first."""

from bot.scene import Say, Scene, Turn, button, part, picture
from bot.scenes import menu
from content.parts import Choice
from core.languages import LANGUAGES, PICKER, SOURCE

#: On the first page; the others stand behind [more languages].
_FIRST = 7

#: The fixed digits of the SMS picker, as its text names them.
_DIGITS = ("nl", "en", "ar", "ti", "fa", "prs", "so", "tr")
_ANOTHER = 9


async def _pick(turn: Turn, argument: str) -> list[Say]:
    return [picker(turn, "language.set", more="language.more")]


async def _more(turn: Turn, argument: str) -> list[Say]:
    return [picker(turn, "language.set")]


def picker(turn: Turn, action: str, *, more: str | None = None, back: str = "language.pick") -> Say:
    """The names to choose from, as `action:code`; `more` is the action of the next page, and `back` on that page."""
    offered = [code for code in PICKER if code in turn.settings.languages]
    page = offered[:_FIRST] if more else offered[_FIRST:]
    below = [picture(LANGUAGES[code].own_name, f"{action}:{code}") for code in page]
    if more and len(offered) > _FIRST:
        below.append(button("more_languages", more))
    if not more:
        below.append(button("back", back))
    return Say(
        parts=(part("language", "pick"),),
        choices=tuple(below),
        columns=2,
        sms=part("language", "sms_pick"),
        sms_choices=tuple(_by_digit(action)),
    )


def _by_digit(action: str) -> list[Choice]:
    numbered = enumerate(_DIGITS, start=1)
    named = [Choice(label=code, action=f"{action}:{code}", digit=digit) for digit, code in numbered]
    return [*named, Choice(label="", action="call.ask", digit=_ANOTHER)]


async def _set(turn: Turn, argument: str) -> list[Say]:
    person = turn.speaker
    if argument not in turn.settings.languages or person is None:
        return [menu.gone(turn)]
    others = [code for code in person.languages if code != argument]
    person.languages = [argument, *others]
    turn.chat.language = argument
    return [
        Say(
            parts=(part("language", "changed", language=LANGUAGES[argument].own_name),),
            choices=(button("sense", "settings.sense"), menu.HOME),
            sms=part("language", "sms_changed"),
            sms_choices=(Choice(button="call", action="call.ask", digit=3),),
        )
    ]


def is_source(turn: Turn) -> bool:
    """Whether somebody reads Dutch first: then no Dutch line stands below it."""
    return turn.languages[:1] in ((SOURCE,), ())


SCENE = Scene(name="language", actions={"pick": _pick, "more": _more, "set": _set})
