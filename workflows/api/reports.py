"""Reports: the same rows that page and workbook show."""

from functools import partial
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import views
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from workflows.api.answering import ForPrograms
from workflows.api.asking import parameters, understood
from workflows.api.shapes import ReportShape, TableShape
from workflows.reports.declaring import Report as Declared
from workflows.reports.declaring import ReportForm, Table, table
from workflows.reports.every import REPORTS
from workflows.scopes import scope_of
from workflows.sheets.columns import Type
from workflows.tokens import Resource


class Reports(ForPrograms, views.APIView):
    """Which reports there are."""

    resource = Resource.REPORTS

    @extend_schema(operation_id="reports", summary=_("The reports that are open to the reader"), responses=ReportShape(many=True))
    def get(self, request: Any) -> Response:
        understood(request.GET, paged=False)
        scope = scope_of(request.user)
        return Response(ReportShape([report for report in REPORTS.values() if report.open_to(scope)], many=True).data)


class Report(ForPrograms, views.APIView):
    """One report with its figures; the classes of all are made below."""

    resource = Resource.REPORTS
    report: Declared

    def figures(self, query: QueryDict) -> Response:
        scope = scope_of(self.request.user)
        if not self.report.open_to(scope):
            raise NotFound
        form = understood(query, partial(ReportForm, report=self.report, scope=scope), paged=False)
        return Response(TableShape(_plain(table(self.report, form.asked(scope)))).data)


def _view(report: Declared) -> Any:
    asks = {name: ReportForm.base_fields[name] for name in report.asks}

    @extend_schema(
        operation_id=f"report_{report.key.replace('-', '_')}",
        summary=report.title,
        description=report.about,
        parameters=parameters(asks),
        responses=TableShape,
    )
    def get(self: Any, request: Any) -> Response:
        return self.figures(request.GET)

    return type(report.key.title(), (Report,), {"report": report, "get": get})


VIEWS: dict[str, Any] = {key: _view(report) for key, report in REPORTS.items()}


def _plain(shown: Table) -> Table:
    """Return the table with the values of its columns alone, rupees and days as text, numbers as they are."""
    columns = {column.key: column.type for column in shown.report.columns}
    rows = [{key: _told(kind, row[key]) for key, kind in columns.items()} for row in shown.rows]
    return Table(shown.report, shown.asked, rows, {key: _told(columns[key], value) for key, value in shown.totals.items()}, shown.note)


def _told(kind: Type, value: Any) -> Any:
    return value if kind == Type.WHOLE or value is None else str(value)
