"""Two brothers sanctioned at the same moment, on PostgreSQL: one has the benefit, the other a sentence."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from programme.models import Allotment, BenefitOnce, LedgerEntry
from tests.files import take
from tests.processes.loan_files import SCHEME, a_loan, apply, lend, sit
from tests.workflows.test_concurrency import at_once, decision, nothing_is_broken, post, statuses
from workflows.flows import LoanFlow
from workflows.models import Order

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_two_brothers_sanctioned_at_once_leave_one(client_for: Callable) -> None:
    first = a_loan(at="sanction", family_id="234567890123")
    second = apply(family_id="234567890123")
    [asked] = [check.code for check in LoanFlow.checks(second) if check.level == "ask"]
    second = take(second, "recommended", **{f"answer_{asked}": "Two brothers, two households."})
    second = take(lend(sit(second)), "recommended")
    acts = []
    for case in (first, second):
        address, data = decision(case, "sanctioned")
        assert address == reverse("decide", args=[case.movements.get(disposed=None).pk])
        acts.append(post(client_for("director"), address, data))
    answers = at_once(*acts)
    assert statuses(answers)[0] == 302 and statuses(answers)[1] in (403, 409, 422)
    assert BenefitOnce.objects.filter(turn=1).values("file_number").distinct().count() == 1
    assert not BenefitOnce.objects.filter(turn=2).exists()
    assert Order.objects.count() == LedgerEntry.objects.filter(kind="commitment").count() == 1
    assert Allotment.objects.get(head__scheme=SCHEME).committed == 600_000
    nothing_is_broken()
