"""The forms of a freight claim: claim and correction, scrutiny, committee, the Bureau's computation, sanction, payment."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programme import bills, identity
from programme.calendar import today
from programme.duplicates import keep_marks
from programme.freight import computed, last_day, used_this_year, version_for
from programme.identity import IdentityKind
from programme.models import FreightClaim, FreightLine, FreightMode, Norm, Office, Product, ShippingBill
from programme.models.freight import SCHEMES
from programme.money import rupees
from programme.norms.entitlement import entitled
from programme.norms.inputs import BadInput
from workflows.authority import Refusal
from workflows.forms.decisions import DecisionForm
from workflows.forms.fields import DayField, MobileField, RupeeField, TextField, WeightField
from workflows.forms.identity import IdentitiesForm, IdentityField
from workflows.forms.records import RecordForm
from workflows.forms.rows import CellError, Column, Line, RowsField
from workflows.models import Outcome
from workflows.sight import visible_to

MOST_LINES = 50
PORT = re.compile(r"IN[A-Z]{3}[A-Z0-9]")
BILL = re.compile(r"[A-Z0-9]{1,15}")
CLAIM_PAPERS = tuple(kind for kind in FreightClaim.PAPERS if kind != "payment_advice")


class BillField(TextField):
    """The number of a shipping bill, without spaces, separators and leading zeros, so that one bill is written one way."""

    def to_python(self, value: Any) -> str:
        text = re.sub(r"[\s/.\-]", "", super().to_python(value) or "").upper().lstrip("0")
        if value and not BILL.fullmatch(text):
            raise ValidationError(_("Write the number of the shipping bill, for example 4512345."), code="bill")
        return text


class PortField(TextField):
    """A port code of the customs, six characters."""

    def to_python(self, value: Any) -> str:
        text = re.sub(r"[\s\-]", "", super().to_python(value) or "").upper()
        if value and not PORT.fullmatch(text):
            raise ValidationError(_("Write the six characters of the port code, for example INMUN1."), code="port")
        return text


class ProductField(forms.ModelChoiceField):
    """A product of the State, named with its district: several districts have one of the same name."""

    def label_from_instance(self, product: Product) -> str:
        return f"{product.name} ({product.district.name})"


def line_columns() -> list[Column]:
    labels = FreightClaim.LINES["lines"]
    return [
        Column("bill_number", BillField(label=labels["bill_number"], max_length=20)),
        Column("port_code", PortField(label=labels["port_code"], max_length=10), "narrow"),
        Column("exported_on", DayField(label=labels["exported_on"])),
        Column("feet", forms.TypedChoiceField(
            label=labels["feet"], choices=[("", "—"), *FreightLine.FEET], coerce=int, empty_value=None, required=False), "narrow"),
        Column("kilograms", WeightField(label=labels["kilograms"], required=False), "narrow"),
        Column("freight", RupeeField(label=labels["freight"])),
        Column("invoice_number", TextField(label=labels["invoice_number"], max_length=40)),
    ]  # fmt: skip


@dataclass(frozen=True)
class Stand:
    """What the amount of a claim rests on."""

    mode: str
    exporter: str
    days: set[date]
    lines: list[tuple[Any, ...]]


def _stands(claim: FreightClaim, lines: list[FreightLine]) -> Stand:
    return Stand(claim.mode, claim.iec_digest, {line.exported_on for line in lines}, [line.like for line in lines])


class ClaimForm(IdentitiesForm):
    """What is filed for the exporter, and corrected when the file comes back. The day of filing is the day of the claim."""

    mode = forms.ChoiceField(label=gettext_lazy("How the goods left"), choices=FreightMode.choices, widget=forms.RadioSelect)
    unit = TextField(label=gettext_lazy("Exporting unit"), max_length=160)
    proprietor = TextField(label=gettext_lazy("Proprietor or partner"), max_length=120)
    address = TextField(label=gettext_lazy("Address of the unit"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))
    mobile = MobileField(label=gettext_lazy("Mobile number"))
    iec = IdentityField(IdentityKind.IEC, label=gettext_lazy("Importer-exporter code"))
    gstin = IdentityField(IdentityKind.GSTIN, label=gettext_lazy("GSTIN"))
    pan = IdentityField(IdentityKind.PAN, label=gettext_lazy("PAN"))
    udyam = IdentityField(IdentityKind.UDYAM, label=gettext_lazy("Udyam registration"))
    account = IdentityField(
        IdentityKind.BANK_ACCOUNT, label=gettext_lazy("Bank account"), help_text=gettext_lazy("IFSC, then the account number.")
    )
    product = ProductField(label=gettext_lazy("Product exported"), queryset=Product.objects.none())
    gateway = TextField(label=gettext_lazy("Port, container depot or air cargo complex"), max_length=120)
    lines = RowsField(line_columns(), label=gettext_lazy("Shipping bills, line by line"), min_rows=1, max_rows=MOST_LINES, blank_rows=2)
    time_barred = forms.BooleanField(
        label=gettext_lazy("Register the claim as time-barred"),
        required=False,
        help_text=gettext_lazy("The file gets its number and ends at once; nothing is payable."),
    )

    titled_by = "unit"
    paper_kinds = CLAIM_PAPERS
    base_sections = [
        (gettext_lazy("Exporter"), ["unit", "proprietor", "address", "mobile"]),
        (gettext_lazy("Numbers of the unit"), ["iec", "gstin", "pan", "udyam", "account"]),
        (gettext_lazy("Goods"), ["mode", "product", "gateway"]),
        (gettext_lazy("Shipping bills"), ["lines"]),
    ]
    out_of_time = False

    class Meta:
        model = FreightClaim
        fields = ["mode", "unit", "proprietor", "address", "mobile", "iec", "gstin", "pan", "udyam", "account", "product", "gateway"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held = _stands(self.instance, list(self.instance.lines.all())) if self.movement else None

    @property
    def sections(self) -> list[tuple[Any, list[str]]]:  # type: ignore[override]
        """Offer to register a late claim only where one is late."""
        late = self.out_of_time or self.initial.get("time_barred") or self.data.get("time_barred")
        return self.base_sections + [(gettext_lazy("Out of time"), ["time_barred"])] * bool(late)

    def scope(self, office: Office) -> None:
        # The sources ask for a manufacturer-exporter, not for the district's own product: any identified product of the State may be named.
        own_first = models.Case(models.When(district=office.district_id, then=0), default=1)
        products = Product.objects.filter(district__state=office.state_id, live=True).select_related("district")
        self.fields["product"].queryset = products.order_by(own_first, "district__name_en", "rank")  # type: ignore[attr-defined]
        self.instance.district = office.district
        mode = self.data.get("mode") or self.initial.get("mode")
        if self.movement is None:
            self.instance.claimed_on = today()
            if mode in FreightMode.values:
                with suppress(Norm.DoesNotExist):
                    self.norm = Norm.in_force(SCHEMES[FreightMode(mode)], office.designation.state, today())

    def required_papers(self, norm: Norm) -> list[str]:
        return [] if self.out_of_time else list(norm.rules.get("papers", []))

    def norm_for(self, data: dict[str, Any]) -> Norm:
        """Return the version of the first line. A filed claim keeps the one it has until its mode or a day of export is corrected."""
        if self.held and (self.held.mode, self.held.days) == (data["mode"], {line["exported_on"] for line in data["lines"]}):
            return self.norm
        return self.version(data["mode"], data["lines"][0]["exported_on"])

    def version(self, mode: str, exported: date) -> Norm:
        """Return the version of the rules for a day of export; raise ``ValidationError`` when there is none."""
        try:
            return version_for(mode, self.office.designation.state, self.instance.claimed_on, exported)
        except Norm.DoesNotExist:
            raise ValidationError(_("No rules were in force for an export of %(day)s.") % {"day": date_format(exported)}) from None

    def clean(self) -> dict[str, Any]:
        for judge in (self._clean_measures, self._clean_versions, self._clean_window):
            if not self.errors:
                judge(self.cleaned_data)
        data = super().clean() or self.cleaned_data
        if "lines" in data and "lines" in self.open_fields:
            self._clean_bills(data["lines"])
        self._clean_firm(data)
        return data

    def _refuse_cells(self, faults: list[CellError]) -> None:
        if faults:
            self.add_error("lines", faults)

    def _clean_measures(self, data: dict[str, Any]) -> None:
        by_sea, faults = data["mode"] == FreightMode.SEA, []
        for line in data["lines"]:
            if line["exported_on"] > self.instance.claimed_on:
                faults.append(CellError(_("This day is still to come."), line=line.n, column="exported_on"))
            if by_sea and not line["feet"]:
                faults.append(CellError(_("Choose 20 or 40 feet."), line=line.n, column="feet"))
            if not by_sea and not line["kilograms"]:
                faults.append(CellError(_("Write the weight in kilograms."), line=line.n, column="kilograms"))
            line["kilograms" if by_sea else "feet"] = None
        self._refuse_cells(faults)

    def _clean_versions(self, data: dict[str, Any]) -> None:
        """Refuse lines that do not fall under the version of the first."""
        versions = {day: self.version(data["mode"], day) for day in dict.fromkeys(line["exported_on"] for line in data["lines"])}
        first = versions[data["lines"][0]["exported_on"]]
        text = _("This export falls under the rules “%(one)s”, the first line under “%(first)s”. Claim it in a file of its own.")
        faults = [
            CellError(text % {"one": norm.version, "first": first.version}, line=line.n, column="exported_on")
            for line in data["lines"]
            if (norm := versions[line["exported_on"]]) != first
        ]
        self._refuse_cells(faults)

    def _clean_window(self, data: dict[str, Any]) -> None:
        """Refuse what comes after its last day, unless the whole claim is registered as time-barred."""
        norm, claimed, lines = self.norm_for(data), self.instance.claimed_on, data["lines"]
        late = {line.n: last for line in lines if (last := last_day(norm, line["exported_on"])) and claimed > last}
        self.out_of_time = bool(late) and len(late) == len(lines) and self.movement is None
        if late and not (self.out_of_time and data.get("time_barred")):
            self._refuse_cells([CellError(self._too_late(last), line=n, column="exported_on") for n, last in late.items()])

    def _too_late(self, last: date) -> str:
        said = {"last": date_format(last)}
        if self.out_of_time:
            return _("The last day to claim this export was %(last)s. You can register the claim as time-barred below.") % said
        return _("The last day to claim this export was %(last)s. Take it out of this claim.") % said

    def _clean_bills(self, lines: list[Line]) -> None:
        """Refuse a shipping bill that another claim holds; the other file is named to whoever may read it."""
        taken = self.held_elsewhere({(line["bill_number"], line["port_code"]) for line in lines})
        if not taken:
            return
        readable = self._readable(taken.values())
        faults = []
        for line in lines:
            held = taken.get((line["bill_number"], line["port_code"]))
            if held:
                faults.append(CellError(_claimed(held, named=held.file_number in readable), line=line.n, column="bill_number"))
        self._refuse_cells(faults)

    def held_elsewhere(self, named: set[tuple[str, str]]) -> dict[tuple[str, str], ShippingBill]:
        """Return those of the bills that another claim holds."""
        return bills.held_elsewhere(named, self.instance)

    def used_before(self) -> Decimal:
        """Return what the exporter has had of this year's ceiling, in rupees."""
        return used_this_year(self.instance)

    def _readable(self, held: Any) -> set[str]:
        numbers = [bill.file_number for bill in held]
        if self.officer is None:
            return set()
        return set(visible_to(self.officer).filter(number__in=numbers).values_list("number", flat=True))

    def _clean_firm(self, data: dict[str, Any]) -> None:
        """A GSTIN holds the PAN of its firm, and an importer-exporter code that is no old number is that PAN."""
        pan = data.get("pan") or self.instance.identity("pan")
        for name in ("gstin", "iec"):
            typed = str(self.data.get(name, "")).strip()
            if not typed or not pan or not data.get(name) or self.fields[name].disabled:
                continue
            number = identity.clean(FreightClaim.IDENTITIES[name], typed)
            inside = number[2:12] if name == "gstin" else number
            if not inside.isdigit() and identity.digest(IdentityKind.PAN, inside) != pan.digest:
                self.add_error(name, _("This number belongs to another PAN than the one written here."))

    def _post_clean(self) -> None:
        super()._post_clean()
        if not self.errors:
            self._compute()

    def _compute(self) -> None:
        """Set what the claim asks for: what its lines come to under the version. It stays while nothing that it rests on changes."""
        claim, lines = self.instance, [FreightLine(**line) for line in self.cleaned_data["lines"]]
        if self.held == _stands(claim, lines):
            return
        try:
            found = entitled(self.norm, claim.asked_of(lines, self.used_before()))
        except BadInput as bad:
            self.add_error(None, " ".join(bad.errors.values()))
            return
        claim.amount_asked = found.amounts["computed_rupees"]
        if not claim.amount_asked:
            self.add_error("lines", _("Under these rules the lines come to less than one rupee."))
        claim.amount_recommended, claim.inadmissible, claim.derivation = None, [], found.stored()
        claim.time_barred = self.out_of_time

    def save(self, commit: bool = True) -> FreightClaim:
        claim = super().save(commit)
        claim = FreightClaim.read(claim.pk)
        number = self.movement.case.number if self.movement else ""
        try:
            bills.hold(claim, file_number=number)
        except bills.BillClaimed as taken:
            held = taken.held
            raise Refusal(_claimed(held, named=held.file_number in self._readable([held]))) from None
        keep_marks(claim, claim.scheme, file_number=number)
        return claim


