from collections.abc import Mapping

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from content import catalogue, texts
from content.approvals import Unfit
from content.catalogue import Catalogue, body_of
from content.inforce import concepts
from content.placeholders import placeholders
from content.review import coreset, examples, points, textqueue, titles
from content.review.points import Point
from core.ids import new_id
from core.languages import LANGUAGES
from core.tables.texts import Text
from core.utf16 import units
from tests.content.community import NOW, make_account

SHIPPED = catalogue.load(("ti", "ar"))
DUTCH = SHIPPED.bodies["nl"]


async def shipped(session: AsyncSession) -> Catalogue:
    await texts.ship(session, NOW, SHIPPED)
    return SHIPPED


def test_every_unit_has_a_title() -> None:
    assert [unit for unit in SHIPPED.units if unit not in titles.TITLES] == []
    assert titles.title("of.an.older.release") == "of.an.older.release"


def test_every_placeholder_has_an_example() -> None:
    used = {name for body in DUTCH.values() for forms in body.values() for form in forms for name in placeholders(form)}
    assert used - examples.VALUES.keys() - {"language"} == set()


def test_an_example_looks_as_a_person_sees_it() -> None:
    said = examples.shown("nl", "Morgen: {day}, {time} uur, in het {language}. {amount} voor {count} mensen.")
    assert said == "Morgen: dinsdag 12 januari, 10:00 uur, in het Nederlands. € 75,00 voor 3 mensen."
    assert examples.shown("ar", "غدا {time}.") == "غدا \u206810:00\u2069."


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_plural_form_gets_a_number_that_takes_it(language: str) -> None:
    whole = catalogue.load().body(language, "really")
    if whole is None:
        pytest.skip(f"{language} has no such text yet")
    forms = whole["yes"]
    assert len({examples.count_of(language, at, len(forms)) for at in range(len(forms))}) == len(forms)


def test_the_core_set_is_one_sitting_and_stands_in_the_catalogue() -> None:
    assert len(set(coreset.CORE)) == len(coreset.CORE) <= coreset.LARGEST
    assert set(coreset.CORE) <= set(SHIPPED.units)


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("appointment.day", (Point.WHAT, Point.WHEN, Point.NOT)),
        ("message", (Point.WHAT, Point.NOT)),
        ("facts", (Point.WHAT, Point.WHEN, Point.WHERE, Point.NOT)),
        ("leefgeld", (Point.WHAT, Point.WHEN, Point.HOW_MUCH, Point.NOT)),
        ("who", (Point.WHAT,)),
        ("appointment.announced", (Point.WHAT, Point.WHEN)),
        ("week", (Point.WHAT, Point.WHEN, Point.NOT)),
    ],
)
def test_a_checklist_has_only_the_points_of_its_text(unit: str, expected: tuple[Point, ...]) -> None:
    assert points.of(DUTCH[unit]) == expected


def test_a_word_that_only_holds_a_negation_is_none() -> None:
    assert points.of({"push": ("Een klein beetje genieten.",)}) == (Point.WHAT,)
    assert points.of({"push": ("Het gaat NIET door.",)}) == (Point.WHAT, Point.NOT)


async def test_the_core_set_comes_first(session: AsyncSession) -> None:
    whole = await shipped(session)
    queue = await textqueue.waiting(session, whole, await make_account(session, languages=["ti", "ar"]))

    order = [row.unit for row in queue]
    core = [unit for unit in order if unit in coreset.CORE]
    assert order[: len(core)] == core
    assert core[0] == "appointment.announced"
    assert order[:2] == ["appointment.announced", "appointment.announced"]
    assert {row.language for row in queue[:2]} == {"ar", "ti"}
    later = textqueue.put_off(queue, [queue[0].id])
    assert (later[-1], later[0]) == (queue[0], queue[1])


def test_a_text_is_laid_out_beside_its_dutch() -> None:
    said = SHIPPED.body("ti", "appointment.day")
    assert said is not None
    push, sms = textqueue.lines(DUTCH["appointment.day"], "ti", said)
    assert push.dutch.startswith("Morgen")
    assert "dinsdag 12 januari" in push.dutch
    assert "10:00" in push.own
    assert "{day}" in push.raw
    assert (push.name, push.form, sms.name) == ("push", 0, "sms")


