"""WhatsApp's templates from submission to use; the fake Meta is the judge."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import templates
from content.catalogue import load as catalogue
from content.inforce import concepts
from core.database import Database
from core.ids import new_id
from core.settings import Settings, load
from core.tables.channels import TemplateState
from core.values import Handle
from messaging.channel import Button, Outgoing, SendError, Template
from messaging.twilio.account import Account
from messaging.twilio.channels import WhatsApp
from messaging.twilio.content import Contents
from tests.contract import rigs
from tests.fakes import faults
from tests.fakes.clock import FakeClock
from tests.fakes.content import FakeContent
from tests.fakes.provider import FakeProvider
from tests.fakes.twilio import FakeTwilio
from tests.scheduler.world import NOW

TEXTS = concepts(catalogue())
PHONE = Handle("+31612345678")


class Desk:
    """An installation with Dutch and Arabic, its Twilio and its Meta."""

    def __init__(self, database: Database, meta: FakeContent) -> None:
        self.database, self.meta = database, meta
        self.provider = meta.account.provider
        self.clock = FakeClock(NOW)
        self.settings: Settings = rigs.settings(self.provider, languages=("nl", "ar", "ti"))
        self.contents = Contents(self.settings)
        self.sids = templates.ContentSids(database, self.clock)
        self.whatsapp = WhatsApp(Account(self.settings, self.clock), self.settings, self.sids)

    async def submit(self) -> list[templates.Line]:
        return await templates.submit(self.database, self.clock, self.settings, TEXTS, self.contents)

    async def poll(self) -> dict[tuple[str, str], str]:
        lines = await templates.poll(self.database, self.clock, self.contents)
        return {(line.template, line.language): line.state for line in lines}

    async def say(self, text: str = "Komt u?", **more: object) -> str:
        """Send, and what then stands on the phone."""
        await self.whatsapp.send(PHONE, Outgoing(text=text, language="nl", **more), new_id())  # type: ignore[arg-type]
        return self.provider.messages[-1].text


@pytest.fixture
async def desk(fresh_database: Database) -> AsyncIterator[Desk]:
    provider = FakeProvider()
    meta = FakeContent(FakeTwilio(provider))
    async with provider:
        made = Desk(fresh_database, meta)
        yield made
        await made.contents.close()
        await made.whatsapp.close()


async def test_every_template_is_submitted_once_as_utility(desk: Desk) -> None:
    await desk.submit()
    again = await desk.submit()

    assert len(desk.meta.asked) == 8
    assert {asked["category"] for asked in desk.meta.asked.values()} == {"UTILITY"}
    assert {desk.meta.made[sid]["language"] for sid in desk.meta.asked} == {"nl", "ar"}
    assert {line.state for line in again} == {"session", "pending"}


async def test_an_approval_is_in_use_within_a_minute_and_without_a_restart(desk: Desk) -> None:
    await desk.submit()
    opening = Template(name="afspraak", language="ar", variables=("الثلاثاء 12 يناير", "10:00"))
    with pytest.raises(SendError, match="template_missing"):
        await desk.say(template=opening)

    desk.meta.decide("approved")
    assert set((await desk.poll()).values()) == {"approved"}
    desk.clock.advance(templates.REMEMBERED)

    assert "10:00" in await desk.say(template=opening)
    assert desk.provider.messages[-1].fields["Shown"] == "👁 فتح=open"
    assert "Meierijstad" in desk.provider.messages[-1].text


async def test_what_meta_refuses_is_kept_with_its_words(desk: Desk) -> None:
    await desk.submit()
    desk.meta.decide("rejected", "INVALID_FORMAT", language="ar")
    desk.meta.decide("approved")

    states = await desk.poll()

    assert states["afspraak", "ar"] == "rejected"
    assert states["afspraak", "nl"] == "approved"
    async with desk.database.begin() as session:
        refused = list(await session.scalars(select(TemplateState).where(TemplateState.approval == "rejected")))
    assert {state.why for state in refused} == {"INVALID_FORMAT"}


async def test_new_words_wait_while_the_old_ones_are_in_use(desk: Desk) -> None:
    await desk.submit()
    desk.meta.decide("approved")
    await desk.poll()
    desk.settings = load(**{**desk.settings.model_dump(), "municipality": "Veghel"})

    await desk.submit()

    opening = Template(name="bericht", language="nl")
    assert "Meierijstad" in await desk.say(template=opening)
    desk.meta.decide("approved")
    await desk.poll()
    desk.clock.advance(templates.REMEMBERED)
    assert "Veghel" in await desk.say(template=opening)


async def test_a_submission_that_broke_off_goes_on(desk: Desk) -> None:
    desk.provider.script(faults.refuse(503, method="approve"))
    with pytest.raises(SendError):
        await desk.submit()

    await desk.submit()

    names = [asked["name"] for asked in desk.meta.asked.values()]
    assert len(names) == len(set(names)) == 8


async def test_answers_become_buttons_or_a_list_inside_a_conversation(desk: Desk) -> None:
    await desk.submit()

    for count in (1, 3, 4, 10):
        buttons = tuple(Button(id=f"a.b:{n}", label=f"✅ Antwoord {n}") for n in range(count))
        assert await desk.say("Kies.\nEen regel.", buttons=buttons, opens="☰ اختر") == "Kies.\nEen regel."
        fields = desk.provider.messages[-1].fields
        assert fields["Shown"].split("|") == [f"✅ Antwoord {n}=a.b:{n}" for n in range(count)]
        assert fields.get("Opens") == ("☰ اختر" if count > 3 else None)


@pytest.mark.parametrize(
    ("text", "count"), [("Kies.", 11), ("x" * 1025, 2)], ids=["more than a list holds", "longer than its text"]
)
async def test_what_does_not_fit_is_numbered(desk: Desk, text: str, count: int) -> None:
    await desk.submit()
    buttons = tuple(Button(id=f"a.b:{n}", label=f"Antwoord {n}") for n in range(count))

    assert "\n1 Antwoord 0\n2 Antwoord 1" in await desk.say(text, buttons=buttons)


async def test_a_form_that_twilio_refuses_is_numbered_after_all(desk: Desk) -> None:
    await desk.submit()
    desk.provider.script(faults.refuse(400, "The Content Variables parameter is invalid.", 21656))

    assert await desk.say(buttons=(Button(id="a.yes", label="✅ Ja"),)) == "Komt u?\n\n1 ✅ Ja"


async def test_while_the_database_is_away_the_known_ones_are_used(desk: Desk, fresh_database: Database) -> None:
    await desk.submit()
    await desk.say(buttons=(Button(id="a.yes", label="✅ Ja"),))
    desk.clock.advance(timedelta(hours=1))
    desk.sids._database = Database("postgresql://nobody@127.0.0.1:1/nothing")

    assert await desk.say(buttons=(Button(id="a.yes", label="✅ Ja"),)) == "Komt u?"
