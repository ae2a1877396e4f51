"""Matters: problems, suggestions, directions and market gaps, solved on the spot or begun as a process; nothing stays silent."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programme.calendar import today
from programme.models import Matter, MatterOutcome, Officer
from workflows.flows import ActionPlanFlow
from workflows.models import Case
from workflows.registers.declaring import Cell, Column, Register, Standing, Table, open_first
from workflows.registers.forms import EntryForm
from workflows.sheets.columns import Type
from workflows.sight import visible_to


class MatterForm(EntryForm):
    sections = [
        (gettext_lazy("What was raised"), ["kind", "event", "district", "topic", "text_hi", "text_en", "raised_by"]),
        (gettext_lazy("What came of the matter"), ["outcome", "solution", "file_number", "task", "owner", "due", "done_on", "done_how"]),
    ]

    class Meta(EntryForm.Meta):
        model = Matter
        fields = [
            "kind", "event", "district", "topic", "text_hi", "text_en", "raised_by",
            "outcome", "solution", "file_number", "task", "owner", "due", "done_on", "done_how",
        ]  # fmt: skip

    def clean_file_number(self) -> str:
        number: str = self.cleaned_data["file_number"]
        if number and not Case.objects.filter(number=number, state=self.reach.state).exists():
            self.add_error("file_number", _("There is no file with this number in your State."))
        return number

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data.get("text_hi") and not data.get("text_en") and not {"text_hi", "text_en"} & self.errors.keys():
            self.add_error("text_hi", _("Write what was said, in Hindi or in English."))
        event, district = data.get("event"), data.get("district")
        if event and event.district_id and district and event.district_id != district.pk:
            self.add_error("district", _("The event was held in another district."))
        self._clean_outcome(data)
        self.day_not_ahead("done_on")
        return data

    def _clean_outcome(self, data: dict[str, Any]) -> None:
        """Refuse the third, silent kind: what is solved has words, what is begun has a file or a dated task of an office."""
        outcome = data.get("outcome")
        if outcome == MatterOutcome.SOLVED and not data.get("solution"):
            self.add_error("solution", _("Write how it was solved."))
        if outcome == MatterOutcome.OPEN:
            for name in ("solution", "file_number"):
                if data.get(name):
                    self.add_error("outcome", _("It is solved or begun: choose what came of it."))
                    break
        if outcome == MatterOutcome.STARTED and not data.get("file_number") and "file_number" not in self.errors:
            for name, sentence in STARTED_NEEDS.items():
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
        if bool(data.get("done_on")) != bool(data.get("done_how")) and not {"done_on", "done_how"} & self.errors.keys():
            self.add_error("done_how", _("Write the day on which the task was done, and how."))
        if data.get("done_on") and not data.get("task"):
            self.add_error("task", _("Write the task that was done."))


STARTED_NEEDS = {
    "task": gettext_lazy("Write the number of the file that was opened, or the task that was given."),
    "owner": gettext_lazy("Choose the office that answers for the task."),
    "due": gettext_lazy("Write by when the task is due."),
}


ENDED = Q(outcome=MatterOutcome.SOLVED) | Q(done_on__isnull=False)


def _overdue() -> Q:
    return Q(due__lt=today()) & ~ENDED


def is_overdue(matter: Matter) -> bool:
    """Say whether the day of a matter is over and nothing is done, as the list finds it."""
    return bool(matter.due and matter.due < today() and not matter.done_on and matter.outcome != MatterOutcome.SOLVED)


def _warnings(matter: Matter) -> list[str]:
    return [_("Overdue.")] if is_overdue(matter) else []


def _tables(matter: Matter, officer: Officer) -> Iterator[Table]:
    """Yield everything done for a matter: the file that was opened, and the activities of plans that answer it."""
    readable = visible_to(officer)
    if matter.event:
        yield Table(_("Raised at"), [_("Event")], [[Cell(str(matter.event), reverse("entry", args=["events", matter.event_id]))]])
    rows = []
    if matter.file_number:
        case = readable.filter(number=matter.file_number).first()
        rows.append([Cell(matter.file_number, reverse("file", args=[case.pk]) if case else ""), Cell(case.subject if case else _("File"))])
    activities = list(matter.activities.select_related("plan__season", "department").prefetch_related("updates"))
    plans = {activity.plan_id for activity in activities}
    files = dict(readable.filter(kind=ActionPlanFlow.slug, record_id__in=plans).values_list("record_id", "pk"))
    for activity in activities:
        address = reverse("activities", args=[files[activity.plan_id]]) if activity.plan_id in files else ""
        rows.append([Cell(activity.line(), address), Cell(f"{activity.status_title} · {activity.progress}\u00a0%")])
    yield Table(_("Done for this matter"), [_("What"), _("How it stands")], rows)


MATTERS = Register(
    model=Matter,
    order=open_first(ENDED),
    title=gettext_lazy("Matters"),
    one=gettext_lazy("Matter"),
    about=gettext_lazy("Problems, suggestions, directions and market gaps: who answers, by when, and what came of each."),
    form=MatterForm,
    columns=(
        Column("text", gettext_lazy("Matter"), lambda matter: matter.text, Type.LONG_TEXT, 50),
        "kind",
        "topic",
        "district",
        "owner",
        "due",
        "outcome",
        Column("overdue", gettext_lazy("Overdue"), is_overdue, Type.YES_NO, 10),
    ),
    search=("text_hi", "text_en", "task", "file_number", "district__name_en", "district__name_hi"),
    filters=("kind", "topic", "district", "outcome", "due"),
    standings=(
        Standing("open", gettext_lazy("Neither solved nor begun"), lambda: Q(outcome=MatterOutcome.OPEN)),
        Standing("overdue", gettext_lazy("Overdue"), _overdue),
        Standing("done", gettext_lazy("Task done"), lambda: Q(done_on__isnull=False)),
    ),
    related=("district", "state", "event", "owner__designation", "owner__district"),
    reasons=frozenset({"due", "owner"}),
    titled_by=("kind", "district"),
    tables=_tables,
    warnings=_warnings,
)
