"""A State at scale is one that the verifier and the pages take for a real one."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from programme.models import Allotment
from tests.files import officer
from workflows import inbox
from workflows.demonstration import scale
from workflows.demonstration.copying import COPIED
from workflows.models import Case, IndexRow, Noting
from workflows.record.verifier import verify
from workflows.searching.rows import rows_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def seeded(monkeypatch: pytest.MonkeyPatch) -> list[Case]:
    monkeypatch.setattr(scale, "AT_ONCE", 7)
    call_command("seed_scale", "--cases=12", "--open=6", "--seed=3", verbosity=0)
    return list(Case.objects.filter(number__regex=COPIED).order_by("pk"))


def test_every_copy_has_a_chain_of_its_own_and_the_verifier_finds_all_as_it_was_written(seeded: list[Case]) -> None:
    assert len(seeded) == 18 and sum(case.is_open for case in seeded) == 6
    report = verify()
    assert report.ok, report.findings[:5]
    assert report.paragraphs == report.sealed == Noting.objects.count()
    assert len({case.head for case in seeded}) == len({case.subject for case in seeded}) == 18
    assert {case.created.date() for case in seeded} != {seeded[0].created.date()}


def test_a_state_that_has_files_is_filled_further_and_holds_what_it_held(seeded: list[Case]) -> None:
    walked = Case.objects.exclude(pk__in=[case.pk for case in seeded]).count()
    call_command("seed_scale", "--cases=14", "--open=7", "--seed=3", verbosity=0)
    copies = Case.objects.filter(number__regex=COPIED).order_by("pk")
    assert [case.head for case in copies[:18]] == [case.head for case in seeded]
    assert copies.count() == 21 and copies.filter(ending="").count() == 7
    assert Case.objects.count() == walked + 21
    assert verify().ok


def test_a_copy_is_found_waits_and_opens_as_any_file(seeded: list[Case], client_for) -> None:
    waiting = next(case for case in seeded if case.movements.filter(disposed=None, step="scrutinise").exists())
    cell = officer("odop.cell")
    assert inbox.waiting(cell, q=waiting.subject).get().case_id == waiting.pk
    assert client_for("odop.cell").get(reverse("file", args=[waiting.pk])).status_code == 200
    for case in (waiting, seeded[0]):
        kept = {row.part: row.words for row in IndexRow.objects.filter(case=case)}
        assert kept == {row.part: row.words for row in rows_of(case)}
    assert all(allotment.committed <= allotment.allotted for allotment in Allotment.objects.all())
