"""The measure in which channels say how long a text may be, and where in it something stands."""


def units(text: str) -> int:
    """Length in UTF-16 code units: a letter outside the basic plane, such as a pictogram, counts twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
