"""Moving a file to another step of its process, back or forward, never past a decision."""

from typing import Any

from django.utils.translation import gettext as _

from programme.models import Office, Posting
from workflows import holding
from workflows.authority import Refusal
from workflows.models import Case, Noting, Outcome, Repair
from workflows.nodes import Step
from workflows.nodes.graph import between
from workflows.repairs import acts, rights, ways
from workflows.repairs.acts import Prepared

APPROVALS = [outcome.value for outcome in Outcome if outcome.is_approval]


def choices(case: Case) -> list[Step]:
    """Return the steps to which the file may be moved, in the order of its process."""
    return [node for node in case.flow_class.in_order() if isinstance(node, Step) and not why_not_to(case, node)]


def why_not(case: Case) -> str:
    """Return why the file can be moved nowhere; empty when there is a step for it."""
    if case.ending:
        return _("The file has ended; it can only be opened again.")
    return "" if choices(case) else _("No step can be reached from here without passing by a decision or an order.")


def why_not_to(case: Case, node: Step) -> str:
    """Return why the file cannot be moved to a step of its process; empty when it can."""
    here = holding.open_stays(case)[0].node
    if node is here:
        return _("The file waits at this step already.")
    passed = _passed(case, here, node)
    if not passed:
        return _("No way leads from “%(here)s” to “%(there)s”.") % {"here": here.title, "there": node.title}
    if any(ways.decides(step) for step in passed):
        return _("Between “%(here)s” and “%(there)s” stands a decision or an order, which no repair passes by.") % {
            "here": here.title,
            "there": node.title,
        }
    needed = [step.title for step in _skipped(case, here, node) if ways.must_be_taken(step, case.flow_class.record)]
    return _("“%(steps)s” writes what later steps rest on and cannot be skipped.") % {"steps": ", ".join(needed)} if needed else ""


def _passed(case: Case, here: Any, there: Any) -> list[Any]:
    return between(case.flow_class, here, there) or between(case.flow_class, there, here)


def _skipped(case: Case, here: Any, there: Any) -> list[Step]:
    return [node for node in between(case.flow_class, here, there) if isinstance(node, Step)]


def lapsing(case: Case, here: Any, there: Any) -> list[int]:
    """Return the paragraphs whose approval lapses when the file goes back to ``there``: it is asked for again."""
    again = {node.name for node in between(case.flow_class, there, here)}
    approvals = case.notings.filter(outcome__in=APPROVALS, step__in=again)
    return list(approvals.order_by("paragraph").values_list("paragraph", flat=True))


def prepare(case: Case, args: dict[str, Any]) -> Prepared:
    """Prepare to move the file to the step ``args["step"]``; raise ``Refusal`` when it cannot be moved there."""
    if case.ending:
        raise Refusal(why_not(case))
    node = case.flow_class.instance.node(args["step"], no_obsolete=True)
    if not isinstance(node, Step):
        raise Refusal(_("This process has no such step."))
    if reason := why_not_to(case, node):
        raise Refusal(reason)
    stays = holding.open_stays(case)
    here = stays[0].node
    offices = node.offices_for(case) if node.together else [node.office_for(case)]
    skipped, lapsed = _skipped(case, here, node), lapsing(case, here, node)

    def do(repair: Repair, posting: Posting) -> Noting:
        office = None if node.together else offices[0]
        noting = acts.write(case, repair, posting, Outcome.MOVE, step=here.name, to=node.name, office=office, lapsed=lapsed)
        acts.close_questions(case, noting)
        holding.send_on(case, stays, node, outcome=Outcome.MOVE, posting=posting, noting=noting)
        return noting

    said = {"from": here.title, "step": node.title, "to": acts.named(offices)}
    effects = [_("The file leaves “%(from)s” and waits for “%(step)s” at: %(to)s. From there it goes on as usual.") % said]
    effects += _of_approvals(skipped, lapsed) + acts.of_questions(case) + acts.of_agenda(stays) + acts.of_drafts(stays)
    money = rights.is_money(case) or bool(skipped and case.amount)
    return Prepared(effects + acts.of_vacancies(offices), do, comes_to=offices, leaves=_offices(stays), money=money)


def _of_approvals(skipped: list[Step], lapsed: list[int]) -> list[str]:
    found = []
    if skipped:
        found.append(_("These steps are skipped, nobody decides there: %(steps)s.") % {"steps": ", ".join(step.title for step in skipped)})
    if lapsed:
        numbers = ", ".join(str(number) for number in lapsed)
        found.append(_("What was approved in these paragraphs lapses and is asked for again: %(numbers)s.") % {"numbers": numbers})
    return found


def _offices(stays: list[Any]) -> list[Office]:
    return [stay.office for stay in stays]
