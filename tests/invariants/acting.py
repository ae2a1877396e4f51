"""Files of all five processes that anybody may try to move, through the real forms and verbs, with what a person would type."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from programme.calendar import today
from programme.models import District, Norm, Office, Officer
from tests.files import a_draft
from workflows import seasons
from workflows.demonstration.committee import take_in_sitting
from workflows.demonstration.story import Story
from workflows.demonstration.walk import TELLINGS
from workflows.flows import FLOWS
from workflows.models import Case, Movement, Outcome
from workflows.steps import decide, open_case

MONEY = {"cost": "2400000", "own": "240000", "term": "1660000", "born": "1990-05-14", "guardian": "श्याम लाल", "address": "लोहामण्डी"}
BOX = {"feet": "20", "freight": "80000"}
TOLD: dict[str, dict[str, Any]] = {
    "exhibition": {"venue": "Expo Mart", "purpose": "Festival season", "starts_in_days": 60, "days": 3, "stalls": 40},
    "identification": {
        "proposed": "new", "rank": "tertiary", "sector": "HANDICRAFT", "production": "Two blocks.", "units": 120, "households": 300,
        "reasons": "It is made here and nowhere else.",
    },
    "plan": {},
    "loan": MONEY,
    "freight": {"mode": "sea", "proprietor": "R. Gupta", "address": "Moradabad"},
}  # fmt: skip


class NotTaken(Exception):
    """The form of the step does not take what was typed: no act."""


@dataclass
class Writer:
    """Types what the forms ask, each time with numbers and titles that no other file has."""

    serial: int = 0
    stories: dict[int, Story] = field(default_factory=dict)

    def story(self, kind: str, district: District, amount: int) -> Story:
        self.serial += 1
        n = self.serial
        own = {
            "exhibition": {"title": f"Exhibition {n}", "amount": str(amount)},
            "identification": {"title": f"Product {n}", "name_en": f"Craft {n}", "name_hi": f"शिल्प {n}"},
            "plan": {},
            "loan": {"title": f"Works {n}", "name": f"Applicant {n}", "person": 700 + n},
            "freight": {
                "title": f"Exporter {n}",
                "exporter": 700 + n,
                "bills": [{"bill": f"{7000000 + n}", "feet": "20", "freight": "80000"}],
            },
        }[kind]
        return Story(kind, district, 0, "anywhere", TOLD[kind] | own)

    def open(self, kind: str, office: Office, by: Officer, amount: int) -> Case:
        """Open a file at an office as ``by``; a plan is opened by the system. Raises ``Refusal`` or ``NotTaken``."""
        district: Any = office.district
        story = self.story(kind, district, amount)
        flow = FLOWS[kind]
        if kind == "plan":
            opened = seasons.open_plan(district, seasons.planned_years()[1], by=None, office=seasons.opening_office(district.state))
            if opened is None:
                raise NotTaken("The district has its plan.")
            self.stories[opened.pk] = story
            return opened
        node, telling = flow.begin_node(), TELLINGS[kind]
        draft = a_draft(by, office, telling.papers(story, node.name), process=kind, marker=str(self.serial))
        papers = list(draft.enclosures.all())
        norm = Norm.in_force(flow.scheme, office.designation.state, today())
        typed = {"papers_seen": " ".join(str(paper.pk) for paper in papers), **telling.begins(story, office)}
        form = node.form_class(typed, office=office, officer=by, norm=norm, papers=papers)
        if not form.is_valid():
            raise NotTaken(form.errors.as_json())
        case = open_case(flow, by=by, office=office, form=form, key=uuid4(), draft=draft)
        self.stories[case.pk] = story
        return case

    def take(self, movement: Movement, by: Officer, outcome: str = "", return_to: str = "") -> None:
        """Take a step as ``by``, by the way ``outcome`` or forward. Raises ``Refusal``, ``Overtaken`` or ``NotTaken``."""
        story, node, case = self.stories[movement.case_id], movement.node, movement.case
        if node.own_page:
            return self._write(movement, by, story)
        typed = self._typed(movement, story, outcome, return_to)
        if node.in_committee:
            try:
                take_in_sitting(movement, typed, chair=by)
            except ValueError as refused:
                raise NotTaken(str(refused)) from None
            return None
        form = node.form_class(typed, movement=movement, officer=by)
        if not form.is_valid():
            raise NotTaken(form.errors.as_json())
        decide(movement, by=by, form=form)
        case.refresh_from_db()
        return None

    def _typed(self, movement: Movement, story: Story, outcome: str, return_to: str) -> dict[str, Any]:
        forward = TELLINGS[story.kind].turns(movement, story)
        if outcome and outcome != forward["outcome"]:
            typed = {"outcome": outcome, "text": "For the reason given in the papers.", "return_to": return_to}
            typed |= {"bank_reason": "credit"} if outcome == Outcome.DECLINE else {}
        else:
            typed = forward
        return {"seen": movement.case.head, **typed}

    def _write(self, movement: Movement, by: Officer, story: Story) -> None:
        telling, case, step = TELLINGS[story.kind], movement.case, movement.step
        corrects = movement.node.is_correction
        again = step if not corrects else case.flow_class.begin_node().name
        kinds = () if corrects else telling.papers(story, again)
        if story.kind == "plan":
            typed = {} if corrects else telling.turns(movement, story)
        else:
            typed = telling.begins(story, case.office) if corrects else telling.turns(movement, story)
        draft = a_draft(by, movement.office, kinds, movement, marker=str(movement.pk), process=story.kind)
        papers = [*case.enclosures.filter(replaced_by=None), *draft.enclosures.all()]
        typed = {"seen": case.head, "papers_seen": " ".join(str(paper.pk) for paper in draft.enclosures.all()), **typed}
        form = movement.node.form_class(typed, movement=movement, office=movement.office, officer=by, norm=case.norm, papers=papers)
        if not form.is_valid():
            raise NotTaken(form.errors.as_json())
        decide(movement, by=by, form=form, draft=draft)
