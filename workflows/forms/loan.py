"""The forms of a loan with margin money, from the application to conversion or recovery."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from programme import loans
from programme.calendar import today
from programme.duplicates import keep_marks
from programme.identity import IdentityKind
from programme.models import Bank, LoanApplication, Norm, Office, Product
from programme.models.loans import BankReason, Category, Declaration, Running, Tag
from programme.money import rupees
from programme.norms.inputs import BadInput
from workflows.forms.decisions import DecisionForm
from workflows.forms.fields import DayField, MobileField, NumberField, RupeeField, TextField
from workflows.forms.identity import IdentitiesForm, IdentityField
from workflows.forms.records import RecordForm
from workflows.models import Outcome

BY_CASTE = (Category.SC, Category.ST, Category.OBC)
OLDEST = 120
PARTS = ("own_contribution", "term_loan", "working_capital")


def choices_of(column: str) -> forms.ChoiceField:
    """Return a choice without the empty line: radio buttons under the label of the record's column."""
    field: Any = LoanApplication._meta.get_field(column)
    return forms.ChoiceField(label=field.verbose_name, choices=field.choices, widget=forms.RadioSelect)


class LoanForm(IdentitiesForm):
    """What the applicant asks, as the District Industries Centre files it, and corrects when the file comes back."""

    titled_by = "unit_name"

    name = TextField(label=_("Applicant's name"), max_length=120)
    guardian_name = TextField(label=_("Father's or husband's name"), max_length=120)
    gender, category, residence, activity = (choices_of(column) for column in ("gender", "category", "residence", "activity"))
    date_of_birth = DayField(label=_("Date of birth"))
    address = TextField(label=_("Address"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    mobile = MobileField(label=_("Mobile number"))
    aadhaar = IdentityField(IdentityKind.AADHAAR, label=_("Aadhaar"))
    pan = IdentityField(IdentityKind.PAN, label=_("PAN"), required=False)
    bank_account = IdentityField(
        IdentityKind.BANK_ACCOUNT, label=_("Bank account"), help_text=_("The IFSC of the branch, then the account number.")
    )
    udyam = IdentityField(IdentityKind.UDYAM, label=_("Udyam registration"), required=False)
    family_id = IdentityField(IdentityKind.FAMILY_ID, label=_("Family ID"), required=False)
    tags = forms.MultipleChoiceField(label=_("Beneficiary is"), choices=Tag.choices, widget=forms.CheckboxSelectMultiple, required=False)
    unit_name = TextField(label=_("Name of the unit"), max_length=160)
    product_words = TextField(
        label=_("Another product"),
        max_length=160,
        required=False,
        help_text=_("Only where the unit makes none of the district's products."),
    )
    project_cost = RupeeField(label=_("Project cost (₹)"))
    own_contribution = RupeeField(label=_("Own contribution (₹)"))
    term_loan = RupeeField(label=_("Term loan asked (₹)"))
    working_capital = RupeeField(label=_("Working capital asked (₹)"), required=False)
    branch = TextField(label=_("Branch"), max_length=120)
    ifsc = TextField(label=_("IFSC of the branch"), max_length=11)
    declarations = forms.MultipleChoiceField(
        label=_("Declarations"), choices=Declaration.choices, widget=forms.CheckboxSelectMultiple, required=False
    )

    sections = [
        (_("Applicant"), ["name", "guardian_name", "gender", "category", "date_of_birth", "address", "mobile", "residence", "tags"]),
        (_("Numbers"), ["aadhaar", "pan", "bank_account", "udyam", "family_id"]),
        (_("Unit"), ["unit_name", "activity", "product", "product_words"]),
        (_("Money"), ["project_cost", "own_contribution", "term_loan", "working_capital"]),
        (_("Lending bank"), ["bank", "branch", "ifsc"]),
        (_("Declarations"), ["declarations"]),
    ]
    paper_kinds = (
        "aadhaar", "bank_passbook", "residence_certificate", "income_certificate", "education_certificate", "project_report", "affidavit",
        "caste_certificate",
    )  # fmt: skip

    class Meta:
        model = LoanApplication
        fields = [
            "name", "guardian_name", "gender", "category", "date_of_birth", "address", "mobile", "residence", "tags",
            "aadhaar", "pan", "bank_account", "udyam", "family_id", "unit_name", "activity", "product", "product_words",
            "project_cost", "own_contribution", "term_loan", "working_capital", "bank", "branch", "ifsc", "declarations",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before = self.instance.facts() if self.movement else {}
        self.reckoned: dict[Any, dict[str, Any]] = {}

    def scope(self, office: Office) -> None:
        self.fields["product"].queryset = Product.objects.filter(district=office.district_id, live=True)  # type: ignore[attr-defined]
        self.fields["bank"].queryset = Bank.objects.all()  # type: ignore[attr-defined]
        self.instance.district_id = office.district_id

    def required_papers(self, norm: Norm) -> list[str]:
        """Return the papers of the norm, and the caste certificate where the category rests on it."""
        by_caste = ["caste_certificate"] if self["category"].value() in BY_CASTE else []
        return list(norm.rules.get("papers", [])) + by_caste

    def clean_date_of_birth(self) -> date:
        day = self.cleaned_data["date_of_birth"]
        if not 0 <= loans.age_on(day, today()) <= OLDEST:
            raise forms.ValidationError(_("Nobody who applies was born on this day."))
        return day

    def clean_working_capital(self) -> Decimal:
        return self.cleaned_data["working_capital"] or Decimal(0)

    def clean_ifsc(self) -> str:
        typed = self.cleaned_data["ifsc"].upper()
        if not re.fullmatch(r"[A-Z]{4}0[A-Z0-9]{6}", typed):
            raise forms.ValidationError(_("An IFSC has eleven characters: four letters, a zero, six letters or digits."))
        return typed

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if bool(data.get("product")) == bool(data.get("product_words")) and not {"product", "product_words"} & set(self.errors):
            self.add_error("product", _("Choose a product of the district, or name another one: one of the two."))
        bank, ifsc = data.get("bank"), data.get("ifsc")
        if bank and ifsc and not ifsc.startswith(bank.ifsc):
            self.add_error("ifsc", _("The IFSC of a branch of %(bank)s begins with %(ifsc)s.") % {"bank": bank.name, "ifsc": bank.ifsc})
        self._clean_money(data)
        return data

    def _clean_money(self, data: dict[str, Any]) -> None:
        cost, parts = data.get("project_cost"), [data[part] for part in PARTS if data.get(part) is not None]
        if cost is None or len(parts) < len(PARTS):
            return
        together = sum(parts, Decimal(0))
        if together != cost:
            said = {"together": rupees(together), "cost": rupees(cost)}
            self.add_error(
                "project_cost", _("Own contribution, term loan and working capital are %(together)s together, not %(cost)s.") % said
            )

    def _post_clean(self) -> None:
        """Compute what the application comes to before the record is judged as a whole."""
        super()._post_clean()
        if self.errors:
            return
        loan = self.instance
        if not self.movement:
            loan.applied_on = today()
        elif loan.MATERIAL & {name for name, value in loan.facts().items() if self.before[name] != value}:
            loan.appraised_cost = loan.loan_sanctioned = loan.loan_sanctioned_on = loan.amount_recommended = None
            loan.loan_reference = ""
        try:
            amount = self._reckon(loan)
        except BadInput as bad:
            self.add_error("project_cost", " ".join(bad.errors.values()))
            return
        if loan.appraised_cost is None:
            loan.amount_asked = amount

    def _reckon(self, loan: LoanApplication) -> Decimal:
        """Compute the margin money; a form that judges thousands of applicants computes that of the same cost once."""
        asked = (self.norm.pk, *loan.inputs_now().values())
        if asked not in self.reckoned:
            loans.reckon(loan, self.norm)
            self.reckoned[asked] = loan.derivation
        loan.derivation = self.reckoned[asked]
        return loan.computed

    def save(self, commit: bool = True) -> Any:
        loan = super().save(commit)
        keep_marks(loan, self.norm.scheme, file_number=self.movement.case.number if self.movement else "")
        return loan


class LoanScrutinyForm(DecisionForm):
    pass


class CommitteeForm(DecisionForm):
    pass


class AppraisalForm(DecisionForm):
    """The bank sanctions the loan on the cost it has appraised, returns the file, or declines: with a code and in words."""

    appraised_cost = RupeeField(label=_("Project cost as the bank appraised it (₹)"))
    loan_sanctioned = RupeeField(label=_("Loan sanctioned by the bank (₹)"))
    loan_reference = TextField(label=_("Sanction letter number of the bank"), max_length=80)
    loan_sanctioned_on = DayField(label=_("Loan sanctioned on"))
    bank_reason = forms.ChoiceField(label=_("Bank's reason"), choices=[("", "—"), *BankReason.choices])

    writes = {
        Outcome.LEND: ("appraised_cost", "loan_sanctioned", "loan_reference", "loan_sanctioned_on"),
        Outcome.RETURN: ("bank_reason",),
        Outcome.DECLINE: ("bank_reason",),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["appraised_cost"].initial = self.record.cost
        self.fields["bank_reason"].help_text = _("Needed when you return or decline, beside the reason in words.")
        self.fields["text"].help_text = _("Write the reason in words when you return or decline.")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("outcome") in (Outcome.RETURN, Outcome.DECLINE) and not data.get("text") and "text" not in self.errors:
            self.add_error("text", _("Write the reason in words as well; the applicant is told it."))
        if data.get("outcome") == Outcome.LEND:
            self._clean_loan(data)
        return data

    def _clean_loan(self, data: dict[str, Any]) -> None:
        cost, loan, day = (data.get(name) for name in ("appraised_cost", "loan_sanctioned", "loan_sanctioned_on"))
        if cost and loan and loan > cost:
            self.add_error("loan_sanctioned", _("The loan cannot be more than the cost of %(cost)s.") % {"cost": rupees(cost)})
        if day and not self.record.applied_on <= day <= today():
            self.add_error("loan_sanctioned_on", _("The loan is sanctioned after the application and not after today."))

    def values(self) -> dict[str, Any]:
        """Write what the bank decided; with the loan, also the margin money that its appraised cost comes to."""
        written = super().values()
        if self.outcome == Outcome.LEND:
            loan = self.record
            loan.appraised_cost = written["appraised_cost"]
            written |= {"bank_reason": "", "amount_recommended": loans.reckon(loan, self.movement.case.norm), "derivation": loan.derivation}
        return written


class ExaminationForm(DecisionForm):
    pass


class MarginMoneyForm(DecisionForm):
    """The sanction: the amount is the computed one; nobody types it."""

    def values(self) -> dict[str, Any]:
        written = super().values()
        if self.outcome == Outcome.SANCTION:
            written["amount_sanctioned"] = self.record.computed
        return written


class ReleaseForm(RecordForm):
    """The payment to the lending bank: of exactly the sanctioned amount."""

    payment_reference = TextField(label=_("Payment reference"), max_length=80)
    released_on = DayField(label=_("Released on"))

    sections = [(_("Release of the margin money"), ["payment_reference", "released_on"])]

    class Meta:
        model = LoanApplication
        fields = ["payment_reference", "released_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        amount = rupees(self.instance.amount_sanctioned)
        self.fields["payment_reference"].help_text = _("For the sanctioned amount of %(amount)s.") % {"amount": amount}

    def clean_released_on(self) -> date:
        day = self.cleaned_data["released_on"]
        if not self.instance.sanctioned_on <= day <= today():
            raise forms.ValidationError(_("The money is released after the sanction and not after today."))
        return day

    def _post_clean(self) -> None:
        if "released_on" in self.cleaned_data:
            self.instance.amount_released = self.instance.amount_sanctioned
            self.instance.watch_ends_on = loans.watch_ends(self.cleaned_data["released_on"], self.norm)
        super()._post_clean()


class VerificationForm(RecordForm):
    """What the District Industries Centre found at the unit when the two years were over."""

    visited_on = DayField(label=_("Unit visited on"))
    running = forms.ChoiceField(label=_("The unit is"), choices=Running.choices, widget=forms.RadioSelect)
    employees = NumberField(label=_("Persons employed"))
    verification_remarks = TextField(label=_("What was found"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))

    sections = [(_("Verification of the unit"), ["visited_on", "running", "employees", "verification_remarks"])]
    paper_kinds = ("verification_photographs",)

    class Meta:
        model = LoanApplication
        fields = ["visited_on", "running", "employees", "verification_remarks"]

    def required_papers(self, norm: Norm) -> list[str]:
        return ["verification_photographs"]

    def clean_visited_on(self) -> date:
        day = self.cleaned_data["visited_on"]
        if not self.instance.watch_ends_on <= day <= today():
            raise forms.ValidationError(_("The unit is visited after the watch ended and not after today."))
        return day


class ConversionForm(DecisionForm):
    """Grant or recovery."""

    def values(self) -> dict[str, Any]:
        written = super().values()
        if self.outcome == Outcome.CONVERT:
            written["amount_utilised"] = self.record.amount_released
        return written


class RecoveryForm(RecordForm):
    """What came back."""

    amount_recovered = RupeeField(label=_("Margin money recovered (₹)"))
    recovery_reference = TextField(label=_("Recovery reference"), max_length=80)
    recovered_on = DayField(label=_("Recovered on"))

    sections = [(_("Recovery of the margin money"), ["amount_recovered", "recovery_reference", "recovered_on"])]

    class Meta:
        model = LoanApplication
        fields = ["amount_recovered", "recovery_reference", "recovered_on"]

    def clean_recovered_on(self) -> date:
        day = self.cleaned_data["recovered_on"]
        if not self.instance.released_on <= day <= today():
            raise forms.ValidationError(_("The money is recovered after its release and not after today."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        amount, released = data.get("amount_recovered"), self.instance.amount_released
        if amount and amount > released:
            self.add_error("amount_recovered", _("Only %(released)s was released.") % {"released": rupees(released)})
        if amount and amount < released and not data.get("text"):
            self.add_error(
                "text",
                _("Less than the released %(released)s came back: write why, and what becomes of the rest.")
                % {"released": rupees(released)},
            )
        return data
