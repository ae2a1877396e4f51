from django.db import models
from django.utils.translation import gettext_lazy as _

from workflows.models.files import Case
from workflows.models.jobs import Job


class AmountDifference(models.Model):
    """One thing of a sanctioned file that was not what its stored version of the rules gives, as one run of the work found it."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="differences", verbose_name=_("work"))
    case = models.ForeignKey(Case, models.PROTECT, related_name="+", verbose_name=_("file"))
    what = models.SlugField(_("what differs"), max_length=20)
    stored = models.JSONField(_("stands there"), null=True)
    derived = models.JSONField(_("is derived"), null=True)

    class Meta:
        verbose_name = _("Difference of an amount")
        verbose_name_plural = _("Differences of amounts")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["job", "case", "what"], name="a_difference_is_found_once_in_a_run")]
