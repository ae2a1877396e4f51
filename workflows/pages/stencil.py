"""Pieces of pages that look the same each time: their template is rendered once, with holes for what varies, and then only filled."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

HOLE = re.compile("\x02(\\w+)\x03")


def hole(name: str) -> SafeString:
    """Return what stands in a stencil for a value that is filled in."""
    return mark_safe(f"\x02{name}\x03")  # noqa: S308 -- the names are ours


class Stencil:
    """A template rendered with holes: whatever it repeats is filled in by name, escaped unless it is markup already."""

    def __init__(self, template: str, told: Mapping[str, Any], holes: Iterable[str]) -> None:
        pieces = HOLE.split(render_to_string(f"workflows/{template}", {**told, **{name: hole(name) for name in holes}}))
        self._names = pieces[1::2]
        self._text = "%s".join(piece.replace("%", "%%") for piece in pieces[::2])

    def filled(self, values: Mapping[str, Any]) -> SafeString:
        return mark_safe(self._text % tuple(conditional_escape(values[name]) for name in self._names))  # noqa: S308 -- escaped here


def stencil_of(template: str, *holes: str) -> Callable[..., Stencil]:
    """Return a function that gives the stencil of a template, for its flags and the reader's language."""

    @lru_cache(maxsize=256)
    def cut(_language: str | None, flags: tuple[tuple[str, Any], ...]) -> Stencil:
        return Stencil(template, dict(flags), holes)

    return lambda **flags: cut(get_language(), tuple(flags.items()))
