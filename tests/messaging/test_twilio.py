import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from core.clock import Clock
from core.ids import new_id
from core.settings import load
from core.values import Handle
from messaging.channel import Attached, Button, Outgoing, SendError, Sent, Template, Verdict
from messaging.twilio.account import Account
from messaging.twilio.channels import Sms, WhatsApp
from messaging.twilio.channels import channels as twilio_channels
from messaging.twilio.signature import signature_fits
from tests.fakes import faults
from tests.fakes.provider import Accepted, FakeProvider
from tests.fakes.twilio import ACCOUNT, TOKEN, FakeTwilio, message_fields, sign, status_fields

PHONE = Handle("+31612345678")
YES = Button(id="a.yes", label="✅ Ja", digit=1)
CALL = Button(id="call.ask", label="📞 Bel mij", digit=3)
SIDS = {("afspraak", "ar"): "HXar"}


async def known_content(template: str, language: str) -> str | None:
    return SIDS.get((template, language))


async def no_content(template: str, language: str) -> str | None:
    return None


@dataclass(kw_only=True)
class Stage:
    provider: FakeProvider
    clock: Clock
    sms: Sms
    whatsapp: WhatsApp

    @property
    def last(self) -> Accepted:
        return self.provider.ledger[-1]

    async def failure(self, channel: Sms | WhatsApp, message: Outgoing) -> SendError:
        with pytest.raises(SendError) as failed:
            await send(channel, message)
        return failed.value


async def send(channel: Sms | WhatsApp, message: Outgoing) -> Sent:
    return await channel.send(PHONE, message, new_id())


def say(text: str = "Hallo", **more: Any) -> Outgoing:
    return Outgoing(text=text, language="nl", **more)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    provider, clock = FakeProvider(), Clock()
    FakeTwilio(provider)
    async with provider:
        settings = load(
            _env_file=None,
            public_url="https://pim.voorbeeld/",
            twilio_account_sid=ACCOUNT,
            twilio_auth_token=TOKEN,
            twilio_api_url=provider.url,
            twilio_messaging_service_sid="MG1",
            twilio_whatsapp_from="whatsapp:+3197010200000",
        )
        account = Account(settings, clock, deadline=0.3)
        whatsapp = WhatsApp(account, settings, known_content)
        yield Stage(provider=provider, clock=clock, sms=Sms(account, settings), whatsapp=whatsapp)
        await account.close()


async def test_the_status_comes_back_with_our_own_id(stage: Stage) -> None:
    delivery_id = new_id()

    await stage.sms.send(PHONE, say(), delivery_id)

    expected = f"https://pim.voorbeeld/webhooks/twilio/status?delivery={delivery_id}"
    assert stage.last.fields["StatusCallback"] == expected


async def test_senders(stage: Stage) -> None:
    await send(stage.sms, say())
    assert stage.last.fields["MessagingServiceSid"] == "MG1"

    await send(stage.whatsapp, say())
    assert (stage.last.fields["From"], stage.last.to) == ("whatsapp:+3197010200000", "whatsapp:+31612345678")


@pytest.mark.parametrize(("left", "expected"), [(90, range(88, 91)), (86_400, range(36_000, 36_001))])
async def test_twilio_may_hold_it_until_use_by(stage: Stage, left: int, expected: range) -> None:
    stage.clock.offset = timedelta(days=40)

    await send(stage.sms, say(use_by=stage.clock.now() + timedelta(seconds=left)))

    assert int(stage.last.fields["ValidityPeriod"]) in expected


async def test_nothing_leaves_after_use_by(stage: Stage) -> None:
    failed = await stage.failure(stage.sms, say(use_by=stage.clock.now()))

    assert (failed.verdict, failed.reason) == (Verdict.REFUSED, "too_late")
    assert not stage.provider.calls


