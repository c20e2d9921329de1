"""The fake provider's Content API: forms of messages, and a Meta that judges them."""

import secrets
from typing import Any

from aiohttp import web

from tests.fakes.faults import Fault
from tests.fakes.provider import misbehave
from tests.fakes.twilio import FakeTwilio, refused

_VERSION = "/v1/Content"


class FakeContent:
    """The contents of one account. Meta says nothing of a template until `decide`."""

    def __init__(self, account: FakeTwilio) -> None:
        self.account = account
        self.made: dict[str, dict[str, Any]] = account.contents  #: by sid
        self.asked: dict[str, dict[str, str]] = {}  #: sid -> what Meta was asked, and what it said
        router = account.provider.app.router
        router.add_post(_VERSION, self._create)
        router.add_post(f"{_VERSION}/{{sid}}/ApprovalRequests/whatsapp", self._submit)
        router.add_get(f"{_VERSION}/{{sid}}/ApprovalRequests", self._approval)

    def decide(self, status: str = "approved", why: str = "", *, language: str | None = None) -> None:
        """Meta says so of everything that waits, or of what waits in one language."""
        for sid, asked in self.asked.items():
            if asked["status"] in ("received", "pending") and language in (None, self.made[sid]["language"]):
                asked |= {"status": status, "rejection_reason": why}

    async def _create(self, request: web.Request) -> web.StreamResponse:
        content = await request.json()
        fault = self._fault(request, "content")
        if fault is not None:
            return await _misbehave(request, fault)
        sid = "HX" + secrets.token_hex(16)
        self.made[sid] = {**content, "sid": sid}
        return web.json_response(self.made[sid], status=201)

    async def _submit(self, request: web.Request) -> web.StreamResponse:
        wanted = await request.json()
        fault = self._fault(request, "approve")
        if fault is not None:
            return await _misbehave(request, fault)
        sid = request.match_info["sid"]
        if sid not in self.made:
            return refused(404, "not found", 20404)
        self.asked[sid] = {**wanted, "status": "received", "rejection_reason": ""}
        return web.json_response(self.asked[sid], status=201)

    async def _approval(self, request: web.Request) -> web.StreamResponse:
        fault = self._fault(request, "approval")
        if fault is not None:
            return await _misbehave(request, fault)
        sid = request.match_info["sid"]
        said = self.asked.get(sid, {"status": "unsubmitted", "rejection_reason": ""})
        return web.json_response({"sid": sid, "whatsapp": said})

    def _fault(self, request: web.Request, method: str) -> Fault | None:
        if not self.account.knows(request):
            return Fault(status=401, says="Authenticate", code=20003)
        return self.account.provider.next_fault(method)


async def _misbehave(request: web.Request, fault: Fault) -> web.StreamResponse:
    return await misbehave(request, fault, {"code": fault.code, "message": fault.says, "status": fault.status})
