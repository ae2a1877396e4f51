"""What a report is. Page, workbook and interface show the rows of one ``Table``, so that their figures cannot differ."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programme.bilingual import reads_hindi
from programme.calendar import financial_year, today
from programme.models import Allotment, District
from workflows.exports.boards import FIRST_YEAR
from workflows.flows import FLOWS
from workflows.scopes import Scope
from workflows.sheets.columns import Column

Row = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """What a report was asked for, and for whom."""

    scope: Scope
    process: str = ""
    district: int | None = None
    year: str = ""
    known: tuple[District, ...] = ()

    @property
    def places(self) -> list[District]:
        """The districts of the scope by name, read now where they are not ``known``."""
        return list(self.known or self.scope.places)

    @property
    def place(self) -> int | None:
        """The one district all figures are of; ``None`` where they are of several."""
        only = min(self.scope.districts) if len(self.scope.districts) == 1 and not self.scope.states else None
        return self.district or only


@dataclass(frozen=True)
class Report:
    """One report. ``rows`` gives its rows by the keys of ``columns``; what a row holds beside them only leads to the files behind it.

    ``asks`` names the fields of ``ReportForm`` that narrow it. ``summed`` columns are added up at the end. ``link`` returns the
    address of the files behind a figure, empty where the list of files has no filter for them. ``of_states`` keeps it to readers
    of whole States, and ``of_files`` opens it also to auditors of a part of one, since each row is of one file. ``note`` says in
    a sentence what the rows are as of, where that is not now. ``own_page`` names the address of a report that has a page of its
    own. ``unshown`` columns are left out of the page, which says them otherwise.
    """

    key: str
    title: Any
    about: Any
    columns: tuple[Column, ...]
    rows: Callable[[Asked], list[Row]]
    asks: tuple[str, ...] = ()
    summed: tuple[str, ...] = ()
    link: Callable[[Asked, Mapping[str, Any], str], str] | None = None
    of_states: bool = False
    of_files: bool = False
    note: Callable[[Asked], str] | None = None
    own_page: str = ""
    unshown: frozenset[str] = frozenset()

    @property
    def shown(self) -> list[Column]:
        """The columns of the page."""
        return [column for column in self.columns if column.key not in self.unshown]

    def open_to(self, scope: Scope) -> bool:
        return bool(scope.states) or not self.of_states or (self.of_files and bool(scope.parts))


@dataclass(frozen=True)
class Table:
    """The figures of a report as they were asked for at one moment; ``totals`` holds the sums of the summed columns."""

    report: Report
    asked: Asked
    rows: list[Row]
    totals: Row = field(default_factory=dict)
    note: str = ""

    @property
    def listed(self) -> list[Row]:
        """The rows as a list that goes out: the columns alone, the sums as the last row."""
        keys = [column.key for column in self.report.columns]
        rows = [{key: row.get(key) for key in keys} for row in self.rows]
        return [*rows, {keys[0]: _("Total"), **self.totals}] if self.totals else rows


class ReportForm(forms.Form):
    """What narrows a report; each one shows only what it asks for."""

    use_required_attribute = False

    process = forms.ChoiceField(label=gettext_lazy("Process"), required=False)
    district = forms.ChoiceField(label=gettext_lazy("District"), required=False)
    year = forms.ChoiceField(label=gettext_lazy("Financial year"), required=False)

    def __init__(self, data: Mapping[str, Any], *, report: Report, scope: Scope) -> None:
        super().__init__(data)
        for name in set(self.fields) - set(report.asks):
            del self.fields[name]
        offered = {"process": _processes, "district": _districts, "year": _years}
        for name in report.asks:
            self.fields[name].choices = offered[name](scope)  # type: ignore[attr-defined]

    def asked(self, scope: Scope) -> Asked:
        """Return what was asked for; a year that was left out is this one."""
        said = self.cleaned_data
        district = int(said["district"]) if said.get("district") else None
        return Asked(scope, said.get("process", ""), district, said.get("year") or financial_year(today()))


def table(report: Report, asked: Asked) -> Table:
    """Ask the database and add up."""
    rows = report.rows(asked)
    totals = {key: sum((row[key] for row in rows[1:]), start=rows[0][key]) for key in report.summed} if rows else {}
    return Table(report, asked, rows, totals, report.note(asked) if report.note else "")


def label(column: Column) -> str:
    """Return how a column is called in the reader's language, with its unit."""
    hindi = reads_hindi()
    name, unit = (column.label_hi, column.unit_hi) if hindi else (column.label_en, column.unit_en)
    return f"{name} ({unit})" if unit else name


def money(value: Any) -> Decimal:
    """Return a sum of the database as rupees and paise, nothing as nought."""
    return Decimal(value or 0).quantize(Decimal("0.01"))


def _processes(scope: Scope) -> list[tuple[str, Any]]:
    return [("", _("All")), *((slug, flow.process_title) for slug, flow in FLOWS.items() if slug in scope.processes)]


def _districts(scope: Scope) -> list[tuple[str, Any]]:
    return [("", _("All")), *((str(place.pk), place.name) for place in scope.places)]


def _years(scope: Scope) -> list[tuple[str, Any]]:
    known = (financial_year(date(first, 4, 1)) for first in range(FIRST_YEAR, int(financial_year(today())[:4]) + 1))
    years = set(Allotment.objects.values_list("year", flat=True).distinct()) | set(known)
    return [(year, year) for year in sorted(years, reverse=True)]
