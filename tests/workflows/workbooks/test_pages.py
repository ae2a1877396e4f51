"""The pages of workbooks: templates, sending, what became of every row, in the reader's language, for its officer alone."""

import io
import re
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from programme.models import Posting
from tests.files import office, officer
from tests.workflows.workbooks.books import accepted, checked, standings, work, written
from tests.workflows.workbooks.rows import a_loan
from workflows.models import Draft, Job, Workbook
from workflows.registers.every import REGISTERS
from workflows.sheets import reading
from workflows.tasks import sweep_workbooks
from workflows.workbooks import sending
from workflows.workbooks.kinds import KINDS

pytestmark = pytest.mark.django_db
WRONG = {"mobile": "12", "project_cost": 2500000}


def dic():
    return office("dic", "Agra")


def in_language(client: Client, language: str = "en") -> Client:
    client.post(reverse("set_language"), {"language": language})
    return client


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def send(client: Client, content: bytes, kind: str = "loans", at=None, name: str = "register.xlsx"):
    upload = SimpleUploadedFile(name, content)
    return client.post(reverse("workbooks"), {"for": f"{kind}/{(at or dic()).pk}", "workbook": upload})


@pytest.mark.parametrize(
    ("who", "kinds"),
    [
        ("dic.agra", {"loans", "freight", "products", *REGISTERS}),
        ("odop.cell", {"samagam", *REGISTERS}),
        ("administrator", {"postings", "holidays", "allotments"}),
    ],
)
def test_an_officer_is_offered_what_he_may_fill(who, kinds, client_for):
    page = read(in_language(client_for(who)), reverse("workbooks"))
    assert {kind for kind in KINDS if f"/workbooks/{kind}/" in page} == kinds


def test_the_ways_to_it_stand_where_an_officer_looks(client_for):
    accepted(checked("loans", dic(), [a_loan(1)]))
    client = in_language(client_for("dic.agra"))
    address = f'href="{reverse("workbooks")}"'
    draft = Draft.objects.get()
    for page in (reverse("new"), reverse("draft", args=["loan", draft.key])):
        assert address in read(client, page), page
    assert reverse("drafts") in read(client, reverse("new"))
    assert address in read(in_language(client_for("administrator")), reverse("admin:index", current_app="setup"))
    assert address not in read(in_language(client_for("cdo.agra")), reverse("inbox"))


def test_a_template_is_made_for_the_office_and_read_again(client_for):
    client = client_for("dic.agra")
    empty = client.get(reverse("workbook_template", args=["loans", dic().pk]))
    assert empty.status_code == 200 and 'filename="loans-' in empty.headers["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(b"".join(empty.streaming_content)))
    lists = " ".join(str(cell.value) for page in book for row in page.iter_rows() for cell in row if cell.value)
    assert "Bank of Baroda" in lists and "Mathura" not in lists
    accepted(checked("loans", dic(), [a_loan(1)]))
    filled = b"".join(client.get(reverse("workbook_filled", args=["loans", dic().pk])).streaming_content)
    [row] = reading.rows(io.BytesIO(filled), KINDS["loans"].sheet(dic(), None))
    assert row.values["unit_name"] == "Leather works 1" and str(row.values["aadhaar"]).startswith("…")


def test_a_sent_workbook_is_checked_by_work_and_shown_row_by_row(client_for):
    client = in_language(client_for("dic.agra"))
    response = send(client, written("loans", dic(), [a_loan(1), a_loan(2, **WRONG)]))
    book = Workbook.objects.get()
    address = reverse("workbook", args=[book.pk])
    assert (response.status_code, response.url) == (302, address)
    page = read(client, address)
    assert 'data-running="2"' in page and '<progress max="1" value="0"' in page and "No row is checked yet" in page
    work()
    page = read(client, address)
    assert "data-running" not in page
    assert "To correct (1)" in page and "Good (1)" in page and "<strong>Mobile number</strong>: Write the ten-digit mobile number" in page
    assert "Accept only what is good: 1 row" in page and 'value="all"' not in page
    only = read(client, f"{address}?show=wrong")
    assert re.findall(r'<td class="subject">(.+?)</td>', only) == ["Leather works 2"]
    hindi = read(in_language(client, "hi"), address)
    assert "Write the ten-digit" not in hindi and "<strong>मोबाइल" in hindi
    assert client.post(reverse("accept_workbook", args=[book.pk]), {"rows": "good"}).status_code == 302
    work()
    page = read(in_language(client), address)
    draft = Draft.objects.get()
    assert reverse("draft", args=["loan", draft.key]) in page and "Accepted (1)" in page


def test_the_workbook_comes_back_with_what_is_wrong_beside_the_cells_and_is_taken_again_once_corrected(client_for):
    client = in_language(client_for("dic.agra"))
    send(client, written("loans", dic(), [a_loan(1), a_loan(2, **WRONG)]))
    work()
    first = Workbook.objects.get()
    response = client.get(reverse("workbook_answer", args=[first.pk]))
    content = b"".join(response.streaming_content)
    page = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    said = [str(cell.value) for cell in page[3] if cell.value]
    assert any("ten-digit mobile number" in text for text in said)
    assert not any("ten-digit" in str(cell.value) for cell in page[2])
    heads = {cell.value: cell.column for cell in page[1]}
    page.cell(3, heads["Mobile number"]).value = "9876543210"
    page.cell(3, heads["Project cost (₹)"]).value = 2400000
    out = io.BytesIO()
    page.parent.save(out)
    send(client, out.getvalue())
    work()
    assert standings(Workbook.objects.order_by("pk").last()) == {2: "good", 3: "good"}


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "Choose the workbook"), (b"not a zip", "register.xlsx"), (b"\xd0\xcf\x11\xe0" + bytes(600), "register.xlsx")],
)
def test_what_is_no_workbook_is_refused_at_once_with_a_sentence(content, said, client_for):
    client = in_language(client_for("dic.agra"))
    response = send(client, content) if content else client.post(reverse("workbooks"), {"for": f"loans/{dic().pk}"})
    assert response.status_code == 422 and said in response.content.decode()
    assert (Workbook.objects.count(), Job.objects.count()) == (0, 0)


