"""What the last computing of all sanctioned amounts found that is not as the stored version of the rules gives it."""

from collections.abc import Mapping

from django.db.models import OuterRef, Subquery
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


def last_runs(asked: Asked) -> list[Job]:
    """Return for each State of the reader the newest computing that came to its end."""
    ended = Job.objects.filter(kind=recomputing.KIND, status=JobStatus.FINISHED)
    newest = ended.filter(state=OuterRef("state")).order_by("-finished_at", "-pk").values("pk")[:1]
    states = asked.scope.states.union(part.state for part in asked.scope.parts)
    return list(ended.filter(pk=Subquery(newest), state__in=states).select_related("state").order_by("state"))


def _rows(asked: Asked) -> list[Row]:
    """Return a row for each difference that the last run of a State found. Two queries."""
    found = AmountDifference.objects.filter(asked.scope.files("case__"), job__in=last_runs(asked))
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
    runs = last_runs(asked)
    if not runs:
        return _("The sanctioned amounts of this State were not computed again yet.")
    return " ".join(_of_run(run, asked) if len(runs) == 1 else f"{run.state.name}: {_of_run(run, asked)}" for run in runs)


def _of_run(run: Job, asked: Asked) -> str:
    """Say what a run looked at; how many files the State has is nothing for an auditor of a part of it."""
    if run.state_id not in asked.scope.states:
        return _("The sanctioned amounts of the State were last computed again on %(moment)s.") % {"moment": moment(run.finished_at)}
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
    of_files=True,
    note=_note,
)
