"""Help: who we are, and what to do in danger; works without typing."""

from dataclasses import replace

from bot.scene import Say, Scene, Turn, button, call_me, part
from bot.scenes import menu
from content.parts import Choice
from scheduler import tasks
from scheduler.volunteers import clearing, questions

_WIPE = button("wipe", "help.wipe")


async def _info(turn: Turn, argument: str) -> list[Say]:
    return [
        Say(
            parts=(part("help", "info"),),
            choices=(call_me(), button("help", "help.danger"), menu.HOME),
            sms=part("help", "sms_info"),
            sms_choices=(call_me(),),
        )
    ]


async def _danger(turn: Turn, argument: str) -> list[Say]:
    return [danger(turn)]


def danger(turn: Turn) -> Say:
    """The question that comes before all others, and what helps; it is answered without typing."""
    if turn.speaker is None:
        return Say(parts=(part("help", "unknown"),), sms=part("help", "sms_info"), sms_choices=())
    below = [button("alone", "help.alone"), button("later_help", "help.later")]
    below.append(_WIPE if turn.edits else menu.HOME)
    return Say(
        parts=(part("help", "danger"),),
        choices=tuple(below),
        sms=part("help", "sms_info"),
        sms_choices=(call_me(),),
    )


async def _alone(turn: Turn, argument: str) -> list[Say]:
    person = turn.speaker
    if person is None:
        return await _danger(turn, argument)
    await tasks.open_task(
        turn.session,
        turn.now,
        turn.settings,
        kind=tasks.Kind.DANGER,
        person_id=person.id,
        reason="alone",
        call=True,
    )
    return [Say(parts=(part("help", "alone"),), choices=_after(turn))]


async def _later(turn: Turn, argument: str) -> list[Say]:
    return [Say(parts=(part("help", "later"),), choices=_after(turn))]


def _after(turn: Turn) -> tuple[Choice, ...]:
    """Away from here: with nothing left of it on the screen where the channel can, and to the start."""
    return (_WIPE, menu.HOME) if turn.edits else (menu.HOME,)


async def _wipe(turn: Turn, argument: str) -> list[Say]:
    """The bubble becomes the menu, and what both sides said before it goes: nothing tells what stood there."""
    for question in await questions.read_here(turn.session, turn.now, turn.settings, turn.address.id):
        await questions.wipe(turn.session, turn.now, turn.settings, question)
    gone = await clearing.clear(turn.session, turn.now, turn.address, spare=turn.incoming.bubble)
    gone += (turn.incoming.message,) if turn.incoming.message else ()
    turn.leave()
    return [replace(menu.hello(turn), remove=gone if turn.edits else ())]


SCENE = Scene(name="help", actions={"info": _info, "danger": _danger, "alone": _alone, "later": _later, "wipe": _wipe})
