from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from content import catalogue, texts
from core import accounts, addresses, people
from core.tables.notices import Notice
from core.tables.people import Account
from core.tables.relay import Leave
from core.tables.texts import Text
from core.tables.work import Task
from core.values import Handle
from scheduler.queue import notices
from scheduler.volunteers import reviewing, volunteer
from tests.content.community import make_news
from tests.scheduler.world import HOUSE, NOW, ZONE, at

SHIPPED = catalogue.load(("ti", "ar"))
DUTCH = catalogue.load(())


async def rolmodel(
    session: AsyncSession,
    *languages: str,
    channel: str = "telegram",
    verified: bool = True,
    role: str = "rolmodel",
) -> Account:
    """A rolmodel with a phone of her own."""
    spoken = languages or ("ti", "nl")
    person = await people.add(session, NOW, name="Voorbeeld", languages=spoken)
    address = await addresses.ensure(session, NOW, channel, Handle(uuid4().hex))
    await addresses.attach(session, NOW, person.id, address.id, verified=verified)
    email = f"{uuid4().hex}@voorbeeld.nl"
    return await accounts.add(session, NOW, email=email, name=role, role=role, languages=spoken, person_id=person.id)


async def waits(session: AsyncSession, *units: str, languages: Sequence[str] = ("ti",)) -> list[Text]:
    """Only these units wait, in these languages."""
    await texts.ship(session, NOW, SHIPPED)
    kept = []
    for row in list(await session.scalars(select(Text).where(Text.state == "concept"))):
        if row.unit in units and row.language in languages:
            kept.append(row)
        else:
            row.state = "returned"
    await session.flush()
    return kept


async def asked(session: AsyncSession, account: Account | None = None) -> list[Notice]:
    query = select(Notice).where(Notice.kind == "work", Notice.state.in_(("planned", "sent"))).order_by(Notice.due)
    if account is not None:
        query = query.where(Notice.person_id == account.person_id)
    return list(await session.scalars(query.execution_options(populate_existing=True)))


def said(notice: Notice) -> dict[str, object]:
    variables = notice.variables or {}
    return dict(notices.decode(variables["values"]))


async def daily(session: AsyncSession, now: datetime = NOW) -> int:
    return await reviewing.plan_daily(session, now, HOUSE, DUTCH)


async def went(session: AsyncSession, at_moment: datetime) -> None:
    for notice in await asked(session):
        notice.state, notice.sent_at = "sent", at_moment
    await session.flush()


async def test_asked_once_a_day_with_number_and_minutes(session: AsyncSession) -> None:
    account = await rolmodel(session)
    await waits(session, "message", "week", "again")

    assert (await daily(session), await daily(session, NOW + timedelta(minutes=1))) == (1, 0)
    (notice,) = await asked(session, account)
    assert said(notice) == {"count": 3, "minutes": 4}
    assert (notice.due, notice.use_by) == (NOW, at("2026-12-21 21:00"))
    await went(session, NOW)
    assert await daily(session, NOW + timedelta(hours=3)) == 0
    assert await daily(session, at("2026-12-22 09:00")) == 1


async def test_nobody_is_asked_where_nothing_waits(session: AsyncSession) -> None:
    await rolmodel(session)
    assert await daily(session) == 0
    await waits(session, "message", languages=["ar"])
    assert await daily(session) == 0
    assert await reviewing.next_moment(session, NOW, HOUSE, DUTCH) is not None


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-12-21 08:59", "2026-12-21 09:00"),
        ("2026-12-21 21:00", "2026-12-22 09:00"),
        ("2026-12-25 11:00", "2026-12-28 09:00"),
        ("2026-12-26 11:00", "2026-12-28 09:00"),
    ],
)
async def test_never_at_night_nor_on_a_free_day(session: AsyncSession, moment: str, opens: str) -> None:
    await rolmodel(session)
    await waits(session, "message")
    assert await daily(session, at(moment)) == 0
    assert await reviewing.next_moment(session, at(moment), HOUSE, DUTCH) == at(opens)
    assert await daily(session, at(opens)) == 1


async def test_the_next_day_after_nine(session: AsyncSession) -> None:
    await rolmodel(session)
    assert await reviewing.next_moment(session, NOW, HOUSE, DUTCH) is None
    await waits(session, "message")
    assert await reviewing.next_moment(session, NOW, HOUSE, DUTCH) == at("2026-12-22 09:00")


async def test_who_is_away_is_not_asked_until_she_is_back(session: AsyncSession) -> None:
    account = await rolmodel(session)
    await waits(session, "message")
    session.add(Leave(account_id=account.id, until=date(2026, 12, 22), created_at=NOW))
    await session.flush()
    assert await daily(session) == 0
    assert await reviewing.ask_again(session, NOW, HOUSE, DUTCH, "ti") == 0
    assert await daily(session, at("2026-12-22 12:00")) == 0
    assert await daily(session, at("2026-12-23 12:00")) == 1


