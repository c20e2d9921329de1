"""An approved update on its way to people, as a rolmodel and staff make it."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from content import updates
from content.updates.news import News
from core.clock import wall
from core.settings import Settings, load
from core.tables.people import Account, Consent
from scheduler.news import broadcasts
from tests.content.community import make_account
from tests.faults.house import House

SETTINGS: Settings = load(_env_file=None, undo_seconds=0, second_approval_above=1_000_000, quiet_hours="off")


async def listen(house: House, persons: Sequence[UUID]) -> None:
    """These people want to hear news."""
    now = house.clock.now()
    async with house.database.begin() as session:
        session.add_all(Consent(person_id=person_id, purpose="news", given=True, at=now) for person_id in persons)


async def approved(house: House) -> tuple[News, Account]:
    """An update in Dutch that is due now, and who approved it."""
    now = house.clock.now()
    async with house.database.begin() as session:
        author, speaker = [await make_account(session, languages=("nl",)) for _ in range(2)]
        ends_on = wall(now, SETTINGS.timezone).date() + timedelta(days=10)
        made = await updates.write(
            session, now, SETTINGS, author=author, language="nl", body="Kom morgen.", dutch=None, ends_on=ends_on
        )
        waits = await updates.submit(session, made.text.id, author)
        await updates.approve(session, now, SETTINGS, waits.text.id, speaker, seen=waits.seen)
        await broadcasts.plan(session, now, SETTINGS, waits.text, speaker)
    return waits, speaker
