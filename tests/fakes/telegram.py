"""The fake provider's Bot API: chats with bubbles in them, and a queue of updates."""

import asyncio
import itertools
import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from tests.fakes.faults import Fault
from tests.fakes.provider import FakeProvider, misbehave

TOKEN = "4242:AAErsatz-sleutel-voor-de-proef"


class FakeTelegram:
    """One bot on a FakeProvider."""

    def __init__(self, provider: FakeProvider, token: str = TOKEN) -> None:
        self.provider = provider
        self.token = token
        self.bubbles: dict[tuple[int, int], Mapping[str, Any]] = {}  #: (chat, number) -> content
        self.updates: list[dict[str, Any]] = []  #: not confirmed yet
        self.files: dict[str, bytes] = {}  #: what people sent, and what was uploaded, by file_id
        self.webhook: Mapping[str, Any] | None = None
        self.menus: dict[str, list[dict[str, str]]] = {}  #: language of the app -> commands
        self._numbers = itertools.count(1)
        self._arrived = asyncio.Event()
        provider.app.router.add_post("/bot{token}/{method}", self._call)
        provider.app.router.add_get("/file/bot{token}/voice/{name}.oga", self._file)

    def put(self, update: dict[str, Any]) -> None:
        """Let an update wait for getUpdates."""
        self.updates.append(update)
        self._arrived.set()

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if request.match_info["token"] != self.token:
            return _error(401, "Unauthorized")
        content = await _content(request)
        fault = self.provider.next_fault(method)
        if fault is not None and not fault.takes:
            await self.provider.wait()
            return await misbehave(request, fault, _refusal(fault))
        answer = await self._do(method, content)
        await self.provider.wait()
        if fault is not None:
            return await misbehave(request, fault, answer)
        return web.json_response(answer, status=answer.get("error_code", 200))

    async def _do(self, method: str, content: dict[str, Any]) -> dict[str, Any]:
        plain = {
            "sendMessage": self._send,
            "sendVoice": lambda content: self._send_file("voice", content),
            "sendPhoto": lambda content: self._send_file("photo", content),
            "editMessageText": self._edit,
            "editMessageCaption": self._edit_caption,
            "deleteMessages": self._delete,
            "getFile": self._told,
        }
        if method in plain:
            return plain[method](content)
        match method:
            case "answerCallbackQuery":
                self.provider.accept(method, "", "", content, content["callback_query_id"])
                return {"ok": True, "result": True}
            case "getUpdates":
                return await self._fetch(content)
            case "getMe":
                me = {"id": 1, "is_bot": True, "first_name": "Voorbeeld", "username": "VoorbeeldBot"}
                return {"ok": True, "result": me}
            case "setMyCommands":
                self.menus[content.get("language_code", "")] = content["commands"]
                return {"ok": True, "result": True}
            case "setWebhook" | "deleteWebhook":
                self.webhook = content if method == "setWebhook" else None
                return {"ok": True, "result": True}
        return _body(404, "Not Found")

    def _send(self, content: dict[str, Any]) -> dict[str, Any]:
        if len(content["text"].encode("utf-16-le")) > 2 * 4096:
            return _body(400, "Bad Request: message is too long")
        chat, number = int(content["chat_id"]), next(self._numbers)
        self.bubbles[chat, number] = content
        self.provider.accept("sendMessage", str(chat), content["text"], content, str(number))
        return {"ok": True, "result": {"message_id": number, "date": 0, "chat": {"id": chat, "type": "private"}}}

    def _send_file(self, field: str, content: dict[str, Any]) -> dict[str, Any]:
        file = content.pop(field)
        if isinstance(file, str) and file not in self.files:
            return _body(400, "Bad Request: wrong file identifier/HTTP URL specified")
        if len(content.get("caption", "").encode("utf-16-le")) > 2 * 1024:
            return _body(400, "Bad Request: message caption is too long")
        chat, number = int(content["chat_id"]), next(self._numbers)
        file_id = file if isinstance(file, str) else f"{field}-{number}"
        uploaded = not isinstance(file, str)
        self.files.setdefault(file_id, b"" if isinstance(file, str) else file)
        self.bubbles[chat, number] = {**content, field: file_id}
        told = {**content, field: file_id, "uploaded": uploaded}
        self.provider.accept(f"send{field.title()}", str(chat), content.get("caption", ""), told, str(number))
        sent: Any = {"file_id": file_id} if field == "voice" else [{"file_id": "small"}, {"file_id": file_id}]
        private = {"id": chat, "type": "private"}
        return {"ok": True, "result": {"message_id": number, "date": 0, "chat": private, field: sent}}

    def _edit_caption(self, content: dict[str, Any]) -> dict[str, Any]:
        place = (int(content["chat_id"]), int(content["message_id"]))
        before = self.bubbles.get(place)
        if before is None:
            return _body(400, "Bad Request: message to edit not found")
        if not {"voice", "photo"} & before.keys():
            return _body(400, "Bad Request: there is no caption in the message to edit")
        self.bubbles[place] = {**before, "caption": content.get("caption", "")}
        self.provider.accept("editMessageCaption", str(place[0]), content.get("caption", ""), content, str(place[1]))
        return {"ok": True, "result": {"message_id": place[1], "date": 0, "chat": {"id": place[0], "type": "private"}}}

    def _told(self, content: dict[str, Any]) -> dict[str, Any]:
        file_id = content["file_id"]
        if file_id not in self.files:
            return _body(400, "Bad Request: invalid file_id")
        size = len(self.files[file_id])
        return {"ok": True, "result": {"file_id": file_id, "file_size": size, "file_path": f"voice/{file_id}.oga"}}

    async def _file(self, request: web.Request) -> web.StreamResponse:
        fault = self.provider.next_fault("file")
        if fault is not None:
            return await misbehave(request, fault, _refusal(fault))
        if request.match_info["token"] != self.token or request.match_info["name"] not in self.files:
            return _error(404, "Not Found")
        return web.Response(body=self.files[request.match_info["name"]], content_type="audio/ogg")

    def _edit(self, content: dict[str, Any]) -> dict[str, Any]:
        place = (int(content["chat_id"]), int(content["message_id"]))
        if place not in self.bubbles:
            return _body(400, "Bad Request: message to edit not found")
        if "text" not in self.bubbles[place]:
            return _body(400, "Bad Request: there is no text in the message to edit")
        if all(self.bubbles[place].get(name) == content.get(name) for name in ("text", "reply_markup")):
            return _body(400, "Bad Request: message is not modified: specified new message content is the same")
        self.bubbles[place] = content
        self.provider.accept("editMessageText", str(place[0]), content["text"], content, str(place[1]))
        return {"ok": True, "result": {"message_id": place[1], "date": 0, "chat": {"id": place[0], "type": "private"}}}

    def _delete(self, content: dict[str, Any]) -> dict[str, Any]:
        for number in content["message_ids"]:
            self.bubbles.pop((int(content["chat_id"]), number), None)
        self.provider.accept("deleteMessages", str(content["chat_id"]), "", content, "")
        return {"ok": True, "result": True}

    async def _fetch(self, content: dict[str, Any]) -> dict[str, Any]:
        offset = content.get("offset", 0)
        if offset:
            confirmed = next((n for n, update in enumerate(self.updates) if update["update_id"] == offset - 1), -1)
            del self.updates[: confirmed + 1]
        if not self.updates:
            self._arrived.clear()
            try:
                async with asyncio.timeout(content.get("timeout", 0)):
                    await self._arrived.wait()
            except TimeoutError:
                return {"ok": True, "result": []}
        return {"ok": True, "result": self.updates[: content.get("limit", 100)]}


