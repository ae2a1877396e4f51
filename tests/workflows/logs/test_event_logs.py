"""Event logs: read by pm4py, without anything personal, for any selection an auditor makes."""

import json
import re
from io import BytesIO

import pytest
from django.urls import reverse
from lxml import etree

from programme.models import Officer
from tests.files import a_file, take
from tests.processes.loan_files import apply
from workflows.logs import ocel, xes
from workflows.logs.events import marks, traces
from workflows.models import Case, Noting

pytestmark = pytest.mark.django_db
XES = "{http://www.xes-standard.org/}"


@pytest.fixture
def files():
    closed = a_file(at="closed")
    returned = take(a_file(at="correct", district="Mathura"), "submitted")
    return [closed, returned, apply()]


def as_xes() -> bytes:
    target = BytesIO()
    assert xes.write(target, traces(Case.objects.all())) == Case.objects.count()
    return target.getvalue()


def as_ocel() -> bytes:
    target = BytesIO()
    assert ocel.write(target, Case.objects.all()) == Case.objects.count()
    return target.getvalue()


def test_xes_holds_every_paragraph_as_an_event_of_its_file(files):
    log = etree.fromstring(as_xes())
    assert (log.tag, log.get("xes.version")) == (f"{XES}log", "1849-2016")
    found = {}
    for trace in log.findall(f"{XES}trace"):
        number = trace.find(f"{XES}string[@key='concept:name']").get("value")
        found[number] = [event.find(f"{XES}string[@key='concept:name']").get("value") for event in trace.findall(f"{XES}event")]
    assert found == {case.number: list(case.notings.order_by("paragraph").values_list("step", flat=True)) for case in files}


def test_every_attribute_with_a_prefix_is_of_an_extension_that_the_log_declares(files):
    log = etree.fromstring(as_xes())
    declared = {extension.get("prefix") for extension in log.findall(f"{XES}extension")}
    keys = {element.get("key") for element in log.iter() if element.get("key")}
    assert {key.split(":")[0] for key in keys if ":" in key} <= declared


def test_ocel_names_only_objects_and_types_that_it_has(files):
    log = json.loads(as_ocel())
    objects = {each["id"]: each["type"] for each in log["objects"]}
    assert len(objects) == len(log["objects"])
    assert set(objects.values()) <= {each["name"] for each in log["objectTypes"]}
    assert {each["type"] for each in log["events"]} <= {each["name"] for each in log["eventTypes"]}
    named = {link["objectId"] for each in log["events"] + log["objects"] for link in each["relationships"]}
    assert named <= objects.keys()
    assert len({each["id"] for each in log["events"]}) == len(log["events"]) == Noting.objects.count()
    issued = [each for each in log["events"] if "order" in {link["qualifier"] for link in each["relationships"]}]
    assert {each["type"] for each in issued} >= {"issue_order"}


@pytest.mark.parametrize("made", [as_xes, as_ocel], ids=["xes", "ocel"])
def test_no_name_number_subject_or_text_of_a_person_is_in_a_log(made):
    Officer.objects.update(name_en="Marker Person", name_hi="चिह्नित व्यक्ति")
    cases = [a_file(at="closed"), take(a_file(district="Mathura"), "returned", text="Marker of a text"), apply()]
    personal = {str(getattr(case.record, name, "")) for case in cases for name in case.record.PERSONAL}
    text = made().decode()
    said = {"Marker Person", "चिह्नित व्यक्ति", "Marker of a text"} | {case.subject for case in cases}
    assert {word for word in said | personal if len(word) > 5 and word in text} == set()


def test_a_person_has_the_same_mark_everywhere_and_another_key_gives_another(files, settings):
    signer = Noting.objects.filter(step="scrutinise").first().officer_id
    mark = marks()(signer)
    assert re.fullmatch("P[0-9a-f]{12}", mark)
    assert marks()(signer) == mark and mark in as_xes().decode() and mark in as_ocel().decode()
    settings.IDENTITY_KEY = "another" * 10
    assert marks()(signer) != mark


@pytest.fixture
def pm4py():
    return pytest.importorskip("pm4py", reason="pm4py is not installed (requirements-dev.txt)")


def test_pm4py_reads_both_logs_and_finds_the_same_events(files, tmp_path, pm4py):
    (tmp_path / "log.xes").write_bytes(as_xes())
    (tmp_path / "log.json").write_bytes(as_ocel())
    log = pm4py.read_xes(str(tmp_path / "log.xes"), show_progress_bar=False)
    assert len(log) == Noting.objects.count()
    assert set(log["case:concept:name"]) == {case.number for case in files}
    starts = pm4py.get_start_activities(log)
    assert starts == {"propose": 2, "file": 1}
    objects = pm4py.read_ocel2_json(str(tmp_path / "log.json"))
    assert len(objects.events) == Noting.objects.count()
    assert {"file", "office", "order"} <= set(objects.objects["ocel:type"])


def test_the_downloads_follow_the_filters_of_the_address(files, client_for):
    client, chosen = client_for("auditor"), "?process=exhibition&state=closed"
    assert "1 file is chosen" in client.get(reverse("event_logs") + chosen).content.decode()
    log = etree.fromstring(b"".join(client.get(reverse("log_xes") + chosen).streaming_content))
    assert len(log.findall(f"{XES}trace")) == 1


def test_a_filter_that_cannot_be_read_is_said_and_gives_no_log(files, client_for):
    client, wrong = client_for("auditor"), "?process=nothing"
    assert client.get(reverse("event_logs") + wrong).status_code == 400
    assert client.get(reverse("log_xes") + wrong).status_code == 400
    assert client.get(reverse("log_ocel") + wrong).status_code == 400


def test_another_states_auditor_gets_an_empty_log(files, client_for):
    log = etree.fromstring(b"".join(client_for("auditor.hp").get(reverse("log_xes")).streaming_content))
    assert log.findall(f"{XES}trace") == []


def test_writing_a_log_asks_the_same_few_questions_however_many_files_there_are(files, django_assert_num_queries):
    with django_assert_num_queries(3):
        xes.write(BytesIO(), traces(Case.objects.all()))
