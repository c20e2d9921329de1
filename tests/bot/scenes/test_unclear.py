"""A text that people don't understand comes back to its speakers."""

from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from content import texts
from content.catalogue import body_of, digest
from content.understanding import Wording
from core import accounts
from core.ids import short
from core.tables.people import Account
from core.tables.texts import Text
from tests.bot.phones import NOW, Phone
from tests.bot.rolmodellen import rolmodel
from tests.bot.scenes.waitingtexts import BETTER, FIRST, SHIPPED, queue, states, ticked
from tests.content.test_understanding import answered_by


async def vertaler(session: AsyncSession) -> Account:
    return await accounts.add(
        session, NOW, email=f"{uuid4().hex}@voorbeeld.nl", name="Ruth", role="vertaler", languages=("ti", "nl")
    )


class TestNotUnderstood:
    async def judged(self, session: AsyncSession, clear: int, unclear: int) -> tuple[Text, Phone]:
        """A text in force that so many people found clear, and so many not; nothing else waits."""
        (row,) = await queue(session, FIRST)
        row.state = "approved"
        await session.flush()
        wording = Wording(unit=FIRST, language="ti", text_hash=digest(body_of(row.body)))
        await answered_by(session, wording, {"clear": clear, "unclear": unclear})
        return row, await rolmodel(session)

    async def test_waits_for_better_words_and_shows_no_small_number(self, session: AsyncSession) -> None:
        row, phone = await self.judged(session, 4, 3)
        said = await phone.does("review.begin")
        assert "Antwoorden: 7. Minder dan 80% vindt hem duidelijk." in said
        assert not {"3", "4"} & set(said.rpartition("Antwoorden:")[2])
        assert phone.labels == ["✏️ Verbeter", "⏭ Later", "⏹ Stop"]
        await phone.taps("Verbeter")
        await phone.does(f"review.sentence:{short(row.id)}/0")
        assert "Dank u." in await phone.types(BETTER)
        assert await states(session, FIRST) == ["approved", "submitted"]
        assert "Er wachten nu geen teksten" in await phone.does("review.begin")

    async def test_taken_back_it_waits_again(self, session: AsyncSession) -> None:
        row, phone = await self.judged(session, 4, 3)
        await phone.does("review.begin")
        await phone.does(f"review.sentence:{short(row.id)}/0")
        await phone.types(BETTER)
        await phone.taps("Toch niet")
        assert "Antwoorden: 7." in await phone.does("review.begin")

    async def test_an_old_button_approves_and_returns_nothing(self, session: AsyncSession) -> None:
        row, phone = await self.judged(session, 0, 9)
        await phone.does("review.begin")
        for verb in ("good", "what", "later"):
            await phone.does(f"review.{verb}:{short(row.id)}")
        assert await states(session, FIRST) == ["approved"]

    @pytest.mark.parametrize(("clear", "unclear"), [(0, 4), (4, 1), (8, 2)])
    async def test_not_where_it_is_clear_or_too_few_judged(
        self, session: AsyncSession, clear: int, unclear: int
    ) -> None:
        _, phone = await self.judged(session, clear, unclear)
        assert "Er wachten nu geen teksten" in await phone.does("review.begin")

    async def test_a_wording_that_was_mended_starts_anew(self, session: AsyncSession) -> None:
        row, phone = await self.judged(session, 0, 9)
        await texts.add(
            session,
            NOW,
            SHIPPED,
            unit=FIRST,
            language="ti",
            body={**body_of(row.body), "push": (BETTER,)},
            author=await vertaler(session),
            origin="vertaler",
        )
        await phone.does("review.begin")
        await ticked(phone)
        await phone.taps("Goed")
        assert "Er wachten nu geen teksten" in await phone.does("review.begin")
