"""A rolmodel's phone and password are in a thief's hands: what she does is marked, held and called back."""

from uuid import UUID

from sqlalchemy import select

from content import updates
from core.tables.people import Account
from core.tables.texts import UpdateText
from tests.journeys.house import Console, House, Phone, hidden
from tests.journeys.test_recall import text_id
from tests.journeys.test_update import listener, rolmodel

HONEST, LIE, TRUE = "ቋንቋ ካፈ ንጽባሒት ክፉት እዩ", "ቋንቋ ካፈ ተዓጽዩ", "ቋንቋ ካፈ ከም ቀደም ክፉት እዩ"
#: The ends of the address are Cyrillic letters.
TRAP = "ገንዘብኩም ኣብዚ ውሰዱ: gemeente-geld.\u0441\u043e\u043c"


async def writes(phone: Phone, body: str, dutch: str) -> None:
    """News from the phone, sent on."""
    await phone.say("/start")
    await phone.tap("rolmodel.work")
    await phone.tap("rolmodel.write")
    await phone.say(body)
    await phone.say(dutch)
    for step in ("no_day", "no_place", "two_weeks", "ready", "send"):
        await phone.tap(f"rolmodel.{step}")


async def judges(phone: Phone) -> None:
    """The next one in her queue is good."""
    await phone.tap("rolmodel.begin")
    await phone.tap("rolmodel.good")


async def state(house: House, body: str) -> tuple[str, UUID | None]:
    """How far the newest version with these words is, and who approved it."""
    async with house.database.begin() as session:
        row = (await session.scalars(select(UpdateText).where(UpdateText.body == body))).one()
        return row.state, row.approver_id


async def path_of(house: House, body: str) -> str:
    async with house.database.begin() as session:
        return f"/console/updates/{(await session.scalars(select(UpdateText.id).where(UpdateText.body == body))).one()}"


async def approves(console: Console, house: House, body: str) -> None:
    """A yes to exactly these words, sent as a form that the page may not even have shown."""
    path = await path_of(house, body)
    async with house.database.begin() as session:
        seen = (await updates.read(session, UUID(path.rpartition("/")[2]))).seen
    async with console.client.post(f"{path}/approve", data={"seen": seen}) as answer:
        assert answer.status in (200, 404, 422)


async def heard(*phones: Phone) -> list[int]:
    return [len(await phone.pushes()) for phone in phones]


async def test_a_trap_hidden_in_an_update_reaches_nobody(house: House) -> None:
    thief, speaker = await rolmodel(house, "Abeba", "ti"), await rolmodel(house, "Selam", "ti")
    await house.staff("regisseur", "marit@voorbeeld.nl", "nl")
    hears, elsewhere = await listener(house, "ti", "nl"), await listener(house, "ar")
    await writes(thief, TRAP, "Er is geld voor u.")
    console, staff = await house.console("abeba@voorbeeld.nl"), await house.console("marit@voorbeeld.nl")
    path = await path_of(house, TRAP)

    # Her own yes counts nowhere: not in the chat, not in the console.
    await approves(console, house, TRAP)
    await thief.tap("rolmodel.work")
    await thief.tap("rolmodel.begin")
    assert await state(house, TRAP) == ("submitted", None)

    # The other speaker is deceived; staff see what she couldn't, and nothing goes without them.
    await house.until("2026-12-21 11:02")
    await judges(speaker)
    await house.until("2026-12-21 11:10")
    page = await staff.page(path)
    for words in ("<mark", "letters die op andere lijken", "een link", "Tweede blik"):
        assert words in page
    await approves(console, house, TRAP)
    assert (await state(house, TRAP))[0] == "submitted"

    # She puts other words in its place, after that first yes: it counts no more, and neither does what staff saw.
    await console.post(f"{path}/edit", {"body": LIE, "dutch": "Er is geld voor u.", "ends_on": "2027-01-04"})
    await console.post(f"{path}/submit", {})
    async with staff.client.post(f"{path}/approve", data={"seen": hidden(page, "seen")}) as answer:
        assert answer.status == 422
    await approves(staff, house, LIE)  # a speaker comes first
    assert await state(house, LIE) == ("submitted", None)
    await house.until("2026-12-21 11:30")
    assert await heard(hears, elsewhere) == [0, 0]
    for one in (console, staff):
        await one.close()


async def stolen(house: House) -> tuple[Phone, Phone, Console]:
    """The thief, an honest speaker, and staff: a lie is out, and the honest news that the thief approved isn't yet."""
    thief, speaker, author = [await rolmodel(house, name, "ti") for name in ("Abeba", "Selam", "Yonas")]
    await house.staff("regisseur", "marit@voorbeeld.nl", "nl")
    await house.staff("klantmanager", "karin@voorbeeld.nl", "nl")
    await writes(thief, LIE, "Het taalcafé is dicht.")
    await house.until("2026-12-21 11:02")
    await judges(speaker)
    await house.until("2026-12-21 11:06")
    await writes(author, HONEST, "Het taalcafé is morgen open.")
    await thief.tap("rolmodel.work")
    await judges(thief)
    assert ((await state(house, LIE))[0], (await state(house, HONEST))[0]) == ("sent", "approved")
    return thief, speaker, await house.console("marit@voorbeeld.nl")


