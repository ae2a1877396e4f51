from django.db import models
from django.utils.translation import gettext_lazy as _


class ObjectionKind(models.TextChoices):
    """What kind of fault an objection names, so that boards can count what districts are sent back for."""

    MISSING = "missing", _("Paper is missing")
    ILLEGIBLE = "illegible", _("Paper cannot be read")
    MISMATCH = "mismatch", _("Does not agree with the paper")
    AMOUNT = "amount", _("Amount is not supported")
    RULE = "rule", _("Rule is not met")
    DATES = "dates", _("Dates clash")
    IDENTITY = "identity", _("Identity is not clear")
    OTHER = "other", _("Something else")
