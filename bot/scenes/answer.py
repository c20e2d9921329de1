"""What came of a question, for who asked it: the answer, or whether the municipality may see it."""

from dataclasses import replace

from bot.scene import Say, Scene, Turn, button, call_me, own, part
from bot.scenes import call, help, menu, question
from core.tables.relay import Question
from core.values import Private
from scheduler.volunteers import questions

#: Letters of an answer in one bubble; WhatsApp takes 1600 with the lines around them.
_LONGEST = 1400


async def _open(turn: Turn, argument: str) -> list[Say]:
    """How the question stands now, whatever the tapped push was about."""
    asked = await own(turn, Question, argument)
    if asked is None:
        return [menu.gone(turn)]
    if asked.state in ("waiting", "taken"):
        return [question.sent(turn, asked)]
    if asked.state == "asking":
        return _may_see(turn, asked)
    if asked.state == "answered":
        answered = questions.is_answered(asked, turn.now, turn.settings)
        return _answer(asked) if answered else [question.sent(turn, asked)]
    return [_over()]


def _answer(asked: Question) -> list[Say]:
    """The answer as it was typed or spoken; a long one in several bubbles, the buttons below the last."""
    below = (
        button("clear", "answer.clear", asked.id, digit=1),
        call_me(questions.SOURCE_KIND, asked.id),
        button("another_question", "question.ask"),
    )
    if asked.answer_media_id is not None:
        return [Say(parts=(part("question", "spoken"),), choices=below, voice=asked.answer_media_id)]
    first, *others = pieces(asked.answer or Private(""))
    head = (part("question", "answer"), part("question", "answer_text", text=first))
    says = [Say(parts=head, echo=False)]
    says += [Say(parts=(part("question", "answer_text", text=piece),), echo=False) for piece in others]
    return [*says[:-1], replace(says[-1], choices=below)]


def pieces(words: Private) -> list[str]:
    """A long text in pieces that fit a bubble each, broken between words where there are any."""
    rest, found = words.reveal(), []
    while len(rest) > _LONGEST:
        at = max(rest.rfind(space, 0, _LONGEST) for space in " \n")
        at = at if at > 0 else _LONGEST
        found.append(rest[:at])
        rest = rest[at:].lstrip()
    return [*found, rest]


def _may_see(turn: Turn, asked: Question) -> list[Say]:
    """The person decides. What was too heavy for a rolmodel may be a danger: that stands first."""
    below = (button("yes", "answer.yes", asked.id, digit=1), button("no", "answer.no", asked.id, digit=2))
    choice = Say(parts=(part("question", "slow" if asked.why == "slow" else "hand_over"),), choices=below)
    return [*([help.danger(turn)] if asked.why == "heavy" else []), choice]


def _over() -> Say:
    return Say(parts=(part("question", "over"),), choices=(button("ask", "question.ask"), menu.HOME))


async def _clear(turn: Turn, argument: str) -> list[Say]:
    return [_over()] if await own(turn, Question, argument) else [menu.gone(turn)]


async def _yes(turn: Turn, argument: str) -> list[Say]:
    asked = await _undecided(turn, argument)
    if asked is None:
        return await _open(turn, argument)
    task = await questions.hand_over(turn.session, turn.now, turn.settings, asked)
    return [await call.when(turn, task, "question", "municipality")]


async def _no(turn: Turn, argument: str) -> list[Say]:
    asked = await _undecided(turn, argument)
    if asked is None:
        return await _open(turn, argument)
    await questions.keep(turn.session, turn.now, asked)
    below = (button("wipe", "question.wipe", asked.id), menu.HOME)
    return [Say(parts=(part("question", "stays"),), choices=below)]


async def _undecided(turn: Turn, argument: str) -> Question | None:
    """The question, if its person is still asked about it; locked, for a rolmodel may answer just now."""
    asked = await own(turn, Question, argument)
    asked = await questions.locked(turn.session, asked.id) if asked else None
    return asked if asked is not None and asked.state == "asking" else None


_ACTIONS = {"open": _open, "clear": _clear, "yes": _yes, "no": _no}

SCENE = Scene(name="answer", actions=_ACTIONS, personal=frozenset(_ACTIONS))
