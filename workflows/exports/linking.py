"""The way from a page to its list: two addresses, with the type, the number of rows and about what size."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workflows.exports.declaring import Listed
from workflows.templatetags.words import filesize

# From here on the worker writes the list, so that no page is kept waiting.
AT_ONCE = 5000
FORMS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
# What an empty one takes, and a cell of an ordinary list, in bytes; measured on the lists of the demonstration.
EMPTY = {"xlsx": 6500, "csv": 200}
CELL = {"xlsx": 7, "csv": 18}


@dataclass(frozen=True)
class Way:
    """One form in which the list can be had, and about how large it is in bytes."""

    form: str
    address: str
    size: int

    @property
    def type(self) -> str:
        return self.form.upper()


@dataclass(frozen=True)
class Link:
    """What stands beside a list: how many rows it has, or that it has ``more``, and the ways to have it."""

    rows: int
    ways: list[Way]
    more: bool = False

    @property
    def by_worker(self) -> bool:
        return self.more or self.rows > AT_ONCE

    @property
    def length(self) -> str:
        """How many lines the list has, in the reader's language."""
        lines = _("more than %(n)s lines") if self.more else ngettext("%(n)s line", "%(n)s lines", self.rows)
        return lines % {"n": self.rows}

    @property
    def told(self) -> list[tuple[str, str, str]]:
        """Type and address of each way, and what it says of its size and of who writes it, in the reader's language."""
        return [(way.type, way.address, self._about(way) % {"size": filesize(way.size)}) for way in self.ways]

    def _about(self, way: Way) -> str:
        if self.more:
            return _("written for you, more than %(size)s")
        return _("written for you, about %(size)s") if self.by_worker else _("about %(size)s")


def link(listed: Listed, rows: int, *, query: str = "", **asked: Any) -> Link:
    """Return the way to a list; the query of its page is given as it is, or by its parts."""
    query = query or urlencode({key: value for key, value in asked.items() if value not in ("", None)})
    end, columns = f"?{query}" if query else "", len(listed.headings)
    return ways({form: _address(listed.name, form) + end for form in FORMS}, rows, columns)


@lru_cache
def _address(name: str, form: str) -> str:
    return reverse("get_list", args=[name, form])


def ways(addresses: dict[str, str], rows: int, columns: int) -> Link:
    """Return the way to a list that can be had at these addresses, by form."""
    return Link(rows, [Way(form, address, EMPTY[form] + CELL[form] * rows * columns) for form, address in addresses.items()])
