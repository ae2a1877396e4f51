"""Action plans for tests, made by walking the real flow."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from typing import Any
from unittest.mock import patch

from django.core.files.base import ContentFile
from django.utils import timezone

from programme.calendar import financial_year, today
from programme.models import ActionPlan, Activity, ActivityUpdate, Department, District
from programme.plans import report_progress
from tests.files import PDF, a_draft, holder_of, office, take, waiting
from workflows import seasons
from workflows.clock import sweep
from workflows.models import Case, Movement
from workflows.steps import decide

DEPARTMENTS = ("agriculture", "animal_husbandry", "handloom", "horticulture", "rural_development")
STRATEGY = {"national_strategy": "Fairs in six metros.", "international_strategy": "Two buyers' delegations a year."}


def lines(*activities: dict[str, Any]) -> dict[str, Any]:
    """Return activities as a browser sends them."""
    sent = {f"activities-{n}-{name}": value for n, line in enumerate(activities, 1) for name, value in line.items()}
    return {"activities-rows": str(len(activities)), **sent}


def an_activity(title: str = "Common facility centre for leather", **changes: Any) -> dict[str, Any]:
    return {
        "topic": "facility_centre", "title": title, "starts_on": "2026-12-01", "ends_on": "2027-03-31", "amount": "12,50,000",
        "matter": "", **changes,
    }  # fmt: skip


def msme(state: str = "UP") -> int:
    return Department.objects.get(state__short=state, code="msme").pk


def drafted(**changes: Any) -> dict[str, Any]:
    """Return what a District Industries Centre types into a complete draft."""
    return {**STRATEGY, **lines(an_activity(department=msme())), **changes}


def opened(district: str = "Agra", year: str = "") -> Case:
    """Open the district's plan as the system opens a season."""
    place = District.objects.select_related("state").get(name_en=district, state__short="UP")
    year = year or financial_year(today())
    case = seasons.open_plan(place, year, by=None, office=seasons.opening_office(place.state))
    assert case is not None
    return Case.objects.get(pk=case.pk)


def write(case: Case, at: Any = None, **data: Any) -> Case:
    """Take a step that has a page of its own, as the holder of the office."""
    case = Case.objects.get(pk=case.pk)
    movement = waiting(case, at)
    signer = holder_of(movement.office)
    draft = a_draft(signer, movement.office, (), movement, process="plan")
    typed = {"seen": movement.case.head, "text": "", **data}
    form = movement.node.form_class(typed, movement=movement, office=movement.office, officer=signer, norm=case.norm, papers=[])
    assert form.is_valid(), form.errors
    return decide(movement, by=signer, form=form, draft=draft)


def contribute_all(case: Case) -> Case:
    """Let every line department of Agra submit its section, without lines."""
    for code in DEPARTMENTS:
        case = write(case, office(code, "Agra"), **lines())
    return case


def _contributed(case: Case) -> Case:
    """Go past the departments: in Agra they submit, elsewhere the cast has none and their time runs out."""
    if case.district and case.district.name_en == "Agra":
        return contribute_all(case)
    close_window(case)
    return case


def a_plan(at: str = "draft", district: str = "Agra") -> Case:
    """Walk a plan until it waits at the step ``at``, or has ended so."""
    case = opened(district)
    steps = {
        "draft": lambda case: write(case, **drafted()),
        "contribute": _contributed,
        "sign": lambda case: take(case, "submitted"),
        "scrutinise": lambda case: take(case, "recommended"),
        "approve": lambda case: take(case, "approved"),
    }
    for step, act in steps.items():
        if step == at:
            return Case.objects.get(pk=case.pk)
        case = act(Case.objects.get(pk=case.pk))
    return Case.objects.get(pk=case.pk)


def a_report(case: Case, **told: Any) -> ActivityUpdate:
    """Report on the plan's first activity as the district's Industries Centre, with a paper."""
    activity = Activity.objects.select_related("plan").filter(plan=case.record_id).first()
    assert activity is not None
    paper = {
        "paper": ContentFile(PDF, name="shown.pdf"),
        "paper_name": "shown.pdf",
        "paper_type": "application/pdf",
        "paper_sha256": sha256(PDF).hexdigest(),
    }
    at = office("dic", "Agra")
    words = {"progress": 40, "status": "under_way", "evidence": "Land is handed over.", "paper": paper, **told}
    return report_progress(activity, by=holder_of(at), office=at, **words)


@contextmanager
def at_moment(moment: datetime) -> Iterator[None]:
    """Let the clock stand at ``moment``."""
    with patch.object(timezone, "now", return_value=moment):
        yield


def close_window(case: Case) -> int:
    """Let the time of the departments run out."""
    Movement.objects.filter(case=case, disposed=None).update(wakes=timezone.now())
    return sweep()


def plan_of(case: Case) -> ActionPlan:
    return ActionPlan.read(case.record_id)
