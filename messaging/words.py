"""What a person typed, before anything reads it."""

LONGEST = 4096  #: letters of one message that are kept; no phone sends more


def clean(text: str) -> str:
    """The text without what no database or message can hold: lone surrogates and NUL; cut where it is endless."""
    kept = text[:LONGEST].replace("\0", "")
    return kept.encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip()
