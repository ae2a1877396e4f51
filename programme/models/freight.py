"""A claim of freight subsidy: the exporter, his shipping bills line by line, and the bills that no other claim may name."""

from datetime import date
from decimal import Decimal
from functools import reduce
from itertools import groupby
from operator import or_
from typing import Any

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from programme.asking import Asked, Given, keep_beside
from programme.identity import IdentityKind
from programme.models.beneficiaries import FileStanding, HasIdentities, columns_of, digest_column, last_four_column
from programme.models.budget import BudgetHead
from programme.models.norms import Norm
from programme.models.places import District
from programme.models.products import Product
from programme.models.records import FileRecord
from programme.money import rupees

IDENTITIES = {
    "iec": IdentityKind.IEC,
    "gstin": IdentityKind.GSTIN,
    "pan": IdentityKind.PAN,
    "udyam": IdentityKind.UDYAM,
    "account": IdentityKind.BANK_ACCOUNT,
}
NOTHING = Decimal(0)


class FreightMode(models.TextChoices):
    SEA = "sea", _("By sea, through a gateway port")
    AIR = "air", _("By air")


SCHEMES = {FreightMode.SEA: "GATEWAY_PORT_FREIGHT", FreightMode.AIR: "AIR_FREIGHT"}


class FreightClaim(FileRecord, HasIdentities):
    """One exporter's claim for one or more shipping bills of one mode, all under one version of the rules. Amounts in rupees.

    The amounts are never typed: what is asked is what the lines come to under the version; what is recommended leaves out
    the lines that the Export Promotion Bureau finds inadmissible and what no longer fits in the exporter's year.
    """

    IDENTITIES = IDENTITIES
    MATERIAL = frozenset({"mode", "product_id", "lines"}) | columns_of(IDENTITIES)
    PERSONAL = frozenset({"proprietor", "address", "mobile"}) | columns_of(IDENTITIES)
    APPLICANT = "proprietor"
    PAPERS = {
        "shipping_bill": _("Shipping bill"),
        "bill_of_lading": _("Bill of lading"),
        "airway_bill": _("Airway bill"),
        "freight_invoice": _("Freight invoice"),
        "payment_proof": _("Proof that the freight was paid"),
        "gate_pass": _("Gate pass of the container depot or freight station"),
        "commercial_invoice": _("Commercial invoice"),
        "ebrc": _("Bank's certificate of export proceeds (e-BRC)"),
        "iec": _("Importer-exporter code certificate"),
        "rcmc": _("Registration-cum-membership certificate"),
        "udyam_certificate": _("Udyam registration certificate"),
        "epb_registration": _("Registration with the Export Promotion Bureau"),
        "gst_certificate": _("GST registration certificate"),
        "cancelled_cheque": _("Cancelled cheque"),
        "no_double_claim_undertaking": _("Undertaking that nothing is claimed twice"),
        "payment_advice": _("Payment advice"),
    }
    COMPUTED = "payable_rupees"
    OTHER_SCHEMES = frozenset(SCHEMES.values())
    CONDITIONS = (
        _("The amount is paid once, into the bank account named in the claim."),
        _("It is refunded when the freight of the same shipping bills is paid under another scheme as well."),
    )
    LINES = {
        "lines": {
            "bill_number": _("Shipping bill"),
            "port_code": _("Port code"),
            "exported_on": _("Exported on"),
            "feet": _("Container (feet)"),
            "kilograms": _("Weight (kg)"),
            "freight": _("Freight paid (₹)"),
            "invoice_number": _("Freight invoice number"),
        },
        "inadmissible": {"line": _("Line of the claim"), "reason": _("Reason")},
    }

    district = models.ForeignKey(District, models.PROTECT, related_name="freight_claims", verbose_name=_("District"))
    mode = models.CharField(_("How the goods left"), max_length=3, choices=FreightMode.choices)
    unit = models.CharField(_("Exporting unit"), max_length=160)
    proprietor = models.CharField(_("Proprietor or partner"), max_length=120)
    address = models.TextField(_("Address of the unit"), max_length=400)
    mobile = models.CharField(_("Mobile number"), max_length=10)
    iec_digest, iec_last4 = digest_column(_("Importer-exporter code")), last_four_column(_("Importer-exporter code"))
    gstin_digest, gstin_last4 = digest_column(_("GSTIN")), last_four_column(_("GSTIN"))
    pan_digest, pan_last4 = digest_column(_("PAN")), last_four_column(_("PAN"))
    udyam_digest, udyam_last4 = digest_column(_("Udyam registration")), last_four_column(_("Udyam registration"))
    account_digest, account_last4 = digest_column(_("Bank account")), last_four_column(_("Bank account"))
    product = models.ForeignKey(Product, models.PROTECT, verbose_name=_("Product exported"))
    gateway = models.CharField(_("Port, container depot or air cargo complex"), max_length=120)
    claimed_on = models.DateField(_("Date of the claim"))
    time_barred = models.BooleanField(_("Out of time"), default=False)
    # The lines that the Bureau leaves out, by their place in the claim from 1, each with the reason.
    inadmissible = models.JSONField(_("Not admissible"), default=list, blank=True)
    derivation = models.JSONField(_("How the amount comes about"), null=True)

    budget_head = models.ForeignKey(BudgetHead, models.PROTECT, null=True, verbose_name=_("Budget head"))
    amount_asked = models.DecimalField(_("Amount asked (₹)"), max_digits=14, decimal_places=2)
    amount_recommended = models.DecimalField(_("Amount recommended (₹)"), max_digits=14, decimal_places=2, null=True)
    amount_sanctioned = models.DecimalField(_("Amount sanctioned (₹)"), max_digits=14, decimal_places=2, null=True)
    amount_released = models.DecimalField(_("Amount paid (₹)"), max_digits=14, decimal_places=2, null=True)
    amount_utilised = models.DecimalField(_("Amount utilised (₹)"), max_digits=14, decimal_places=2, null=True)
    payment_reference = models.CharField(_("Payment reference"), max_length=80, blank=True)
    paid_on = models.DateField(_("Paid on"), null=True)

    class Meta:
        verbose_name = _("Freight claim")
        verbose_name_plural = _("Freight claims")
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_asked__gt=0), name="freight_asks_for_something"),
            models.CheckConstraint(
                condition=models.Q(amount_recommended__isnull=True) | models.Q(amount_recommended__lte=models.F("amount_asked")),
                name="freight_recommended_within_what_was_asked",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_sanctioned__isnull=True)
                | models.Q(amount_sanctioned__gt=0, amount_sanctioned__lte=models.F("amount_recommended")),
                name="freight_sanctioned_within_what_was_recommended",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_released__isnull=True) | models.Q(amount_released=models.F("amount_sanctioned")),
                name="freight_paid_as_sanctioned",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_utilised__isnull=True) | models.Q(amount_utilised=models.F("amount_released")),
                name="freight_utilised_as_paid",
            ),
        ]
        indexes = [models.Index(fields=["iec_digest"], name="freight_claims_of_an_exporter")]

    def __str__(self) -> str:
        return self.unit

    @classmethod
    def read(cls, pk: int) -> "FreightClaim":
        """Return the claim with all that a file shows of it."""
        claim = CLAIM.get(pk=pk)
        keep_beside(claim, "lines", LINES(pk=pk))
        return claim

    @property
    def subject(self) -> str:
        return self.unit

    def known_by(self) -> list[str]:
        return [*self.product.both_names, self.gateway]

    @property
    def scheme(self) -> str:
        """The code of the scheme whose norms the mode falls under."""
        return SCHEMES[FreightMode(self.mode)]

    def is_time_barred(self, norm: Norm) -> bool:
        """Say whether the claim came after its last day, and was registered as such."""
        return self.time_barred

    def admissible_lines(self) -> list["FreightLine"]:
        """Return the lines that the Bureau has not left out."""
        return [line for n, line in enumerate(self.lines.all(), 1) if n not in self.left_out]

    @property
    def left_out(self) -> dict[int, str]:
        """The Bureau's reasons against lines, by their place in the claim from 1."""
        return {row["line"]: row["reason"] for row in self.inadmissible}

    def inputs_now(self) -> dict[str, Any]:
        """Return what the calculator is asked: the record as it stands, with the ceiling used as it was when the amount was computed."""
        earlier = (self.derivation or {}).get("inputs", {})
        return self.asked_of(self.admissible_lines(), earlier.get("already_sanctioned_this_fy", "0"))

    def asked_of(self, lines: list["FreightLine"], already: Decimal | str) -> dict[str, Any]:
        """Return the calculator's inputs for some lines, of which there must be one; by air weight and freight count in sum."""
        asked: dict[str, Any] = {
            "already_sanctioned_this_fy": already,
            "export_date": min(line.exported_on for line in lines),
            "claim_date": self.claimed_on,
        }
        if self.mode == FreightMode.SEA:
            return asked | {"containers": [{"feet": line.feet, "freight_rupees": line.freight} for line in lines]}
        weights = [line.kilograms for line in lines if line.kilograms]
        return asked | {"kg": sum(weights, NOTHING), "freight_rupees": sum((line.freight for line in lines), NOTHING)}

    def acknowledged(self) -> list[tuple[str, str]]:
        """Return label and value of what the exporter is told in his acknowledgement, in the reader's language."""
        label = self.labels
        rows: list[tuple[Any, str]] = [
            (label["unit"], self.unit),
            (label["mode"], str(FreightMode(self.mode).label)),
            (label["claimed_on"], date_format(self.claimed_on)),
            (_("Lines"), "\n".join(self.told_lines())),
            (label["amount_asked"], rupees(self.amount_asked)),
        ]
        return [(str(said), value) for said, value in rows]

    def told_lines(self) -> list[str]:
        """Return the lines as people read them: like containers of one bill in one sentence, a line left out with its reason."""
        told: list[str] = []
        placed = list(enumerate(self.lines.all(), 1))
        for (_like, reason), same in groupby(placed, lambda row: (row[1].like, self.left_out.get(row[0], ""))):
            alike = list(same)
            told.append(_told(*alike[0], len(alike), reason))
        return told

    def opened(self, file_number: str) -> None:
        self.bills.update(file_number=file_number)
        self.marks().update(file_number=file_number)

    def end(self, *, good: bool) -> None:
        """Mark the claim as ended; one that ends badly frees its shipping bills and stands in no later file's way."""
        super().end(good=good)
        if not good:
            self.bills.update(live=False)
            self.marks().update(standing=FileStanding.ENDED)

    def bar_to_reopening(self) -> str:
        """Return which of the claim's shipping bills another claim holds by now; empty when none does."""
        held = reduce(or_, (models.Q(number=bill.number, port=bill.port) for bill in self.bills.all()), models.Q(pk__in=[]))
        taken = ShippingBill.objects.filter(held, live=True).exclude(claim=self.pk).order_by("pk").first()
        said = {"bill": taken, "file": taken.file_number} if taken else None
        return gettext("Shipping bill %(bill)s is held by file %(file)s by now.") % said if said else ""

    def reopen(self) -> None:
        super().reopen()
        self.bills.update(live=True)
        self.marks().update(standing=FileStanding.OPEN)

    def summary(self) -> list[tuple[str, str]]:
        """Return label and value of what a deciding officer reads first, in the reader's language."""
        label = self.labels
        numbers = " · ".join(f"{kept.kind.label} {kept.shown}" for kept in self.identities().values())
        rows: list[tuple[Any, str]] = [
            (label["mode"], str(FreightMode(self.mode).label)),
            (label["proprietor"], f"{self.proprietor}, {self.mobile}"),
            (label["address"], self.address),
            (_("Numbers of the unit"), numbers),
            (label["product"], f"{self.product.name} ({self.product.district.name})"),
            (label["gateway"], self.gateway),
            (label["claimed_on"], date_format(self.claimed_on)),
            (_("Lines"), "\n".join(self.told_lines())),
        ]
        rows += self.amounts()
        rows += [(label["payment_reference"], self.payment_reference), (label["paid_on"], _day(self.paid_on))]
        return [(str(said), value) for said, value in rows if value]


