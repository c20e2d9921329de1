import re

from core import links, openings
from core.tables.people import LinkCode, Person
from tests.bot.console.room import Room


async def test_card_has_code_qr_pictures_and_expiry(room: Room) -> None:
    karin = await room.staff()
    person, browser = await room.person(karin), await room.browser(karin)
    async with room.begin() as session:
        await openings.keep(session, "telegram", "https://t.me/VoorbeeldBot?start=")
    answer = await browser.post(f"/console/people/{person.id}/card", {"first": "1", "second": "8"})
    assert answer.status == 200
    assert "maandag 28 december 2026, 11:00 uur" in answer.text
    assert 'src="data:image/svg+xml' in answer.text
    assert f"{links.PICTURES[1]}" in answer.text
    found = re.search(r"data-code>([A-Z0-9-]+)<", answer.text)
    assert found
    async with room.begin() as session:
        link = await links.find(session, room.clock.now(), found[1])
        assert link is not None
        assert (link.person_id, link.created_by) == (person.id, karin.id)
        assert (await session.get_one(Person, person.id)).pictures == [1, 8]
    assert len(await room.audited("person.link")) == 1


async def test_new_card_ends_the_old_one(room: Room) -> None:
    karin = await room.staff()
    person, browser = await room.person(karin), await room.browser(karin)
    for _ in range(2):
        await browser.post(f"/console/people/{person.id}/card")
    old, new = sorted(await room.all(LinkCode), key=lambda link: link.id)
    assert old.expires_at <= room.clock.now() < new.expires_at


async def test_card_of_somebody_elses_person_is_not_made(room: Room) -> None:
    person = await room.person(await room.staff())
    browser = await room.browser(await room.staff(name="Piet"))
    assert (await browser.post(f"/console/people/{person.id}/card")).status == 404
    assert await room.all(LinkCode) == []
