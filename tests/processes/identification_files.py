"""Files of product identification for tests: what a District Industries Centre types, and walks to each step."""

from typing import Any

from programme.calendar import today
from programme.models import Office, Posting
from tests.files import begin, office, officer, take
from workflows.flows import IdentificationFlow
from workflows.models import Case, Movement
from workflows.postings import join
from workflows.steps import end_by_clock

PAPERS = ("cluster_report", "photographs")
OPINIONS = ("agriculture", "animal_husbandry", "handloom", "horticulture", "rural_development")


def new_product(**changes: Any) -> dict[str, Any]:
    """Return what is typed to propose petha as a secondary product."""
    data = {
        "title": "Petha as a product of the district",
        "proposed": "new",
        "rank": "secondary",
        "reasons": "Made in the old city for generations; sold all over the country.",
        "name_en": "Petha",
        "name_hi": "पेठा",
        "sector": "FOOD",
        "production": "Noori Darwaza and Kosi road; boiled and candied ash gourd.",
        "units": "450",
        "households": "२१००",
        "processing": "Coal ovens give way to gas.",
        "value_chain_gaps": "No cold storage for the gourd; short shelf life.",
        "gi": "applied",
        "turnover": "1,20,00,000",
        "source": "Survey of the District Industries Centre, 2026.",
    }
    return {**data, **changes}


def change(proposed: str, product: Any, rank: str = "", **changes: Any) -> dict[str, Any]:
    """Return what is typed to change the rank of a product of the register, or to retire it."""
    data = {"title": f"{product.name_en}: {proposed}", "proposed": proposed, "product": product.pk, "rank": rank}
    return {**data, "reasons": "Decided by the district committee.", "gi": "none", **changes}


def propose_product(district: str = "Agra", data: dict[str, Any] | None = None, kinds: tuple[str, ...] = PAPERS, **changes: Any) -> Case:
    """Open a file as the Deputy Commissioner Industries of a district of Uttar Pradesh."""
    return begin(IdentificationFlow, office("dic", district), data or new_product(**changes), kinds=kinds)


def answer(case: Case, designation: str, outcome: str = "supported", **data: Any) -> Case:
    return take(case, outcome, at=desk_of(case, designation), **data)


def desk_of(case: Case, designation: str) -> Office:
    return Office.objects.get(designation__code=designation, designation__state=case.state_id, district=case.district_id)


def keep_silent(case: Case) -> None:
    """Let the window of opinion pass for every office that has not answered."""
    stays = Movement.objects.filter(case=case, disposed=None)
    moment = stays.first().received
    stays.update(wakes=moment)
    for stay in stays.select_related("case"):
        end_by_clock(stay)


def a_product_file(*, at: str = "consult", district: str = "Agra", data: dict[str, Any] | None = None, **changes: Any) -> Case:
    """Walk the real flow until the file waits at ``at``, or has ended ``notified``; the departments of Agra have no objection."""
    case = propose_product(district, data, **changes)
    if at == "consult":
        return case
    if district == "Agra":
        for designation in OPINIONS:
            answer(case, designation)
    else:
        keep_silent(case)
    if at == "correct":
        return take(case, "returned", text="Give the number of units by place.")
    for step, outcome in (("recommend", "recommended"), ("scrutinise", "recommended"), ("approve", "approved")):
        if at == step:
            return case
        case = take(case, outcome)
    assert at == "notified", f"the identification flow has no step {at}"
    return case


def reopened(case: Case) -> Case:
    """Read the file anew."""
    return Case.objects.get(pk=case.pk)


def step_of(case: Case) -> str:
    """Return the one step the file waits at, wherever."""
    [step] = set(Movement.objects.filter(case=case, disposed=None).values_list("step", flat=True))
    return step


def in_additional_charge(username: str, at: Office) -> Posting:
    return join(officer(username), at, charge="additional", starts_on=today(), by=None)
