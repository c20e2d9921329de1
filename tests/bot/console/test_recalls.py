"""News that was wrong in one language: called back, told, put right; by who may."""

import pytest
from sqlalchemy import select, update

from core.tables.notices import Notice
from core.tables.people import Account, Consent, Person
from core.tables.texts import Broadcast, UpdateText
from scheduler.news import broadcasts
from tests.bot.console.room import Browser, Room
from tests.bot.console.test_news_form import FORM, seen, written
from tests.scheduler.world import NOW


async def reader(room: Room, number: int, *languages: str) -> Person:
    person = await room.person(languages=list(languages))
    await room.phone(person, handle=f"9{number:08}")
    async with room.begin() as session:
        session.add(Consent(person_id=person.id, purpose="news", given=True, at=NOW))
    return person


async def sent(room: Room, writer: Account) -> tuple[Browser, str]:
    """News in Tigrinya that went to six people and still waits for a seventh."""
    for number in range(7):
        await reader(room, number, "ti")
    theirs, judge = await room.browser(writer), await room.browser(await room.staff("rolmodel", "Dawit", "ti"))
    path = await written(theirs)
    await theirs.send(f"{path}/submit")
    await judge.send(f"{path}/approve", {"seen": seen((await judge.get(path)).text)})
    async with room.begin() as session:
        due = (await session.scalars(select(Broadcast.due))).one()
        await broadcasts.fan_out(session, due, room.settings)
        ids = (await session.scalars(select(Notice.id).where(Notice.kind == "update").limit(6))).all()
        await session.execute(update(Notice).where(Notice.id.in_(ids)).values(state="sent", sent_at=NOW))
    return theirs, path


async def test_called_back_and_corrected(room: Room) -> None:
    _, path = await sent(room, await room.staff("rolmodel", "Mehret", "ti"))
    staff = await room.browser(await room.staff("regisseur", "Marit"))
    before = (await staff.get(path)).text
    assert "6 mensen kregen hem, minder dan 5 staan nog in de rij." in before
    assert "Nog een taal" in before
    after = (await staff.send(f"{path}/recall", {"tell": "later"})).text
    assert "De tekst in het Tigrinya is niet goed." in after
    assert "6 mensen kregen hem." in after
    assert "minder dan 5 mensen stonden nog in de rij. Wij houden dat tegen." in after
    assert "Stuur verbetering" in after
    assert "Nog een taal" not in after
    right = await staff.send(f"{path}/correct", {"body": "ናይ ቋንቋ ካፈ ጽባሕ ክፉት እዩ።", "dutch": "Het is morgen open."})
    assert "Nieuws in het Tigrinya, verbetering" in right.text
    assert "6 mensen" in right.text
    assert "Bekijk de verbetering" in (await staff.get(path)).text
    states = {(row.language, row.version): row.state for row in await room.all(UpdateText)}
    assert states == {
        ("ti", 1): "recalled",
        ("nl", 1): "below",
        ("ti", 2): "submitted",
        ("nl", 2): "below",
    }
    assert len(await room.audited("update.recall")) == 1


async def test_called_back_and_said_that_it_was_wrong(room: Room) -> None:
    theirs, path = await sent(room, await room.staff("rolmodel", "Mehret", "ti"))
    page = (await theirs.send(f"{path}/recall", {"tell": "wrong"})).text
    assert "Over 2 minuten horen 6 mensen dat dit niet goed was." in page
    async with room.begin() as session:
        due = (await session.scalars(select(Broadcast.due))).one()
        assert await broadcasts.fan_out(session, due, room.settings) == 6
    assert "Deze mensen hoorden dat het niet goed was." in (await theirs.get(path)).text


async def test_no_right_text_comes_after_all(room: Room) -> None:
    theirs, path = await sent(room, await room.staff("rolmodel", "Mehret", "ti"))
    await theirs.send(f"{path}/recall", {"tell": "later"})
    page = (await theirs.send(f"{path}/tell")).text
    assert "Over 2 minuten horen 6 mensen" in page


@pytest.mark.parametrize("role", ["rolmodel", "vertaler"])
async def test_who_may_not(room: Room, role: str) -> None:
    _, path = await sent(room, await room.staff("rolmodel", "Mehret", "ti"))
    other = await room.browser(await room.staff(role, "Ander", "ti"))
    assert "Roep terug" not in (await other.get(path)).text
    for what, form in (("recall", {"tell": "wrong"}), ("tell", {}), ("correct", {"body": "ካልእ"})):
        assert (await other.post(f"{path}/{what}", form)).status == 404
    assert {row.state for row in await room.all(Broadcast)} == {"done"}


async def test_bad_input_gets_a_sentence_and_loses_nothing(room: Room) -> None:
    theirs, path = await sent(room, await room.staff("rolmodel", "Mehret", "ti"))
    assert "Kies wat mensen horen." in (await theirs.post(f"{path}/recall")).text
    assert "Kies uit de lijst." in (await theirs.post(f"{path}/recall", {"tell": "x"})).text
    assert "Roep deze tekst eerst terug." in (await theirs.post(f"{path}/correct", {"body": "ካልእ"})).text
    await theirs.send(f"{path}/recall", {"tell": "later"})
    assert "al teruggeroepen" in (await theirs.post(f"{path}/recall", {"tell": "later"})).text
    same = await theirs.post(f"{path}/correct", {"body": FORM["body"]})
    assert "dezelfde tekst" in same.text
    assert FORM["body"] in same.text
    long = await theirs.post(f"{path}/correct", {"body": "ካ" * 601})
    assert "Dit is te lang" in long.text
    assert "ካ" * 601 in long.text
