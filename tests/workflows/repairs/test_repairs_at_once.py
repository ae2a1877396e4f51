"""A repair against a decision, and two administrators at the same moment, on a database with row locks."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from programme.models import Allotment, LedgerEntry
from tests.files import a_file, waiting
from tests.processes.loan_files import a_loan
from tests.workflows.repairs.plans import planned, sound
from tests.workflows.test_concurrency import at_once, decision, nothing_is_broken, post, statuses
from workflows.models import Case, Repair, RepairKind

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_a_repair_against_a_decision_leaves_one_of_them(client_for: Callable) -> None:
    for _round in range(6):
        case = a_file(at="concur")
        repair = planned(case, RepairKind.MOVE, step="scrutinise")
        address, data = decision(case, "concurred")
        applied = post(client_for("administrator"), reverse("apply_repair", args=[repair.pk]), {})
        answers = at_once(post(client_for("finance"), address, data), applied)
        assert statuses(answers) == [302, 409]
        assert waiting(sound(case)).step in ("approve", "scrutinise")
        assert Case.objects.get(pk=case.pk).paragraphs == 3
    nothing_is_broken()


def test_two_administrators_apply_one_cancellation_and_the_money_comes_back_once(client_for: Callable) -> None:
    case = a_loan(at="release")
    repair = planned(case, RepairKind.CANCEL, by="administrator")
    committed = Allotment.objects.get(entries__file_number=case.number).committed
    acts = [post(client_for("administrator.second"), reverse("apply_repair", args=[repair.pk]), {}) for _click in range(2)]
    assert statuses(at_once(*acts)) == [302, 409]
    given = LedgerEntry.objects.get(file_number=case.number, kind="given_back")
    assert Allotment.objects.get(entries=given).committed == committed - given.amount
    nothing_is_broken()


def test_a_cancellation_against_the_release_leaves_one_of_them(client_for: Callable) -> None:
    case = a_loan(at="release")
    repair = planned(case, RepairKind.CANCEL)
    step = reverse("step", args=[waiting(case).pk])
    released = {"payment_reference": "UTR/1", "released_on": case.record.sanctioned_on.isoformat(), "text": "", "seen": case.head}
    answers = at_once(
        post(client_for("administrator.second"), reverse("apply_repair", args=[repair.pk]), {}),
        post(client_for("odop.cell"), step, {**released, "action": "submit"}),
    )
    assert 500 not in statuses(answers)
    kinds = set(LedgerEntry.objects.filter(file_number=case.number).values_list("kind", flat=True))
    assert kinds in ({"commitment", "given_back"}, {"commitment", "release"})
    assert (Case.objects.get(pk=case.pk).ending == "cancelled") == ("given_back" in kinds)
    nothing_is_broken()


def test_two_plans_for_one_file_at_the_same_moment_leave_one(client_for: Callable) -> None:
    case = a_file(at="concur")
    data = {"kind": "cancel", "cancel-reason": "Filed twice."}
    address = reverse("repair_file", args=[case.pk])
    people = ("administrator", "administrator.second")
    assert statuses(at_once(*(post(client_for(person), address, data) for person in people))) == [302, 422]
    assert Repair.objects.count() == 1
