"""The forms of an exhibition: proposal, scrutiny, concurrence, sanction, report, certificate, acceptance."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from programme.calendar import today
from programme.models import BudgetHead, District, ExhibitionProposal, Norm, Office, Product
from programme.money import rupees
from workflows.forms.decisions import DecisionForm
from workflows.forms.fields import DayField, MobileField, NumberField, RupeeField, SeveralField, TextField
from workflows.forms.records import RecordForm
from workflows.models import Outcome


class ProposalForm(RecordForm):
    """What the District Magistrate proposes, and corrects when the file comes back."""

    title = TextField(label=_("Subject"), max_length=200)
    purpose = TextField(label=_("Purpose"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    venue = TextField(label=_("Venue"), max_length=200)
    starts_on = DayField(label=_("From"))
    ends_on = DayField(label=_("To"))
    stalls = NumberField(label=_("Number of stalls"), min_value=1)
    amount_asked = RupeeField(label=_("Amount asked (₹)"))
    nodal_officer = TextField(label=_("Nodal officer"), max_length=120)
    nodal_mobile = MobileField(label=_("Nodal officer's mobile number"))

    sections = [
        (_("Exhibition"), ["title", "product", "purpose", "districts_shown"]),
        (_("Place and time"), ["venue", "starts_on", "ends_on", "stalls"]),
        (_("Money"), ["budget_head", "amount_asked"]),
        (_("Nodal officer"), ["nodal_officer", "nodal_mobile"]),
    ]
    paper_kinds = ("proposal_letter", "cost_estimate", "venue_consent")

    class Meta:
        model = ExhibitionProposal
        fields = [
            "title", "product", "purpose", "districts_shown", "venue", "starts_on", "ends_on", "stalls",
            "budget_head", "amount_asked", "nodal_officer", "nodal_mobile",
        ]  # fmt: skip
        widgets = {"districts_shown": forms.CheckboxSelectMultiple}
        field_classes = {"districts_shown": SeveralField}

    def scope(self, office: Office) -> None:
        products, heads = self.fields["product"], self.fields["budget_head"]
        products.queryset = Product.objects.filter(district=office.district_id, live=True)  # type: ignore[attr-defined]
        heads.queryset = BudgetHead.objects.filter(state=office.state_id, scheme__in=("", "EXHIBITION"))  # type: ignore[attr-defined]
        others = District.objects.filter(state=office.state_id).exclude(lgd_code=office.district_id or 0)
        self.fields["districts_shown"].queryset = others  # type: ignore[attr-defined]
        self.instance.district_id = office.district_id

    def required_papers(self, norm: Norm) -> list[str]:
        return list(norm.rules.get("papers", []))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        starts_on, ends_on = data.get("starts_on"), data.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", _("The last day comes before the first."))
        if starts_on and starts_on < today() and "starts_on" in self.open_fields:
            self.add_error("starts_on", _("The exhibition must lie in the future."))
        return data


class ScrutinyForm(DecisionForm):
    amount_field, amount_outcome = "amount_recommended", Outcome.RECOMMEND


class ConcurrenceForm(DecisionForm):
    pass


class SanctionForm(DecisionForm):
    amount_field, amount_outcome = "amount_sanctioned", Outcome.SANCTION

    def most(self) -> Decimal:
        return self.record.amount_recommended or self.record.amount_asked


class ReportForm(RecordForm):
    """What came of the exhibition."""

    held_from = DayField(label=_("Held from"))
    held_to = DayField(label=_("Held to"))
    stalls_held = NumberField(label=_("Stalls that came"))
    visitors = NumberField(label=_("Visitors"))
    sales = RupeeField(label=_("Sales at the stalls (₹)"), required=False)
    outcome_report = TextField(label=_("What came of it"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))

    sections = [(_("Exhibition report"), ["held_from", "held_to", "stalls_held", "visitors", "sales", "outcome_report"])]
    paper_kinds = ("report_photographs",)

    class Meta:
        model = ExhibitionProposal
        fields = ["held_from", "held_to", "stalls_held", "visitors", "sales", "outcome_report"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        held_from, held_to = data.get("held_from"), data.get("held_to")
        if held_from and held_to and held_to < held_from:
            self.add_error("held_to", _("The last day comes before the first."))
        if held_to and held_to > today():
            self.add_error("held_to", _("The report is written after the exhibition; this day is still to come."))
        return data


class CertificateForm(RecordForm):
    """The utilisation certificate: not more than was released."""

    amount_utilised = RupeeField(label=_("Amount utilised (₹)"))
    certificate_number = TextField(label=_("Utilisation certificate number"), max_length=80)
    certificate_date = DayField(label=_("Utilisation certificate date"))

    sections = [(_("Utilisation certificate"), ["amount_utilised", "certificate_number", "certificate_date"])]
    paper_kinds = ("utilisation_certificate",)

    class Meta:
        model = ExhibitionProposal
        fields = ["amount_utilised", "certificate_number", "certificate_date"]

    def required_papers(self, norm: Norm) -> list[str]:
        return ["utilisation_certificate"]

    def clean_amount_utilised(self) -> Decimal:
        amount = self.cleaned_data["amount_utilised"]
        if amount > self.instance.amount_released:
            raise forms.ValidationError(
                _("Only %(released)s was released; a certificate cannot be for more.") % {"released": rupees(self.instance.amount_released)}
            )
        return amount

    def clean_certificate_date(self) -> Any:
        day = self.cleaned_data["certificate_date"]
        if day > today():
            raise forms.ValidationError(_("The certificate is dated after today."))
        return day


class AcceptanceForm(DecisionForm):
    pass