class FreightLine(models.Model):
    """One line of a claim: by sea one container, by air one consignment."""

    FEET = ((20, "20"), (40, "40"))

    claim = models.ForeignKey(FreightClaim, models.CASCADE, related_name="lines", verbose_name=_("Freight claim"))
    bill_number = models.CharField(_("Shipping bill"), max_length=15)
    port_code = models.CharField(_("Port code"), max_length=6)
    exported_on = models.DateField(_("Exported on"))
    feet = models.PositiveSmallIntegerField(_("Container (feet)"), choices=FEET, null=True)
    kilograms = models.DecimalField(_("Weight (kg)"), max_digits=10, decimal_places=2, null=True)
    freight = models.DecimalField(_("Freight paid (₹)"), max_digits=14, decimal_places=2)
    invoice_number = models.CharField(_("Freight invoice number"), max_length=40)

    class Meta:
        verbose_name = _("Line of a freight claim")
        verbose_name_plural = _("Lines")
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(feet__in=[20, 40], kilograms__isnull=True) | models.Q(feet__isnull=True, kilograms__gt=0),
                name="freight_line_is_a_container_or_a_weight",
            ),
            models.CheckConstraint(condition=models.Q(freight__gt=0), name="freight_line_was_paid"),
        ]

    def __str__(self) -> str:
        return f"{self.bill_number} ({self.port_code})"

    @property
    def like(self) -> tuple[Any, ...]:
        """What two lines have in common that read alike."""
        return (self.bill_number, self.port_code, self.exported_on, self.feet, self.kilograms, self.freight)

    @property
    def measure(self) -> str:
        """What was sent, in the reader's language: the container's size or the weight."""
        if self.feet:
            return str(_("%(feet)s-foot container") % {"feet": self.feet})
        return str(_("%(weight)s kg") % {"weight": f"{(self.kilograms or NOTHING).normalize():f}"})


