from uuid import UUID

from core.tables.people import Person
from core.tables.relay import Question
from core.tables.voice import Media
from scheduler.volunteers import questions
from scheduler.volunteers.questions import Why
from tests.bot.console.room import Room
from tests.scheduler.world import NOW

WORDS = "ናበይ ክኸይድ እየ?"


async def asked(room: Room, person: Person, *, why: Why | None = None, yes: bool = False, voice: bool = False) -> UUID:
    """A question, perhaps one that the person was asked about, or said yes to."""
    address_id = await room.phone(person, handle=str(person.id))
    async with room.begin() as session:
        kept = await session.get_one(Person, person.id)
        media = Media(kind="voice", mime="audio/ogg", content=b"OggS", sha256="0", milliseconds=900, created_at=NOW)
        if voice:
            session.add(media)
            await session.flush()
        question = await questions.ask(
            session,
            NOW,
            room.settings,
            person=kept,
            address_id=address_id,
            language="ti",
            text=None if voice else WORDS,
            media_id=media.id if voice else None,
        )
        if why is not None:
            await questions.may_see(session, NOW, room.settings, question, why)
        if yes:
            await questions.hand_over(session, NOW, room.settings, question)
        return question.id


async def test_the_list_shows_numbers_and_never_who_or_what(room: Room) -> None:
    karin = await room.staff()
    person = await room.person(karin, name="Geheimnaam")
    await asked(room, person)
    await asked(room, person, why="heavy")
    for account in (karin, await room.staff("regisseur", "Marit")):
        page = (await (await room.browser(account)).get("/console/questions")).text
        assert "wacht op een rolmodel" in page
        assert "een rolmodel vond hem te zwaar" in page
        assert "Tigrinya" in page
        assert "Geheimnaam" not in page
        assert WORDS not in page
        assert "Lees vraag" not in page


async def test_without_her_yes_nobody_reads_it(room: Room) -> None:
    karin = await room.staff()
    browser = await room.browser(karin)
    reasons: tuple[Why | None, ...] = (None, "asked", "heavy")
    for why in reasons:
        question_id = await asked(room, await room.person(karin), why=why)
        assert (await browser.get(f"/console/questions/{question_id}")).status == 404
        assert (await browser.get(f"/console/questions/{question_id}/voice")).status == 404


async def test_with_her_yes_her_klantmanager_reads_it(room: Room) -> None:
    karin, joost = await room.staff(), await room.staff("klantmanager", "Joost")
    question_id = await asked(room, await room.person(karin), why="asked", yes=True)
    browser = await room.browser(karin)
    assert f"/console/questions/{question_id}" in (await browser.get("/console/questions")).text
    assert WORDS in (await browser.get(f"/console/questions/{question_id}")).text
    tasks = (await browser.get("/console/tasks")).text
    assert "de persoon zegt: u mag de vraag zien" in tasks
    assert f"/console/questions/{question_id}" in tasks
    other = await room.browser(joost)
    assert (await other.get(f"/console/questions/{question_id}")).status == 404
    assert "Lees vraag" not in (await other.get("/console/questions")).text
    assert await room.audited("question.read") == []


async def test_a_regisseur_reads_it_on_record(room: Room) -> None:
    question_id = await asked(room, await room.person(await room.staff()), why="slow", yes=True)
    browser = await room.browser(await room.staff("regisseur", "Marit"))
    assert WORDS in (await browser.get(f"/console/questions/{question_id}")).text
    assert len(await room.audited("question.read")) == 1


async def test_a_spoken_one_is_heard(room: Room) -> None:
    karin = await room.staff()
    question_id = await asked(room, await room.person(karin), why="asked", yes=True, voice=True)
    browser = await room.browser(karin)
    assert "De vraag is ingesproken." in (await browser.get(f"/console/questions/{question_id}")).text
    heard = await browser.get(f"/console/questions/{question_id}/voice")
    assert (heard.status, heard.text, heard.headers["Content-Type"]) == (200, "OggS", "audio/ogg")


async def test_others_have_no_such_page(room: Room) -> None:
    for role in ("rolmodel", "begeleider", "beheerder", "partner", "fg"):
        browser = await room.browser(await room.staff(role, role.title()))
        assert (await browser.get("/console/questions")).status == 404


async def test_when_it_is_wiped_the_words_are_gone(room: Room) -> None:
    karin = await room.staff()
    question_id = await asked(room, await room.person(karin), why="asked", yes=True)
    async with room.begin() as session:
        question = await session.get_one(Question, question_id)
        await questions.wipe(session, NOW, room.settings, question)
    assert (await (await room.browser(karin)).get(f"/console/questions/{question_id}")).status == 404
