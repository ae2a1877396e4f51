"""The sheet of a review meeting: a line for each process and district, each figure leading to the files behind it."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from programme.models import District, State
from workflows import reviewing
from workflows.boards.figures import Figure, Linked
from workflows.exports.boards import REVIEW, PeriodForm
from workflows.exports.linking import link
from workflows.pages import filling
from workflows.pages.frame import OfficerRequest, for_officers, show
from workflows.pages.problems import SAFE, only
from workflows.pages.stencil import Stencil, joined
from workflows.reviewing import Line, Result, Scope, Section

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

    @property
    def lines(self) -> SafeString:
        """The rows as markup."""
        return joined(map(_line, self.rows))


@only(*SAFE)
@for_officers
def review_page(request: OfficerRequest) -> HttpResponse:
    """Show what became of the files received in a period: of the district for its officers, of every district for the State's."""
    scope, form, now = reviewing.scope_of(request.user), PeriodForm(request.GET), timezone.now()
    context = {"form": form, "faults": filling.faults(form), "sections": [], "now": now}
    if form.is_valid():
        first, last = form.period
        sections = reviewing.review(scope, first, last, now=now, process=form.cleaned_data["process"])
        linked = Linked(first, last, scope)
        context |= {
            "sections": [_shown(section, linked) for section in sections],
            "columns": _columns(),
            "first": first,
            "last": last,
            "whose": _whose(scope),
            "get_list": link(REVIEW, sum(len(section.all_lines) for section in sections), query=request.GET.urlencode()),
        }
    return show(request, "review.html", context, tab="review", status=200 if form.is_valid() else 400)


def _columns() -> list[str]:
    return [_("Received"), *(str(result.label) for result in Result)]


def _shown(section: Section, linked: Linked) -> Shown:
    titles = _columns()
    rows = [_row(line, linked, titles) for line in section.all_lines]
    return Shown(section.total.process, rows, [district.name for district in section.silent])


def _row(line: Line, linked: Linked, titles: list[str]) -> Row:
    counts = [("", line.received), *((key, line.counts[key]) for key in Result.values)]
    figures = [linked.figure(line, title, count, key) for title, (key, count) in zip(titles, counts, strict=True)]
    return Row(line.place, line.district is None, figures)


def _line(row: Row) -> SafeString:
    figures = joined(_figure(figure, row.place) for figure in row.figures)
    return _LINE.filled({"place": row.place, "figures": figures}, is_total=row.is_total)


def _figure(figure: Figure, place: str) -> str:
    if not figure.address:
        return f'<td class="num">{figure.count}</td>'
    return _FIGURE.filled({"address": figure.address, "count": figure.count, "title": figure.title, "place": place})


def _whose(scope: Scope) -> str:
    """Name the State or the districts under review, as the head of a printed sheet."""
    whole = scope.states.union(part.state for part in scope.parts if not part.districts)
    named = District.objects.filter(pk__in=scope.districts.union(*(part.districts for part in scope.parts))).exclude(state__in=whole)
    return ", ".join(place.name for rows in (State.objects.filter(pk__in=whole), named.order_by("name_en")) for place in rows)
