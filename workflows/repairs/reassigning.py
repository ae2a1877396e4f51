"""Giving a stay to another office: the file waits at the same step, elsewhere."""

from typing import Any

from django.utils.translation import gettext as _

from programme.models import Level, Office, Posting
from workflows import holding
from workflows.authority import Refusal
from workflows.models import Case, Movement, Noting, Outcome, Repair
from workflows.nodes import LADDER, Step
from workflows.offices import office_on_the_ladder
from workflows.repairs import acts, rights
from workflows.repairs.acts import Prepared


def stays_of(case: Case) -> list[Movement]:
    """Return the stays that an office ends, and that another could therefore end."""
    return [stay for stay in holding.open_stays(case) if stay.power]


def offices_for(stay: Movement) -> list[Office]:
    """Return the offices that may have the stay instead: of the State, of the step's level, with its power.

    Where a delegation says who sanctions it is the post that it names today; a step that writes the record stays in its district.
    """
    case, node = stay.case, stay.node
    if node.level == LADDER:
        named = office_on_the_ladder(stay.power, case)
        return [] if named.pk == stay.office_id else [named]
    offices = Office.objects.filter(designation__state=case.state_id, designation__level=node.level)
    if node.own_page and node.level == Level.DISTRICT:
        offices = offices.filter(district=case.district_id)
    waits_there = set(case.movements.filter(step=stay.step, disposed=None).values_list("office", flat=True))
    found = offices.select_related("designation__state", "district").order_by("district__name_en", "designation__code")
    return [office for office in found if stay.power in office.designation.powers and office.pk not in waits_there]


def why_not(case: Case) -> str:
    """Return why nothing of the file can be given to another office; empty when something can."""
    if case.ending:
        return _("The file has ended; it can only be opened again.")
    stays = stays_of(case)
    if not stays:
        return _("Nothing is asked of any office here: the clock sends the file on.")
    if not any(offices_for(stay) for stay in stays):
        return _("No other office of the State may take this step.")
    return ""


def prepare(case: Case, args: dict[str, Any]) -> Prepared:
    """Prepare to give the stay ``args["movement"]`` to the office ``args["office"]``; raise ``Refusal`` when it cannot be."""
    if reason := why_not(case):
        raise Refusal(reason)
    stay = next((stay for stay in stays_of(case) if stay.pk == args["movement"]), None)
    office = next((office for office in offices_for(stay) if office.pk == args["office"]), None) if stay else None
    if stay is None or office is None:
        raise Refusal(_("This office may not take the step at which the file waits."))

    def do(repair: Repair, posting: Posting) -> Noting:
        noting = acts.write(case, repair, posting, Outcome.REASSIGN, step=stay.step, to=stay.step, office=office)
        begun = holding.stay_again(stay, stay.node, office, outcome=Outcome.REASSIGN, posting=posting)
        stay.questions.filter(closed_in=None).update(movement=begun)
        return noting

    return Prepared(_effects(case, stay, office), do, comes_to=[office], leaves=[stay.office], money=rights.is_money(case))


def _effects(case: Case, stay: Movement, office: Office) -> list[str]:
    said = {"from": stay.office.name, "to": office.name, "step": stay.node.title}
    effects = [_("The file leaves %(from)s and waits for “%(step)s” at %(to)s. The time limit of the step begins anew.") % said]
    if isinstance(stay.node, Step) and office.district_id and office.district_id != case.district_id and case.district:
        effects.append(_("Later steps go by the district of the file, %(district)s, as before.") % {"district": case.district.name})
    return effects + acts.of_agenda([stay]) + acts.of_drafts([stay]) + acts.of_vacancies([office])
