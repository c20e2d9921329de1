from datetime import timedelta

from core.tables.service import Hold
from scheduler.queue import holds
from tests.bot.console.room import Room
from tests.scheduler import world
from tests.scheduler.world import at


async def on_hold(room: Room, name: str = "Marit") -> None:
    """Everything on hold since 11:20, while messages wait."""
    marit = await room.staff("regisseur", name)
    async with room.begin() as session:
        await world.appointment(session, await world.person(session), "2026-12-21 18:30")
        await holds.put(session, at("2026-12-21 11:20"), "verkeerde plaats in een tekst", marit.id)
    room.clock.moment = at("2026-12-21 17:00")


async def test_the_first_page_says_since_when_by_whom_and_what_waits(room: Room) -> None:
    await on_hold(room)
    page = (await (await room.browser(await room.staff())).get("/console/")).text
    assert "<strong>Alles staat op pauze</strong> sinds 11:20, door Marit. 2 berichten wachten, 2 verlopen" in page
    assert "vóór 19:00" in page
    assert "Waarom: verkeerde plaats in een tekst" in page
    assert "Zet weer aan, met reden" in page


async def test_lifting_keeps_the_reason_and_is_audited(room: Room) -> None:
    await on_hold(room)
    karin = await room.staff()
    browser = await room.browser(karin)
    page = await browser.send("/console/hold/lift", {"why": "De tekst is goed."})
    assert "Het staat weer aan." in page.text
    assert "Alles staat op pauze" not in page.text
    (hold,) = await room.all(Hold)
    assert (hold.lifted_by, hold.lifted_why) == (karin.id, "De tekst is goed.")
    (entry,) = await room.audited("hold.lift")
    assert (entry.actor_id, entry.object_id) == (karin.id, hold.id)


async def test_without_a_reason_it_stays_on(room: Room) -> None:
    await on_hold(room)
    answer = await (await room.browser(await room.staff())).post("/console/hold/lift", {"why": " "})
    assert answer.status == 422
    assert "Schrijf op waarom" in answer.text
    (hold,) = await room.all(Hold)
    assert hold.lifted_at is None


async def test_what_is_too_late_is_told(room: Room) -> None:
    await on_hold(room)
    room.clock.advance(timedelta(hours=4))
    browser = await room.browser(await room.staff())
    assert "2 berichten zijn al te laat en gaan niet meer weg." in (await browser.get("/console/")).text
    page = await browser.send("/console/hold/lift", {"why": "Klaar."})
    assert "wat te laat is, niet meer" in page.text


async def test_who_may_not_lift_it_sees_it_only(room: Room) -> None:
    await on_hold(room)
    browser = await room.browser(await room.staff("begeleider", "Bram"))
    page = (await browser.get("/console/")).text
    assert "Alles staat op pauze" in page
    assert "Zet weer aan" not in page
    assert (await browser.post("/console/hold/lift", {"why": "Klaar."})).status == 404


async def test_lifting_twice_harms_nothing(room: Room) -> None:
    browser = await room.browser(await room.staff())
    assert (await browser.post("/console/hold/lift", {"why": "Klaar."})).leads_to == "/console/?note=hold-lifted"
    assert await room.audited("hold.lift") == []
