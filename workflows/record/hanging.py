"""What signed texts also say of rows beside them: where the file waits, objections and their answers, questions, minutes."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from workflows.models import Item, Movement, Objection, Outcome, Question
from workflows.record.chain import stamp
from workflows.record.findings import Finding, finding
from workflows.record.reading import all_rows, among

RAISED = ("to", "code", "text", "repeated", "late")
ANSWERED = ("to", "objection", "paragraph", "answer")
CLOSES = ("answers_question", "takes_back_question")
TOLD = ("objections", "answered", "asked", *CLOSES, "sitting")


class Waiting(NamedTuple):
    """An open stay."""

    step: str
    power: str
    office_id: int


@dataclass
class Hanging:
    """Rows that hang on one paragraph, each in the words in which the paragraph tells it."""

    raised: list[Any] = field(default_factory=list)
    answered: list[Any] = field(default_factory=list)
    asked: list[Any] = field(default_factory=list)
    # The paragraphs whose questions it closed.
    closed: set[str] = field(default_factory=set)
    minutes: tuple[str, str] | None = None


Found = defaultdict[int, defaultdict[int, Hanging]]


def waiting_of(cases: list[int]) -> dict[int, list[Waiting]]:
    """Return the open stays of these files."""
    found: dict[int, list[Waiting]] = defaultdict(list)
    rows = Movement.objects.filter(among("case", cases), disposed=None).values_list("case_id", *Waiting._fields)
    for case_id, *place in all_rows(rows):
        found[case_id].append(Waiting(*place))
    return found


def hanging_on(cases: list[int]) -> Found:
    """Return, of each of these files, what hangs on its paragraphs, by their keys."""
    found: Found = defaultdict(lambda: defaultdict(Hanging))
    _add_objections(cases, found)
    _add_questions(cases, found)
    minutes = Item.objects.filter(among("noting__case", cases))
    for case_id, noting, number, digest in all_rows(
        minutes.values_list("noting__case_id", "noting_id", "sitting__number", "sitting__sha256")
    ):
        found[case_id][noting].minutes = (number, digest)
    return found


def _add_objections(cases: list[int], found: Found) -> None:
    rows = Objection.objects.filter(among("case", cases)).order_by("pk")
    columns = ("case_id", "noting_id", "noting__paragraph", "answered_in_id", "answer", *RAISED)
    for case_id, noting, paragraph, answered_in, answer, *raised in all_rows(rows.values_list(*columns)):
        found[case_id][noting].raised.append(tuple(raised))
        if answered_in:
            found[case_id][answered_in].answered.append((raised[0], raised[2], paragraph, answer))


def _add_questions(cases: list[int], found: Found) -> None:
    columns = ("case_id", "asked_in_id", "asked_in__paragraph", "closed_in_id", "office_id", "text", "due", "waits")
    rows = all_rows(Question.objects.filter(among("case", cases)).values_list(*columns))
    for case_id, noting, paragraph, closed_in, office, text, due, waits in rows:
        found[case_id][noting].asked.append((office, text, stamp(due), waits))
        if closed_in:
            found[case_id][closed_in].closed.add(str(paragraph))


def named(value: Any) -> Any:
    """Return the number by which a signed text names an officer or an office."""
    return value.get("id") if isinstance(value, dict) else value


def check_hanging(number: str, paragraph: int, said: dict[str, Any], there: Hanging, unanswered: set[int]) -> Iterator[Finding]:
    """Compare what one paragraph of a file says with the rows that hang on it.

    Answers that it gave and that are not there any more are entered in ``unanswered``: pulling it back took them away, or somebody else.
    """
    raised = _listed(said, "objections")
    if len(raised) != len(there.raised) or not all(map(_says, raised, there.raised)):
        yield finding("objections", number, paragraph)
    answered = [tuple(one.get(name) for name in ANSWERED) for one in _listed(said, "answered")]
    if not there.answered and answered:
        unanswered.add(paragraph)
    elif sorted(map(str, answered)) != sorted(map(str, there.answered)):
        yield finding("answers", number, paragraph)
    closes = {str(told.get("paragraph")) for name in CLOSES if isinstance(told := said.get(name), dict)}
    if _asked(said) != {repr(one) for one in there.asked} or not closes <= there.closed:
        yield finding("questions", number, paragraph)
    sitting = said.get("sitting")
    minutes = (sitting.get("number"), sitting.get("minutes_sha256")) if isinstance(sitting, dict) else None
    if minutes != there.minutes:
        yield finding("minutes-named", number, paragraph, number=(there.minutes or minutes or ("",))[0])


def _says(told: dict[str, Any], raised: tuple[Any, ...]) -> bool:
    """Say whether an objection is the one that a paragraph told; the first ones told less of it."""
    return all(told.get(name, value) == value for name, value in zip(RAISED, raised, strict=True))


def _listed(said: dict[str, Any], name: str) -> list[dict[str, Any]]:
    told = said.get(name)
    return [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []


def _asked(said: dict[str, Any]) -> set[str]:
    told = said.get("asked")
    if not isinstance(told, dict):
        return set()
    return {repr((named(office), said.get("text"), told.get("due"), told.get("waits"))) for office in _listed(told, "offices")}


def check_waiting(number: str, flow: Any, sent: tuple[int, dict[str, Any]] | None, stays: list[Waiting]) -> Iterator[Finding]:
    """Compare where a file waits with its flow and with the last paragraph that ``sent`` it somewhere.

    To whom a step goes that several offices take together no paragraph says, and where an act of the system goes on it does not say either.
    """
    for stay in stays:
        node = flow.called(stay.step)
        if node is None or node.power != stay.power:
            yield finding("waits-power", number, step=stay.step)
    if sent is None or not stays:
        return
    paragraph, said = sent
    told = said["to"] if isinstance(said["to"], dict) else {}
    node = flow.called(str(told.get("step")))
    if node is None or not hasattr(node, "power") or (said.get("outcome") == Outcome.MIGRATE and len(stays) > 1):
        return
    office = None if node.together else named(told.get("office"))
    if any(stay.step != node.name or (office is not None and stay.office_id != office) for stay in stays):
        yield finding("waits-elsewhere", number, paragraph)
