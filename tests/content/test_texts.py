from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from content import texts
from content.approvals import AlreadyJudged, NotAllowed, NotFound, OwnText, Refused, Unfit
from content.catalogue import Catalogue
from core.ids import new_id
from core.tables.people import Account
from core.tables.texts import Approval, Text
from tests.content.community import NOW, make_account, make_listener
from tests.content.words import ARABIC, DUTCH, TIGRINYA, small_catalogue

UNIT = "appointment.day"


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return small_catalogue(tmp_path / "first")


async def concept(session: AsyncSession, catalogue: Catalogue, language: str = "ti", unit: str = UNIT) -> Text:
    await texts.ship(session, NOW, catalogue)
    query = select(Text).where(Text.unit == unit, Text.language == language).order_by(Text.version.desc())
    return (await session.scalars(query)).first() or pytest.fail("nothing was shipped")


async def says(session: AsyncSession, catalogue: Catalogue, language: str = "ti", unit: str = UNIT) -> bool:
    return (await texts.in_force(session, catalogue)).has(language, unit)


async def test_a_release_ships_once(session: AsyncSession, catalogue: Catalogue) -> None:
    first = await texts.ship(session, NOW, catalogue)
    second = await texts.ship(session, NOW + timedelta(days=1), catalogue)

    stored = await session.scalar(select(func.count()).select_from(Text))
    assert (first, second) == (stored, 0)


async def test_dutch_and_what_comes_before_a_person_is_known_are_approved(
    session: AsyncSession, catalogue: Catalogue
) -> None:
    await texts.ship(session, NOW, catalogue)
    said = await texts.in_force(session, catalogue)

    assert all(said.has("nl", unit) for unit in catalogue.units)
    assert said.has("ar", "welcome")
    assert said.has("ti", "buttons")
    by_release = {"language", "welcome", "link", "call", "stop", "help", "buttons"}
    for language in ("ar", "ti"):
        assert {unit for unit in catalogue.units if said.has(language, unit)} == by_release & set(
            catalogue.bodies[language]
        )
    assert UNIT in set(catalogue.units) - by_release


async def test_a_text_is_said_after_a_speaker_approved_it(session: AsyncSession, catalogue: Catalogue) -> None:
    row = await concept(session, catalogue)
    speaker = await make_account(session)

    await texts.approve(session, NOW, row.id, speaker)

    assert await says(session, catalogue)
    log = (await session.scalars(select(Approval).where(Approval.text_id == row.id))).one()
    assert (log.account_id, log.verdict, log.source_hash) == (speaker.id, "approved", catalogue.source_hash(UNIT))


@pytest.mark.parametrize(
    ("role", "languages", "allowed"),
    [
        ("rolmodel", ["ti"], True),
        ("vertaler", ["ti"], True),
        ("klantmanager", ["nl", "ti"], True),
        ("regisseur", ["ti"], True),
        ("rolmodel", ["ar"], False),
        ("klantmanager", ["nl"], False),
        ("regisseur", [], False),
        ("beheerder", ["ti"], False),
        ("partner", ["ti"], False),
        ("begeleider", ["ti"], False),
        ("tolk", ["ti"], False),
    ],
)
async def test_who_may_approve(
    session: AsyncSession, catalogue: Catalogue, role: str, languages: list[str], allowed: bool
) -> None:
    row = await concept(session, catalogue)
    account = await make_account(session, role, languages)

    if not allowed:
        with pytest.raises(NotAllowed):
            await texts.approve(session, NOW, row.id, account)
        return
    assert (await texts.approve(session, NOW, row.id, account)).state == "approved"


async def submitted(session: AsyncSession, catalogue: Catalogue, author: Account) -> Text:
    await texts.ship(session, NOW, catalogue)
    body = {name: (f"{forms[0]}!",) for name, forms in (catalogue.body("ti", UNIT) or {}).items()}
    return await texts.submit(session, NOW, catalogue, unit=UNIT, language="ti", body=body, author=author)


async def test_nobody_approves_an_own_text(session: AsyncSession, catalogue: Catalogue) -> None:
    person = await make_listener(session)
    author = await make_account(session, person_id=person.id)
    second_hat = await make_account(session, "vertaler", person_id=person.id)
    row = await submitted(session, catalogue, author)

    for account in (author, second_hat):
        with pytest.raises(OwnText):
            await texts.approve(session, NOW, row.id, account)
    await texts.approve(session, NOW, row.id, await make_account(session))
    assert (await texts.in_force(session, catalogue)).forms("ti", UNIT, "push")[0].endswith("!")


