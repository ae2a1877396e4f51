"""Reports: the same rows that page and workbook show."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import views
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from workflows.api.answering import ForPrograms
from workflows.api.asking import NoForm, parameters, understood
from workflows.api.shapes import ReportShape, TableShape
from workflows.reports.declaring import ReportForm, Table, table
from workflows.reports.every import REPORTS
from workflows.reviewing import Scope, scope_of
from workflows.sheets.columns import Type
from workflows.tokens import Resource

KEY = OpenApiParameter("key", OpenApiTypes.STR, OpenApiParameter.PATH, description=_("Which report"), enum=list(REPORTS))


class Reports(ForPrograms, views.APIView):
    """Which reports there are."""

    resource = Resource.REPORTS

    @extend_schema(operation_id="reports", summary=_("The reports that are open to the reader"), responses=ReportShape(many=True))
    def get(self, request: Any) -> Response:
        understood(request.GET, NoForm(request.GET), also=frozenset())
        scope = scope_of(request.user)
        return Response(ReportShape([report for report in REPORTS.values() if report.open_to(scope)], many=True).data)


class Report(ForPrograms, views.APIView):
    """One report with its figures."""

    resource = Resource.REPORTS

    @extend_schema(
        operation_id="report",
        summary=_("The figures of one report, as on its page"),
        parameters=[KEY, *parameters(ReportForm.base_fields)],
        responses=TableShape,
    )
    def get(self, request: Any, key: str) -> Response:
        scope = scope_of(request.user)
        report = REPORTS.get(key)
        if report is None or not report.open_to(scope):
            raise NotFound
        return Response(TableShape(_plain(_asked(report, scope, request.GET))).data)


def _asked(report: Any, scope: Scope, query: Any) -> Table:
    form = ReportForm(query, report=report, scope=scope)
    understood(query, form, also=frozenset())
    return table(report, form.asked(scope))


def _plain(shown: Table) -> Table:
    """Return the table with the values of its columns alone, rupees and days as text, numbers as they are."""
    columns = {column.key: column.type for column in shown.report.columns}
    rows = [{key: _told(kind, row[key]) for key, kind in columns.items()} for row in shown.rows]
    return Table(shown.report, shown.asked, rows, {key: _told(columns[key], value) for key, value in shown.totals.items()}, shown.note)


def _told(kind: Type, value: Any) -> Any:
    return value if kind == Type.WHOLE or value is None else str(value)
