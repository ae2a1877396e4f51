"""Why a file is where it is, in a sentence: the line of the delegation that names the office, or the power the step asks for.

And why a clock stands still or goes on.
"""

from collections.abc import Container, Iterable

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from programme.models import Norm
from programme.money import rupees
from programme.norms.ladders import Rung, rung
from programme.powers import Power
from workflows import ledger
from workflows.deadlines import standing_still
from workflows.ledger import Account
from workflows.models import Movement

AWAY = {
    Account.DISTRICT: gettext_lazy("The clock stands still since %(day)s: the file is with the district for correction."),
    Account.DEPARTMENT: gettext_lazy("The clock stands still since %(day)s: the file is with the department for correction."),
    Account.STATE: gettext_lazy("The clock stands still since %(day)s: the file is with the State for correction."),
    Account.BANK: gettext_lazy("The clock stands still since %(day)s: the file is with the bank for correction."),
    Account.APPLICANT: gettext_lazy("The clock stands still since %(day)s: the file is with the applicant for correction."),
}


def why(movement: Movement) -> str:
    """Return why this office has the file; empty for a stay that only the clock ends."""
    if not movement.power:
        return ""
    amount, ladder = movement.case.amount, movement.ladder
    if ladder and amount is not None:
        said = {"amount": rupees(amount), "line": span(rung(ladder, amount)), "office": movement.office.name, "order": order_of(ladder)}
        return _("It is with %(office)s because %(amount)s falls in the line “%(line)s” of the delegation %(order)s.") % said
    said = {"office": movement.office.name, "power": str(Power(movement.power).label)}
    return _("It is with %(office)s because this step asks for the power: %(power)s.") % said


def away(stay: Movement, returned: Iterable[Movement], offices: Container[int]) -> str:
    """Tell one of ``offices`` that returned the file since when its clock stands still; empty for every other reader.

    ``stay`` is where the file waits, ``returned`` its stays that returned it.
    """
    mine = [back for back in standing_still(stay, returned) if back.office_id in offices]
    return str(AWAY[ledger.account_of(stay)]) % {"day": date_format(timezone.localdate(mine[0].disposed))} if mine else ""


def resumed(stay: Movement) -> str:
    """Tell that a file came back as it was returned, and with how much of the time; empty where the whole time is given."""
    allowed = stay.node.days_allowed(stay.case)
    if stay.days_allowed is None or allowed is None or stay.days_allowed >= allowed:
        return ""
    return ngettext(
        "It came back unchanged, so the clock goes on: %(days)s working day was left.",
        "It came back unchanged, so the clock goes on: %(days)s working days were left.",
        stay.days_allowed,
    ) % {"days": stay.days_allowed}


def span(line: Rung) -> str:
    """Write the amounts of one line of a delegation, in rupees."""
    if line.upto is None:
        return _("above %(over)s") % {"over": rupees(line.over)} if line.over else _("every amount")
    if not line.over:
        return _("up to %(upto)s") % {"upto": rupees(line.upto)}
    return _("above %(over)s, up to %(upto)s") % {"over": rupees(line.over), "upto": rupees(line.upto)}


def order_of(norm: Norm) -> str:
    """Name the order of a norm, and say when it was not verified."""
    named = norm.order_number or norm.version
    return named if norm.verified else _("%(order)s (not verified against the order)") % {"order": named}
