"""Ticking files in the inbox, the preview, and the press that begins the work, as a browser sends them."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from programme.calendar import today
from programme.models import Posting
from tests.files import a_file, an_allotment, officer, take, waiting
from tests.processes.identification_files import a_product_file
from tests.workflows.bulk_files import exhibitions
from tests.workflows.seated import in_place
from workflows import bulk, jobs
from workflows.models import Case, Job, Movement, Noting
from workflows.postings import join
from workflows.work import WORK

pytestmark = pytest.mark.django_db
Desk = Callable[[str], Client]


@pytest.fixture
def cell(client_for: Desk) -> Client:
    return reader(client_for, "odop.cell")


def reader(client_for: Desk, username: str) -> Client:
    client = client_for(username)
    client.post(reverse("set_language"), {"language": "en"})
    return client


def ticked(client: Client, cases: list[Case], **data) -> str:
    """Return the page that answers the ticks."""
    response = client.post(reverse("bulk"), {"stay": [waiting(case).pk for case in cases], **data})
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def form_of(page: str) -> dict:
    """Return what the page's own form would send."""
    return {
        "file": re.findall(r'name="file" value="([^"]+)"', page),
        "outcome": re.search(r'name="outcome" value="([^"]+)"', page)[1],
        "key": re.search(r'name="key" value="([^"]+)"', page)[1],
        "text": "",
    }


def test_ticks_stand_beside_files_that_can_be_decided_together_and_no_others(client_for: Desk) -> None:
    a_file(at="correct"), a_file(at="correct", district="Mathura")
    assert "Decide the ticked" not in reader(client_for, "dm.agra").get("/").content.decode()
    exhibitions(1)
    assert "Decide the ticked" not in reader(client_for, "odop.cell").get("/").content.decode(), "one file alone has its own page"
    exhibitions(2)
    page = reader(client_for, "odop.cell").get("/").content.decode()
    assert page.count('type="checkbox" name="stay"') == 3 and "Decide all 3 files of this list together" in page


def test_ticked_files_are_shown_signed_and_decided(cell: Client, client_for: Desk) -> None:
    cases = exhibitions(3, amount_asked="12,00,000")
    page = ticked(cell, cases[:2])
    assert "Decide together: Recommend" in page and "Sign for 2 files" in page
    assert page.count("₹12,00,000<") == 2 and "₹24,00,000 (₹24 lakh)" in page
    assert cases[2].number not in page
    response = cell.post(reverse("sign_bulk"), {**form_of(page), "text": "Within the norm."})
    job = Job.objects.get()
    assert (response.status_code, response.url) == (302, reverse("job", args=[job.pk]))
    jobs.run(WORK)
    page = cell.get(response.url).content.decode()
    assert "Recommend: 2 files together" in page and page.count("Recommended: ₹12,00,000 (₹12 lakh)") == 2
    assert [waiting(case).step == "scrutinise" for case in cases] == [False, False, True]
    assert "₹" not in reader(client_for, "administrator").get(response.url).content.decode(), "who may not read the files reads no amount"
    history = re.sub(r"\s+", " ", cell.get(reverse("history", args=[cases[0].pk])).content.decode())
    assert f"Decided by one signature for 2 files together (work {job.pk})." in history


def test_all_files_of_the_list_are_taken_as_it_is_filtered(cell: Client) -> None:
    cases = exhibitions(3)
    Movement.objects.filter(case=cases[0]).update(due="2026-01-01T00:00Z")
    page = cell.post(reverse("bulk"), {"pick": "all", "filter": "late", "q": ""}).content.decode()
    assert form_of(page)["file"] == [f"{waiting(cases[0]).pk}:{cases[0].head}"]
    page = cell.post(reverse("bulk"), {"pick": "all", "filter": "", "q": "Mathura"}).content.decode()
    assert form_of(page)["file"] == [f"{waiting(cases[1]).pk}:{cases[1].head}"]
    assert len(form_of(cell.post(reverse("bulk"), {"pick": "all"}).content.decode())["file"]) == 3


def test_the_same_form_sent_twice_starts_one_work(cell: Client) -> None:
    sent = form_of(ticked(cell, exhibitions(2)))
    assert cell.post(reverse("sign_bulk"), sent).url == cell.post(reverse("sign_bulk"), sent).url
    jobs.run(WORK)
    assert cell.post(reverse("sign_bulk"), sent).url == reverse("job", args=[Job.objects.get().pk])
    assert Noting.objects.filter(outcome="recommended").count() == 2


def test_files_without_a_common_decision_are_divided_by_a_choice(client_for: Desk) -> None:
    with in_place():
        an_allotment()
        sanction, product = a_file(at="approve", district="Mathura"), a_product_file(at="approve")
        client = reader(client_for, "principal.secretary")
        page = ticked(client, [sanction, product])
        assert "Sanction (1)" in page and "Approve (1)" in page and "Sign for" not in page
        page = ticked(client, [sanction, product], outcome="sanctioned")
        assert "Sign for 1 file" in page and "1 file is left out and stays with you" in page
        assert "At the step “Approval” the ways are: Approve, Return with objection, Reject." in page
        assert "Left in the head" in page


