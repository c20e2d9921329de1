"""How updates reach us: fetched here one batch after another, or sent by Telegram to our webhook.

An update is stored before the next fetch confirms it, so one that was in hand at a crash comes again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import structlog

from messaging.channel import Keep, SendError, Verdict
from messaging.wire import Answer, Deadline, Wire, seconds

KINDS = ("message", "callback_query", "my_chat_member")
WAIT = 25  #: seconds Telegram holds a fetch open
BATCH = 100
LONGEST_PAUSE = 30.0  #: seconds between tries while something is down

#: What only people can mend, and how.
_MENDS = {
    "two_pollers": "another process polls this token: stop it, or give this installation a bot of its own",
    "key_refused": "PIM_TELEGRAM_TOKEN is refused: ask BotFather for the token of this bot",
}

#: (reason, how long it will be waited) -> told to whoever can show it to staff.
Refused = Callable[[str, timedelta], Awaitable[None]]

log = structlog.get_logger(__name__)


class Updates:
    """The updates of one bot; only one process at a time may poll a token."""

    def __init__(self, *, token: str, api_url: str, wait: int = WAIT, first_pause: float = 1.0) -> None:
        self._base = f"{api_url.rstrip('/')}/bot{token}/"
        self._wait = wait
        self._first_pause = first_pause
        self._wire = Wire(connections=2)

    async def poll(self, keep: Keep, refused: Refused | None = None) -> None:
        """Fetch, store, confirm, until cancelled. Trouble on either side is waited out; nothing is skipped.

        `refused` hears of what only people can mend, again with every try.
        """
        offset, pause, cleared = 0, self._first_pause, False
        try:
            while True:
                try:
                    if not cleared:
                        # A webhook left from before would answer every fetch with a conflict.
                        await self._call("deleteWebhook", {})
                        cleared = True
                    offset = await self._fetch(keep, offset)
                    pause = self._first_pause
                except Exception as error:
                    await self._rest(error, pause, refused)
                    pause = min(pause * 2, LONGEST_PAUSE)
        finally:
            await self.close()

    async def _rest(self, error: Exception, pause: float, refused: "Refused | None") -> None:
        reason = _name(error)
        mend = _MENDS.get(reason)
        wait = _asked(error) or pause
        if mend is None:
            log.warning("updates_wait", error=reason, seconds=wait)
        else:
            log.error("updates_refused", error=reason, mend=mend, seconds=wait)
            if refused is not None:
                await refused(reason, timedelta(seconds=wait))
        await asyncio.sleep(wait)

    async def use_webhook(self, url: str, secret: str) -> None:
        """Ask Telegram to post updates to `url` with this secret in the header. Raises SendError."""
        try:
            await self._call("setWebhook", {"url": url, "secret_token": secret, "allowed_updates": KINDS})
        finally:
            await self.close()

    async def stay_hooked(self, url: str, secret: str, refused: Refused | None = None) -> None:
        """As `use_webhook`, tried again until Telegram takes it; then nothing is left to do, until cancelled."""
        pause = self._first_pause
        while True:
            try:
                await self.use_webhook(url, secret)
            except SendError as error:
                await self._rest(error, pause, refused)
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                await asyncio.Event().wait()

    async def offer_menu(self, entries: Mapping[str, str], language: str = "") -> None:
        """Have the app's own menu button, always on screen, offer these commands (word -> what it says). SendError.

        `language` is that of the app, two letters; without one it is for all others.
        """
        commands = [{"command": word, "description": says} for word, says in entries.items()]
        await self._call("setMyCommands", {"commands": commands, **({"language_code": language} if language else {})})

    async def user_name(self) -> str:
        """What the bot is called in links, `https://t.me/NAME`. Raises SendError."""
        me = (await self._call("getMe", {})).get("result")
        if not isinstance(me, Mapping) or not me.get("username"):
            raise SendError(Verdict.UNSURE, "no_answer")
        return str(me["username"])

    async def close(self) -> None:
        """Let go of connections."""
        await self._wire.close()

    async def _fetch(self, keep: Keep, offset: int) -> int:
        """Store one batch and give the offset that confirms it: 0 after an empty one.

        After a quiet week ids may start again lower, so an offset is never kept longer than it is needed.
        """
        content = {"offset": offset, "timeout": self._wait, "limit": BATCH, "allowed_updates": KINDS}
        body = await self._call("getUpdates", content)
        updates = body.get("result")
        if not isinstance(updates, list):
            raise SendError(Verdict.UNSURE, "no_answer")
        confirmed = 0
        for update in updates:
            await keep("telegram", str(update["update_id"]), update)
            confirmed = int(update["update_id"]) + 1
        return confirmed

    async def _call(self, method: str, content: Mapping[str, Any]) -> Mapping[str, Any]:
        async with Deadline(self._wait + 10):
            answer = await self._wire.post(self._base + method, json_body=content)
        if answer.ok and answer.body is not None and answer.body.get("ok") is True:
            return answer.body
        raise _refusal(answer)


#: Status -> what it means for who fetches; the rest is an answer nobody can read.
_REFUSALS = {401: "key_refused", 404: "key_refused", 409: "two_pollers", 429: "too_fast"}


def _refusal(answer: Answer) -> SendError:
    parameters = (answer.body or {}).get("parameters")
    asked = parameters.get("retry_after") if isinstance(parameters, Mapping) else None
    reason = _REFUSALS.get(answer.status, "no_answer")
    return SendError(Verdict.RETRY, reason, code=str(answer.status), retry_after=seconds(asked) or answer.retry_after)


def _asked(error: Exception) -> float | None:
    wait = error.retry_after if isinstance(error, SendError) else None
    return wait.total_seconds() if wait else None


def _name(error: Exception) -> str:
    return error.reason if isinstance(error, SendError) else type(error).__name__
