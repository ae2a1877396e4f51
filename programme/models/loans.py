from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from programme.asking import Asked, Given
from programme.identity import IdentityKind
from programme.models.banks import Bank
from programme.models.beneficiaries import FileStanding, HasIdentities, columns_of, digest_column, last_four_column
from programme.models.budget import BudgetHead
from programme.models.places import District
from programme.models.products import Product
from programme.models.records import FileRecord
from programme.money import in_figures


class Gender(models.TextChoices):
    FEMALE = "female", _("female")
    MALE = "male", _("male")
    OTHER = "other", _("other")


class Category(models.TextChoices):
    GENERAL = "general", _("general")
    SC = "sc", _("Scheduled Caste")
    ST = "st", _("Scheduled Tribe")
    OBC = "obc", _("Other Backward Class")
    MINORITY = "minority", _("minority")
    WOMAN = "woman", _("woman")
    EX_SERVICEMAN = "ex_serviceman", _("ex-serviceman")
    DISABLED = "disabled", _("person with disability")


class Activity(models.TextChoices):
    INDUSTRY = "industry", _("industry")
    SERVICE = "service", _("service")
    BUSINESS = "business", _("business")


class Residence(models.TextChoices):
    DISTRICT = "district", _("in this district")
    STATE = "state", _("in another district of the State")
    ELSEWHERE = "elsewhere", _("outside the State")


class Tag(models.TextChoices):
    WOMAN = "woman", _("woman")
    SHG = "shg", _("member of a self-help group")
    YOUTH = "youth", _("youth")
    ARTISAN = "artisan", _("artisan")
    FARMER = "farmer", _("farmer")


class Declaration(models.TextChoices):
    NO_DEFAULT = "no_default", _("The applicant is in default to no bank, financial institution or government body.")
    NO_OTHER_SCHEME = "no_other_scheme", _("The applicant was not helped by another self-employment scheme of the State or the Centre.")
    AFFIDAVIT = "affidavit", _("The applicant has sworn both in the affidavit attached.")


class BankReason(models.TextChoices):
    PAPERS = "papers", _("Papers incomplete")
    CREDIT = "credit", _("Credit record of the applicant")
    VIABILITY = "viability", _("Project not viable as proposed")
    COST = "cost", _("Cost of the project not supported by quotations")
    SITE = "site", _("Site or premises not available")
    AREA = "area", _("Outside the service area of the branch")
    NOT_TRACED = "not_traced", _("Applicant not traced or not interested")


class Running(models.TextChoices):
    RUNNING = "running", _("running")
    PARTLY = "partly", _("running in part")
    CLOSED = "closed", _("closed")


def rupee_column(label: Any, *, null: bool = True) -> models.DecimalField:
    return models.DecimalField(label, max_digits=14, decimal_places=2, null=null, blank=null)