async def test_a_text_that_names_its_answers_stays_one_segment(stage: Stage) -> None:
    text = "Komt u? Sms 1 = ja, 2 = nee, 3 = bel mij."

    sent = await send(stage.sms, say(text, buttons=(YES, CALL)))

    assert (stage.last.text, sent.segments) == (text, 1)


async def test_other_answers_are_numbered_below(stage: Stage) -> None:
    await send(stage.sms, say("Wanneer?", buttons=(YES, CALL)))
    assert stage.last.text == "Wanneer?\n\n1 Ja\n3 Bel mij"

    await send(stage.whatsapp, say("Wanneer?", buttons=(YES, CALL)))
    assert stage.last.text == "Wanneer?\n\n1 ✅ Ja\n3 📞 Bel mij"


async def test_a_template_opens_a_conversation(stage: Stage) -> None:
    template = Template(name="afspraak", language="ar", variables=("الثلاثاء 12", "10:00"))

    await send(stage.whatsapp, say(template=template, buttons=(YES,)))

    assert "Body" not in stage.last.fields
    assert stage.last.fields["ContentSid"] == "HXar"
    assert json.loads(stage.last.fields["ContentVariables"]) == {"1": "الثلاثاء 12", "2": "10:00"}


async def test_a_template_that_meta_did_not_approve(stage: Stage) -> None:
    failed = await stage.failure(stage.whatsapp, say(template=Template(name="afspraak", language="ti")))

    assert (failed.verdict, failed.reason) == (Verdict.REFUSED, "template_missing")


async def test_a_wrong_key_pauses_for_long(stage: Stage) -> None:
    settings = load(
        _env_file=None, twilio_account_sid=ACCOUNT, twilio_auth_token="x", twilio_api_url=stage.provider.url
    )
    account = Account(settings, stage.clock)

    failed = await stage.failure(Sms(account, settings), say())
    await account.close()

    assert (failed.verdict, failed.reason) == (Verdict.PAUSE, "key_refused")


@pytest.mark.parametrize(
    ("code", "verdict", "reason"),
    [
        (21211, Verdict.DEAD, "number_wrong"),
        (21614, Verdict.DEAD, "not_mobile"),
        (21635, Verdict.DEAD, "not_mobile"),
        (21610, Verdict.DEAD, "stopped_at_provider"),
        (30001, Verdict.RETRY, "queue_full"),
        (30007, Verdict.REFUSED, "filtered"),
        (63016, Verdict.REFUSED, "window_closed"),
        (21606, Verdict.PAUSE, "sender_refused"),
        (63038, Verdict.PAUSE, "day_limit"),
        (12345, Verdict.REFUSED, "refused"),
    ],
)
async def test_what_codes_mean(stage: Stage, code: int, verdict: Verdict, reason: str) -> None:
    stage.provider.script(faults.refuse(400, "No", code))

    failed = await stage.failure(stage.sms, say())

    assert (failed.verdict, failed.reason, failed.code) == (verdict, reason, str(code))


def test_only_the_channels_that_are_on() -> None:
    names = [
        [channel.name for channel in twilio_channels(load(_env_file=None, channels=on), Clock(), no_content)]
        for on in ("telegram", "sms", "telegram,whatsapp,sms")
    ]

    assert names == [[], ["sms"], ["sms", "whatsapp"]]


@pytest.mark.parametrize(
    ("more", "attached"),
    [
        ({"NumMedia": "1", "MediaContentType0": "image/jpeg"}, Attached.PHOTO),
        ({"NumMedia": "1", "MediaContentType0": "audio/ogg"}, Attached.VOICE),
        ({"NumMedia": "2", "MediaContentType0": "application/pdf"}, Attached.DOCUMENT),
        ({"NumMedia": "1", "MediaContentType0": "text/vcard"}, Attached.CONTACT),
        ({"NumMedia": "1"}, Attached.DOCUMENT),
        ({"Latitude": "51.6", "Longitude": "5.5"}, Attached.OTHER),
    ],
)
def test_attachments(stage: Stage, more: dict[str, str], attached: Attached) -> None:
    (incoming,) = stage.whatsapp.receive(message_fields("SM1", "whatsapp:+31612345678", "kijk", **more))

    assert (incoming.attached, incoming.text, incoming.handle) == (attached, None, PHONE)


