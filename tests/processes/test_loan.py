"""The story of a loan with margin money, told through the verbs that every page and job uses."""

import pytest

from tests.processes.loan_files import a_loan
from workflows.models import Case
from workflows.record.verifier import verify

pytestmark = pytest.mark.django_db


def test_smoke():
    case = a_loan(at="converted")
    case = Case.objects.get(pk=case.pk)
    assert case.ending == "converted"
    assert verify().findings == []