async def test_a_week_off_holds_until_sunday_and_takes_back_what_was_on_its_way(session: AsyncSession) -> None:
    account = await rolmodel(session)
    await waits(session, "message")
    await daily(session)
    await volunteer.take_leave(session, NOW, account, volunteer.this_week_until(NOW.date()), ZONE)
    assert await asked(session, account) == []
    assert await daily(session, at("2026-12-24 12:00")) == 0
    assert await daily(session, at("2026-12-28 12:00")) == 1


async def test_only_who_has_a_queue_is_asked(session: AsyncSession) -> None:
    await waits(session, "message")
    await rolmodel(session, channel="sms")
    await rolmodel(session, verified=False)
    await rolmodel(session, role="vertaler")
    disabled = await rolmodel(session)
    disabled.disabled_at = NOW
    await session.flush()
    assert await daily(session) == 0
    await rolmodel(session, channel="whatsapp")
    assert await daily(session) == 1


async def test_her_own_wording_is_no_work_for_her(session: AsyncSession) -> None:
    author, other = await rolmodel(session), await rolmodel(session)
    (row,) = await waits(session, "message")
    row.author_id = author.id
    await session.flush()
    assert await daily(session) == 1
    assert len(await asked(session, other)) == 1
    assert await asked(session, author) == []


async def test_news_is_counted_along(session: AsyncSession) -> None:
    account = await rolmodel(session)
    await waits(session, "message")
    await make_news(session, await rolmodel(session), ends_on=date(2027, 1, 20))
    await daily(session)
    (notice,) = await asked(session, account)
    assert said(notice) == {"count": 2, "minutes": 3}


async def test_another_speaker_is_asked_about_a_new_wording(session: AsyncSession) -> None:
    author, other = await rolmodel(session), await rolmodel(session)
    (row,) = await waits(session, "message")
    row.author_id, row.state = author.id, "submitted"
    await session.flush()

    await reviewing.written(session, at("2026-12-21 22:00"), HOUSE, DUTCH, row, [other])

    (notice,) = await asked(session)
    assert (notice.person_id, notice.due) == (other.person_id, at("2026-12-22 09:00"))
    assert (await session.scalars(select(Task))).all() == []


async def test_without_another_speaker_staff_must_find_one(session: AsyncSession) -> None:
    (row,) = await waits(session, "message")
    await reviewing.written(session, NOW, HOUSE, DUTCH, row, [])
    (task,) = (await session.scalars(select(Task))).all()
    assert (task.kind, task.reason) == ("text_alone", "ti")
    await reviewing.judged(session, NOW, HOUSE, DUTCH, row)
    await session.refresh(task)
    assert task.closed_at == NOW


async def test_nobody_hears_of_texts_that_another_did_meanwhile(session: AsyncSession) -> None:
    first, second = await rolmodel(session), await rolmodel(session)
    (row,) = await waits(session, "message")
    await daily(session)
    await texts.approve(session, NOW, row.id, first)
    await reviewing.judged(session, NOW, HOUSE, DUTCH, row)
    assert await asked(session, second) == []


async def test_what_still_waits_is_still_asked(session: AsyncSession) -> None:
    first, second = await rolmodel(session), await rolmodel(session)
    row, _ = await waits(session, "message", "week")
    await daily(session)
    await texts.approve(session, NOW, row.id, first)
    await reviewing.judged(session, NOW, HOUSE, DUTCH, row)
    assert len(await asked(session, second)) == 1


async def test_asked_again_by_staff_though_asked_today(session: AsyncSession) -> None:
    await rolmodel(session)
    await waits(session, "message")
    await daily(session)
    assert await reviewing.ask_again(session, NOW, HOUSE, DUTCH, "ti") == 0  # it is on its way
    await went(session, NOW)
    assert await reviewing.ask_again(session, NOW + timedelta(hours=2), HOUSE, DUTCH, "ti") == 1


async def test_who_was_asked_and_since_when_nobody_answered(session: AsyncSession) -> None:
    nobody = await reviewing.asked(session, NOW, "ti")
    assert (nobody.speakers, nobody.asked, nobody.since) == (0, 0, None)
    account, _ = await rolmodel(session), await rolmodel(session, "ti", channel="sms")
    rows = await waits(session, "message", "week")
    await daily(session)
    await went(session, NOW)

    found = await reviewing.asked(session, NOW + timedelta(days=2), "ti")
    assert (found.speakers, found.asked, found.since) == (2, 1, NOW)
    await texts.approve(session, NOW + timedelta(days=1), rows[0].id, account)
    assert (await reviewing.asked(session, NOW + timedelta(days=2), "ti")).since is None
    await session.execute(update(Notice).values(step="question"))
    assert (await reviewing.asked(session, NOW + timedelta(days=2), "ti")).asked == 0


async def test_tonight(session: AsyncSession) -> None:
    account = await rolmodel(session)
    assert not await reviewing.tonight(session, NOW, HOUSE, DUTCH, account)
    await waits(session, "message")
    assert await reviewing.tonight(session, NOW, HOUSE, DUTCH, account)
    assert await reviewing.tonight(session, at("2026-12-21 20:30"), HOUSE, DUTCH, account)
    assert [notice.due for notice in await asked(session)] == [at("2026-12-21 20:00"), at("2026-12-22 20:00")]
