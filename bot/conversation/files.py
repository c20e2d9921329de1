"""Which file of a person is fetched before she is answered: only what the scene in which she stands asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.register import SCENES
from bot.scene import Scene
from core import addresses
from core.tables.chats import Chat
from messaging.channel import Attached, File, Incoming

_FETCHED = frozenset({Attached.PHOTO, Attached.VOICE})


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A file that is fetched before its message is answered."""

    kind: Attached  #: PHOTO or VOICE
    file: File


async def wanted(session: AsyncSession, now: datetime, incoming: Incoming) -> Wanted | None:
    """The file that the scene of this chat will ask for when it answers this; None where nothing may be fetched."""
    acts = _fetching_scene(incoming.choice) if incoming.choice is not None else None
    if incoming.group or (acts is None and (incoming.file is None or incoming.attached not in _FETCHED)):
        return None
    address = await addresses.at(session, incoming.channel, incoming.handle)
    persons = await addresses.persons_of(session, address.id) if address is not None else []
    if address is None or not persons:
        return None
    chat = (await session.scalars(select(Chat).where(Chat.address_id == address.id))).one_or_none()
    shared = address.shared or len(persons) > 1
    if chat is None or chat.scene not in SCENES or (shared and (chat.open_until is None or chat.open_until <= now)):
        return None
    state = dict(chat.state or {})
    if acts is not None:
        kept = state.get("file") if acts.name == chat.scene else None
        return Wanted(kind=Attached.VOICE, file=File(**kept)) if kept else None
    assert incoming.attached is not None
    assert incoming.file is not None
    return Wanted(kind=incoming.attached, file=incoming.file) if asked(chat.scene, incoming.attached, state) else None


def _fetching_scene(action: str) -> Scene | None:
    name, _, rest = action.partition(".")
    scene = SCENES.get(name)
    return scene if scene is not None and rest.partition(":")[0] in scene.fetches else None


def asked(name: str, kind: Attached, state: Mapping[str, Any]) -> bool:
    """Whether the scene of this name waits for such a file, given what the chat remembers."""
    scene = SCENES.get(name)
    if scene is None or scene.take is None:
        return False
    if kind is Attached.VOICE:
        return scene.hears_voice(state)
    return kind is Attached.PHOTO and scene.takes_picture(state)
