"""Send moments: every provider's allowance is a row from which all processes reserve their next moments."""

from datetime import datetime, timedelta

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from core.ids import new_id
from core.tables.channels import RateSlot

#: We stay a little under what a provider allows: its clock isn't ours.
PACE = 0.98


async def reserve(session: AsyncSession, real: datetime, key: str, rate: float, count: int) -> list[datetime]:
    """The next `count` moments (real time) at which this allowance may be used; now, where it has no rate."""
    if not rate or not count:
        return [real] * count
    step = timedelta(seconds=1 / (rate * PACE))
    start = real + step * count
    end = await session.execute(
        insert(RateSlot)
        .values(id=new_id(), key=key, next_at=start)
        .on_conflict_do_update(
            index_elements=[RateSlot.key],
            set_={"next_at": func.greatest(RateSlot.next_at, real) + step * count},
        )
        .returning(RateSlot.next_at)
    )
    first = end.scalar_one() - step * count
    return [first + step * place for place in range(count)]
