"""What news would do, before it goes: to whom, on which channel, at what cost, until when; who is left out, and why."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from content.inforce import InForce
from content.updates import audience
from content.updates.news import News, Story
from core.ids import new_id
from core.settings import Settings
from core.tables.texts import UpdateText
from scheduler.news import recall
from scheduler.queue import holds, mailing
from scheduler.queue.claims import Claimed
from scheduler.rules import House, quiet_end
from scheduler.sending import recipients, reckoning
from scheduler.sending.outlook import Outlook
from scheduler.sending.reckoning import Burst, Going, Pile

#: People who are worked out together.
_AT_ONCE = 1000


async def of_version(
    session: AsyncSession, now: datetime, settings: Settings, texts: InForce, story: Story, found: News, due: datetime
) -> Outlook:
    """As if this version and all its sisters were approved now and left at `due`, or when the quiet hours end.

    Who wants news and can't be reached stands in a pile without a channel. Nothing is written.
    """
    goes = quiet_end(due, House.of(settings)) or due
    people = list(await session.scalars(hearers(now, story, found)))
    world = await reckoning.world(session, now, settings, texts)
    burst, piles = Burst(now, settings), dict[Going, Pile]()
    for start in range(0, len(people), _AT_ONCE):
        some = people[start : start + _AT_ONCE]
        known = await recipients.load(session, now, some)
        for person_id in some:
            notice = _as_if(found.text, person_id, goes)
            going, charged = reckoning.going(world, notice, known[person_id], (), goes=goes, hidden=False)
            leaves = burst.leaves(going.channel, goes) if going.channel else None
            piles.setdefault(going, Pile()).add(goes, leaves, charged)
    return Outlook(now=now, until=goes, on_hold=await holds.on_hold(session), piles=piles)


def hearers(now: datetime, story: Story, found: News) -> Select[UUID]:
    """The ids of everybody whom it is for, reached or not; of a correction, who got what was wrong."""
    if not found.corrects:
        return audience.wanting(now, found.wanted_circle)
    return recall.got(recall.wrong_before(story, found.text))


def _as_if(text: UpdateText, person_id: UUID, due: datetime) -> Claimed:
    return Claimed(
        id=new_id(),
        token=new_id(),
        person_id=person_id,
        kind=mailing.KIND,
        step=mailing.CHANGED if text.version > 1 else "",
        source_kind=mailing.SOURCE_KIND,
        source_id=text.id,
        source_version=1,
        due=due,
        use_by=None,
        unit=None,
        values={},
        again=False,
        attempts=1,
    )
