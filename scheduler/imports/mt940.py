"""Reads MT940, the older statement: entries (:61:) with their description (:86:) in slashed codes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from scheduler.imports import fields, transactions
from scheduler.imports.reading import FieldError, FileError, Problem, Reading, refuse_large, refuse_many
from scheduler.imports.transactions import Event, Transaction

_MEND = "Vraag het afschrift opnieuw bij de bank."
_TAG = re.compile(r":([0-9]{2}[A-Z]?):(.*)")
_ENTRY = re.compile(
    r"([0-9]{2})([0-9]{2})([0-9]{2})(?:([0-9]{2})([0-9]{2}))?(RC|RD|C|D)[A-Z]?([0-9]{1,12}),([0-9]{0,2})[A-Z]\w{3}.*"
)
_BALANCE = re.compile(r"([CD])[0-9]{6}EUR([0-9]{1,12}),([0-9]{0,2})")
_CODES = re.compile(
    r"/(TRTP|TRCD|IBAN|BIC|NAME|REMI|EREF|MARF|CSID|ORDP|BENM|RTRN|PREF|CNTP|ISDT|SVCL|KREF|ADDR|PURP|ULTC|ULTD)/"
)


@dataclass(kw_only=True)
class _Tag:
    """One field with the lines that continue it."""

    line: int
    name: str
    text: str


def read(content: bytes) -> Reading[Transaction]:
    """Every booked entry; balances are checked."""
    refuse_large(content)
    tags = list(_tags(_decoded(content)))
    if not any(tag.name == "20" for tag in tags):
        raise FileError("Dit is geen MT940-afschrift.", _MEND, line=1)
    rows: list[Transaction] = []
    problems: list[Problem] = []
    balance = 0
    for tag, following in zip(tags, [*tags[1:], None], strict=True):
        try:
            if tag.name in ("60F", "60M"):
                balance = _signed(tag.text)
            elif tag.name == "61":
                refuse_many(len(rows) + 1, tag.line)
                moved, row = _entry(tag, following.text if following and following.name == "86" else "")
                balance += moved
                rows.extend([row] if row else [])
            elif tag.name in ("62F", "62M") and balance != _signed(tag.text):
                raise FieldError("Het eindsaldo klopt niet met de boekingen.", _MEND)
        except FieldError as error:
            problems.append(Problem(line=tag.line, field=f":{tag.name}:", what=error.what, mend=error.mend))
    return Reading(rows=tuple(rows), problems=tuple(problems))


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _tags(text: str) -> Iterator[_Tag]:
    """The fields of the file; a line that opens no field continues the one before, as SWIFT wraps it."""
    tag: _Tag | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        match = _TAG.fullmatch(line)
        if match or line.strip() in ("-", "-}"):
            if tag:
                yield tag
            tag = _Tag(line=number, name=match[1], text=match[2]) if match else None
        elif tag:
            tag.text += line
    if tag:
        yield tag


def _entry(tag: _Tag, description: str) -> tuple[int, Transaction | None]:
    """What an entry does to the balance (cents), and the transaction it is, if it can be one of ours."""
    match = _ENTRY.fullmatch(tag.text)
    if not match:
        raise FieldError("Deze boeking is niet te lezen.", _MEND)
    cents = int(match[7]) * 100 + int(match[8].ljust(2, "0"))
    moved = cents if match[6] in ("C", "RD") else -cents
    parts = _CODES.split(description)
    codes = {name: value.strip() for name, value in zip(parts[1::2], parts[2::2], strict=True)}
    event = _event(match[6], codes)
    known = transactions.reference(codes.get("EREF", ""))
    if event is None or cents == 0 or (event is Event.CREDITED and known is None):
        return moved, None
    day = _booked(match)
    return moved, Transaction(
        line=tag.line,
        event=event,
        cents=cents,
        day=day,
        account=fields.account(codes.get("IBAN") or codes.get("CNTP", "").partition("/")[0]),
        reference=known,
        cost=transactions.cost(codes.get("REMI", ""), day),
    )


def _event(mark: str, codes: dict[str, str]) -> Event | None:
    if mark == "D":
        return Event.BOOKED
    if mark == "RC":
        return None
    return Event.RETURNED if mark == "RD" or "RTRN" in codes else Event.CREDITED


def _booked(match: re.Match[str]) -> date:
    """The entry's own day (month and day only), in the year that the value date tells."""
    year = 2000 + int(match[1])
    try:
        value = date(year, int(match[2]), int(match[3]))
        if not match[4]:
            return value
        turn = {("12", "01"): 1, ("01", "12"): -1}.get((match[2], match[4]), 0)
        return date(year + turn, int(match[4]), int(match[5]))
    except ValueError:
        raise FieldError("De dag van deze boeking bestaat niet.", _MEND) from None


def _signed(text: str) -> int:
    match = _BALANCE.match(text)
    if not match:
        raise FieldError("Het saldo is niet te lezen, of niet in euro.", _MEND)
    cents = int(match[2]) * 100 + int(match[3].ljust(2, "0"))
    return cents if match[1] == "C" else -cents
