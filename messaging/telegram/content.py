"""What a message is to the Bot API: its words, what stands out in them, and the buttons below."""

from typing import Any

from core.utf16 import units
from core.values import Handle
from messaging.channel import Button, Outgoing, SendError, Verdict

LONGEST_TEXT = 4096  #: UTF-16 units
LONGEST_CAPTION = 1024  #: of the text below a voice or a picture
LONGEST_BUTTON = 64  #: bytes of a button's id

_NO_PREVIEW = {"is_disabled": True}


def worded(handle: Handle, message: Outgoing) -> dict[str, Any]:
    """What sendMessage and editMessageText share: plain text, what stands out, no preview, the buttons, no sound."""
    # No letter takes more than two units.
    if 2 * len(message.text) > LONGEST_TEXT and units(message.text) > LONGEST_TEXT:
        raise SendError(Verdict.REFUSED, "too_long")
    if not message.text.strip():
        raise SendError(Verdict.REFUSED, "empty")
    content = {"text": message.text, "link_preview_options": _NO_PREVIEW, **_around(handle, message)}
    return {**content, "entities": _entities(message)} if message.bold else content


def captioned(handle: Handle, message: Outgoing) -> dict[str, Any]:
    """The same below a voice or a picture; there it may be nothing at all."""
    said: dict[str, Any] = {"caption": message.text} if message.text.strip() else {}
    if said and message.bold:
        said["caption_entities"] = _entities(message)
    return {**said, **_around(handle, message)}


def _entities(message: Outgoing) -> list[dict[str, Any]]:
    """By place, never by signs in the text: nothing that somebody typed can change how it looks."""
    return [{"type": "bold", "offset": offset, "length": length} for offset, length in message.bold]


def _around(handle: Handle, message: Outgoing) -> dict[str, Any]:
    content: dict[str, Any] = {"chat_id": chat(handle)}
    if message.buttons:
        content["reply_markup"] = {"inline_keyboard": _keyboard(message.buttons, message.columns)}
    if message.silent:
        content["disable_notification"] = True
    return content


def _keyboard(buttons: tuple[Button, ...], columns: int) -> list[list[dict[str, str]]]:
    if any(not 0 < len(button.id.encode()) <= LONGEST_BUTTON for button in buttons):
        raise SendError(Verdict.REFUSED, "button_too_long")
    cells = [{"text": button.label, "callback_data": button.id} for button in buttons]
    width = max(1, columns)
    return [cells[start : start + width] for start in range(0, len(cells), width)]


def chat(handle: Handle) -> int | str:
    """The chat of this handle: a number, or an @name as it is."""
    text = handle.reveal()
    return int(text) if text.lstrip("-").isdecimal() else text
