import asyncio
import gzip
import io
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot import webhooks
from core.settings import load
from messaging.twilio.signature import signature_fits
from tests.fakes.inbox import MemoryInbox
from tests.fakes.telegram import text_update
from tests.fakes.twilio import TOKEN, message_fields, sign, status_fields

SECRET = "een-lang-geheim-voor-de-proef"
PUBLIC = "https://pim.voorbeeld/welkom"
HEADER = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
TELEGRAM, MESSAGES, STATUS = "/webhooks/telegram", "/webhooks/twilio/messages", "/webhooks/twilio/status"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

Client = TestClient[web.Request, web.Application]


@asynccontextmanager
async def opened(inbox: MemoryInbox, **settings: Any) -> AsyncIterator[Client]:
    installation = load(_env_file=None, **{"public_url": PUBLIC + "/", "telegram_webhook_secret": SECRET, **settings})
    app = web.Application()
    app.add_routes(
        webhooks.routes(installation, inbox.keep, signature_fits=lambda *asked: signature_fits(TOKEN, *asked))
    )
    async with TestClient(TestServer(app)) as client:
        yield client


@pytest.fixture
def inbox() -> MemoryInbox:
    return MemoryInbox()


@pytest.fixture
async def client(inbox: MemoryInbox) -> AsyncIterator[Client]:
    async with opened(inbox) as made:
        yield made


async def post(client: Client, path: str, headers: Mapping[str, str], **body: Any) -> tuple[int, str, str]:
    async with client.post(path, headers=headers, **body) as answer:
        return answer.status, answer.content_type, await answer.text()


async def signed(client: Client, path: str, fields: Mapping[str, str]) -> tuple[int, str, str]:
    return await post(client, path, {"X-Twilio-Signature": sign(TOKEN, PUBLIC + path, fields)}, data=fields)


class TestTelegram:
    async def test_an_update_is_stored_once(self, client: Client, inbox: MemoryInbox) -> None:
        for _ in range(5):
            assert (await post(client, TELEGRAM, HEADER, json=text_update(12, 7, "Hallo")))[0] == 200

        assert list(inbox.rows) == [("telegram", "12")]

    @pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", "gehéim", "\udcff\udcfe"])
    async def test_a_missing_or_wrong_secret(self, client: Client, inbox: MemoryInbox, secret: str | None) -> None:
        headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}

        assert (await post(client, TELEGRAM, headers, data=b"x" * 10))[0] == 403
        assert not inbox.rows

    async def test_without_a_secret_of_our_own_nobody_fits(self, inbox: MemoryInbox) -> None:
        async with opened(inbox, telegram_webhook_secret="") as client:
            for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": ""}):
                assert (await post(client, TELEGRAM, headers, json=text_update(1, 7, "x")))[0] == 403

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"<html>",
            b"[]",
            b"{}",
            b'{"update_id": "1"}',
            b'{"update_id": true}',
            b"[" * 100_000,
            b"\xff",
            b"1" * 9000,
        ],
    )
    async def test_what_is_no_update(self, client: Client, inbox: MemoryInbox, body: bytes) -> None:
        assert (await post(client, TELEGRAM, HEADER, data=body))[0] == 400
        assert not inbox.rows

    async def test_half_a_letter_is_stored_all_the_same(self, client: Client, inbox: MemoryInbox) -> None:
        assert (await post(client, TELEGRAM, HEADER, data=b'{"update_id": 1, "x": "\\ud83d"}'))[0] == 200

        assert json.dumps(inbox.payloads, ensure_ascii=False).encode()


