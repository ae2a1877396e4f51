from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from programme.models import Norm, Office
from programme.powers import Power
from workflows.models.files import Movement
from workflows.models.jobs import Job
from workflows.models.outcomes import Outcome
from workflows.models.record import Noting

DEFERRED = "deferred"


class Committee(models.TextChoices):
    """Which committee sits; the value is the power of its chair, with which its files wait."""

    LOAN = Power.CHAIR_LOAN_COMMITTEE.value, _("District committee on loan applications")
    USERS = Power.CHAIR_USERS_COMMITTEE.value, _("District Users Committee on freight claims")


class SittingState(models.TextChoices):
    CALLED = "called", pgettext_lazy("sitting", "Called")
    HELD = "held", pgettext_lazy("sitting", "Held, not yet signed")
    SIGNED = "signed", pgettext_lazy("sitting", "Signed, files being moved")
    DONE = "done", pgettext_lazy("sitting", "Signed")


class ItemState(models.TextChoices):
    """What became of a file on an agenda; a waiting one is on no other agenda."""

    WAITING = "waiting", pgettext_lazy("file of a sitting", "Waiting")
    DONE = "done", pgettext_lazy("file of a sitting", "Moved")
    REFUSED = "refused", pgettext_lazy("file of a sitting", "Not moved")
    DEFERRED = DEFERRED, pgettext_lazy("file of a sitting", "Deferred")


class Sitting(models.Model):
    """One sitting of a district's committee. Its signed minutes never change: the database refuses it.

    ``minutes`` is canonical text, ``sha256`` its digest, which the paragraph of every file of the sitting names. The number is
    given with the signature, one series for each State, committee and year, so that signed minutes have no gap.
    """

    kind = models.CharField(_("committee"), max_length=40, choices=Committee.choices)
    office = models.ForeignKey(Office, models.PROTECT, related_name="sittings", verbose_name=_("chaired by"))
    norm = models.ForeignKey(Norm, models.PROTECT, related_name="+", verbose_name=_("norm"))
    quorum = models.PositiveSmallIntegerField(_("quorum"))
    held_on = models.DateField(_("held on"))
    place = models.CharField(_("place"), max_length=200)
    state = models.CharField(_("state"), max_length=12, choices=SittingState.choices, default=SittingState.CALLED)
    called_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("called by"))
    called_at = models.DateTimeField(_("called at"), auto_now_add=True)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("minuted by"))
    number = models.CharField(_("number"), max_length=60, unique=True, null=True)
    minutes = models.TextField(_("minutes"), blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("signed by"))
    signed_at = models.DateTimeField(_("signed at"), null=True)
    job = models.OneToOneField(Job, models.PROTECT, null=True, related_name="sitting")

    class Meta:
        verbose_name = _("Sitting")
        verbose_name_plural = _("Sittings")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["called", "held"], number=None, minutes="", sha256="", signed_by=None, signed_at=None, job=None)
                | (
                    Q(state__in=["signed", "done"], number__isnull=False, signed_by__isnull=False, signed_at__isnull=False)
                    & Q(job__isnull=False)
                    & ~Q(minutes="")
                    & ~Q(sha256="")
                ),
                name="sitting_signed_as_a_whole",
            )
        ]
        indexes = [models.Index(fields=["office", "-held_on"], name="sittings_of_an_office")]

    def __str__(self) -> str:
        return self.number or str(self.held_on)

    @property
    def is_open(self) -> bool:
        """Say whether agenda, presence and decisions may still be changed."""
        return self.state in {SittingState.CALLED, SittingState.HELD}


class Member(models.Model):
    """Who sits in the committee: an office of the norm, or somebody from outside whom the chair has nominated."""

    sitting = models.ForeignKey(Sitting, models.CASCADE, related_name="members")
    position = models.PositiveSmallIntegerField()
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+", verbose_name=_("office"))
    outside_name = models.CharField(_("name"), max_length=120, blank=True)
    outside_post = models.CharField(_("whom the member stands for"), max_length=200, blank=True)
    present = models.BooleanField(_("present"), default=False)

    class Meta:
        default_permissions = ()
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["sitting", "position"], name="member_has_a_place_of_its_own"),
            models.UniqueConstraint(fields=["sitting", "office"], name="office_sits_once"),
            models.CheckConstraint(
                condition=Q(office__isnull=False, outside_name="", outside_post="")
                | (Q(office=None) & ~Q(outside_name="") & ~Q(outside_post="")),
                name="member_is_an_office_or_a_person_from_outside",
            ),
        ]

    @property
    def name(self) -> str:
        """The office, or the person and whom he stands for, in the reader's language where it is known in both."""
        return self.office.name if self.office else f"{self.outside_name}, {self.outside_post}"

    def posts(self) -> dict[str, str]:
        """Return the post in both languages; a person from outside has no other name here."""
        return self.office.names() if self.office else {"name_en": self.outside_post, "name_hi": self.outside_post}


class Item(models.Model):
    """One file on the agenda of a sitting, and what the committee decides of it.

    ``typed`` is what was typed into the form of the file's own step; ``outcome``, ``amount`` (rupees) and ``text`` are what that
    form says, for reading. An empty outcome is a file not decided yet.
    """

    sitting = models.ForeignKey(Sitting, models.CASCADE, related_name="items")
    movement = models.ForeignKey(Movement, models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    typed = models.JSONField(default=dict)
    outcome = models.CharField(_("outcome"), max_length=20, blank=True)
    amount = models.DecimalField(_("amount (₹)"), max_digits=14, decimal_places=2, null=True)
    text = models.TextField(_("reason"), blank=True)
    recused = models.ManyToManyField(Member, related_name="+", verbose_name=_("recused"))
    state = models.CharField(_("state"), max_length=12, choices=ItemState.choices, default=ItemState.WAITING)
    sentence_en = models.TextField(_("why it did not move, in English"), blank=True)
    sentence_hi = models.TextField(_("why it did not move, in Hindi"), blank=True)
    noting = models.OneToOneField(Noting, models.PROTECT, null=True, related_name="item")

    class Meta:
        default_permissions = ()
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["sitting", "position"], name="item_has_a_number_of_its_own"),
            models.UniqueConstraint(fields=["sitting", "movement"], name="file_stands_once_on_an_agenda"),
            models.UniqueConstraint(fields=["movement"], condition=Q(state="waiting"), name="file_is_on_one_open_agenda"),
            models.CheckConstraint(
                condition=Q(state="done", noting__isnull=False) | (~Q(state="done") & Q(noting=None)), name="item_moved_has_its_paragraph"
            ),
        ]

    @property
    def is_decided(self) -> bool:
        return bool(self.outcome)

    @property
    def is_deferred(self) -> bool:
        return self.outcome == DEFERRED

    @property
    def says(self) -> str:
        """The decision in the reader's language; empty before there is one."""
        return outcome_label(self.outcome)


def outcome_label(outcome: str) -> str:
    """Return how the minutes say an outcome, the deferral among them; empty for none."""
    if outcome == DEFERRED:
        return str(_("Deferred to the next sitting"))
    return str(Outcome(outcome).label) if outcome else ""
