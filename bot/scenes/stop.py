"""STOP and START: this phone on this channel, nothing else; nothing is deleted."""

from bot.scene import Say, Scene, Turn, button, call_me, part
from bot.scenes import menu
from core import addresses
from scheduler import tasks
from scheduler.queue import replies


async def _stop(turn: Turn, argument: str) -> list[Say]:
    await addresses.stop(turn.session, turn.now, turn.address.id)
    await replies.stop(turn.session, turn.address.id)
    for person in (*turn.persons, *turn.invited):
        await tasks.open_task(
            turn.session,
            turn.now,
            turn.settings,
            kind=tasks.Kind.STOPPED,
            person_id=person.id,
            reason=turn.address.channel,
            source_kind="address",
            source_id=turn.address.id,
        )
    turn.leave()
    return [
        Say(
            parts=(part("stop", "stopped"),),
            choices=(button("start", "stop.start"),),
            sms=part("stop", "sms_stopped"),
            sms_choices=(),
            fresh=True,
        )
    ]


async def _start(turn: Turn, argument: str) -> list[Say]:
    back = await addresses.start(turn.session, turn.address.id)
    if not turn.persons and not turn.invited:
        turn.then = "welcome.begin"
        return []
    if not back:
        return [menu.hello(turn)]
    return [
        Say(
            parts=(part("stop", "started"),),
            choices=(button("agenda", "agenda.open"),),
            sms=part("stop", "sms_started"),
            sms_choices=(call_me(),),
        )
    ]


async def _sure(turn: Turn, argument: str) -> list[Say]:
    return [
        Say(
            parts=(part("stop", "sure"),),
            choices=(button("stop_yes", "stop.stop"), button("no", "stop.stay"), button("ask", "question.ask")),
            sms=part("stop", "sms_sure"),
            sms_choices=(call_me(),),
        )
    ]


async def _stay(turn: Turn, argument: str) -> list[Say]:
    return [Say(parts=(part("stop", "stays"),), choices=(menu.HOME,))]


SCENE = Scene(name="stop", actions={"stop": _stop, "start": _start, "sure": _sure, "stay": _stay})
