"""What a typed number means in a chat: the answers below the last message that went out."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Table, Text, Uuid, bindparam, literal, select
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from content.parts import Choice
from core import batches
from core.ids import new_id
from core.tables.chats import Chat
from scheduler.sending import forms


async def offer(
    session: AsyncSession, now: datetime, address_id: UUID, channel: str, choices: Sequence[Choice]
) -> None:
    """From now on a typed number in this chat means these answers; nothing where people tap buttons."""
    await offer_all(session, now, {address_id: forms.numbered(channel, choices)})


async def offer_all(
    session: AsyncSession | AsyncConnection, now: datetime, offers: Mapping[UUID, Mapping[str, str]]
) -> None:
    """The same for many chats at once: address -> typed number -> action; an empty one changes nothing."""
    # In one order for everybody: two workers must not wait for each other.
    rows = [(address_id, json.dumps(dict(numbered))) for address_id, numbered in sorted(offers.items()) if numbered]
    if rows:
        ids, choices = zip(*rows, strict=True)
        given = batches.given("offer", id=[new_id() for _ in rows], address=list(ids), choices=list(choices))
        await session.execute(_OFFER, {**given, "b_now": now})


_table = cast(Table, Chat.__table__)
_offer = batches.rows("offer", id=Uuid(), address=Uuid(), choices=Text())
_new = insert(_table).from_select(
    ["id", "address_id", "scene", "choices", "updated_at"],
    select(
        _offer.c.id,
        _offer.c.address,
        literal("", Text()),
        sql_cast(_offer.c.choices, Chat.choices.type),
        bindparam("b_now", type_=Chat.updated_at.type),
    ),
)
_OFFER = _new.on_conflict_do_update(index_elements=[_table.c.address_id], set_={"choices": _new.excluded.choices})
