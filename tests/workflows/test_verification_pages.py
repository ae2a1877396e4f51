"""Verification on pages: one file at once, everything as long work, and the export that is checked elsewhere."""

import io
import zipfile

import pytest
from django.urls import reverse

from tests.files import a_file, take
from tests.workflows.record.exports import checked
from tests.workflows.record.insider import doors_open
from workflows import jobs, verifying
from workflows.models import Case, Enclosure, Job, Leaf, Noting
from workflows.record import sealer
from workflows.work import WORK

pytestmark = pytest.mark.django_db


@pytest.fixture
def client_for(client_for, settings):
    """Sign in as a reader of English."""

    def sign_in(username):
        client = client_for(username)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        return client

    return sign_in


@pytest.fixture
def case():
    case = a_file(at="report")
    sealer.seal()
    return case


def edited(case: Case) -> Noting:
    noting = case.notings.get(paragraph=2)
    with doors_open():
        Noting.objects.filter(pk=noting.pk).update(body=noting.body.replace("1850000", "1950000"))
    return noting


def test_a_reader_sees_that_every_paragraph_is_as_it_was_written(case, client_for):
    page = client_for("dm.agra").get(reverse("verify_file", args=[case.pk])).content.decode()
    assert page.count('<span class="tag ok">as written') == case.paragraphs
    assert "Everything is as it was written" in page


def test_a_changed_paragraph_is_named_and_the_others_are_not(case, client_for):
    edited(case)
    sheet = verifying.verify_file(case)
    assert [row.noting.paragraph for row in sheet.paragraphs if row.findings] == [2]
    page = client_for("auditor").get(reverse("verify_file", args=[case.pk])).content.decode()
    assert page.count('class="tag stop"') == 1
    assert "paragraph 2: the signed text was changed" in page


def test_a_changed_hash_is_seen_by_the_seal_that_covers_it(case):
    later = take(a_file(district="Mathura"), "recommended")
    sealer.seal()
    noting = later.notings.get(paragraph=1)
    with doors_open():
        Noting.objects.filter(pk=noting.pk).update(hash="00" * 32)
    assert "root" in {found.kind for found in verifying.verify_file(later).beside}
    assert verifying.verify_file(case).ok, "what was sealed before is not accused"


def test_a_paragraph_that_waits_for_its_seal_is_said_and_is_no_fault(case, client_for):
    waiting = a_file(district="Mathura")
    page = client_for("auditor").get(reverse("verify_file", args=[waiting.pk])).content.decode()
    assert "1 paragraph waits for its seal" in page
    assert "Everything is as it was written" in page


@pytest.mark.parametrize("person", ["dm.agra", "auditor"])
def test_the_download_is_a_zip_that_checks_as_valid(case, client_for, person):
    response = client_for(person).get(reverse("export_file", args=[case.pk]))
    assert response.headers["Content-Disposition"] == f'attachment; filename="{case.number.replace("/", "-")}.zip"'
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    assert checked(members).verdict == "VALID"
    received = set(Enclosure.objects.filter(case=case).values_list("sha256", flat=True))
    assert {name.split("/")[1].split(".")[0] for name in members if name.startswith("papers/")} == received


def test_a_file_is_not_exported_out_of_a_damaged_log(case, client_for):
    with doors_open():
        Leaf.objects.filter(index=0).delete()
    response = client_for("auditor").get(reverse("export_file", args=[case.pk]))
    assert response.status_code == 409
    assert "log of seals is damaged" in response.content.decode()


def verified(client) -> Job:
    """Press the button as the auditor and let the worker do the work."""
    response = client.post(reverse("verifications"))
    jobs.run(WORK)
    job = Job.objects.get(kind=verifying.KIND)
    assert response.status_code == 302 and response.url == reverse("job", args=[job.pk])
    return job


def test_an_auditor_has_everything_verified_and_nothing_is_found(case, client_for):
    a_file(district="Mathura")
    client = client_for("auditor")
    job = verified(client)
    assert (job.status, job.done, job.total) == ("finished", 3, 3)
    page = client.get(reverse("verification", args=[job.pk])).content.decode()
    assert "Everything is as it was written" in page and "3 of 3 parts are read" in page
    assert reverse("verification", args=[job.pk]) in client.get(reverse("verifications")).content.decode()


def test_what_was_found_is_listed_with_file_and_paragraph_in_the_readers_language(case, client_for):
    edited(case)
    client = client_for("auditor")
    job = verified(client)
    page = client.get(reverse("verification", args=[job.pk])).content.decode()
    assert f"File {case.number}, paragraph 2: the signed text was changed" in page
    assert "1 finding." in page
    assert "1 finding." in client.get(reverse("job", args=[job.pk])).content.decode()


def test_the_work_reads_the_log_in_parts_and_finds_the_damaged_one(case, client_for, monkeypatch):
    monkeypatch.setattr(verifying, "PLACES", 2)
    for district in ("Mathura", "Varanasi"):
        take(a_file(district=district), "recommended")
        sealer.seal()
    with doors_open():
        Noting.objects.filter(leaf__index=Leaf.objects.count() - 1).update(hash="00" * 32)
    job = verified(client_for("auditor"))
    wrong = [row.key for row in job.rows.filter(key__startswith="log/").order_by("position") if row.args["count"]]
    assert job.rows.filter(key__startswith="log/").count() >= 3
    assert wrong == [job.rows.filter(key__startswith="log/").order_by("-position").first().key]


def test_an_auditor_of_another_state_reads_nothing_of_this_one(case, client_for):
    edited(case)
    job = verified(client_for("auditor.hp"))
    assert verifying.findings_of(job) == ([], 0)
    assert client_for("auditor").get(reverse("verification", args=[job.pk])).status_code == 404


def test_who_audits_nothing_is_refused(case, client_for):
    response = client_for("dm.agra").post(reverse("verifications"))
    assert response.status_code == 403
    assert not Job.objects.exists()
