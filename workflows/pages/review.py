"""The sheet of a review meeting: a line for each process and district, each figure leading to the files behind it."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.http import HttpResponse, QueryDict
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from programme.calendar import today
from programme.kept import as_set_up
from programme.models import District, State
from workflows import reviewing
from workflows.boards.figures import Figure, Linked
from workflows.exports.boards import REVIEW, PeriodForm
from workflows.pages import filling
from workflows.pages.frame import OfficerRequest, for_officers, show
from workflows.pages.getting import get_list
from workflows.pages.problems import SAFE, only
from workflows.pages.stencil import Stencil, joined, part
from workflows.reviewing import Line, Result, Section
from workflows.scopes import Scope, scope_of
from workflows.templatetags.words import day, moment

_SECTION = Stencil("parts/review_section.html", "n", "process", "lines", "silent")
_SILENT = Stencil("parts/review_silent.html", "names")
_LINE = Stencil("parts/review_line.html", "place", "figures")
_FIGURE = Stencil("parts/review_figure.html", "address", "count", "title", "place")


@dataclass(frozen=True)
class Row:
    place: str
    is_total: bool
    figures: list[Figure]


@dataclass(frozen=True)
class Shown:
    process: str
    rows: list[Row]
    silent: list[str]

    def markup(self, n: int, language: str) -> SafeString:
        """Return the section as markup, the ``n``-th of its page."""
        silent = _SILENT.filled({"names": ", ".join(self.silent)}, n=len(self.silent)) if self.silent else ""
        lines = joined([_line(row, language) for row in self.rows])
        values = {"n": n, "process": self.process, "lines": lines, "silent": silent}
        return _SECTION.filled(values, reads=language, columns=_columns(language))


@only(*SAFE)
@for_officers
def review_page(request: OfficerRequest) -> HttpResponse:
    """Show what became of the files received in a period: of the district for its officers, of every district for the State's."""
    scope, form, language = scope_of(request.user), PeriodForm(request.GET), get_language()
    query = request.GET.urlencode()
    told: dict[str, Any] = {"fields": _fields(language, query, today()), "faults": filling.faults(form)}
    if not form.is_valid():
        return show(request, "review.html", told, tab="review", status=400)
    (first, last), now = form.period, timezone.now()
    counted = reviewing.counted(scope, form.period, now=now)
    sheet = _sheet(scope, _places(scope, language), form.period, form.cleaned_data["process"], counted, language)
    told |= {
        "sections": sheet.sections,
        "lines": sheet.markup,
        "first": day(first),
        "last": day(last),
        "moment": moment(now),
        "whose": _whose(scope, language),
        "get_list": get_list(REVIEW, sum(len(section.rows) for section in sheet.sections), query),
    }
    return show(request, "review.html", told, tab="review")


@lru_cache
def _fields(_language: str, query: str, _day: date) -> SafeString:
    return part("parts/period.html", {"form": PeriodForm(QueryDict(query))})


@lru_cache
def _columns(_language: str) -> tuple[str, ...]:
    return _("Received"), *(str(result.label) for result in Result)


@dataclass(frozen=True)
class Sheet:
    sections: list[Shown]
    markup: SafeString


@as_set_up
def _places(scope: Scope, _language: str) -> tuple[tuple[District, str], ...]:
    """Return the districts with their names, which stand in what is kept of a sheet."""
    return tuple([(place, place.name) for place in reviewing.places_of(scope)])


# Of so many sheets: one is the same as long as the database counts the same and the places are called the same.
@lru_cache(maxsize=32)
def _sheet(
    scope: Scope, places: tuple[tuple[District, str], ...], days: tuple[date, date], process: str, counted: tuple[Any, ...], language: str
) -> Sheet:
    linked, names = Linked(*days, scope), {place.pk: name for place, name in places}
    sections = reviewing.sections_of(counted, scope, [place for place, _name in places], process)
    shown = [_shown(section, linked, names) for section in sections]
    return Sheet(shown, joined([section.markup(n, language) for n, section in enumerate(shown, 1)]))


def _shown(section: Section, linked: Linked, names: dict[int, str]) -> Shown:
    titles = _columns(get_language())
    rows = [_row(line, linked, titles, names) for line in section.all_lines]
    return Shown(section.total.process, rows, [names[place.pk] for place in section.silent])


def _row(line: Line, linked: Linked, titles: tuple[str, ...], names: dict[int, str]) -> Row:
    counts = [("", line.received), *((key, line.counts[key]) for key in Result.values)]
    figures = [linked.figure(line, title, count, key) for title, (key, count) in zip(titles, counts, strict=True)]
    return Row(names[line.district.pk] if line.district else line.place, line.district is None, figures)


def _line(row: Row, language: str) -> SafeString:
    figures = joined([_figure(figure, row.place, language) for figure in row.figures])
    return _LINE.filled({"place": row.place, "figures": figures}, reads=language, is_total=row.is_total)


def _figure(figure: Figure, place: str, language: str) -> str:
    if not figure.address:
        return f'<td class="num">{figure.count}</td>'
    told = {"address": figure.address, "count": figure.count, "title": figure.title, "place": place}
    return _FIGURE.filled(told, reads=language)


@as_set_up
def _whose(scope: Scope, _language: str) -> str:
    """Name the State or the districts under review, as the head of a printed sheet."""
    whole = scope.states.union(part.state for part in scope.parts if not part.districts)
    named = District.objects.filter(pk__in=scope.districts.union(*(part.districts for part in scope.parts))).exclude(state__in=whole)
    return ", ".join(place.name for rows in (State.objects.filter(pk__in=whole), named.order_by("name_en")) for place in rows)
