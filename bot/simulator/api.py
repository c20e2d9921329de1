"""The simulator's calls, to the letter of interfaces.md; what the page needs beyond them is `changes`."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from aiohttp import web
from sqlalchemy.exc import InterfaceError, OperationalError

from bot.simulator import asked, moments, phones
from bot.simulator.desk import Desk, Handler, local
from content.voice import studio
from messaging.channel import Attached
from messaging.simulator import UnknownChoice, UnknownPhone
from messaging.simulator import phones as simulator_phones
from messaging.simulator.faults import Fault

log = structlog.get_logger(__name__)

PREFIX = "/simulator/api"

_LONGEST_IDLE = 300.0  #: seconds that a call for quiet is held open
_FAULT_SECONDS = 30.0
_LARGEST_VOICE, _LARGEST_PHOTO = 2_000_000, 10_000_000  #: bytes that a made-up phone sends; the service takes less


def routes(desk: Desk) -> list[web.RouteDef]:
    """Every call of the simulator, behind its guard."""
    api = Api(desk)
    return [
        web.get(f"{PREFIX}/phones", _guarded(api.phones)),
        web.post(f"{PREFIX}/phones", _guarded(api.add_phone)),
        web.put(f"{PREFIX}/phones/{{id}}", _guarded(api.block)),
        web.post(f"{PREFIX}/phones/{{id}}/messages", _guarded(api.act)),
        web.get(f"{PREFIX}/phones/{{id}}/messages", _guarded(api.messages)),
        web.get(f"{PREFIX}/files/{{id}}", _guarded(api.file)),
        web.get(f"{PREFIX}/changes", _guarded(api.changes)),
        web.get(f"{PREFIX}/idle", _guarded(api.idle)),
        web.get(f"{PREFIX}/staff", _guarded(api.staff)),
        web.get(f"{PREFIX}/clock", _guarded(api.clock)),
        web.post(f"{PREFIX}/clock", _guarded(api.move)),
        web.get(f"{PREFIX}/faults", _guarded(api.faults)),
        web.post(f"{PREFIX}/faults", _guarded(api.break_)),
    ]


def _guarded(handler: Handler) -> Handler:
    async def answered(request: web.Request) -> web.StreamResponse:
        try:
            answer = await handler(request)
        except UnknownPhone:
            asked.refuse(404, "there is no such phone")
        except UnknownChoice:
            asked.refuse(400, "no bubble on this phone offers that choice")
        except (OperationalError, InterfaceError, OSError) as error:
            log.error("simulator_database_away", error=type(error).__name__)
            return web.json_response({"error": "the database is away; nothing was stored"}, status=503)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    return local(answered)


class Api:
    """The calls as methods, over one desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._moving = asyncio.Lock()

    async def phones(self, request: web.Request) -> web.Response:
        """All phones."""
        async with self._desk.database.begin() as session:
            return web.json_response(await phones.listed(session))

    async def add_phone(self, request: web.Request) -> web.Response:
        """A new phone that nobody knows."""
        found = await asked.body(request, "channel", "language")
        channel = asked.choice_of(found, "channel", self._desk.settings.channels)
        phone_id = await self._desk.simulator.add(channel, asked.language(found))
        return web.json_response({"id": str(phone_id)})

    async def block(self, request: web.Request) -> web.Response:
        """The person blocks us, or lets us in again."""
        phone_id = asked.phone_id(request)
        found = await asked.body(request, "blocked")
        if not isinstance(found.get("blocked"), bool):
            asked.refuse(400, "blocked is true or false")
        await self._desk.simulator.block(phone_id, found["blocked"])
        return web.json_response({"id": str(phone_id), "blocked": found["blocked"]})

    async def act(self, request: web.Request) -> web.Response:
        """What the person typed, tapped, spoke or showed; answered once the service has stored it."""
        phone_id = asked.phone_id(request)
        found = await asked.body(request, "text", "choice", "voice", "photo")
        if {"voice", "photo"} & found.keys():
            return web.json_response({"n": await self._attach(phone_id, found)}, status=202)
        text, choice = asked.one_of(found, "text", "choice")
        simulator = self._desk.simulator
        if choice is not None:
            n = await simulator.tap(phone_id, choice)
        else:
            n = await simulator.say(phone_id, text or "")
        return web.json_response({"n": n}, status=202)

    async def _attach(self, phone_id: UUID, found: Mapping[str, Any]) -> int:
        if len(found) != 1:
            asked.refuse(400, "give one of text, choice, voice or photo")
        if "photo" in found:
            picture = asked.attached(found, "photo", _LARGEST_PHOTO)
            return await self._desk.simulator.attach(phone_id, Attached.PHOTO, "image/jpeg", picture)
        tone = asked.tone(found)
        voice = (await studio.tones([tone]))[0].content if tone else asked.attached(found, "voice", _LARGEST_VOICE)
        return await self._desk.simulator.attach(phone_id, Attached.VOICE, "audio/ogg", voice)

    async def file(self, request: web.Request) -> web.Response:
        """A voice or a picture that stands on a phone."""
        kept = await self._desk.simulator.file(request.match_info["id"])
        if kept is None:
            asked.refuse(404, "there is no such file")
        headers = {
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'",
            "Accept-Ranges": "bytes",
        }
        try:
            start, end, _ = request.http_range.indices(len(kept.content))
        except ValueError:
            start, end = 0, len(kept.content)
        if request.headers.get("Range") is None or start >= end:
            return web.Response(body=kept.content, content_type=kept.mime, headers=headers)
        # A browser reads the end of a sound first, to know how long it is.
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{len(kept.content)}"
        return web.Response(status=206, body=kept.content[start:end], content_type=kept.mime, headers=headers)

    async def messages(self, request: web.Request) -> web.Response:
        """What stands on a phone."""
        phone_id, after, wait = asked.phone_id(request), asked.number(request, "after"), asked.wait(request)
        bubbles = await self._desk.simulator.messages(phone_id, after, wait)
        async with self._desk.database.begin() as session:
            return web.json_response(await phones.written(session, self._desk.settings, bubbles))

    async def changes(self, request: web.Request) -> web.Response:
        """How many bubbles each phone has, as soon as anything changed since a version; one call for all phones."""
        version = await self._desk.simulator.changes(asked.number(request, "since"), asked.wait(request))
        async with self._desk.database.begin() as session:
            heads = await simulator_phones.heads(session)
        now = moments.written(self._desk.clock.now(), self._desk.settings.timezone)
        phones_now = {str(phone): n for phone, n in heads.items()}
        return web.json_response({"version": version, "now": now, "phones": phones_now})

    async def idle(self, request: web.Request) -> web.Response:
        """Whether inbox and due queue are empty."""
        return web.json_response({"idle": await self._desk.idle(asked.wait(request, _LONGEST_IDLE))})

    async def staff(self, request: web.Request) -> web.Response:
        """The made-up log-ins of the console."""
        return web.json_response(
            [
                {"email": login.email, "password": login.password, "role": login.role, "name": login.name}
                for login in self._desk.staff
            ]
        )

    async def clock(self, request: web.Request) -> web.Response:
        """The service's time."""
        return self._time(await self._desk.waiting())

    async def move(self, request: web.Request) -> web.Response:
        """Go forward in time; answers when all that fell due on the way was sent."""
        found = await asked.body(request, "advance", "to")
        advance, to = asked.one_of(found, "advance", "to")
        if self._moving.locked():
            asked.refuse(409, "the clock is being moved already")
        async with self._moving:
            target = self._target(advance, to)
            return self._time(await self._desk.move(target))

    def _target(self, advance: str | None, to: str | None) -> datetime:
        now = self._desk.clock.now()
        try:
            if advance is not None:
                return moments.later(now, advance, self._desk.settings.timezone)
            target = moments.moment(to or "")
        except ValueError as error:
            asked.refuse(400, str(error))
        if target < now:
            asked.refuse(409, "the clock only goes forward")
        return target

    def _time(self, waiting: int) -> web.Response:
        now = moments.written(self._desk.clock.now(), self._desk.settings.timezone)
        return web.json_response({"now": now, "waiting": waiting})

    async def faults(self, request: web.Request) -> web.Response:
        """How each channel's provider behaves now."""
        return web.json_response([self._fault(channel) for channel in self._desk.settings.channels])

    async def break_(self, request: web.Request) -> web.Response:
        """Let a channel's provider misbehave, or end that."""
        found = await asked.body(request, "channel", "fault", "seconds")
        channel = asked.choice_of(found, "channel", self._desk.settings.channels)
        fault = Fault(asked.choice_of(found, "fault", tuple(Fault)))
        self._desk.simulator.trouble(channel, fault, asked.seconds(found, _FAULT_SECONDS))
        return web.json_response(self._fault(channel))

    def _fault(self, channel: str) -> Mapping[str, Any]:
        trouble = self._desk.simulator.troubles.get(channel)
        if trouble is None:
            return {"channel": channel, "fault": Fault.NONE.value, "seconds": _FAULT_SECONDS}
        return {"channel": channel, "fault": trouble.fault.value, "seconds": trouble.seconds}
