"""A question: the person says who may answer, then asks in her own words; a rolmodel sees them, and never who asks."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from bot.scene import Say, Scene, Turn, button, call_me, own, part
from bot.scenes import call, menu, unlock
from content import foreign
from content.voice import media
from core.tables.relay import Question
from scheduler import tasks
from scheduler.volunteers import questions, rota

_ASK = button("ask", "question.ask")
_NOT = button("after_all_not", "question.not")


async def _ask(turn: Turn, argument: str) -> list[Say]:
    if turn.speaker is None:
        turn.then = "call.ask"
        return []
    return [
        Say(
            parts=(part("question", "who"),),
            choices=(
                button("rolmodel", "question.rolmodel"),
                button("municipality", "question.municipality"),
                _NOT,
            ),
            sms=part("menu", "sms_hello"),
            sms_choices=(call_me(),),
        )
    ]


async def _municipality(turn: Turn, argument: str) -> list[Say]:
    person = turn.speaker
    if person is None:
        return [menu.gone(turn)]
    turn.leave()
    task = await call.plan(turn, person, tasks.Kind.QUESTION, "municipality")
    return [await call.when(turn, task, "question", "municipality")]


async def _not(turn: Turn, argument: str) -> list[Say]:
    turn.leave()
    return [Say(parts=(part("question", "not"),), choices=(menu.HOME,))]


async def _rolmodel(turn: Turn, argument: str) -> list[Say]:
    """Wait for her words, if there is somebody who could answer them."""
    if turn.text_only:
        turn.then = "call.ask"
        return []
    if await _language(turn) is None:
        return [_nobody()]
    turn.stay("question", step="tell")
    return [_tell()]


async def _language(turn: Turn) -> str | None:
    return None if turn.person is None else await rota.language_of(turn.session, turn.today, turn.person)


def _tell() -> Say:
    return Say(parts=(part("question", "tell"),), choices=(_NOT,))


def _nobody() -> Say:
    below = (button("yes", "question.municipality", digit=1), button("no", "question.not", digit=2))
    return Say(parts=(part("question", "nobody"),), choices=below)


async def _hear(turn: Turn, text: str) -> list[Say]:
    if turn.state.get("step") != "tell":
        return [menu.unknown()]
    if turn.person is None:
        return [unlock.ask(turn, "question.rolmodel")]
    if len(text) > questions.LONGEST:
        return [_too_long()]
    words = foreign.clean(text).strip()
    return await _sent(turn, words=words) if words else [_tell()]


def _too_long() -> Say:
    return Say(parts=(part("question", "too_long"),), choices=(_NOT,))


def _waits_for_words(state: Mapping[str, Any]) -> bool:
    return state.get("step") == "tell"


async def _spoken(turn: Turn, argument: str) -> list[Say]:
    """A voice that was waited for, or to which the person said yes afterwards."""
    voice = turn.voice()
    if voice is not None:
        return await _sent(turn, media_id=await media.keep(turn.session, turn.now, voice))
    if turn.refused is None:
        return await _rolmodel(turn, argument)
    turn.stay("question", step="tell")
    if turn.refused == "long":
        return [_too_long()]
    return [Say(parts=(turn.unheard(),), choices=(_NOT,))]


async def _sent(turn: Turn, *, words: str | None = None, media_id: UUID | None = None) -> list[Say]:
    """The one place where a question is stored, written or spoken."""
    language = await _language(turn)
    if language is None or turn.person is None:
        return [_nobody()]
    question = await questions.ask(
        turn.session,
        turn.now,
        turn.settings,
        person=turn.person,
        address_id=turn.address.id,
        language=language,
        text=words,
        media_id=media_id,
    )
    turn.leave()
    typed = turn.incoming.message if turn.shared else None  # what closes for others must not stay on the screen
    return [replace(sent(turn, question), remove=(typed,) if typed else ())]


def sent(turn: Turn, question: Question) -> Say:
    """That a rolmodel has it, and by when there is an answer; until then it can be taken away."""
    return Say(
        parts=(part("question", "sent", day=turn.day(question.due)),),
        choices=(button("wipe", "question.wipe", question.id), menu.HOME),
    )


async def _wipe(turn: Turn, argument: str) -> list[Say]:
    found = await own(turn, Question, argument)
    question = await questions.locked(turn.session, found.id) if found else None
    if question is None:
        return [menu.gone(turn)]
    await questions.take_away(turn.session, turn.now, turn.settings, question)
    return [wiped()]


def wiped() -> Say:
    """That nothing of it is kept."""
    return Say(parts=(part("question", "wiped"),), choices=(_ASK, menu.HOME))


async def _voice(turn: Turn, argument: str) -> list[Say]:
    """A voice came that nobody waited for: it isn't fetched before a yes."""
    turn.stay("question", step="voice", file=turn.file, message=turn.incoming.message)
    below = (button("yes", "question.voice_yes", digit=1), button("no", "question.voice_no", digit=2))
    return [Say(parts=(part("question", "voice"),), choices=below)]


async def _voice_no(turn: Turn, argument: str) -> list[Say]:
    """It leaves the chat too, where the channel can delete what a person sent."""
    heard = turn.state.get("message") if turn.state.get("step") == "voice" else None
    turn.leave()
    return [replace(wiped(), remove=(str(heard),) if heard else ())]


_ACTIONS = {
    "ask": _ask,
    "rolmodel": _rolmodel,
    "municipality": _municipality,
    "not": _not,
    "wipe": _wipe,
    "voice": _voice,
    "voice_yes": _spoken,
    "voice_no": _voice_no,
}

SCENE = Scene(
    name="question",
    actions=_ACTIONS,
    hear=_hear,
    personal=frozenset({"rolmodel", "wipe", "voice", "voice_yes"}),
    hears_voice=_waits_for_words,
    take=_spoken,
    fetches=frozenset({"voice_yes"}),
)
