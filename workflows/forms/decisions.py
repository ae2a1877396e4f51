"""The decision box: outcome, amount, note, objections. If the officer agrees, he only signs."""

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, Self

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from programme.checks import Check
from programme.models import Officer
from programme.money import rupees
from workflows.bars import answerable, barring, waited_for, waiting_sentence
from workflows.forms.fields import RupeeField, TextField
from workflows.forms.rows import RowsField
from workflows.models import Enclosure, Movement, Objection, ObjectionKind, Outcome
from workflows.objections import Raised

OBJECTIONS = 3


class SignedForm(forms.Form):
    """What every form that moves a file carries: the note, and the state of the file the signer saw."""

    own_page = False
    # The sitting whose minutes decide; only a committee's own form has one.
    sitting: dict[str, Any] | None = None
    # How many files one signature decided, and the work that did it; only a file decided with others has one.
    together: dict[str, int] | None = None
    # Who prepared what the signer signs, where that was not done in a draft.
    prepared_by: Officer | None = None
    # What the page showed that was sent, as ``snapshots`` writes it; ``None`` where it did not say.
    sight: dict[str, Any] | None = None
    # The enclosures the form is judged with; only a page of the record has any.
    papers: Sequence[Enclosure] = ()

    text = TextField(label=_("Note"), required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": 4}))
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    @property
    def outcome(self) -> Outcome:
        return Outcome(self.cleaned_data["outcome"])

    @property
    def return_to(self) -> str:
        return self.cleaned_data.get("return_to", "")

    @property
    def objections(self) -> list[Raised]:
        return []

    @property
    def answered(self) -> list[tuple[Objection, str]]:
        """Return the objections the file came back with that this form settles, each with what is answered in words."""
        return []

    @property
    def answers(self) -> dict[str, str]:
        """Return what the officer answers to the machine's checks, by their code."""
        return {}

    @property
    def text_of_note(self) -> str:
        return self.cleaned_data.get("text", "")

    def values(self) -> dict[str, Any]:
        """Return what the outcome writes into the record, by field name."""
        return {}


class DecisionForm(SignedForm):
    """One outcome out of the step's ways; a reason where the file is returned or rejected."""

    amount_field = ""
    amount_outcome: Outcome | None = None
    # Fields of the form that an outcome asks for and writes into the record under the same name.
    writes: dict[Outcome, tuple[str, ...]] = {}

    def __init__(self, *args: Any, movement: Movement, officer: Officer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.movement, self.officer, self.record = movement, officer, movement.case.record
        node = movement.node
        self.fields["seen"].initial = movement.case.head
        self.fields["outcome"] = _outcome_field(node, get_language())
        self._add_amount()
        returning = next((way for way in node.ways if way.outcome == Outcome.RETURN), None)
        if returning:
            self._add_objections(returning.targets)
        self.checks = movement.case.flow_class.checks(movement.case)
        self.asked = {f"answer_{check.code}": check for check in answerable(self.checks, movement, officer)}
        for name, check in self.asked.items():
            self.fields[name] = TextField(
                label=check.text,
                required=False,
                max_length=1000,
                widget=forms.Textarea(attrs={"rows": 2}),
                help_text=_("Say why the file may go on in spite of this; it stands in the note sheet under your name."),
            )
        for name in {name for names in self.writes.values() for name in names}:
            self.fields[name].required = False
        self.fields["text"].help_text = self._about_the_reason()
        written = [name for names in self.writes.values() for name in names]
        self.order_fields(["outcome", self.amount_field, *written, *self.asked, "text", "return_to"])

    @classmethod
    def unchanged(cls, movement: Movement, officer: Officer, *, outcome: Outcome, text: str, seen: str) -> Self:
        """Return the form as its page would send it when the officer changes nothing but outcome and note."""
        form = cls(movement=movement, officer=officer)
        shown = {field.name: value for field in form if (value := field.value()) not in (None, "")}
        form.data, form.is_bound = {**shown, "outcome": outcome.value, "text": text, "seen": seen}, True
        return form

    @property
    def rules_against(self) -> list[str]:
        """Return what the rules say against the file, to be quoted when it is rejected."""
        return [check.text for check in self.checks if check.level == "stop" and (check.at_once or check.override)]

    def _about_the_reason(self) -> str:
        asked = _("A reason is required when you return or reject.")
        if Outcome.REJECT not in {way.outcome for way in self.movement.node.ways} or not self.rules_against:
            return str(asked)
        offered = _("Left empty, a rejection quotes the rule: %(rule)s") % {"rule": " ".join(self.rules_against)}
        return f"{asked} {offered}"

    @property
    def text_of_note(self) -> str:
        """Return what the officer wrote; for a rejection without a word of his own, the rule that stands against the file."""
        written = super().text_of_note
        return written or (" ".join(self.rules_against) if self.outcome == Outcome.REJECT else "")

    def _add_amount(self) -> None:
        if self.amount_field:
            label = self.record._meta.get_field(self.amount_field).verbose_name
            self.fields[self.amount_field] = RupeeField(label=label, required=False, initial=self.record.amount)

    def _add_objections(self, targets: tuple[Any, ...]) -> None:
        case = self.movement.case
        steps = [(target.name, target.named_for(case)) for target in targets]
        if len(steps) > 1:
            self.fields["return_to"] = forms.ChoiceField(
                label=_("Return to"), choices=steps, required=False, widget=forms.RadioSelect, initial=steps[-1][0]
            )
        self.fields |= _objection_fields(self.record.__class__, targets, tuple(target.form_class for target in targets), get_language())

    @property
    def objection_rows(self) -> list[tuple[Any, ...]]:
        """Return the bound fields of each objection, for the page: the field or paper, the kind of fault, the words."""
        rows = [row for row in range(1, OBJECTIONS + 1) if f"about_{row}" in self.fields]
        return [tuple(self[f"{part}_{row}"] for part in ("about", "kind", "objection")) for row in rows]

    @property
    def objects(self) -> bool:
        """Say whether an objection was typed, so that the place for it stands open."""
        return any(field.value() or field.errors for row in self.objection_rows for field in row)

    @property
    def objections(self) -> list[Raised]:
        if self.outcome != Outcome.RETURN:
            return []
        rows = (self._raised(self.cleaned_data, row) for row in range(1, OBJECTIONS + 1))
        return [raised for raised in rows if raised.to and raised.text]

    @staticmethod
    def _raised(data: dict[str, Any], row: int) -> Raised:
        return Raised(*(data.get(f"{part}_{row}", "") for part in ("about", "kind", "objection")))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        chosen = data.get("outcome")
        quoted = chosen == Outcome.REJECT and self.rules_against
        if chosen and Outcome(chosen).needs_reason and not data.get("text") and not self._has_objection(data) and not quoted:
            self.add_error("text", _("Write the reason; the district will see it."))
        if waits := waiting_sentence(waited_for(self.movement)):
            self.add_error("outcome", waits)
        for row in range(1, OBJECTIONS + 1):
            self._clean_objection(self._raised(data, row), row)
        if chosen and chosen == self.amount_outcome and self.amount_field not in self.errors:
            self._clean_amount(data)
        if chosen:
            self._clean_written(data, Outcome(chosen))
            self._clean_answers(data, Outcome(chosen))
        return data

    def _clean_objection(self, raised: Raised, row: int) -> None:
        if bool(raised.to) != bool(raised.text):
            self.add_error(f"objection_{row}", _("Name the field or paper, and say what is wrong with it."))
        elif raised.to and not raised.code and f"kind_{row}" not in self.errors:
            self.add_error(f"kind_{row}", _("Choose what kind of fault it is."))

    def _clean_written(self, data: dict[str, Any], chosen: Outcome) -> None:
        for name in self.writes.get(chosen, ()):
            if data.get(name) in (None, "") and name not in self.errors and self.asks_for(name):
                self.add_error(name, _("Fill this in: the decision you chose asks for it."))

    def asks_for(self, name: str) -> bool:
        """Say whether a written field may not stay empty; a form may let one be."""
        return True

    def _clean_answers(self, data: dict[str, Any], chosen: Outcome) -> None:
        """Ask for an answer at the field of each check that bars the outcome; one that nobody here may lift bars it as a whole."""
        for check in barring(self.checks, chosen, self._answers(data)):
            if f"answer_{check.code}" in self.asked:
                self.add_error(f"answer_{check.code}", _("Answer this before the file goes on, or return it."))
            elif not self._settled_by(chosen, check):
                self.add_error("outcome", _("The file cannot go on: %(why)s") % {"why": check.text})

    def _settled_by(self, chosen: Outcome, check: Check) -> bool:
        """Say whether what the form itself writes may settle the check; it is asked again when it is written, under the file's lock."""
        return chosen == self.amount_outcome and not check.at_once

    def _answers(self, data: dict[str, Any]) -> dict[str, str]:
        return {check.code: text for name, check in self.asked.items() if (text := data.get(name))}

    @property
    def answers(self) -> dict[str, str]:
        return self._answers(self.cleaned_data) if self.outcome.is_forward else {}

    def _has_objection(self, data: dict[str, Any]) -> bool:
        return data.get("outcome") == Outcome.RETURN and any(data.get(f"objection_{row}") for row in range(1, OBJECTIONS + 1))

    def _clean_amount(self, data: dict[str, Any]) -> None:
        amount, most = data.get(self.amount_field), self.most()
        if amount is None:
            self.add_error(self.amount_field, _("Write the amount."))
        elif amount > most:
            self.add_error(self.amount_field, _("Not more than %(most)s.") % {"most": rupees(most)})

    def most(self) -> Decimal:
        """Return the largest amount in rupees this step may write."""
        return self.record.amount_asked

    def values(self) -> dict[str, Any]:
        written = {name: self.cleaned_data[name] for name in self.writes.get(self.outcome, ())}
        if self.amount_field and self.outcome == self.amount_outcome:
            written[self.amount_field] = self.cleaned_data[self.amount_field]
        return written

    @property
    def amount_written(self) -> Decimal | None:
        """The amount in rupees that the outcome writes, else the one at which the file stands."""
        return next((value for name, value in self.values().items() if name.startswith("amount_")), self.record.amount)


class PullBackForm(SignedForm):
    """The office that sent the file takes it back; a word why may be left out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("Why the file is pulled back")
        self.fields["text"].widget.attrs["rows"] = 2

    @property
    def outcome(self) -> Outcome:
        return Outcome.PULL_BACK


class WithdrawalForm(SignedForm):
    """The opening office takes its file back, with a reason."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].required = True
        self.fields["text"].label = _("Why the file is withdrawn")

    @property
    def outcome(self) -> Outcome:
        return Outcome.WITHDRAW


# Fields that no form changes are made once for each language, and shared by every form.


@lru_cache(maxsize=256)
def _outcome_field(node: Any, _language: str) -> forms.Field:
    choices = [(way.outcome.value, way.outcome.verb) for way in node.ways_by_hand]
    said = {"required": gettext("Choose what you decide.")}
    return forms.ChoiceField(label=gettext("Your decision"), choices=choices, widget=forms.RadioSelect, error_messages=said)


@lru_cache(maxsize=256)
def _objection_fields(record: Any, targets: tuple[Any, ...], _forms: tuple[Any, ...], _language: str) -> dict[str, forms.Field]:
    about, kinds = [("", "—"), *objectionable(record, targets)], [("", "—"), *((kind.value, str(kind.label)) for kind in ObjectionKind)]
    fields: dict[str, forms.Field] = {}
    for row in range(1, OBJECTIONS + 1):
        said = {"row": row}
        fields[f"about_{row}"] = forms.ChoiceField(label=gettext("Objection %(row)s: about") % said, choices=about, required=False)
        fields[f"kind_{row}"] = forms.ChoiceField(label=gettext("Objection %(row)s: what is wrong") % said, choices=kinds, required=False)
        fields[f"objection_{row}"] = TextField(label=gettext("Objection %(row)s") % said, required=False, max_length=1000)
    return fields


def objectionable(record: Any, targets: tuple[Any, ...]) -> list[tuple[str, str]]:
    """Return the fields and papers an objection may name, with labels: those of the forms the file can go back to."""
    forms_ = list(dict.fromkeys(target.form_class for target in targets if target.form_class.own_page))
    fields = [(name, str(form.base_fields[name].label)) for form in forms_ for name in form._meta.fields]
    fields += [(name, str(field.label)) for form in forms_ for name, field in form.base_fields.items() if isinstance(field, RowsField)]
    return fields + [(f"paper:{kind}", str(record.PAPERS[kind])) for form in forms_ for kind in form.paper_kinds]