class ShippingBill(models.Model):
    """A shipping bill that a claim names. While that claim is alive, no other may name the bill: the database refuses it."""

    claim = models.ForeignKey(FreightClaim, models.PROTECT, related_name="bills", verbose_name=_("Freight claim"))
    number = models.CharField(_("Shipping bill"), max_length=15)
    port = models.CharField(_("Port code"), max_length=6)
    live = models.BooleanField(_("held by a claim"), default=True)
    # Empty until the file is open.
    file_number = models.CharField(_("file number"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("Shipping bill")
        verbose_name_plural = _("Shipping bills")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["number", "port"], condition=models.Q(live=True), name="shipping_bill_claimed_once"),
            models.UniqueConstraint(fields=["claim", "number", "port"], name="shipping_bill_once_a_claim"),
        ]

    def __str__(self) -> str:
        return f"{self.number} ({self.port})"


def _day(day: date | None) -> str:
    return date_format(day) if day else ""


def _told(n: int, line: FreightLine, count: int, reason: str) -> str:
    said = {
        "n": n,
        "last": n + count - 1,
        "bill": line,
        "day": date_format(line.exported_on),
        "measure": line.measure,
        "freight": rupees(line.freight),
    }
    if count == 1:
        told = _("%(n)s. Bill %(bill)s of %(day)s, %(measure)s, freight %(freight)s") % said
    else:
        told = _("%(n)s–%(last)s. Bill %(bill)s of %(day)s, each %(measure)s, freight %(freight)s") % said
    return str(_("%(line)s; not admissible: %(reason)s") % {"line": told, "reason": reason} if reason else told)


CLAIM = Asked(lambda: FreightClaim.objects.select_related("product__district", "district__state", "budget_head").filter(pk=Given("pk")))
LINES = Asked(lambda: FreightLine.objects.filter(claim=Given("pk")))