def test_a_choice_from_a_list_or_a_button(stage: Stage) -> None:
    for field in ("ButtonPayload", "ListId"):
        fields = message_fields(
            "SM1", "whatsapp:+31612345678", "Ja", OriginalRepliedMessageSid="SM0", **{field: "a.yes"}
        )

        (incoming,) = stage.whatsapp.receive(fields)

        assert (incoming.choice, incoming.text, incoming.bubble) == ("a.yes", None, "SM0")


def test_an_empty_text_is_still_heard(stage: Stage) -> None:
    (incoming,) = stage.sms.receive(message_fields("SM1", "+31612345678", " "))

    assert incoming.text == ""


@pytest.mark.parametrize("sender", ["KPN", "1200", "", "+", "+31x"])
def test_a_sender_nobody_can_answer(stage: Stage, sender: str) -> None:
    assert not stage.sms.receive(message_fields("SM1", sender, "Reclame"))


def test_a_status_is_no_message_and_a_message_no_status(stage: Stage) -> None:
    status = {**status_fields("SM1", "delivered", "+31612345678"), "delivery": ""}
    message = message_fields("SM1", "+31612345678", "Ja")

    assert not stage.sms.receive(status)
    assert stage.sms.receipt(status) is not None
    assert stage.sms.receipt(message) is None


URL = "https://pim.voorbeeld/webhooks/twilio/messages"
FIELDS = message_fields("SM1", "+31612345678", "Komt é ✅ & =")


def test_a_right_signature_fits() -> None:
    assert signature_fits(TOKEN, URL, FIELDS, sign(TOKEN, URL, FIELDS))


@pytest.mark.parametrize(
    ("token", "url", "fields", "signature"),
    [
        (TOKEN, URL, FIELDS, None),
        (TOKEN, URL, FIELDS, ""),
        (TOKEN, URL, FIELDS, "é" * 28),
        (TOKEN, URL, FIELDS, sign("other", URL, FIELDS)),
        (TOKEN, URL, {**FIELDS, "Body": "Nee"}, sign(TOKEN, URL, FIELDS)),
        (TOKEN, URL, {k: v for k, v in FIELDS.items() if v}, sign(TOKEN, URL, {**FIELDS, "Extra": "x"})),
        (TOKEN, URL.replace("https", "http"), FIELDS, sign(TOKEN, URL, FIELDS)),
        ("", URL, FIELDS, sign("", URL, FIELDS)),
        (TOKEN, URL, "{}", sign(TOKEN, URL, {})),
        (TOKEN, URL + "?bodySHA256=abc", "{}", sign(TOKEN, URL + "?bodySHA256=abc", {})),
    ],
)
def test_a_wrong_one_does_not(token: str, url: str, fields: Any, signature: str | None) -> None:
    assert not signature_fits(token, url, fields, signature)


def test_a_body_that_is_not_a_form_is_held_to_its_hash() -> None:
    url = URL + "?bodySHA256=44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"

    assert signature_fits(TOKEN, url, "{}", sign(TOKEN, url, {}))


async def test_what_was_sent_says_what_it_costs(stage: Stage) -> None:
    sms, chat = await send(stage.sms, say("ş" * 71)), await send(stage.whatsapp, say())

    assert sms.cost_microeuro == (sms.segments or 0) * 100_000
    assert chat.cost_microeuro


def test_whatsapp_takes_one_message_per_six_seconds_for_one_person(stage: Stage) -> None:
    assert stage.whatsapp.chat_rate == pytest.approx(1 / 6)
    assert stage.sms.chat_rate == 0
