"""What a list that goes out is: who may have it, its rows as the page shows them, its columns, and what stands in each line."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.text import capfirst

from programme.bilingual import in_both
from programme.models import Officer
from programme.zone import IST
from workflows.sheets.columns import Column, Type

CHUNK = 2000
LONGEST_NUMBER = 18
Line = dict[str, Any]
Chunks = Iterable[Sequence[Any]]


@dataclass(frozen=True)
class Asked:
    """Who asks for a list, and for which part of it: what the address of its page says."""

    officer: Officer
    query: QueryDict
    now: datetime = field(default_factory=lambda: timezone.now())


@dataclass(frozen=True)
class Heading:
    """One column. The label is translated where it is read; ``width`` is in characters."""

    key: str
    label: Any
    type: Type = Type.TEXT
    width: int = 18

    @property
    def column(self) -> Column:
        said = in_both(lambda: capfirst(self.label), "label")
        return Column(self.key, said["label_en"], said["label_hi"], self.type, width=self.width)


@dataclass(frozen=True)
class Listed:
    """One list.

    ``rows`` returns what the page shows to this officer, all pages of it, as a query or a sequence; it raises ``Refusal`` or
    ``Model.DoesNotExist`` where the page would not open, and ``ValidationError`` where the address cannot be read. ``lines``
    turns them, a chunk at a time, into lines by the keys of the headings, with the same few queries for each chunk.
    """

    name: str
    title: Callable[[Asked], str]
    headings: tuple[Heading, ...]
    rows: Callable[[Asked], Any]
    lines: Callable[[Chunks, Asked], Iterator[Line]]

    @property
    def columns(self) -> list[Column]:
        return [heading.column for heading in self.headings]


def count(rows: Any) -> int:
    """Return how many rows a list has."""
    return rows.count() if isinstance(rows, QuerySet) else len(rows)


def chunks(rows: Any) -> Iterator[Sequence[Any]]:
    """Yield the rows in their order, a chunk at a time, and never hold more of them than one chunk.

    Of a query the keys are read first and then each chunk by its keys: no statement lasts longer than a chunk, so that a long list
    holds no old state of the database open. What has left the list meanwhile is left out.
    """
    if not isinstance(rows, QuerySet):
        yield from _parts(rows)
        return
    keys = array("q", rows.prefetch_related(None).values_list("pk", flat=True).iterator(CHUNK))
    unordered = rows.order_by()
    for part in _parts(keys):
        found = {_key(row): row for row in unordered.filter(pk__in=part)}
        yield [found[key] for key in part if key in found]


def _parts(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))


def _key(row: Any) -> int:
    return row["pk"] if isinstance(row, dict) else row.pk


def one_by_one(line: Callable[[Any, Asked], Line]) -> Callable[[Chunks, Asked], Iterator[Line]]:
    """Let each row be a line that needs nothing of the others."""

    def lines(chunks: Chunks, asked: Asked) -> Iterator[Line]:
        return (line(row, asked) for rows in chunks for row in rows)

    return lines


def day_of(moment: date | datetime | None) -> date | None:
    """Return the day of a moment in India, as a cell holds it."""
    return timezone.localdate(moment, IST) if isinstance(moment, datetime) else moment


def time_of(moment: datetime | None) -> str:
    """Return the time of day of a moment in India, 14:05."""
    return f"{timezone.localtime(moment, IST):%H:%M}" if moment else ""


def number_in(query: QueryDict, name: str) -> int:
    """Return the number of a row that an address names; 0, which no row has, for anything that is none."""
    text = query.get(name, "")
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else 0
