"""Another speaker looks at news: she says yes or sends it back, and each of them may take it back in time."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from content.review import spoken
from content.voice import media
from core.ids import short
from core.tables.notices import Notice
from core.tables.people import Account
from core.tables.texts import Broadcast, Update, UpdateText
from scheduler.news import broadcasts
from tests.bot.phones import NOW, SETTINGS, Phone
from tests.bot.rolmodellen import rolmodel
from tests.bot.scenes.newswriting import SPOKEN, own_text, written


async def before_another(session: AsyncSession) -> tuple[Phone, Phone]:
    """Selam sent her news on, and Abel has it before her."""
    author, other = await rolmodel(session, "Selam"), await rolmodel(session, "Abel")
    await written(author)
    await author.taps("Stuur door")
    await other.does("rolmodel.begin")
    return author, other


async def test_another_speaker_approves_and_can_undo(session: AsyncSession) -> None:
    author, other = await rolmodel(session, "Selam"), await rolmodel(session, "Abel")
    await written(author)
    assert "Een andere rolmodel kijkt nu" in await author.taps("Stuur door")
    (asked,) = (await session.scalars(select(Notice).where(Notice.kind == "work"))).all()
    assert asked.due == NOW + timedelta(minutes=2)
    assert "NL: Morgen is er koffie." in await other.does("rolmodel.begin")
    assert "Over 2 minuten" in await other.taps("Goed")
    assert (await session.scalars(select(Broadcast))).one().due == NOW + timedelta(minutes=2)
    assert "Wij sturen dit nieuws niet" in await other.taps("Toch niet")
    assert await broadcasts.fan_out(session, NOW + timedelta(minutes=3), SETTINGS) == 0
    assert "NL: Morgen is er koffie." in await other.taps("Volgende")  # it isn't lost: it waits for a look again


@pytest.mark.parametrize(
    ("typed", "warned"),
    [
        ("ደውሉ 0612345678", ["🔗 Hier staat een link of een nummer."]),
        ("ጽባሕ bаnk", ["👀 Kijk goed. Hier staan letters die op andere lijken"]),  # the second letter is Cyrillic
        ("ጽባሕ \u202eቡን", ["👀 Kijk goed."]),
        ("ጽባሕ ቡን ኣሎ።", []),
    ],
)
async def test_who_looks_at_it_is_warned_of_what_deceives(session: AsyncSession, typed: str, warned: list[str]) -> None:
    author, other = await rolmodel(session, "Selam"), await rolmodel(session, "Abel")
    await written(author)
    await author.taps("Verbeter")
    await author.types(typed)
    for label in ("Overslaan", "Overslaan", "Overslaan", "Deze week", "Klaar", "Stuur door"):
        await author.taps(label)
    said = await other.does("rolmodel.begin")
    assert all(words in said for words in warned)
    assert [sign for sign in ("🔗", "👀") if sign in said] == [words[0] for words in warned]


async def test_news_that_is_over_is_not_asked_about_nor_approved(session: AsyncSession) -> None:
    _, other = await before_another(session)
    other.now = NOW + timedelta(days=7)
    assert "Er wachten nu geen teksten" in await other.taps("Goed")
    assert (await session.scalars(select(Broadcast))).all() == []


async def test_sends_it_back_with_a_reason(session: AsyncSession) -> None:
    _, other = await before_another(session)
    await other.taps("Terug")
    assert "Terug naar de schrijver" in await other.taps("Te moeilijk")
    assert (await session.scalars(select(Update))).one().state == "returned"
    assert "Er wachten nu geen teksten" in await other.taps("Volgende")


async def test_sends_it_back_with_a_reason_in_her_own_voice(session: AsyncSession) -> None:
    author, other = await before_another(session)
    assert await other.taps("Terug") == "Wat klopt niet?"
    asks = await other.taps("🎙 Zeg het zelf")
    assert asks == "Stuur een spraakbericht. Zeg wat er niet klopt."
    assert await other.types("het woord is oud") == asks
    assert "NL: Morgen is er koffie." in await other.taps("◀️ Terug")
    assert "hier nog niet horen" in await other.speaks(SPOKEN)  # not waited for any more
    row = await own_text(session)
    assert row.state == "submitted"

    await other.does(f"rolmodel.say:{short(row.id)}")
    assert asks in await other.speaks(None, refused="broken")
    assert "Terug naar de schrijver" in await other.speaks(SPOKEN)
    said = await spoken.of(session, row)
    assert said is not None
    assert (row.state, said.content) == ("returned", SPOKEN.content)
    assert "hier nog niet horen" in await other.speaks(SPOKEN)  # once
    (told,) = await asked_of(session, "Selam")
    assert told.due == NOW + timedelta(minutes=2)

    shown = await author.does("rolmodel.begin")
    assert "spoken" not in shown
    why, aloud, preview = author.heard[-3:]
    assert (why.text, aloud.voice) == ("Wat klopt niet?", (str(said.id),))
    assert ("Zo ziet het eruit" in preview.text, preview.voice) == (True, ())

    assert "NL: Morgen is er koffie." in await other.does(f"rolmodel.not_back:{short(row.id)}")
    assert await spoken.of(session, row) is None


async def test_a_spoken_reason_for_news_goes_in_time_and_with_her_voice(session: AsyncSession) -> None:
    author, other = await rolmodel(session, "Selam"), await rolmodel(session, "Abel")
    await written(author)
    await author.taps("Stuur door")
    for end in ("in time", "with her voice"):
        await other.does("rolmodel.begin")
        await other.does(f"rolmodel.say:{short((await own_text(session)).id)}")
        await other.speaks(SPOKEN)
        judge = (await session.scalars(select(Account).where(Account.name == "Abel"))).one()
        if end == "in time":
            early = NOW + spoken.KEPT - timedelta(seconds=1)
            assert (await media.sweep(session, early), await spoken.forget(session, early)) == (0, 0)
            assert await spoken.forget(session, NOW + spoken.KEPT) == 1
        else:
            assert await spoken.wipe(session, judge) == 1
        assert await spoken.of(session, await own_text(session)) is None
        assert "Zo ziet het eruit" in await author.does("rolmodel.write")
        await author.taps("Stuur door")


async def asked_of(session: AsyncSession, name: str) -> list[Notice]:
    hers = select(Account.person_id).where(Account.name == name).scalar_subquery()
    query = select(Notice).where(Notice.kind == "work", Notice.person_id == hers, Notice.is_open)
    return list(await session.scalars(query))


async def test_who_wrote_what_came_back_hears_of_it_and_finds_it_behind_the_push(session: AsyncSession) -> None:
    author, other = await before_another(session)
    await other.taps("Terug")
    await other.taps("Te moeilijk")
    (told,) = await asked_of(session, "Selam")
    assert told.due == NOW + timedelta(minutes=2)
    assert "Te moeilijk" in await author.does("rolmodel.begin")
    await author.taps("Stuur door")
    assert await asked_of(session, "Selam") == []
    assert "NL: Morgen is er koffie." in await other.does("rolmodel.begin")


async def test_sent_back_by_mistake_waits_for_her_again(session: AsyncSession) -> None:
    _, other = await before_another(session)
    await other.taps("Terug")
    await other.taps("Te moeilijk")
    assert "NL: Morgen is er koffie." in await other.taps("Toch niet")
    assert await asked_of(session, "Selam") == []
    assert "Over 2 minuten" in await other.taps("Goed")


async def test_sent_back_is_not_taken_back_too_late_nor_by_another(session: AsyncSession) -> None:
    author, other = await before_another(session)
    await other.taps("Terug")
    await other.taps("Te moeilijk")
    text = (await session.scalars(select(UpdateText).where(UpdateText.language == "ti"))).one()
    assert "koffie" not in await author.does(f"rolmodel.not_back:{short(text.id)}")
    other.now = NOW + timedelta(minutes=3)
    await other.taps("Toch niet")
    assert text.state == "returned"
    assert len(await asked_of(session, "Selam")) == 1


async def test_sent_on_by_mistake_is_her_draft_again(session: AsyncSession) -> None:
    author, other = await rolmodel(session, "Selam"), await rolmodel(session, "Abel")
    await written(author)
    await author.taps("Stuur door")
    assert "Zo ziet het eruit" in await author.taps("Toch niet")
    assert await asked_of(session, "Abel") == []
    assert "Er wachten nu geen teksten" in await other.does("rolmodel.begin")


async def test_what_was_judged_is_not_taken_back(session: AsyncSession) -> None:
    author, other = await before_another(session)
    await other.taps("Goed")
    assert "Zo ziet het eruit" not in await author.taps("Toch niet")
    assert (await session.scalars(select(Broadcast))).one().state == "planned"


async def test_what_came_back_shows_why(session: AsyncSession) -> None:
    author, other = await before_another(session)
    await other.taps("Terug")
    await other.taps("Te moeilijk")
    assert "Wat klopt niet?\nTe moeilijk\nZo ziet het eruit:" in await author.does("rolmodel.write")
    assert "Een andere rolmodel kijkt nu" in await author.taps("Stuur door")


async def test_after_the_two_minutes_staff_are_called(session: AsyncSession) -> None:
    _, other = await before_another(session)
    await other.taps("Goed")
    undo = other.last.buttons[0].id
    await broadcasts.fan_out(session, NOW + timedelta(minutes=3), SETTINGS)
    assert "Bel de regisseur" in await other.does(undo)
    assert "Wij bellen u" in await other.taps("Bel regisseur")
