"""Pages and pieces of pages that are rendered once, with holes for what varies, and then only filled."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from html import escape
from typing import Any, NamedTuple

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

HOLE = re.compile("\x02(\\w+)\x03")
# Of each piece, for every language and every way in which its flags were asked for.
KEPT = 256


def hole(name: str) -> SafeString:
    """Return what stands in a stencil for a value that is filled in."""
    return SafeString(f"\x02{name}\x03")


class Cut(NamedTuple):
    """The text of a piece with the names of its holes in order."""

    text: str
    names: list[str]

    def filled(self, values: Mapping[str, Any]) -> SafeString:
        """Return the piece with its holes filled; what is not markup already is escaped."""
        return SafeString(self.text % tuple([_escaped(values[name]) for name in self.names]))


def cut(rendered: str) -> Cut:
    """Cut what was rendered with holes, so that it can be filled."""
    pieces = HOLE.split(rendered)
    return Cut("%s".join(piece.replace("%", "%%") for piece in pieces[::2]), pieces[1::2])


class Stencil:
    """A template with holes of these names. Flags, which must say nothing of a person or a file, choose its parts.

    Whoever fills one many times asks for the reader's language once, and says what he ``reads``.
    """

    def __init__(self, template: str, *holes: str) -> None:
        self.template, self._holes = template, {name: hole(name) for name in holes}
        self._cut = lru_cache(maxsize=KEPT)(self._rendered)

    def filled(self, values: Mapping[str, Any], *, reads: str | None = None, **flags: Any) -> SafeString:
        """Return the piece with its holes filled."""
        return self._cut(reads or get_language(), tuple(flags.items()), ()).filled(values)

    def with_optional(self, optional: Iterable[str], values: Mapping[str, Any], *, reads: str | None = None, **flags: Any) -> SafeString:
        """Fill the piece in, of the ``optional`` holes only those that have something in them; the template asks which those are."""
        there = tuple([name for name in optional if values[name]])
        return self._cut(reads or get_language(), tuple(flags.items()), there).filled(values)

    def _rendered(self, _language: str | None, flags: tuple[tuple[str, Any], ...], there: tuple[str, ...]) -> Cut:
        holes = {**self._holes, **{name: hole(name) for name in there}}
        return cut(render_to_string(f"workflows/{self.template}", {**holes, **dict(flags)}))


def joined(pieces: Iterable[str]) -> SafeString:
    """Return pieces of markup one after the other."""
    return SafeString("".join(pieces))


def part(template: str, told: dict[str, Any]) -> SafeString:
    """Return a piece of a page that is rendered anew each time."""
    return render_to_string(f"workflows/{template}", told)


def _escaped(value: Any) -> str:
    return value if isinstance(value, SafeString) else escape(str(value))
