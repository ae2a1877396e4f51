"""Freight claims: a row is a claim of one line, a container or a consignment; the draft takes further lines of the same claim."""

from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from programme import bills, ceilings
from programme.calendar import financial_year, today
from programme.models import Office, Officer
from programme.models.freight import NOTHING, SCHEMES
from programme.powers import Power
from workflows.flows import FreightFlow
from workflows.sheets.reading import Row
from workflows.workbooks.judge import Judge
from workflows.workbooks.kinds.drafted import DraftedKind


class Freight(DraftedKind):
    key = "freight"
    title = gettext_lazy("Freight claims")
    about = gettext_lazy("One row for each claim, with its first shipping bill. Further lines of the same claim are added in its draft.")
    power = Power.FILE_FREIGHT
    titled_by = ("unit", "lines_bill_number")
    flow = FreightFlow
    left_out = frozenset({"time_barred"})

    def judge(self, office: Office, officer: Officer | None) -> Judge:
        """Return a judge that asks once for the version of the rules of each day of export."""
        judge = super().judge(office, officer)
        judge.form.version = cache(judge.form.version)
        return judge

    def prepare(self, judge: Judge, rows: list[Row]) -> None:
        """Ask once for the bills of all rows, and once for what exporters have had this year."""
        form = judge.form
        read = judge.shape.by_key["lines_bill_number"].inner.to_python
        named = {number for row in rows if (number := _read(read, row.cells["lines_bill_number"].value))}
        held = bills.held_of_numbers(named)
        had = ceilings.used_by_all(SCHEMES.values(), financial_year(today()))
        form.held_elsewhere = lambda asked: {bill: held[bill] for bill in asked if bill in held}
        form.used_before = lambda: had.get((form.instance.scheme, form.instance.iec_digest), NOTHING)


def _read(read: Any, value: Any) -> str:
    try:
        return str(read(value) or "")
    except ValidationError:
        return ""