def test_a_workbook_of_another_office_or_kind_is_refused(client_for):
    client = in_language(client_for("dic.agra"))
    content = written("loans", dic(), [a_loan(1)])
    assert send(client, content, at=office("dic", "Mathura")).status_code == 422
    assert send(client, content, kind="holidays", at=office("administrator")).status_code == 422
    assert send(client, content, kind="freight").status_code == 422, "its headings are others"


def test_too_large_a_workbook_is_refused(client_for, monkeypatch):
    monkeypatch.setattr(sending, "LARGEST", 1000)
    response = send(in_language(client_for("dic.agra")), written("loans", dic(), [a_loan(1)]))
    assert response.status_code == 422 and "larger than 5 MB" in response.content.decode()


def test_a_second_workbook_waits_for_the_first_one(client_for):
    client = in_language(client_for("dic.agra"))
    content = written("loans", dic(), [a_loan(1)])
    send(client, content)
    response = send(client, content)
    assert response.status_code == 409 and "still being read" in response.content.decode()
    job = Job.objects.get()
    client.post(reverse("cancel_job", args=[job.pk]))
    assert send(client, content).status_code == 302, "what was stopped holds up nothing"


@pytest.mark.parametrize("stranger", ["dic.mathura", "dm.agra", "administrator", "odop.cell"])
def test_a_workbook_is_its_officers_alone(stranger, client_for):
    book = checked("loans", dic(), [a_loan(1)])
    client = client_for(stranger)
    for name in ("workbook", "workbook_answer"):
        assert client.get(reverse(name, args=[book.pk])).status_code == 404
    for name in ("accept_workbook", "drop_workbook"):
        assert client.post(reverse(name, args=[book.pk])).status_code == 404
    assert client.get(reverse("workbook_filled", args=["loans", dic().pk])).status_code == 404


def test_an_officer_who_was_relieved_reads_no_workbook_of_the_office(client_for):
    book = checked("loans", dic(), [a_loan(1)])
    yesterday = timezone.localdate() - timedelta(days=1)
    Posting.objects.filter(officer=officer("dic.agra")).update(starts_on=yesterday - timedelta(days=9), ends_on=yesterday)
    assert client_for("dic.agra").get(reverse("workbook", args=[book.pk])).status_code == 404


def test_contents_are_removed_when_asked_and_after_a_week(client_for):
    client = in_language(client_for("dic.agra"))
    book = checked("loans", dic(), [a_loan(1), a_loan(2, **WRONG)])
    assert client.post(reverse("drop_workbook", args=[book.pk])).status_code == 302
    book.refresh_from_db()
    assert book.swept_at and not book.stored and not book.scanned
    assert all(row.values == {} and row.sealed == "" and row.faults == {} for row in book.rows.all())
    assert "contents were removed" in read(client, reverse("workbook", args=[book.pk]))
    assert client.get(reverse("workbook_answer", args=[book.pk])).status_code == 403
    assert client.post(reverse("accept_workbook", args=[book.pk])).status_code == 409
    old = checked("loans", dic(), [a_loan(3)])
    sweep_workbooks()
    assert Workbook.objects.get(pk=old.pk).stored
    Workbook.objects.filter(pk=old.pk).update(sent_at=timezone.now() - sending.KEPT - timedelta(hours=1))
    sweep_workbooks()
    assert not Workbook.objects.get(pk=old.pk).stored


def test_thousands_of_drafts_do_not_fill_the_first_page(client_for):
    accepted(checked("loans", dic(), [a_loan(n) for n in range(1, 41)]))
    client = in_language(client_for("dic.agra"))
    page = read(client, reverse("inbox"))
    assert page.count(">Draft<") == 10 and reverse("drafts") in page
    drafts = read(client, reverse("drafts"))
    assert drafts.count(">Draft<") == 25 and "Page 1 of 2" in drafts and "row " in drafts
    assert client_for("director").get(reverse("drafts")).status_code == 404
