"""Conformance: files that went their way deviate nowhere, what was planted is found, and repairs explain what they did."""

import csv
import io

import pytest
from django.urls import reverse

from tests.files import a_file, officer, take
from tests.processes.identification_files import a_product_file
from tests.processes.loan_files import a_loan
from tests.processes.plan_files import a_plan
from tests.workflows.record.insider import doors_open
from tests.workflows.repairs.plans import REASON, repaired
from tests.workflows.repairs.second import in_place
from workflows import jobs
from workflows.logs import conformance
from workflows.models import Case, Noting, RepairKind
from workflows.repairs import migrating
from workflows.work import WORK

pytestmark = pytest.mark.django_db


def found(case: Case | None = None) -> list[conformance.Deviation]:
    return list(conformance.deviations(Case.objects.filter(pk=case.pk) if case else Case.objects.all()))


def test_files_of_every_process_that_went_their_way_deviate_nowhere():
    a_file(at="closed")
    take(a_file(at="approve", district="Mathura"), "rejected", text="Not this year.")
    returned = take(a_file(at="correct", district="Varanasi"), "submitted")
    take(returned, "recommended")
    a_product_file(at="notified")
    a_plan(at="adopted")
    a_loan(at="release")
    assert found() == []


def planted(case: Case, paragraph: int, **values) -> None:
    """Change what a paragraph's columns say, as somebody with every right on the database can."""
    with doors_open():
        Noting.objects.filter(case=case, paragraph=paragraph).update(**values)


@pytest.mark.parametrize(
    ("paragraph", "values", "kinds"),
    [
        (2, {"step": "approve", "outcome": "sanctioned"}, {"order"}),
        (2, {"outcome": "sanctioned"}, {"way"}),
        (2, {"step": "nowhere"}, {"step"}),
        (1, {"step": "scrutinise", "outcome": "recommended"}, {"begin"}),
    ],
    ids=["a step skipped", "a way the step does not have", "a step the process does not have", "another beginning"],
)
def test_a_planted_deviation_is_found_at_its_paragraph(paragraph, values, kinds):
    case = a_file(at="closed")
    planted(case, paragraph, **values)
    wrong = [deviation for deviation in found(case) if not deviation.explained]
    assert (wrong[0].paragraph, {wrong[0].kind}) == (paragraph, kinds)
    assert "%" not in wrong[0].sentence


def test_an_approval_before_the_concurrence_is_named_with_what_was_due():
    case = a_file(at="closed")
    concur = case.notings.filter(step="concur").first()
    assert concur, "the amount asks for the concurrence of Finance"
    planted(case, concur.paragraph, step="report", outcome="submitted")
    (first, *_rest) = found(case)
    assert "had to wait for" in first.sentence and "Financial concurrence" in first.sentence
    assert (first.kind, first.paragraph) == ("order", concur.paragraph)


def test_a_file_that_ended_elsewhere_than_its_process_led_is_found():
    case = a_file(at="closed")
    Case.objects.filter(pk=case.pk).update(ending="withdrawn")
    (deviation,) = found(case)
    assert (deviation.kind, deviation.expected) == ("ending", ("book_utilisation", "closed"))


def test_a_moved_and_a_cancelled_file_are_explained_by_their_repairs():
    moved = repaired(a_file(at="scrutinise"), RepairKind.MOVE, step="approve")
    (deviation,) = found(moved)
    assert deviation.explained and "Moved by the administrator" in deviation.sentence
    cancelled = repaired(a_file(at="scrutinise", district="Mathura"), RepairKind.CANCEL)
    assert [each.kind for each in found(cancelled)] == ["repair"]


def test_a_file_brought_to_a_new_version_is_played_on_both():
    case = a_file(at="concur")
    with in_place():
        plan = migrating.plan(case.state, "exhibition", by=officer("administrator"), reason=REASON)
        migrating.apply(plan, by=officer("administrator"))
        jobs.run(WORK)
        brought = Case.objects.get(pk=case.pk)
        assert brought.flow_version == 2
        (deviation,) = found(brought)
        assert deviation.explained and deviation.version == 2


def test_a_version_that_is_no_longer_here_is_said():
    case = a_file()
    Case.objects.filter(pk=case.pk).update(flow_version=9)
    assert [deviation.kind for deviation in found(case)] == ["version"]


def test_the_page_and_its_lists_name_the_deviations_of_finished_files_alone(client_for):
    case, running = a_file(at="closed"), a_file(district="Mathura")
    planted(case, 2, outcome="sanctioned")
    planted(running, 1, step="report")
    client = client_for("auditor")
    page = client.get(reverse("conformance")).content.decode()
    assert case.number in page and running.number not in page
    assert "1 finished file was played through" in page and "not explained" in page
    text = b"".join(client.get(reverse("conformance_list", args=["csv"])).streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["File"], row["Paragraph"]) for row in rows] == [(case.number, "2")] * len(rows) and rows
    assert b"".join(client.get(reverse("conformance_list", args=["xlsx"])).streaming_content)[:2] == b"PK"
    assert client.get(reverse("conformance_list", args=["pdf"])).status_code == 404
