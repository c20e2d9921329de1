from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from content import updates
from content.approvals import AlreadyJudged, Changed, NotAllowed, NotFound, OwnText, Unfit
from content.updates import Outcome
from content.updates.audience import Audience, Circle, audience_count, shown
from content.updates.news import News
from core.ids import new_id
from core.settings import Settings
from core.tables.people import Account
from core.tables.texts import Approval
from tests.content.community import NOW, SETTINGS, change_mind, make_account, make_listener, make_news


async def judged(session: AsyncSession, news: News, account: Account, settings: Settings = SETTINGS) -> Outcome:
    return await updates.approve(session, NOW, settings, news.text.id, account, seen=news.seen)


async def verdicts(session: AsyncSession, news: News) -> list[str]:
    query = select(Approval.verdict).where(Approval.update_text_id == news.text.id).order_by(Approval.at, Approval.id)
    return list(await session.scalars(query))


async def test_another_speaker_approves_both_texts(session: AsyncSession) -> None:
    news = await make_news(session, await make_account(session))
    speaker = await make_account(session)

    assert await judged(session, news, speaker) is Outcome.APPROVED

    now = await updates.read(session, news.text.id)
    assert now.update.state == now.text.state == "approved"
    assert now.dutch is not None
    below = await session.scalars(select(Approval).where(Approval.update_text_id == now.dutch.id))
    assert [(row.verdict, row.account_id, row.source_hash) for row in below] == [
        ("below", speaker.id, now.dutch.source_hash)
    ]
    assert await verdicts(session, news) == ["approved"]


async def test_nobody_approves_an_own_update(session: AsyncSession) -> None:
    person = await make_listener(session)
    author = await make_account(session, person_id=person.id)
    second_hat = await make_account(session, "klantmanager", person_id=person.id)
    news = await make_news(session, author)

    for account in (author, second_hat):
        with pytest.raises(OwnText):
            await judged(session, news, account)


@pytest.mark.parametrize(
    ("role", "languages"),
    [
        ("rolmodel", ["ar", "nl"]),
        ("vertaler", ["ar"]),
        ("beheerder", ["ti"]),
        ("begeleider", ["ti"]),
        ("partner", ["ti"]),
        ("klantmanager", ["nl"]),
    ],
)
async def test_who_may_not_approve_where_another_speaks_it(
    session: AsyncSession, role: str, languages: list[str]
) -> None:
    news = await make_news(session, await make_account(session))
    await make_account(session)

    with pytest.raises(NotAllowed):
        await judged(session, news, await make_account(session, role, languages))


@pytest.mark.parametrize("role", ["klantmanager", "regisseur"])
async def test_staff_co_sign_where_only_the_author_speaks_it(session: AsyncSession, role: str) -> None:
    news = await make_news(session, await make_account(session))

    assert await judged(session, news, await make_account(session, role, ["nl"])) is Outcome.APPROVED
    assert await verdicts(session, news) == ["cosigned"]


async def test_who_left_is_no_speaker_any_more(session: AsyncSession) -> None:
    person = await make_listener(session)
    left = await make_account(session, person_id=person.id)
    staff = await make_account(session, "klantmanager", ("nl",))
    news = await make_news(session, await make_account(session))
    assert [one.text.id for one in await updates.waiting(session, left)] == [news.text.id]
    assert await updates.waiting(session, staff) == []  # a speaker looks first

    person.left_at = NOW
    await session.flush()

    with pytest.raises(NotAllowed):
        await judged(session, news, left)
    assert await updates.waiting(session, left) == []
    assert [one.text.id for one in await updates.waiting(session, staff)] == [news.text.id]
    assert await judged(session, news, staff) is Outcome.APPROVED
    assert await verdicts(session, news) == ["cosigned"]


