"""The lines and sections of a board as markup: what says what it said before is not rendered anew."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from workflows.boards.board import Board, Holder, LineRow, Reviewed, Season, board_of
from workflows.boards.figures import Figure
from workflows.boards.map import Map
from workflows.pages.season import TAGS
from workflows.pages.stencil import joined, part


class SeasonShown(NamedTuple):
    """The season as it is shown: of a State its figures and the missing by name, of a district how its plan stands."""

    figures: tuple[Figure, ...]
    missing: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    standing: str = ""
    tag: str = ""
    submitted_at: datetime | None = None
    files: str = ""


@dataclass(frozen=True)
class Choice:
    """One year, or one figure by which the map can be coloured, and the address that shows it."""

    title: str
    address: str
    is_chosen: bool


# Of so many lines and sections, in each language: those of the boards that are read again and again.
@lru_cache(maxsize=2048)
def _piece(template: str, _language: str | None, **told: Any) -> SafeString:
    return part(f"parts/{template}.html", told)


def parts_of(told: Board, *, plainly: bool = False) -> dict[str, SafeString]:
    """Return the parts that a board has on the page and, ``plainly``, on paper."""
    language = get_language()
    year, targets, letters = told.period.year, tuple(told.targets), tuple(told.letters)
    money = {"budget": tuple(told.budget), "budget_link": told.budget_link}
    return {
        **_tables(told.reviewed, language, plainly),
        "holders": _piece("board_holders", language, holders=tuple(told.holders), holder_lines=holder_lines(told.holders, plainly=plainly)),
        "targets": _piece("board_targets", language, year=year, targets=targets, plainly=plainly),
        "sections": _piece("board_sections", language, year=year, season=_season(told.season), **money, letters=letters, plainly=plainly),
    }


# As many as are kept in ``workflows.boards.board``, on the page and on paper: what is the same is shown the same.
@lru_cache(maxsize=64)
def _tables(reviewed: Reviewed, _language: str | None, plainly: bool) -> dict[str, SafeString]:
    """Return the line by process and by district as tables."""
    total = reviewed.by_process[-1]
    headings, months = [figure.title for figure in total.year], [figure.title for figure in total.month]
    by_process = {"first_heading": _("Process"), "month_headings": months, "lines": _lines(reviewed.by_process, plainly)}
    by_district = {"first_heading": _("District"), "lines": _lines(reviewed.by_district, plainly)}
    return {
        "by_process": part("parts/board_line.html", {"headings": headings, **by_process}),
        "by_district": part("parts/board_line.html", {"headings": headings, **by_district}) if reviewed.by_district else SafeString(),
    }


def holder_lines(holders: Iterable[Holder], *, plainly: bool = False) -> SafeString:
    language = get_language()
    return joined([_piece("board_holder", language, held=held, plainly=plainly) for held in holders])


# As many as are kept in ``workflows.boards.map``.
@lru_cache(maxsize=32)
def map_section(drawn: Map, year: str, titles: tuple[tuple[str, str], ...], chosen: str, language: str | None) -> SafeString:
    """Return the map of a State with its legend, and the ways to the figures by which it can be coloured."""
    ways = [Choice(title, f"?{urlencode({'year': year, 'show': key})}#map", key == chosen) for key, title in titles]
    shapes = joined([_piece("map_shape", language, shape=shape) for shape in drawn.shapes])
    return part("parts/district_map.html", {"map": drawn, "shapes": shapes, "choices": ways})


def _lines(rows: Iterable[LineRow], plainly: bool) -> SafeString:
    language = get_language()
    return joined([_piece("board_row", language, row=row, plainly=plainly) for row in rows])


def _season(season: Season | None) -> SeasonShown | None:
    if season is None:
        return None
    if season.own:
        tag = TAGS.get(season.own.standing, "")
        return SeasonShown((), (), season.own.text, tag, season.own.submitted_at, season.own_files)
    named = tuple([(title, tuple([(each.name, board_of(each.pk)) for each in districts])) for title, districts in season.missing])
    return SeasonShown(tuple(season.figures), named)
