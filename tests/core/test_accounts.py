import time
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core import accounts
from core.accounts import AccountError
from core.tables.people import Account
from tests.scheduler import world
from tests.scheduler.world import NOW

PASSWORD = "vier gewone woorden"


async def add(session: AsyncSession, **values: Any) -> Account:
    given = {"email": "karin@voorbeeld.nl", "name": "Karin", "role": "klantmanager", "password": PASSWORD}
    return await accounts.add(session, NOW, **{**given, **values})


async def test_an_account_is_known_by_its_address_however_it_is_written(session: AsyncSession) -> None:
    account = await add(session, email=" Karin@Voorbeeld.NL ")
    assert account.email == "karin@voorbeeld.nl"
    assert await accounts.by_email(session, "KARIN@voorbeeld.nl ") is account
    assert await accounts.by_email(session, "sam@voorbeeld.nl") is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"role": "inburgeraar"}, "De rol inburgeraar bestaat niet"),
        ({"email": "karin"}, "heeft een e-mailadres nodig"),
        ({"password": "te kort"}, "minstens 12 tekens"),
        ({"password": "elf tekens!"}, "minstens 12 tekens"),
        ({"password": "kkkkkkkkkkkkkkk"}, "makkelijk te raden"),
        ({"password": "karin@voorbeeld.nl"}, "makkelijk te raden"),
    ],
)
async def test_an_account_that_cannot_be_made_is_refused_in_words(
    session: AsyncSession, wrong: dict[str, str], said: str
) -> None:
    with pytest.raises(AccountError, match=said) as refused:
        await add(session, **wrong)
    assert wrong.get("password", PASSWORD) not in str(refused.value)
    assert await accounts.by_email(session, "karin@voorbeeld.nl") is None


async def test_an_address_has_one_account(session: AsyncSession) -> None:
    await add(session)
    with pytest.raises(AccountError, match="al een account"):
        await add(session, email="KARIN@voorbeeld.nl")


async def test_the_password_fits_and_is_not_kept(session: AsyncSession) -> None:
    account = await add(session)
    assert accounts.password_fits(account, PASSWORD)
    assert not accounts.password_fits(account, PASSWORD + " ")
    assert not accounts.password_fits(account, "")
    assert account.password_hash is not None
    assert account.password_hash.startswith("$argon2id$")
    assert PASSWORD not in account.password_hash


async def test_nobody_gets_in_without_a_password_or_after_leaving(session: AsyncSession) -> None:
    chat_only = await add(session, password=None)
    assert not accounts.password_fits(chat_only, "nobody has this password")
    assert not accounts.password_fits(None, "nobody has this password")
    left = await add(session, email="sam@voorbeeld.nl")
    left.disabled_at = NOW
    assert not accounts.password_fits(left, PASSWORD)


async def test_a_stranger_learns_nothing_from_the_time_it_takes(session: AsyncSession) -> None:
    account = await add(session)

    def seconds(of: Account | None) -> float:
        taken = []
        for _ in range(3):
            start = time.perf_counter()
            accounts.password_fits(of, "een ander wachtwoord")
            taken.append(time.perf_counter() - start)
        return min(taken)

    known, nobody = seconds(account), seconds(None)
    assert known / 3 < nobody < known * 3


async def test_a_rolmodel_acts_from_her_own_phone_while_her_account_is_in_use(session: AsyncSession) -> None:
    person = await world.person(session)
    account = await add(session, role="rolmodel", person_id=person.id, languages=["ti"], password=None)
    assert await accounts.of_person(session, person.id) == [account]
    account.disabled_at = NOW
    await session.flush()
    assert await accounts.of_person(session, person.id) == []
