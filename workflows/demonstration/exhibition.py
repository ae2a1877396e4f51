"""How an exhibition is told in the demonstration."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from programme.calendar import financial_year, today
from programme.models import Allotment, BudgetHead, District, Office, Product
from workflows.demonstration.story import Story, Telling
from workflows.flows import ExhibitionFlow
from workflows.forms.records import REPLY
from workflows.models import Movement, Outcome
from workflows.objections import standing

DAYS_BETWEEN_STEPS = 3
AFTERWARDS = ("report", "certify", "accept")
FORWARD = {
    "scrutinise": (Outcome.RECOMMEND, "नियमानुसार परीक्षण किया गया। संस्तुति की जाती है।"),
    "concur": (Outcome.CONCUR, "बजट मद में धनराशि उपलब्ध है। सहमति।"),
    "approve": (Outcome.SANCTION, ""),
    "accept": (Outcome.ACCEPT, ""),
}
RETURNED = {
    "outcome": Outcome.RETURN,
    "text": "कृपया आपत्ति का निराकरण कर पुनः प्रस्तुत करें।",
    "about_1": "amount_asked",
    "kind_1": "amount",
    "objection_1": "स्टॉल की दर का आधार नहीं दिया गया है; कृपया तीन दर-पत्र संलग्न करें।",
}


def _begins(story: Story, office: Office) -> dict[str, Any]:
    state, told = office.designation.state, story.told
    head = BudgetHead.objects.filter(state=state, scheme="EXHIBITION").get()
    Allotment.objects.get_or_create(head=head, year=financial_year(today()), defaults={"allotted": Decimal(50_000_000)})
    starts_on = timezone.localdate(timezone.now()) + timedelta(days=told["starts_in_days"] + story.opened_days_ago)
    neighbours = District.objects.filter(state=state, products__live=True).exclude(pk=story.district.pk).distinct().order_by("name_en")[:6]
    return {
        "title": told["title"],
        "product": Product.objects.filter(district=story.district, live=True).order_by("rank").values_list("pk", flat=True).first(),
        "purpose": told["purpose"],
        "districts_shown": [district.pk for district in neighbours],
        "venue": told["venue"],
        "starts_on": starts_on,
        "ends_on": starts_on + timedelta(days=told["days"] - 1),
        "stalls": told["stalls"],
        "budget_head": head.pk,
        "amount_asked": told["amount"],
        "nodal_officer": "सहायक प्रबंधक, जिला उद्योग केन्द्र",
        "nodal_mobile": "9999900000",
        "text": "प्रस्ताव स्वीकृति हेतु प्रस्तुत है।",
    }


def _turns(movement: Movement, story: Story) -> dict[str, Any]:
    record = movement.case.record
    if movement.step == "report":
        return {
            "held_from": record.starts_on,
            "held_to": record.ends_on,
            "stalls_held": record.stalls - 2,
            "visitors": 9500,
            "sales": record.amount * 3,
            "outcome_report": "प्रदर्शनी सफल रही; नये क्रेताओं से सम्पर्क हुआ।",
        }
    if movement.step == "certify":
        return {
            "amount_utilised": record.amount_released - 12_000,
            "certificate_number": f"UC/{movement.case.number[-4:]}",
            "certificate_date": today(),
        }
    if story.outcome == "correct" or (story.told.get("reply") and movement.step == "scrutinise"):
        return RETURNED
    if movement.step == "correct":
        return {"amount_asked": record.amount_asked, **_replies(movement, story)}
    if story.outcome == "rejected" and movement.step == "approve":
        return {"outcome": Outcome.REJECT, "text": "इस वर्ष जनपद को प्रदर्शनी पहले ही स्वीकृत है।"}
    outcome, text = FORWARD[movement.step]
    return {"outcome": outcome, "text": text, "amount_recommended": str(record.amount), "amount_sanctioned": str(record.amount)}


def _replies(movement: Movement, story: Story) -> dict[str, str]:
    """Answer every objection in the words of the story, changing nothing."""
    return {f"{REPLY}{objection.pk}": story.told["reply"] for objection in standing(movement.case).filter(answered_in=None)}


def _papers(story: Story, step: str) -> tuple[str, ...]:
    return {"propose": ("proposal_letter", "cost_estimate"), "certify": ("utilisation_certificate",)}.get(step, ())


def _days_ago(story: Story, step: str, turn: int) -> int:
    """Space the steps evenly; what follows the exhibition comes after its last day."""
    if step in AFTERWARDS:
        last_day = -(story.told["starts_in_days"] + story.told["days"] - 1)
        return max(last_day - (AFTERWARDS.index(step) + 1) * DAYS_BETWEEN_STEPS, 0)
    return max(story.opened_days_ago - turn * DAYS_BETWEEN_STEPS, 0)


TELLING = Telling(flow=ExhibitionFlow, begins=_begins, turns=_turns, papers=_papers, days_ago=_days_ago)