def test_a_return_or_a_rejection_is_never_signed_for_many(cell: Client) -> None:
    cases = exhibitions(2)
    sent = form_of(ticked(cell, cases))
    for outcome in ("returned", "rejected", "sanctioned", "submitted", "x"):
        response = cell.post(reverse("sign_bulk"), {**sent, "outcome": outcome, "text": "Because."})
        assert response.status_code == 422
    assert not Job.objects.exists()


def test_a_note_with_hidden_characters_is_refused_at_its_field_and_the_preview_stays(cell: Client) -> None:
    sent = form_of(ticked(cell, exhibitions(2)))
    response = cell.post(reverse("sign_bulk"), {**sent, "text": "Sanctioned \u202e000,5"})
    page = response.content.decode()
    assert response.status_code == 422 and 'href="#id_text"' in page and form_of(page)["file"] == sent["file"]
    assert not Job.objects.exists()


def test_who_ticks_nothing_is_told_to_tick(cell: Client) -> None:
    for name in ("bulk", "sign_bulk"):
        assert cell.get(reverse(name)).url == "/"
        assert cell.post(reverse(name), {"stay": ["x", "", "9" * 30], "file": ["x", "9" * 30 + ":1", ":"]}).url == "/"
    assert "Tick the files that you want to decide together." in cell.get("/").content.decode()


def test_too_many_files_are_refused_with_the_number(cell: Client) -> None:
    response = cell.post(reverse("bulk"), {"stay": [str(number) for number in range(bulk.MOST + 1)]})
    assert response.status_code == 403 and "At most 500 files are decided together; you chose 501." in response.content.decode()


@pytest.mark.parametrize("stranger", ["dm.mathura", "dm.agra.earlier", "acs.industries", "ldm.agra", "administrator"])
def test_a_stranger_reads_nothing_of_a_file_and_signs_for_none(stranger: str, client_for: Desk) -> None:
    case = a_file(title="Marker of Agra")
    client, stay = reader(client_for, stranger), waiting(case)
    assert client.post(reverse("bulk"), {"stay": [stay.pk]}).url == "/"
    sent = {"file": [f"{stay.pk}:{case.head}"], "outcome": "recommended", "key": uuid4(), "text": ""}
    assert client.post(reverse("sign_bulk"), sent).url == "/"
    assert not Job.objects.exists() and case.number not in client.get(reverse("jobs")).content.decode()


def test_who_reads_a_file_and_does_not_hold_the_step_is_left_out_and_his_forged_form_is_refused(client_for: Desk) -> None:
    case = a_file()
    client = reader(client_for, "director")
    assert "You hold no charge at ODOP Cell" in ticked(client, [case])
    sent = {"file": [f"{waiting(case).pk}:{case.head}"], "outcome": "recommended", "key": uuid4(), "text": ""}
    assert client.post(reverse("sign_bulk"), sent).status_code == 302
    jobs.run(WORK)
    assert (Job.objects.get().refused, waiting(case).step) == (1, "scrutinise")


def test_a_forged_head_decides_nothing(cell: Client) -> None:
    case, other = exhibitions(2)
    sent = form_of(ticked(cell, [case, other]))
    cell.post(reverse("sign_bulk"), {**sent, "file": [f"{waiting(case).pk}:{'0' * 64}"]})
    jobs.run(WORK)
    assert (Job.objects.get().refused, waiting(case).step) == (1, "scrutinise")


def test_in_an_additional_charge_both_offices_files_are_decided_under_one_signature(client_for: Desk) -> None:
    first, second = (take(case, "recommended") for case in exhibitions(2, amount_asked="9,00,000"))
    join(officer("director"), waiting(first).office, charge="additional", starts_on=today(), by=None)
    client = reader(client_for, "director")
    sent = form_of(ticked(client, [first, second]))
    client.post(reverse("sign_bulk"), sent)
    jobs.run(WORK)
    notings = Noting.objects.filter(case__in=[first, second], outcome="sanctioned")
    assert {noting.officer.username for noting in notings} == {"director"} and notings.count() == 2
    assert Posting.objects.filter(charge="additional", officer__username="director").exists()


def test_the_preview_asks_for_each_file_a_small_known_number_of_times(cell: Client) -> None:
    cases = exhibitions(12)
    ticked(cell, cases[:1])
    with CaptureQueriesContext(connection) as few:
        ticked(cell, cases[:2])
    with CaptureQueriesContext(connection) as many:
        ticked(cell, cases)
    assert len(many) - len(few) <= 10 * 8
    assert not [query["sql"] for query in many if not query["sql"].lstrip("(").startswith("SELECT")]
