"""A form as it was typed: fields are read into values, problems become sentences beside them."""

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime, time
from uuid import UUID

from aiohttp import web

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

#: Bytes of a form without a file, and of a file (50 MB) with the form around it.
LARGEST_FORM = 256 * 1024
LARGEST_UPLOAD = 50 * 1024 * 1024 + LARGEST_FORM

Typed = Mapping[str, str | bytes | bytearray | web.FileField]

#: What was read once, for a page that is made again.
_KEPT = web.RequestKey("posted", Mapping)


async def posted(request: web.Request, largest: int = LARGEST_FORM) -> Typed:
    """The fields of a post; HTTPRequestEntityTooLarge where it is larger than a form has any reason to be,
    HTTPBadRequest where it is no form."""
    try:
        if _KEPT not in request:
            request[_KEPT] = await request.clone(client_max_size=largest).post()
    except (ValueError, LookupError):
        raise web.HTTPBadRequest from None
    kept: Typed = request[_KEPT]
    return kept


class Form:
    """What somebody typed; reading a field that is wrong gives an empty value and keeps a sentence."""

    def __init__(self, data: Typed) -> None:
        self._data = data
        self.problems: dict[str, str] = {}  #: field -> sentence

    def raw(self, name: str) -> str:
        """The field as it was typed, to show it again."""
        value = self._data.get(name, "")
        return _CONTROL.sub("", value).strip() if isinstance(value, str) else ""

    def raws(self, name: str) -> list[str]:
        """All values of a field that may be chosen more than once."""
        getall = getattr(self._data, "getall", None)
        values = getall(name, []) if getall else [self._data.get(name, "")]
        return [value for value in values if isinstance(value, str) and value]

    def refuse(self, name: str, sentence: str) -> None:
        """Keep a sentence for a field; the first one stays."""
        self.problems.setdefault(name, sentence)

    def text(self, name: str, *, needed: str = "", longest: int = 200) -> str:
        """A line of text, trimmed."""
        value = self.raw(name)
        if needed and not value:
            self.refuse(name, needed)
        if len(value) > longest:
            self.refuse(name, f"Dit is te lang: {len(value)} tekens. Het mogen er {longest} zijn.")
        return value

    def secret(self, name: str, *, needed: str) -> str:
        """A password, exactly as typed; it is never shown again."""
        value = self._data.get(name, "")
        if not isinstance(value, str) or not value or len(value) > 1000:
            self.refuse(name, needed)
            return ""
        return value

    def day(self, name: str, *, needed: str = "") -> date | None:
        """A day, as a date field sends it (2027-01-12) or as people write it (12-01-2027)."""
        value = self.text(name, needed=needed)
        if not value:
            return None
        dutch = re.fullmatch(r"(\d{1,2})-(\d{1,2})-(\d{4})", value)
        try:
            return date(*map(int, reversed(dutch.groups()))) if dutch else date.fromisoformat(value)
        except ValueError:
            self.refuse(name, f"“{value}” is geen dag. Schrijf bijvoorbeeld 12-01-2027.")
            return None

    def time(self, name: str, *, needed: str = "") -> time | None:
        """A wall time (10:00)."""
        value = self.text(name, needed=needed)
        if not value:
            return None
        match = re.fullmatch(r"(\d{1,2})[:.](\d{2})(?::00)?", value)
        hour, minute = (int(match[1]), int(match[2])) if match else (24, 0)
        if hour > 23 or minute > 59:
            self.refuse(name, f"“{value}” is geen tijd. Schrijf bijvoorbeeld 10:00.")
            return None
        return time(hour, minute)

    def wall_time(self, day: str = "day", at: str = "time") -> datetime | None:
        """A needed day and time together."""
        on = self.day(day, needed="Kies een dag.")
        clock = self.time(at, needed="Kies een tijd.")
        return datetime.combine(on, clock) if on is not None and clock is not None else None

    def number(self, name: str, *, least: int, most: int, needed: str = "") -> int | None:
        """A whole number between two bounds."""
        value = self.text(name, needed=needed)
        if not value:
            return None
        if not re.fullmatch(r"\d{1,9}", value) or not least <= int(value) <= most:
            self.refuse(name, f"Vul een getal in van {least} tot en met {most}.")
            return None
        return int(value)

    def choice(self, name: str, options: Collection[str], *, needed: str = "") -> str | None:
        """One of the options; anything else is refused."""
        value = self.text(name, needed=needed)
        if not value:
            return None
        if value not in options:
            self.refuse(name, "Kies uit de lijst.")
            return None
        return value

    def row(self, name: str, ids: Collection[UUID], *, needed: str = "") -> UUID | None:
        """The id of one of these rows."""
        chosen = self.choice(name, {str(row_id) for row_id in ids}, needed=needed)
        return UUID(chosen) if chosen else None

    def rows(self, name: str) -> list[UUID]:
        """The ids that were ticked; what is no id is left out."""
        return [UUID(value) for value in self.raws(name) if re.fullmatch(r"[0-9a-f-]{36}", value)]

    def ticked(self, name: str) -> bool:
        """Whether a box was ticked."""
        return bool(self.raw(name))


class Filled(Form):
    """A form that nobody typed yet, showing what stands now."""

    def __init__(self, **values: object) -> None:
        super().__init__({name: "" if value is None else str(value) for name, value in values.items()})
