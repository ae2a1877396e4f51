"""What became of an adopted plan: reports are added, never changed, by the office that drafts the plan alone."""

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError
from django.urls import reverse

from programme.models import Activity, ActivityUpdate
from programme.plans import NotAdopted
from tests.files import PDF, officer
from tests.processes.plan_files import a_plan, a_report
from workflows.record.verifier import verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def adopted():
    return a_plan(at="adopted")


@pytest.fixture
def desk(client_for):
    client = client_for("dic.agra")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def typed(activity, **changes):
    data = {"status": "under_way", "progress": "४०", "evidence": "Land is handed over.", **changes}
    return {"activity": str(activity.pk), **{f"activity-{activity.pk}-{name}": value for name, value in data.items()}}


def test_the_industries_centre_reports_and_every_report_stays(adopted, desk):
    activity, address = Activity.objects.get(), reverse("activities", args=[adopted.pk])
    paper = SimpleUploadedFile("handover.pdf", PDF, "application/pdf")
    assert desk.post(address, typed(activity, paper=paper)).status_code == 302
    assert desk.post(address, typed(activity, status="done", progress="100", evidence="The centre works.")).status_code == 302
    told = list(ActivityUpdate.objects.order_by("pk").values_list("progress", "status", "by__username"))
    assert told == [(40, "under_way", "dic.agra"), (100, "done", "dic.agra")]
    page = desk.get(address).content.decode()
    assert "Land is handed over." in page and "The centre works." in page and "handover.pdf" in page
    given = desk.get(reverse("evidence", args=[adopted.pk, ActivityUpdate.objects.earliest("pk").pk]))
    assert b"".join(given.streaming_content) == PDF and given.headers["Content-Disposition"].startswith("attachment")
    assert (activity.progress, activity.status) == (100, "done")
    assert verify().findings == []


@pytest.mark.parametrize(("changes", "said"), [
    ({"status": "done", "progress": "90"}, "done to 100 per cent"),
    ({"status": "not_begun", "progress": "5"}, "has no progress"),
    ({"progress": "101"}, "Not more than 100"),
    ({"evidence": ""}, "This field is required"),
    ({"paper": SimpleUploadedFile("a.pdf", b"MZ not a paper")}, "Only PDF"),
])  # fmt: skip
def test_a_report_that_cannot_be_is_refused_at_its_field(adopted, desk, changes, said):
    answer = desk.post(reverse("activities", args=[adopted.pk]), typed(Activity.objects.get(), **changes))
    assert answer.status_code == 422 and said in answer.content.decode()
    assert not ActivityUpdate.objects.exists()


def test_nobody_else_reports_and_no_activity_of_another_plan(adopted, client_for, desk):
    address = reverse("activities", args=[adopted.pk])
    assert client_for("principal.secretary").post(address, typed(Activity.objects.get())).status_code == 403
    assert desk.post(address, {"activity": "99999"}).status_code == 404
    assert desk.post(address, {"activity": "x"}).status_code == 404


def test_progress_is_reported_only_once_the_plan_is_adopted(desk):
    case = a_plan(at="approve")
    with pytest.raises(NotAdopted):
        a_report(case)
    page = desk.get(reverse("activities", args=[case.pk])).content.decode()
    assert "Progress is reported once the plan is adopted." in page and "<form" not in page.partition("<main")[2]
    assert desk.post(reverse("activities", args=[case.pk]), typed(Activity.objects.get())).status_code == 403


def test_a_report_is_never_changed_or_deleted(adopted):
    update = a_report(adopted)
    for act in (lambda: ActivityUpdate.objects.update(progress=90), lambda: ActivityUpdate.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    told = {"activity": update.activity, "office": update.office, "by": officer("dic.agra"), "at": update.at, "evidence": "x"}
    for wrong in ({"progress": 101, "status": "under_way"}, {"progress": 50, "status": "done"}, {"progress": 5, "status": "not_begun"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ActivityUpdate.objects.create(**told, **wrong)


def test_the_file_of_an_adopted_plan_leads_to_its_activities(adopted, desk):
    assert reverse("activities", args=[adopted.pk]) in desk.get(reverse("file", args=[adopted.pk])).content.decode()


def test_reading_the_activities_asks_no_more_questions_for_more_reports(adopted, desk, django_assert_max_num_queries):
    for _again in range(5):
        a_report(adopted)
    with django_assert_max_num_queries(30):
        desk.get(reverse("activities", args=[adopted.pk]))
