"""Read the tables of a State from a folder of files, and refuse a bad row by its file and line."""

import csv
import json
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model


class BadRow(Exception):
    """A file holds something that cannot be loaded; the message names the file and the line."""


@dataclass(frozen=True)
class Row:
    """One line of a file: the cells by column, without outer spaces, in Unicode NFC."""

    file: str
    line: str
    cells: dict[str, Any]

    def __getitem__(self, column: str) -> Any:
        return self.cells[column]

    def list(self, column: str) -> list[str]:
        """Return the parts of a cell such as "sun|sat2"."""
        return [part.strip() for part in self[column].split("|") if part.strip()]

    def find(self, column: str, rows: dict[Any, Any], *, key: Any = None) -> Any:
        """Return the row that the cell names, such as a State by its short name; raise ``BadRow`` when there is none."""
        wanted = self[column] if key is None else key
        if wanted not in rows:
            raise self.bad(f"{column} “{self[column]}” is not known")
        return rows[wanted]

    def number(self, column: str) -> int:
        if not self[column].isdecimal():
            raise self.bad(f"{column} “{self[column]}” is not a number")
        return int(self[column])

    def bad(self, why: str) -> BadRow:
        return BadRow(f"{self.file}, {self.line}: {why}.")

    def check(self, made: Model) -> None:
        """Raise ``BadRow`` when a value does not fit its field."""
        related = [field.name for field in made._meta.fields if field.is_relation]
        try:
            made.clean_fields(exclude=related)
        except ValidationError as error:
            raise self.bad("; ".join(f"{field}: {' '.join(said)}" for field, said in error.message_dict.items()).rstrip(".")) from None


def read_csv(folder: Path, file: str, columns: Iterable[str]) -> list[Row]:
    """Return the rows of a CSV file; raise ``BadRow`` when the file or a column is missing, or a row is ragged."""
    try:
        with _existing(folder, file).open(encoding="utf-8-sig", newline="") as opened:
            return list(_rows(csv.DictReader(opened, strict=True), file, columns))
    except (csv.Error, UnicodeDecodeError) as error:
        raise BadRow(f"{file}: {error}.") from None


def _rows(reader: "csv.DictReader[str]", file: str, columns: Iterable[str]) -> Iterator[Row]:
    missing = [column for column in columns if column not in (reader.fieldnames or [])]
    if missing:
        raise BadRow(f"{file}, line 1: the column {', '.join(missing)} is missing.")
    for cells in reader:
        row = Row(file, f"line {reader.line_num}", cells)
        if None in cells or None in cells.values():
            raise row.bad("the row has not as many cells as the heading")
        yield Row(row.file, row.line, {column: _plain(cell) for column, cell in cells.items()})


def read_json(folder: Path, file: str, columns: Iterable[str]) -> list[Row]:
    """Return the entries of a JSON list of objects; raise ``BadRow`` when it is none, or an entry lacks a column."""
    try:
        entries = json.loads(_existing(folder, file).read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadRow(f"{file}: {error}.") from None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise BadRow(f"{file}: this is not a list of objects.")
    rows = [Row(file, f"entry {number}", entry) for number, entry in enumerate(entries, start=1)]
    for row in rows:
        missing = [column for column in columns if column not in row.cells]
        if missing:
            raise row.bad(f"{', '.join(missing)} is missing")
    return rows


def _existing(folder: Path, file: str) -> Path:
    if not (folder / file).is_file():
        raise BadRow(f"{file}: the file is missing in {folder}.")
    return folder / file


def _plain(cell: str) -> str:
    return unicodedata.normalize("NFC", cell).strip()