def _claimed(held: ShippingBill, *, named: bool) -> str:
    """Say who claims the bill: the file where the reader may see it, else the district alone."""
    said = {"bill": held, "file": held.file_number, "district": held.claim.district.name}
    if named:
        return _("Shipping bill %(bill)s is already claimed in file %(file)s.") % said
    return _("Shipping bill %(bill)s is already claimed in the district %(district)s.") % said


class ScrutinyForm(DecisionForm):
    """The papers are checked at the District Industries Centre."""


class CommitteeForm(DecisionForm):
    """The District Users Committee recommends what the claim comes to; the amount is said in the minutes and never typed."""

    amount_field = "amount_recommended"

    def _add_amount(self) -> None:
        """Ask for no amount: it is computed."""

    def values(self) -> dict[str, Any]:
        return {"amount_recommended": self.record.amount_asked} if self.outcome == Outcome.RECOMMEND else {}


class ComputationForm(DecisionForm):
    """The Bureau leaves out what is not admissible, each line with its reason; an empty reason admits the line. The amount follows."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reasons: dict[str, int] = {}
        for n, line in enumerate(self.record.lines.all(), 1):
            name = f"leave_out_{n}"
            self.reasons[name] = n
            self.fields[name] = TextField(
                label=_("Line %(n)s is not admissible, because") % {"n": n},
                required=False,
                max_length=300,
                initial=self.record.left_out.get(n, ""),
                help_text=" · ".join([str(line), line.measure, rupees(line.freight)]),
            )
        self.order_fields(["outcome", *self.reasons, *self.asked, "text", "return_to"])

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("outcome") == Outcome.RECOMMEND and all(data.get(name) for name in self.reasons):
            self.add_error("outcome", _("No line is left to recommend. Reject the claim."))
        return data

    def values(self) -> dict[str, Any]:
        if self.outcome != Outcome.RECOMMEND:
            return {}
        left_out = [{"line": n, "reason": text} for name, n in self.reasons.items() if (text := self.cleaned_data.get(name))]
        claim = self.movement.case.record
        claim.inadmissible = left_out
        found = computed(claim, self.movement.case.norm)
        return {"inadmissible": left_out, "derivation": found.stored(), "amount_recommended": found.amounts["payable_rupees"]}


class SanctionForm(DecisionForm):
    """The recommended amount is sanctioned as far as it fits in the exporter's year when the order is numbered."""


