""" "echt?": how many messages we sent today, and when; never what they said."""

from datetime import datetime, time, timedelta

from sqlalchemy import select

from bot.scene import Say, Scene, Turn, call_me, part
from content.parts import Value
from core import clock
from core.tables.notices import Delivery


async def _ask(turn: Turn, argument: str) -> list[Say]:
    times = await _pushed_today(turn)
    if not times:
        return [
            Say(
                parts=(part("really", "no"),),
                choices=(call_me(),),
                sms=part("really", "sms_no"),
                sms_choices=(call_me(),),
            )
        ]
    values: dict[str, Value] = {"count": len(times), "times": ", ".join(dict.fromkeys(times))}
    return [
        Say(parts=(part("really", "yes", **values),), sms=part("really", "sms_yes", **values), sms_choices=(call_me(),))
    ]


async def _pushed_today(turn: Turn) -> list[str]:
    """The wall times of today's pushes to this address; answers to taps don't count."""
    zone = turn.settings.timezone
    midnight = clock.instant(datetime.combine(turn.today, time()), zone)
    query = (
        select(Delivery.handed_at)
        .where(
            Delivery.address_id == turn.address.id,
            Delivery.notice_id.is_not(None),
            Delivery.state.in_(("sent", "delivered", "read", "unsure")),
            Delivery.handed_at >= midnight,
            Delivery.handed_at < midnight + timedelta(days=1),
        )
        .order_by(Delivery.handed_at)
    )
    return [clock.wall(moment, zone).strftime("%H:%M") for moment in await turn.session.scalars(query)]


SCENE = Scene(name="really", actions={"ask": _ask})
