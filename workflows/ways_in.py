"""No administrator alone leads anybody to a power that sanctions: password, second factor and post come from two of them.

Decision 0039. Whoever gave the last password knows it, whatever the officer did since with it.
"""

from django.utils.translation import gettext as _

from programme.calendar import today
from programme.models import Office, Officer, Posting
from programme.powers import NEEDS_FACTOR
from workflows.authority import Refusal, check_looking_after
from workflows.models import DoorAct, DoorKind, Telephone


def check_posting(officer: Officer, office: Office, *, by: Officer) -> None:
    """Raise ``Refusal`` for whoever would post where a second factor is needed an officer whom he gave the password."""
    if NEEDS_FACTOR & set(office.designation.powers):
        refuse_giver(officer, by=by)


def refuse_giver(officer: Officer, *, by: Officer) -> None:
    """Raise ``Refusal`` for the administrator who gave the officer the last password that was given to him."""
    if _last(officer, DoorKind.GIVEN) == by.pk:
        raise Refusal(_("You gave %(who)s the password; another administrator has to do this.") % {"who": officer.name})


def check_giving_password(officer: Officer, *, by: Officer) -> None:
    """Raise ``Refusal`` when nothing but the password would stand between the administrator and a power that sanctions.

    That is so where the officer has no second factor, and this administrator took it away or posted him.
    """
    check_looking_after(by, officer)
    if Telephone.objects.filter(user=officer, confirmed=True).exists():
        return
    posts = Posting.objects.filter(Posting.not_over(today()), officer=officer).select_related("office__designation")
    grave = [posting for posting in posts if NEEDS_FACTOR & set(posting.powers)]
    if grave and (_last(officer, DoorKind.FACTOR_RESET) == by.pk or any(posting.made_by_id == by.pk for posting in grave)):
        said = _("You posted %(who)s or took away his second factor; another administrator has to give him a password.")
        raise Refusal(said % {"who": officer.name})


def _last(officer: Officer, kind: DoorKind) -> int | None:
    """Return who did this last for the officer; ``None`` when nobody did."""
    return DoorAct.objects.filter(officer=officer, kind=kind).order_by("-pk").values_list("by", flat=True).first()
