from django.db import models
from django.utils.translation import gettext_lazy as _

from programme.models.naming import Named
from programme.models.places import State


class BudgetHead(Named):
    """A head of account of a State's budget."""

    state = models.ForeignKey(State, models.PROTECT, related_name="budget_heads", verbose_name=_("State"))
    code = models.CharField(_("head of account"), max_length=40)
    scheme = models.SlugField(
        _("scheme"), max_length=40, blank=True, help_text=_("The scheme whose sanctions are booked here; empty: any that lets one choose.")
    )

    class Meta:
        verbose_name = _("Budget head")
        verbose_name_plural = _("Budget heads")
        constraints = [
            models.UniqueConstraint(fields=["state", "code"], name="budget_head_once_in_its_state"),
            models.UniqueConstraint(fields=["state", "scheme"], condition=~models.Q(scheme=""), name="one_budget_head_a_scheme"),
        ]


class Allotment(models.Model):
    """A head's money for one financial year, in rupees. The database refuses to commit more than is allotted."""

    head = models.ForeignKey(BudgetHead, models.PROTECT, related_name="allotments", verbose_name=_("Budget head"))
    year = models.CharField(_("financial year"), max_length=7)
    allotted = models.DecimalField(_("allotted (₹)"), max_digits=16, decimal_places=2)
    committed = models.DecimalField(_("committed (₹)"), max_digits=16, decimal_places=2, default=0, editable=False)

    class Meta:
        verbose_name = _("Allotment")
        verbose_name_plural = _("Allotments")
        constraints = [
            models.UniqueConstraint(fields=["head", "year"], name="one_allotment_a_head_a_year"),
            models.CheckConstraint(condition=models.Q(committed__gte=0), name="committed_never_below_zero"),
            models.CheckConstraint(condition=models.Q(committed__lte=models.F("allotted")), name="never_committed_above_the_allotment"),
        ]

    def __str__(self) -> str:
        return f"{self.head.code} · {self.year}"

    @property
    def balance(self):
        return self.allotted - self.committed


class EntryKind(models.TextChoices):
    COMMITMENT = "commitment", _("Commitment")
    RELEASE = "release", _("Release")
    UTILISATION = "utilisation", _("Utilisation")
    RECOVERY = "recovery", _("Recovery")
    GIVEN_BACK = "given_back", _("Commitment given back")


class LedgerEntry(models.Model):
    """One line of the budget ledger: an amount in rupees against an allotment, for a file."""

    allotment = models.ForeignKey(Allotment, models.PROTECT, related_name="entries", verbose_name=_("Allotment"))
    kind = models.CharField(_("kind"), max_length=12, choices=EntryKind.choices)
    amount = models.DecimalField(_("amount (₹)"), max_digits=14, decimal_places=2)
    file_number = models.CharField(_("file number"), max_length=40)
    made_at = models.DateTimeField(_("made at"), auto_now_add=True)

    class Meta:
        verbose_name = _("Ledger entry")
        verbose_name_plural = _("Ledger entries")
        constraints = [
            models.UniqueConstraint(fields=["kind", "file_number"], name="one_ledger_entry_of_a_kind_a_file"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="ledger_entry_is_positive"),
        ]
        indexes = [models.Index(fields=["allotment", "kind"], include=["amount"], name="ledger_of_an_allotment")]


class Released(models.Model):
    """A part of the rupees released of an allotment: the database adds one with each release, and they are folded together later."""

    allotment = models.ForeignKey(Allotment, models.PROTECT, related_name="released", verbose_name=_("Allotment"))
    amount = models.DecimalField(_("amount (₹)"), max_digits=18, decimal_places=2)

    class Meta:
        default_permissions = ()
