from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from viewflow.workflow.models import Process, Task

from programme.calendar import today
from programme.models import District, Norm, Office, Posting, State
from programme.powers import Power
from workflows.models.order_kinds import OrderKind
from workflows.models.outcomes import Outcome

# The powers with which a file waits for a sitting.
COMMITTEES = [Power.CHAIR_LOAN_COMMITTEE.value, Power.CHAIR_USERS_COMMITTEE.value]
BY_THE_CLOCK = [Outcome.SILENT.value, Outcome.TIME_CAME.value]


class Case(Process):
    """One running file (पत्रावली) of any process. Business data stands in the process's own record."""

    number = models.CharField(_("file number"), max_length=40, unique=True)
    key = models.UUIDField(_("form key"), unique=True, help_text=_("Made with the form, so that one form opens one file."))
    kind = models.SlugField(_("process"), max_length=40, db_index=False)
    record_id = models.BigIntegerField(_("record"))
    subject = models.CharField(_("subject"), max_length=200)
    state = models.ForeignKey(State, models.PROTECT, related_name="+", verbose_name=_("State"), db_index=False)
    district = models.ForeignKey(District, models.PROTECT, null=True, related_name="+", verbose_name=_("District"), db_index=False)
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name=_("opened by"))
    amount = models.DecimalField(_("amount (₹)"), max_digits=14, decimal_places=2, null=True)
    flow_version = models.PositiveSmallIntegerField(_("process version"), default=1)
    norm = models.ForeignKey(Norm, models.PROTECT, related_name="+", verbose_name=_("norm"), db_index=False)
    ending = models.CharField(_("ended as"), max_length=40, blank=True)
    paragraphs = models.PositiveIntegerField(_("paragraphs"), default=0)
    head = models.CharField(_("hash of the last paragraph"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("File")
        verbose_name_plural = _("Files")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["kind", "record_id"], name="one_file_a_record")]
        indexes = [
            models.Index(fields=["district", "-process_ptr"], name="files_of_a_district"),
            models.Index(fields=["state", "-process_ptr"], name="files_of_a_state"),
        ]

    def __str__(self) -> str:
        return self.number

    @cached_property
    def record(self) -> Any:
        """The domain record, such as an ``ExhibitionProposal``."""
        return self.flow_class.record.read(self.record_id)

    @cached_property
    def offices(self) -> dict[tuple[str, str], Office]:
        """Offices of the file's steps already looked up, by power and level, or the post that a delegation names."""
        return {}

    @cached_property
    def next_numbers(self) -> dict[type[models.Model], int]:
        """The primary keys that the next rows of the file shall have, where they are known beforehand (see ``workflows.writing``)."""
        return {}

    @cached_property
    def begun(self) -> list[Any]:
        """The stays that the act under way began."""
        return []

    def standing(self) -> dict[str, Any]:
        """Return what an act changes of the file's own row, as it stands in memory."""
        return {name: getattr(self, name) for name in ("amount", "ending", "paragraphs", "head", "norm_id")}

    @cached_property
    def open_questions(self) -> list[Any]:
        """The questions asked on the file that nobody has answered, as they stood when this was first read."""
        named = ("office__designation", "office__district", "asked_in", "movement")
        return list(self.questions.filter(closed_in=None).select_related(*named).order_by("due", "pk"))

    @cached_property
    def ladder(self) -> Norm:
        """The delegation of the file's scheme in force today; raises ``Norm.DoesNotExist``."""
        return Norm.in_force(self.flow_class.ladder, self.state, today())

    @cached_property
    def moment(self) -> datetime:
        """The moment of the act under way: every stay that it ends or begins shares it, so that the file is never nowhere."""
        return timezone.now()

    @property
    def order(self) -> Any:
        """The newest sanction order of the file, ``None`` while there is none; asked of the database each time."""
        return self.orders.filter(kind=OrderKind.SANCTION).last()

    @property
    def is_open(self) -> bool:
        return not self.ending

    @property
    def ending_title(self) -> str:
        """How the file ended, in the reader's language; empty while it is open."""
        return str(self.flow_class.instance.node(self.ending).task_title) if self.ending else ""

    @property
    def ended_well(self) -> bool:
        """Say whether the file reached the end it was opened for."""
        return bool(self.ending) and self.flow_class.instance.node(self.ending).good


