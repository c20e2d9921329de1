from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from content import catalogue
from content.inforce import InForce, dutch_and
from content.review import fallback
from content.review.fallback import Group
from core.tables.people import Person
from tests.content.community import NOW, make_listener

SHIPPED = catalogue.load(("ti", "fa", "en"))
UNIT = "appointment.day"


def in_force(*approved: tuple[str, str]) -> InForce:
    """These, and the buttons of every language, as the release ships them."""
    given = {*approved, *((language, "buttons") for language in ("ti", "fa", "en"))}
    return dutch_and(SHIPPED, {(language, unit): SHIPPED.bodies[language][unit] for language, unit in given})


def test_the_first_language_with_the_text_and_its_buttons() -> None:
    texts = in_force(("en", UNIT), ("fa", UNIT))
    assert fallback.heard(texts, ["ti", "en", "nl"], UNIT) == "en"
    assert fallback.heard(texts, ["ti", "nl"], UNIT) == "nl"
    assert fallback.heard(texts, ["prs"], UNIT) == "fa"
    assert fallback.heard(texts, [], UNIT) == "nl"
    assert fallback.heard(texts, ["ti", "nl"], UNIT, plus="ti") == "ti"
    without_buttons = dutch_and(SHIPPED, {("en", UNIT): SHIPPED.bodies["en"][UNIT]})
    assert fallback.heard(without_buttons, ["en"], UNIT) == "nl"


async def test_who_gets_another_language_than_wished(session: AsyncSession) -> None:
    for languages in (["ti", "nl"], ["ti", "en"], ["ti", "nl"], ["prs"], ["en"], ["nl"]):
        await make_listener(session, languages)
    gone = await make_listener(session, ["ti", "nl"])
    gone.left_at = NOW
    await session.flush()

    found = await fallback.spread(session, in_force(("en", UNIT), ("fa", UNIT)), select(Person.id), UNIT)

    assert found[0] == Group(wanted="ti", got="nl", count=2)
    assert set(found[1:]) == {Group(wanted="ti", got="en", count=1), Group(wanted="prs", got="fa", count=1)}


async def test_only_of_the_people_that_are_meant(session: AsyncSession) -> None:
    one = await make_listener(session, ["ti", "nl"])
    await make_listener(session, ["ti", "nl"])
    found = await fallback.spread(session, in_force(), select(Person.id).where(Person.id == one.id), UNIT)
    assert found == [Group(wanted="ti", got="nl", count=1)]


async def test_to_how_many_a_text_goes_once_approved(session: AsyncSession) -> None:
    for languages in (["ti", "nl"], ["en", "ti"], ["so", "ti"], ["nl", "ti"]):
        await make_listener(session, languages)
    await make_listener(session, ["ti"], verified=False)

    assert await fallback.goes_to(session, in_force(("en", UNIT)), UNIT, "ti") == 2
    assert await fallback.goes_to(session, in_force(), UNIT, "ti") == 3


async def test_of_one_person(session: AsyncSession) -> None:
    person = await make_listener(session, ["ti", "nl"])
    assert fallback.of_person(in_force(), person, UNIT) == Group(wanted="ti", got="nl", count=1)
    assert fallback.of_person(in_force(("ti", UNIT)), person, UNIT) is None
