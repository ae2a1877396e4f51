"""Samples as they are kept: what was drawn from what, what each file was tested for, and that no row of it is ever changed."""

import io
from contextlib import contextmanager
from hashlib import sha256

import openpyxl
import pytest
from django.db import DatabaseError, IntegrityError, connections, transaction
from django.urls import reverse

from programme.calendar import today
from programme.models import District
from tests.files import a_file, office, officer, propose
from tests.processes.loan_files import apply
from tests.workflows.audit.persons import limit
from tests.workflows.audit.windows import drawn, in_english
from tests.workflows.bulk_files import exhibitions
from workflows.audit import observing, sampling
from workflows.authority import Refusal
from workflows.models import AuditScope, Case, Finding, Method, Observation, Sample, Strata, TestResult
from workflows.postings import join

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


def test_an_auditor_of_a_part_draws_from_that_part_whatever_he_is_given(client_for):
    mine, other = propose("Agra"), propose("Mathura")
    limit(districts=("Agra",))
    plan = sampling.Plan(title="All", method=Method.RANDOM, size=9, seed="2026")
    sample = sampling.draw(Case.objects.all(), plan, state=mine.state, by=officer("auditor"))
    assert numbers(sample) == [mine.number] and sample.population == 1 and sample.total == 1_850_000
    client = in_english(client_for("auditor"))
    assert client.get(reverse("new_sample")).context["told"]["files"] == 1
    assert client.get(reverse("observe", args=[other.pk])).status_code == 404
    with pytest.raises(Refusal, match="Only an auditor who may read the file"):
        observing.observe(other.notings.get(), "Why?", office=other.office, due=today(), by=officer("auditor"))
    made = observing.observe(mine.notings.get(), "Why?", office=mine.office, due=today(), by=officer("auditor"))
    assert observing.reply(made, "Because.", by=officer("dm.agra")).observation == made


def test_a_sample_of_more_than_his_part_does_not_exist_for_him(client_for):
    propose("Agra"), propose("Mathura")
    whole = drawn(2, steps=("Signed",))
    limit(districts=("Agra",))
    sample, client = drawn(2, steps=("Signed",)), in_english(client_for("auditor"))
    pages = ("sample", "sample_paper", "sample_sheet", "draw_again")
    assert {client.get(reverse(name, args=[whole.pk])).status_code for name in pages} == {404}
    assert {client.get(reverse(name, args=[sample.pk])).status_code for name in pages} == {200}
    assert [row.pk for row in client.get(reverse("samples")).context["page"]] == [sample.pk]
    with pytest.raises(Refusal):
        sampling.add_step(whole, "Dated", by=officer("auditor"))
    successor = join(officer("finance"), office("auditor"), charge="additional", starts_on=today(), by=None)
    limit(districts=("Agra", "Mathura"), posting=successor)
    assert list(sampling.samples_of(officer("finance"))) == [sample]
    AuditScope.objects.filter(posting=successor).update(processes=["exhibition"])
    assert not sampling.samples_of(officer("finance")).exists(), "it was drawn from files of every process"


def test_drawing_again_says_whether_the_population_is_still_the_one_that_was_kept(client_for):
    propose("Agra"), propose("Mathura")
    sample, client = drawn(1), in_english(client_for("auditor"))
    address = reverse("draw_again", args=[sample.pk])
    page = client.get(address)
    assert page.context["again"].is_same and page.context["rows"] == [(numbers(sample)[0],) * 2]
    assert "has the same SHA-256" in page.content.decode()
    case = Case.objects.first()
    Case.objects.filter(pk=case.pk).update(amount=1)
    page = client.get(address)
    assert not page.context["again"].is_same and page.context["again"].population == 2
    assert "The population has changed since the sample was drawn" in page.content.decode()
    propose("Lucknow")
    assert client.get(address).context["again"].population == 3 and Sample.objects.count() == 1


def test_a_part_is_drawn_again_from_that_part_also_by_whoever_reads_the_whole_state(client_for):
    propose("Agra"), propose("Mathura")
    limit(districts=("Agra",))
    sample = drawn(2)
    whole = join(officer("finance"), office("auditor"), charge="additional", starts_on=today(), by=None)
    again = in_english(client_for("finance")).get(reverse("draw_again", args=[sample.pk])).context["again"]
    assert whole.officer == officer("finance") and again.is_same and again.population == 1


def test_the_same_seed_draws_the_same_sample_from_another_database(tmp_path):
    """The population is carried into an SQLite file, whatever database this is, in another order and with other keys."""
    exhibitions(6), propose("Agra", amount_asked="90,00,000"), apply()
    cases = list(Case.objects.select_related("district").order_by("-number"))
    plans = [{}, {"method": Method.STRATIFIED, "strata": Strata.DISTRICT}, {"method": Method.MONETARY}]
    samples = [drawn(4, **plan) for plan in plans]
    with another_database(tmp_path / "other.sqlite3") as name:
        District.objects.using(name).bulk_create(
            District(pk=place.pk, state_id=place.state_id, name_en=place.name_en) for place in {case.district for case in cases}
        )
        for pk, case in enumerate(cases, 1):
            case.process_ptr_id = pk
            case.save_base(raw=True, using=name, force_insert=True)
        for sample in samples:
            again = sampling.again(sample, Case.objects.using(name))
            assert again.is_same and list(again.numbers) == numbers(sample), sample.method
        Case.objects.using(name).filter(pk=1).update(amount=2)
        assert not any(sampling.again(sample, Case.objects.using(name)).is_same for sample in samples)


@contextmanager
def another_database(file):
    """A second database with empty tables of districts and files, without the rules that hold between tables."""
    name = "other"
    connections.settings[name] = {
        **connections.settings["default"],
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(file),
        "OPTIONS": {},
    }
    try:
        connection = connections[name]
        # A test is let through to the databases of the settings alone.
        connection.ensure_connection = lambda: connection.connection or connection.connect()
        with connection.constraint_checks_disabled():
            with connection.schema_editor() as editor:
                for model in (District, Case.process_ptr.field.related_model, Case):
                    editor.create_model(model)
            connection.disable_constraint_checking()
            yield name
    finally:
        connections[name].close()
        del connections[name], connections.settings[name]
