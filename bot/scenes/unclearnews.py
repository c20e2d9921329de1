"""News that people don't understand, in a rolmodel's queue: she writes it better, staff call it back, or it waits."""

from bot.scene import Say, Turn, button, part
from bot.scenes import menu, newsqueue, roles
from content.review import unclear
from content.review.unclear import UnclearNews
from core.ids import short
from core.tables.people import Account
from scheduler.queue import mailing


async def left(turn: Turn, account: Account) -> list[UnclearNews]:
    """What she didn't put off yet, worst first."""
    later = turn.state.get("later", [])
    found = await unclear.waiting_news(turn.session, turn.today, account)
    return [one for one in found if short(one.news.text.id) not in later]


async def _show(turn: Turn, argument: str) -> list[Say]:
    """The worst of it. Nobody's answer shows: only how many judged, and on which side of the line they are together."""
    account = roles.rolmodel(turn)
    if account is None:
        return [menu.gone(turn)]
    found = await left(turn, account)
    if not found:
        turn.then = "review.begin"
        return []
    turn.stay("rolmodel", later=turn.state.get("later", []))
    text_id = found[0].news.text.id
    asks = part("review", "unclear", number=found[0].rate.answered)
    return [
        Say(
            parts=(*newsqueue.texts(found[0].news), asks),
            choices=(
                button("improve", "rolmodel.write"),
                button("wait_a_while", "rolmodel.unclear_later", text_id),
                newsqueue.call_regisseur(mailing.SOURCE_KIND, text_id),
                menu.HOME,
            ),
            echo=False,
            voice=found[0].news.text.voice_id,
            picture=found[0].news.update.picture_id,
        )
    ]


async def _later(turn: Turn, argument: str) -> list[Say]:
    turn.stay("rolmodel", later=[*turn.state.get("later", []), argument])
    return await _show(turn, "")


ACTIONS = {"unclear": _show, "unclear_later": _later}
