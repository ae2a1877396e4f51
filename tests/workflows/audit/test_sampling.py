"""Samples as they are kept: what was drawn from what, what each file was tested for, and that no row of it is ever changed."""

import io
from hashlib import sha256

import openpyxl
import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from programme.calendar import today
from tests.files import a_file, officer, propose
from tests.processes.loan_files import apply
from tests.workflows.audit.windows import drawn, in_english
from tests.workflows.bulk_files import exhibitions
from workflows.audit import observing, sampling
from workflows.authority import Refusal
from workflows.models import Case, Finding, Method, Observation, Sample, Strata, TestResult

pytestmark = pytest.mark.django_db


def numbers(sample):
    return [item.case.number for item in sample.items.select_related("case")]


def test_a_sample_keeps_its_population_and_is_drawn_again_from_the_same_files():
    cases = exhibitions(5)
    sample = drawn(steps=("Order quotes the norm", "Papers are dated"))
    lines = "".join(f"{case.number}\t1850000.00\n" for case in sorted(cases, key=lambda case: case.number))
    assert (sample.population, sample.total, sample.digest) == (5, 5 * 1_850_000, sha256(lines.encode()).hexdigest())
    by_key = sorted((case.number for case in cases), key=lambda number: sha256(f"2026\n{number}".encode()).hexdigest())
    assert numbers(sample) == by_key[:2] == numbers(drawn())
    assert [(step.position, step.text) for step in sample.steps.all()] == [(1, "Order quotes the norm"), (2, "Papers are dated")]


def test_strata_are_districts_processes_or_bands_of_amount():
    exhibitions(4)
    apply()
    assert [item.stratum for item in drawn(4, Method.STRATIFIED, strata=Strata.DISTRICT).items.all()] == [
        "Agra",
        "Lucknow",
        "Mathura",
        "Varanasi",
    ]
    assert {item.stratum for item in drawn(4, Method.STRATIFIED, strata=Strata.PROCESS).items.all()} == {"exhibition", "loan"}
    assert {item.stratum for item in drawn(4, Method.STRATIFIED, strata=Strata.AMOUNT).items.all()} == {"2", "3"}
    assert (
        sampling.stratum_title("amount", "3") == "up to ₹50,00,000"
        and sampling.stratum_title("process", "loan") == "Loan with margin money"
    )


def test_a_sample_by_monetary_unit_keeps_interval_start_and_the_certain_files():
    propose("Agra", amount_asked="90,00,000")
    exhibitions(3, amount_asked="10,00,000")
    sample = drawn(2, Method.MONETARY)
    assert (sample.interval, 1 <= sample.start <= sample.interval) == (30_00_000 * 100, True)
    assert [(item.certain, item.amount) for item in sample.items.all()] == [(True, 9_000_000), (False, 1_000_000)]


def test_nothing_is_drawn_from_nothing_or_by_whoever_is_no_auditor_of_the_state():
    with pytest.raises(Refusal, match="No file of the selection"):
        drawn()
    propose()
    for person in ("principal.secretary", "auditor.hp"):
        with pytest.raises(Refusal, match="Only auditors of the State"):
            drawn(by=person)
    assert not Sample.objects.exists()


def test_a_population_that_is_too_large_to_be_held_is_refused(monkeypatch):
    exhibitions(3)
    monkeypatch.setattr(sampling, "LARGEST", 2)
    with pytest.raises(Refusal, match="The selection has 3 files; a sample is drawn from at most 2"):
        drawn()


def test_a_result_is_corrected_by_a_later_one_and_what_is_as_it_was_is_not_written_again():
    propose()
    item = drawn(1, steps=("Order quotes the norm",)).items.get()
    [step] = item.sample.steps.all()
    assert sampling.record(item, {step.pk: (Finding.NOT_MET, "No norm is named.")}, by=officer("auditor")) == 1
    assert sampling.record(item, {step.pk: (Finding.NOT_MET, "No norm is named.")}, by=officer("auditor")) == 0
    assert sampling.record(item, {step.pk: (Finding.MET, "Named in paragraph 3.")}, by=officer("auditor")) == 1
    assert [result.finding for result in item.results.all()] == ["not_met", "met"]
    assert sampling.results_of(item)[step.pk].text == "Named in paragraph 3."
    with pytest.raises(Refusal):
        sampling.record(item, {step.pk: (Finding.MET, "")}, by=officer("principal.secretary"))


@pytest.mark.parametrize("model", ["sample", "sampleitem", "teststep", "testresult", "observation", "reply", "settlement"])
def test_the_database_changes_and_deletes_no_row_of_a_working_paper(model):
    case = propose()
    item = drawn(1, steps=("Order quotes the norm",)).items.get()
    sampling.record(item, {item.sample.steps.get().pk: (Finding.MET, "")}, by=officer("auditor"))
    made = observing.observe(case.notings.get(), "Why?", office=case.office, due=today(), by=officer("auditor"), item=item)
    observing.reply(made, "Because.", by=officer("dm.agra"))
    observing.settle(made, "Explained.", by=officer("auditor"))
    rows = {each.__name__.lower(): each for each in (Sample, TestResult, Observation)}
    table = rows.get(model) or type(made)._meta.apps.get_model("workflows", model)
    for act in (lambda row: type(row).objects.filter(pk=row.pk).update(id=row.pk), lambda row: row.delete()):
        with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
            act(table.objects.get())
    assert table.objects.count() == 1


def test_the_working_paper_is_a_workbook_with_a_row_a_file_and_no_formula(client_for):
    case = propose(title="=HYPERLINK(1)")
    item = drawn(1, steps=("Order quotes the norm",)).items.get()
    sampling.record(item, {item.sample.steps.get().pk: (Finding.NOT_MET, "=1+1")}, by=officer("auditor"))
    made = observing.observe(case.notings.get(), "No norm is named.", office=case.office, due=today(), by=officer("auditor"), item=item)
    observing.reply(made, "It will be.", by=officer("dm.agra"))
    answer = in_english(client_for("auditor")).get(reverse("sample_sheet", args=[item.sample_id]))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    title, headings, row = ([cell.value for cell in line] for line in sheet.iter_rows(max_row=3))
    assert "seed 2026" in title[0] and item.sample.digest in title[0]
    said = dict(zip(headings, row, strict=True))
    assert (said["File number"], said["Subject"]) == (case.number, "=HYPERLINK(1)")
    assert (said["1. Order quotes the norm"], said["Remark to 1"]) == ("Not met", "=1+1")
    assert said["Amount (₹)"] == 1_850_000 and "It will be." in said["Observations and replies"]
    assert not [cell for line in sheet.iter_rows() for cell in line if cell.data_type == "f"]


def test_a_file_that_changes_after_the_drawing_changes_nothing_in_the_sample():
    case = a_file()
    sample = drawn(1)
    Case.objects.filter(pk=case.pk).update(amount=1)
    fresh = Sample.objects.get(pk=sample.pk)
    assert (fresh.items.get().amount, fresh.total, fresh.digest) == (1_850_000, 1_850_000, sample.digest)
