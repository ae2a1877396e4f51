"""Which office takes a step of a file: the holder of its power at the level of the file's place, or the post that a delegation names."""

from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from programme.kept import as_set_up
from programme.models import Level, Norm, Office
from programme.money import rupees
from programme.norms.ladders import rung
from programme.powers import Power
from workflows.authority import Refusal
from workflows.models import Case, Movement


def offices_for(power: Power | str, level: Level | str, case: Case) -> list[Office]:
    """Return the offices of the file's place that hold the power, in a fixed order; raise ``Refusal`` when there is none."""
    found = _offices_at(str(level), case.state_id, case.district_id if level == Level.DISTRICT else None)
    holders = [office for office in found if power in office.designation.powers]
    if not holders:
        raise Refusal(_("No office holds the power “%(power)s” here. Ask the programme administrator.") % {"power": Power(power).label})
    return holders


@as_set_up
def _offices_at(level: str, state: int, district: int | None) -> list[Office]:
    """Return the offices of a State at a level in a fixed order, of one district where one is given."""
    offices = Office.objects.filter(designation__state=state, designation__level=level)
    if level == Level.DISTRICT:
        offices = offices.filter(district=district)
    return list(offices.select_related("designation__state", "district").order_by("designation__code"))


def office_for(power: Power | str, level: Level | str, case: Case) -> Office:
    """Return the office that takes a step of ``case``; raise ``Refusal`` when none holds the power, or several do.

    The opening office keeps its own file; otherwise the only holder of the power at that level of the State or district.
    """
    holders = offices_for(power, level, case)
    own = [office for office in holders if office.pk == case.office_id]
    if len(own or holders) == 1:
        return (own or holders)[0]
    raise Refusal(
        _("%(count)s offices hold the power “%(power)s” here; exactly one must. Ask the programme administrator.")
        % {"count": len(holders), "power": Power(power).label}
    )


def ladder_of(case: Case) -> Norm:
    """Return the delegation of the file's scheme in force today; raise ``Refusal`` when there is none."""
    try:
        return case.ladder
    except Norm.DoesNotExist:
        raise Refusal(_("No delegation says who sanctions this scheme in your State. Ask the programme administrator.")) from None


def office_on_the_ladder(power: Power | str, case: Case) -> Office:
    """Return the office that the delegation names for the file's amount; raise ``Refusal`` when there is none."""
    named = rung(ladder_of(case), case.amount or Decimal(0)).designation
    if (power, named) in case.offices:
        return case.offices[power, named]
    office = _office_named(named, case.state_id, case.district_id)
    if office is None or power not in office.designation.powers:
        raise Refusal(
            _("The delegation names “%(post)s”, which does not hold the power “%(power)s”. Ask the programme administrator.")
            % {"post": named, "power": Power(power).label}
        )
    case.offices[power, named] = office
    return office


@as_set_up
def _office_named(code: str, state: int, district: int | None) -> Office | None:
    offices = Office.objects.filter(Q(district=district) | Q(district=None), designation__state=state, designation__code=code)
    return offices.select_related("designation__state", "district").first()


def check_delegation(movement: Movement, amount: Decimal) -> None:
    """Raise ``Refusal`` when ``amount`` rupees are more than the line of the delegation gives that brought the file here."""
    if movement.ladder is None:
        return
    held = rung(movement.ladder, movement.case.amount or Decimal(0))
    if held.upto is not None and amount > held.upto:
        raise Refusal(
            _("%(amount)s is more than %(office)s may sanction: %(upto)s.")
            % {"amount": rupees(amount), "office": movement.office.name, "upto": rupees(held.upto)}
        )
