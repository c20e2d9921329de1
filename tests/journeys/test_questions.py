"""A question goes from a phone to a rolmodel and back, or to the municipality with a yes; nobody learns who asked."""

from sqlalchemy import select

from content.voice import studio
from content.voice.attachments import Voice
from core.tables.people import Person
from core.tables.relay import Question
from core.tables.voice import Media
from core.tables.work import Task
from messaging.channel import Attached
from tests.journeys.house import House, Phone
from tests.scheduler import world

NAME = "Geheimnaam"
WORDS, ANSWER = "ናበይ ኣውቶቡስ ክሕዝ እየ ዝኽእል?", "ኣብ ጣብያ እዩ።"
HEAVY = "ብዙሕ ከቢድ ሕቶ"


async def rolmodel(house: House, name: str = "Selam", *languages: str) -> Phone:
    """A rolmodel with a phone of her own, on duty until five o'clock."""
    spoken = list(languages or ("ti", "nl"))
    person = await house.person(name=name, languages=["nl", *spoken])
    await house.staff("rolmodel", f"{name.lower()}@voorbeeld.nl", *spoken, person_id=person.id)
    phone = await house.linked(person, news=False)
    await phone.say("/start")
    await phone.tap("rolmodel.work")
    await phone.tap("duty.open")
    await phone.tap("duty.today")
    return phone


async def asker(house: House, channel: str = "telegram") -> Phone:
    """An inburgeraar whose klantmanager is Karin."""
    karin = await house.staff("klantmanager", "karin@voorbeeld.nl")
    person = await house.person(name=NAME, languages=["ti", "nl"], klantmanager_id=karin.id)
    return await house.linked(person, channel)


async def ask(phone: Phone, words: str) -> None:
    """From the menu to the question."""
    await phone.say("/start")
    await phone.tap("question.ask")
    await phone.tap("question.rolmodel")
    await phone.say(words)


async def transcript(phone: Phone) -> str:
    """Everything that ever stood on a phone: bubbles, buttons and what they carry."""
    bubbles = await phone.got()
    return "\n".join([bubble.text for bubble in bubbles] + [f"{o.label} {o.id}" for b in bubbles for o in b.choices])


async def speak(phone: Phone, voice: Voice) -> None:
    """Send a voice message, and let the service answer."""
    await phone.house.phones.attach(phone.id, Attached.VOICE, "audio/ogg", voice.content)
    await phone.house.answer()


async def only_or_none(house: House) -> Question | None:
    async with house.database.begin() as session:
        return (await session.scalars(select(Question))).one_or_none()


async def only(house: House) -> Question:
    async with house.database.begin() as session:
        return (await session.scalars(select(Question).order_by(Question.number.desc()))).first()  # type: ignore[return-value]


async def test_a_question_is_answered_by_the_rolmodel_on_duty(house: House) -> None:
    selam, person = await rolmodel(house), await asker(house)
    await ask(person, WORDS)
    await house.settle()
    assert await selam.pushes() == ["Er wacht een vraag op u. Ongeveer 3 minuten."]
    await selam.tap("relay.open")
    assert WORDS in (await selam.last()).text
    await selam.tap("relay.answer")
    await selam.say(ANSWER)
    assert await person.pushes() == []
    await house.until("2026-12-21 11:03")
    (push,) = await person.pushes()
    assert ANSWER not in push
    await person.tap("answer.open")
    assert ANSWER in (await person.last()).text
    await person.tap("answer.clear")

    seen = await transcript(selam)
    async with house.database.begin() as session:
        question = (await session.scalars(select(Question))).one()
    for secret in (NAME, str(question.person_id), str(question.address_id), "Karin"):
        assert secret not in seen
    assert "Selam" not in await transcript(person)


async def test_a_question_and_its_answer_are_spoken(house: House) -> None:
    asked, answered = await studio.tones([(440, 900), (660, 1200)])
    selam, person = await rolmodel(house), await asker(house)
    await speak(person, asked)  # nobody waited for it: it is asked about first
    assert (await only_or_none(house)) is None
    await person.tap("question.voice_yes")
    await house.settle()
    await selam.tap("relay.open")
    assert (await selam.last()).voice is not None
    await selam.tap("relay.answer")
    await speak(selam, answered)
    await house.until("2026-12-21 11:03")
    await person.tap("answer.open")
    heard = next(bubble for bubble in reversed(await person.got()) if bubble.voice)
    assert heard.voice is not None
    assert await house.phones.file(heard.voice) is not None
    question = await only(house)
    assert (question.text, question.answer) == (None, None)
    await house.until("2026-12-28 11:03")
    async with house.database.begin() as session:
        assert (await session.scalars(select(Media))).all() == []


