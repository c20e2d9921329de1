"""The fake provider's Bot API: chats with bubbles in them, and a queue of updates."""

import asyncio
import itertools
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
        self.webhook: Mapping[str, Any] | None = None
        self.menus: dict[str, list[dict[str, str]]] = {}  #: language of the app -> commands
        self._numbers = itertools.count(1)
        self._arrived = asyncio.Event()
        provider.app.router.add_post("/bot{token}/{method}", self._call)

    def put(self, update: dict[str, Any]) -> None:
        """Let an update wait for getUpdates."""
        self.updates.append(update)
        self._arrived.set()

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if request.match_info["token"] != self.token:
            return _error(401, "Unauthorized")
        content = await request.json()
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
        match method:
            case "sendMessage":
                return self._send(content)
            case "editMessageText":
                return self._edit(content)
            case "deleteMessages":
                return self._delete(content)
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

    def _edit(self, content: dict[str, Any]) -> dict[str, Any]:
        place = (int(content["chat_id"]), int(content["message_id"]))
        if place not in self.bubbles:
            return _body(400, "Bad Request: message to edit not found")
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


def tap_update(number: int, chat: int, choice: str, bubble: int = 7) -> dict[str, Any]:
    """An update as Telegram writes it: somebody tapped a button below a bubble of the bot."""
    below = {**message(chat, text="…"), "message_id": bubble}
    query = {"id": f"tap-{number}", "from": below["from"], "message": below, "chat_instance": "1", "data": choice}
    return {"update_id": number, "callback_query": query}
