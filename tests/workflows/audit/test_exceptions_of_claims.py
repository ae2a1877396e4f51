"""Exceptions of what was asked and granted, each planted by walking the real flow, and its evidence."""

from unittest.mock import patch

import pytest

from programme.models import Norm
from tests.files import a_file, take
from tests.processes.freight_files import a_claim, air_line, exported_days_ago, file_claim, numbers_of, record_of, sea_line, used_up
from tests.processes.loan_files import PAPERS, a_loan, apply
from tests.workflows.audit.windows import fact, hits, shown
from tests.workflows.test_objections import replies, returned

pytestmark = pytest.mark.django_db


def test_an_objection_raised_again_is_found_with_the_paragraphs_of_both():
    case = returned(a_file(), stalls="Too many.")
    case = returned(take(case, "submitted", **replies(case)), stalls="Still too many.")
    [hit] = hits("repeated-objections")
    assert (hit.case, hit.paragraphs, hit.office.designation.code) == (case, [2, 4], "odop_cell")
    assert (fact(hit, "About"), fact(hit, "Objection")) == ("Number of stalls", "Still too many.")
    assert hits("late-objections") == []


def test_an_objection_that_could_have_come_the_first_time_is_found():
    case = returned(a_file(), stalls="Too many.")
    case = returned(take(case, "submitted", **replies(case)), venue="Which hall?")
    [hit] = hits("late-objections")
    assert (hit.case, hit.paragraphs, fact(hit, "Objection")) == (case, [4], "Which hall?")
    assert hits("repeated-objections") == []


def test_a_waived_paper_is_found_with_the_reason_and_its_paragraph():
    apply()
    without = tuple(kind for kind in PAPERS if kind != "income_certificate")
    case = apply(papers=without, waiver_income_certificate="The tehsil issues none this month.")
    [hit] = hits("waived")
    assert (hit.case, hit.paragraphs, hit.facts) == (case, [1], [("Income certificate", "The tehsil issues none this month.")])


def test_a_claim_admitted_after_its_last_day_is_found_though_the_page_would_have_refused_it():
    assert Norm.objects.get(scheme="AIR_FREIGHT", version="2025-11").applies_from < exported_days_ago(190)
    file_claim([air_line(7, on=exported_days_ago(170))], mode="air", exporter=3)
    with patch("workflows.forms.freight.last_day", return_value=None):
        case = file_claim([air_line(1, on=exported_days_ago(190))], mode="air")
    [hit] = hits("admitted-late")
    assert (hit.case, hit.paragraphs) == (case, [1])
    line = record_of(case).lines.get()
    assert fact(hit, str(line)) == f"exported {exported_days_ago(190):%d-%m-%Y}, last day {exported_days_ago(10):%d-%m-%Y}"


def test_a_pending_certificate_is_found_with_its_order_and_its_age():
    a_file(at="accept", district="Mathura")
    case = a_file(at="certify")
    [hit] = hits("uncertified")
    assert (hit.case, hit.paragraphs, hit.amount) == (case, [case.order.noting.paragraph], case.order.amount)
    assert (fact(hit, "Waits for"), fact(hit, "Pending for")) == ("Utilisation certificate", "0 days")
    assert fact(hit, "Order").startswith(case.order.number)


def test_a_ceiling_that_is_nearly_used_up_is_found_with_the_other_file_that_had_of_it():
    take(a_claim(at="sanction", exporter=2, lines=[sea_line(2002)]), "sanctioned")
    case = a_claim(at="sanction")
    used_up(case, "2990000", "3000000")
    take(case, "sanctioned")
    [hit] = hits("near-ceiling")
    assert (hit.case, fact(hit, "Other files")) == (case, "UP/FRT/EARLIER")
    assert fact(hit, "Used of the ceiling").startswith("₹30,00,000 / ₹30,00,000 (100.0 %)")


def test_one_account_in_two_processes_is_found_from_both_files():
    a_loan()
    claim = file_claim(exporter=1)
    loan = apply(bank_account=numbers_of(1)["account"])
    found = {hit.case.number: hit for hit in hits("same-number")}
    assert set(found) == {claim.number, loan.number}
    assert fact(found[loan.number], "Bank account …0001 (applicant)") == f"{claim.number} (applicant, under decision)"


def test_one_family_in_two_loans_is_found_and_an_exporter_who_claims_again_is_not():
    file_claim(exporter=1)
    file_claim([air_line(5)], mode="air", exporter=1)
    first, second = apply(family_id="100000009999"), apply(family_id="100000009999")
    assert {number for number, _paragraphs in shown("same-number")} == {first.number, second.number}


def test_one_address_in_two_schemes_is_found_and_is_not_itself_shown():
    claim, loan = file_claim(), apply(address="PLOT 7, Industrial Area")
    apply()
    found = {hit.case.number: hit for hit in hits("same-address")}
    assert set(found) == {claim.number, loan.number}
    assert found[loan.number].facts == [("The same address stands in", claim.number)]
    assert "Plot" not in str([hit.facts for hit in found.values()])
