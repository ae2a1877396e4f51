"""Bad input gets a sentence and a 4xx; nothing is lost, half done or shown unescaped."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from programme.calendar import today
from tests.files import a_file, an_allotment, proposal_data, waiting
from workflows.models import Case, Draft

pytestmark = pytest.mark.django_db

DECISIONS: dict[str, dict[str, Any]] = {
    "an outcome the step does not have": {"outcome": "sanctioned", "amount_sanctioned": "1"},
    "an outcome that does not exist": {"outcome": "bogus"},
    "no number": {"amount_recommended": "NaN"},
    "a negative amount": {"amount_recommended": "-5"},
    "an amount without end": {"amount_recommended": "9" * 40},
    "parts of a paisa": {"amount_recommended": "1.005"},
    "words for an amount": {"amount_recommended": "15 lakh"},
    "a rupee more than was asked": {"amount_recommended": "18,50,001"},
    "a byte of nothing": {"text": "a\x00b"},
    "a reversed reading direction": {"text": "a\u202eb"},
    "a note without end": {"text": "क" * 9000},
    "an objection to something that is not on the form": {"outcome": "returned", "about_1": "nope", "objection_1": "x"},
    "an objection without words": {"outcome": "returned", "text": "x", "about_1": "venue"},
}


@pytest.mark.parametrize("what", DECISIONS)
def test_a_decision_is_refused_at_the_field_and_the_file_stays(what: str, client_for: Callable) -> None:
    case = a_file()
    sound = {"outcome": "recommended", "amount_recommended": "1850000", "seen": case.head, "text": "Kept as typed."}
    response = client_for("odop.cell").post(reverse("decide", args=[waiting(case).pk]), {**sound, **DECISIONS[what]})
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    assert (waiting(case).step, case.notings.count()) == ("scrutinise", 1)


PROPOSALS: dict[str, dict[str, Any]] = {
    "a product of another district": {"product": "999999"},
    "a budget head that is none": {"budget_head": "HP"},
    "a district that does not exist": {"districts_shown": ["119", "9999"]},
    "a district with a number no row can have": {"districts_shown": ["119", "9" * 40]},
    "stalls without end": {"stalls": "9" * 30},
    "the 31st of February": {"starts_on": "31-02-2027"},
    "an exhibition in the past": {"starts_on": "2020-01-01", "ends_on": "2020-01-02"},
    "an end before the beginning": {"starts_on": "2027-03-03", "ends_on": "2027-03-01"},
    "half a mobile number": {"nodal_mobile": "12345"},
    "a subject without end": {"title": "क" * 5000},
    "markup in the subject, and no papers": {"title": "<img src=x onerror=alert(1)>"},
}


@pytest.mark.parametrize("what", PROPOSALS)
def test_a_proposal_is_refused_and_what_was_typed_is_kept(what: str, client_for: Callable) -> None:
    an_allotment()
    key = uuid4()
    response = client_for("dm.agra").post(
        reverse("draft", args=["exhibition", key]), {**proposal_data(), **PROPOSALS[what], "action": "submit"}
    )
    page = response.content.decode()
    assert response.status_code == 422 and 'role="alert"' in page
    assert "<img src=x" not in page
    assert not Case.objects.exists()
    assert Draft.objects.get(key=key).typed["venue"] == ["Expo Mart"]


def test_digits_amounts_and_dates_are_taken_as_people_write_them(client_for: Callable) -> None:
    an_allotment()
    first, last = today() + timedelta(days=90), today() + timedelta(days=92)
    in_devanagari = first.strftime("%d-%m-%Y").translate(str.maketrans("0123456789", "०१२३४५६७८९"))
    written = {"starts_on": in_devanagari, "ends_on": last.strftime("%d/%m/%Y"), "stalls": "६०", "nodal_mobile": "+91 98765-43210"}
    record = a_file(amount_asked="Rs. १८,५०,०००/-", **written).record
    assert (record.amount_asked, record.stalls, record.nodal_mobile) == (1850000, 60, "9876543210")
    assert (record.starts_on, record.ends_on) == (first, last)