class TestTwilio:
    async def test_a_message_is_stored_with_its_channel(self, client: Client, inbox: MemoryInbox) -> None:
        sms = message_fields("SM1", "+31612345678", "Ja ✅")
        whatsapp = message_fields("SM2", "whatsapp:+31612345678", "Ja", "whatsapp:+3197010200000")

        answers = [await signed(client, MESSAGES, fields) for fields in (sms, whatsapp, sms)]

        assert answers == [(200, "text/xml", "<Response/>")] * 3
        assert list(inbox.rows) == [("sms", "SM1"), ("whatsapp", "SM2")]
        assert inbox.payloads[0]["Body"] == "Ja ✅"

    async def test_each_status_of_a_message_is_stored_once(self, client: Client, inbox: MemoryInbox) -> None:
        path = STATUS + "?delivery=0193-abc"
        for status in ("sent", "delivered", "sent"):
            assert (await signed(client, path, status_fields("SM1", status, "+31612345678")))[0] == 200

        assert list(inbox.rows) == [("sms", "SM1:sent"), ("sms", "SM1:delivered")]
        assert inbox.payloads[0]["delivery"] == "0193-abc"

    async def test_a_delivery_in_the_form_is_not_believed(self, client: Client, inbox: MemoryInbox) -> None:
        await signed(client, MESSAGES, {**message_fields("SM1", "+31612345678", "x"), "delivery": "forged"})
        await signed(client, STATUS, {**status_fields("SM2", "sent", "+31612345678"), "delivery": "forged"})

        assert [payload.get("delivery") for payload in inbox.payloads] == [None, ""]

    async def test_the_address_is_ours_whatever_headers_say(self, client: Client) -> None:
        fields = message_fields("SM1", "+31612345678", "x")
        forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"}
        right = {"X-Twilio-Signature": sign(TOKEN, PUBLIC + MESSAGES, fields)}
        wrong = {"X-Twilio-Signature": sign(TOKEN, "http://evil.example" + MESSAGES, fields)}

        assert (await post(client, MESSAGES, {**forged, **right}, data=fields))[0] == 200
        assert (await post(client, MESSAGES, {**forged, **wrong}, data=fields))[0] == 403

    async def test_a_status_for_another_delivery_does_not_fit(self, client: Client) -> None:
        fields = status_fields("SM1", "sent", "+31612345678")
        headers = {"X-Twilio-Signature": sign(TOKEN, f"{PUBLIC}{STATUS}?delivery=1", fields)}

        assert (await post(client, STATUS + "?delivery=1", headers, data=fields))[0] == 200
        assert (await post(client, STATUS + "?delivery=2", headers, data=fields))[0] == 403

    @pytest.mark.parametrize("signature", [None, "", "x", "é" * 28])
    async def test_a_missing_or_wrong_signature(self, client: Client, signature: str | None) -> None:
        headers = {} if signature is None else {"X-Twilio-Signature": signature}
        for path in (MESSAGES, STATUS):
            assert (await post(client, path, headers, data=message_fields("SM1", "+31612345678", "x")))[0] == 403
            assert (await post(client, path, headers, data=b"{}"))[0] == 403

    async def test_signed_but_no_form(self, client: Client) -> None:
        digest = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
        path = f"{MESSAGES}?bodySHA256={digest}"
        headers = {"X-Twilio-Signature": sign(TOKEN, PUBLIC + path, {}), "Content-Type": "application/json"}

        assert (await post(client, path, headers, data=b"{}"))[0] == 400
        assert (await signed(client, MESSAGES, {"Body": "x"}))[0] == 400

    @pytest.mark.parametrize("body", [b"a=&" * 100_000, b"a&" * 400_000, b"MessageSid=%ff", b"\xff\xfe"])
    async def test_forms_that_are_none(self, client: Client, body: bytes) -> None:
        async with asyncio.timeout(2):
            assert (await post(client, MESSAGES, {"X-Twilio-Signature": "x", **FORM}, data=body))[0] in (400, 403)


class TestEveryDoor:
    DOORS = ((TELEGRAM, HEADER), (MESSAGES, {"X-Twilio-Signature": "x", **FORM}))

    @pytest.mark.parametrize("path", [TELEGRAM, MESSAGES, STATUS])
    @pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
    async def test_another_method(self, client: Client, path: str, method: str) -> None:
        async with client.request(method, path) as answer:
            assert answer.status == 405

    @pytest.mark.parametrize(("path", "headers"), DOORS)
    async def test_over_1_mb(self, client: Client, path: str, headers: dict[str, str]) -> None:
        assert (await post(client, path, headers, data=b"x" * 1_000_001))[0] == 413
        assert (await post(client, path, headers, data=io.BytesIO(b"x" * 10_000_000)))[0] == 413

    @pytest.mark.parametrize(("path", "headers"), DOORS)
    async def test_over_1_mb_without_saying_so(self, client: Client, path: str, headers: dict[str, str]) -> None:
        async def endless() -> AsyncIterator[bytes]:
            for _ in range(40):
                yield b"x" * 100_000

        assert (await post(client, path, headers, data=endless()))[0] == 413

    @pytest.mark.parametrize(("path", "headers"), DOORS)
    async def test_a_gzip_bomb(self, client: Client, path: str, headers: dict[str, str]) -> None:
        bomb = gzip.compress(b"x" * 100_000_000)
        packed = {**headers, "Content-Encoding": "gzip"}

        async with asyncio.timeout(2):
            assert (await post(client, path, packed, data=bomb))[0] == 413
            assert (await post(client, path, packed, data=b"not gzip at all"))[0] == 400

    @pytest.mark.parametrize(("path", "headers"), DOORS)
    async def test_a_slow_sender(self, client: Client, path: str, headers: dict[str, str]) -> None:
        async def dripping() -> AsyncIterator[bytes]:
            for _ in range(100):
                yield b"x"
                await asyncio.sleep(0.1)

        async with asyncio.timeout(3):
            assert (await post(client, path, headers, data=dripping()))[0] == 400

    async def test_what_could_not_be_stored(self, client: Client, inbox: MemoryInbox) -> None:
        inbox.broken = True
        update, fields = text_update(1, 7, "x"), message_fields("SM1", "+31612345678", "x")

        assert (await post(client, TELEGRAM, HEADER, json=update))[0] == 503
        assert (await signed(client, MESSAGES, fields))[0] == 503

        inbox.broken = False
        assert (await post(client, TELEGRAM, HEADER, json=update))[0] == 200

    @pytest.mark.parametrize(
        ("channels", "there"), [("telegram", {TELEGRAM}), ("sms", {MESSAGES, STATUS}), ("whatsapp", {MESSAGES, STATUS})]
    )
    async def test_a_channel_that_is_off_has_no_door(self, inbox: MemoryInbox, channels: str, there: set[str]) -> None:
        async with opened(inbox, channels=channels) as client:
            for path in (TELEGRAM, MESSAGES, STATUS):
                async with client.post(path) as answer:
                    assert answer.status == (403 if path in there else 404)

    async def test_a_message_of_a_channel_that_is_off(self, inbox: MemoryInbox) -> None:
        async with opened(inbox, channels="sms") as client:
            fields = message_fields("SM1", "whatsapp:+31612345678", "x")
            assert (await signed(client, MESSAGES, fields))[0] == 404

        assert not inbox.rows