async def test_staff_do_not_co_sign_what_they_cannot_read(session: AsyncSession) -> None:
    news = await make_news(session, await make_account(session), dutch=None)

    with pytest.raises(Unfit, match="Nederlandse tekst"):
        await judged(session, news, await make_account(session, "regisseur", ["nl"]))


@pytest.mark.parametrize(
    "body", ["ጽባሕ www.voorbeeld.nl", "ደውሉ 06 12345678", "NL91ABNA0417164300", "t\u0435st", "ጽ\u200bባሕ"]
)
async def test_what_leads_elsewhere_or_deceives_is_also_looked_at_by_staff(session: AsyncSession, body: str) -> None:
    news = await make_news(session, await make_account(session), body=body)
    speaker, staff = await make_account(session), await make_account(session, "klantmanager", ["nl"])

    assert await judged(session, news, speaker) is Outcome.SECOND
    assert (await updates.read(session, news.text.id)).update.state == "submitted"

    done = await updates.second_approve(session, NOW, news.text.id, staff, seen=news.seen)
    assert done is Outcome.APPROVED
    assert await verdicts(session, news) == ["approved", "second"]


async def test_many_listeners_ask_a_second_look(session: AsyncSession) -> None:
    settings = SETTINGS.model_copy(update={"second_approval_above": 1})
    author, speaker = await make_account(session), await make_account(session)
    await make_listener(session)

    assert await judged(session, await make_news(session, author), speaker, settings) is Outcome.APPROVED
    await make_listener(session)
    assert await judged(session, await make_news(session, author), speaker, settings) is Outcome.SECOND


async def test_the_second_look_is_a_third_person_of_the_staff(session: AsyncSession) -> None:
    news = await make_news(session, await make_account(session), body="ጽባሕ www.voorbeeld.nl")
    staff = await make_account(session, "klantmanager", ["ti"])

    with pytest.raises(NotAllowed):
        await updates.second_approve(session, NOW, news.text.id, staff, seen=news.seen)
    await judged(session, news, staff)
    with pytest.raises(AlreadyJudged):
        await updates.second_approve(session, NOW, news.text.id, staff, seen=news.seen)
    with pytest.raises(NotAllowed):
        await updates.second_approve(session, NOW, news.text.id, await make_account(session), seen=news.seen)


async def test_what_changed_since_it_was_seen_is_not_approved(session: AsyncSession) -> None:
    author, speaker = await make_account(session), await make_account(session)
    seen = (await make_news(session, author)).seen
    news = (await updates.waiting(session, speaker))[0]
    await updates.edit(session, news.text.id, author, dutch="Betaal nu.")
    await updates.submit(session, news.text.id, author)

    with pytest.raises(Changed):
        await updates.approve(session, NOW, SETTINGS, news.text.id, speaker, seen=seen)


async def test_an_edit_voids_every_approval(session: AsyncSession) -> None:
    author = await make_account(session)
    news = await make_news(session, author)
    await judged(session, news, await make_account(session))

    changed = await updates.edit(session, news.text.id, author, body="ካልእ")

    assert (changed.update.state, changed.text.state, changed.text.approver_id) == ("draft", "draft", None)
    with pytest.raises(AlreadyJudged):
        await judged(session, changed, await make_account(session))


async def test_only_the_author_edits_and_never_what_was_sent(session: AsyncSession) -> None:
    author = await make_account(session)
    news = await make_news(session, author)

    with pytest.raises(NotAllowed):
        await updates.edit(session, news.text.id, await make_account(session), body="ካልእ")
    news.text.state = "sent"
    with pytest.raises(AlreadyJudged):
        await updates.edit(session, news.text.id, author, body="ካልእ")


async def test_a_returned_update_can_be_sent_in_again(session: AsyncSession) -> None:
    author, speaker = await make_account(session), await make_account(session)
    news = await make_news(session, author)

    await updates.return_(session, NOW, news.text.id, speaker, "Te moeilijk", seen=news.seen)
    assert (await updates.read(session, news.text.id)).text.state == "returned"
    await updates.submit(session, news.text.id, author)

    assert await judged(session, news, speaker) is Outcome.APPROVED
    assert sorted(await verdicts(session, news)) == ["approved", "returned"]


