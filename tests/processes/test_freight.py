"""The story of a freight claim, told through the verbs that every page and job uses."""

import pytest
from tests.processes.freight_files import *
from workflows.record.verifier import verify
pytestmark = pytest.mark.django_db

def test_a_claim_ends_paid():
    case = a_claim(at="pay")
    case = pay(case)
    case = Case.objects.get(pk=case.pk)
    assert case.ending == "paid"
    assert verify().findings == []
