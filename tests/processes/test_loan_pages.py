"""The loan on its pages: filed by the district, acknowledged, explained, ordered."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.html import conditional_escape

from programme.identity import IdentityKind, identify
from programme.models import Officer
from tests.files import PDF, a_file, an_allotment, waiting
from tests.processes.loan_files import PAPERS, SCHEME, a_loan, application
from workflows.models import Case, Draft

pytestmark = pytest.mark.django_db
Desk = Callable[[str], Client]
REASON = "The tehsil issues none this month."


@pytest.fixture
def english(db: None) -> None:
    Officer.objects.update(language="en")


def page(client: Client, name: str, case: Case) -> str:
    response = client.get(reverse(name, args=[case.pk]))
    assert response.status_code == 200
    return response.content.decode()


def sent(*without: str, **changes: Any) -> dict[str, Any]:
    """Return an application as a browser sends it."""
    papers = {f"paper_{kind}": SimpleUploadedFile(f"{kind}.pdf", PDF + kind.encode()) for kind in PAPERS if kind not in without}
    return {**application(), **papers, "action": "submit", **changes}


def test_a_filed_application_leads_to_its_acknowledgement(client_for: Desk, english: None) -> None:
    an_allotment(scheme=SCHEME)
    client = client_for("dic.agra")
    answer = client.post(reverse("draft", args=["loan", uuid.uuid4()]), sent(aadhaar="2341 2341 2346"))
    case = Case.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("acknowledgement", args=[case.pk]))
    shown = page(client, "acknowledgement", case)
    assert case.number in shown and "Ram Prakash" in shown and "Project report" in shown
    assert "2346" not in shown and "9876543210" not in shown
    assert reverse("acknowledgement", args=[case.pk]) in page(client, "file", case)


def test_a_process_that_nobody_applies_to_has_no_acknowledgement(client_for: Desk) -> None:
    case = a_file()
    assert client_for("dm.agra").get(reverse("acknowledgement", args=[case.pk])).status_code == 404


def test_the_reason_for_a_missing_paper_is_asked_of_who_may_give_it_and_kept_in_the_draft(client_for: Desk, english: None) -> None:
    an_allotment(scheme=SCHEME)
    client, address = client_for("dic.agra"), reverse("draft", args=["loan", uuid.uuid4()])
    assert client.get(address).content.decode().count("Why it is not attached") == len(PAPERS)
    refused = client.post(address, sent("income_certificate"))
    assert refused.status_code == 422 and "Attach: Income certificate." in refused.content.decode()
    client.post(address, {**application(), "waiver_income_certificate": REASON, "action": "save"})
    assert Draft.objects.get().typed["waiver_income_certificate"] == [REASON]
    again = client.get(address).content.decode()
    assert f'value="{REASON}"' in again and again.count("Why it is not attached") == 1
    assert client.post(address, {**application(), "waiver_income_certificate": REASON, "action": "submit"}).status_code == 302
    shown = page(client, "file", Case.objects.get())
    assert shown.count(REASON) == 2


def test_who_may_not_waive_is_not_asked(client_for: Desk, english: None) -> None:
    address = reverse("draft", args=["loan", uuid.uuid4()])
    client = client_for("manager.agra")
    assert "Why it is not attached" not in client.get(address).content.decode()
    refused = client.post(address, sent("income_certificate", waiver_income_certificate=REASON))
    assert refused.status_code == 422 and not Case.objects.exists()


def test_the_file_explains_its_amount_in_the_readers_language(client_for: Desk) -> None:
    case = a_loan()
    client = client_for("dic.agra")
    Officer.objects.filter(username="dic.agra").update(language="en")
    shown = page(client_for("dic.agra"), "file", case)
    assert "How the amount comes about" in shown and "The margin money is ₹6,00,000." in shown
    assert "not verified" in shown and "Slab 3 at 10%" in shown
    Officer.objects.filter(username="dic.agra").update(language="hi")
    with translation.override("hi"):
        steps = case.record.derivation_steps()
    assert all(conditional_escape(step) in page(client, "file", case) for step in steps)


def test_a_file_without_a_computed_amount_explains_none(client_for: Desk, english: None) -> None:
    assert "How the amount comes about" not in page(client_for("odop.cell"), "file", a_file())


def test_the_order_says_amount_head_derivation_and_conditions(client_for: Desk, english: None) -> None:
    case = a_loan(at="release")
    shown = page(client_for("director"), "order", case)
    assert "2851-00-102-08" in shown and "The margin money is ₹6,00,000." in shown
    assert "It becomes a grant when the unit has run" in shown and "exhibition" not in shown.lower()


def test_the_bank_sees_what_it_must_write_and_its_return_is_refused_at_the_fields(client_for: Desk, english: None) -> None:
    case = a_loan(at="appraise")
    client = client_for("bank.agra")
    assert "Project cost as the bank appraised it" in page(client, "file", case)
    answer = client.post(reverse("decide", args=[waiting(case).pk]), {"outcome": "returned", "seen": case.head})
    assert answer.status_code == 422 and 'id="id_bank_reason_error"' in answer.content.decode()


def test_a_draft_holds_no_number_of_a_person(client_for: Desk) -> None:
    client, address = client_for("dic.agra"), reverse("draft", args=["loan", uuid.uuid4()])
    client.post(address, {**application(aadhaar="2341 2341 2346"), "action": "save"})
    kept = str(Draft.objects.get().typed)
    assert "2341 2341 2346" not in kept and identify(IdentityKind.AADHAAR, "2341 2341 2346").digest not in kept
    assert 'value="2341 2341 2346"' in client.get(address).content.decode()
    assert Draft.objects.get().subject.startswith("Leather works")
