"""Forms that write the domain record on a page of their own: the first proposal, its correction, reports."""

from typing import Any

from django import forms
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programme.models import Norm, Office, Officer
from programme.powers import Power
from workflows.authority import may
from workflows.forms.decisions import SignedForm
from workflows.forms.fields import TextField
from workflows.forms.rows import RowsField, hand_over, keep, lines_of
from workflows.models import Enclosure, Movement, Objection, Outcome

WAIVER = "waiver_"
LONGEST_WAIVER = 500


def waiver_names(form_class: Any) -> set[str]:
    """Return the names under which a page of the record may carry why a paper is not attached."""
    return {f"{WAIVER}{kind}" for kind in form_class.paper_kinds}


class RecordForm(SignedForm, forms.ModelForm):
    """A page of the record, its papers, and the covering note.

    ``papers`` are the enclosures that count now. When the file came back with objections bound to fields or papers,
    only those are open; the rest is readable and cannot be changed. A required paper that is missing bars the signature, unless
    an office that may waive it says why.
    """

    own_page = True

    papers_seen = forms.CharField(widget=forms.HiddenInput, required=False)

    # The field whose words stand over the file and its draft.
    titled_by = "title"
    sections: list[tuple[Any, list[str]]] = []
    paper_kinds: tuple[str, ...] = ()

    def __init__(
        self,
        data: Any = None,
        *,
        office: Office,
        officer: Officer,
        norm: Norm,
        papers: list[Enclosure],
        movement: Movement | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, instance=movement.case.record if movement else None, **kwargs)
        self.movement, self.office, self.officer, self.norm, self.papers = movement, office, officer, norm, papers
        self.fields["text"].label = gettext_lazy("Covering note")
        self.fields["text"].widget.attrs["rows"] = 3
        self.fields["seen"].initial = movement.case.head if movement else ""
        self.fields["papers_seen"].initial = self._held_papers()
        self.objected = self._objections()
        self.scope(office)
        self._close(set(self.record_fields) - self.open_fields)
        for name, field in self.row_fields.items():
            self._fill(name, field)
        self._offer_waivers()

    def scope(self, office: Office) -> None:
        """Limit the choices to what the office may name."""

    def required_papers(self, norm: Norm) -> list[str]:
        """Return the kinds of paper without which the form is not complete."""
        return []

    def _offer_waivers(self) -> None:
        """Ask for a reason beside every required paper that is not there, where the office may let it be missing."""
        missing = set(self.required_papers(self.norm)) - {paper.kind for paper in self.papers}
        if missing and may(self.officer, Power.WAIVE_PAPER, self.office, afresh=False):
            for kind in sorted(missing & self.open_papers):
                self.fields[f"{WAIVER}{kind}"] = TextField(
                    label=gettext_lazy("Why it is not attached"),
                    required=False,
                    max_length=LONGEST_WAIVER,
                    initial=self.initial.get(f"{WAIVER}{kind}") or self.waivers.get(kind, {}).get("text", ""),
                )

    @property
    def waivers(self) -> dict[str, dict[str, str]]:
        """The papers that the record lets pass already, by kind: who did and why."""
        return getattr(self.instance, "waivers", {})

    def _waivers(self) -> dict[str, dict[str, str]]:
        """Return the papers let pass, by kind: earlier waivers of papers still missing, and those given here."""
        held = {paper.kind for paper in self.papers}
        kept = {kind: waiver for kind, waiver in self.waivers.items() if kind not in held}
        for name in waiver_names(type(self)) & set(self.fields):
            kind, text = name.removeprefix(WAIVER), self.cleaned_data.get(name)
            if not text:
                kept.pop(kind, None)
            elif text != kept.get(kind, {}).get("text"):
                kept[kind] = {"text": text, **self.office.names()}
        return kept

    def norm_for(self, data: dict[str, Any]) -> Norm:
        """Return the version of the rules that what was typed is judged by; raise ``ValidationError`` when there is none."""
        return self.norm

    def _objections(self) -> list[Objection]:
        if not self.movement or not self.movement.returns_to:
            return []
        return list(Objection.objects.filter(case=self.movement.case_id, answered_in=None).order_by("pk"))

    def _close(self, names: set[str]) -> None:
        """Show these fields for reading; they keep what the record says, whatever a draft or a sent page holds."""
        self.initial.update(model_to_dict(self.instance, [*names - set(self.row_fields)]))
        for name in names:
            self.fields[name].disabled = True

    def _fill(self, name: str, field: RowsField) -> None:
        held = lines_of(self.instance, name, field)
        field.ids = frozenset(line.pk for line in held if line.pk is not None)
        if field.disabled or self.initial.get(name) is None:
            self.initial[name] = held

    @property
    def row_fields(self) -> dict[str, RowsField]:
        """Return the fields that hold several lines, by name."""
        return {name: field for name, field in self.fields.items() if isinstance(field, RowsField)}

    @property
    def record_fields(self) -> list[str]:
        return [*(self._meta.fields or ()), *self.row_fields]

    @property
    def open_fields(self) -> set[str]:
        """Return the fields that may be changed now."""
        return self._open(set(self.record_fields))

    @property
    def open_papers(self) -> set[str]:
        """Return the kinds of paper that may be added or replaced now."""
        return {name.removeprefix("paper:") for name in self._open({f"paper:{kind}" for kind in self.paper_kinds})}

    def _open(self, names: set[str]) -> set[str]:
        here = set(self.record_fields) | {f"paper:{kind}" for kind in self.paper_kinds}
        named = {objection.to for objection in self.objected} & here
        return names & named if named else names

    def objections_to(self, name: str) -> list[Objection]:
        return [objection for objection in self.objected if objection.to == name]

    @property
    def outcome(self) -> Outcome:
        return Outcome.SUBMIT

    def paper_rows(self) -> list[dict[str, Any]]:
        """Return one row a kind of paper for the page: label, papers held, required, open, objections, errors."""
        required = self.required_papers(self.norm)
        return [
            {
                "kind": kind,
                "label": self.instance.PAPERS[kind],
                "papers": [paper for paper in self.papers if paper.kind == kind],
                "required": kind in required,
                "open": kind in self.open_papers,
                "objections": self.objections_to(f"paper:{kind}"),
                "errors": self.errors.get(f"paper_{kind}", []) if self.is_bound else [],
                "waiver": self[f"{WAIVER}{kind}"] if f"{WAIVER}{kind}" in self.fields else None,
                "waived": self.waivers.get(kind),
            }
            for kind in self.paper_kinds
        ]

    def _held_papers(self) -> str:
        return " ".join(str(paper.pk) for paper in self.papers if paper.case_id is None)

    def _refuse_unseen_papers(self) -> None:
        """Let nobody sign a paper that somebody else attached after the page was opened."""
        seen = self.cleaned_data.get("papers_seen", "").split()
        for paper in self.papers:
            if paper.case_id is None and paper.added_by_id != self.officer.pk and str(paper.pk) not in seen:
                self.add_error(None, _("“%(name)s” was attached after you opened this form. Look at it, then sign.") % {"name": paper.name})
        sent: Any = self.data.copy()  # type: ignore[attr-defined]
        sent["papers_seen"] = self._held_papers()
        self.data = sent

    def save(self, commit: bool = True) -> Any:
        """Save the record with its lines, in the caller's transaction; raise ``Refusal`` for a line that is another record's."""
        if self.paper_kinds:
            self.instance.waivers = self._waivers()
        written = {name: self.cleaned_data[name] for name, field in self.row_fields.items() if not field.disabled}
        for name, lines in written.items():
            hand_over(self.instance, name, lines)
        record = super().save(commit)
        for name, lines in written.items():
            keep(record, name, lines)
        return record

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors:
            self.norm = self.norm_for(data)
        self._refuse_unseen_papers()
        there = {paper.kind for paper in self.papers} | set(self._waivers())
        for kind in self.required_papers(self.norm):
            if kind not in there:
                self.errors[f"paper_{kind}"] = self.error_class([_("Attach: %(paper)s.") % {"paper": self.instance.PAPERS[kind]}])
        return data
