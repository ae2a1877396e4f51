"""Opening a wrongly ended file again, at the step where it was."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from viewflow.workflow.status import PROCESS

from programme import budget
from programme.models import Office, Posting
from workflows import holding
from workflows.authority import Refusal
from workflows.models import Case, Movement, Noting, OrderKind, Outcome, Repair
from workflows.nodes import LADDER
from workflows.repairs import acts, rights
from workflows.repairs.acts import Prepared

# The acts by which a file can have ended wrongly.
WRONG_ENDS = frozenset({Outcome.REJECT, Outcome.DECLINE, Outcome.WITHDRAW, Outcome.CANCEL})


def why_not(case: Case) -> str:
    """Return why the file cannot be opened again; empty when it can."""
    if not case.ending:
        return _("The file is open.")
    stays = holding.last_stays(case)
    if case.ended_well or not stays or stays[0].outcome not in WRONG_ENDS:
        said = {"ending": case.ending_title}
        return _("The file ended as “%(ending)s”. Only what was rejected, declined, withdrawn or cancelled opens again.") % said
    if budget.committed_for(case.number):
        return _("The order of this file was withdrawn and its money given back. Open a new file.")
    return case.record.bar_to_reopening()


def prepare(case: Case, args: dict[str, Any]) -> Prepared:
    """Prepare to open the file again; raise ``Refusal`` when its end had effects, or another file has taken its place."""
    if reason := why_not(case):
        raise Refusal(reason)
    stays = holding.last_stays(case)
    if case.flow_class.instance.node(stays[0].step, no_obsolete=True) is None:
        raise Refusal(_("The step at which the file ended is no longer part of its process."))

    offices = [_office_again(stay) for stay in stays]

    def do(repair: Repair, posting: Posting) -> Noting:
        ended = case.ending
        case.ending, case.status, case.finished = "", PROCESS.NEW, None
        _reopen_record(case)
        office = offices[0] if len(offices) == 1 else None
        noting = acts.write(case, repair, posting, Outcome.REOPEN, step=ended, to=stays[0].step, office=office)
        for stay, there in zip(stays, offices, strict=True):
            holding.stay_again(stay, stay.node, there, outcome=Outcome.REOPEN, posting=posting)
        return noting

    return Prepared(_effects(case, stays, offices), do, comes_to=offices, money=rights.is_money(case))


def _office_again(stay: Movement) -> Office:
    """Return where the stay begins again: where it was, or where the delegation of today sends it."""
    return stay.node.office_for(stay.case) if stay.node.level == LADDER else stay.office


def _reopen_record(case: Case) -> None:
    """Mark the record as open again; what another file has taken at this very moment becomes a sentence."""
    try:
        with transaction.atomic():
            case.record.reopen()
    except IntegrityError:
        raise Refusal(case.record.bar_to_reopening() or _("Another file has taken its place at this moment.")) from None


def _effects(case: Case, stays: list[Movement], offices: list[Office]) -> list[str]:
    said = {"step": stays[0].node.title, "offices": acts.named(offices), "ending": case.ending_title}
    effects = [_("The file, ended as “%(ending)s”, waits again for “%(step)s” at: %(offices)s. The time limit begins anew.") % said]
    for order in case.orders.filter(kind=OrderKind.REJECTION):
        effects.append(_("Letter %(number)s no longer holds; whoever has it reads so on its public page.") % {"number": order.number})
    if hasattr(case.record, "marks"):
        effects.append(_("The numbers of persons, units and bills on this file count again for other files."))
    return effects + acts.of_vacancies(offices)
