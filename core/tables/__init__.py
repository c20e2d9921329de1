"""The tables, one file per aggregate; importing this package registers them all."""

from core.tables import (
    agenda,
    audit,
    channels,
    chats,
    leefgeld,
    notices,
    people,
    relay,
    service,
    simulator,
    texts,
    voice,
    work,
)
from core.tables.base import Base

__all__ = [
    "Base",
    "agenda",
    "audit",
    "channels",
    "chats",
    "leefgeld",
    "notices",
    "people",
    "relay",
    "service",
    "simulator",
    "texts",
    "voice",
    "work",
]
