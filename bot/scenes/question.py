"""A question: the person says who may answer; staff then call. Questions in the chat itself come later."""

from bot.scene import Say, Scene, Turn, button, call_me, part
from bot.scenes import call, menu
from scheduler import tasks


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
                button("after_all_not", "question.not"),
            ),
            sms=part("menu", "sms_hello"),
            sms_choices=(call_me(),),
        )
    ]


async def _rolmodel(turn: Turn, argument: str) -> list[Say]:
    return await _planned(turn, "rolmodel")


async def _municipality(turn: Turn, argument: str) -> list[Say]:
    return await _planned(turn, "municipality")


async def _planned(turn: Turn, who: str) -> list[Say]:
    person = turn.speaker
    if person is None:
        return [menu.gone(turn)]
    task = await call.plan(turn, person, tasks.Kind.QUESTION, who)
    return [await call.when(turn, task, "question", who)]


async def _not(turn: Turn, argument: str) -> list[Say]:
    return [Say(parts=(part("question", "not"),), choices=(menu.HOME,))]


SCENE = Scene(
    name="question",
    actions={"ask": _ask, "rolmodel": _rolmodel, "municipality": _municipality, "not": _not},
)
