"""A question before a rolmodel: a number, a language and the words; she answers, or gives it away, with one thumb."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from bot.scene import Answer, Say, Scene, Turn, button, call_me, part
from bot.scenes import menu, roles
from content import foreign
from content.parts import Choice, Part, Value
from content.updates.suspicion import reachable
from content.voice import media
from core.ids import from_short, short
from core.languages import LANGUAGES
from core.settings import Settings
from core.tables.people import Account
from core.tables.relay import Question
from core.values import Private
from scheduler.volunteers import relay

_NEXT = button("next", "relay.open")

#: What a channel can send at once; an answer of that length reaches its person in several bubbles.
_LONGEST = 4096

#: Letters of an answer that are looked at together, twice over, so that nothing hides where two pieces meet.
_WINDOW = 900

_Act = Callable[[Turn, Account, Question], Awaitable[list[Say]]]


async def _open(turn: Turn, argument: str) -> list[Say]:
    """The question that she has, or the next one for her."""
    account = roles.rolmodel(turn)
    if account is None:
        return [menu.gone(turn)]
    question = await relay.take(turn.session, turn.now, turn.settings, account)
    if question is None:
        turn.leave()
        return [Say(parts=(part("relay", "none"),), choices=(button("duty", "duty.open"), menu.HOME))]
    return [await _shown(turn, question)]


async def _shown(turn: Turn, question: Question) -> Say:
    turn.stay("relay", question=short(question.id))
    below = (
        button("answer", "relay.answer", question.id),
        button("for_municipality", "relay.municipality", question.id),
        button("too_heavy", "relay.heavy", question.id),
        button("know_voice", "relay.known", question.id),
        button("pass_on", "relay.pass", question.id),
        menu.HOME,
    )
    return Say(parts=await _said(turn, question), choices=below, echo=False, voice=question.media_id)


async def _said(turn: Turn, question: Question) -> tuple[Part, ...]:
    """All that she ever sees of a question: no name, no phone, no place; the words as they were typed."""
    of: dict[str, Value] = {"number": question.number, "language": LANGUAGES[question.language].own_name}
    length = await media.milliseconds(turn.session, question.media_id) if question.media_id else None
    if length is not None:
        return (part("relay", "spoken", **of, seconds=max(1, round(length / 1000))),)
    return part("relay", "written", **of), part("relay", "text", text=question.text or Private(""))


def _doing(act: _Act) -> Answer:
    """An action on a question that is hers, or could still be hers; on any other she reads that it isn't."""

    async def acting(turn: Turn, argument: str) -> list[Say]:
        account, question_id = roles.rolmodel(turn), from_short(argument)
        if account is None or question_id is None:
            return [menu.gone(turn)]
        question = await relay.hers(turn.session, turn.now, turn.settings, question_id, account)
        if question is None:
            turn.leave()
            return [_gone()]
        return await act(turn, account, question)

    return acting


def _gone() -> Say:
    return Say(parts=(part("relay", "gone"),), choices=(_NEXT, menu.HOME))


async def _answer(turn: Turn, account: Account, question: Question) -> list[Say]:
    turn.stay("relay", step="answer", question=short(question.id))
    below = (button("pass_on", "relay.pass", question.id), menu.HOME)
    parts = (*await _said(turn, question), part("relay", "answer", number=question.number))
    return [Say(parts=parts, choices=below, echo=False)]


async def _hear(turn: Turn, text: str) -> list[Say]:
    words = foreign.clean(text, longest=_LONGEST).strip()
    if not words or not _waits_for_words(turn.state):
        return [menu.unknown()]
    if _leads_elsewhere(text, turn.settings):
        return await _doing(_refused)(turn, str(turn.state.get("question", "")))
    return await _sent(turn, words=words)


def _leads_elsewhere(text: str, settings: Settings) -> bool:
    """Whether an answer holds a link, an account or a number that isn't the municipality's own: nobody looks at it
    before its person does, and her phone may be in other hands."""
    for ours in filter(None, (settings.contact_phone, settings.emergency_phone)):
        text = text.replace(ours, " ")
    text = text[:_LONGEST]
    return any(reachable(text[at : at + 2 * _WINDOW]) for at in range(0, len(text), _WINDOW))


async def _refused(turn: Turn, account: Account, question: Question) -> list[Say]:
    """She may write it again; what she wrote went nowhere."""
    below = (button("for_municipality", "relay.municipality", question.id), menu.HOME)
    return [Say(parts=(part("relay", "refused"),), choices=below)]


def _waits_for_words(state: Mapping[str, Any]) -> bool:
    return state.get("step") == "answer"


async def _spoken(turn: Turn, argument: str) -> list[Say]:
    voice = turn.voice()
    if voice is None:
        return [Say(parts=(turn.unheard(),), choices=(menu.HOME,))]
    return await _sent(turn, media_id=await media.keep(turn.session, turn.now, voice))


async def _sent(turn: Turn, *, words: str | None = None, media_id: UUID | None = None) -> list[Say]:
    """The one place where an answer is stored, written or spoken."""

    async def send(turn: Turn, account: Account, question: Question) -> list[Say]:
        said = (turn.session, turn.now, turn.settings, question, account)
        await relay.answer(*said, text=words, media_id=media_id)
        turn.leave()
        return [_done(question, "answered")]

    return await _doing(send)(turn, str(turn.state.get("question", "")))


def _done(question: Question, name: str, *before: Choice) -> Say:
    """What was done, which can be taken back, and the way to the next one."""
    below = (*before, button("undo", "relay.undo", question.id), _NEXT, menu.HOME)
    return Say(parts=(part("relay", name),), choices=below)


_GiveAway = Callable[[Any, Any, Settings, Question, Account], Awaitable[None]]


def _giving(give: _GiveAway, name: str, *before: Choice) -> Answer:
    """She gives the question away in one of the ways there are."""

    async def given(turn: Turn, account: Account, question: Question) -> list[Say]:
        await give(turn.session, turn.now, turn.settings, question, account)
        turn.leave()
        return [_done(question, name, *before)]

    return _doing(given)


_pass_one = _giving(relay.pass_on, "passed")


async def _pass(turn: Turn, argument: str) -> list[Say]:
    """Give away the question of the button, or the next one unseen."""
    account = roles.rolmodel(turn)
    if argument or account is None:
        return await _pass_one(turn, argument)
    question = await relay.take(turn.session, turn.now, turn.settings, account)
    return await (_pass_one(turn, short(question.id)) if question else _open(turn, argument))


async def _undo(turn: Turn, argument: str) -> list[Say]:
    account, question_id = roles.rolmodel(turn), from_short(argument)
    if account is None or question_id is None:
        return [menu.gone(turn)]
    question = await relay.take_back(turn.session, turn.now, turn.settings, question_id, account)
    return [_gone() if question is None else await _shown(turn, question)]


_ACTIONS = {
    "open": _open,
    "answer": _doing(_answer),
    "municipality": _giving(relay.to_municipality, "asked"),
    "heavy": _giving(relay.too_heavy, "heavy", call_me()),
    "known": _giving(relay.pass_on, "known"),
    "pass": _pass,
    "undo": _undo,
}

SCENE = Scene(
    name="relay",
    actions=_ACTIONS,
    hear=_hear,
    personal=frozenset(_ACTIONS),
    hears_voice=_waits_for_words,
    take=_spoken,
)
