"""How a freight claim is told in the demonstration."""

from datetime import timedelta
from typing import Any

from stdnum import luhn

from programme import budget
from programme.calendar import financial_year, today
from programme.freight import HEAD_OF
from programme.models import Allotment, FreightMode, Office, Product
from workflows.demonstration.story import Story, Telling
from workflows.flows import FreightFlow
from workflows.forms.freight import CLAIM_PAPERS
from workflows.models import Movement, Outcome

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PORTS = {FreightMode.SEA: ("INNSA1", "न्हावा शेवा"), FreightMode.AIR: ("INDEL4", "दिल्ली एयर कार्गो")}
NOT_OF = {FreightMode.SEA: ("airway_bill",), FreightMode.AIR: ("bill_of_lading", "gate_pass")}
FORWARD = {
    "scrutinise": (Outcome.RECOMMEND, "अभिलेखों का परीक्षण किया गया; पूर्ण पाये गये।"),
    "committee": (Outcome.RECOMMEND, "जिला यूजर्स समिति दावे की संस्तुति करती है।"),
    "compute": (Outcome.RECOMMEND, "प्रचलित दरों के अनुसार गणना की गयी। संस्तुति।"),
    "sanction": (Outcome.SANCTION, ""),
}
RETURNED = {
    "outcome": Outcome.RETURN,
    "text": "कृपया आपत्ति का निराकरण कर पुनः प्रस्तुत करें।",
    "return_to": "correct",
    "about_1": "lines",
    "kind_1": "mismatch",
    "objection_1": "पंक्ति 2 का माल भाड़ा संलग्न बीजक से मेल नहीं खाता।",
}
REJECTED = {"outcome": Outcome.REJECT, "text": "इकाई निर्माता-निर्यातक नहीं है; दावा अनुमन्य नहीं।"}


def numbers(exporter: int) -> dict[str, str]:
    """Return the numbers of a unit that stands in no register, well formed."""
    pan = f"ZZZFZ{exporter:04d}K"
    gstin = f"09{pan}1Z"
    return {
        "iec": pan,
        "pan": pan,
        "gstin": gstin + luhn.calc_check_digit(gstin, ALPHABET),
        "udyam": f"UDYAM-UP-00-{exporter:07d}",
        "account": f"SBIN0000{exporter:03d} 990000{exporter:04d}",
    }


def _begins(story: Story, office: Office) -> dict[str, Any]:
    told, mode = story.told, FreightMode(story.told["mode"])
    head = budget.head_of(HEAD_OF, office.designation.state)
    Allotment.objects.get_or_create(head=head, year=financial_year(today()), defaults={"allotted": 20_000_000})
    return {
        "unit": told["title"],
        "proprietor": told["proprietor"],
        "address": told["address"],
        "mobile": "9999900000",
        **numbers(told["exporter"]),
        "mode": mode,
        "product": Product.objects.filter(district=story.district, live=True).order_by("rank").values_list("pk", flat=True).first(),
        "gateway": PORTS[mode][1],
        "time_barred": "on" if story.outcome == "time_barred" else "",
        "text": "निर्यातक का दावा अभिलेखों सहित प्रस्तुत है।",
        **_lines(story, mode),
    }


def _lines(story: Story, mode: FreightMode) -> dict[str, Any]:
    """Return the story's lines as a page sends them; ``boxes`` are as many containers of one bill."""
    rows = [bill for bill in story.told["bills"] for _box in range(bill.get("boxes", 1))]
    typed: dict[str, Any] = {"lines-rows": str(len(rows))}
    for n, bill in enumerate(rows, 1):
        row = {
            "bill_number": bill["bill"],
            "port_code": PORTS[mode][0],
            "exported_on": today() - timedelta(days=story.told.get("exported_days_before", 25)),
            "feet": bill.get("feet", ""),
            "kilograms": bill.get("kg", ""),
            "freight": bill["freight"],
            "invoice_number": f"FRT/{bill['bill']}",
        }
        typed |= {f"lines-{n}-{name}": value for name, value in row.items()}
    return typed


def _turns(movement: Movement, story: Story) -> dict[str, Any]:
    if movement.step == "pay":
        amount = movement.case.record.amount_sanctioned
        return {"amount_released": amount, "payment_reference": f"PFMS/{movement.case.number[-4:]}", "paid_on": today()}
    if movement.step == "compute" and story.outcome == "correct":
        return RETURNED
    if movement.step == "compute" and story.outcome == "rejected":
        return REJECTED
    outcome, text = FORWARD[movement.step]
    return {"outcome": outcome, "text": text}


def _papers(story: Story, step: str) -> tuple[str, ...]:
    if step != "file":
        return ()
    return tuple(kind for kind in CLAIM_PAPERS if kind not in NOT_OF[FreightMode(story.told["mode"])])


TELLING = Telling(flow=FreightFlow, begins=_begins, turns=_turns, papers=_papers)
