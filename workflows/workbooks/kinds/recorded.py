"""Kinds whose accepted rows are written at once, by the verb that set-up uses, with the same line in the history of the record."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.db.models import Model
from django.utils import translation
from django.utils.translation import gettext as _

from programme.bilingual import in_both
from programme.models import Office, Officer
from programme.powers import Power
from workflows.models import Workbook, WorkbookRow
from workflows.workbooks.judge import Judged
from workflows.workbooks.kind import Both, Kind, Standing, Writer
from workflows.workbooks.rows import said_by
from workflows.workbooks.shapes import Place, Shape, plain_row


class RecordedKind(Kind):
    """A kind of ``form_class``, a form of one State's table."""

    form_class: ClassVar[Any]
    power = Power.ADMINISTER

    def form(self, office: Office, officer: Officer | None) -> Any:
        return self.form_class(state=office.designation.state)

    def records(self, office: Office) -> Any:
        """Return the records of the State that a template is filled with."""
        raise NotImplementedError

    def value(self, record: Any, place: Place) -> Any:
        """Return what stands in a column of a record."""
        return getattr(record, place.field, None)

    def rows(self, office: Office, shape: Shape | None = None) -> Iterator[dict[str, Any]]:
        shape = shape or self.judge(office, None).shape
        for record in self.records(office):
            yield shape.row(lambda place, record=record: self.value(record, place))  # type: ignore[misc]

    def standing(self, office: Office, shape: Shape) -> Standing:
        return RecordsStanding(self, office, shape)

    def writer(self, book: Workbook, *, by: Officer) -> Writer:
        judge = self.judge(book.office, by)

        def write(rows: list[WorkbookRow]) -> dict[int, str]:
            became = {}
            for row in rows:
                record, made = self.write(judge.bound(said_by(row)), by)
                _tell(record, book, row, by, flag=ADDITION if made else CHANGE)
                became[row.pk] = f"{record._meta.label_lower}:{record.pk}"
            return became

        return write

    def write(self, form: Any, by: Officer) -> tuple[Model, bool]:
        """Write what the valid form asks for; return the record, and whether it is a new one."""
        raise NotImplementedError


class RecordsStanding(Standing):
    """A row that says what a record says stands already."""

    def __init__(self, kind: RecordedKind, office: Office, shape: Shape) -> None:
        self.held = {frozenset(plain_row(row).items()) for row in kind.rows(office, shape)}

    def present(self, row: Judged) -> Both | None:
        if frozenset(row.values.items()) in self.held:
            return in_both(lambda: _("It stands here already."), "sentence")
        return None


def _tell(record: Model, book: Workbook, row: WorkbookRow, by: Officer, *, flag: int) -> None:
    """Write the line in the record's history that set-up writes, with the row it comes from."""
    said = {"name": book.name, "row": row.number, "sha256": book.sha256}
    with translation.override(settings.LANGUAGE_CODE):
        text = _("From workbook %(name)s, row %(row)s, SHA-256 %(sha256)s") % said
    LogEntry.objects.log_actions(by.pk, [record], flag, change_message=text, single_object=True)
