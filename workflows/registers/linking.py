"""Tables of entries that belong to another entry: each line leads to its own page."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst

from workflows.registers.declaring import Cell, Table


def entries_table(title: Any, headings: list[Any], entries: Iterable[Any], words: Callable[[Any], list[str]], note: str = "") -> Table:
    """Return a table with a line for each entry; its first cell leads to the entry."""
    rows = []
    for entry in entries:
        first, *others = words(entry)
        rows.append([Cell(first, reverse("entry", args=[entry.REGISTER, entry.pk])), *(Cell(text) for text in others)])
    return Table(title=str(title), headings=[capfirst(str(heading)) for heading in headings], rows=rows, note=note)


def digits_day(day: date | None) -> str:
    return f"{day:%d-%m-%Y}" if day else ""
