"""What holds for every kind of exception: on clean files none is found, and the window, the place and the State bound them all."""

import pytest

from programme.models import Designation, District
from tests.files import a_file, officer
from tests.processes.freight_files import a_claim
from tests.processes.identification_files import a_product_file
from tests.processes.loan_files import a_loan
from tests.workflows.audit.windows import a_window, hits
from workflows.audit.exceptions import KINDS, counted
from workflows.models import AuditScope

pytestmark = pytest.mark.django_db


@pytest.fixture
def clean_files():
    return [a_file(at="closed"), a_loan(at="watch"), a_claim(at="pay"), a_product_file(at="notified")]


def test_on_clean_files_no_exception_of_any_kind_is_found(clean_files):
    found = {code: [(hit.case.number, hit.facts) for hit in hits(code)] for code in KINDS if code != "at-night"}
    assert {code: told for code, told in found.items() if told} == {}


def test_every_kind_can_be_narrowed_by_place_process_and_post(clean_files):
    agra = District.objects.get(name_en="Agra", state__short="UP")
    elsewhere = Designation.objects.filter(state__short="HP").first()
    found = {code: hits(code, district=agra.pk, process="loan", office=elsewhere.pk) for code in KINDS}
    assert {code: told for code, told in found.items() if told} == {}


def test_whoever_is_no_auditor_finds_nothing(clean_files):
    assert [code for code in KINDS if hits(code, by="principal.secretary")] == []


def test_a_part_that_was_given_meanwhile_is_counted_anew():
    a_file(at="report")
    assert counted(officer("auditor"), a_window())[1]["uncertified"] == 1
    AuditScope.objects.create(posting=officer("auditor").postings.get(), processes=["loan"])
    assert counted(officer("auditor"), a_window())[1]["uncertified"] == 0
