"""Was it clear? Asked below an opened message, once per person and wording; only the count of answers is told on."""

from collections.abc import Sequence
from uuid import UUID

from bot.scene import Say, Scene, Turn, call_me, own, part
from bot.scenes import menu, pushed
from content import render, understanding, updates
from content.approvals import NotFound
from content.parts import Choice
from content.placeholders import parsed
from content.understanding import Wording
from content.updates import news
from core.ids import from_short, short
from core.tables.notices import Delivery
from core.tables.texts import Understanding
from scheduler.sending import forms

#: What a message can be about, in one letter: two ids and a word don't fit a button.
_SOURCES = {"a": "appointment", "w": "workshop_session", "p": "payment"}
_LETTERS = {kind: letter for letter, kind in _SOURCES.items()}

#: Pushes that say nothing by themselves: what was understood is the opened message.
_WITHOUT_NEWS = frozenset({"message", "shared"})

#: Typed numbers; 1, 2 and 3 stay with the opened message.
_CLEAR, _UNCLEAR = 4, 5


async def asked(turn: Turn, say: Say, source_kind: str, source_id: UUID) -> list[Say]:
    """An opened message, with the question in a bubble of its own below it, where that wasn't asked before.

    Only what arrived as a notice is asked about, and never by text message.
    """
    delivery = await pushed.delivery(turn, source_id)
    return await _asked(turn, say, delivery, f"{_LETTERS[source_kind]}/{short(source_id)}")


async def asked_of_week(turn: Turn, say: Say) -> list[Say]:
    """The same for an overview of many things, which is about none of them in particular."""
    return await _asked(turn, say, await pushed.overview(turn), "")


async def asked_of_news(turn: Turn, say: Say, source_id: UUID, wording: Wording) -> list[Say]:
    """The same for news, by its push; only the words that somebody wrote are asked about, not those around them."""
    if await pushed.delivery(turn, source_id) is None:
        return [say]
    return await _with_question(turn, say, [wording], "")


async def _asked(turn: Turn, say: Say, delivery: Delivery | None, about: str) -> list[Say]:
    if delivery is None:
        return [say]
    language = render.spoken(turn.texts, turn.languages, say.parts, say.choices)
    units = dict.fromkeys([*_of_push(turn, delivery, language), *(said.unit for said in say.parts)])
    wordings = [understanding.wording(turn.texts, language, unit) for unit in units]
    return await _with_question(turn, say, wordings, about)


async def _with_question(turn: Turn, say: Say, wordings: Sequence[Wording], about: str) -> list[Say]:
    if turn.person is None or turn.address.channel in forms.TEXT_ONLY:
        return [say]
    question = await understanding.ask_for(turn.session, turn.now, turn.person.id, wordings)
    return [say] if question is None else [say, _question(question, about)]


def _of_push(turn: Turn, delivery: Delivery, language: str) -> list[str]:
    """The unit that the push said, where those are its words still: not a template's, and not an older wording."""
    if delivery.text is None or delivery.language != language:
        return []
    units = (unit for unit, source in turn.texts.hashes.items() if source == delivery.text_hash)
    said = delivery.text.reveal()
    return [unit for unit in units if unit not in _WITHOUT_NEWS and _says(turn, language, unit, said)][:1]


def _says(turn: Turn, language: str, unit: str, said: str) -> bool:
    if not turn.texts.has(language, unit):
        return False
    forms_of_push = turn.texts.bodies[language, unit].get("push", ())
    return any(all(piece in said for piece in parsed(form)[::2]) for form in forms_of_push)


def _question(question: UUID, about: str) -> Say:
    argument = f"{short(question)}/{about}"
    return Say(
        parts=(part("understanding", "ask"),),
        choices=(
            Choice(button="clear", action=f"understood.yes:{argument}", digit=_CLEAR),
            Choice(button="unclear", action=f"understood.no:{argument}", digit=_UNCLEAR),
            Choice(button="call", action=f"understood.call:{argument}", digit=forms.CALL.digit),
        ),
        fresh=True,
    )


async def _yes(turn: Turn, argument: str) -> list[Say]:
    question = await _asked_of(turn, argument)
    if question is None:
        return [menu.gone(turn)]
    if (ended := await _ended(turn, question)) is not None:
        return [ended]
    await understanding.answered(turn.session, turn.now, question, "clear")
    return [Say(parts=(part("understanding", "clear"),))]


async def _no(turn: Turn, argument: str) -> list[Say]:
    question = await _asked_of(turn, argument)
    if question is None:
        return [menu.gone(turn)]
    if (ended := await _ended(turn, question)) is not None:
        return [ended]
    await understanding.answered(turn.session, turn.now, question, "unclear")
    return [Say(parts=(part("understanding", "unclear"),), choices=(call_me(*_about(argument)),))]


async def _call(turn: Turn, argument: str) -> list[Say]:
    question = await _asked_of(turn, argument)
    if question is not None and await _ended(turn, question) is None:
        await understanding.answered(turn.session, turn.now, question, "call")
    turn.then = call_me(*_about(argument)).action
    return []


async def _asked_of(turn: Turn, argument: str) -> Understanding | None:
    """The question, if it was put to this person; a guessed id finds nothing."""
    return await own(turn, Understanding, argument.partition("/")[0])


async def _ended(turn: Turn, question: Understanding) -> Say | None:
    """What to say where the news that was asked about was called back or taken down since: that counts for nobody."""
    text_id = understanding.news_id(question.unit)
    if text_id is None:
        return None
    try:
        await news.hold(turn.session, text_id)
        found = await updates.read(turn.session, text_id)
    except NotFound:
        return menu.gone(turn)
    if found.text.state == "recalled":
        return Say(parts=(part("updates", "wrong"),), choices=(menu.HOME,))
    if found.update.state == "withdrawn":
        return Say(parts=(part("updates", "over"),), choices=(menu.HOME,))
    return None


def _about(argument: str) -> tuple[str | None, UUID | None]:
    _, letter, short_id = [*argument.split("/"), "", ""][:3]
    return _SOURCES.get(letter), from_short(short_id)


_ACTIONS = {"yes": _yes, "no": _no, "call": _call}

SCENE = Scene(name="understood", actions=_ACTIONS, personal=frozenset(_ACTIONS))
