import asyncio
import base64
from typing import Any

import pytest

from core import accounts, addresses, people
from core.ids import new_id
from core.tables.notices import Delivery, Notice
from core.values import Handle
from tests.bot.simulator.desk import NOW, YES, Phones, question


async def test_a_new_phone_is_unknown(house: Phones) -> None:
    phone = await house.new("whatsapp", "fa-AF")

    assert (phone["channel"], phone["language"], phone["role"], phone["persons"]) == ("whatsapp", "fa-AF", None, [])
    assert phone["address"].startswith("+316")


async def test_a_phone_shows_whose_it_is(house: Phones) -> None:
    phone = await house.new()
    async with house.database.begin() as session:
        person = await people.add(session, NOW, name="Mehret (voorbeeld)", languages=["ti"])
        address = await addresses.ensure(session, NOW, "telegram", Handle(phone["address"]))
        await addresses.attach(session, NOW, person.id, address.id, verified=True)

    (known,) = await house.get("phones")
    assert (known["name"], known["role"], known["persons"]) == ("Mehret (voorbeeld)", "inburgeraar", [str(person.id)])

    async with house.database.begin() as session:
        await accounts.add(session, NOW, email="m@voorbeeld.example", name="M", role="rolmodel", person_id=person.id)
    (known,) = await house.get("phones")
    assert known["role"] == "rolmodel"


async def test_what_is_typed_is_stored_before_the_answer(house: Phones) -> None:
    phone = await house.new()

    status, answer = await house.call("POST", f"phones/{phone['id']}/messages", {"text": "سلام"})

    assert (status, answer) == (202, {"n": 1})
    assert house.inbox.payloads[0]["text"] == "سلام"
    (message,) = await house.get(f"phones/{phone['id']}/messages")
    assert (message["n"], message["from"], message["text"], message["direction"]) == (1, "person", "سلام", "rtl")


async def test_a_message_has_every_field_of_the_contract(house: Phones) -> None:
    phone = await house.new()
    await house.simulator.channel("telegram").send(Handle(phone["address"]), question(), new_id())

    (message,) = await house.get(f"phones/{phone['id']}/messages?after=0&wait=0")

    expected = {
        "n": 1,
        "from": "service",
        "text": "Komt u?",
        "language": "nl",
        "direction": "ltr",
        "choices": [{"id": YES.id, "label": "✅ Ik kom"}],
        "voice": None,
        "at": "2027-03-27T09:00:00+01:00",
        "notice": None,
        "pushed": False,
        "replaces": None,
    }
    assert {name: message[name] for name in expected} == expected


async def test_a_push_tells_which_notice_it_was(house: Phones) -> None:
    phone = await house.new()
    delivery_id = new_id()
    async with house.database.begin() as session:
        person = await people.add(session, NOW, name="Amira (voorbeeld)", languages=["ar"])
        address = await addresses.ensure(session, NOW, "telegram", Handle(phone["address"]))
        notice = Notice(
            person_id=person.id,
            kind="update",
            step="",
            source_kind="news_text",
            source_id=new_id(),
            doubt="never",
            due=NOW,
            priority=3,
            planned_at=NOW,
        )
        session.add(notice)
        await session.flush()
        session.add(
            Delivery(
                id=delivery_id,
                notice_id=notice.id,
                address_id=address.id,
                channel="telegram",
                state="handing",
                language="ar",
                handed_at=NOW,
            )
        )

    await house.simulator.channel("telegram").send(Handle(phone["address"]), question(pushed=True), delivery_id)

    (message,) = await house.get(f"phones/{phone['id']}/messages")
    assert message["pushed"] is True
    assert message["notice"] == {"id": str(notice.id), "kind": "update", "step": None}


async def test_a_tap(house: Phones) -> None:
    phone = await house.new()
    await house.simulator.channel("telegram").send(Handle(phone["address"]), question(), new_id())

    assert await house.call("POST", f"phones/{phone['id']}/messages", {"choice": YES.id}) == (202, {"n": 2})


