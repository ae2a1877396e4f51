"""How a loan with margin money is told in the demonstration."""

from decimal import Decimal
from typing import Any

from stdnum import verhoeff

from programme.budget import head_of
from programme.calendar import financial_year, today
from programme.models import Allotment, Office, Product
from programme.money import rupees
from workflows.demonstration.story import Story, Telling
from workflows.flows import LoanFlow
from workflows.models import Movement, Outcome

DAYS_BETWEEN_STEPS = 3
STEPS_TO_RELEASE = 6
DAYS_OF_THE_WATCH = 731
# Days after the end of the watch.
AFTERWARDS = {"verify": 9, "decide_conversion": 16, "recover": 30}
PAPERS = (
    "aadhaar", "bank_passbook", "residence_certificate", "income_certificate", "education_certificate", "project_report", "affidavit",
    "caste_certificate",
)  # fmt: skip
FORWARD = {
    "scrutinise": (Outcome.RECOMMEND, "आवेदन एवं मूल अभिलेखों का मिलान किया गया। समिति के विचारार्थ संस्तुत।"),
    "committee": (Outcome.RECOMMEND, "समिति द्वारा साक्षात्कार के उपरान्त संस्तुत।"),
    "examine": (Outcome.RECOMMEND, "बैंक की स्वीकृति एवं मार्जिन मनी की गणना का परीक्षण किया गया।"),
    "sanction": (Outcome.SANCTION, ""),
    "decide_conversion": (Outcome.CONVERT, "इकाई दो वर्ष से सफलतापूर्वक संचालित है।"),
}
RETURNED = {
    "outcome": Outcome.RETURN,
    "text": "कृपया आपत्ति का निराकरण कर पुनः प्रस्तुत करें।",
    "about_1": "project_cost",
    "kind_1": "mismatch",
    "objection_1": "मशीनों के दर-पत्र परियोजना लागत से मेल नहीं खाते।",
}
CLOSED = {"outcome": Outcome.RECOVER, "text": "इकाई बन्द पाई गई; मार्जिन मनी की वसूली की जाए।"}


def _begins(story: Story, office: Office) -> dict[str, Any]:
    told = story.told
    cost, own, term = (Decimal(told[name]) for name in ("cost", "own", "term"))
    own_product = Product.objects.filter(district=story.district, live=True).order_by("rank").values_list("pk", flat=True).first()
    return {
        "name": told["name"],
        "guardian_name": told["guardian"],
        "gender": told.get("gender", "male"),
        "category": told.get("category", "general"),
        "date_of_birth": told["born"],
        "address": told["address"],
        "mobile": "9999900000",
        "residence": "district",
        "tags": told.get("tags", ["artisan"]),
        **_numbers(told["person"], told.get("family", told["person"])),
        "unit_name": told["title"],
        "activity": told.get("activity", "industry"),
        "product": "" if "product" in told else own_product,
        "product_words": told.get("product", ""),
        **{"project_cost": cost, "own_contribution": own, "term_loan": term, "working_capital": cost - own - term or ""},
        "bank": "bob",
        "branch": told.get("branch", "संजय प्लेस"),
        "ifsc": "BARB0SANJAY",
        "declarations": ["no_default", "no_other_scheme", "affidavit"],
        "text": "आवेदन पत्र मूल अभिलेखों सहित प्राप्त हुआ।",
    }


def _numbers(person: int, family: int) -> dict[str, str]:
    """Return numbers that nobody has: Aadhaar numbers beginning with 9999 are those of tests."""
    stem = f"9999{person:07d}"
    return {
        "aadhaar": stem + verhoeff.calc_check_digit(stem),
        "pan": "",
        "bank_account": f"BARB0SANJAY {20010000000 + person}",
        "udyam": "",
        "family_id": f"{210000000000 + family}",
    }


def _turns(movement: Movement, story: Story) -> dict[str, Any]:
    step, loan = movement.step, movement.case.record
    own_pages = {"release": _release, "verify": _verified, "recover": _recovered}
    if step in own_pages:
        return own_pages[step](movement, story)
    if step == "appraise":
        return _at_the_bank(loan, story)
    if story.outcome == "correct":
        return RETURNED
    if story.outcome == "rejected":
        return {"outcome": Outcome.REJECT}
    if step == "decide_conversion" and story.outcome in ("recover", "recovered"):
        return CLOSED
    if step == "sanction":
        _allot(movement)
    outcome, text = FORWARD[step]
    return {"outcome": outcome, "text": text}


def _at_the_bank(loan: Any, story: Story) -> dict[str, Any]:
    if story.outcome == "declined":
        return {"outcome": Outcome.DECLINE, "bank_reason": "credit", "text": "आवेदक का पूर्व ऋण खाता अनियमित है।"}
    cost = Decimal(story.told.get("appraised", loan.project_cost))
    return {
        "outcome": Outcome.LEND,
        "appraised_cost": cost,
        "loan_sanctioned": cost - loan.own_contribution,
        "loan_reference": f"BOB/ADV/{loan.pk:03}",
        "loan_sanctioned_on": today(),
        "text": "परियोजना व्यवहार्य है; ऋण स्वीकृत।",
    }


def _allot(movement: Movement) -> None:
    """See that the head has money in the year in which the story is sanctioned."""
    head = head_of(LoanFlow.scheme, movement.case.state)
    Allotment.objects.get_or_create(head=head, year=financial_year(today()), defaults={"allotted": Decimal(100_000_000)})


def _release(movement: Movement, story: Story) -> dict[str, Any]:
    return {"payment_reference": f"PFMS/{movement.case.number[-4:]}", "released_on": today(), "text": ""}


def _verified(movement: Movement, story: Story) -> dict[str, Any]:
    closed = story.outcome in ("recover", "recovered")
    remarks = "इकाई बन्द है; मशीनें हटा ली गई हैं।" if closed else "इकाई संचालित है; उत्पादन एवं विक्रय के अभिलेख देखे गये।"
    running = "closed" if closed else "running"
    return {"visited_on": today(), "running": running, "employees": 0 if closed else 7, "verification_remarks": remarks, "text": ""}


def _recovered(movement: Movement, story: Story) -> dict[str, Any]:
    amount = movement.case.record.amount_released
    return {"amount_recovered": rupees(amount), "recovery_reference": "CHALLAN/118/0042", "recovered_on": today(), "text": ""}


def _papers(story: Story, step: str) -> tuple[str, ...]:
    return {"file": PAPERS, "verify": ("verification_photographs",)}.get(step, ())


def _days_ago(story: Story, step: str, turn: int) -> int:
    """Space the steps evenly; what follows the watch comes after its end."""
    if step in AFTERWARDS:
        return max(story.opened_days_ago - STEPS_TO_RELEASE * DAYS_BETWEEN_STEPS - DAYS_OF_THE_WATCH - AFTERWARDS[step], 0)
    return max(story.opened_days_ago - turn * DAYS_BETWEEN_STEPS, 0)


TELLING = Telling(flow=LoanFlow, begins=_begins, turns=_turns, papers=_papers, days_ago=_days_ago)