class PaymentForm(RecordForm):
    """The payment: exactly what was sanctioned. Paid to the exporter for freight he has paid, it is used as it is paid."""

    amount_released = RupeeField(label=gettext_lazy("Amount paid (₹)"))
    payment_reference = TextField(label=gettext_lazy("Payment reference"), max_length=80)
    paid_on = DayField(label=gettext_lazy("Paid on"))

    sections = [(gettext_lazy("Payment"), ["amount_released", "payment_reference", "paid_on"])]
    paper_kinds = ("payment_advice",)

    class Meta:
        model = FreightClaim
        fields = ["amount_released", "payment_reference", "paid_on"]

    def scope(self, office: Office) -> None:
        self.fields["amount_released"].help_text = _("Sanctioned: %(amount)s.") % {"amount": rupees(self.instance.amount_sanctioned)}

    def clean_amount_released(self) -> Any:
        amount, sanctioned = self.cleaned_data["amount_released"], self.instance.amount_sanctioned
        if amount != sanctioned:
            raise ValidationError(_("%(sanctioned)s was sanctioned; exactly that is paid.") % {"sanctioned": rupees(sanctioned)})
        return amount

    def clean_paid_on(self) -> date:
        day, case = self.cleaned_data["paid_on"], self.movement.case  # type: ignore[union-attr]
        if day > today():
            raise ValidationError(_("This day is still to come."))
        if day < case.order.issued_on:
            raise ValidationError(_("The order was issued on %(day)s, after this.") % {"day": date_format(case.order.issued_on)})
        return day

    def _post_clean(self) -> None:
        super()._post_clean()
        self.instance.amount_utilised = self.instance.amount_released