class LoanApplication(FileRecord, HasIdentities):
    """A loan with margin money: who applies for what, what the bank lends, what the State gives, what became of it. Rupees."""

    IDENTITIES = {
        "aadhaar": IdentityKind.AADHAAR,
        "pan": IdentityKind.PAN,
        "bank_account": IdentityKind.BANK_ACCOUNT,
        "udyam": IdentityKind.UDYAM,
        "family_id": IdentityKind.FAMILY_ID,
    }
    MATERIAL = columns_of(IDENTITIES) | {
        "name", "date_of_birth", "gender", "category", "residence", "declarations", "product_id", "product_words", "activity",
        "project_cost", "own_contribution", "term_loan", "working_capital", "bank_id", "branch", "ifsc",
    }  # fmt: skip
    PERSONAL = columns_of(IDENTITIES) | {"name", "guardian_name", "gender", "category", "date_of_birth", "address", "mobile"}
    APPLICANT = "name"
    PAPERS = {
        "aadhaar": _("Aadhaar card"),
        "bank_passbook": _("Bank passbook"),
        "residence_certificate": _("Residence certificate"),
        "income_certificate": _("Income certificate"),
        "education_certificate": _("Education certificate"),
        "project_report": _("Project report"),
        "affidavit": _("Affidavit"),
        "caste_certificate": _("Caste certificate"),
        "sanction_letter": _("Sanction letter of the bank"),
        "verification_photographs": _("Photographs of the unit"),
    }
    WORDS = {"tags": dict(Tag.choices), "declarations": dict(Declaration.choices)}
    COMPUTED = "margin_money_rupees"
    CONDITIONS = (
        _("The amount lies as margin money with the lending bank until it is decided on."),
        _("It becomes a grant when the unit has run for the time that the rules name, after verification; else it is recovered."),
    )

    district = models.ForeignKey(District, models.PROTECT, related_name="loans", verbose_name=_("District"))
    applied_on = models.DateField(_("Applied on"))
    name = models.CharField(_("Applicant's name"), max_length=120)
    guardian_name = models.CharField(_("Father's or husband's name"), max_length=120)
    gender = models.CharField(_("Gender"), max_length=6, choices=Gender)
    category = models.CharField(_("Category"), max_length=15, choices=Category)
    date_of_birth = models.DateField(_("Date of birth"))
    address = models.TextField(_("Address"), max_length=500)
    mobile = models.CharField(_("Mobile number"), max_length=10)
    aadhaar_digest, aadhaar_last4 = digest_column(_("Aadhaar (hash)")), last_four_column(_("Aadhaar"))
    pan_digest, pan_last4 = digest_column(_("PAN (hash)")), last_four_column(_("PAN"))
    bank_account_digest, bank_account_last4 = digest_column(_("Bank account (hash)")), last_four_column(_("Bank account"))
    udyam_digest, udyam_last4 = digest_column(_("Udyam registration (hash)")), last_four_column(_("Udyam registration"))
    family_id_digest, family_id_last4 = digest_column(_("Family ID (hash)")), last_four_column(_("Family ID"))
    residence = models.CharField(_("Lives"), max_length=10, choices=Residence)
    tags = models.JSONField(_("Beneficiary is"), default=list, blank=True)
    declarations = models.JSONField(_("Declarations"), default=list, blank=True)

    unit_name = models.CharField(_("Name of the unit"), max_length=160)
    activity = models.CharField(_("Kind of activity"), max_length=10, choices=Activity)
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="loans", verbose_name=_("Product of the district")
    )
    product_words = models.CharField(_("Another product"), max_length=160, blank=True)
    project_cost = rupee_column(_("Project cost (₹)"), null=False)
    own_contribution = rupee_column(_("Own contribution (₹)"), null=False)
    term_loan = rupee_column(_("Term loan asked (₹)"), null=False)
    working_capital = rupee_column(_("Working capital asked (₹)"), null=False)
    bank = models.ForeignKey(Bank, models.PROTECT, verbose_name=_("Bank"))
    branch = models.CharField(_("Branch"), max_length=120)
    ifsc = models.CharField(_("IFSC of the branch"), max_length=11)

    derivation = models.JSONField(_("How the amount comes about"), default=dict, blank=True)
    amount_asked = rupee_column(_("Margin money asked (₹)"), null=False)
    amount_recommended = rupee_column(_("Margin money recommended (₹)"))
    amount_sanctioned = rupee_column(_("Margin money sanctioned (₹)"))
    amount_released = rupee_column(_("Margin money released (₹)"))
    amount_utilised = rupee_column(_("Margin money converted to grant (₹)"))
    amount_recovered = rupee_column(_("Margin money recovered (₹)"))
    budget_head = models.ForeignKey(BudgetHead, models.PROTECT, null=True, blank=True, verbose_name=_("Budget head"))

    appraised_cost = rupee_column(_("Project cost as the bank appraised it (₹)"))
    loan_sanctioned = rupee_column(_("Loan sanctioned by the bank (₹)"))
    loan_reference = models.CharField(_("Sanction letter number of the bank"), max_length=80, blank=True)
    loan_sanctioned_on = models.DateField(_("Loan sanctioned on"), null=True, blank=True)
    bank_reason = models.CharField(_("Bank's reason"), max_length=12, choices=BankReason, blank=True)
    sanctioned_on = models.DateField(_("Margin money sanctioned on"), null=True, blank=True)
    payment_reference = models.CharField(_("Payment reference"), max_length=80, blank=True)
    released_on = models.DateField(_("Released on"), null=True, blank=True)
    watch_ends_on = models.DateField(_("The watch ends on"), null=True, blank=True)
    visited_on = models.DateField(_("Unit visited on"), null=True, blank=True)
    running = models.CharField(_("The unit is"), max_length=8, choices=Running, blank=True)
    employees = models.PositiveIntegerField(_("Persons employed"), null=True, blank=True)
    verification_remarks = models.TextField(_("What was found"), max_length=2000, blank=True)
    recovery_reference = models.CharField(_("Recovery reference"), max_length=80, blank=True)
    recovered_on = models.DateField(_("Recovered on"), null=True, blank=True)

    class Meta:
        verbose_name = _("Loan application")
        verbose_name_plural = _("Loan applications")
        constraints = [
            models.CheckConstraint(
                condition=Q(product__isnull=False, product_words="") | (Q(product__isnull=True) & ~Q(product_words="")),
                name="loan_names_one_product",
            ),
            models.CheckConstraint(
                condition=Q(project_cost=F("own_contribution") + F("term_loan") + F("working_capital")), name="loan_cost_is_its_parts"
            ),
            models.CheckConstraint(condition=Q(project_cost__gt=0, amount_asked__gte=0), name="loan_asks_for_something"),
            models.CheckConstraint(
                condition=Q(appraised_cost__isnull=True, loan_sanctioned__isnull=True, loan_sanctioned_on__isnull=True)
                | Q(appraised_cost__gte=F("loan_sanctioned"), loan_sanctioned__gt=0, loan_sanctioned_on__isnull=False),
                name="loan_appraised_as_a_whole",
            ),
            models.CheckConstraint(
                condition=Q(amount_sanctioned__isnull=True)
                | Q(amount_sanctioned=F("amount_recommended"), loan_sanctioned__isnull=False, appraised_cost__isnull=False),
                name="margin_money_only_as_computed_on_a_loan",
            ),
            models.CheckConstraint(
                condition=Q(amount_released__isnull=True, released_on__isnull=True, watch_ends_on__isnull=True)
                | Q(amount_released=F("amount_sanctioned"), released_on__isnull=False, watch_ends_on__gt=F("released_on")),
                name="margin_money_released_as_sanctioned",
            ),
            models.CheckConstraint(
                condition=Q(amount_utilised__isnull=True, amount_recovered__isnull=True)
                | Q(amount_recovered__isnull=True, amount_utilised=F("amount_released"))
                | Q(amount_utilised__isnull=True, amount_recovered__gt=0, amount_recovered__lte=F("amount_released")),
                name="margin_money_converted_or_recovered",
            ),
        ]

    def __str__(self) -> str:
        return self.unit_name

    @classmethod
    def read(cls, pk: int) -> "LoanApplication":
        """Return the application with all that a file shows of it."""
        return APPLICATION.get(pk=pk)

    @property
    def subject(self) -> str:
        """The unit, not the person: subjects stand in lists and letters."""
        return self.unit_name

    @property
    def cost(self) -> Decimal:
        """The project cost the margin money goes by, in rupees: the bank's once it has appraised, else the applicant's."""
        return self.project_cost if self.appraised_cost is None else self.appraised_cost

    @property
    def is_special(self) -> bool:
        """Say whether the lower own contribution of the special categories holds."""
        return self.category != Category.GENERAL or self.gender == Gender.FEMALE

    @property
    def product_name(self) -> str:
        return self.product.name if self.product else self.product_words

    def known_by(self) -> list[str]:
        return list(self.product.both_names) if self.product else [self.product_words]

    def inputs_now(self) -> dict[str, Any]:
        return {"project_cost_rupees": self.cost, "special_category": self.is_special}

    def end(self, *, good: bool) -> None:
        """A benefit that was given and taken back is still one that was had: such a file bars later ones."""
        super().end(good=good or self.sanctioned_on is not None)
        if self.dropped:
            self.marks().update(standing=FileStanding.ENDED)

    def cancel(self) -> None:
        """Mark the application as ended before its money left: what was sanctioned was never had."""
        super().end(good=False)
        self.marks().update(standing=FileStanding.ENDED)

    def reopen(self) -> None:
        super().reopen()
        self.marks().update(standing=FileStanding.OPEN)

    def opened(self, file_number: str) -> None:
        self.marks().update(file_number=file_number)

    def acknowledged(self) -> list[tuple[str, str]]:
        label = self.labels
        return [
            (label["name"], self.name),
            (label["unit_name"], self.unit_name),
            (label["applied_on"], date_format(self.applied_on)),
            (label["project_cost"], in_figures(self.project_cost)),
            (label["bank"], f"{self.bank.name}, {self.branch}"),
        ]

    def summary(self) -> list[tuple[str, str]]:
        """Return label and value of what a deciding officer reads first, in the reader's language."""
        label = self.labels
        rows: list[tuple[Any, str]] = [
            (label["name"], f"{self.name} ({self.guardian_name})"),
            (label["category"], f"{self.get_category_display()}, {self.get_gender_display()}"),
            (label["date_of_birth"], date_format(self.date_of_birth)),
            (label["address"], self.address),
            (label["mobile"], self.mobile),
            *((label[f"{name}_last4"], identity.shown) for name, identity in self.identities().items()),
            (label["tags"], self.words("tags")),
            (label["product" if self.product else "product_words"], self.product_name),
            (label["activity"], str(self.get_activity_display())),
            (label["bank"], f"{self.bank.name}, {self.branch} ({self.ifsc})"),
        ]
        money = ("project_cost", "own_contribution", "term_loan", "working_capital", "appraised_cost", "loan_sanctioned")
        rows += [(label[name], in_figures(getattr(self, name))) for name in money]
        rows += [(label["loan_reference"], self.loan_reference), (label["bank_reason"], str(self.get_bank_reason_display()))]
        rows += self.amounts()
        days = ("loan_sanctioned_on", "sanctioned_on", "released_on", "watch_ends_on", "visited_on", "recovered_on")
        rows += [(label[name], date_format(day)) for name in days if (day := getattr(self, name))]
        rows += [
            (label["payment_reference"], self.payment_reference),
            (label["running"], str(self.get_running_display())),
            (label["employees"], "" if self.employees is None else str(self.employees)),
            (label["verification_remarks"], self.verification_remarks),
            (label["recovery_reference"], self.recovery_reference),
        ]
        return [(str(said), value) for said, value in rows if value]


APPLICATION = Asked(
    lambda: LoanApplication.objects.select_related("product", "bank", "district__state", "budget_head").filter(pk=Given("pk"))
)