async def test_a_voice_that_is_no_question_leaves_the_screen(house: House) -> None:
    (said,) = await studio.tones([(440, 900)])
    await rolmodel(house)
    person = await asker(house)
    await speak(person, said)
    await person.tap("question.voice_no")
    own = [bubble for bubble in await person.bubbles() if bubble.by == "person" and bubble.voice and not bubble.removed]
    assert own == []
    assert (await only_or_none(house)) is None


async def test_too_heavy_goes_to_the_municipality_with_her_yes(house: House) -> None:
    selam, person = await rolmodel(house), await asker(house)
    await ask(person, HEAVY)
    await house.settle()
    await selam.tap("relay.open")
    await selam.tap("relay.heavy")
    assert "vakmens" in (await selam.last()).text
    console = await house.console("karin@voorbeeld.nl")
    question = await only(house)
    assert "te zwaar" in await console.page("/console/tasks")
    async with console.client.get(f"/console/questions/{question.id}") as answer:
        assert answer.status == 404

    await house.until("2026-12-21 11:03")
    await person.tap("answer.open")
    danger, choice = (await person.got())[-2:]
    assert "112" in danger.text
    assert {offer.id.partition(":")[0] for offer in choice.choices} == {"answer.yes", "answer.no"}
    await person.tap("answer.yes")
    assert HEAVY in await console.page(f"/console/questions/{question.id}")
    await console.close()
    assert NAME not in await transcript(selam)
    await house.until("2026-12-28 11:05")
    assert (await only(house)).text is None


async def test_no_answer_in_time_is_told_and_asked_about(house: House) -> None:
    selam, person = await rolmodel(house), await asker(house)
    await ask(person, WORDS)
    await house.until("2026-12-22 17:05")
    assert len(await person.pushes()) == 1
    await person.tap("answer.open")
    assert (await only(house)).why == "slow"
    await person.tap("answer.no")
    assert (await only(house)).state == "kept"
    async with house.database.begin() as session:
        assert (await session.scalars(select(Task).where(Task.kind == "question"))).all() == []
    assert len(await selam.pushes()) == 1


async def test_an_answer_that_was_taken_back_never_arrives(house: House) -> None:
    selam, person = await rolmodel(house), await asker(house)
    await ask(person, WORDS)
    await house.settle()
    await selam.tap("relay.open")
    await selam.tap("relay.answer")
    await selam.say("ጌጋ")
    await house.until("2026-12-21 11:01")
    await selam.tap("relay.undo")
    await house.until("2026-12-21 11:10")
    assert await person.pushes() == []
    await selam.tap("relay.answer")
    await selam.say(ANSWER)
    await house.until("2026-12-21 11:15")
    await person.tap("answer.open")
    assert ANSWER in (await person.last()).text
    assert "ጌጋ" not in await transcript(person)


async def test_wiped_from_the_screen_on_both_sides(house: House) -> None:
    await rolmodel(house)
    person = await asker(house)
    await ask(person, HEAVY)
    await person.say("sos")
    await person.tap("help.later")
    await person.tap("help.wipe")
    shown = [bubble for bubble in await person.bubbles() if not bubble.removed]
    replaced = {bubble.replaces for bubble in shown}
    standing = [bubble for bubble in shown if bubble.n not in replaced]
    assert [bubble.by for bubble in standing] == ["service"]
    assert "menu.more" in {offer.id for offer in standing[0].choices}
    assert HEAVY not in "\n".join(bubble.text for bubble in await person.bubbles())


async def test_wiping_leaves_appointments_where_they_are(house: House) -> None:
    person = await asker(house)
    async with house.database.begin() as session:
        of = (await session.scalars(select(Person).where(Person.klantmanager_id.is_not(None)))).one()
        await world.appointment(session, of, now=house.clock.now())
    await house.until("2026-12-21 11:03")
    await person.tap("appointment.where")
    await person.say("sos")
    await person.tap("help.wipe")
    assert any("Voorbeeldplein 1" in bubble.text for bubble in await person.bubbles())


async def test_help_is_in_the_menu_of_every_phone(house: House) -> None:
    for channel, taps in (("telegram", ["help.danger"]), ("whatsapp", ["menu.more", "help.danger"])):
        phone = await house.linked(await house.person(languages=["nl"]), channel)
        await phone.say("START")
        await phone.say("Begin")
        for tap in taps:
            await phone.tap(tap)
        assert "Bel 112" in (await phone.last()).text
