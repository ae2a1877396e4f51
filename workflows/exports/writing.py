"""A list as a file: one way for the page, the worker and every register."""

from collections.abc import Iterable, Sequence
from typing import IO, Any

from programme.bilingual import reads_hindi
from programme.calendar import today
from workflows.exports.declaring import Asked, Line, Listed, chunks
from workflows.sheets.columns import Column
from workflows.sheets.lists import write_csv, write_list


def write(listed: Listed, asked: Asked, form: str, file: IO[bytes], *, rows: Any = None) -> int:
    """Write a list in the reader's language and return the number of lines; raises what its ``rows`` raises."""
    rows = listed.rows(asked) if rows is None else rows
    return write_lines(form, file, listed.columns, listed.lines(chunks(rows), asked), title=listed.title(asked))


def write_lines(form: str, file: Any, columns: Sequence[Column], lines: Iterable[Line], *, title: str) -> int:
    """Write lines under their columns as .xlsx or .csv, in the reader's language."""
    if form == "csv":
        return write_csv(file, columns, lines, language=reader())
    return write_list(file, columns, lines, title=title, language=reader())


def reader() -> str:
    """Return the language of whoever reads now: en or hi."""
    return "hi" if reads_hindi() else "en"


def file_name(name: str, form: str) -> str:
    """Return the name under which a list is saved: what it is and of which day."""
    return f"{name}-{today():%d-%m-%Y}.{form}"
