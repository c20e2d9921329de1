"""A rolmodel's news: written in chat, approved by another speaker in chat, heard by who listens, nobody else."""

from tests.journeys.house import House, Phone


async def rolmodel(house: House, name: str, *languages: str) -> Phone:
    """A rolmodel with a phone of her own."""
    person = await house.person(name=name, languages=list(languages))
    await house.staff("rolmodel", f"{name.lower()}@voorbeeld.nl", *languages, person_id=person.id)
    return await house.linked(person, news=False)


async def listener(house: House, *languages: str, news: bool = True) -> Phone:
    """An inburgeraar with a phone."""
    return await house.linked(await house.person(languages=list(languages)), news=news)


async def written(house: House, author: Phone) -> None:
    """News in Tigrinya, sent on."""
    await author.say("/start")
    await author.tap("rolmodel.work")
    await author.tap("rolmodel.write")
    await author.say("ቋንቋ ካፈ ንጽባሒት ክፉት እዩ")
    await author.say("Het taalcafé is morgen open.")
    await author.tap("rolmodel.no_day")
    await author.tap("rolmodel.no_place")
    await author.tap("rolmodel.two_weeks")
    await author.tap("rolmodel.ready")
    await author.tap("rolmodel.send")


async def test_news_goes_to_those_who_listen_after_two_minutes(house: House) -> None:
    author, other = await rolmodel(house, "Abeba", "ti"), await rolmodel(house, "Selam", "ti")
    hears, second_language = await listener(house, "ti"), await listener(house, "ar", "ti")
    elsewhere, no_news = await listener(house, "ar"), await listener(house, "ti", news=False)
    await written(house, author)
    await house.until("2026-12-21 11:02")
    assert await hears.pushes() == []

    await other.tap("rolmodel.begin")
    await other.tap("rolmodel.good")
    await house.until("2026-12-21 11:03")
    assert await hears.pushes() == []
    await house.until("2026-12-21 11:05")
    assert len(await hears.pushes()) == len(await second_language.pushes()) == 1
    assert await elsewhere.pushes() == await no_news.pushes() == []
    await hears.tap("updates.open")
    assert "ቋንቋ ካፈ ንጽባሒት ክፉት እዩ" in (await hears.opened()).text


async def test_the_author_is_never_asked_to_approve(house: House) -> None:
    author, other = await rolmodel(house, "Abeba", "ti"), await rolmodel(house, "Selam", "ti")
    await written(house, author)
    assert await other.pushes() == []  # she may take it back for two minutes
    await house.until("2026-12-21 11:02")
    assert await author.pushes() == []
    assert len(await other.pushes()) == 1
