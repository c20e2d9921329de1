import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from content import catalogue, texts, updates
from core import accounts
from core.tables.people import Account
from core.tables.texts import Text
from core.tables.voice import Clip, Media
from scheduler.news import broadcasts
from scheduler.volunteers import questions, relay
from tests.bot.console.room import Room
from tests.scheduler.world import NOW

NOBODY = "01890000-0000-7000-8000-000000000000"


async def disabled(room: Room, account: Account) -> bool:
    async with room.begin() as session:
        return (await session.get_one(Account, account.id)).disabled_at is not None


async def approved(room: Room, thief: Account, at_minutes: int = 0) -> str:
    """The path of news of another that this account approved."""
    author = await room.staff("rolmodel", f"Abeba{at_minutes}", "ti")
    now = NOW - timedelta(minutes=at_minutes)
    async with room.begin() as session:
        news = await updates.write(
            *(session, now, room.settings),
            author=author,
            language="ti",
            body="ጽባሕ ኣኼባ ኣሎ።",
            dutch="Morgen is er een bijeenkomst.",
            ends_on=(NOW + timedelta(days=3)).date(),
        )
        await updates.submit(session, news.text.id, author)
        news = await updates.read(session, news.text.id)
        await broadcasts.approve(session, now, room.settings, news, thief, seen=news.seen)
        return f"/console/updates/{news.text.id}"


async def test_stopped_and_given_back_and_on_record(room: Room) -> None:
    thief = await room.staff("rolmodel", "Selam", "ti")
    hers, browser = await room.browser(thief), await room.browser(await room.staff("regisseur", "Marit"))
    path = await approved(room, thief)
    listed = (await browser.get("/console/accounts")).text
    assert f'<a href="/console/accounts/{thief.id}">Selam</a>' in listed
    assert "Tigrinya" in listed

    done = await browser.send(f"/console/accounts/{thief.id}/stop")
    assert "Dit account staat uit. Wat nog niet weg was, wacht nu op een ander." in done.text
    assert "keurde dit goed" in done.text
    assert "nu: wacht op een ander" in done.text
    assert f'href="{path}"' in done.text
    assert (await hers.get("/console/")).leads_to == "/console/login"
    assert await disabled(room, thief)
    news = (await browser.get(path)).text
    assert "oordeel vervalt" in news

    back = await browser.send(f"/console/accounts/{thief.id}/start")
    assert "Dit account staat weer aan." in back.text
    assert not await disabled(room, thief)
    for action in ("account.stop", "account.start"):
        (entry,) = await room.audited(action)
        assert (entry.object_kind, entry.object_id) == ("account", thief.id)
        assert entry.actor_id is not None


@pytest.mark.parametrize(
    ("role", "over", "may"),
    [
        ("regisseur", "rolmodel", True),
        ("regisseur", "vertaler", True),
        ("regisseur", "partner", True),
        ("regisseur", "klantmanager", False),
        ("regisseur", "regisseur", False),
        ("regisseur", "beheerder", False),
        ("beheerder", "rolmodel", True),
        ("beheerder", "regisseur", True),
        ("beheerder", "beheerder", True),
        ("klantmanager", "rolmodel", False),
        ("rolmodel", "rolmodel", False),
    ],
)
async def test_whose_account_a_role_may_stop(room: Room, role: str, over: str, may: bool) -> None:
    other, browser = await room.staff(over, "Ander"), await room.browser(await room.staff(role, "Zelf"))
    for way in ("", "/stop", "/start", "/call-back"):
        path = f"/console/accounts/{other.id}{way}"
        answer = await (browser.post(path) if way else browser.get(path))
        allowed = {"": 200, "/call-back": 404}.get(way, 303)
        assert answer.status == (allowed if may else 404), way
    assert len(await room.audited("account.stop")) == int(may)


async def test_nobody_stops_an_own_account_or_one_that_is_not_there(room: Room) -> None:
    account = await room.staff("beheerder", "Bo")
    browser = await room.browser(account)
    for number in (account.id, NOBODY, "x"):
        assert (await browser.post(f"/console/accounts/{number}/stop")).status == 404
    assert not await disabled(room, account)
    assert "/console/accounts/" not in (await browser.get("/console/accounts")).text


