"""One message is answered: what was typed, tapped or sent goes to the scene that it is for."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bot import speech
from bot.conversation import doubletap, files, hearing, speaker
from bot.conversation.actions import SAID, do, followed
from bot.conversation.register import SCENES
from bot.scene import Say, Turn
from bot.scenes import menu
from content.inforce import InForce
from content.voice.attachments import Picture, Voice
from core import addresses
from core.settings import Settings
from messaging.channel import Attached, Incoming
from messaging.flood import Judgement

#: The button of a WhatsApp template is the same under every message: it opens what was pushed last.
_TEMPLATE_BUTTON = "open"
_OPENING = ("open", "where", "why", "begin")


async def answer(
    session: AsyncSession,
    settings: Settings,
    texts: InForce,
    now: datetime,
    incoming: Incoming,
    *,
    edits: bool,
    judgement: Judgement = Judgement.ANSWER,
    taken: Voice | Picture | None = None,
    refused: str | None = None,
) -> list[UUID]:
    """Answer one message in the caller's transaction; returns the ids of the replies. `edits`: bubbles can change.

    `taken` is what was fetched of what `wanted` said; `refused` is why there is nothing of it.
    """
    turn = await speaker.turn_of(session, settings, texts, now, incoming, edits=edits)
    turn.taken, turn.refused = taken, refused
    if doubletap.is_second(turn):
        return []
    says = [menu.too_much()] if judgement is Judgement.WARN else await _says(turn)
    addresses.heard(turn.address, now)
    turn.chat.updated_at = now
    turn.chat.answered = doubletap.mark(turn, says)
    return [] if judgement is Judgement.MUTE else await speech.reply(turn, says)


async def _says(turn: Turn) -> list[Say]:
    incoming = turn.incoming
    if incoming.group:
        return _in_group(turn)
    if incoming.attached is not None:
        return await _take(turn, incoming.attached)
    if incoming.choice == _TEMPLATE_BUTTON:
        return await do(turn, _opening(turn.chat.choices))
    if incoming.choice is not None:
        return await do(turn, incoming.choice)
    return await hearing.hear(turn, incoming.text or "")


async def _take(turn: Turn, kind: Attached) -> list[Say]:
    """A voice or a picture that the scene of this chat asked for; to all else the fixed answer."""
    if not turn.persons:
        return await do(turn, "welcome.begin")
    scene = SCENES.get(turn.chat.scene)
    if scene is None or scene.take is None or turn.person is None or not files.asked(scene.name, kind, turn.state):
        return await do(turn, "question.voice") if _may_be_asked(turn, kind) else [menu.attached(kind)]
    return await followed(turn, await scene.take(turn, kind.value))


def _may_be_asked(turn: Turn, kind: Attached) -> bool:
    """Whether a voice that nobody waited for may be a question; what another scene remembers isn't lost for it."""
    return kind is Attached.VOICE and not turn.text_only and turn.chat.scene in ("", "question")


def _in_group(turn: Turn) -> list[Say]:
    """Said the first time only: a group is no place for us."""
    if turn.chat.scene == SAID:
        return []
    turn.stay(SAID)
    return [menu.in_group()]


def _opening(choices: Mapping[str, str]) -> str:
    """What [open] means for the push that went out last."""
    shows = [action for action in choices.values() if action.partition(":")[0].rpartition(".")[2] in _OPENING]
    return shows[-1] if shows else "agenda.open"
