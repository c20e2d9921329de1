"""Reading what Telegram sent: raw updates, parsed by aiogram's types, become what a person said."""

from collections.abc import Mapping, Sequence
from typing import Any

from aiogram.types import CallbackQuery, Chat, ChatMemberUpdated, Message, Update
from pydantic import ValidationError

from core.values import Handle
from messaging.channel import Attached, Back, File, Gone, Incoming
from messaging.telegram.send import CAPTION, Sender
from messaging.words import clean

LARGEST_PHOTO = 5_000_000  #: bytes

#: aiogram's name of what a message carries -> ours. Anything not named here is a service message.
_ATTACHED = {
    "photo": Attached.PHOTO,
    "document": Attached.DOCUMENT,
    "voice": Attached.VOICE,
    "contact": Attached.CONTACT,
    "animation": Attached.OTHER,
    "audio": Attached.OTHER,
    "dice": Attached.OTHER,
    "game": Attached.OTHER,
    "location": Attached.OTHER,
    "paid_media": Attached.OTHER,
    "poll": Attached.OTHER,
    "sticker": Attached.OTHER,
    "story": Attached.OTHER,
    "venue": Attached.OTHER,
    "video": Attached.OTHER,
    "video_note": Attached.OTHER,
}


class Telegram(Sender):
    """The whole channel; only the process that handles the inbox needs more than its Sender."""

    def receive(self, payload: Mapping[str, Any]) -> Sequence[Incoming]:
        """What a stored update says; empty for edits, service messages, bots and memberships outside a group."""
        update = _parsed(payload)
        if update.message is not None:
            incoming = _message(update.message)
        elif update.callback_query is not None:
            incoming = _tap(update.callback_query)
        elif update.my_chat_member is not None:
            incoming = _added(update.my_chat_member)
        else:
            incoming = None
        return () if incoming is None else (incoming,)

    def receipt(self, payload: Mapping[str, Any]) -> Gone | Back | None:
        """Whether a chat was closed to us or opened again; nobody is told that a message arrived or was read."""
        said = payload.get("message")
        migrated = isinstance(said, Mapping) and "migrate_to_chat_id" in said
        if not migrated and "my_chat_member" not in payload:
            return None
        update = _parsed(payload)
        if update.my_chat_member is not None:
            return _membership(update.my_chat_member)
        if update.message is None:
            return None
        # Nothing of ours belongs in a group, so nothing moves along with it.
        return Gone(channel=Telegram.name, handle=_handle(update.message.chat), reason="chat_gone")


def _parsed(payload: Mapping[str, Any]) -> Update:
    try:
        return Update.model_validate(dict(payload))
    except ValidationError as error:
        # Its own text quotes what the person wrote.
        raise ValueError(f"not an update of Telegram: {error.error_count()} fields don't fit") from None


def _message(message: Message) -> Incoming | None:
    sender = message.from_user
    if sender is None or sender.is_bot:
        return None
    attached = None if message.text is not None else _ATTACHED.get(message.content_type)
    if message.text is None and attached is None:
        return None
    return Incoming(
        channel=Telegram.name,
        handle=_handle(message.chat),
        text=None if message.text is None else clean(message.text),
        attached=attached,
        message=str(message.message_id),
        app_language=sender.language_code,
        group=_is_group(message.chat),
        own_contact=message.contact is not None and message.contact.user_id == sender.id,
        file=_file(message),
    )


def _file(message: Message) -> File | None:
    """Where Telegram keeps a voice, or the largest form of a photo that may be fetched."""
    if message.voice is not None:
        voice = message.voice
        return File(reference=voice.file_id, size=voice.file_size, seconds=voice.duration)
    fitting = [photo for photo in message.photo or () if (photo.file_size or 0) <= LARGEST_PHOTO]
    if not fitting:
        return None
    largest = max(fitting, key=lambda photo: photo.width * photo.height)
    return File(reference=largest.file_id, size=largest.file_size)


def _membership(change: ChatMemberUpdated) -> Gone | Back | None:
    """The person blocked the bot, or let it in again; or a group threw it out."""
    handle, status = _handle(change.chat), change.new_chat_member.status
    if status in ("kicked", "left"):
        reason = "chat_gone" if _is_group(change.chat) else "blocked"
        return Gone(channel=Telegram.name, handle=handle, reason=reason)
    return Back(channel=Telegram.name, handle=handle) if status == "member" else None


def _added(change: ChatMemberUpdated) -> Incoming | None:
    """Somebody took the bot into a group: there it may never see another message."""
    if not _is_group(change.chat) or change.new_chat_member.status not in ("member", "administrator"):
        return None
    return Incoming(
        channel=Telegram.name,
        handle=_handle(change.chat),
        attached=Attached.OTHER,
        app_language=change.from_user.language_code,
        group=True,
    )


def _tap(query: CallbackQuery) -> Incoming | None:
    if query.data is None or query.message is None:
        return None
    return Incoming(
        channel=Telegram.name,
        handle=_handle(query.message.chat),
        choice=clean(query.data),
        bubble=_bubble(query),
        tap=query.id,
        app_language=query.from_user.language_code,
        group=_is_group(query.message.chat),
    )


def _bubble(query: CallbackQuery) -> str:
    """The bubble by the name that sending gave it: one whose text is a caption has another."""
    message = query.message
    assert message is not None
    captioned = isinstance(message, Message) and (message.voice is not None or message.photo is not None)
    return f"{CAPTION if captioned else ''}{message.message_id}"


def _handle(chat: Chat) -> Handle:
    return Handle(str(chat.id))


def _is_group(chat: Chat) -> bool:
    return chat.type != "private"
