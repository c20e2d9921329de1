"""How a text looks before its judge: example values, checklist, pages, also on WhatsApp."""

from sqlalchemy.ext.asyncio import AsyncSession

from messaging.twilio import forms as twilio_forms
from tests.bot.rolmodellen import rolmodel
from tests.bot.scenes.waitingtexts import FIRST, queue, ticked


async def test_the_core_set_comes_first_with_example_values(session: AsyncSession) -> None:
    rows = await queue(session)
    phone = await rolmodel(session)

    said = await phone.does("rolmodel.begin")

    assert said.startswith(f"Tekst 1 van {len(rows)} · ትግርኛ · afspraak, nieuw\nNL: U heeft een nieuwe afspraak")
    assert "dinsdag 12 januari, 10:00 uur" in said
    assert "{" not in said
    assert said.endswith("Zegt uw taal hetzelfde? Druk op wat klopt.")
    assert phone.labels == ["☐ Wat", "☐ Wanneer", "✏️ Verbeter", "↩️ Terug", "⏭ Later", "⏹ Stop"]


async def test_good_appears_when_all_is_ticked_and_goes_when_one_is_taken_off(session: AsyncSession) -> None:
    await queue(session, FIRST)
    phone = await rolmodel(session)
    await phone.does("rolmodel.begin")
    whole = phone.last.text

    await ticked(phone)
    assert "✅ Goed" in phone.labels
    assert phone.last.text == whole
    assert phone.last.edit is not None
    await phone.taps("☑ Wanneer")
    assert "✅ Goed" not in phone.labels


async def test_a_point_that_is_ticked_can_be_unticked_at_once(session: AsyncSession) -> None:
    await queue(session, FIRST)
    phone = await rolmodel(session)
    await phone.does("review.begin")
    while any("Verder" in label for label in phone.labels):
        await phone.taps("Verder")
    before, (point, *_) = phone.labels, phone.last.buttons
    await phone.does(point.id)
    assert phone.labels != before
    await phone.does(point.id)
    assert phone.labels == before


async def test_a_long_text_is_read_page_by_page_before_its_checklist(session: AsyncSession) -> None:
    await queue(session, "workshop")
    phone = await rolmodel(session)
    await phone.does("rolmodel.begin")
    pages = 1
    while "▶️ Verder" in phone.labels:
        assert not any(label.startswith("☐") for label in phone.labels)
        assert "✅ Goed" not in phone.labels
        await phone.taps("Verder")
        assert phone.last.edit is None
        pages += 1
    assert pages > 2
    assert any(label.startswith("☐") for label in phone.labels)


async def test_all_of_it_fits_a_list_on_whatsapp(session: AsyncSession) -> None:
    await queue(session)
    phone = await rolmodel(session, channel="whatsapp")
    await phone.does("rolmodel.begin")
    for _ in range(60):
        if phone.last.text.startswith("U bent klaar") or "De tekst blijft" in phone.last.text:
            break
        assert twilio_forms.fits(phone.last.text, phone.last.buttons), phone.last.text
        if "▶️ Verder" in phone.labels:
            await phone.taps("Verder")
        else:
            await phone.taps("Verbeter")
            assert twilio_forms.fits(phone.last.text, phone.last.buttons), phone.labels
            await phone.taps("◀️ Terug")
            await phone.taps("Later")


async def test_whatsapp_says_the_text_once_and_the_boxes_anew(session: AsyncSession) -> None:
    await queue(session, FIRST)
    phone = await rolmodel(session, channel="whatsapp")
    said = await phone.does("rolmodel.begin")
    again = await phone.taps("☐ Wanneer")
    assert "NL:" in said
    assert "NL:" not in again
    await ticked(phone)
    assert "Over 2 minuten" in await phone.taps("✅ Goed")
