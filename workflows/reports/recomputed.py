"""What the last computing of all sanctioned amounts found that is not as the stored version of the rules gives it."""

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from workflows import recomputing
from workflows.flows import FLOWS
from workflows.models import AmountDifference, Job, JobStatus
from workflows.reports.declaring import Asked, Report, Row
from workflows.sheets.columns import Column, Type
from workflows.templatetags.words import moment

# A derivation of many steps would fill a page; the file's history shows it whole.
LONGEST = 400


def last_run(asked: Asked) -> Job | None:
    """Return the newest computing of the reader's State that came to its end."""
    runs = Job.objects.filter(kind=recomputing.KIND, state__in=asked.scope.states, status=JobStatus.FINISHED)
    return runs.order_by("-finished_at", "-pk").first()


def _rows(asked: Asked) -> list[Row]:
    """Return a row for each difference that the last run found. Two queries."""
    run = last_run(asked)
    found = AmountDifference.objects.filter(job=run) if run else AmountDifference.objects.none()
    if asked.process:
        found = found.filter(case__kind=asked.process)
    if asked.district:
        found = found.filter(case__district=asked.district)
    return [_row(difference) for difference in found.select_related("case__district").order_by("case", "pk")]


def _row(found: AmountDifference) -> Row:
    case = found.case
    return {
        "file": case.number,
        "process": str(FLOWS[case.kind].process_title),
        "district": case.district.name if case.district else "",
        "what": str(recomputing.WHAT[found.what]),
        "stored": recomputing.written(found.stored)[:LONGEST],
        "derived": recomputing.written(found.derived)[:LONGEST],
        "_file": case.pk,
    }


def _link(asked: Asked, row: Mapping[str, object], key: str) -> str:
    return reverse("history", args=[row["_file"]]) if key == "file" else ""


def _note(asked: Asked) -> str:
    run = last_run(asked)
    if run is None:
        return _("The sanctioned amounts of this State were not computed again yet.")
    count = run.args["files"]
    files = ngettext(
        "%(count)s sanctioned file was computed again on %(moment)s.",
        "%(count)s sanctioned files were computed again on %(moment)s.",
        count,
    )
    return files % {"count": count, "moment": moment(run.finished_at)}


RECOMPUTED = Report(
    key="recompute",
    title=gettext_lazy("Amounts computed again"),
    about=gettext_lazy(
        "Every sanctioned amount is computed again from the inputs and under the version its file has stored, and held against the "
        "record, the order, its sealed paragraph and the budget ledger. Listed is what differs; an empty list is what should be."
    ),
    columns=(
        Column("file", "File", "पत्रावली", Type.IDENTIFIER, width=24),
        Column("process", "Process", "प्रक्रिया", width=26),
        Column("district", "District", "जनपद", width=20),
        Column("what", "What differs", "क्या भिन्न है", width=34),
        Column("stored", "Stands there", "अंकित", Type.LONG_TEXT, width=40),
        Column("derived", "Is derived", "गणना से", Type.LONG_TEXT, width=40),
    ),
    rows=_rows,
    asks=("process", "district"),
    link=_link,
    of_states=True,
    note=_note,
)
