"""Activities of an action plan: rows become lines in the draft of the office's own section, beside those that are there."""

from collections.abc import Iterator
from functools import partial
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from programme.bilingual import in_both
from programme.models import Office, Officer
from programme.powers import Power
from workflows import authority
from workflows.authority import Refusal
from workflows.flows import ActionPlanFlow
from workflows.forms.plan import ActivitiesForm, days_in_disorder
from workflows.forms.rows import Line, RowsField, lines_of, to_plain
from workflows.models import Draft, Movement, Workbook, WorkbookRow
from workflows.sheets.cells import plain
from workflows.workbooks.judge import Judged
from workflows.workbooks.kind import Both, Kind, Standing, Writer, origin
from workflows.workbooks.rows import said_by
from workflows.workbooks.shapes import Place, Shape, plain_row

FIELD = "activities"


class LinesForm(forms.Form):
    """The lines of a section alone, judged as its page judges them."""

    def __init__(self, field: RowsField, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields[FIELD] = field

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for fault in days_in_disorder(data.get(FIELD, [])):
            self.add_error(FIELD, fault)
        return data


class Activities(Kind):
    key = "activities"
    title = gettext_lazy("Activities of the action plan")
    about = gettext_lazy("One row for each activity of your own section of the district's plan.")
    power = Power.DRAFT_PLAN
    titled_by = (f"{FIELD}_title",)
    is_drafted = True

    def offices(self, officer: Officer) -> list[Office]:
        """Return the officer's offices at which a plan waits to be written."""
        held = [*authority.offices_with(officer, Power.DRAFT_PLAN), *authority.offices_with(officer, Power.ADD_TO_PLAN)]
        writing = set(_stays().filter(office__in=[office.pk for office in held]).values_list("office", flat=True)) if held else set()
        return [office for office in held if office.pk in writing]

    def check(self, officer: Officer, office: Office) -> None:
        authority.check_step(officer, self.stay(office))

    def stay(self, office: Office) -> Movement:
        """Return the stay at which the office writes the plan; raise ``Refusal`` when none waits there."""
        stay = _stays().filter(office=office).order_by("-pk").first()
        if stay is None:
            raise Refusal(_("No action plan waits at %(office)s to be written.") % {"office": office.name})
        return stay

    def section(self, stay: Movement) -> ActivitiesForm:
        form: ActivitiesForm = stay.node.form_class(office=stay.office, officer=None, norm=stay.case.norm, papers=[], movement=stay)
        return form

    def form(self, office: Office, officer: Officer | None) -> Any:
        return LinesForm(self.section(self.stay(office)).row_fields[FIELD])

    def held(self, stay: Movement) -> list[dict[str, Any]]:
        """Return the lines of the section as its page would show them: those of the draft, where one is begun, else of the plan."""
        form = self.section(stay)
        field, draft = form.row_fields[FIELD], getattr(stay, "draft", None)
        restored = field.restored(FIELD, draft.typed) if draft else None
        lines = lines_of(stay.case.record, FIELD, field, form.own_rows(FIELD)) if restored is None else restored
        return [dict(line) | {"id": line.pk} for line in lines if not line.is_blank]

    def rows(self, office: Office, shape: Shape | None = None) -> Iterator[dict[str, Any]]:
        shape = shape or self.judge(office, None).shape
        for line in self.held(self.stay(office)):
            yield shape.row(lambda place, line=line: _read(place, line))  # type: ignore[misc]

    def standing(self, office: Office, shape: Shape) -> Standing:
        return LinesStanding(self, office, shape)

    def writer(self, book: Workbook, *, by: Officer) -> Writer:
        return partial(self.add, book=book, by=by)

    def add(self, rows: list[WorkbookRow], *, book: Workbook, by: Officer) -> dict[int, str]:
        """Add the rows to the draft of the section, which is begun where there is none."""
        stay = self.stay(book.office)
        Movement.objects.select_for_update().get(pk=stay.pk)
        draft = Draft.objects.select_for_update().filter(movement=stay).first() or self._begun(stay, by)
        shape, field = self.judge(book.office, by).shape, self.section(stay).row_fields[FIELD]
        count = int((draft.typed.get(f"{FIELD}-rows") or ["0"])[-1])
        if count + len(rows) > field.max_rows:
            raise Refusal(_most(field.max_rows))
        for n, row in enumerate(rows, count + 1):
            sent = shape.data(said_by(row))
            for place in shape.places:
                draft.typed[f"{FIELD}-{n}-{place.part}"] = [sent.get(f"{FIELD}-1-{place.part}", "")]
        draft.typed[f"{FIELD}-rows"] = [str(count + len(rows))]
        draft.origin = _with(draft.origin, [origin(book, row.number) for row in rows])
        draft.saved_by = by
        draft.save()
        return {row.pk: f"draft:{draft.key}" for row in rows}

    def _begun(self, stay: Movement, by: Officer) -> Draft:
        """Begin the draft with what the plan holds, so that nothing of it goes."""
        form, case = self.section(stay), stay.case
        typed = {name: [plain(getattr(case.record, name))] for name in form._meta.fields or ()}
        lines = self.held(stay)
        for n, line in enumerate(lines, 1):
            [said] = to_plain([line])
            typed |= {f"{FIELD}-{n}-{name}": [str(value)] for name, value in said.items() if value not in (None, "")}
        typed[f"{FIELD}-rows"] = [str(len(lines))]
        words = {"kind": case.kind, "office": stay.office, "subject": case.subject, "made_by": by, "saved_by": by}
        return Draft.objects.create(key=uuid4(), movement=stay, typed=typed, **words)


class LinesStanding(Standing):
    """An activity that the section holds word for word stands already; one more than the section has room for cannot stand."""

    def __init__(self, kind: Activities, office: Office, shape: Shape) -> None:
        stay = kind.stay(office)
        self.most = kind.section(stay).row_fields[FIELD].max_rows
        held = kind.held(stay)
        self.held = [plain_row(row) for row in kind.rows(office, shape)]
        self.room = self.most - len(held)

    def present(self, row: Judged) -> Both | None:
        if row.values in self.held:
            return in_both(lambda: _("The plan holds this activity already."), "sentence")
        if self.room <= 0:
            row.refuse("", lambda: _most(self.most))
        if not row.faults:
            self.room -= 1
        return None


def _most(count: int) -> str:
    said = ngettext("A section holds not more than %(count)d activity.", "A section holds not more than %(count)d activities.", count)
    return said % {"count": count}


def _with(held: list[dict[str, Any]], added: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return origins with further rows: one entry a workbook, its rows in order."""
    by_book = {said["sha256"]: said | {"rows": list(said["rows"])} for said in held}
    for said in added:
        entry = by_book.setdefault(said["sha256"], said | {"rows": []})
        entry["rows"] = sorted({*entry["rows"], *said["rows"]})
    return list(by_book.values())


def _stays() -> Any:
    steps = [node.name for node in ActionPlanFlow.instance.nodes() if _writes(node)]
    related = ("case__norm", "case__state", "case__district", "office__designation__state", "office__district", "draft")
    return Movement.objects.filter(case__kind=ActionPlanFlow.slug, disposed=None, step__in=steps).select_related(*related)


def _writes(node: Any) -> bool:
    form_class = getattr(node, "form_class", None)
    return isinstance(form_class, type) and issubclass(form_class, ActivitiesForm)


def _read(place: Place, line: Line | dict[str, Any]) -> Any:
    """Return a cell of a line as its column reads it; what it does not read is left out."""
    try:
        return place.inner.to_python(line.get(place.part))
    except forms.ValidationError:
        return None
