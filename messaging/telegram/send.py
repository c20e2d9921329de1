"""Sending to Telegram: plain posts to the Bot API.

Without aiogram, so that a worker starts in a second and stays small.
"""

import json
import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import structlog

from core.utf16 import units
from core.values import Handle
from messaging.channel import File, Outgoing, SendError, Sent, Verdict
from messaging.shelf import Held, Shelf
from messaging.telegram.content import LONGEST_CAPTION, captioned, chat, worded
from messaging.telegram.refusals import Refusal, taken
from messaging.wire import DEADLINE, Deadline, Upload, Wire

LONGEST_REMOVAL = 100  #: bubbles in one deleteMessages

_TAP_DEADLINE = 5.0

log = structlog.get_logger(__name__)

#: An edit that Telegram refuses with one of these words becomes a new bubble.
_NOT_THERE = ("message to edit not found", "message can't be edited", "message_id_invalid", "message identifier")
_SAME = "message is not modified"

#: Words of a refusal of a file_id that this bot can't use (any more): the file goes up anew.
_FILE_GONE = ("file identifier", "file_id", "wrong remote file")

#: Before the number of a bubble whose text is a caption: such a text changes by another call.
CAPTION = "c"

#: Kind of file -> call, field of the call, name that a person may see.
_CALLS = {"audio/ogg": ("sendVoice", "voice", "stem.ogg"), "image/jpeg": ("sendPhoto", "photo", "foto.jpg")}

_PATH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]{0,200}")


