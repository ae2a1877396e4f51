"""The forms of a change of the product register: proposal, opinion, and the decisions on them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from programme.identification import name_in_the_way, primary_in_the_way
from programme.models import GI, Norm, Office, Product, ProductProposal, Proposed
from workflows.forms.decisions import DecisionForm
from workflows.forms.fields import NumberField, RupeeField, TextField
from workflows.forms.records import RecordForm

# What each proposal needs, and what it leaves empty. A change of rank may bring the dossier up to date.
NEEDS = {
    Proposed.NEW: ("name_en", "name_hi", "sector", "rank", "production", "value_chain_gaps", "source"),
    Proposed.RERANK: ("product", "rank"),
    Proposed.RETIRE: ("product",),
}
LEAVES_EMPTY = {
    Proposed.NEW: ("product",),
    Proposed.RERANK: ("name_en", "name_hi", "sector"),
    Proposed.RETIRE: ("name_en", "name_hi", "sector", "rank"),
}


def _long(label: Any, help_text: Any = "", *, rows: int = 3, required: bool = False) -> TextField:
    widget = forms.Textarea(attrs={"rows": rows})
    return TextField(label=label, help_text=help_text, required=required, max_length=4000, widget=widget)


class ProductForm(RecordForm):
    """What the District Industries Centre proposes, and corrects when the file comes back."""

    title = TextField(label=_("Subject"), max_length=200)
    reasons = _long(_("Reasons"), rows=4, required=True)
    name_en = TextField(label=_("Name in English"), max_length=200, required=False)
    name_hi = TextField(label=_("Name in Hindi"), max_length=200, required=False)
    production = _long(_("Production"), _("In which places it is made, and how."))
    units = NumberField(label=_("Number of units"), required=False)
    households = NumberField(label=_("Number of households"), required=False)
    processing = _long(_("Processing"))
    packaging = _long(_("Packaging"))
    branding = _long(_("Branding"))
    marketing = _long(_("Marketing"))
    value_chain_gaps = _long(_("Gaps in the value chain"))
    gi_number = TextField(label=_("Registration number of the geographical indication"), max_length=40, required=False)
    turnover = RupeeField(label=_("Turnover a year (₹)"), required=False)
    exports = RupeeField(label=_("Exports a year (₹)"), required=False)
    source = TextField(label=_("Source of the figures"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    sections = [
        (_("What is proposed"), ["title", "proposed", "rank", "reasons"]),
        (_("If a product of the register changes its rank or retires"), ["product"]),
        (_("If a new product is identified"), ["name_en", "name_hi", "sector"]),
        (_("Dossier: how it is made"), ["production", "units", "households", "processing", "packaging", "source"]),
        (_("Dossier: how it is sold"), ["branding", "marketing", "value_chain_gaps", "turnover", "exports"]),
        (_("Dossier: geographical indication"), ["gi", "gi_number"]),
    ]
    paper_kinds = ("cluster_report", "photographs", "gi_certificate")

    class Meta:
        model = ProductProposal
        fields = [
            "title", "proposed", "rank", "reasons", "product", "name_en", "name_hi", "sector",
            "production", "units", "households", "processing", "packaging", "branding", "marketing", "value_chain_gaps",
            "gi", "gi_number", "turnover", "exports", "source",
        ]  # fmt: skip
        widgets = {"proposed": forms.RadioSelect, "gi": forms.RadioSelect}

    def scope(self, office: Office) -> None:
        self.fields["product"].queryset = Product.objects.filter(district=office.district_id, live=True)  # type: ignore[attr-defined]
        self.fields["product"].help_text = _("Leave it empty for a new product.")
        self.fields["rank"].help_text = _("The rank the product shall have. Leave it empty where a product is retired.")
        self.fields["source"].help_text = _("From where the numbers are known.")
        for name in {name for names in NEEDS.values() for name in names}:
            # Whether it is asked for depends on what is proposed, so the page does not call it optional.
            self.fields[name].conditional = True  # type: ignore[attr-defined]
        for name in ("proposed", "gi"):
            self.fields[name].choices = self.instance._meta.get_field(name).choices  # type: ignore[attr-defined]
        self.instance.district = office.district

    def required_papers(self, norm: Norm) -> list[str]:
        """Return the papers that a new product asks for; a product of the register has shown them before."""
        new = (self["proposed"].value() or Proposed.NEW) == Proposed.NEW
        return list(norm.rules.get("papers", [])) if new else []

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("proposed"):
            self._clean_needs(data, Proposed(data["proposed"]))
            if not {"proposed", "product", "name_en", "name_hi", "rank"} & set(self.errors):
                self._clean_register(data)
        if data.get("gi") == GI.REGISTERED and not data.get("gi_number"):
            self.add_error("gi_number", _("Write the number under which it is registered."))
        return data

    def _clean_needs(self, data: dict[str, Any], proposed: Proposed) -> None:
        for name in NEEDS[proposed]:
            if data.get(name) in (None, "") and name not in self.errors:
                self.add_error(name, _("Fill this in for: %(proposed)s.") % {"proposed": proposed.label})
        for name in LEAVES_EMPTY[proposed]:
            if data.get(name) not in (None, ""):
                self.add_error(name, _("Leave this empty for: %(proposed)s.") % {"proposed": proposed.label})
        product = data.get("product")
        if proposed == Proposed.RERANK and product and product.rank == data.get("rank"):
            self.add_error("rank", _("%(product)s has this rank already.") % {"product": product.name})

    def _clean_register(self, data: dict[str, Any]) -> None:
        """Ask the register as it stands today; it is asked again by the machine's checks and by the entry itself."""
        names = ("rank", "product", "name_en", "name_hi")
        asked = ProductProposal(district=self.instance.district, **{name: data.get(name) for name in names})
        primary = primary_in_the_way(asked)
        if primary:
            self.add_error("rank", primary)
        taken = name_in_the_way(asked) if data["proposed"] == Proposed.NEW else ""
        if taken:
            self.add_error("name_en", taken)


class OpinionForm(DecisionForm):
    """What a line department thinks of the proposal: one of those asked together."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].help_text = _("A reason is required when you are against.")


class ProductDecisionForm(DecisionForm):
    pass
