"""A voice on its way out and in, on the real channels against the fake provider."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, select

from content.voice import media
from content.voice.attachments import Picture, Voice
from core.clock import Clock
from core.database import Database
from core.ids import new_id
from core.settings import load
from core.tables.channels import MediaRef
from core.tables.voice import Media
from core.values import Handle
from messaging import medialinks
from messaging.channel import Attached, Button, File, Outgoing, SendError, Sent, Verdict
from messaging.shelf import Shelf
from messaging.telegram.receive import Telegram
from messaging.twilio.account import Account
from messaging.twilio.channels import WhatsApp
from tests.fakes import faults
from tests.fakes.provider import FakeProvider
from tests.fakes.telegram import TOKEN, FakeTelegram, message, tap_update, voice_update
from tests.fakes.twilio import ACCOUNT, FakeTwilio, message_fields
from tests.fakes.twilio import TOKEN as TWILIO_TOKEN

NOW = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
CHAT, PHONE = Handle("700100200"), Handle("+31612345678")
YES = Button(id="a.yes", label="✅ Ja", digit=1)
OGG = b"OggS" + bytes(range(256)) * 10


@dataclass(kw_only=True)
class Stage:
    database: Database
    provider: FakeProvider
    bot: FakeTelegram
    account: FakeTwilio
    telegram: Telegram
    whatsapp: WhatsApp
    made: list[UUID] = field(default_factory=list)

    async def voice(self, content: bytes = OGG) -> str:
        given = {"milliseconds": 900, "recorded": 900, "loudness": -20.0, "peak": -4.0}
        return await self._kept(Voice(content=content, **given))  # type: ignore[arg-type]

    async def picture(self) -> str:
        return await self._kept(Picture(content=b"\xff\xd8foto", width=10, height=10))

    async def _kept(self, what: Voice | Picture) -> str:
        async with self.database.begin() as session:
            self.made.append(await media.keep(session, NOW, what))
        return str(self.made[-1])

    async def tell(self, text: str = "Hallo", **more: Any) -> Sent:
        return await self.telegram.send(CHAT, Outgoing(text=text, language="nl", **more), new_id())

    async def app(self, text: str = "Hallo", **more: Any) -> Sent:
        return await self.whatsapp.send(PHONE, Outgoing(text=text, language="nl", **more), new_id())

    @property
    def methods(self) -> list[str]:
        return [call.method for call in self.provider.ledger]


async def no_content(template: str, language: str) -> str | None:
    return None


@pytest.fixture
async def stage(database: Database) -> AsyncIterator[Stage]:
    provider = FakeProvider()
    bot, account = FakeTelegram(provider), FakeTwilio(provider)
    async with provider:
        settings = load(
            _env_file=None,
            public_url="https://pim.voorbeeld/",
            twilio_account_sid=ACCOUNT,
            twilio_auth_token=TWILIO_TOKEN,
            twilio_api_url=provider.url,
            twilio_whatsapp_from="+3197010200000",
        )
        shelf = Shelf(database)
        telegram = Telegram(token=TOKEN, api_url=provider.url, rate=30, deadline=2, shelf=shelf)
        whatsapp = WhatsApp(Account(settings, Clock(), deadline=2), settings, no_content, shelf)
        made = Stage(
            database=database, provider=provider, bot=bot, account=account, telegram=telegram, whatsapp=whatsapp
        )
        yield made
        await telegram.close()
        await whatsapp.close()
    async with database.begin() as session:
        await session.execute(delete(Media).where(Media.id.in_(made.made)))
        await session.execute(delete(MediaRef))


class TestTelegram:
    async def test_the_words_and_the_buttons_stand_below_the_voice_in_one_call(self, stage: Stage) -> None:
        sent = await stage.tell("Morgen ✅", voice=(await stage.voice(),), buttons=(YES,), silent=True)
        assert stage.methods == ["sendVoice"]
        (call,) = stage.provider.ledger
        assert call.text == "Morgen ✅"
        assert stage.bot.files[call.fields["voice"]] == OGG
        assert call.fields["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "a.yes"
        assert str(call.fields["disable_notification"]) == "true"
        assert sent.provider_id == f"c{call.id}"

    async def test_it_goes_up_once_and_by_its_name_from_then_on(self, stage: Stage) -> None:
        voice = await stage.voice()
        for _ in range(3):
            await stage.tell(voice=(voice,), buttons=(YES,))
        assert [call.fields["uploaded"] for call in stage.provider.ledger] == [True, False, False]
        assert len({call.fields["voice"] for call in stage.provider.ledger}) == 1

    async def test_a_name_that_telegram_forgot_goes_up_anew(self, stage: Stage) -> None:
        voice = await stage.voice()
        await stage.tell(voice=(voice,))
        stage.bot.files.clear()
        await stage.tell(voice=(voice,))
        assert [call.fields["uploaded"] for call in stage.provider.ledger] == [True, True]

    async def test_a_voice_that_was_wiped_is_not_sent_also_where_telegram_has_it(self, stage: Stage) -> None:
        voice = await stage.voice()
        await stage.tell(voice=(voice,))
        async with stage.database.begin() as session:
            await media.wipe(session, [UUID(voice)])
        await stage.tell("Hallo", voice=(voice,))
        assert stage.methods == ["sendVoice", "sendMessage"]
        with pytest.raises(SendError) as failed:
            await stage.tell("", voice=(voice,))
        assert (failed.value.verdict, failed.value.reason) == (Verdict.REFUSED, "empty")

    async def test_alone_without_words(self, stage: Stage) -> None:
        await stage.tell("", voice=(await stage.voice(),))
        assert "caption" not in stage.provider.ledger[0].fields

    async def test_words_too_long_for_a_caption_go_first(self, stage: Stage) -> None:
        sent = await stage.tell("a" * 1025, voice=(await stage.voice(),), buttons=(YES,))
        assert stage.methods == ["sendMessage", "sendVoice"]
        assert sent.provider_id == stage.provider.ledger[0].id

    async def test_and_were_said_when_the_voice_after_them_is_refused(self, stage: Stage) -> None:
        stage.provider.script(faults.refuse(400, "Bad Request: VOICE_MESSAGES_FORBIDDEN", method="sendVoice"))
        sent = await stage.tell("a" * 1025, voice=(await stage.voice(),))
        assert (stage.methods, sent.provider_id) == (["sendMessage"], stage.provider.ledger[0].id)

    async def test_a_bubble_with_a_voice_changes_its_caption(self, stage: Stage) -> None:
        sent = await stage.tell(voice=(await stage.voice(),), buttons=(YES,))
        edited = await stage.tell("Goed.", edit=sent.provider_id, bold=((0, 4),))
        assert stage.methods == ["sendVoice", "editMessageCaption"]
        assert stage.provider.ledger[-1].fields["caption_entities"] == [{"type": "bold", "offset": 0, "length": 4}]
        assert edited.provider_id == sent.provider_id
        longer = await stage.tell("a" * 1025, edit=sent.provider_id)
        assert stage.methods[-1] == "sendMessage"
        assert longer.provider_id != sent.provider_id

    async def test_a_bubble_with_a_voice_can_be_removed(self, stage: Stage) -> None:
        sent = await stage.tell(voice=(await stage.voice(),))
        await stage.tell("Weg.", remove=(sent.provider_id,))
        assert list(stage.bot.bubbles) == [(700100200, int(stage.provider.ledger[-1].id))]

    async def test_a_picture_goes_with_its_words_and_is_remembered(self, stage: Stage) -> None:
        picture = await stage.picture()
        for _ in range(2):
            await stage.tell("Zo ziet het eruit", picture=picture)
        assert stage.methods == ["sendPhoto", "sendPhoto"]
        assert [call.fields["uploaded"] for call in stage.provider.ledger] == [True, False]

    async def test_the_verdicts_stay(self, stage: Stage) -> None:
        voice = (await stage.voice(),)
        stage.provider.script(faults.throttle(3), faults.refuse(403, "Forbidden: bot was blocked by the user"))
        for verdict in (Verdict.PAUSE, Verdict.DEAD):
            with pytest.raises(SendError) as failed:
                await stage.tell(voice=voice)
            assert failed.value.verdict is verdict
        assert stage.methods == []

    def test_what_is_heard_and_what_is_tapped(self, stage: Stage) -> None:
        (heard,) = stage.telegram.receive(voice_update(1, 700100200, "voice-7", seconds=4, size=9000))
        assert (heard.attached, heard.file) == (Attached.VOICE, File(reference="voice-7", size=9000, seconds=4))
        tap = tap_update(2, 700100200, "a.yes", bubble=12)
        tap["callback_query"]["message"] |= {"voice": {"file_id": "f", "file_unique_id": "u", "duration": 1}}
        del tap["callback_query"]["message"]["text"]
        (tapped,) = stage.telegram.receive(tap)
        assert tapped.bubble == "c12"

    def test_of_a_photo_the_largest_that_fits(self, stage: Stage) -> None:
        sizes = [
            {"file_id": name, "file_unique_id": name, "width": width, "height": width, "file_size": size}
            for name, width, size in (("small", 90, 1000), ("good", 1280, 400_000), ("huge", 4000, 9_000_000))
        ]
        (seen,) = stage.telegram.receive({"update_id": 3, "message": message(700100200, photo=sizes)})
        assert (seen.attached, seen.file) == (Attached.PHOTO, File(reference="good", size=400_000))

    async def test_what_somebody_sent_is_fetched_within_its_limit(self, stage: Stage) -> None:
        stage.bot.files["voice-7"] = OGG
        assert await stage.telegram.fetch(File(reference="voice-7", size=len(OGG)), 10_000) == OGG
        for file, most in ((File(reference="voice-7"), 100), (File(reference="voice-7", size=10**7), 10_000)):
            with pytest.raises(SendError) as failed:
                await stage.telegram.fetch(file, most)
            assert (failed.value.verdict, failed.value.reason) == (Verdict.REFUSED, "too_long")
        with pytest.raises(SendError):
            await stage.telegram.fetch(File(reference="nobody"), 10_000)

    async def test_more_than_a_call_may_read_elsewhere_is_fetched_where_it_may(self, stage: Stage) -> None:
        stage.bot.files["photo-1"] = bytes(3_000_000)
        assert len(await stage.telegram.fetch(File(reference="photo-1"), 5_000_000)) == 3_000_000


class TestWhatsApp:
    async def test_a_voice_is_an_address_that_opens_for_a_while(self, stage: Stage) -> None:
        voice = await stage.voice()
        await stage.app("", voice=(voice,))
        fields = stage.provider.ledger[0].fields
        assert "Body" not in fields
        address = fields["MediaUrl"]
        assert address.startswith("https://pim.voorbeeld/media/")
        assert address.endswith(".ogg")
        token = address.removeprefix("https://pim.voorbeeld/media/").removesuffix(".ogg")
        real = Clock().real()
        assert medialinks.opened(token, real) == UUID(voice)
        assert medialinks.opened(token, real + timedelta(minutes=61)) is None

    async def test_words_go_without_the_voice_that_follows_them(self, stage: Stage) -> None:
        await stage.app("Hallo", voice=(await stage.voice(),))
        assert "MediaUrl" not in stage.provider.ledger[0].fields

    async def test_a_picture_goes_with_its_words_and_the_numbers_of_its_answers(self, stage: Stage) -> None:
        await stage.app("Kijk", picture=await stage.picture(), buttons=(YES,))
        fields = stage.provider.ledger[0].fields
        assert fields["MediaUrl"].endswith(".jpg")
        assert fields["Body"].startswith("Kijk")
        assert "1" in fields["Body"]

    async def test_what_came_is_fetched_through_where_twilio_sends_us_without_our_key(self, stage: Stage) -> None:
        stage.account.files["ME7"] = OGG
        url = f"{stage.provider.url}/2010-04-01/Accounts/{ACCOUNT}/Messages/MM1/Media/ME7"
        more = {"NumMedia": "1", "MediaUrl0": url, "MediaContentType0": "audio/ogg"}
        form = message_fields("MM1", "whatsapp:+31612345678", "", **more)
        (heard,) = stage.whatsapp.receive(form)
        assert (heard.attached, heard.file) == (Attached.VOICE, File(reference=url))
        assert heard.file is not None
        assert await stage.whatsapp.fetch(heard.file, 10_000) == OGG
        assert stage.account.seen == [None]

    @pytest.mark.parametrize(
        "url",
        [
            "http://169.254.169.254/latest",
            "https://kwaad.voorbeeld/x.ogg",
            "file:///etc/passwd",
            "https://x.twilio.com.kwaad.voorbeeld/",
        ],
    )
    async def test_a_form_leads_us_nowhere_else(self, stage: Stage, url: str) -> None:
        with pytest.raises(SendError) as failed:
            await stage.whatsapp.fetch(File(reference=url), 10_000)
        assert failed.value.verdict is Verdict.REFUSED


class TestLinks:
    def test_a_changed_or_made_up_token_opens_nothing(self) -> None:
        media_id = new_id()
        token = medialinks.link("https://pim", media_id, "audio/ogg", NOW).rpartition("/")[2].removesuffix(".ogg")
        assert medialinks.opened(token, NOW) == media_id
        for place in range(len(token)):
            other = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
            assert medialinks.opened(other, NOW) != media_id or other[-1] != token[-1]
        for odd in ("", "a", "é" * 20, token + "AAAA", token[:-4]):
            assert medialinks.opened(odd, NOW) is None


async def test_the_name_at_a_provider_is_kept_once_per_channel(stage: Stage) -> None:
    shelf = Shelf(stage.database)
    await shelf.remember("telegram", "abc", "one")
    await shelf.remember("telegram", "abc", "two")
    async with stage.database.begin() as session:
        assert list(await session.scalars(select(MediaRef.provider_id))) == ["two"]
