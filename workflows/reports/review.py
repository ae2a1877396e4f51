"""The line of the review meeting, as its page and its list have it: one row for a process in a district that sent something."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy

from workflows import reviewing
from workflows.exports.boards import REVIEW as LIST
from workflows.reports.declaring import Asked, Report, Row
from workflows.reviewing import Line, Result


def _rows(asked: Asked) -> list[Row]:
    begins = int(asked.year[:4])
    period = date(begins, 4, 1), date(begins + 1, 3, 31)
    sections = reviewing.review(asked.scope, *period, now=timezone.now(), process=asked.process)
    return [_row(line) for section in sections for line in section.lines]


def _row(line: Line) -> Row:
    return {"process": line.process, "district": line.place, **line.figures}


REVIEWED = Report(
    key="review",
    title=gettext_lazy("Review meeting"),
    about=gettext_lazy(
        "Of the files received in a year, by process and district: how many are sanctioned, rejected, or pending in or beyond time."
    ),
    columns=tuple(LIST.columns),
    rows=_rows,
    asks=("process", "year"),
    summed=("received", *Result.values, "pending", "returned", "amount", "sanctioned_for"),
    own_page="review",
)