async def stops(house: House, staff: Console) -> str:
    """Staff find the account in the list and stop it; the page after that."""
    async with house.database.begin() as session:
        number = (await session.scalars(select(Account.id).where(Account.email == "abeba@voorbeeld.nl"))).one()
    assert f'href="/console/accounts/{number}"' in await staff.page("/console/accounts")
    return await staff.post(f"/console/accounts/{number}/stop", {})


async def test_staff_stop_the_account_and_what_waited_is_held(house: House) -> None:
    tigrinya, arabic = await listener(house, "ti", "nl"), await listener(house, "ar", "nl")
    thief, speaker, staff = await stolen(house)
    console = await house.console("abeba@voorbeeld.nl")
    page = await stops(house, staff)
    for words in ("Dit account staat uit.", "schreef dit", "keurde dit goed", await path_of(house, LIE)):
        assert words in page

    await house.until("2026-12-21 11:12")
    assert await state(house, HONEST) == ("submitted", None)
    assert await heard(tigrinya, arabic) == [1, 0]
    async with console.client.get("/console/", allow_redirects=False) as answer:
        assert answer.headers["Location"] == "/console/login"
    await thief.tap("rolmodel.write")
    await thief.say("ካልእ ወረ")
    await thief.say("/start")
    offered = {offer.id for offer in (await thief.last()).choices}
    assert "agenda.open" in offered
    assert not {one for one in offered if one.startswith("rolmodel.")}

    # An honest speaker looks again, and then it goes; the thief hears of no work.
    await judges(speaker)
    await house.until("2026-12-21 11:16")
    assert await heard(tigrinya, arabic) == [2, 0]
    for one in (staff, console):
        await one.close()


async def test_what_went_is_called_back_and_put_right(house: House) -> None:
    tigrinya, arabic = await listener(house, "ti", "nl"), await listener(house, "ar", "nl")
    no_news = await listener(house, "ti", news=False)
    _, speaker, staff = await stolen(house)
    await stops(house, staff)
    lie = await path_of(house, LIE)
    await tigrinya.tap("updates.open")
    assert LIE in (await tigrinya.opened()).text
    await staff.post(f"{lie}/recall", {"tell": "later"})
    await house.settle()
    assert LIE not in (await tigrinya.last()).text
    await staff.post(f"{lie}/correct", {"body": TRUE, "dutch": "Het taalcafé is gewoon open."})

    # A speaker says yes; a colleague of the municipality too, for the place and the day are still the thief's.
    await house.until("2026-12-21 11:12")
    for _ in range(2):
        await judges(speaker)
    await house.until("2026-12-21 11:20")
    assert await heard(tigrinya, arabic, no_news) == [2, 0, 0]  # the honest news
    second = await house.console("karin@voorbeeld.nl")
    assert "het account van de schrijver staat uit" in await second.page(await path_of(house, TRUE))
    await approves(second, house, TRUE)
    await house.until("2026-12-21 11:25")
    assert await heard(tigrinya, arabic, no_news) == [3, 0, 0]
    await tigrinya.tap("updates.open")
    assert TRUE in (await tigrinya.opened()).text
    assert LIE not in (await tigrinya.opened()).text
    for one in (staff, second):
        await one.close()


async def test_nothing_is_swapped_after_the_second_speaker_approved(house: House) -> None:
    thief, speaker = await rolmodel(house, "Abeba", "ti"), await rolmodel(house, "Selam", "ti")
    hears = await listener(house, "ti", "nl")
    await writes(thief, HONEST, "Het taalcafé is morgen open.")
    await house.until("2026-12-21 11:02")
    await judges(speaker)
    assert (await state(house, HONEST))[0] == "approved"

    # The old buttons on the phone (a photo, other words, send) are old; the console makes it a draft again.
    for old in ("rolmodel.photo", "rolmodel.voice", "rolmodel.improve", "rolmodel.send"):
        await thief.tap(old)
        assert (await state(house, HONEST))[0] == "approved"
    console = await house.console("abeba@voorbeeld.nl")
    path = f"/console/updates/{await text_id(house, 'ti')}"
    about = {"dutch": "Het taalcafé is morgen open.", "ends_on": "2027-01-04", "body": LIE, "place": "Kroeg"}
    await console.post(f"{path}/edit", about)
    await console.post(f"{path}/submit", {})
    await house.until("2026-12-21 11:30")
    assert await state(house, LIE) == ("submitted", None)
    assert await heard(hears) == [0]
    await console.close()
