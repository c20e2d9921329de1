"""A text is approved or sent back, with two minutes to think better of it."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from content import approvals, texts
from content.inforce import dutch_and
from content.review import spoken
from content.voice import media
from content.voice.attachments import Voice
from core.ids import short
from core.tables.people import Account
from core.tables.texts import Approval
from tests.bot import phones
from tests.bot.phones import NOW
from tests.bot.rolmodellen import rolmodel
from tests.bot.scenes.waitingtexts import BETTER, FIRST, SHIPPED, improving, queue, states, ticked


async def test_approved_with_the_number_of_people_hidden_and_undone(session: AsyncSession) -> None:
    await queue(session, FIRST, "appointment.week")
    phone = await rolmodel(session)
    await phone.does("rolmodel.begin")
    await ticked(phone)

    said = await phone.taps("✅ Goed")
    assert "Over 2 minuten gebruiken wij deze tekst" in said
    assert "minder dan 5 mensen" in said
    assert "Nog 1 tekst, ongeveer 2 minuten." in said
    assert phone.labels == ["↩️ Toch niet", "▶️ Volgende", "⏹ Stop"]
    assert await states(session, FIRST) == ["approved"]

    phone.now = NOW + timedelta(minutes=2)
    assert "gebruiken deze tekst nog niet" in await phone.taps("Toch niet")
    assert await states(session, FIRST) == ["concept"]
    assert "Tekst 1 van 2" in await phone.taps("Volgende")


async def test_undo_is_too_late_after_two_minutes(session: AsyncSession) -> None:
    await queue(session, FIRST)
    phone = await rolmodel(session)
    await phone.does("rolmodel.begin")
    await ticked(phone)
    assert "U bent klaar" in await phone.taps("✅ Goed")
    phone.now = NOW + timedelta(minutes=2, seconds=1)
    assert "gebruiken wij al" in await phone.taps("Toch niet")
    assert await states(session, FIRST) == ["approved"]


async def test_a_count_of_five_is_shown(session: AsyncSession) -> None:
    await queue(session, FIRST)
    for _ in range(4):
        await phones.linked(session, await phones.make_person(session, languages=("ti", "nl")))
    await phones.linked(session, await phones.make_person(session, languages=("ar", "nl")))
    phone = await rolmodel(session)
    phone.texts = dutch_and(SHIPPED, {("ti", "buttons"): SHIPPED.bodies["ti"]["buttons"]})
    await phone.does("rolmodel.begin")
    await ticked(phone)
    assert "Hij gaat naar 5 mensen." in await phone.taps("✅ Goed")


async def test_sent_back_with_a_reason_and_undone(session: AsyncSession) -> None:
    await queue(session, FIRST)
    phone = await rolmodel(session)
    await phone.does("rolmodel.begin")
    assert await phone.taps("↩️ Terug") == "Wat klopt niet?"
    assert "krijgen mensen makkelijk Nederlands" in await phone.taps("Te moeilijk")
    (judgement,) = (await session.scalars(select(Approval))).all()
    assert (judgement.verdict, judgement.reason) == ("returned", "too_difficult")
    await phone.taps("Toch niet")
    assert await states(session, FIRST) == ["concept"]


SPOKEN = Voice(content=b"OggS made up", milliseconds=4200, recorded=4300, loudness=-20, peak=-3)


async def test_sent_back_with_a_reason_in_her_own_voice(session: AsyncSession) -> None:
    (row,) = await queue(session, FIRST)
    phone = await rolmodel(session)
    await phone.does("rolmodel.begin")
    await phone.taps("↩️ Terug")
    asks = await phone.taps("🎙 Zeg het zelf")
    assert asks == "Stuur een spraakbericht. Zeg wat er niet klopt."
    assert await phone.types("het woord is oud") == asks
    assert "Zegt uw taal hetzelfde?" in await phone.taps("◀️ Terug")
    assert "hier nog niet horen" in await phone.speaks(SPOKEN)  # not waited for any more
    assert await states(session, FIRST) == ["concept"]

    await phone.does(f"review.say:{short(row.id)}")
    assert asks in await phone.speaks(None, refused="broken")
    assert "krijgen mensen makkelijk Nederlands" in await phone.speaks(SPOKEN)
    assert await states(session, FIRST) == ["returned"]
    said = await spoken.of(session, row)
    assert said is not None
    assert said.content == SPOKEN.content

    await phone.taps("Toch niet")
    assert await states(session, FIRST) == ["concept"]
    assert await spoken.of(session, row) is None


async def test_a_spoken_reason_goes_in_time_and_with_her_voice(session: AsyncSession) -> None:
    await rolmodel(session)
    judge = (await session.scalars(select(Account).where(Account.role == "rolmodel"))).one()
    for end in ("in time", "with her voice"):
        (row,) = await queue(session, FIRST)
        voice = await media.keep(session, NOW, SPOKEN)
        await texts.return_(session, NOW, row.id, judge, approvals.SPOKEN, voice_id=voice)
        if end == "in time":
            assert await media.sweep(session, NOW + spoken.KEPT - timedelta(seconds=1)) == 0
            assert await spoken.forget(session, NOW + spoken.KEPT - timedelta(seconds=1)) == 0
            assert await spoken.forget(session, NOW + spoken.KEPT) == 1
        else:
            assert await spoken.wipe(session, judge) == 1
        assert await spoken.of(session, row) is None
        assert await states(session, FIRST) == ["returned"]
        row.state = "concept"


async def test_approved_by_another_meanwhile(session: AsyncSession) -> None:
    await queue(session, FIRST)
    phone, other = await rolmodel(session), await rolmodel(session)
    for one in (phone, other):
        await one.does("rolmodel.begin")
        await ticked(one)
    await phone.taps("✅ Goed")
    assert "Een ander heeft gekeken" in await other.taps("✅ Goed")
    assert len((await session.scalars(select(Approval))).all()) == 1


async def test_a_text_that_changed_is_shown_again(session: AsyncSession) -> None:
    await queue(session, FIRST)
    phone, other = await rolmodel(session), await rolmodel(session)
    await phone.does("rolmodel.begin")
    await ticked(phone)
    await improving(other)
    await other.types(BETTER)

    said = await phone.taps("✅ Goed")

    assert "ሓድሽ ቆጸራ ኣለኩም፦" in said
    assert "✅ Goed" not in phone.labels
    assert await states(session, FIRST) == ["concept", "submitted"]


async def test_an_own_text_says_so(session: AsyncSession) -> None:
    (row,) = await queue(session, FIRST)
    phone = await rolmodel(session)
    await phone.does("rolmodel.begin")
    await ticked(phone)
    row.author_id = (await session.scalars(select(Account).where(Account.role == "rolmodel"))).one().id
    await session.flush()
    assert "U schreef deze tekst zelf. Een ander kijkt ernaar." in await phone.taps("✅ Goed")
    assert await states(session, FIRST) == ["concept"]


async def test_good_without_ticks_is_no_approval(session: AsyncSession) -> None:
    (row,) = await queue(session, FIRST)
    phone = await rolmodel(session)
    await phone.does("rolmodel.begin")
    assert "NL:" in await phone.does(f"review.good:{short(row.id)}")
    assert await states(session, FIRST) == ["concept"]


async def test_a_button_of_another_text_shows_what_waits(session: AsyncSession) -> None:
    rows = await queue(session, FIRST, "appointment.week")
    phone = await rolmodel(session)
    await phone.does("rolmodel.begin")
    await ticked(phone)
    other = next(row for row in rows if row.unit != FIRST)
    assert "afspraak, nieuw" in await phone.does(f"review.good:{short(other.id)}")
    assert await states(session, "appointment.week") == ["concept"]


async def test_too_late_to_take_back_she_reads_how_it_stands(session: AsyncSession) -> None:
    (row,) = await queue(session, FIRST)
    phone = await rolmodel(session)
    await phone.does("review.begin")
    await phone.taps("Terug")
    await phone.taps("Te moeilijk")
    phone.now += timedelta(minutes=3)
    assert "Terug naar de schrijver" in await phone.taps("Toch niet")
    row.state = "concept"
    await session.flush()
    await phone.does("review.begin")
    await phone.does(f"review.sentence:{short(row.id)}/0")
    await phone.types(BETTER)
    phone.now += timedelta(minutes=3)
    assert "kijkt" in await phone.taps("Toch niet")
    assert phone.labels == ["▶️ Volgende", "🏠 Begin"]


async def test_what_is_said_already_can_be_sent_back(session: AsyncSession) -> None:
    await queue(session, FIRST)
    phone = await rolmodel(session)
    await phone.does("review.begin")
    await ticked(phone)
    await phone.taps("Goed")
    phone.now += timedelta(minutes=3)
    assert "Dan kunt u hem terugsturen." in await phone.taps("Toch niet")
    await phone.taps("Terug")
    assert "Terug naar de schrijver" in await phone.taps("Te moeilijk")
    assert await states(session, FIRST) == ["returned"]
    assert "Deze tekst gebruiken wij al." in await phone.taps("Toch niet")
    assert await states(session, FIRST) == ["approved"]