async def test_waiting_for_the_first_message(house: Phones) -> None:
    phone = await house.new()
    waiting = asyncio.create_task(house.get(f"phones/{phone['id']}/messages?after=0&wait=5"))
    await asyncio.sleep(0.05)

    await house.simulator.channel("telegram").send(Handle(phone["address"]), question(), new_id())

    assert [message["n"] for message in await waiting] == [1]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": "a", "choice": "b"},
        {"text": ""},
        {"text": " \0"},
        {"text": 5},
        {"choice": None},
        {"choice": "appointment.yes:1"},
        {"text": "a", "more": 1},
        ["text"],
        "text",
    ],
)
async def test_what_no_phone_can_say(house: Phones, body: Any) -> None:
    phone = await house.new()

    status, _ = await house.call("POST", f"phones/{phone['id']}/messages", body)

    assert status == 400
    assert await house.get(f"phones/{phone['id']}/messages") == []


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b"null"])
async def test_a_body_that_is_no_json_object(house: Phones, body: bytes) -> None:
    async with house.client.post("/simulator/api/phones", data=body) as answer:
        assert answer.status == 400


@pytest.mark.parametrize("phone", ["01900000-0000-7000-8000-000000000000", "nobody", "1"])
async def test_an_unknown_phone(house: Phones, phone: str) -> None:
    assert (await house.call("GET", f"phones/{phone}/messages"))[0] == 404
    assert (await house.call("POST", f"phones/{phone}/messages", {"text": "a"}))[0] == 404
    assert (await house.call("PUT", f"phones/{phone}", {"blocked": True}))[0] == 404


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "phones", {"channel": "fax"}),
        ("POST", "phones", {"channel": "sms", "language": "<b>"}),
        ("POST", "faults", {"channel": "sms", "fault": "fire"}),
        ("POST", "faults", {"channel": "sms", "fault": "hang", "seconds": -1}),
        ("POST", "faults", {"channel": "sms", "fault": "hang", "seconds": True}),
        ("POST", "clock", {}),
        ("POST", "clock", {"advance": "P1D", "to": "2027-03-28T08:00:00+02:00"}),
        ("POST", "clock", {"advance": "a day"}),
        ("POST", "clock", {"advance": "P1M"}),
        ("POST", "clock", {"advance": 3600}),
        ("POST", "clock", {"to": "2027-03-28T08:00:00"}),
        ("POST", "clock", {"to": "tomorrow"}),
        ("GET", "idle?wait=soon", None),
    ],
)
async def test_what_is_not_understood(house: Phones, method: str, path: str, body: Any) -> None:
    status, answer = await house.call(method, path, body)

    assert status == 400
    assert answer["error"]


@pytest.mark.parametrize("query", ["after=-1", "after=a", "wait=-1", "wait=nan", "wait=x"])
async def test_a_query_that_is_not_understood(house: Phones, query: str) -> None:
    phone = await house.new()

    assert (await house.call("GET", f"phones/{phone['id']}/messages?{query}"))[0] == 400


async def test_blocking(house: Phones) -> None:
    phone = await house.new()

    status, _ = await house.call("PUT", f"phones/{phone['id']}", {"blocked": True})

    assert status == 200
    assert (await house.get("phones"))[0]["blocked"] is True
    assert (await house.call("PUT", f"phones/{phone['id']}", {"blocked": "yes"}))[0] == 400


async def test_the_clock(house: Phones) -> None:
    assert await house.get("clock") == {"now": "2027-03-27T09:00:00+01:00", "waiting": 2}


@pytest.mark.parametrize(
    ("body", "now"),
    [
        ({"advance": "P1D"}, "2027-03-28T09:00:00+02:00"),  # a day of the calendar: 23 hours
        ({"advance": "PT24H"}, "2027-03-28T10:00:00+02:00"),  # hours elapse
        ({"advance": "P1DT2H"}, "2027-03-28T11:00:00+02:00"),
        ({"advance": "P1W"}, "2027-04-03T09:00:00+02:00"),
        ({"advance": "PT90M"}, "2027-03-27T10:30:00+01:00"),
        ({"to": "2027-03-27T08:00:00Z"}, "2027-03-27T09:00:00+01:00"),
        ({"to": "2027-03-28T08:00:00+02:00"}, "2027-03-28T08:00:00+02:00"),
    ],
)
async def test_moving_the_clock(house: Phones, body: Any, now: str) -> None:
    assert await house.call("POST", "clock", body) == (200, {"now": now, "waiting": 2})


async def test_the_clock_only_goes_forward(house: Phones) -> None:
    assert (await house.call("POST", "clock", {"to": "2027-03-27T08:59:59+01:00"}))[0] == 409