class Sender:
    """Telegram as a worker sees it."""

    name = "telegram"
    edits = True

    def __init__(
        self,
        *,
        token: str,
        api_url: str,
        rate: float,
        chat_rate: float = 0,
        deadline: float = DEADLINE,
        shelf: Shelf | None = None,
    ) -> None:
        self.rate = rate
        self.chat_rate = chat_rate
        self._base = f"{api_url.rstrip('/')}/bot{token}/"
        self._files = f"{api_url.rstrip('/')}/file/bot{token}/"
        self._shelf = shelf
        self._deadline = deadline
        self._wire = Wire()

    async def send(self, handle: Handle, message: Outgoing, delivery_id: UUID) -> Sent:
        """Edit or send one bubble, after removing what must go; SendError says what went wrong.

        A voice or a picture has the text as its caption, in one call; an edit changes the words only.
        """
        async with Deadline(self._deadline):
            if message.remove:
                await self._remove(handle, message.remove)
            if message.edit and await self._edited(handle, message, message.edit):
                return Sent(provider_id=message.edit)
            held = await self._held(message)
            if held is None:
                return Sent(provider_id=_message_id(await self._post("sendMessage", worded(handle, message))))
            if units(message.text) <= LONGEST_CAPTION:
                return Sent(provider_id=CAPTION + _message_id(await self._with(held, captioned(handle, message))))
            sent = Sent(provider_id=_message_id(await self._post("sendMessage", worded(handle, message))))
            await self._after(held, handle)
            return sent

    async def fetch(self, file: File, most: int) -> bytes:
        """A file that somebody sent the bot. SendError; the caller holds the deadline."""
        if file.size is not None and file.size > most:
            raise SendError(Verdict.REFUSED, "too_long")
        told = (await self._post("getFile", {"file_id": file.reference})).get("result")
        path = told.get("file_path") if isinstance(told, Mapping) else None
        if not isinstance(path, str) or not _PATH.fullmatch(path) or ".." in path:
            raise SendError(Verdict.REFUSED, "content_refused")
        return await self._wire.download(self._files + path, most)

    async def confirm_tap(self, tap: str) -> None:
        """Stop the spinner on the button; never raises, the answer itself matters more."""
        try:
            async with Deadline(_TAP_DEADLINE):
                await self._post("answerCallbackQuery", {"callback_query_id": tap})
        except SendError as error:
            log.debug("tap_not_confirmed", reason=error.reason)

    async def close(self) -> None:
        """Let go of connections."""
        await self._wire.close()

    async def _held(self, message: Outgoing) -> Held | None:
        """What goes along; it may have been wiped since the message was made, and then the words go alone."""
        ids = message.voice or ((message.picture,) if message.picture else ())
        held = await self._shelf.held(self.name, ids) if self._shelf is not None else None
        if held is None and not message.text.strip():
            raise SendError(Verdict.REFUSED, "empty")
        return held

    async def _with(self, held: Held, content: Mapping[str, Any]) -> Mapping[str, Any]:
        """Send a file, by the name that Telegram gave it before where it has one."""
        method, field, name = _CALLS[held.mime]
        if held.provider_id is not None:
            try:
                return await self._post(method, {**content, field: held.provider_id})
            except Refusal as refusal:
                if not any(words in refusal.says for words in _FILE_GONE):
                    raise
            assert self._shelf is not None
            anew = await self._shelf.held(self.name, [str(held.id)], anew=True)
            if anew is None:
                raise SendError(Verdict.REFUSED, "content_refused")
            held = anew
        fields = {key: value if isinstance(value, str) else json.dumps(value) for key, value in content.items()}
        upload = Upload(field=field, name=name, mime=held.mime, content=held.content)
        body = taken(await self._wire.upload(self._base + method, fields, upload))
        await self._remember(held, body.get("result"), field)
        return body

    async def _remember(self, held: Held, result: object, field: str) -> None:
        sent = result.get(field) if isinstance(result, Mapping) else None
        largest = sent[-1] if isinstance(sent, list) and sent else sent
        name = largest.get("file_id") if isinstance(largest, Mapping) else None
        if isinstance(name, str) and self._shelf is not None:
            await self._shelf.remember(self.name, held.sha256, name)

    async def _after(self, held: Held, handle: Handle) -> None:
        """A file whose text was too long to be its caption. The text was taken: no failure here may say otherwise."""
        try:
            await self._with(held, {"chat_id": chat(handle), "disable_notification": True})
        except SendError as error:
            log.warning("file_not_sent_after_its_text", reason=error.reason)

    async def _edited(self, handle: Handle, message: Outgoing, bubble: str) -> bool:
        """Whether the bubble now says it; False where it is gone, too old or too small, so a new one is needed."""
        number, is_caption = bubble.removeprefix(CAPTION), bubble.startswith(CAPTION)
        if not number.isdecimal() or (is_caption and units(message.text) > LONGEST_CAPTION):
            return False
        content = captioned(handle, message) if is_caption else worded(handle, message)
        content["reply_markup"] = content.get("reply_markup", {"inline_keyboard": []})
        content.pop("disable_notification", None)
        method = "editMessageCaption" if is_caption else "editMessageText"
        try:
            await self._post(method, {**content, "message_id": int(number)})
        except Refusal as refusal:
            if _SAME in refusal.says:
                return True
            if any(words in refusal.says for words in _NOT_THERE):
                return False
            raise
        except SendError as error:
            # The same edit twice shows nothing twice, so no lost answer leaves a doubt.
            if error.verdict is Verdict.UNSURE:
                raise SendError(Verdict.RETRY, error.reason, code=error.code) from None
            raise
        return True

    async def _remove(self, handle: Handle, bubbles: tuple[str, ...]) -> None:
        """Delete bubbles. It goes before the message: twice does no harm, so no failure of it is a doubt."""
        bare = [bubble.removeprefix(CAPTION) for bubble in bubbles]
        numbers = [int(bubble) for bubble in bare if bubble.isdecimal()]
        for start in range(0, len(numbers), LONGEST_REMOVAL):
            some = numbers[start : start + LONGEST_REMOVAL]
            try:
                await self._post("deleteMessages", {"chat_id": chat(handle), "message_ids": some})
            except SendError as error:
                if error.verdict is Verdict.UNSURE:
                    raise SendError(Verdict.RETRY, error.reason) from None
                if error.verdict is not Verdict.REFUSED:
                    raise
                log.warning("bubbles_not_removed", count=len(some), reason=error.reason)

    async def _post(self, method: str, content: Mapping[str, Any]) -> Mapping[str, Any]:
        return taken(await self._wire.post(self._base + method, json_body=content))


def _message_id(body: Mapping[str, Any]) -> str:
    result = body.get("result")
    number = result.get("message_id") if isinstance(result, Mapping) else None
    if not isinstance(number, int):
        raise SendError(Verdict.UNSURE, "no_answer")
    return str(number)
