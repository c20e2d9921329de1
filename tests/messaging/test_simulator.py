import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from core.clock import Clock
from core.database import Database
from core.ids import new_id
from core.tables.simulator import SimulatorPhone
from core.values import Handle
from messaging.channel import Attached, Button, Outgoing, Reached, SendError, Sent, Template, Verdict
from messaging.simulator import SimulatedChannel, Simulator, UnknownChoice, UnknownPhone
from messaging.simulator import faults as simulator_faults
from messaging.simulator.faults import Fault
from messaging.simulator.phones import Bubble
from tests.fakes.inbox import MemoryInbox

YES = Button(id="appointment.yes:1", label="✅ Ik kom", digit=1)
NO = Button(id="appointment.no:1", label="❌ Ik kan niet", digit=2)
WHERE = Button(id="appointment.where:1", label="📍 Waar? Meer")


class House:
    """A simulator with an inbox in memory, and a phone per channel."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.inbox = MemoryInbox()
        self.simulator = Simulator(database, Clock(), self.inbox.keep)

    async def phone(self, channel: str, language: str | None = None) -> tuple[UUID, Handle]:
        phone_id = await self.simulator.add(channel, language)
        async with self.database.begin() as session:
            handle = (await session.get_one(SimulatorPhone, phone_id)).handle
        assert handle is not None
        return phone_id, handle

    async def screen(self, phone_id: UUID) -> list[Bubble]:
        return await self.simulator.messages(phone_id, 0, 0)


@pytest.fixture
def house(fresh_database: Database) -> House:
    return House(fresh_database)


async def send(channel: SimulatedChannel, handle: Handle, text: str = "Komt u?", **more: object) -> Sent:
    message = Outgoing(text=text, language="nl", **{"buttons": (YES, NO, WHERE), **more})  # type: ignore[arg-type]
    return await channel.send(handle, message, new_id())


async def test_a_message_to_an_unknown_address_makes_a_phone(house: House) -> None:
    await send(house.simulator.channel("whatsapp"), Handle("+31612345678"))

    async with house.database.begin() as session:
        phone = (await session.scalars(select(SimulatorPhone))).one()
    (bubble,) = await house.screen(phone.id)
    assert (bubble.n, bubble.text, [offer.id for offer in bubble.choices]) == (
        1,
        "Komt u?",
        ["appointment.yes:1", "appointment.no:1", "appointment.where:1"],
    )


async def test_numbers_have_no_gaps_however_many_arrive_at_once(house: House) -> None:
    phone_id, handle = await house.phone("telegram")
    channel = house.simulator.channel("telegram")

    await asyncio.gather(
        *(send(channel, handle) for _ in range(8)), *(house.simulator.say(phone_id, "a") for _ in "ab")
    )

    assert [bubble.n for bubble in await house.screen(phone_id)] == list(range(1, 11))


async def test_what_is_typed_reaches_the_service_as_from_a_provider(house: House) -> None:
    phone_id, handle = await house.phone("telegram", "fa-AF")

    n = await house.simulator.say(phone_id, "سلام")

    (payload,) = house.inbox.payloads
    (incoming,) = house.simulator.channel("telegram").receive(payload)
    assert (n, incoming.handle, incoming.text, incoming.app_language) == (1, handle, "سلام", "fa-AF")
    assert (await house.screen(phone_id))[0].direction == "rtl"


async def test_a_tap_names_the_newest_bubble_that_offers_it(house: House) -> None:
    phone_id, handle = await house.phone("telegram")
    channel = house.simulator.channel("telegram")
    await send(channel, handle)
    second = await send(channel, handle)

    await house.simulator.tap(phone_id, YES.id)

    (incoming,) = channel.receive(house.inbox.payloads[0])
    assert (incoming.choice, incoming.bubble) == (YES.id, second.provider_id)


async def test_an_edit_is_a_new_bubble_in_place_of_the_old_one_under_the_same_name(house: House) -> None:
    phone_id, handle = await house.phone("telegram")
    channel = house.simulator.channel("telegram")
    first = await send(channel, handle, pushed=True)

    edited = [await send(channel, handle, text, edit=first.provider_id, buttons=()) for text in ("Waar", "Dicht")]

    screen = await house.screen(phone_id)
    assert [(bubble.n, bubble.replaces, bubble.pushed) for bubble in screen] == [
        (1, None, True),
        (2, 1, False),
        (3, 2, False),
    ]
    assert {sent.provider_id for sent in edited} == {first.provider_id}


async def test_an_answer_that_was_changed_away_can_still_be_tapped(house: House) -> None:
    phone_id, handle = await house.phone("telegram")
    channel = house.simulator.channel("telegram")
    first = await send(channel, handle)
    await send(channel, handle, "Goed.", edit=first.provider_id, buttons=())

    await house.simulator.tap(phone_id, YES.id)

    assert channel.receive(house.inbox.payloads[0])[0].bubble == first.provider_id


async def test_whatsapp_can_not_change_a_bubble(house: House) -> None:
    phone_id, handle = await house.phone("whatsapp")
    first = await send(house.simulator.channel("whatsapp"), handle)

    await send(house.simulator.channel("whatsapp"), handle, "Goed.", edit=first.provider_id)

    assert [bubble.replaces for bubble in await house.screen(phone_id)] == [None, None]


async def test_removed_bubbles_lose_their_words(house: House) -> None:
    phone_id, handle = await house.phone("telegram")
    channel = house.simulator.channel("telegram")
    first = await send(channel, handle, "Bent u nu in gevaar?")

    await send(channel, handle, "Wat wilt u doen?", remove=(first.provider_id,))

    assert [(bubble.text, bubble.removed) for bubble in await house.screen(phone_id)] == [
        ("", True),
        ("Wat wilt u doen?", False),
    ]


async def test_a_removed_voice_can_be_played_no_more(house: House) -> None:
    phone_id, handle = await house.phone("telegram")
    channel = house.simulator.channel("telegram")
    await house.simulator.attach(phone_id, Attached.VOICE, "audio/ogg", b"OggS")
    (spoken,) = await house.screen(phone_id)

    await send(channel, handle, "Wat wilt u doen?", remove=(spoken.provider_id(phone_id),))

    assert [(bubble.voice, bubble.removed) for bubble in await house.screen(phone_id)] == [(None, True), (None, False)]


async def test_sms_is_answered_by_number(house: House) -> None:
    phone_id, handle = await house.phone("sms")
    channel = house.simulator.channel("sms")
    await send(channel, handle, "Komt u? Sms 1 = ja, 2 = nee.", buttons=(YES, NO))

    await house.simulator.tap(phone_id, "2")
    await house.simulator.say(phone_id, "2")

    tapped, typed = (channel.receive(payload)[0].text for payload in house.inbox.payloads if "receipt" not in payload)
    assert tapped == typed == "2"
    shown = (await house.screen(phone_id))[0]
    assert [offer.id for offer in shown.choices] == ["1", "2"]
    assert shown.text == "Komt u? Sms 1 = ja, 2 = nee."


async def test_sms_says_the_numbers_where_the_text_does_not(house: House) -> None:
    phone_id, handle = await house.phone("sms")

    await send(house.simulator.channel("sms"), handle, "Wat wilt u?", buttons=(WHERE, YES))

    assert (await house.screen(phone_id))[0].text == "Wat wilt u?\n\n2 Waar? Meer\n1 Ik kom"


async def test_a_choice_nobody_offered(house: House) -> None:
    phone_id, _ = await house.phone("telegram")

    with pytest.raises(UnknownChoice):
        await house.simulator.tap(phone_id, "appointment.yes:1")

    assert await house.screen(phone_id) == []
    assert not house.inbox.rows


async def test_an_unknown_phone(house: House) -> None:
    for act in (house.simulator.say(new_id(), "a"), house.simulator.tap(new_id(), "a"), house.screen(new_id())):
        with pytest.raises(UnknownPhone):
            await act


@pytest.mark.parametrize(("channel", "receipts"), [("telegram", 0), ("whatsapp", 1), ("sms", 1)])
async def test_who_tells_that_a_message_arrived(house: House, channel: str, receipts: int) -> None:
    _, handle = await house.phone(channel)

    sent = await send(house.simulator.channel(channel), handle)

    told = [house.simulator.channel(channel).receipt(payload) for payload in house.inbox.payloads]
    assert [(one.provider_id, one.reached) for one in told if one] == [(sent.provider_id, Reached.DELIVERED)] * receipts


@pytest.mark.parametrize(
    ("fault", "verdict"),
    [
        (Fault.REFUSE, Verdict.PAUSE),
        (Fault.THROTTLE, Verdict.PAUSE),
        (Fault.BLOCKED, Verdict.DEAD),
        (Fault.LOSE_ANSWER, Verdict.UNSURE),
    ],
)
async def test_a_provider_in_trouble(house: House, fault: Fault, verdict: Verdict) -> None:
    phone_id, handle = await house.phone("telegram")
    house.simulator.trouble("telegram", fault, 7)

    with pytest.raises(SendError) as failed:
        await send(house.simulator.channel("telegram"), handle)

    assert failed.value.verdict is verdict
    waits = {Fault.THROTTLE: timedelta(seconds=7), Fault.REFUSE: simulator_faults.NOT_REACHED}
    assert failed.value.retry_after == waits.get(fault)
    assert len(await house.screen(phone_id)) == (1 if fault is Fault.LOSE_ANSWER else 0)


async def test_trouble_ends_and_stays_on_its_channel(house: House) -> None:
    _, handle = await house.phone("telegram")
    house.simulator.trouble("sms", Fault.REFUSE)
    house.simulator.trouble("telegram", Fault.REFUSE)
    house.simulator.trouble("telegram", Fault.NONE)

    assert (await send(house.simulator.channel("telegram"), handle)).provider_id


async def test_a_short_hang_ends_well_and_a_long_one_leaves_a_doubt(house: House) -> None:
    _, handle = await house.phone("telegram")
    channel = house.simulator.channel("telegram", deadline=0.05)
    house.simulator.trouble("telegram", Fault.HANG, 0.01)
    await send(channel, handle)
    house.simulator.trouble("telegram", Fault.HANG, 30)

    with pytest.raises(SendError) as failed:
        await send(channel, handle)

    assert failed.value.verdict is Verdict.UNSURE


async def test_a_person_who_blocked_us(house: House) -> None:
    phone_id, handle = await house.phone("sms")
    await house.simulator.block(phone_id, True)

    with pytest.raises(SendError) as failed:
        await send(house.simulator.channel("sms"), handle)

    assert (failed.value.verdict, failed.value.code) == (Verdict.DEAD, "21610")
    await house.simulator.block(phone_id, False)
    assert (await send(house.simulator.channel("sms"), handle)).provider_id


@pytest.mark.parametrize("text", ["", "  ", "x" * 4097])
async def test_what_no_provider_takes(house: House, text: str) -> None:
    phone_id, handle = await house.phone("telegram")

    with pytest.raises(SendError) as failed:
        await send(house.simulator.channel("telegram"), handle, text)

    assert failed.value.verdict is Verdict.REFUSED
    assert await house.screen(phone_id) == []


async def test_a_language_without_templates_gets_the_dutch_one(house: House) -> None:
    phone_id, handle = await house.phone("whatsapp")
    text = "PIM Welkom, gemeente Meierijstad. U heeft een afspraak op dinsdag 12 januari om 10:00 uur."
    template = Template(
        name="afspraak", language="nl", variables=("dinsdag 12 januari", "10:00"), text=text, label="👁 Open"
    )
    push = Outgoing(text="ጽባሕ ቆጸራ ኣለኩም።", language="ti", buttons=(YES, NO, WHERE), pushed=True, template=template)

    await house.simulator.channel("whatsapp").send(handle, push, new_id())

    (bubble,) = await house.screen(phone_id)
    assert bubble.text == text
    assert (bubble.language, bubble.pushed, [offer.id for offer in bubble.choices]) == ("nl", True, [WHERE.id])


async def test_waiting_for_the_first_message(house: House) -> None:
    phone_id, handle = await house.phone("telegram")
    version = house.simulator.version
    waiting = asyncio.gather(house.simulator.messages(phone_id, 0, 5), house.simulator.changes(version, 5))
    await asyncio.sleep(0.05)

    await send(house.simulator.channel("telegram"), handle)

    bubbles, changed = await waiting
    assert ([bubble.n for bubble in bubbles], changed > version) == ([1], True)


async def test_waiting_in_vain(house: House) -> None:
    phone_id, _ = await house.phone("telegram")

    assert await house.simulator.messages(phone_id, 0, 0.02) == []


async def test_who_waits_is_answered_at_once_when_the_service_stops(house: House) -> None:
    phone_id, _ = await house.phone("telegram")
    waiting = asyncio.create_task(house.simulator.messages(phone_id, 0, 30))
    await asyncio.sleep(0.1)

    house.simulator.release()

    async with asyncio.timeout(1):
        assert await waiting == []
        assert await house.simulator.messages(phone_id, 0, 30) == []
