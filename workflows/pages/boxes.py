"""The boxes beside a file: what the reader may answer, ask, take back or pull back, each a form of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from programme.models import Officer
from workflows import authority, bars, deadlines, pulling_back, questions, steps
from workflows.forms.decisions import PullBackForm, WithdrawalForm
from workflows.forms.questions import AnswerForm, QuestionForm, UnaskForm
from workflows.models import Case, Movement, Question

ANSWER, UNASK = "answer", "unask"


@dataclass(frozen=True)
class Asked:
    """One question as the file page shows it, with the forms the reader may fill in."""

    question: Question
    standing: Any
    answer: AnswerForm | None
    unask: UnaskForm | None


def prefix_of(question: Question) -> str:
    """Return the prefix of the form that answers a question; several may stand on one page."""
    return f"{ANSWER}{question.pk}"


# What was typed for a box before the sign-in ended: asked by the name and number of its address, and its prefix.
TypedBefore = Callable[[str, int, str], dict[str, Any]]


def beside(
    officer: Officer,
    case: Case,
    stays: list[Movement],
    mine: Movement | None,
    *,
    before: TypedBefore,
    last: Any = None,
    **sent: Any,
) -> dict[str, Any]:
    """Return the boxes for the page; ``sent`` are refused forms to be shown again: withdrawal, asking, answering, unasking, pulling.

    ``mine`` is the stay that the officer may take now, ``last`` the row of the last paragraph.
    """
    return {
        "questions": [_asked(officer, question, mine, before, sent) for question in questions.of_file(case)],
        "asking": _asking(mine, before, sent.get("asking")),
        "waits_for": bars.waiting_sentence(bars.waited_for(mine)) if mine else "",
        "withdrawal": _withdrawal(officer, case, stays, before, sent.get("withdrawal")),
        **_pulling(officer, case, stays, last, sent.get("pulling")),
    }


def signable(boxes: dict[str, Any]) -> bool:
    """Say whether the reader may sign anything on the page: whoever may decide may also ask, and has that box."""
    asked = [form for each in boxes["questions"] for form in (each.answer, each.unask)]
    return any((boxes["asking"], boxes["withdrawal"], boxes["pulling"], *asked))


def _asked(officer: Officer, question: Question, mine: Movement | None, before: TypedBefore, sent: dict[str, Any]) -> Asked:
    standing = deadlines.standing_of_question(question, timezone.now()) if question.is_open else None
    answer = unask = None
    if question.is_open and authority.may_answer(officer, question):
        prefix = prefix_of(question)
        answer = _this_or(sent.get("answering"), AnswerForm(prefix=prefix, initial=before("answer", question.pk, prefix)))
    if question.is_open and mine and question.movement_id == mine.pk:
        unask = _this_or(sent.get("unasking"), UnaskForm(prefix=f"{UNASK}{question.pk}"))
    return Asked(question, standing, answer, unask)


def _this_or(sent: Any, fresh: Any) -> Any:
    return sent if sent is not None and sent.prefix == fresh.prefix else fresh


def _asking(mine: Movement | None, before: TypedBefore, sent: QuestionForm | None) -> QuestionForm | None:
    if mine is None or mine.node.in_committee:
        return None
    return sent or QuestionForm(movement=mine, offices=questions.offices_to_ask(mine), initial=before("ask", mine.pk, "ask"))


def _withdrawal(
    officer: Officer, case: Case, stays: list[Movement], before: TypedBefore, sent: WithdrawalForm | None
) -> WithdrawalForm | None:
    if not steps.may_withdraw(officer, case, stays):
        return None
    return sent or WithdrawalForm(prefix="withdraw", initial={"seen": case.head, **before("withdraw", case.pk, "withdraw")})


def _pulling(officer: Officer, case: Case, stays: list[Movement], last: Any, sent: PullBackForm | None) -> dict[str, Any]:
    sending = pulling_back.may(officer, case, stays, last)
    return {"sending": sending, "pulling": (sent or PullBackForm(prefix="pull")) if sending else None}
