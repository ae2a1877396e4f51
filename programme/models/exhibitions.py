from datetime import date
from typing import Any

from django.db import connection, models
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from programme.asking import Asked, Given, keep_beside
from programme.models.budget import BudgetHead
from programme.models.norms import Norm
from programme.models.places import District
from programme.models.products import Product
from programme.models.records import FileRecord
from programme.money import in_figures


class ExhibitionProposal(FileRecord):
    """A district's exhibition: what is proposed, what was granted, what came of it. Amounts in rupees."""

    MATERIAL = frozenset(
        {"product_id", "venue", "starts_on", "ends_on", "districts_shown", "stalls", "budget_head_id", "amount_asked", "amount_recommended"}
    )
    PERSONAL = frozenset({"nodal_officer", "nodal_mobile"})
    CONDITIONS = (
        _("The amount is spent only on the purpose for which it is sanctioned."),
        _("The report of the exhibition and the utilisation certificate are sent on this file within the time it shows."),
        _("What is not spent is surrendered."),
    )
    AMOUNTS_IN_NORM = ("finance_above", "ceiling")
    PAPERS = {
        "proposal_letter": _("Signed proposal letter"),
        "cost_estimate": _("Cost estimate"),
        "venue_consent": _("Consent of the venue"),
        "report_photographs": _("Photographs of the exhibition"),
        "utilisation_certificate": _("Utilisation certificate"),
    }

    district = models.ForeignKey(District, models.PROTECT, related_name="exhibitions", verbose_name=_("District"), db_index=False)
    title = models.CharField(_("Subject"), max_length=200)
    product = models.ForeignKey(Product, models.PROTECT, verbose_name=_("Identified product"))
    purpose = models.TextField(_("Purpose"), max_length=4000)
    venue = models.CharField(_("Venue"), max_length=200)
    starts_on = models.DateField(_("From"))
    ends_on = models.DateField(_("To"))
    districts_shown = models.ManyToManyField(
        District, related_name="+", blank=True, verbose_name=_("Districts whose products will be shown")
    )
    stalls = models.PositiveIntegerField(_("Number of stalls"))
    budget_head = models.ForeignKey(BudgetHead, models.PROTECT, verbose_name=_("Budget head"))
    nodal_officer = models.CharField(_("Nodal officer"), max_length=120)
    nodal_mobile = models.CharField(_("Nodal officer's mobile number"), max_length=10)

    amount_asked = models.DecimalField(_("Amount asked (₹)"), max_digits=14, decimal_places=2)
    amount_recommended = models.DecimalField(_("Amount recommended (₹)"), max_digits=14, decimal_places=2, null=True, blank=True)
    amount_sanctioned = models.DecimalField(_("Amount sanctioned (₹)"), max_digits=14, decimal_places=2, null=True, blank=True)
    amount_released = models.DecimalField(_("Amount released (₹)"), max_digits=14, decimal_places=2, null=True, blank=True)
    amount_utilised = models.DecimalField(_("Amount utilised (₹)"), max_digits=14, decimal_places=2, null=True, blank=True)

    held_from = models.DateField(_("Held from"), null=True, blank=True)
    held_to = models.DateField(_("Held to"), null=True, blank=True)
    stalls_held = models.PositiveIntegerField(_("Stalls that came"), null=True, blank=True)
    visitors = models.PositiveIntegerField(_("Visitors"), null=True, blank=True)
    sales = models.DecimalField(_("Sales at the stalls (₹)"), max_digits=14, decimal_places=2, null=True, blank=True)
    outcome_report = models.TextField(_("What came of it"), max_length=4000, blank=True)
    certificate_number = models.CharField(_("Utilisation certificate number"), max_length=80, blank=True)
    certificate_date = models.DateField(_("Utilisation certificate date"), null=True, blank=True)

    class Meta:
        verbose_name = _("Exhibition proposal")
        verbose_name_plural = _("Exhibition proposals")
        indexes = [models.Index(fields=["district", "starts_on"], name="exhibitions_of_a_district")]
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_on__gte=models.F("starts_on")), name="exhibition_ends_after_it_starts"),
            models.CheckConstraint(condition=models.Q(amount_asked__gt=0), name="exhibition_asks_for_something"),
            models.CheckConstraint(
                condition=models.Q(amount_sanctioned__isnull=True) | models.Q(amount_sanctioned__lte=models.F("amount_asked")),
                name="exhibition_sanction_within_what_was_asked",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_utilised__isnull=True) | models.Q(amount_utilised__lte=models.F("amount_released")),
                name="exhibition_utilised_within_the_release",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @staticmethod
    def held_between(first: Any, last: Any) -> models.Q:
        """Return the condition that an exhibition is held on one of these days, as PostgreSQL's index over its days is asked."""
        if connection.vendor != "postgresql":
            return models.Q(starts_on__lte=last, ends_on__gte=first)
        spans = [
            models.Func(*ends, models.Value("[]"), function="daterange", output_field=models.DateField())
            for ends in ((models.F("starts_on"), models.F("ends_on")), (first, last))
        ]
        return models.Q(models.Func(*spans, template="%(expressions)s", arg_joiner=" && ", output_field=models.BooleanField()))

    @classmethod
    def read(cls, pk: int) -> "ExhibitionProposal":
        """Return the proposal with all that a file shows of it."""
        proposal = PROPOSAL.get(pk=pk)
        keep_beside(proposal, "districts_shown", DISTRICTS_SHOWN(pk=pk))
        return proposal

    @property
    def subject(self) -> str:
        return self.title

    def known_by(self) -> list[str]:
        return [*self.product.both_names, self.venue]

    def needs_finance(self, norm: Norm) -> bool:
        """Say whether the recommended amount is above the limit over which Finance must concur."""
        return (self.amount or 0) > norm.rupees("finance_above")

    def summary(self) -> list[tuple[str, str]]:
        """Return label and value of what a deciding officer reads first, in the reader's language."""
        label = self.labels
        rows: list[tuple[Any, str]] = [
            (label["product"], f"{self.product.name} ({self.product.rank_title})"),
            (label["venue"], self.venue),
            (_("Dates"), _span(self.starts_on, self.ends_on)),
            (label["purpose"], self.purpose),
            (label["districts_shown"], ", ".join(district.name for district in self.districts_shown.all())),
            (label["stalls"], str(self.stalls)),
            (label["nodal_officer"], f"{self.nodal_officer}, {self.nodal_mobile}"),
            (label["budget_head"], f"{self.budget_head.code} · {self.budget_head.name}"),
        ]
        rows += self.amounts()
        rows += [
            (_("Held on"), _span(self.held_from, self.held_to)),
            (label["stalls_held"], "" if self.stalls_held is None else str(self.stalls_held)),
            (label["visitors"], "" if self.visitors is None else str(self.visitors)),
            (label["sales"], in_figures(self.sales)),
            (label["outcome_report"], self.outcome_report),
            (label["certificate_number"], self.certificate_number),
        ]
        return [(str(said), value) for said, value in rows if value]


def _span(first: date | None, last: date | None) -> str:
    return f"{date_format(first)} – {date_format(last)}" if first and last else ""


PROPOSAL = Asked(
    lambda: ExhibitionProposal.objects.select_related("product", "budget_head", "district").filter(pk=Given("pk")),
)
DISTRICTS_SHOWN = Asked(
    lambda: District.objects.annotate(has_product=Product.of_a_district()).filter(
        pk__in=ExhibitionProposal.districts_shown.through.objects.filter(exhibitionproposal=Given("pk")).values("district")
    )
)
