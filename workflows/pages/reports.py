"""Reports: their list, each one's page with the files behind its figures, and the same rows as workbook and text."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from programme.calendar import today
from programme.powers import Power
from workflows import recomputing
from workflows.authority import Refusal, may_anywhere, offices_with
from workflows.exports.linking import FORMS, Link, ways
from workflows.pages import filling
from workflows.pages.frame import OfficerRequest, at_the_bench, for_officers, show
from workflows.pages.problems import SAFE, only
from workflows.reports.declaring import Report, ReportForm, Table, label, table
from workflows.reports.every import REPORTS
from workflows.scopes import Scope, scope_of
from workflows.sheets.columns import NUMBERS, Column, Type
from workflows.sheets.lists import write_csv, write_list
from workflows.templatetags.words import digits_day, rupees

# So many rows can be read on a page; the list that goes out has all.
MOST_SHOWN = 1000


@dataclass(frozen=True)
class Cell:
    """One figure of the page: how it reads, whether it is a number, and the address of the files behind it."""

    column: Column
    text: str
    address: str = ""

    @property
    def label(self) -> str:
        return label(self.column)

    @property
    def is_number(self) -> bool:
        return self.column.type in NUMBERS

    @property
    def kind(self) -> str:
        """By what name the style sheet knows the cell."""
        return "num" if self.is_number else "day" if self.column.type == Type.DATE else ""


@only(*SAFE)
@for_officers
def reports(request: OfficerRequest) -> HttpResponse:
    """List the reports that are open to the reader."""
    scope = scope_of(request.user)
    return show(request, "reports.html", {"reports": [report for report in REPORTS.values() if report.open_to(scope)]}, tab="reports")


@only(*SAFE)
@for_officers
def report(request: OfficerRequest, key: str) -> HttpResponse:
    """Show one report; a filter that cannot be read is said at its field."""
    found, scope = _open(request, key)
    if found.own_page:
        return redirect(found.own_page)
    form = ReportForm(request.GET, report=found, scope=scope)
    valid = form.is_valid()
    shown = table(found, form.asked(scope)) if valid else None
    context = {
        "report": found,
        "form": form,
        "faults": filling.faults(form),
        "headings": [(label(column), column.type in NUMBERS) for column in found.shown],
        "rows": _cells(shown) if shown else [],
        "totals": _totals(shown) if shown else [],
        "left_out": max(len(shown.rows) - MOST_SHOWN, 0) if shown else 0,
        "note": shown.note if shown else "",
        "as_of": timezone.now(),
        "get_list": _ways(request, shown) if shown else None,
        "key": uuid4() if found.key == "recompute" and may_anywhere(request.user, Power.SEE_STATE) else None,
    }
    return show(request, "report.html", context, tab="reports", status=200 if valid else 400)


@only(*SAFE)
@for_officers
def report_file(request: OfficerRequest, key: str, ending: str) -> HttpResponse:
    """Give the rows of the page as a workbook or as text with commas, in the reader's language."""
    found, scope = _open(request, key)
    if ending not in FORMS or found.own_page:
        raise Http404
    form = ReportForm(request.GET, report=found, scope=scope)
    if not form.is_valid():
        raise BadRequest
    rows, language, out = table(found, form.asked(scope)).listed, (get_language() or "hi")[:2], BytesIO()
    write: Callable[..., int] = partial(write_list, title=str(found.title)) if ending == "xlsx" else write_csv
    write(out, found.columns, rows, language=language)
    response = HttpResponse(out.getvalue(), content_type=FORMS[ending])
    response.headers["Content-Disposition"] = f'attachment; filename="{found.key}-{today().isoformat()}.{ending}"'
    return response


@only("POST")
@at_the_bench
def recompute(request: OfficerRequest) -> HttpResponse:
    """Begin to compute every sanctioned amount of the State again; the next page shows how far it is."""
    offices = offices_with(request.user, Power.SEE_STATE)
    if not offices:
        raise Refusal(_("Your office does not read every file of the State."))
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        raise BadRequest from None
    return redirect("job", pk=recomputing.start(offices[0], by=request.user, key=str(key)).pk)


def _open(request: OfficerRequest, key: str) -> tuple[Report, Scope]:
    """Return a report that is open to the reader; for everybody else it does not exist (404)."""
    scope = scope_of(request.user)
    if key not in REPORTS or not REPORTS[key].open_to(scope):
        raise Http404
    return REPORTS[key], scope


def _ways(request: OfficerRequest, shown: Table) -> Link:
    """Return how the rows can be had as a list, with the filters of the page."""
    report, query = shown.report, f"?{request.GET.urlencode()}" if request.GET else ""
    addresses = {form: reverse("report_file", args=[report.key, form]) + query for form in FORMS}
    return ways(addresses, len(shown.rows), len(report.columns))


def _cells(shown: Table) -> list[list[Cell]]:
    link = shown.report.link or (lambda asked, row, key: "")
    columns = shown.report.shown
    return [
        [Cell(c, _written(c, row[c.key]), link(shown.asked, row, c.key) if row[c.key] else "") for c in columns]
        for row in shown.rows[:MOST_SHOWN]
    ]


def _totals(shown: Table) -> list[Cell]:
    """Return the last line of the table; its first column says what it is, the others that are not summed stay empty."""
    if not shown.totals:
        return []
    first, *others = shown.report.shown
    sums = [Cell(column, _written(column, shown.totals[column.key]) if column.key in shown.totals else "") for column in others]
    return [Cell(first, _("Total")), *sums]


def _written(column: Column, value: Any) -> str:
    if value in (None, ""):
        return "—"
    if column.type == Type.RUPEES:
        return rupees(value)
    return digits_day(value) if column.type == Type.DATE else str(value)
