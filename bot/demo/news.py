"""One made-up piece of news in two languages, as it went out last week: to be read, called back, corrected."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from content import updates
from content.updates.news import News
from core import clock
from core.settings import Settings
from core.tables.notices import Notice
from core.tables.people import Account
from scheduler import holidays
from scheduler.news import broadcasts

#: Long enough ago to count for no limit of pushes a week.
_AGO: Final = timedelta(days=9)
_HOLDS: Final = timedelta(days=28)

#: Language -> who wrote it, who approved it, and the words.
_WORDS: Final = {
    "ar": ("Hassan", "Lina", "مقهى اللغة مفتوح كل يوم خميس الساعة 10:00 في المكتبة. أهلا بالجميع. (voorbeeld)"),
    "ti": ("Mehret", "Dawit", "ናይ ቋንቋ ካፈ ኩሉ ሓሙስ ሰዓት 10:00 ኣብ ቤት ንባብ ክፉት እዩ። ኩሉ ሰብ ክመጽእ ይኽእል። (voorbeeld)"),
}
_DUTCH: Final = "Het taalcafé is elke donderdag om 10:00 uur open, in de bibliotheek. Iedereen mag komen. (voorbeeld)"


async def add(session: AsyncSession, now: datetime, settings: Settings, accounts: Mapping[str, Account]) -> None:
    """Written, translated, approved by another speaker of each, and gone to who listens."""
    then = clock.instant(datetime.combine((now - _AGO).date(), holidays.NOON), settings.timezone)
    written: News | None = None
    for language, (writer, judge, body) in _WORDS.items():
        author = accounts[writer]
        if written is None:
            ends_on = (now + _HOLDS).date()
            made = await updates.write(
                *(session, then, settings), author=author, language=language, body=body, dutch=_DUTCH, ends_on=ends_on
            )
        else:
            made = await updates.add(session, written.text.id, author, language=language, body=body)
        written = await updates.submit(session, made.text.id, author)
        await broadcasts.approve(session, then, settings, written, accounts[judge], seen=written.seen)
    await broadcasts.fan_out(session, then + timedelta(seconds=settings.undo_seconds), settings)
    await session.execute(
        update(Notice).where(Notice.kind == "update").values(state="sent", sent_at=Notice.due, attempts=1)
    )
