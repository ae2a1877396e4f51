"""The working paper of a sample as a workbook: how it was drawn, and a row for each file with every result and observation."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programme.bilingual import in_both, reads_hindi
from workflows.audit import observing, sampling
from workflows.models import Observation, Sample, SampleItem, TestStep
from workflows.sheets.columns import Column, Type
from workflows.sheets.lists import write_list
from workflows.templatetags.words import digits_day, moment

NARROW, WIDE = 14, 40
# Key, heading, type and width of what every working paper says of a file.
OF_A_FILE: list[tuple[str, Any, Type, int]] = [
    ("position", gettext_lazy("No."), Type.WHOLE, 6),
    ("number", gettext_lazy("File number"), Type.IDENTIFIER, 24),
    ("subject", gettext_lazy("Subject"), Type.TEXT, WIDE),
    ("district", gettext_lazy("District"), Type.TEXT, NARROW),
    ("stratum", gettext_lazy("Stratum"), Type.TEXT, 20),
    ("amount", gettext_lazy("Amount (₹)"), Type.RUPEES, 18),
    ("certain", gettext_lazy("Certain"), Type.YES_NO, 10),
]


def observations_of(sample: Sample, item: SampleItem | None = None) -> list[Observation]:
    """Return the observations made in a sample, or on one file of it, in the order in which they were made."""
    rows = observing.rows().filter(item__sample=sample).select_related("item").prefetch_related("replies__made_by").order_by("pk")
    return list(rows.filter(item=item) if item else rows)


def drawn_how(sample: Sample) -> str:
    """Return in one line how a sample was drawn, so that it can be drawn again."""
    said = {
        "title": sample.title,
        "method": sample.get_method_display(),
        "drawn": sample.items.count(),
        "population": sample.population,
        "seed": sample.seed,
        "digest": sample.digest,
        "moment": moment(sample.drawn_at),
    }
    return _("%(title)s · %(method)s · %(drawn)s of %(population)s files · seed %(seed)s · population %(digest)s · drawn %(moment)s") % said


def write(sample: Sample, file: Path | BinaryIO) -> int:
    """Write the working paper as an .xlsx in the reader's language and return the number of files."""
    steps = list(sample.steps.all())
    language = "hi" if reads_hindi() else "en"
    return write_list(file, _columns(steps), _rows(sample, steps), title=drawn_how(sample), language=language)


def _columns(steps: list[TestStep]) -> list[Column]:
    columns = [_column(key, heading, kind, width) for key, heading, kind, width in OF_A_FILE]
    for step in steps:
        columns.append(_column(f"found{step.pk}", f"{step.position}. {step.text}", Type.TEXT, 20))
        columns.append(_column(f"said{step.pk}", _Remark(step.position), Type.TEXT, WIDE))
    return [*columns, _column("observed", gettext_lazy("Observations and replies"), Type.LONG_TEXT, 60)]


class _Remark:
    """The heading of the remarks to a step, in whichever language it is read."""

    def __init__(self, position: int) -> None:
        self.position = position

    def __str__(self) -> str:
        return _("Remark to %(n)s") % {"n": self.position}


def _column(key: str, heading: Any, kind: Type, width: int) -> Column:
    label = in_both(lambda: str(heading), "label")
    return Column(key, label["label_en"], label["label_hi"], type=kind, width=width)


def _rows(sample: Sample, steps: list[TestStep]) -> Iterator[dict[str, object]]:
    results = sampling.results_in(sample)
    observed: dict[int | None, list[Observation]] = {}
    for observation in observations_of(sample):
        observed.setdefault(observation.item_id, []).append(observation)
    for item in sample.items.select_related("case__district"):
        row: dict[str, object] = {
            "position": item.position,
            "number": item.case.number,
            "subject": item.case.subject,
            "district": item.case.district.name if item.case.district else "",
            "stratum": sampling.stratum_title(sample.strata, item.stratum) if sample.strata else "",
            "amount": item.amount,
            "certain": item.certain,
            "observed": "\n".join(_said(observation) for observation in observed.get(item.pk, [])),
        }
        for step in steps:
            result = results.get((item.pk, step.pk))
            if result:
                row |= {f"found{step.pk}": str(result.get_finding_display()), f"said{step.pk}": result.text}
        yield row


def _said(observation: Observation) -> str:
    lines = [_("Paragraph %(n)s") % {"n": observation.noting.paragraph} + f" ({observation.hash}): {observation.text}"]
    lines += [f"{observation.office.name}, {digits_day(reply.made_at)}: {reply.text}" for reply in observation.replies.all()]
    if hasattr(observation, "settlement"):
        lines.append(_("Settled: %(why)s") % {"why": observation.settlement.text})
    return "\n".join(lines)