class Movement(models.Model):
    """One stay of a file at an office. Open movements are the inbox; closed ones are the register."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="movements", verbose_name=_("file"), db_index=False)
    task = models.OneToOneField(Task, models.PROTECT, related_name="movement")
    step = models.CharField(_("step"), max_length=60)
    power = models.CharField(_("power"), max_length=60, blank=True)
    office = models.ForeignKey(Office, models.PROTECT, related_name="movements", verbose_name=_("office"), db_index=False)
    came_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", verbose_name=_("came from"))
    returns_to = models.CharField(_("goes back to step"), max_length=60, blank=True)
    # The office was sent back for correction, changed something material, and pulled the file back to write on.
    afresh = models.BooleanField(_("approvals have lapsed here before it was pulled back"), default=False)
    received = models.DateTimeField(_("received"))
    due = models.DateTimeField(_("due"), null=True)
    wakes = models.DateTimeField(_("ended by the clock at"), null=True)
    # What the due date was made of, so that it can be counted again; empty where a day of the record is the last.
    days_allowed = models.PositiveSmallIntegerField(_("working days allowed"), null=True)
    counted_from = models.DateField(_("counted from"), null=True)
    ladder = models.ForeignKey(
        Norm, models.PROTECT, null=True, related_name="+", verbose_name=_("delegation that brought it here"), db_index=False
    )
    opened_at = models.DateTimeField(_("first opened"), null=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    disposed = models.DateTimeField(_("disposed"), null=True)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="movements", verbose_name=_("officer"))
    posting = models.ForeignKey(Posting, models.PROTECT, null=True, related_name="+", verbose_name=_("in the charge of"), db_index=False)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome.choices, blank=True)
    days_held = models.PositiveSmallIntegerField(_("working days held"), null=True)
    days_late = models.PositiveSmallIntegerField(_("working days late"), null=True)

    class Meta:
        verbose_name = _("Movement")
        verbose_name_plural = _("Movements")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(disposed__isnull=True, officer__isnull=True, posting__isnull=True, outcome="")
                | models.Q(disposed__isnull=False, officer__isnull=True, posting__isnull=True, outcome__in=BY_THE_CLOCK)
                | (models.Q(disposed__isnull=False, officer__isnull=False, posting__isnull=False) & ~models.Q(outcome="")),
                name="who_when_and_outcome_stand_together",
            ),
            models.CheckConstraint(
                condition=models.Q(days_allowed__isnull=True, counted_from__isnull=True)
                | models.Q(days_allowed__isnull=False, counted_from__isnull=False, due__isnull=False),
                name="working_days_are_counted_from_a_day",
            ),
            models.UniqueConstraint(
                fields=["case", "step", "office"], condition=models.Q(disposed__isnull=True), name="file_waits_once_at_a_step"
            ),
        ]
        indexes = [
            models.Index(fields=["office", "due"], condition=models.Q(disposed__isnull=True), name="inbox_of_an_office"),
            models.Index(fields=["due"], condition=models.Q(disposed__isnull=True), name="open_stays_by_due"),
            models.Index(
                fields=["power", "office"],
                condition=models.Q(disposed__isnull=True, power__in=COMMITTEES),
                name="stays_before_a_committee",
            ),
            models.Index(fields=["wakes"], condition=models.Q(disposed__isnull=True, wakes__isnull=False), name="stays_the_clock_ends"),
            models.Index(
                fields=["case"], condition=models.Q(disposed__isnull=True) & ~models.Q(returns_to=""), name="stays_of_files_sent_back"
            ),
            models.Index(fields=["case", "received"], name="movements_of_a_file"),
            models.Index(fields=["disposed"], name="stays_by_their_end"),
            models.Index(fields=["disposed"], condition=models.Q(days_late__gt=0), name="stays_ended_late"),
            models.Index(fields=["office", "step", "received"], name="stays_in_their_turn"),
        ]

    @property
    def is_open(self) -> bool:
        return self.disposed is None

    @property
    def node(self) -> Any:
        """The step of the flow this stay belongs to."""
        return self.case.flow_class.instance.node(self.step)
