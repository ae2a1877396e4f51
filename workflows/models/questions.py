from django.db import models
from django.utils.translation import gettext_lazy as _

from programme.models import Office
from workflows.models.files import Case, Movement
from workflows.models.record import Noting


class Question(models.Model):
    """An opinion asked of another office while the file stays where it is. One row for each office asked.

    ``waits`` says that the asking step is not taken before the answer, or before ``due`` has passed.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="questions", verbose_name=_("file"))
    movement = models.ForeignKey(Movement, models.PROTECT, related_name="questions", verbose_name=_("asked at"))
    office = models.ForeignKey(Office, models.PROTECT, related_name="questions", verbose_name=_("asked of"))
    text = models.TextField(_("question"), max_length=2000)
    asked_in = models.ForeignKey(Noting, models.PROTECT, related_name="questions")
    asked_at = models.DateTimeField(_("asked at"))
    due = models.DateTimeField(_("answer due"))
    waits = models.BooleanField(_("the file waits for the answer"), default=False)
    # The paragraph that answers it or takes it back; empty while it is open.
    closed_in = models.ForeignKey(Noting, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(_("closed at"), null=True)

    class Meta:
        verbose_name = _("Question")
        verbose_name_plural = _("Questions")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["asked_in", "office"], name="office_asked_once_in_a_paragraph"),
            models.CheckConstraint(
                condition=models.Q(closed_in__isnull=True, closed_at__isnull=True)
                | models.Q(closed_in__isnull=False, closed_at__isnull=False),
                name="question_closed_as_a_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["office", "due"], condition=models.Q(closed_in__isnull=True), name="questions_to_an_office"),
        ]

    @property
    def is_open(self) -> bool:
        return self.closed_in_id is None
