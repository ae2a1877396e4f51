from django.db import models
from django.utils.translation import gettext_lazy as _


class OrderKind(models.TextChoices):
    """What a paper issued says; the label is its title."""

    SANCTION = "sanction", _("Sanction order")
    REJECTION = "rejection", _("Rejection letter")
    RETURN_MEMO = "return_memo", _("Return memo")

    @property
    def series(self) -> str:
        """The word in the number of such papers, under which they are counted."""
        return SERIES[self]


SERIES = {OrderKind.SANCTION: "ORDER", OrderKind.REJECTION: "LETTER", OrderKind.RETURN_MEMO: "MEMO"}