async def test_a_text_that_it_approved_is_called_back(room: Room) -> None:
    thief = await room.staff("rolmodel", "Selam", "ti")
    browser = await room.browser(await room.staff("regisseur", "Marit"))
    async with room.begin() as session:
        await texts.ship(session, NOW, catalogue.load())
        query = select(Text).where(Text.unit == "appointment.day", Text.language == "ti")
        row = (await session.scalars(query)).one()
        await texts.approve(session, NOW - timedelta(days=2), row.id, thief)
    page = f"/console/accounts/{thief.id}"
    assert "Haal terug" not in (await browser.get(page)).text  # not before it is stopped
    assert (await browser.post(f"{page}/call-back", {"deed": f"text/{row.id}"})).status == 404
    shown = (await browser.send(f"{page}/stop")).text
    (deed,) = re.findall(r'name="deed" value="([^"]+)"', shown)

    done = await browser.send(f"{page}/call-back", {"deed": deed})
    assert "Deze goedkeuring telt niet meer." in done.text
    async with room.begin() as session:
        assert (await session.get_one(Text, row.id)).state == "concept"
    assert "telde al niet meer" in (await browser.send(f"{page}/call-back", {"deed": deed})).text
    for crooked in ("", "text/", f"text/{NOBODY}", f"news/{row.id}", "clip/x"):
        assert (await browser.post(f"{page}/call-back", {"deed": crooked})).status == 404
    assert len(await room.audited("account.call_back")) == 1


async def test_all_texts_are_called_back_together(room: Room) -> None:
    thief = await room.staff("rolmodel", "Selam", "ti")
    browser = await room.browser(await room.staff("regisseur", "Marit"))
    async with room.begin() as session:
        await texts.ship(session, NOW, catalogue.load())
        query = select(Text).where(Text.unit.in_(("appointment.day", "appointment.week")), Text.language == "ti")
        for row in await session.scalars(query):
            await texts.approve(session, NOW - timedelta(days=2), row.id, thief)
    page = f"/console/accounts/{thief.id}"
    assert "Haal alles terug" in (await browser.send(f"{page}/stop")).text
    done = (await browser.send(f"{page}/call-back", {"deed": "text/all"})).text
    assert "Haal terug" not in done.partition("Nieuws roept u terug")[0]
    assert len(await room.audited("account.call_back")) == 2
    async with room.begin() as session:
        assert set(
            await session.scalars(select(Text.state).where(Text.language == "ti", Text.origin == "release"))
        ) <= {
            "concept",
            "approved",
        }
        assert [row.state for row in await session.scalars(query)] == ["concept", "concept"]


async def test_a_voice_that_it_approved_is_called_back(room: Room) -> None:
    thief, voice = await room.staff("rolmodel", "Selam", "ti"), await room.staff("rolmodel", "Mehret", "ti")
    browser = await room.browser(await room.staff("regisseur", "Marit"))
    async with room.begin() as session:
        kept = Media(kind="voice", mime="audio/ogg", content=b"OggS", sha256="0" * 64, created_at=NOW)
        session.add(kept)
        await session.flush()
        clip = Clip(
            language="ti",
            key="weekday:1",
            text_hash="0" * 64,
            speaker_id=voice.id,
            media_id=kept.id,
            state="checked",
            checked_by=thief.id,
            checked_at=NOW - timedelta(days=1),
            created_at=NOW - timedelta(days=1),
        )
        session.add(clip)
        await session.flush()
    await browser.send(f"/console/accounts/{thief.id}/stop")
    await browser.send(f"/console/accounts/{thief.id}/call-back", {"deed": f"clip/{clip.id}"})
    (now,) = await room.all(Clip)
    assert (now.state, now.checked_by) == ("recorded", None)


async def test_questions_it_answered_are_numbers(room: Room) -> None:
    asker = await room.person()
    address = await room.phone(asker)
    herself = await room.person(name="Mehret")
    thief = await room.staff("rolmodel", "Selam", "ti", person_id=herself.id)
    async with room.begin() as session:
        asked = await questions.ask(
            session, NOW, room.settings, person=asker, address_id=address, language="ti", text="Hoe gaat de bus?"
        )
        question = await relay.take(session, NOW, room.settings, thief)
        assert question is not None
        await relay.answer(session, NOW, room.settings, question, thief, text="Met een kaart.")
    browser = await room.browser(await room.staff("regisseur", "Marit"))
    shown = (await browser.get(f"/console/accounts/{thief.id}")).text
    assert f"Vraag {asked.number}" in shown
    assert "bus" not in shown
    assert "kaart" not in shown


async def test_when_it_was_used_last(room: Room) -> None:
    async with room.begin() as session:
        await accounts.add(session, NOW, email="a@voorbeeld.nl", name="Abel", role="rolmodel")
    thief = await room.staff("rolmodel", "Selam", "ti")
    await approved(room, thief, 90)
    browser = await room.browser(await room.staff("beheerder", "Bo"))
    rows = re.findall(r"<tr><td>.*?</tr>", (await browser.get("/console/accounts")).text, re.DOTALL)
    by_name = {name: row for row in rows for name in ("Abel", "Selam") if f">{name}<" in row}
    assert "niet bekend" in by_name["Abel"]
    assert "09:30" in by_name["Selam"]