def test_every_plural_form_stands_beside_dutch_of_the_same_number() -> None:
    whole = SHIPPED.body("ar", "really")
    assert whole is not None
    found = [line for line in textqueue.lines(DUTCH["really"], "ar", whole) if line.name == "yes"]
    assert len(found) == 6
    assert [line.dutch.partition("stuurden wij u ")[2].partition(",")[0] for line in found] == [
        "0 berichten",
        "1 bericht",
        "2 berichten",
        "3 berichten",
        "11 berichten",
        "100 berichten",
    ]


@pytest.mark.parametrize("unit", ["buttons", "rolmodel", "appointment.day", "who"])
def test_pages_hold_every_line_once_and_fit_above_a_list(unit: str) -> None:
    whole = SHIPPED.body("ti", unit)
    assert whole is not None
    lines = textqueue.lines(DUTCH[unit], "ti", whole)
    pages = textqueue.pages(lines)
    assert [line for page in pages for line in page] == lines
    assert all(page for page in pages)
    for page in pages:
        assert len(page) == 1 or sum(units(line.dutch) + units(line.own) for line in page) <= textqueue.PAGE_UNITS


@pytest.mark.parametrize(("count", "minutes"), [(0, 0), (1, 2), (2, 3), (3, 4), (30, 40)])
def test_minutes(count: int, minutes: int) -> None:
    assert textqueue.minutes(count) == minutes


async def improved(session: AsyncSession, typed: str, name: str = "push") -> Text:
    whole = await shipped(session)
    author = await make_account(session)
    row = (await textqueue.newest(session, whole, "ti"))["appointment.day"]
    body = body_of(row.body)
    line = next(line for line in textqueue.lines(DUTCH["appointment.day"], "ti", body) if line.name == name)
    return await textqueue.improve(session, NOW, whole, row, line, typed, author)


async def test_one_sentence_said_better_is_a_new_version(session: AsyncSession) -> None:
    fresh = await improved(session, "  ጽባሕ ቆጸራ ኣለኩም፦ {day}፣ {time}። ")

    old = SHIPPED.body("ti", "appointment.day")
    assert old is not None
    assert fresh.body == {"push": ["ጽባሕ ቆጸራ ኣለኩም፦ {day}፣ {time}።"], "sms": list(old["sms"])}
    assert (fresh.state, fresh.version, fresh.origin) == ("submitted", 2, "rolmodel")


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("ጽባሕ ቆጸራ ኣለኩም፦ {day}።", "{time} ontbreekt"),
        ("   ", "Er staat niets"),
        ("ጽ" * 601, "te lang: 601 tekens"),
        ("{day} {time} \u202e", "onzichtbaar teken"),
        ("{day} {time} \ud800", "onzichtbaar teken"),
        ("{day} {time} \x00", "onzichtbaar teken"),
        ("{day} {time} 112", "Het getal 112 staat niet in het Nederlands"),
    ],
)
async def test_a_sentence_that_cannot_be_said_is_refused_in_dutch(session: AsyncSession, typed: str, why: str) -> None:
    with pytest.raises(Unfit, match=why):
        await improved(session, typed)
    assert (await session.scalars(select(Text).where(Text.origin == "rolmodel"))).all() == []


async def test_the_same_sentence_is_no_improvement(session: AsyncSession) -> None:
    old = SHIPPED.body("ti", "appointment.day")
    assert old is not None
    with pytest.raises(Unfit, match="dezelfde zin"):
        await improved(session, old["push"][0])


def test_what_is_seen_changes_with_version_and_dutch() -> None:
    source = concepts(SHIPPED).source
    one, other = (Text(id=new_id(), unit="message", language="ti") for _ in range(2))
    hashes: Mapping[str, str] = {**source.hashes, "message": "f" * 64}
    assert textqueue.seen(source, one) != textqueue.seen(source, other)
    assert textqueue.seen(source, one) != textqueue.seen(Catalogue(bodies=source.bodies, hashes=hashes), one)


def test_the_snapshot_knows_todays_dutch() -> None:
    source = concepts(SHIPPED).source
    assert (source.units, source.bodies["nl"], source.hashes) == (SHIPPED.units, DUTCH, SHIPPED.hashes)
    assert source.languages == ("nl",)