async def test_the_queue_of_a_judge(session: AsyncSession) -> None:
    author, speaker = await make_account(session), await make_account(session)
    other, staff = await make_account(session, languages=["ar"]), await make_account(session, "regisseur", ["nl"])
    news = await make_news(session, author, body="ጽባሕ www.voorbeeld.nl")

    assert [n.text.id for n in await updates.waiting(session, speaker)] == [news.text.id]
    assert [await updates.waiting(session, account) for account in (author, other, staff)] == [[], [], []]
    await judged(session, news, speaker)
    assert [n.text.id for n in await updates.waiting(session, staff)] == [news.text.id]
    assert await updates.waiting(session, speaker) == []


@pytest.mark.parametrize(
    ("role", "languages", "written_in"),
    [("rolmodel", ["ti"], "ar"), ("vertaler", ["ti"], "ti"), ("beheerder", ["ti"], "ti"), ("rolmodel", ["xx"], "xx")],
)
async def test_who_may_not_write(session: AsyncSession, role: str, languages: list[str], written_in: str) -> None:
    with pytest.raises(NotAllowed):
        await make_news(session, await make_account(session, role, languages), language=written_in)


@pytest.mark.parametrize(
    ("body", "ends_on"),
    [
        ("", date(2027, 1, 20)),
        (" \n ", date(2027, 1, 20)),
        ("\u202e\u200b", date(2027, 1, 20)),
        ("x" * 601, date(2027, 1, 20)),
        ("\ud800", date(2027, 1, 20)),
        ("a\0b", date(2027, 1, 20)),
        ("goed", date(2027, 1, 10)),
        ("goed", date(2028, 1, 10)),
    ],
)
async def test_unfit_news_is_refused_in_words(session: AsyncSession, body: str, ends_on: date) -> None:
    with pytest.raises(Unfit, match=r"\.$"):
        await make_news(session, await make_account(session), body=body, ends_on=ends_on)


async def test_news_is_shown_from_sending_to_its_last_day(session: AsyncSession) -> None:
    news = await make_news(session, await make_account(session))
    last = NOW + timedelta(days=9)

    assert updates.over(news, NOW, SETTINGS)
    news.text.state = "sent"
    await session.flush()

    reader, other = await make_listener(session, ["ti", "nl"]), await make_listener(session, ["ar", "nl"])
    assert [n.text.id for n in await updates.on_show(session, last, SETTINGS, reader)] == [news.text.id]
    assert await updates.on_show(session, last, SETTINGS, other) == []
    assert not updates.over(news, last, SETTINGS)
    assert updates.over(news, last + timedelta(days=1), SETTINGS)


async def test_a_role_taken_away_or_an_account_closed_ends_it_at_once(session: AsyncSession) -> None:
    news = await make_news(session, await make_account(session))
    speaker = await make_account(session)
    speaker.disabled_at = NOW

    with pytest.raises(NotAllowed):
        await judged(session, news, speaker)
    with pytest.raises(NotFound):
        await updates.read(session, new_id())


async def test_the_audience(session: AsyncSession) -> None:
    await make_listener(session, ["ti", "nl"])
    await make_listener(session, ["ar", "ti"])
    await make_listener(session, ["ar", "nl"])
    await make_listener(session, news=None)
    await make_listener(session, news=False)
    await make_listener(session, news=None, verified=False)
    await change_mind(session, await make_listener(session), given=False)
    await change_mind(session, await make_listener(session, news=False), given=True)

    assert await audience_count(session, NOW, Circle(language="ti")) == Audience(listeners=3, without_consent=3)
    assert (shown(4), shown(5)) == ("minder dan 5", "5")
