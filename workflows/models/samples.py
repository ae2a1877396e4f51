from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from programme.models import Charge, Office, State
from workflows.models.audit import AuditScope
from workflows.models.files import Case
from workflows.models.record import Noting


class Method(models.TextChoices):
    """How a sample is drawn; ``workflows.audit.drawing`` says each step of it."""

    RANDOM = "random", pgettext_lazy("sample", "Random")
    STRATIFIED = "stratified", pgettext_lazy("sample", "Stratified")
    MONETARY = "monetary", pgettext_lazy("sample", "By monetary unit")


class Strata(models.TextChoices):
    DISTRICT = "district", _("District")
    PROCESS = "process", _("Process")
    AMOUNT = "amount", _("Amount band")


class Sample(models.Model):
    """Files drawn from a population, as the population stood at one moment. Only added to, so that it can be drawn again.

    ``digest`` is the SHA-256 of the population's file numbers and amounts; ``total`` is what it comes to in rupees. ``interval`` and
    ``start`` are paise, and stand where money was the unit.
    """

    state = models.ForeignKey(State, models.PROTECT, related_name="+", verbose_name=_("State"))
    title = models.CharField(_("title"), max_length=120)
    method = models.CharField(_("method"), max_length=12, choices=Method.choices)
    strata = models.CharField(_("stratified by"), max_length=12, choices=Strata.choices, blank=True)
    size = models.PositiveIntegerField(_("files asked for"))
    seed = models.CharField(_("seed"), max_length=40)
    query = models.CharField(_("selection"), max_length=2000, blank=True)
    population = models.PositiveIntegerField(_("files in the population"))
    total = models.DecimalField(_("amount of the population (₹)"), max_digits=18, decimal_places=2, default=Decimal(0))
    digest = models.CharField(_("digest of the population"), max_length=64)
    interval = models.BigIntegerField(_("interval (paise)"), null=True)
    start = models.BigIntegerField(_("start (paise)"), null=True)
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("drawn by"))
    drawn_at = models.DateTimeField(_("drawn at"))
    # To what of the State its auditor was limited; nothing for the whole of it.
    scope = models.ForeignKey(AuditScope, models.PROTECT, null=True, related_name="+", verbose_name=_("Scope of an audit"))

    class Meta:
        verbose_name = _("Sample")
        verbose_name_plural = _("Samples")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0, population__gt=0), name="sample_is_drawn_from_something"),
            models.CheckConstraint(condition=~Q(seed="") & ~Q(title=""), name="sample_has_a_seed_and_a_title"),
            models.CheckConstraint(
                condition=Q(method="stratified") & ~Q(strata="") | ~Q(method="stratified") & Q(strata=""),
                name="sample_in_strata_names_them",
            ),
            models.CheckConstraint(
                condition=Q(interval__isnull=True, start__isnull=True)
                | Q(method="monetary", interval__gt=0, start__gt=0, start__lte=F("interval")),
                name="sample_starts_within_its_interval",
            ),
        ]
        indexes = [models.Index(fields=["state", "-drawn_at"], name="samples_of_a_state")]

    def __str__(self) -> str:
        return self.title


class SampleItem(models.Model):
    """One file of a sample, with the amount in rupees at which it stood when it was drawn. ``certain`` files were not left to chance."""

    sample = models.ForeignKey(Sample, models.PROTECT, related_name="items")
    position = models.PositiveIntegerField(_("number"))
    case = models.ForeignKey(Case, models.PROTECT, related_name="+", verbose_name=_("file"))
    stratum = models.CharField(_("stratum"), max_length=80, blank=True)
    amount = models.DecimalField(_("amount (₹)"), max_digits=14, decimal_places=2, null=True)
    certain = models.BooleanField(_("certain"), default=False)

    class Meta:
        default_permissions = ()
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["sample", "case"], name="file_once_in_a_sample"),
            models.UniqueConstraint(fields=["sample", "position"], name="sample_item_has_its_own_number"),
        ]


class TestStep(models.Model):
    """One attribute that every file of a sample is tested for, in the auditor's words."""

    # Test runners take a class of this name for their own.
    __test__ = False

    sample = models.ForeignKey(Sample, models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField(_("number"))
    text = models.CharField(_("what is tested"), max_length=300)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("entered by"))
    made_at = models.DateTimeField(_("entered at"))

    class Meta:
        default_permissions = ()
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["sample", "position"], name="test_step_has_its_own_number"),
            models.CheckConstraint(condition=~Q(text=""), name="test_step_says_what_is_tested"),
        ]


class Finding(models.TextChoices):
    MET = "met", pgettext_lazy("test of a sample", "Met")
    NOT_MET = "not_met", pgettext_lazy("test of a sample", "Not met")
    NOT_APPLICABLE = "not_applicable", pgettext_lazy("test of a sample", "Not applicable")


class TestResult(models.Model):
    """What the test of one file for one step found. A later row of the same corrects it; none is changed."""

    __test__ = False

    item = models.ForeignKey(SampleItem, models.PROTECT, related_name="results")
    step = models.ForeignKey(TestStep, models.PROTECT, related_name="results")
    finding = models.CharField(_("result"), max_length=16, choices=Finding.choices)
    text = models.CharField(_("remark"), max_length=1000, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("entered by"))
    made_at = models.DateTimeField(_("entered at"))

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(finding="not_met") | ~Q(text=""), name="what_is_not_met_is_said"),
        ]


class Observation(models.Model):
    """What an auditor observes of one exact paragraph, named by its hash, and the office that is to reply."""

    item = models.ForeignKey(SampleItem, models.PROTECT, null=True, related_name="observations")
    noting = models.ForeignKey(Noting, models.PROTECT, related_name="observations", verbose_name=_("paragraph"))
    hash = models.CharField(_("hash of the paragraph"), max_length=64)
    office = models.ForeignKey(Office, models.PROTECT, related_name="observations", verbose_name=_("office concerned"))
    text = models.TextField(_("observation"), max_length=4000)
    due = models.DateField(_("reply expected by"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("observed by"))
    made_at = models.DateTimeField(_("observed at"))

    class Meta:
        verbose_name = _("Observation")
        verbose_name_plural = _("Observations")
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="observation_says_something")]
        indexes = [models.Index(fields=["office", "-made_at"], name="observations_to_an_office")]


class Reply(models.Model):
    """What the office concerned says to an observation, in whose name and charge."""

    observation = models.ForeignKey(Observation, models.PROTECT, related_name="replies")
    text = models.TextField(_("reply"), max_length=4000)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("replied by"))
    charge = models.CharField(_("charge"), max_length=12, choices=Charge.choices)
    made_at = models.DateTimeField(_("replied at"))

    class Meta:
        verbose_name = _("Reply")
        verbose_name_plural = _("Replies")
        default_permissions = ()
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="reply_says_something")]


class Settlement(models.Model):
    """The end of an observation: an auditor says why it is settled. Without one it is open."""

    observation = models.OneToOneField(Observation, models.PROTECT, related_name="settlement")
    text = models.TextField(_("why it is settled"), max_length=2000)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("settled by"))
    made_at = models.DateTimeField(_("settled at"))

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="settlement_says_why")]
