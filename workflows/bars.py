"""What bars the way out of a step: the machine's checks, and answers it waits for. Asked on the page, and again under the file's lock."""

from collections.abc import Container

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from programme.checks import Check
from programme.models import Officer
from workflows.authority import Refusal, may
from workflows.models import Movement, Outcome, Question

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


def waited_for(movement: Movement) -> list[Question]:
    """Return the questions asked here whose answer the step waits for; none whose day has passed."""
    now = timezone.now()
    return [asked for asked in movement.case.open_questions if asked.movement_id == movement.pk and asked.waits and asked.due > now]


def waiting_sentence(questions: list[Question]) -> str:
    """Say who has not answered and until when the step waits; empty when it waits for nobody."""
    if not questions:
        return ""
    last = date_format(timezone.localdate(max(question.due for question in questions)), "DATE_FORMAT")
    said = {"offices": "; ".join(question.office.name for question in questions), "day": last}
    return _("The file waits for the answer of %(offices)s, until %(day)s at most. Withdraw the question if it is not needed.") % said


def refuse_waiting(movement: Movement) -> None:
    """Raise ``Refusal`` while the step waits for an answer, naming who has not given it."""
    if sentence := waiting_sentence(waited_for(movement)):
        raise Refusal(sentence)
