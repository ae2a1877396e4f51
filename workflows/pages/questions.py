"""Asking other offices beside the file's way: the question, the answer, the taking back, and the list in the inbox."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters

from programme.models import Officer
from workflows import authority, questions
from workflows.deadlines import Standing, standing_of_question
from workflows.forms.questions import AnswerForm, QuestionForm, UnaskForm
from workflows.models import Question
from workflows.pages import sights
from workflows.pages.boxes import UNASK, prefix_of
from workflows.pages.files import file_page
from workflows.pages.frame import OfficerRequest, for_officers, readable_case, readable_movement
from workflows.pages.problems import SAFE, only
from workflows.pages.steps import refuse_closed
from workflows.sight import visible_to

SHOWN = 20


@dataclass(frozen=True)
class Questions:
    """The open questions to an officer's offices: the first due, and how many there are in all."""

    rows: list[tuple[Question, Standing]]
    total: int


def questions_to(officer: Officer, now: datetime) -> Questions:
    """Return what the inbox shows of the questions that wait for the officer's answer."""
    found = questions.open_to(officer)
    rows = [(question, standing_of_question(question, now)) for question in found[:SHOWN]]
    return Questions(rows, len(rows) if len(rows) < SHOWN else found.count())


@only(*SAFE, "POST")
@sensitive_post_parameters()
@for_officers
def ask(request: OfficerRequest, pk: int) -> HttpResponse:
    """Ask other offices for their opinion; the file stays where it is."""
    movement = readable_movement(request, pk)
    if request.method != "POST":
        return redirect("file", pk=movement.case_id)
    refuse_closed(movement)
    authority.check_step(request.user, movement)
    questions.check_askable(movement)
    form = QuestionForm(request.POST, movement=movement, offices=questions.offices_to_ask(movement))
    if not form.is_valid():
        return file_page(request, movement.case, asking=form, status=422)
    form.sight = sights.brought(request, movement.case, seen=form.cleaned_data["seen"])
    questions.ask(movement, by=request.user, form=form)
    asked = len(form.cleaned_data["offices"])
    said = ngettext("%(number)s: %(n)s office is asked.", "%(number)s: %(n)s offices are asked.", asked)
    messages.success(request, said % {"number": movement.case.number, "n": asked})
    return redirect("file", pk=movement.case_id)


@only(*SAFE, "POST")
@sensitive_post_parameters()
@for_officers
def answer(request: OfficerRequest, pk: int) -> HttpResponse:
    """Give the opinion of the asked office."""
    question = readable_question(request, pk)
    if request.method != "POST":
        return redirect("file", pk=question.case_id)
    authority.check_answer(request.user, question)
    form = AnswerForm(request.POST, prefix=prefix_of(question))
    if question.is_open and not form.is_valid():
        return file_page(request, question.case, answering=form, status=422)
    form.sight = sights.brought(request, question.case, since=question.asked_in.paragraph)
    questions.answer(question, by=request.user, form=form)
    messages.success(request, _("%(number)s: the opinion is signed and stands in the note sheet.") % {"number": question.case.number})
    return redirect("inbox")


@only(*SAFE, "POST")
@for_officers
def unask(request: OfficerRequest, pk: int) -> HttpResponse:
    """Take a question back that is not answered yet."""
    question = readable_question(request, pk)
    if request.method != "POST":
        return redirect("file", pk=question.case_id)
    authority.check_step(request.user, question.movement)
    form = UnaskForm(request.POST, prefix=f"{UNASK}{question.pk}")
    if question.is_open and not form.is_valid():
        return file_page(request, question.case, unasking=form, status=422)
    form.sight = sights.brought(request, question.case, since=question.asked_in.paragraph)
    questions.unask(question, by=request.user, form=form)
    messages.success(request, _("%(number)s: the question is withdrawn.") % {"number": question.case.number})
    return redirect("file", pk=question.case_id)


def readable_question(request: OfficerRequest, pk: int) -> Question:
    """Return a question of a file the officer may read, or raise 404."""
    found = Question.objects.select_related("asked_in", *questions.OFFICES)
    question = found.filter(pk=pk, case__in=visible_to(request.user)).first()
    if question is None:
        raise Http404
    question.case = question.movement.case = readable_case(request, question.case_id)
    return question
