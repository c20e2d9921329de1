import math
import re
import secrets
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import links
from core.links import Tried
from core.tables.people import LinkCode, Person
from tests.scheduler import world
from tests.scheduler.world import NOW

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


@pytest.fixture
async def person(session: AsyncSession) -> Person:
    return await world.person(session)


async def found(session: AsyncSession, code: str) -> LinkCode:
    link = await links.find(session, NOW, code)
    assert link is not None
    return link


async def test_a_code_is_easy_to_read_and_has_64_bits_at_least(session: AsyncSession, person: Person) -> None:
    card = await links.issue(session, NOW, person)
    assert re.fullmatch(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{2}", card.code)
    assert set(links.normal(card.code)) <= set(LETTERS)
    assert len(links.normal(card.code)) * math.log2(len(LETTERS)) >= 64
    assert len({(await links.issue(session, NOW, person)).code for _ in range(50)}) == 50


async def test_the_code_is_nowhere_stored(session: AsyncSession, person: Person) -> None:
    card = await links.issue(session, NOW, person)
    link = (await session.scalars(select(LinkCode))).one()
    assert links.normal(card.code).encode() not in link.code_hash
    assert card.expires_at == link.expires_at == NOW + timedelta(days=7)


@pytest.mark.parametrize("typed", [str.lower, lambda code: code.replace("-", " "), lambda code: f" {code}. "])
async def test_a_code_is_found_however_it_is_typed(session: AsyncSession, person: Person, typed: object) -> None:
    card = await links.issue(session, NOW, person)
    assert callable(typed)
    assert (await found(session, typed(card.code))).person_id == person.id


async def test_a_thousand_guesses_find_nothing_and_harm_no_card(session: AsyncSession, person: Person) -> None:
    card = await links.issue(session, NOW, person)
    guesses = ["".join(secrets.choice(LETTERS) for _ in range(14)) for _ in range(1000)]
    assert [guess for guess in guesses if await links.find(session, NOW, guess)] == []
    assert (await found(session, card.code)).wrong_tries == 0


@pytest.mark.parametrize("nonsense", ["", "-", "7Q4K", "ትግርኛ", "\0", "A" * 100_000])
async def test_nonsense_is_no_code(session: AsyncSession, person: Person, nonsense: str) -> None:
    await links.issue(session, NOW, person)
    assert await links.find(session, NOW, nonsense) is None


async def test_a_card_works_for_seven_days_and_not_a_second_longer(session: AsyncSession, person: Person) -> None:
    card = await links.issue(session, NOW, person)
    assert await links.find(session, NOW + timedelta(days=7, seconds=-1), card.code)
    assert await links.find(session, NOW + timedelta(days=7), card.code) is None


async def test_a_new_card_ends_the_older_ones_of_this_person_only(session: AsyncSession, person: Person) -> None:
    other = await links.issue(session, NOW, await world.person(session))
    old = await links.issue(session, NOW, person)
    new = await links.issue(session, NOW, person)
    assert await links.find(session, NOW, old.code) is None
    assert await links.find(session, NOW, new.code)
    assert await links.find(session, NOW, other.code)


class TestPictures:
    async def test_the_two_in_order_use_the_card_up(self, session: AsyncSession, person: Person) -> None:
        card = await links.issue(session, NOW, person, pictures=(1, 8))
        link = await found(session, card.code)
        assert await links.try_pictures(session, NOW, link, person, 1, 8) is Tried.OK
        assert await links.find(session, NOW, card.code) is None
        assert await links.try_pictures(session, NOW, link, person, 1, 8) is Tried.LOCKED

    async def test_the_third_wrong_try_locks_for_good(self, session: AsyncSession, person: Person) -> None:
        card = await links.issue(session, NOW, person, pictures=(1, 8))
        link = await found(session, card.code)
        tries = [await links.try_pictures(session, NOW, link, person, *guess) for guess in ((8, 1), (1, 1), (8, 8))]
        assert tries == [Tried.WRONG, Tried.WRONG, Tried.LOCKED]
        assert await links.try_pictures(session, NOW, link, person, 1, 8) is Tried.LOCKED
        assert await links.find(session, NOW, card.code) is None

    async def test_a_try_after_the_card_ran_out_is_refused(self, session: AsyncSession, person: Person) -> None:
        card = await links.issue(session, NOW, person, pictures=(1, 8))
        link = await found(session, card.code)
        late = NOW + timedelta(days=7)
        assert await links.try_pictures(session, late, link, person, 1, 8) is Tried.LOCKED

    async def test_they_are_drawn_different_and_kept_for_the_next_card(
        self, session: AsyncSession, person: Person
    ) -> None:
        first = await links.issue(session, NOW, person)
        assert len(set(first.pictures)) == 2
        assert all(0 <= picture < len(links.PICTURES) == 10 for picture in first.pictures)
        assert (await links.issue(session, NOW, person)).pictures == first.pictures
        assert (await links.issue(session, NOW, person, pictures=(3, 7))).pictures == (3, 7)

    @pytest.mark.parametrize("wrong", [(10, 0), (0, -1)])
    async def test_there_are_ten(self, session: AsyncSession, person: Person, wrong: tuple[int, int]) -> None:
        with pytest.raises(ValueError, match="numbered 0 to 9"):
            await links.issue(session, NOW, person, pictures=wrong)


async def test_every_code_can_be_told_from_a_word(session: AsyncSession, person: Person) -> None:
    codes = [(await links.issue(session, NOW, person)).code for _ in range(200)]
    assert all(re.search(r"\d", code) for code in codes)
