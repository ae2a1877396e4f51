from functools import lru_cache

from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _


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
    ASK = "asked", _("Opinion asked")
    ANSWER = "answered", _("Opinion given")
    UNASK = "question_withdrawn", _("Question withdrawn")
    PULL_BACK = "pulled_back", _("Pulled back")
    REASSIGN = "reassigned", _("Reassigned by the administrator")
    MOVE = "moved", _("Moved by the administrator")
    CANCEL = "cancelled", _("Cancelled by the administrator")
    REOPEN = "reopened", _("Reopened by the administrator")
    MIGRATE = "migrated", _("Brought to a new version of the process")

    @property
    def verb(self) -> str:
        """How the outcome reads on a button or a radio, as something to do."""
        return _verb(self, get_language())

    @property
    def is_forward(self) -> bool:
        """Say whether the file goes on towards its good end."""
        return self in FORWARD

    @property
    def is_approval(self) -> bool:
        """Say whether later officers rest on it, so that it lapses when what it rested on changes."""
        return self in APPROVALS

    @property
    def is_aside(self) -> bool:
        """Say whether it is written beside the file's way: the file stays where it is, and nothing is decided of it."""
        return self in ASIDES

    @property
    def needs_reason(self) -> bool:
        return self in {Outcome.RETURN, Outcome.REJECT, Outcome.WITHDRAW, Outcome.OPPOSE, Outcome.DECLINE, Outcome.RECOVER}


APPROVALS = frozenset({Outcome.SUPPORT, Outcome.OPPOSE, Outcome.RECOMMEND, Outcome.CONCUR, Outcome.LEND})
ASIDES = frozenset({Outcome.ASK, Outcome.ANSWER, Outcome.UNASK})
FORWARD = APPROVALS | {Outcome.SUBMIT, Outcome.SANCTION, Outcome.APPROVE, Outcome.ACCEPT, Outcome.CONVERT}

# What only a programme administrator does with a file.
REPAIRS = frozenset({Outcome.REASSIGN, Outcome.MOVE, Outcome.CANCEL, Outcome.REOPEN, Outcome.MIGRATE})

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
    Outcome.ASK: pgettext_lazy("verb", "Ask for an opinion"),
    Outcome.ANSWER: pgettext_lazy("verb", "Give the opinion"),
    Outcome.UNASK: pgettext_lazy("verb", "Withdraw the question"),
    Outcome.PULL_BACK: pgettext_lazy("verb", "Pull back"),
    Outcome.REASSIGN: pgettext_lazy("verb", "Reassign"),
    Outcome.MOVE: pgettext_lazy("verb", "Move"),
    Outcome.CANCEL: pgettext_lazy("verb", "Cancel"),
    Outcome.REOPEN: pgettext_lazy("verb", "Reopen"),
    Outcome.MIGRATE: pgettext_lazy("verb", "Bring to the new version"),
}

SUBMIT, RECOMMEND, CONCUR, SANCTION, APPROVE = Outcome.SUBMIT, Outcome.RECOMMEND, Outcome.CONCUR, Outcome.SANCTION, Outcome.APPROVE
ACCEPT, RETURN, REJECT, WITHDRAW = Outcome.ACCEPT, Outcome.RETURN, Outcome.REJECT, Outcome.WITHDRAW
SUPPORT, OPPOSE, SILENT, LEND, DECLINE = Outcome.SUPPORT, Outcome.OPPOSE, Outcome.SILENT, Outcome.LEND, Outcome.DECLINE
TIME_CAME, CONVERT, RECOVER = Outcome.TIME_CAME, Outcome.CONVERT, Outcome.RECOVER


@lru_cache(maxsize=256)
def _verb(outcome: Outcome, _language: str | None) -> str:
    return str(VERBS[outcome])
