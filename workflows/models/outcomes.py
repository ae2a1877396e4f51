from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Outcome(models.TextChoices):
    """What an officer did with a file; the label is how the note sheet says it."""

    SUBMIT = "submitted", _("Submitted")
    RECOMMEND = "recommended", _("Recommended")
    CONCUR = "concurred", _("Concurred")
    SANCTION = "sanctioned", _("Sanctioned")
    ACCEPT = "accepted", _("Accepted")
    RETURN = "returned", _("Returned with objection")
    REJECT = "rejected", _("Rejected")
    WITHDRAW = "withdrawn", _("Withdrawn")
    ISSUE = "order_issued", _("Order issued")

    @property
    def verb(self) -> str:
        """How the outcome reads on a button or a radio, as something to do."""
        return str(VERBS[self])

    @property
    def is_forward(self) -> bool:
        """Say whether the file goes on towards its good end."""
        return self in {Outcome.SUBMIT, Outcome.RECOMMEND, Outcome.CONCUR, Outcome.SANCTION, Outcome.ACCEPT}

    @property
    def decides(self) -> bool:
        """Say whether this outcome spends or refuses public money, so that separation of duties applies."""
        return self in {Outcome.SANCTION, Outcome.REJECT}

    @property
    def needs_reason(self) -> bool:
        return self in {Outcome.RETURN, Outcome.REJECT, Outcome.WITHDRAW}


VERBS = {
    Outcome.SUBMIT: pgettext_lazy("verb", "Sign and submit"),
    Outcome.RECOMMEND: pgettext_lazy("verb", "Recommend"),
    Outcome.CONCUR: pgettext_lazy("verb", "Concur"),
    Outcome.SANCTION: pgettext_lazy("verb", "Sanction"),
    Outcome.ACCEPT: pgettext_lazy("verb", "Accept"),
    Outcome.RETURN: pgettext_lazy("verb", "Return with objection"),
    Outcome.REJECT: pgettext_lazy("verb", "Reject"),
    Outcome.WITHDRAW: pgettext_lazy("verb", "Withdraw"),
    Outcome.ISSUE: pgettext_lazy("verb", "Issue the order"),
}

SUBMIT, RECOMMEND, CONCUR, SANCTION = Outcome.SUBMIT, Outcome.RECOMMEND, Outcome.CONCUR, Outcome.SANCTION
ACCEPT, RETURN, REJECT, WITHDRAW = Outcome.ACCEPT, Outcome.RETURN, Outcome.REJECT, Outcome.WITHDRAW
