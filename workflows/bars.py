"""What the machine's checks ask of whoever lets a file go on. Asked on the page, and again under the file's lock."""

from collections.abc import Container

from django.utils.translation import gettext as _

from programme.checks import Check
from programme.models import Officer
from workflows.authority import Refusal, may
from workflows.models import Movement, Outcome

FINAL = frozenset({Outcome.SANCTION, Outcome.APPROVE})


def answerable(checks: list[Check], movement: Movement, officer: Officer) -> list[Check]:
    """Return the checks that this officer can answer in words at this step, in their order."""
    return [check for check in checks if _can_answer(check, movement, officer)]


def _can_answer(check: Check, movement: Movement, officer: Officer) -> bool:
    if check.level == "ask":
        return True
    return check.level == "stop" and check.override is not None and may(officer, check.override, movement.office, afresh=False)


def barring(checks: list[Check], outcome: Outcome, answered: Container[str] = ()) -> list[Check]:
    """Return the checks that stand against ``outcome``; empty when the file may go that way."""
    if not outcome.is_forward:
        return []
    return [check for check in checks if _bars(check, outcome) and check.code not in answered]


def _bars(check: Check, outcome: Outcome) -> bool:
    return check.level == "ask" or (check.level == "stop" and (check.at_once or outcome in FINAL))


def refuse_barred(checks: list[Check], movement: Movement, outcome: Outcome, answers: dict[str, str], *, by: Officer) -> None:
    """Raise ``Refusal`` when a check stands against the outcome, or was answered by somebody who may not lift it."""
    if answers.keys() - {check.code for check in answerable(checks, movement, by)}:
        raise Refusal(_("Your office may not lift this check."))
    stands = {check.code for check in barring(checks, outcome, answers)}
    if stands:
        said = [check.text for check in movement.case.flow_class.checks(movement.case) if check.code in stands and _bars(check, outcome)]
        raise Refusal(_("The file cannot go on: %(why)s") % {"why": " ".join(said)})
