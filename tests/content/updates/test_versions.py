"""News in several languages: each approved on its own, and everybody hears it once."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from content import updates
from content.approvals import AlreadyJudged, NotAllowed, OwnText, Unfit
from content.updates import About, Outcome, audience
from content.updates.news import News
from content.voice import media
from content.voice.attachments import Picture
from core.settings import Settings
from core.tables.people import Account
from core.tables.texts import UpdateText
from tests.content.community import NOW, SETTINGS, make_account, make_listener, make_news

ARABIC = "غدا هناك لقاء."


async def translator(session: AsyncSession, language: str = "ar") -> Account:
    return await make_account(session, languages=[language, "nl"])


async def also(session: AsyncSession, news: News, language: str = "ar", by: Account | None = None) -> News:
    """The same news in another language, waiting for its judge."""
    account = by or await translator(session, language)
    added = await updates.add(session, news.text.id, account, language=language, body=ARABIC)
    return await updates.submit(session, added.text.id, account)


async def yes(session: AsyncSession, news: News, settings: Settings = SETTINGS) -> Outcome:
    speaker = await make_account(session, languages=[news.text.language, "nl"])
    return await updates.approve(session, NOW, settings, news.text.id, speaker, seen=news.seen)


async def hears(session: AsyncSession, news: News) -> set[UUID]:
    """Whom this version would go to, as things stand."""
    now = await updates.read(session, news.text.id)
    return set(await session.scalars(audience.listeners(NOW, now.circle)))


async def states(session: AsyncSession, news: News) -> dict[str, str]:
    story = await updates.whole(session, news.text.id)
    return {row.language: row.state for row in story.newest} | {"": story.update.state}


async def test_each_language_has_its_own_judge(session: AsyncSession) -> None:
    news = await make_news(session, await make_account(session))
    arabic = await also(session, news)

    assert await yes(session, news) is Outcome.APPROVED
    assert await states(session, news) == {"ti": "approved", "ar": "submitted", "": "approved"}
    with pytest.raises(NotAllowed):
        await updates.approve(session, NOW, SETTINGS, arabic.text.id, await make_account(session), seen=arabic.seen)
    assert await yes(session, arabic) is Outcome.APPROVED


async def test_who_wrote_the_update_or_its_translation_does_not_judge_it(session: AsyncSession) -> None:
    author = await make_account(session, languages=["ti", "ar", "nl"])
    arabic = await also(session, await make_news(session, author))
    by = await session.get_one(Account, arabic.text.author_id)

    for account in (author, by):
        with pytest.raises(OwnText):
            await updates.approve(session, NOW, SETTINGS, arabic.text.id, account, seen=arabic.seen)


async def test_the_queue_holds_each_language_for_its_speakers(session: AsyncSession) -> None:
    news = await make_news(session, await make_account(session))
    arabic = await also(session, news)
    speakers = [await make_account(session, languages=[code, "nl"]) for code in ("ti", "ar", "so")]

    waiting = [[one.text.id for one in await updates.waiting(session, speaker)] for speaker in speakers]

    assert waiting == [[news.text.id], [arabic.text.id], []]


async def test_the_first_language_of_a_list_that_is_approved(session: AsyncSession) -> None:
    people = {
        name: await make_listener(session, languages)
        for name, languages in {
            "ti": ["ti", "nl"],
            "ar ti": ["ar", "en", "ti"],
            "ti ar": ["ti", "ar"],
            "ar": ["ar", "nl"],
            "so": ["so", "nl"],
        }.items()
    }
    news = await make_news(session, await make_account(session))
    arabic = await also(session, news)
    await yes(session, news)

    tigrinya_only = await hears(session, news)
    await yes(session, arabic)

    assert tigrinya_only == {people[name].id for name in ("ti", "ar ti", "ti ar")}
    assert await hears(session, news) == {people[name].id for name in ("ti", "ti ar")}
    assert await hears(session, arabic) == {people[name].id for name in ("ar ti", "ar")}


async def test_dutch_goes_to_who_has_no_other(session: AsyncSession) -> None:
    author = await make_account(session, "regisseur", ["nl"])
    dutch_first, somali = await make_listener(session, ["nl", "ti"]), await make_listener(session, ["so"])
    await make_listener(session, ["ti", "nl"])
    waits = await make_listener(session, ["ar", "nl"])
    news = await updates.write(
        *(session, NOW, SETTINGS),
        author=author,
        language="ti",
        body="ጽባሕ",
        dutch="Morgen.",
        dutch_too=True,
        ends_on=LAST,
    )
    story = await updates.whole(session, news.text.id)
    dutch = story.of(story.newest[-1])

    assert dutch.text.language == "nl"
    for one in (news, dutch):
        await updates.submit(session, one.text.id, author)
    before = await hears(session, dutch)
    await also(session, news)
    assert before == {dutch_first.id, somali.id, waits.id}
    assert await hears(session, dutch) == {dutch_first.id, somali.id}


LAST = date(2027, 1, 20)


async def test_dutch_that_only_stands_below_is_nobody_s_news(session: AsyncSession) -> None:
    news = await make_news(session, await make_account(session))
    story = await updates.whole(session, news.text.id)

    assert [row.language for row in story.newest] == ["ti"]
    assert news.dutch is not None
    assert (news.dutch.state, (await updates.read(session, news.dutch.id)).text.id) == ("below", news.text.id)


async def test_dutch_is_made_news_by_itself_later(session: AsyncSession) -> None:
    news = await make_news(session, await make_account(session))
    staff = await make_account(session, "klantmanager", ["nl"])
    dutch = await updates.add(session, news.text.id, staff, language="nl", body="Morgen is er een bijeenkomst.")

    assert (dutch.text.id, dutch.text.state) == (news.dutch and news.dutch.id, "draft")
    assert (await updates.read(session, news.text.id)).text.state == "submitted"


async def test_other_dutch_voids_what_stands_above_it(session: AsyncSession) -> None:
    author = await make_account(session)
    news = await make_news(session, author)
    arabic = await also(session, news)
    await yes(session, arabic)

    await updates.edit(session, news.text.id, author, dutch="Overmorgen is er een bijeenkomst.")

    assert await states(session, news) == {"ti": "draft", "ar": "draft", "": "draft"}


async def test_other_words_in_one_language_leave_the_others(session: AsyncSession) -> None:
    author = await make_account(session)
    news = await make_news(session, author)
    await yes(session, await also(session, news))

    await updates.edit(session, news.text.id, author, body="ካልእ")

    assert await states(session, news) == {"ti": "draft", "ar": "approved", "": "approved"}


async def test_another_audience_voids_everything(session: AsyncSession) -> None:
    author = await make_account(session)
    news = await make_news(session, author)
    arabic = await also(session, news)
    await yes(session, arabic)

    await updates.describe(
        *(session, NOW, SETTINGS, news.text.id, author), About(ends_on=news.update.ends_on, for_leerroute="z")
    )

    assert await states(session, news) == {"ti": "draft", "ar": "draft", "": "draft"}
    by = await session.get_one(Account, arabic.text.author_id)
    with pytest.raises(NotAllowed):
        await updates.describe(session, NOW, SETTINGS, arabic.text.id, by, About(ends_on=LAST))


async def test_a_language_comes_once_and_only_from_who_may_write_it(session: AsyncSession) -> None:
    news = await make_news(session, await make_account(session))
    await also(session, news)

    with pytest.raises(Unfit, match="is er al"):
        await also(session, news)
    with pytest.raises(NotAllowed):
        await also(session, news, "so", by=await translator(session, "tr"))


async def test_listeners_of_all_languages_count_for_the_second_look(session: AsyncSession) -> None:
    settings = SETTINGS.model_copy(update={"second_approval_above": 1})
    news = await make_news(session, await make_account(session))
    await make_listener(session, ["ti"])
    arabic = await also(session, news)
    assert await yes(session, news, settings) is Outcome.APPROVED

    await make_listener(session, ["ar"])
    assert await yes(session, arabic, settings) is Outcome.SECOND


async def test_a_picture_or_a_voice_after_the_approval_is_looked_at_again(session: AsyncSession) -> None:
    author = await make_account(session)
    news = await make_news(session, author)
    seen = news.seen
    await yes(session, news)
    photo = await media.keep(session, NOW, Picture(content=b"\xff\xd8", width=1, height=1))
    with_photo = await updates.enclose(session, news.text.id, author, picture_id=photo)

    assert with_photo.text.state == "draft"
    assert with_photo.seen != seen


async def test_taking_down_asks_for_every_language(session: AsyncSession) -> None:
    author = await make_account(session)
    news = await make_news(session, author)
    await also(session, news)
    for languages in (["ti"], ["ar"]):
        with pytest.raises(NotAllowed):
            await updates.withdraw(session, news.text.id, await make_account(session, languages=languages))
    await updates.withdraw(session, news.text.id, await make_account(session, languages=["ti", "ar"]))
    with pytest.raises(AlreadyJudged):
        await updates.edit(session, news.text.id, author, body="ካልእ")
    assert set(await session.scalars(select(UpdateText.state))) == {"submitted", "below"}


async def test_a_moment_to_send_lies_before_its_end(session: AsyncSession) -> None:
    author = await make_account(session)
    with pytest.raises(Unfit, match="al voorbij"):
        await updates.write(
            *(session, NOW, SETTINGS),
            author=author,
            language="ti",
            body="ጽባሕ",
            ends_on=LAST,
            send_at=NOW + timedelta(days=30),
        )


async def test_dutch_of_another_stays_as_it_is(session: AsyncSession) -> None:
    author = await make_account(session)
    news = await make_news(session, author)
    await yes(session, news)
    thief = await make_account(session, languages=["ti", "nl"])

    with pytest.raises(Unfit, match="van een ander"):
        await updates.add(session, news.text.id, thief, language="nl", body="Betaal 20 euro.")
    now = await updates.read(session, news.text.id)
    assert (now.text.state, now.dutch and now.dutch.body) == ("approved", "Morgen is er een bijeenkomst.")

    mine = await updates.add(session, news.text.id, author, language="nl", body="Kom morgen.")
    assert (mine.text.body, (await states(session, news))["ti"]) == ("Kom morgen.", "draft")


@pytest.mark.parametrize(
    ("body", "dutch", "place"),
    [
        ("ደውሉ 0612", "Bel 345678.", None),
        ("ደውሉ 0612", "Morgen.", "zaal 345 678"),
        ("ጽባሕ", "Kijk op voorbeeld", ".nl"),
        ("ጽባሕ", "Morgen.", "voorbeeld.\u0441\u043e\u043c"),
    ],
)
async def test_a_link_or_number_in_pieces_is_also_looked_at_by_staff(
    session: AsyncSession, body: str, dutch: str, place: str | None
) -> None:
    author = await make_account(session)
    written = await updates.write(
        *(session, NOW, SETTINGS), author=author, language="ti", body=body, dutch=dutch, ends_on=LAST, place=place
    )
    assert await yes(session, await updates.submit(session, written.text.id, author)) is Outcome.SECOND
