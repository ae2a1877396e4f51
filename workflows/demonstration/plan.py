"""How a district action plan is told in the demonstration: the season is opened for the whole State, then the district goes on."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from programme.calendar import financial_year, today
from programme.models import Department, Matter
from workflows import marks, seasons
from workflows.demonstration.story import Story, Telling
from workflows.flows import ActionPlanFlow
from workflows.models import Case, Movement, Outcome

# So many days ago each step was taken where a story says nothing else. The last day, 30 October, lies between them in the autumn.
DAYS_AGO = {"draft": 60, "contribute": 50, "sign": 29, "scrutinise": 18, "approve": 8, "correct": 4}
FORWARD = {
    "sign": (Outcome.SUBMIT, "जनपद की कार्ययोजना हस्ताक्षरित कर प्रेषित है।"),
    "scrutinise": (Outcome.RECOMMEND, "कार्ययोजना का परीक्षण किया गया। अनुमोदन की संस्तुति है।"),
    "approve": (Outcome.APPROVE, ""),
}
RETURNED = {
    "outcome": Outcome.RETURN,
    "text": "कृपया गतिविधियों की लागत का आधार स्पष्ट कर पुनः प्रस्तुत करें।",
    "about_1": "activities",
    "kind_1": "amount",
    "objection_1": "सामान्य सुविधा केन्द्र की लागत का आधार नहीं दिया गया है।",
    "return_to": "correct",
}
STRATEGY = {
    "national_strategy": "प्रमुख महानगरों के मेलों में जनपद का मण्डप, ओएनडीसी एवं जेम पर पंजीकरण, तथा पैकेजिंग में एकरूपता।",
    "international_strategy": "निर्यात संवर्धन परिषद के साथ वर्ष में दो क्रेता-विक्रेता बैठक; गुणवत्ता प्रमाणन हेतु सहायता।",
}
ACTIVITIES = [
    {"topic": "facility_centre", "title": "सामान्य सुविधा केन्द्र की स्थापना", "department": "msme", "amount": "1,25,00,000", "months": 14},
    {"topic": "e_marketing", "title": "विक्रेताओं का ई-मार्केटिंग प्रशिक्षण एवं पंजीकरण", "department": "msme", "amount": "4,50,000", "months": 5},
]  # fmt: skip


def _opens(story: Story) -> Case:
    """Return the district's file of the season, which the first story opens for every district of the State."""
    year, state = financial_year(today()), story.district.state
    key = seasons.key_of(story.district, year)
    if not Case.objects.filter(key=key).exists():
        with marks.as_it_stands():
            opened = [case.pk for _district, case in seasons.open_all(state, year) if case]
        # The engine reads a clock of its own for when a file was opened.
        Case.objects.filter(pk__in=opened).update(created=timezone.now())
    return Case.objects.get(key=key)


def _turns(movement: Movement, story: Story) -> dict[str, Any]:
    if movement.step == "draft":
        return STRATEGY | _lines(movement, story.told.get("activities", ACTIVITIES))
    if movement.step == "contribute":
        return _lines(movement, story.told.get("sections", {}).get(movement.office.designation.code, []))
    if story.outcome == "correct" and movement.step == "scrutinise":
        return RETURNED
    outcome, text = FORWARD[movement.step]
    return {"outcome": outcome, "text": text}


def _lines(movement: Movement, activities: list[dict[str, Any]]) -> dict[str, Any]:
    """Return activities as a person would type them on the page of this step."""
    case = movement.case
    sent: dict[str, Any] = {"activities-rows": str(len(activities))}
    departments = dict(Department.objects.filter(state=case.state_id).values_list("code", "pk"))
    matters = dict(Matter.objects.filter(district=case.district_id).values_list("topic", "pk"))
    for n, activity in enumerate(activities, 1):
        begins = today() + timedelta(days=30)
        told = {
            "topic": activity["topic"],
            "title": activity["title"],
            "department": departments.get(activity.get("department", ""), ""),
            "starts_on": begins,
            "ends_on": _months_later(begins, activity["months"]),
            "amount": activity["amount"],
            "matter": matters.get(activity["topic"], ""),
        }
        sent |= {f"activities-{n}-{name}": value for name, value in told.items()}
    return sent


def _months_later(day: date, months: int) -> date:
    return day + timedelta(days=30 * months)


def _days_ago(story: Story, step: str, turn: int) -> int:
    return int(story.told.get("days_ago", {}).get(step, DAYS_AGO[step]))


TELLING = Telling(flow=ActionPlanFlow, turns=_turns, days_ago=_days_ago, opens=_opens)