async def _content(request: web.Request) -> dict[str, Any]:
    """A call's fields, whichever way they came; a file of a form is its bytes."""
    if request.content_type != "multipart/form-data":
        fields: dict[str, Any] = await request.json()
        return fields
    form = await request.post()
    read = {name: value.file.read() if isinstance(value, web.FileField) else value for name, value in form.items()}
    return {name: json.loads(value) if name == "reply_markup" else value for name, value in read.items()}


def _refusal(fault: Fault) -> dict[str, Any]:
    body = _body(fault.status, fault.says)
    if fault.retry_after is not None:
        body["parameters"] = {"retry_after": fault.retry_after}
    return body


def _body(status: int, says: str) -> dict[str, Any]:
    return {"ok": False, "error_code": status, "description": says}


def _error(status: int, says: str) -> web.Response:
    return web.json_response(_body(status, says), status=status)


def text_update(number: int, chat: int, text: str, **more: Any) -> dict[str, Any]:
    """An update as Telegram writes it: somebody typed a text in the chat with the bot."""
    return {"update_id": number, "message": message(chat, text=text, **more)}


def message(chat: int, /, **more: Any) -> dict[str, Any]:
    """A message of a person in a private chat."""
    private = {"id": chat, "type": "private", "first_name": "Voorbeeld"}
    sender = {"id": chat, "is_bot": False, "first_name": "Voorbeeld", "language_code": "ar"}
    return {"message_id": 7, "date": 1_800_000_000, "chat": private, "from": sender, **more}


def voice_update(number: int, chat: int, file_id: str, *, seconds: int = 2, size: int = 4000) -> dict[str, Any]:
    """An update as Telegram writes it: somebody sent a voice message."""
    voice = {"file_id": file_id, "file_unique_id": f"u{file_id}", "duration": seconds, "file_size": size}
    return {"update_id": number, "message": message(chat, voice={**voice, "mime_type": "audio/ogg"})}


def tap_update(number: int, chat: int, choice: str, bubble: int = 7) -> dict[str, Any]:
    """An update as Telegram writes it: somebody tapped a button below a bubble of the bot."""
    below = {**message(chat, text="…"), "message_id": bubble}
    query = {"id": f"tap-{number}", "from": below["from"], "message": below, "chat_instance": "1", "data": choice}
    return {"update_id": number, "callback_query": query}
