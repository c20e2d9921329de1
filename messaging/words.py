"""What a person typed and what a provider wrote, before anything reads it."""

import json
from typing import Any

LONGEST = 4096  #: letters of one message that are kept; no phone sends more


def clean(text: str) -> str:
    """The text without what no database or message can hold: lone surrogates and NUL; cut where it is endless."""
    kept = text[:LONGEST].replace("\0", "")
    return kept.encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip()


def json_object(body: bytes) -> dict[str, Any]:
    """A provider's JSON object, all of it storable as UTF-8; ValueError where it is none."""
    try:
        value = json.loads(body)
        if b"\\ud" in body.lower():
            # Half a pair of surrogates, which JSON can spell and UTF-8 can't.
            value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        # The library's own error holds the whole body.
        raise ValueError("not a JSON object") from None
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value
