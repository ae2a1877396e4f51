"""Loans for tests: what is typed into the application and at each step, and a walk through the real flow."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

from django.db.models import Max
from django.utils import timezone
from stdnum import verhoeff

from programme.calendar import today
from programme.models import District, LoanApplication, Office, Officer, Product
from tests.files import an_allotment, begin, office, officer, take, waiting
from workflows import clock
from workflows.flows import LoanFlow
from workflows.forms.loan import CommitteeForm
from workflows.models import Case

SCHEME = "ODOP_MARGIN_MONEY"
PAPERS = (
    "aadhaar", "bank_passbook", "residence_certificate", "income_certificate", "education_certificate", "project_report", "affidavit",
)  # fmt: skip
DECLARED = ["no_default", "no_other_scheme", "affidavit"]


def aadhaar(serial: int) -> str:
    """Return a number with a right check digit that nobody else in the tests has."""
    stem = f"2{serial:010d}"
    return stem + verhoeff.calc_check_digit(stem)


def application(
    district: str = "Agra", cost: str = "24,00,000", own: str = "2,40,000", term: str = "16,60,000", **changes: Any
) -> dict[str, Any]:
    """Return what a District Industries Centre types for an applicant; each call is another person."""
    serial = (LoanApplication.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
    place = District.objects.get(name_en=district, state__short="UP")
    data = {
        "name": "Ram Prakash", "guardian_name": "Shyam Lal", "gender": "male", "category": "general", "date_of_birth": "1990-05-14",
        "address": "Lohamandi, Agra", "mobile": "9876543210", "residence": "district", "tags": ["artisan"],
        "aadhaar": aadhaar(serial), "pan": "", "bank_account": f"BARB0AGRAXX {30012340000 + serial}", "udyam": "",
        "family_id": f"{100000000000 + serial}", "unit_name": f"Leather works {serial}", "activity": "industry",
        "product": Product.objects.get(district=place, rank="primary", live=True).pk, "product_words": "",
        "project_cost": cost, "own_contribution": own, "term_loan": term, "working_capital": "5,00,000",
        "bank": "bob", "branch": "Sanjay Place", "ifsc": "BARB0SANJAY", "declarations": DECLARED, "text": "",
    }  # fmt: skip
    return {**data, **changes}


def apply(at: Office | None = None, papers: tuple[str, ...] = PAPERS, by: str = "", **changes: Any) -> Case:
    """File an application at the Deputy Commissioner Industries, Agra, or at another office."""
    at = at or office("dic", "Agra")
    return begin(LoanFlow, at, application(at.district.name_en, **changes), by=by, kinds=papers)


class Seated(CommitteeForm):
    """The committee's form as the minutes of a sitting would sign it."""

    sitting = {"number": "test"}


def sit(case: Case, outcome: str = "recommended", **data: Any) -> Case:
    """Decide on a file in a sitting of the committee."""
    return take(case, outcome, **data)


def lend(case: Case, cost: str = "24,00,000", loan: str = "21,60,000", **data: Any) -> Case:
    given = {"appraised_cost": cost, "loan_sanctioned": loan, "loan_reference": "BOB/AGR/77", "loan_sanctioned_on": today().isoformat()}
    return take(case, "loan_sanctioned", **given, **data)


def corrected(case: Case, **changes: Any) -> Case:
    """Send a returned application again as it was, with changes; numbers of persons stay as they are kept."""
    loan = case.record
    kept = {name: getattr(loan, name) for name in LoanFlow.correct.form_class.base_fields if hasattr(loan, name)}
    kept |= {"product": loan.product_id, "bank": loan.bank_id, "text": ""} | dict.fromkeys(loan.IDENTITIES, "")
    return take(Case.objects.get(pk=case.pk), "submitted", **kept | changes)


def release(case: Case, on: Any = None) -> Case:
    return take(case, "submitted", payment_reference="UTR/1", released_on=(on or today()).isoformat())


def wait_for_the_watch(case: Case) -> Case:
    """Let the two years pass: the clock stands at the day the watch ends."""
    with patch.object(timezone, "now", return_value=waiting(case).wakes):
        clock.sweep()
    return Case.objects.get(pk=case.pk)


def visited(case: Case, **changes: Any) -> Case:
    found = {
        "visited_on": case.record.watch_ends_on.isoformat(),
        "running": "running",
        "employees": "6",
        "verification_remarks": "Runs well.",
    }
    with patch.object(timezone, "now", return_value=later(case)):
        return take(case, "submitted", papers=("verification_photographs",), **{**found, **changes})


def later(case: Case) -> Any:
    """Return a moment a day after the watch of the file."""
    ended = Case.objects.get(pk=case.pk).movements.get(step="watch").wakes
    return ended + timedelta(days=1, hours=12)


def a_loan(at: str = "scrutinise", **changes: Any) -> Case:
    """Walk a loan to the step ``at``, or to its good end, ``converted``."""
    an_allotment(scheme=SCHEME)
    walk = {
        "scrutinise": lambda case: take(case, "recommended"),
        "committee": sit,
        "appraise": lend,
        "examine": lambda case: take(case, "recommended"),
        "sanction": lambda case: take(case, "sanctioned"),
        "release": release,
        "watch": wait_for_the_watch,
        "verify": visited,
        "decide_conversion": convert,
    }
    case = apply(**changes)
    for step, go_on in walk.items():
        if at == step:
            return case
        case = go_on(case)
    assert at == "converted", f"the loan flow has no step {at}"
    return case


def convert(case: Case) -> Case:
    with patch.object(timezone, "now", return_value=later(case)):
        return take(case, "converted")


def director() -> Officer:
    return officer("director")
