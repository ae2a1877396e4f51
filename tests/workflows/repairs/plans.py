"""Repairs for tests: planned and applied as the State's administrators do it, and the file looked over afterwards."""

from typing import Any

from tests.files import officer
from workflows.logs import conformance
from workflows.models import Case, Repair, RepairKind
from workflows.record.verifier import verify
from workflows.repairs import planning

REASON = "The transfer order of the district was late."


def planned(case: Case, kind: RepairKind, *, by: str = "administrator", **args: Any) -> Repair:
    return planning.plan(case, kind, by=officer(by), reason=REASON, args=args)


def repaired(case: Case, kind: RepairKind, **args: Any) -> Case:
    """Plan and apply; where money is involved the second administrator approves."""
    repair = planned(case, kind, **args)
    planning.apply(repair, by=officer("administrator.second" if repair.money else "administrator"))
    return sound(case)


def sound(case: Case) -> Case:
    """Return the file as it stands now, its record clean and its engine tasks the stays at which it waits."""
    fresh = Case.objects.get(pk=case.pk)
    assert verify([fresh.number]).findings == []
    assert conformance.judged(conformance.deviations(Case.objects.filter(pk=fresh.pk)))[0] == []
    stays = fresh.movements.filter(disposed=None)
    assert bool(stays) != bool(fresh.ending)
    assert set(stays.values_list("task", flat=True)) == set(fresh.task_set.filter(status="NEW").values_list("pk", flat=True))
    assert fresh.notings.count() == fresh.paragraphs
    assert (fresh.status == "DONE") == (fresh.finished is not None) == bool(fresh.ending)
    return fresh


def last(case: Case) -> Any:
    return Case.objects.get(pk=case.pk).notings.order_by("-paragraph")[0]
