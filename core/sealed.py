"""Encrypted attributes of a row: `name = SealedName("name_sealed")` beside the bytes column of that name."""

import json
from typing import Any, Generic, Protocol, TypeVar, overload
from uuid import UUID

from core import crypto
from core.values import Handle, Money, PersonName, Private

T = TypeVar("T")

_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class Row(Protocol):
    """What a sealed attribute needs of its row: an id before the first value, and a table."""

    id: Any
    __tablename__: str


class Sealed(Generic[T]):
    """A descriptor that seals on write and opens on read, bound to table, column and row id."""

    def __init__(self, column: str) -> None:
        self.column = column

    def encode(self, value: T) -> bytes:
        raise NotImplementedError

    def decode(self, value: bytes) -> T:
        raise NotImplementedError

    @overload
    def __get__(self, row: None, owner: type) -> "Sealed[T]": ...
    @overload
    def __get__(self, row: Row, owner: type) -> T | None: ...
    def __get__(self, row: Row | None, owner: type) -> "T | Sealed[T] | None":
        if row is None:
            return self
        sealed = getattr(row, self.column)
        if sealed is None:
            return None
        return self.open(row.__tablename__, row.id, sealed)

    def __set__(self, row: Row, value: T | None) -> None:
        sealed = None if value is None else self.seal(row.__tablename__, row.id, value)
        setattr(row, self.column, sealed)

    def seal(self, table: str, row_id: UUID, value: T) -> bytes:
        """Seal a value for a row that is written by a statement, not by the ORM."""
        return self.seal_encoded(table, row_id, self.encode(value))

    def seal_encoded(self, table: str, row_id: UUID, plain: bytes) -> bytes:
        """Seal what `encode` gave, where many rows hold the same value."""
        return crypto.keyring().seal(plain, table, self.column, row_id)

    def open(self, table: str, row_id: UUID, sealed: bytes) -> T:
        """Open a value that a statement read."""
        return self.decode(self.opened(table, row_id, sealed))

    def opened(self, table: str, row_id: UUID, sealed: bytes) -> bytes:
        """A value that a statement read, as `decode` takes it."""
        return crypto.keyring().open(sealed, table, self.column, row_id)


class SealedName(Sealed[PersonName]):
    """A person's name."""

    def encode(self, value: PersonName) -> bytes:
        return value.reveal().encode()

    def decode(self, value: bytes) -> PersonName:
        return PersonName(value.decode())


class SealedHandle(Sealed[Handle]):
    """A channel's address."""

    def encode(self, value: Handle) -> bytes:
        return value.reveal().encode()

    def decode(self, value: bytes) -> Handle:
        return Handle(value.decode())


class SealedText(Sealed[Private]):
    """A private text."""

    def encode(self, value: Private) -> bytes:
        return value.reveal().encode()

    def decode(self, value: bytes) -> Private:
        return Private(value.decode())


class SealedBytes(Sealed[bytes]):
    """A picture or a voice."""

    def encode(self, value: bytes) -> bytes:
        return value

    def decode(self, value: bytes) -> bytes:
        return value


class SealedMoney(Sealed[Money]):
    """An amount in cents."""

    def encode(self, value: Money) -> bytes:
        return str(value.cents).encode()

    def decode(self, value: bytes) -> Money:
        return Money(int(value))


class SealedJson(Sealed[Any]):
    """A JSON value."""

    def encode(self, value: Any) -> bytes:
        return _COMPACT.encode(value).encode()

    def decode(self, value: bytes) -> Any:
        return json.loads(value)
