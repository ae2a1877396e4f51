from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Outcome(models.TextChoices):
    """What an officer, or the clock, did with a file; the label is how the note sheet says it."""

    OPEN = "opened", _("Opened")
    SUBMIT = "submitted", _("Submitted")
    SUPPORT = "supported", _("No objection")
    OPPOSE = "opposed", _("Opinion against")
    SILENT = "silent", _("No answer in time")
    RECOMMEND = "recommended", _("Recommended")
    CONCUR = "concurred", _("Concurred")
    LEND = "loan_sanctioned", _("Loan sanctioned by the bank")
    DECLINE = "declined", _("Declined by the bank")
    SANCTION = "sanctioned", _("Sanctioned")
    APPROVE = "approved", _("Approved")
    ACCEPT = "accepted", _("Accepted")
    RETURN = "returned", _("Returned with objection")
    REJECT = "rejected", _("Rejected")
    WITHDRAW = "withdrawn", _("Withdrawn")
    ISSUE = "order_issued", _("Order issued")
    ENTER = "entered", _("Entered in the register")
    TIME_CAME = "time_came", _("The time came")
    CONVERT = "converted", _("Converted to grant")
    RECOVER = "recovery_ordered", _("Recovery ordered")

    @property
    def verb(self) -> str:
        """How the outcome reads on a button or a radio, as something to do."""
        return str(VERBS[self])

    @property
    def is_forward(self) -> bool:
        """Say whether the file goes on towards its good end."""
        return self in FORWARD

    @property
    def is_approval(self) -> bool:
        """Say whether later officers rest on it, so that it lapses when what it rested on changes."""
        return self in APPROVALS

    @property
    def needs_reason(self) -> bool:
        return self in {Outcome.RETURN, Outcome.REJECT, Outcome.WITHDRAW, Outcome.OPPOSE, Outcome.DECLINE, Outcome.RECOVER}


APPROVALS = frozenset({Outcome.SUPPORT, Outcome.OPPOSE, Outcome.RECOMMEND, Outcome.CONCUR, Outcome.LEND})
FORWARD = APPROVALS | {Outcome.SUBMIT, Outcome.SANCTION, Outcome.APPROVE, Outcome.ACCEPT, Outcome.CONVERT}

VERBS = {
    Outcome.OPEN: pgettext_lazy("verb", "Open"),
    Outcome.SUBMIT: pgettext_lazy("verb", "Sign and submit"),
    Outcome.SUPPORT: pgettext_lazy("verb", "No objection"),
    Outcome.OPPOSE: pgettext_lazy("verb", "Give an opinion against"),
    Outcome.SILENT: pgettext_lazy("verb", "Close without an answer"),
    Outcome.RECOMMEND: pgettext_lazy("verb", "Recommend"),
    Outcome.CONCUR: pgettext_lazy("verb", "Concur"),
    Outcome.LEND: pgettext_lazy("verb", "Sanction the loan"),
    Outcome.DECLINE: pgettext_lazy("verb", "Decline the loan"),
    Outcome.SANCTION: pgettext_lazy("verb", "Sanction"),
    Outcome.APPROVE: pgettext_lazy("verb", "Approve"),
    Outcome.ACCEPT: pgettext_lazy("verb", "Accept"),
    Outcome.RETURN: pgettext_lazy("verb", "Return with objection"),
    Outcome.REJECT: pgettext_lazy("verb", "Reject"),
    Outcome.WITHDRAW: pgettext_lazy("verb", "Withdraw"),
    Outcome.ISSUE: pgettext_lazy("verb", "Issue the order"),
    Outcome.ENTER: pgettext_lazy("verb", "Enter in the register"),
    Outcome.TIME_CAME: pgettext_lazy("verb", "Go on by the clock"),
    Outcome.CONVERT: pgettext_lazy("verb", "Convert to grant"),
    Outcome.RECOVER: pgettext_lazy("verb", "Order recovery"),
}

SUBMIT, RECOMMEND, CONCUR, SANCTION, APPROVE = Outcome.SUBMIT, Outcome.RECOMMEND, Outcome.CONCUR, Outcome.SANCTION, Outcome.APPROVE
ACCEPT, RETURN, REJECT, WITHDRAW = Outcome.ACCEPT, Outcome.RETURN, Outcome.REJECT, Outcome.WITHDRAW
SUPPORT, OPPOSE, SILENT, LEND, DECLINE = Outcome.SUPPORT, Outcome.OPPOSE, Outcome.SILENT, Outcome.LEND, Outcome.DECLINE
TIME_CAME, CONVERT, RECOVER = Outcome.TIME_CAME, Outcome.CONVERT, Outcome.RECOVER
