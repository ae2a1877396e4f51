"""Forms that write the domain record on a page of their own: the first proposal, its correction, reports."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from django import forms
from django.db.models import Model
from django.forms.models import model_to_dict
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programme.models import Norm, Office, Officer
from programme.powers import Power
from workflows.authority import may
from workflows.bars import waited_for, waiting_sentence
from workflows.changes import PAPER, alike
from workflows.forms.decisions import SignedForm
from workflows.forms.fields import TextField
from workflows.forms.rows import Line, RowsField, hand_over, keep, lines_of, to_plain
from workflows.models import Enclosure, Movement, Objection, Outcome
from workflows.objections import standing
from workflows.papers import kinds_changed

WAIVER, REPLY = "waiver_", "reply_"
LONGEST_WAIVER, LONGEST_REPLY = 500, 1000


@cache
def waiver_names(form_class: Any) -> frozenset[str]:
    """Return the names under which a page of the record may carry why a paper is not attached."""
    return frozenset(f"{WAIVER}{kind}" for kind in form_class.paper_kinds)


def names_besides(form_class: Any, sent: Iterable[str]) -> set[str]:
    """Return the names that a page of the record carries beside its own fields: why a paper is missing, answers to objections."""
    return {*waiver_names(form_class)} | {name for name in sent if name.startswith(REPLY) and name.removeprefix(REPLY).isdecimal()}


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
    # How the record is filled and judged as a whole where the form is asked about thousands of rows.
    filling: Callable[[], None] | None = None

    def __init__(
        self,
        data: Any = None,
        *,
        office: Office,
        officer: Officer | None,
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
        for objection in self.objected:
            self.fields[f"{REPLY}{objection.pk}"] = self._reply_to(objection)

    def _reply_to(self, objection: Objection) -> TextField:
        reply = TextField(
            label=_("Answer to the objection “%(text)s”") % {"text": Truncator(objection.text).chars(60)},
            help_text=gettext_lazy("Needed where you change nothing here."),
            required=False,
            max_length=LONGEST_REPLY,
            widget=forms.Textarea(attrs={"rows": 2}),
            initial=self.initial.get(f"{REPLY}{objection.pk}") or objection.answer,
        )
        reply.conditional = True  # type: ignore[attr-defined]  # so the page does not call it optional
        return reply

    def scope(self, office: Office) -> None:
        """Limit the choices to what the office may name."""

    def own_rows(self, name: str) -> dict[str, Any]:
        """Return the columns by which the child rows this form shows and writes are told from those of other offices; empty: all."""
        return {}

    def required_papers(self, norm: Norm) -> list[str]:
        """Return the kinds of paper without which the form is not complete."""
        return []

    def _offer_waivers(self) -> None:
        """Ask for a reason beside every required paper that is not there, where the office may let it be missing."""
        missing = set(self.required_papers(self.norm)) - {paper.kind for paper in self.papers}
        if missing and self.officer and may(self.officer, Power.WAIVE_PAPER, self.office, afresh=False):
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
        for name in filter(self.fields.__contains__, waiver_names(type(self))):
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
        """Return what is objected to on this page and not answered yet."""
        if not self.movement or not self.movement.returns_to:
            return []
        unanswered = standing(self.movement.case).filter(answered_in=None).select_related("noting").order_by("pk")
        return [objection for objection in unanswered if objection.to in self._here]

    @property
    def _here(self) -> set[str]:
        return set(self.record_fields) | {f"{PAPER}{kind}" for kind in self.paper_kinds}

    def _close(self, names: set[str]) -> None:
        """Show these fields for reading; they keep what the record says, whatever a draft or a sent page holds."""
        self.initial.update(model_to_dict(self.instance, [*names - set(self.row_fields)]))
        for name in names:
            self.fields[name].disabled = True

    def _fill(self, name: str, field: RowsField) -> None:
        held = lines_of(self.instance, name, field, self.own_rows(name))
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
        return {name.removeprefix(PAPER) for name in self._open({f"{PAPER}{kind}" for kind in self.paper_kinds})}

    def _open(self, names: set[str]) -> set[str]:
        named = {objection.to for objection in self.objected}
        return names & named if named else names

    def objections_to(self, name: str) -> list[Objection]:
        return [objection for objection in self.objected if objection.to == name]

    def replies_to(self, name: str) -> list[Any]:
        """Return the bound fields in which the objections to a field or paper are answered."""
        return [self[f"{REPLY}{objection.pk}"] for objection in self.objections_to(name)]

    @property
    def answered(self) -> list[tuple[Objection, str]]:
        return [(objection, self.cleaned_data.get(f"{REPLY}{objection.pk}", "")) for objection in self.objected]

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
                "objections": self.objections_to(f"{PAPER}{kind}"),
                "replies": self.replies_to(f"{PAPER}{kind}"),
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
        signer = self.officer.pk if self.officer else None
        for paper in self.papers:
            if paper.case_id is None and paper.added_by_id != signer and str(paper.pk) not in seen:
                self.add_error(None, _("“%(name)s” was attached after you opened this form. Look at it, then sign.") % {"name": paper.name})
        sent: Any = self.data.copy()  # type: ignore[attr-defined]
        sent["papers_seen"] = self._held_papers()
        self.data = sent

    def save(self, commit: bool = True) -> Any:
        """Save the record with its lines, in the caller's transaction; raise ``Refusal`` for a line that is another record's."""
        if self.paper_kinds:
            self.instance.waivers = self._waivers()
        for name, lines in self._written_lines():
            hand_over(self.instance, name, lines)
        record = super().save(commit)
        self.keep_lines()
        return record

    def keep_lines(self) -> None:
        """Write the lines that are child rows, and nothing of the record itself."""
        for name, lines in self._written_lines():
            keep(self.instance, name, lines, self.own_rows(name))

    def _written_lines(self) -> list[tuple[str, list[Line]]]:
        return [(name, self.cleaned_data[name]) for name, field in self.row_fields.items() if not field.disabled]

    def _post_clean(self) -> None:
        (self.filling or super()._post_clean)()  # type: ignore[misc]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors:
            self.norm = self.norm_for(data)
        if self.movement and (waits := waiting_sentence(waited_for(self.movement))):
            self.add_error(None, waits)
        self._refuse_unseen_papers()
        self._ask_for_answers(data)
        there = {paper.kind for paper in self.papers} | set(self._waivers())
        for kind in self.required_papers(self.norm):
            if kind not in there:
                self.errors[f"paper_{kind}"] = self.error_class([_("Attach: %(paper)s.") % {"paper": self.instance.PAPERS[kind]}])
        return data

    def _ask_for_answers(self, data: dict[str, Any]) -> None:
        """Ask for words at every objection where nothing was changed."""
        for objection in self.objected:
            name = f"{REPLY}{objection.pk}"
            if not data.get(name) and objection.to not in self.errors and not self._changed_at(objection, data):
                self.add_error(name, _("Nothing was changed here. Answer the objection, or put right what is objected to."))

    def _changed_at(self, objected: Objection, data: dict[str, Any]) -> bool:
        """Say whether what was sent for the field or paper differs from what the record holds."""
        to = objected.to
        if to.startswith(PAPER):
            kind = to.removeprefix(PAPER)
            fresh = [paper for paper in self.papers if paper.kind == kind and paper.case_id is None]
            return bool(kinds_changed(objected.case, fresh)) or self._waivers().get(kind) != self.waivers.get(kind)
        field, new = self.fields[to], data.get(to)
        if isinstance(field, RowsField):
            held = lines_of(self.instance, to, field, self.own_rows(to))
            return not alike(to_plain(held), to_plain(new or []))
        if to in getattr(self.instance, "IDENTITIES", {}):
            return new is not None and new != self.instance.identity(to)
        old = model_to_dict(self.instance, [to])[to]
        return (_kept(old) or "") != (_kept(new) or "") and not alike(_kept(old), _kept(new))


def _kept(value: Any) -> Any:
    """Return a value as the record keeps it: rows by their number, whatever their order."""
    if isinstance(value, Model):
        return value.pk
    return sorted(row.pk for row in value) if hasattr(value, "__iter__") and all(isinstance(row, Model) for row in value) else value
