"""What somebody can set: reading or listening, the Dutch line, fewer messages."""

from dataclasses import replace
from datetime import time

from bot.scene import Say, Scene, Turn, button, part, picture
from bot.scenes import language, menu, senses
from content import habit
from core.tables.people import Consent, Person
from scheduler.meetings import telling

#: The clock counted from dawn, on its button: the same in every language.
_EXAMPLE = "🕙 10:00 = 4:00"
_FROM, _TO = time(10), time(11)


async def _open(turn: Turn, argument: str) -> list[Say]:
    below = [button("sense", "settings.sense")]
    if not language.is_source(turn):
        below.append(button("dutch_line", "settings.dutch"))
    if habit.known(turn.texts, turn.languages):
        below.append(picture(_EXAMPLE, "settings.clock"))
    return [Say(parts=(part("settings", "what"),), choices=(*below, button("less", "settings.less")))]


async def _sense(turn: Turn, argument: str) -> list[Say]:
    return [Say(parts=(part("welcome", "sense"),), choices=senses.below("settings"))]


def _sensed(turn: Turn, sense: str) -> list[Say]:
    return _changed(turn, sense=sense)


async def _dutch(turn: Turn, argument: str) -> list[Say]:
    below = (button("yes", "settings.dutch_on", digit=1), button("no", "settings.dutch_off", digit=2))
    return [Say(parts=(part("settings", "dutch"),), choices=below)]


async def _dutch_on(turn: Turn, argument: str) -> list[Say]:
    return _changed(turn, dutch_line=True)


async def _dutch_off(turn: Turn, argument: str) -> list[Say]:
    return _changed(turn, dutch_line=False)


async def _clock(turn: Turn, argument: str) -> list[Say]:
    """On or off; the answer shows how a time looks from now on."""
    person = turn.speaker
    if person is None:
        return [menu.gone(turn)]
    (said,) = _changed(turn, habit_clock=not person.habit_clock)
    return [replace(said, parts=(*said.parts, part("facts", "hours", time=_FROM, end=_TO)))]


async def _less(turn: Turn, argument: str) -> list[Say]:
    return [
        Say(
            parts=(part("settings", "less"),),
            choices=(
                button("no_news", "settings.no_news"),
                button("daytime", "settings.daytime"),
                button("stop_all", "stop.stop"),
            ),
        )
    ]


async def _no_news(turn: Turn, argument: str) -> list[Say]:
    person = turn.speaker
    if person is None:
        return [menu.gone(turn)]
    log_choice(turn, person, "news", given=False, unit="settings")
    return [Say(parts=(part("settings", "no_news"),), choices=(menu.HOME,))]


async def _daytime(turn: Turn, argument: str) -> list[Say]:
    person = turn.speaker
    if person is None:
        return [menu.gone(turn)]
    person.daytime_only = True
    await turn.session.flush()
    await telling.again(turn.session, turn.now, turn.settings, person.id)
    return [Say(parts=(part("settings", "daytime"),), choices=(menu.HOME,))]


def log_choice(turn: Turn, person: Person, purpose: str, *, given: bool, unit: str) -> None:
    """Write a choice down: for what, yes or no, when, shown in which text and language."""
    turn.session.add(
        Consent(
            person_id=person.id,
            purpose=purpose,
            given=given,
            at=turn.now,
            language=next(iter(turn.languages), None),
            text_hash=turn.texts.source_hash(unit),
        )
    )


def _changed(turn: Turn, **values: str | bool) -> list[Say]:
    person = turn.speaker
    if person is None:
        return [menu.gone(turn)]
    for name, value in values.items():
        setattr(person, name, value)
    return [Say(parts=(part("settings", "saved"),), choices=(menu.HOME,))]


SCENE = Scene(
    name="settings",
    actions={
        "open": _open,
        "sense": _sense,
        **senses.actions(_sensed),
        "dutch": _dutch,
        "dutch_on": _dutch_on,
        "dutch_off": _dutch_off,
        "clock": _clock,
        "less": _less,
        "no_news": _no_news,
        "daytime": _daytime,
    },
)