async def test_the_second_of_two_judges_hears_it(session: AsyncSession, catalogue: Catalogue) -> None:
    row = await concept(session, catalogue)
    await texts.approve(session, NOW, row.id, await make_account(session))

    with pytest.raises(AlreadyJudged, match="Een ander heeft deze tekst al bekeken"):
        await texts.approve(session, NOW, row.id, await make_account(session))


async def test_other_dutch_silences_the_old_translation(
    session: AsyncSession, catalogue: Catalogue, tmp_path: Path
) -> None:
    row = await concept(session, catalogue)
    await texts.approve(session, NOW, row.id, await make_account(session))
    dutch = (("appointment.day/push", "Morgen: {day}, {time} uur.", ""), *DUTCH[1:])
    later = small_catalogue(tmp_path / "later", nl=dutch, ti=TIGRINYA)

    await texts.ship(session, NOW, later)

    assert not await says(session, later)
    assert await says(session, catalogue)


async def test_a_later_release_silences_nobody(session: AsyncSession, catalogue: Catalogue, tmp_path: Path) -> None:
    row = await concept(session, catalogue)
    await texts.approve(session, NOW, row.id, await make_account(session))
    other = (("appointment.day/push", DUTCH[0][1], "ጽባሕ፦ {day} {time}"), *TIGRINYA[1:])
    later = small_catalogue(tmp_path / "later", nl=DUTCH, ti=other)

    assert await texts.ship(session, NOW, later) == 1

    said = await texts.in_force(session, later)
    assert said.forms("ti", UNIT, "push") == (TIGRINYA[0][2],)


async def test_a_release_does_not_push_aside_what_people_improved(
    session: AsyncSession, catalogue: Catalogue, tmp_path: Path
) -> None:
    await texts.ship(session, NOW, catalogue)
    better = await texts.submit(
        session,
        NOW,
        catalogue,
        unit="welcome",
        language="ar",
        body={"first": ("أهلا بك في PIM Welkom.",)},
        author=await make_account(session, languages=["ar"]),
    )
    await texts.approve(session, NOW, better.id, await make_account(session, languages=["ar"]))
    changed = (*(entry for entry in ARABIC if entry[0] != "welcome/first"), ("welcome/first", DUTCH[7][1], "مرحبا."))
    later = small_catalogue(tmp_path / "later", nl=DUTCH, ar=changed)

    await texts.ship(session, NOW, later)

    assert (await texts.in_force(session, later)).forms("ar", "welcome", "first") == ("أهلا بك في PIM Welkom.",)


async def test_a_returned_text_is_no_longer_said(session: AsyncSession, catalogue: Catalogue) -> None:
    row = await concept(session, catalogue)
    await texts.approve(session, NOW, row.id, await make_account(session))
    before = await texts.stamp(session)

    await texts.return_(session, NOW, row.id, await make_account(session), "Te moeilijk")

    assert not await says(session, catalogue)
    assert await texts.stamp(session) != before


@pytest.mark.parametrize(
    "body",
    [
        {"push": ("{day} {time}",)},
        {"push": ("{day}",), "sms": ("{day} {time}",)},
        {"push": ("{day} {time} {link}",), "sms": ("{day} {time}",)},
        {"push": ("{day} {time}", "{day} {time}"), "sms": ("{day} {time}",)},
        {"push": ("{day} {time}",), "sms": ("  ",)},
    ],
)
async def test_an_unfit_text_is_refused_in_words(
    session: AsyncSession, catalogue: Catalogue, body: dict[str, tuple[str, ...]]
) -> None:
    author = await make_account(session)

    with pytest.raises(Unfit, match="zin"):
        await texts.submit(session, NOW, catalogue, unit=UNIT, language="ti", body=body, author=author)


async def test_the_queue_of_a_speaker(session: AsyncSession, catalogue: Catalogue) -> None:
    await texts.ship(session, NOW, catalogue)
    speaker = await make_account(session, languages=["ar", "nl"])

    queue = await texts.waiting(session, catalogue, speaker)
    await texts.approve(session, NOW, queue[0].id, speaker)

    assert [(row.language, row.unit) for row in queue] == [
        ("ar", "appointment.day"),
        ("ar", "appointment.details"),
        ("ar", "appointments"),
    ]
    assert len(await texts.waiting(session, catalogue, speaker)) == 2


async def test_a_guessed_text_does_not_exist(session: AsyncSession) -> None:
    with pytest.raises(NotFound) as refused:
        await texts.approve(session, NOW, new_id(), await make_account(session))
    assert isinstance(refused.value, Refused)
    assert str(refused.value) == "Deze tekst bestaat niet."
