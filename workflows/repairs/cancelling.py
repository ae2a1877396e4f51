"""Ending a file as cancelled: what it held is given back, and what it issued is withdrawn."""

from typing import Any

from django.utils.translation import gettext as _

from programme import budget, ceilings
from programme.models import BenefitOnce, CeilingEntry, Posting
from programme.money import rupees
from workflows import holding
from workflows.authority import Refusal
from workflows.models import Case, Noting, OrderKind, Outcome, Repair
from workflows.repairs import acts, rights
from workflows.repairs.acts import Prepared


def why_not(case: Case) -> str:
    """Return why the file cannot be cancelled, and what to do instead; empty when it can."""
    if case.ending:
        return _("The file has ended.")
    released = budget.released_to(case.number)
    if released:
        return _(
            "%(amount)s was released on this file, so it can no longer be cancelled. Let it go on: the certificate, the verification or "
            "the recovery says what became of the money, and what was not used comes back there."
        ) % {"amount": rupees(released)}
    return ""


def prepare(case: Case, args: dict[str, Any]) -> Prepared:
    """Prepare to cancel the file; raise ``Refusal`` when it has ended or money was released."""
    if reason := why_not(case):
        raise Refusal(reason)
    stays, ending = holding.open_stays(case), case.flow_class.cancelled_node()
    orders = [order.number for order in case.orders.filter(kind=OrderKind.SANCTION)]

    def do(repair: Repair, posting: Posting) -> Noting:
        given = budget.give_back(file_number=case.number)
        ceilings.free(file_number=case.number)
        case.ending = ending.name
        case.record.cancel()
        amount = None if given is None else f"{given.amount:.2f}"
        noting = acts.write(
            case, repair, posting, Outcome.CANCEL, step=stays[0].step, to=ending.name, withdrawn_orders=orders, given_back=amount
        )
        acts.close_questions(case, noting)
        holding.send_on(case, stays, ending, outcome=Outcome.CANCEL, posting=posting, noting=noting)
        return noting

    effects = [_("The file ends as “%(ending)s”; no office has it any more.") % {"ending": ending.task_title}]
    effects += _of_what_it_held(case, orders) + acts.of_questions(case) + acts.of_agenda(stays) + acts.of_drafts(stays)
    return Prepared(effects, do, leaves=[stay.office for stay in stays], money=rights.is_money(case))


def _of_what_it_held(case: Case, orders: list[str]) -> list[str]:
    found, committed = [], budget.committed_for(case.number)
    if committed:
        said = {"amount": rupees(committed.amount), "head": committed.allotment.head.code, "year": committed.allotment.year}
        found.append(_("%(amount)s committed under head %(head)s in %(year)s is given back to the head.") % said)
    for number in orders:
        found.append(_("Order %(number)s is withdrawn; whoever holds it reads so on its public page.") % {"number": number})
    file = {"file_number": case.number}
    if CeilingEntry.objects.filter(**file, freed=None).exists() or BenefitOnce.objects.filter(**file, freed=None).exists():
        found.append(_("What the beneficiary was granted of a ceiling or a benefit counts no more."))
    if hasattr(case.record, "marks"):
        found.append(_("The numbers of persons, units and bills on this file hold up no other file any more."))
    return found
