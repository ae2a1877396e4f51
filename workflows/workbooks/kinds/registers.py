"""Registers of the programme in workbooks: each row is a new entry, judged by the form of its page."""

from collections.abc import Iterator
from typing import Any

from django.forms import ModelMultipleChoiceField

from programme.models import Office, Officer
from workflows.forms.rows import RowsField
from workflows.models import Workbook, WorkbookRow
from workflows.registers import writing
from workflows.registers.access import reach_of
from workflows.registers.declaring import Register
from workflows.workbooks.kind import Writer, origin
from workflows.workbooks.kinds.recorded import RecordedKind
from workflows.workbooks.rows import said_by


class Entries(RecordedKind):
    """The workbook of one register. Tables of lines and boxes to tick are for its page."""

    def __init__(self, register: Register) -> None:
        self.register = register
        self.key, self.title, self.about = register.key, register.title, register.about  # type: ignore[misc]
        self.power, self.titled_by = register.power, register.titled_by  # type: ignore[misc]

    def form(self, office: Office, officer: Officer | None) -> Any:
        return self.register.form(reach=reach_of(office))

    def names(self, form: Any) -> list[str]:
        several = (RowsField, ModelMultipleChoiceField)
        return [name for _title, names in form.ordered for name in names if not isinstance(form.fields[name], several)]

    def records(self, office: Office) -> Iterator[Any]:
        model: Any = self.register.model
        reach = reach_of(office)
        rows = model.objects.filter(**{model.STATE: office.state_id}, removed_why="").select_related(*self.register.related).order_by("pk")
        if reach.districts is not None:
            rows = rows.filter(**{f"{model.DISTRICT}__in": reach.districts})
        return rows.iterator()

    def writer(self, book: Workbook, *, by: Officer) -> Writer:
        judge = self.judge(book.office, by)

        def write(rows: list[WorkbookRow]) -> dict[int, str]:
            became = {}
            for row in rows:
                entry = writing.add(self.register, judge.bound(said_by(row)), by=by, origin=origin(book, row.number))
                became[row.pk] = f"{entry._meta.label_lower}:{entry.pk}"
            return became

        return write
