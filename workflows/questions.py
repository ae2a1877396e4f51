"""Asking other offices while the file stays where it is: ask, answer, take the question back. Each is a signed paragraph."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from programme.asking import Asked, Given
from programme.kept import as_set_up
from programme.models import Office, Officer
from programme.powers import Power
from workflows import authority, notices, snapshots
from workflows.authority import Overtaken, Refusal
from workflows.forms.questions import AnswerForm, QuestionForm, UnaskForm
from workflows.holding import as_seen, locked, still_open
from workflows.models import Case, Movement, NoticeKind, Noting, Outcome, Question
from workflows.record.chain import office_named, stamp
from workflows.signing import close, note_aside

OFFICES = ("office__designation__state", "office__district", "movement__office__designation__state", "movement__office__district")


def ask(movement: Movement, *, by: Officer, form: QuestionForm) -> Noting:
    """Ask other offices for their opinion from a valid form; one question for each, the file stays.

    Raises ``Refusal`` for whoever may not take the step, and where a committee takes it; ``Overtaken`` as a decision does.
    """
    with locked(movement.case_id) as case:
        stay = still_open(movement, case, by)
        posting = authority.check_step(by, stay)
        check_askable(stay)
        as_seen(case, form.cleaned_data.get("seen", ""), stay)
        offices = form.cleaned_data["offices"]
        told = {"offices": [office_named(office) for office in offices], "due": stamp(form.due), "waits": form.waits}
        sight = snapshots.beside(case, stay, sight=form.sight, ends=True)
        noting = note_aside(case, stay.step, Outcome.ASK, form.text_of_note, posting=posting, facts={"asked": told}, sight=sight)
        Movement.objects.filter(pk=stay.pk, opened_at=None).update(opened_at=noting.written_at, opened_by=by)
        for office in offices:
            question = Question.objects.create(
                case=case, movement=stay, office=office, text=form.text_of_note, asked_in=noting, asked_at=noting.written_at,
                due=form.due, waits=form.waits,
            )  # fmt: skip
            notices.tell(NoticeKind.QUESTION, office, _asks(question, stay.office), key=f"question/{question.pk}", case=case)
        return noting


def check_askable(movement: Movement) -> None:
    """Raise ``Refusal`` where a committee takes the step: it hears its members, and its minutes must find the file as it was read."""
    if movement.node.in_committee:
        raise Refusal(_("This step is taken in a sitting. Defer the file there, or return it, if something must be asked first."))


def answer(question: Question, *, by: Officer, form: AnswerForm) -> Noting:
    """Give the opinion that was asked, in a signed paragraph; what was written meanwhile does not matter to it.

    Raises ``Refusal`` for another office and for whoever asked, ``Overtaken`` when the question is closed.
    """
    with locked(question.case_id) as case:
        held = _still_open(question.pk, case)
        posting = authority.check_answer(by, held)
        told = {"answers_question": {"paragraph": held.asked_in.paragraph, "text": held.text}}
        sight = snapshots.beside(case, held.movement, sight=form.sight)
        noting = note_aside(case, held.movement.step, Outcome.ANSWER, form.text_of_note, posting=posting, facts=told, sight=sight)
        close(held, noting)
        notices.tell(NoticeKind.ANSWER, held.movement.office, _answers(held), key=f"answer/{held.pk}", case=case)
        return noting


def unask(question: Question, *, by: Officer, form: UnaskForm) -> Noting:
    """Take a question back that nobody has answered; whoever may take the step it was asked at may. Raises as ``answer`` does."""
    with locked(question.case_id) as case:
        held = _still_open(question.pk, case)
        posting = authority.check_step(by, held.movement)
        told = {"takes_back_question": {"paragraph": held.asked_in.paragraph, "text": held.text, "office": office_named(held.office)}}
        sight = snapshots.beside(case, held.movement, sight=form.sight, ends=True)
        noting = note_aside(case, held.movement.step, Outcome.UNASK, form.text_of_note, posting=posting, facts=told, sight=sight)
        close(held, noting)
        notices.tell(NoticeKind.QUESTION, held.office, _unasks(held), key=f"unasked/{held.pk}", case=case)
        return noting


def open_to(officer: Officer) -> QuerySet[Question]:
    """Return the open questions that the officer may answer today, the first due first."""
    return authority.open_questions(officer).select_related("case__state", "case__district", *OFFICES).order_by("due", "pk")


def of_file(case: Case) -> list[Question]:
    """Return every question asked on a file in the order they were asked, with the paragraph that closed each."""
    # Who read the file may know already that it never asked anything.
    asked: list[Question] = _OF_FILE(case=case.pk) if vars(case).get("was_asked", True) else []
    for question in asked:
        question.case = question.movement.case = case
    case.open_questions = sorted((question for question in asked if question.is_open), key=lambda question: (question.due, question.pk))
    return asked


_OF_FILE = Asked(lambda: Question.objects.filter(case=Given("case")).select_related("asked_in", "closed_in", *OFFICES).order_by("pk"))


def read_open(cases: Iterable[Case]) -> None:
    """Read the open questions of many files at once, as each would read its own; one query."""
    files = {case.pk: case for case in cases}
    for case in files.values():
        case.open_questions = []
    rows = Question.objects.filter(case__in=files, closed_in=None).select_related("asked_in", *OFFICES)
    for question in rows.order_by("due", "pk"):
        question.case = question.movement.case = files[question.case_id]
        question.case.open_questions.append(question)


def offices_to_ask(movement: Movement) -> list[Office]:
    """Return the offices that may be asked from a stay: those of the file's district, then those of the State; no open question twice."""
    case = movement.case
    asked = [movement.office_id, *(question.office_id for question in case.open_questions if question.movement_id == movement.pk)]
    return [office for office in _offices_that_answer(case.state_id, case.district_id) if office.pk not in asked]


@as_set_up
def _offices_that_answer(state: int, district: int | None) -> list[Office]:
    """Return the offices of a State and one district of it that may be asked, the district's first."""
    here = Q(district=None) if district is None else Q(district=None) | Q(district=district)
    offices = Office.objects.filter(here, designation__state=state)
    found = offices.select_related("designation__state", "district").order_by("designation__level", "pk")
    return sorted((office for office in found if Power.ANSWER_QUESTION in office.designation.powers), key=lambda o: o.district_id is None)


def _still_open(question_pk: int, case: Case) -> Question:
    question = Question.objects.select_related("asked_in", "closed_in", *OFFICES).get(pk=question_pk)
    question.case = question.movement.case = case
    if question.closed_in:
        said = {"outcome": question.closed_in.get_outcome_display(), "paragraph": question.closed_in.paragraph}
        raise Overtaken(_("This question is closed: %(outcome)s, paragraph %(paragraph)s.") % said)
    return question


def _asks(question: Question, asking: Office) -> Callable[[], str]:
    return lambda: _("%(office)s asks for your opinion on file %(number)s, by %(day)s.") % {**_of(question, asking), "day": _day(question)}


def _unasks(question: Question) -> Callable[[], str]:
    return lambda: _("%(office)s has withdrawn its question on file %(number)s.") % _of(question, question.movement.office)


def _answers(question: Question) -> Callable[[], str]:
    return lambda: _("%(office)s has given its opinion on file %(number)s.") % _of(question, question.office)


def _of(question: Question, office: Office) -> dict[str, Any]:
    return {"office": office.name, "number": question.case.number}


def _day(question: Question) -> str:
    return date_format(timezone.localdate(question.due), "DATE_FORMAT")
