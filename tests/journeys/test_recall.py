"""News in two languages: one of them is wrong, called back and corrected, to exactly those who got it."""

from uuid import UUID

from sqlalchemy import select

from content.updates import news
from core.tables.texts import UpdateText
from tests.journeys.house import Console, House, Phone
from tests.journeys.test_update import listener, rolmodel

WRONG, RIGHT = "ቋንቋ ካፈ ንጽባሒት ክፉት እዩ", "ቋንቋ ካፈ ሰሉስ ክፉት እዩ"
ARABIC = "المقهى مفتوح غدا."


async def text_id(house: House, language: str, version: int = 1) -> UUID:
    query = select(UpdateText.id).where(UpdateText.language == language, UpdateText.version == version)
    async with house.database.begin() as session:
        return (await session.scalars(query)).one()


async def in_two_languages(house: House) -> tuple[Console, Phone]:
    """Written in chat by a rolmodel, put in Arabic in the console, approved by a speaker of each; out at 11:05."""
    author, judge = await rolmodel(house, "Abeba", "ti"), await rolmodel(house, "Selam", "ti")
    arabic_judge = await rolmodel(house, "Lina", "ar")
    await house.staff("regisseur", "marit@voorbeeld.nl", "nl")
    await author.say("/start")
    await author.tap("rolmodel.work")
    await author.tap("rolmodel.write")
    await author.say(WRONG)
    await author.say("Het taalcafé is morgen open.")
    for step in ("no_day", "no_place", "two_weeks", "ready", "send"):
        await author.tap(f"rolmodel.{step}")
    staff = await house.console("marit@voorbeeld.nl")
    path = f"/console/updates/{await text_id(house, 'ti')}"
    await staff.post(f"{path}/language", {"language": "ar", "body": ARABIC})
    await staff.post(f"/console/updates/{await text_id(house, 'ar')}/submit", {})
    await house.until("2026-12-21 11:03")
    for phone in (judge, arabic_judge):
        await phone.tap("rolmodel.begin")
        await phone.tap("rolmodel.good")
    return staff, judge


async def test_one_language_is_called_back_and_corrected_and_the_others_hear_nothing(house: House) -> None:
    tigrinya, unopened, reads_list = [await listener(house, "ti", "nl") for _ in range(3)]
    arabic, both = await listener(house, "ar", "nl"), await listener(house, "ar", "ti")
    elsewhere, no_news = await listener(house, "so"), await listener(house, "ti", news=False)
    staff, judge = await in_two_languages(house)
    await house.until("2026-12-21 11:06")
    told = [len(await phone.pushes()) for phone in (tigrinya, unopened, reads_list, arabic, both, elsewhere, no_news)]
    assert told == [1, 1, 1, 1, 1, 0, 0]
    for phone, words in ((tigrinya, WRONG), (arabic, ARABIC), (both, ARABIC)):
        await phone.tap("updates.open")
        assert words in (await phone.opened()).text
        assert "Het taalcafé is morgen open." in (await phone.opened()).text
    before = [len(await phone.got()) for phone in (arabic, both, elsewhere, no_news)]

    path = f"/console/updates/{await text_id(house, 'ti')}"
    await staff.post(f"{path}/recall", {"tell": "later"})
    await house.settle()
    assert "እዚ ዜና ልክዕ ኣይነበረን። ደጊም ኣይሰርሕን እዩ።" in (await tigrinya.last()).text
    assert WRONG not in (await tigrinya.last()).text
    assert not (await tigrinya.last()).pushed
    await unopened.tap("updates.open")
    assert WRONG not in (await unopened.opened()).text

    await staff.post(f"{path}/correct", {"body": RIGHT, "dutch": "Het taalcafé is dinsdag open."})
    await house.until("2026-12-21 11:09")
    await judge.tap("rolmodel.begin")
    assert RIGHT in (await judge.last()).text
    await judge.tap("rolmodel.good")
    await house.until("2026-12-21 11:15")

    for phone in (tigrinya, unopened, reads_list):
        assert len(await phone.pushes()) == 2
        assert (await phone.last()).pushed
        await phone.tap("updates.open")
        shown = (await phone.opened()).text
        assert shown.startswith("📣 እዚ ዜና ልክዕ ኣይነበረን። እቲ ልክዕ እዚ እዩ:")
        assert RIGHT in shown
        assert "Het taalcafé is dinsdag open." in shown
    assert [len(await phone.got()) for phone in (arabic, both, elsewhere, no_news)] == before
    await staff.close()


async def test_said_that_it_was_wrong_where_no_right_text_comes(house: House) -> None:
    tigrinya, arabic = await listener(house, "ti", "nl"), await listener(house, "ar", "nl")
    staff, _ = await in_two_languages(house)
    await house.until("2026-12-21 11:06")
    page = await staff.post(f"/console/updates/{await text_id(house, 'ti')}/recall", {"tell": "wrong"})
    assert "minder dan 5 mensen" in page
    await house.until("2026-12-21 11:10")
    assert [len(await phone.pushes()) for phone in (tigrinya, arabic)] == [2, 1]
    first = next(bubble for bubble in await tigrinya.got() if bubble.pushed)
    assert first.removed
    await tigrinya.tap("updates.open")
    assert WRONG not in (await tigrinya.opened()).text
    await staff.close()


async def test_on_whatsapp_news_waits_and_a_correction_may_knock(house: House) -> None:
    person = await house.person(languages=["ti", "nl"])
    phone = await house.linked(person, "whatsapp")
    staff, _ = await in_two_languages(house)
    await house.until("2026-12-21 11:06")
    assert len(await phone.pushes()) == 1  # she wrote to us today: the conversation is open
    await staff.post(f"/console/updates/{await text_id(house, 'ti')}/recall", {"tell": "wrong"})
    await house.until("2026-12-21 11:10")
    assert len(await phone.pushes()) == 2
    async with house.database.begin() as session:
        assert (await news.read(session, await text_id(house, "ti"))).text.state == "recalled"
    await staff.close()
