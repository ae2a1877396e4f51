"""Why a file is where it is, in a sentence: the line of the delegation that names the office, or the power the step asks for."""

from django.utils.translation import gettext as _

from programme.models import Norm
from programme.money import rupees
from programme.norms.ladders import Rung, rung
from programme.powers import Power
from workflows.models import Movement


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