async def test_a_second_move_at_the_same_time(house: Phones) -> None:
    house.machine.gate.clear()
    first = asyncio.create_task(house.call("POST", "clock", {"advance": "P1D"}))
    await house.machine.begun.wait()

    assert (await house.call("POST", "clock", {"advance": "P1D"}))[0] == 409

    house.machine.gate.set()
    assert (await first)[0] == 200


async def test_quiet(house: Phones) -> None:
    assert await house.get("idle?wait=1") == {"idle": True}
    assert await house.get("idle") == {"idle": False}


async def test_the_log_ins(house: Phones) -> None:
    assert await house.get("staff") == [
        {
            "email": "karin@voorbeeld.example",
            "password": "welkom-voorbeeld",
            "role": "klantmanager",
            "name": "Karin",
        }
    ]


async def test_faults(house: Phones) -> None:
    broken = {"channel": "sms", "fault": "throttle", "seconds": 4}

    assert await house.call("POST", "faults", broken) == (200, broken)
    assert broken in await house.get("faults")
    status, mended = await house.call("POST", "faults", {"channel": "sms", "fault": "none"})
    assert (status, mended["fault"]) == (200, "none")


async def test_a_database_that_is_away(house: Phones) -> None:
    phone = await house.new()
    house.inbox.broken = True

    assert (await house.call("POST", f"phones/{phone['id']}/messages", {"text": "a"}))[0] == 503


async def test_one_call_tells_of_changes_on_all_phones(house: Phones) -> None:
    phone = await house.new()
    before = await house.get("changes")
    waiting = asyncio.create_task(house.get(f"changes?since={before['version']}&wait=5"))
    await asyncio.sleep(0.05)

    await house.call("POST", f"phones/{phone['id']}/messages", {"text": "a"})

    assert (await waiting)["phones"] == {phone["id"]: 1}


async def test_another_page_may_not_use_the_phones(house: Phones) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}

    async with house.client.post("/simulator/api/phones", json={"channel": "sms"}, headers=headers) as answer:
        assert answer.status == 403
        assert "Access-Control-Allow-Origin" not in answer.headers


class TestVoices:
    async def test_a_made_up_voice_is_stored_before_the_answer_and_can_be_played(self, house: Phones) -> None:
        phone = await house.new()

        status, answer = await house.call("POST", f"phones/{phone['id']}/messages", {"voice": "tone:440:700"})

        assert (status, answer) == (202, {"n": 1})
        (payload,) = house.inbox.payloads
        assert payload["attached"] == "voice"
        (message,) = await house.get(f"phones/{phone['id']}/messages")
        assert (message["from"], message["text"]) == ("person", "")
        async with house.client.get(message["voice"]) as played:
            assert (played.status, played.content_type) == (200, "audio/ogg")
            whole = await played.read()
        assert whole.startswith(b"OggS")
        async with house.client.get(message["voice"], headers={"Range": "bytes=-10"}) as end:
            assert (end.status, await end.read()) == (206, whole[-10:])

    async def test_a_file_of_ones_own_too_and_a_photo(self, house: Phones) -> None:
        phone = await house.new("whatsapp")
        for name, kind in (("voice", "voice"), ("photo", "photo")):
            content = base64.b64encode(b"een bestand").decode()
            assert (await house.call("POST", f"phones/{phone['id']}/messages", {name: content}))[0] == 202
            assert house.inbox.payloads[-1]["attached"] == kind
        voice, photo = await house.get(f"phones/{phone['id']}/messages")
        assert (photo["voice"], voice["picture"]) == (None, None)
        async with house.client.get(photo["picture"]) as shown:
            assert await shown.read() == b"een bestand"

    @pytest.mark.parametrize(
        "body",
        [{"voice": ""}, {"voice": 7}, {"voice": "geen base64!"}, {"voice": "tone", "text": "a"}],
    )
    async def test_what_is_no_file_is_a_400(self, house: Phones, body: dict[str, Any]) -> None:
        phone = await house.new()
        status, answer = await house.call("POST", f"phones/{phone['id']}/messages", body)
        assert (status, bool(answer["error"])) == (400, True)
        assert house.inbox.payloads == []

    async def test_a_file_that_isnt_there(self, house: Phones) -> None:
        for name in (str(new_id()), "etc-passwd"):
            assert (await house.call("GET", f"files/{name}"))[0] == 404
