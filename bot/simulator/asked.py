"""What a call asks for, read from its path, query and body; anything else is a 400 with a sentence."""

import base64
import math
import re
from collections.abc import Mapping
from typing import Any, NoReturn
from uuid import UUID

from aiohttp import web

from messaging.words import clean, json_object

LONGEST_WAIT = 30.0  #: seconds that a call for messages is held open

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}", re.ASCII)


def refuse(status: int, sentence: str) -> NoReturn:
    """End the call with this status; the body says why."""
    kinds = {400: web.HTTPBadRequest, 404: web.HTTPNotFound, 409: web.HTTPConflict}
    raise kinds[status](text=web.json_response({"error": sentence}).text, content_type="application/json")


async def body(request: web.Request, *names: str) -> Mapping[str, Any]:
    """The JSON object of a call, which may hold these names and no others."""
    try:
        found = json_object(await request.read())
    except ValueError:
        refuse(400, "the body is a JSON object")
    if unknown := sorted(found.keys() - set(names)):
        refuse(400, f"the body may hold {', '.join(names)}, not {unknown[0][:40]!r}")
    return found


def phone_id(request: web.Request) -> UUID:
    """The phone in the path; one that can't exist is as unknown as one that doesn't."""
    try:
        return UUID(request.match_info["id"])
    except ValueError:
        refuse(404, "there is no such phone")


def one_of(found: Mapping[str, Any], one: str, other: str) -> tuple[str | None, str | None]:
    """Two names of which exactly one holds a text; the other is None."""
    values = found.get(one), found.get(other)
    if (values[0] is None) == (values[1] is None):
        refuse(400, f"give {one} or {other}, and not both")
    given = values[0] if values[0] is not None else values[1]
    if not isinstance(given, str) or not (text := clean(given)):
        refuse(400, f"{one} and {other} are texts, not empty")
    return (text, None) if values[0] is not None else (None, text)


def attached(found: Mapping[str, Any], name: str, largest: int) -> bytes:
    """A file of a body, in base64."""
    value = found[name]
    if not isinstance(value, str) or len(value) > largest * 4 // 3 + 4:
        refuse(400, f"{name} is a file in base64, of at most {largest} bytes")
    try:
        content = base64.b64decode(value, validate=True)
    except ValueError:
        content = b""
    if not content:
        refuse(400, f"{name} is a file in base64, of at most {largest} bytes")
    return content


def tone(found: Mapping[str, Any]) -> tuple[float, int] | None:
    """Hertz and milliseconds of a made-up voice: `tone`, or `tone:440:2000`; None where it is none."""
    value = found.get("voice")
    told = re.fullmatch(r"tone(?::(\d{2,4}):(\d{1,5}))?", value, re.ASCII) if isinstance(value, str) else None
    return None if told is None else (float(told[1] or 440), int(told[2] or 2000))


def language(found: Mapping[str, Any]) -> str | None:
    """The language of a phone's app, as a language tag; None where it isn't told."""
    value = found.get("language")
    if value is not None and not (isinstance(value, str) and _LANGUAGE.fullmatch(value)):
        refuse(400, "language is a tag such as ar or fa-AF")
    return value


def choice_of(found: Mapping[str, Any], name: str, known: tuple[str, ...]) -> str:
    """A value of a fixed list."""
    value = found.get(name)
    if not isinstance(value, str) or value not in known:
        refuse(400, f"{name} is one of {', '.join(known)}")
    return value


def seconds(found: Mapping[str, Any], default: float) -> float:
    """A length of time in seconds, up to a day."""
    value = found.get("seconds")
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 86_400:
        refuse(400, "seconds is a number from 0 to 86400")
    return float(value)


def number(request: web.Request, name: str, default: int = 0) -> int:
    """A count in the query."""
    text = request.query.get(name, str(default))
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
        refuse(400, f"{name} is a whole number")
    return int(text)


def wait(request: web.Request, longest: float = LONGEST_WAIT) -> float:
    """The seconds to wait, in the query; more than the longest counts as the longest."""
    try:
        value = float(request.query.get("wait", "0"))
    except ValueError:
        value = math.nan
    if not value >= 0:
        refuse(400, "wait is a number of seconds")
    return min(value, longest)
