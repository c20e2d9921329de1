"""Reads CSV and XLSX as Excel and other programs write them: separators, encodings, lines, cells as text."""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from python_calamine import CalamineError, load_workbook

from scheduler.imports import bsn
from scheduler.imports.reading import MOST_ROWS, FileError, refuse_large, refuse_many

SEPARATORS = ";,\t"
LARGEST_UNPACKED = 200_000_000  #: bytes of an XLSX once unpacked
MOST_COLUMNS = 100

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row below the head: cells by column, without surrounding spaces."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Table:
    """The rows of a file, and which of the known columns it has."""

    columns: frozenset[str]
    rows: Sequence[Row]


@dataclass(frozen=True, kw_only=True)
class Columns:
    """What a kind of file may have in its head."""

    known: tuple[str, ...]
    needed: frozenset[str]
    #: digits that may pass the 11-test by chance and are checked in another way
    numbers: frozenset[str] = frozenset()


def read(content: bytes, columns: Columns) -> Table:
    """The table in a file; FileError says in one sentence what is wrong with it as a whole."""
    refuse_large(content)
    lines = _sheet(content) if content.startswith(b"PK\x03\x04") else _csv(content)
    filled = ((line, cells) for line, cells in lines if any(cells))
    line, head = next(filled, (1, []))
    names = _head(line, head, columns)
    rows: list[Row] = []
    for line, cells in filled:
        refuse_many(len(rows) + 1, line)
        if any(cells[len(names) :]):
            mend = "Zet aanhalingstekens om een tekst met een scheidingsteken."
            raise FileError("Deze rij heeft meer velden dan de kop.", mend, line=line)
        rows.append(Row(line=line, cells=dict(zip(names, cells + [""] * (len(names) - len(cells)), strict=False))))
    _refuse_bsn(names, rows, columns)
    if not rows:
        raise FileError("Onder de kop staan geen rijen.", "Maak het bestand opnieuw.", line=line)
    return Table(columns=frozenset(names), rows=rows)


def _head(line: int, cells: Sequence[str], columns: Columns) -> list[str]:
    while cells and not cells[-1]:
        cells = cells[:-1]
    names = [re.sub(r"\s+", "_", cell.strip().lower()) for cell in cells]
    for cell, name in zip(cells, names, strict=True):
        if bsn.named(name):
            raise FileError("Dit is een kolom met BSN.", "Haal deze kolom weg.", line=line, field=cell[:30])
        if names.count(name) > 1:
            raise FileError("Deze kolom staat er twee keer.", "Haal er een weg.", line=line, field=name[:30])
    if missing := [name for name in columns.known if name in columns.needed and name not in names]:
        mend = f"De eerste rij is: {';'.join(columns.known)}."
        raise FileError(f"De kolom {missing[0]} ontbreekt.", mend, line=line, field=missing[0])
    for name in names:
        if name not in columns.known:
            mend = f"Haal hem weg, of kies uit: {', '.join(columns.known)}."
            raise FileError("Deze kolom kennen wij niet.", mend, line=line, field=name[:30])
    return names


def _refuse_bsn(names: Sequence[str], rows: Sequence[Row], columns: Columns) -> None:
    for name in names:
        if name not in columns.numbers and bsn.mostly([row.cells[name] for row in rows]):
            raise FileError("De nummers lijken BSN's.", "Haal deze kolom weg.", line=rows[0].line, field=name)


def _csv(content: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(content)
    first, _, rest = text.partition("\n")
    start = 0
    if re.fullmatch(r"sep=.\s*", first, re.IGNORECASE):
        text, start = rest, 1
        first = rest.partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = start + 1
    try:
        for cells in reader:
            yield line, [cell.strip() for cell in cells[: MOST_COLUMNS + 1]]
            line = start + reader.line_num + 1
    except csv.Error:
        mend = "Kijk of elk aanhalingsteken een tweede heeft."
        raise FileError("Een aanhalingsteken op deze rij sluit niet goed.", mend, line=line) from None


def _decoded(content: bytes) -> str:
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "")
    for candidate in (encoding,) if encoding else ("utf-8", "cp1252"):
        try:
            text = content.decode(candidate)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise FileError("Dit is geen tekstbestand.", "Bewaar het in Excel als CSV UTF-8 of als XLSX.")


def _sheet(content: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            _refuse_bomb(packed)
        with load_workbook(io.BytesIO(content)) as book:
            yield from enumerate(map(_row, book.get_sheet_by_index(0).iter_rows()), start=1)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, CalamineError):
        raise FileError("Dit XLSX-bestand is niet te openen.", "Bewaar het in Excel opnieuw als XLSX of CSV.") from None


def _refuse_bomb(packed: zipfile.ZipFile) -> None:
    """The reader makes room for every cell up to the last, so one cell far away would fill the memory."""
    if sum(member.file_size for member in packed.infolist()) > LARGEST_UNPACKED:
        raise FileError("Het bestand is uitgepakt groter dan 200 MB.", "Splits het in kleinere bestanden.")
    for name in packed.namelist():
        if not name.startswith("xl/worksheets/") or not name.endswith(".xml"):
            continue
        for column, row in re.findall(rb'\sr="([A-Z]{1,3})(\d{1,7})"', packed.read(name)):
            if len(column) > 2 or int(row) > 2 * MOST_ROWS:
                raise FileError("Er staat een cel ver buiten de tabel.", "Wis alles onder en naast de tabel.")


def _row(cells: Iterable[Any]) -> list[str]:
    return [_cell(cell).strip() for cell in list(cells)[: MOST_COLUMNS + 1]]


def _cell(value: Any) -> str:
    """A cell as a person would type it in CSV."""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return f"{value:%d-%m-%Y}" if value.time() == time() else f"{value:%d-%m-%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d-%m-%Y}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return str(value)
