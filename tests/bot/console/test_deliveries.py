from datetime import timedelta
from uuid import UUID

from bot.console import words
from core.tables.notices import Delivery, Notice
from core.tables.people import Person
from core.values import Private
from messaging.channel import Outgoing
from scheduler.queue import deliveries, replies
from tests.bot.console.room import Room


async def failed(
    room: Room, person: Person, address_id: UUID, *, state: str = "failed", reason: str | None = "blocked"
) -> None:
    """A message that a phone blocked, or another state."""
    now = room.clock.now()
    async with room.begin() as session:
        notice = Notice(
            person_id=person.id,
            kind="appointment",
            step="day",
            source_kind="appointment",
            source_id=person.id,
            doubt="once_more",
            due=now,
            priority=2,
            state=state,
            reason=reason,
            planned_at=now,
            attempts=1,
        )
        session.add(notice)
        await session.flush()
        delivery = Delivery(
            notice_id=notice.id, address_id=address_id, channel="telegram", state="failed", language="ti", handed_at=now
        )
        delivery.text = Private("Morgen heeft u een afspraak.")
        session.add(delivery)


async def test_state_and_reason_in_words(room: Room) -> None:
    karin = await room.staff()
    person = await room.person(karin)
    await failed(room, person, await room.phone(person))
    browser = await room.browser(karin)
    page = (await browser.get("/console/deliveries?state=failed&channel=telegram&kind=appointment")).text
    for said in ("Selam", "mislukt", "een dag ervoor", "Telegram", "Tigrinya", "De persoon blokkeerde onze chat."):
        assert said in page
    for other in ("state=sent", "channel=sms", "kind=leefgeld"):
        assert "Er zijn geen berichten" in (await browser.get(f"/console/deliveries?{other}")).text


async def test_others_see_that_it_failed_but_not_for_whom(room: Room) -> None:
    karin = await room.staff()
    person = await room.person(karin)
    await failed(room, person, await room.phone(person))
    for role in ("regisseur", "beheerder"):
        page = (await (await room.browser(await room.staff(role, role))).get("/console/deliveries")).text
        assert "mislukt" in page
        assert "Selam" not in page
        assert str(person.id) not in page
        assert "Morgen heeft u" not in page
    other = await room.browser(await room.staff(name="Piet"))
    assert "Er zijn geen berichten" in (await other.get("/console/deliveries")).text


async def test_sent_text_is_read_by_the_own_klantmanager_only(room: Room) -> None:
    karin = await room.staff()
    person = await room.person(karin)
    await failed(room, person, await room.phone(person))
    path = f"/console/people/{person.id}"
    assert "Morgen heeft u een afspraak." in (await (await room.browser(karin)).get(path)).text
    regisseur = await room.browser(await room.staff("regisseur", "Marit"))
    assert "Morgen heeft u" not in (await regisseur.get(path)).text


async def test_odd_filters_do_nothing(room: Room) -> None:
    browser = await room.browser(await room.staff())
    path = "/console/deliveries?state=%22%3E&channel=x&kind='--&page=-3"
    assert (await browser.get(path)).status == 200


EVERY = [
    ("planned", "elsewhere", "Wij proberen het volgende adres."),
    ("planned", None, "Wacht op het goede moment."),
    ("claimed", None, "Gaat nu weg."),
    ("handing", None, "Wij wachten op antwoord van het bedrijf."),
    ("sent", None, "Of het aankwam, weten wij niet."),
    ("delivered", None, "De telefoon heeft het."),
    ("read", None, "Dat zegt niet dat het duidelijk was."),
    ("failed", "filtered", "De telefoonmaatschappij hield deze tekst tegen."),
    ("unsure", "worker_lost", "Wij stopten tijdens het versturen."),
    ("expired", "use_by_passed", "Het was te laat om nog te sturen."),
    ("withdrawn", "taken_back", "Teruggenomen binnen twee minuten."),
    ("suppressed", "too_soon", "Er was net een ander bericht over deze afspraak."),
]


async def test_every_state_has_its_reason_in_words(room: Room) -> None:
    assert {state for state, _, _ in EVERY} == set(words.STATES)
    karin = await room.staff()
    browser = await room.browser(karin)
    for state, reason, sentence in EVERY:
        person = await room.person(karin, name=f"Voorbeeld {state}")
        phone = await room.phone(person, handle=str(person.id))
        await failed(room, person, phone, state=state, reason=reason)
        page = (await browser.get(f"/console/deliveries?state={state}")).text
        assert words.STATES[state][0] in page
        assert sentence in page
        assert f"{reason}<" not in page


async def answer(room: Room, address_id: UUID, state: str, reason: str) -> None:
    """An answer in a chat, and how it went."""
    now = room.clock.now()
    async with room.begin() as session:
        reply_id = await replies.put(session, now, address_id, Outgoing(text="Goed.", language="nl"))
        session.add(
            Delivery(
                reply_id=reply_id,
                address_id=address_id,
                channel="telegram",
                state=state,
                reason=reason,
                language="nl",
                handed_at=now,
            )
        )


async def test_answers_in_doubt_stand_below(room: Room) -> None:
    karin = await room.staff()
    person = await room.person(karin)
    phone = await room.phone(person)
    await answer(room, phone, "sent", "")
    browser = await room.browser(karin)
    assert "Antwoorden in een gesprek" not in (await browser.get("/console/deliveries")).text
    await answer(room, phone, "unsure", "no_answer_in_time")
    for path in ("/console/deliveries", "/console/deliveries?state=unsure"):
        page = (await browser.get(path)).text
        for said in ("Antwoorden in een gesprek", "Selam", "niet zeker", "Het bedrijf antwoordde niet op tijd."):
            assert said in page
    assert "Antwoorden in een gesprek" not in (await browser.get("/console/deliveries?state=sent")).text
    other = (await (await room.browser(await room.staff("regisseur", "Marit"))).get("/console/deliveries")).text
    assert "Het bedrijf antwoordde niet op tijd." in other
    assert "Selam" not in other
    assert "op tijd" not in (await (await room.browser(await room.staff(name="Piet"))).get("/console/deliveries")).text


async def test_a_refused_key_is_seen_at_once(room: Room) -> None:
    browser = await room.browser(await room.staff())
    partner = await room.browser(await room.staff("partner", "Fatma"))
    async with room.begin() as session:
        real = room.clock.real()
        await deliveries.pause(session, "telegram", real + timedelta(minutes=10), "key_refused")
        await deliveries.pause(session, "sms", real + timedelta(seconds=5), "too_fast")
    for path in ("/console/", "/console/deliveries"):
        page = (await browser.get(path)).text
        for said in ("Telegram staat stil.", "weigert onze sleutel", "Vraag de beheerder om de sleutel.", "11:10"):
            assert said in page
        assert "sms staat stil" not in page
    assert "staat stil" not in (await partner.get("/console/")).text
