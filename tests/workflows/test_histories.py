"""The history of a file in plain words: on its page, as workbook and PDF, and two submissions side by side."""

import re
from collections.abc import Callable
from html import unescape
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from tests.files import a_file, office, propose, take
from tests.processes.loan_files import a_loan, apply, corrected
from tests.workflows.test_questions import ask
from workflows import history, submissions
from workflows.letters import printing
from workflows.models import Case, PrivateNote

pytestmark = pytest.mark.django_db
Desk = Callable[[str], Client]
needs_pango = pytest.mark.skipif(not printing.can_print(), reason=f"Pango is missing (Debian: apt-get install {printing.PANGO})")


@pytest.fixture
def auditor(client_for: Desk) -> Client:
    client = client_for("auditor")
    client.post(reverse("set_language"), {"language": "en"})
    return client


def read(client: Client, name: str, *args: object, **query: object) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return unescape(response.content.decode())


@pytest.fixture
def returned() -> Case:
    """A proposal sent back once and corrected: venue and amount changed."""
    case = propose(venue="Old Fort", amount_asked="18,50,000")
    case = take(
        case,
        "returned",
        text="The stall rate is not given.",
        about_1="venue",
        objection_1="Which hall?",
        about_2="amount_asked",
        objection_2="Too much.",
    )
    return take(case, "submitted", venue="Expo Mart, Hall 2", amount_asked="17,00,000")


# --- on the page --------------------------------------------------------------------------------------------------------


def test_the_history_says_who_when_in_which_charge_under_which_rules(auditor: Client) -> None:
    case = a_loan(at="sanction")
    page = read(auditor, "history", case.pk)
    paragraphs = history.note_sheet(case).paragraphs
    for said in paragraphs:
        for words in (said.officer_name, said.office_name, said.step, said.outcome, said.text, said.hash, said.norm):
            assert words in page
        for sentence in said.derivation:
            assert sentence in page
        for paper in said.papers:
            assert paper["sha256"] in page
    assert "Regular" in page and any(said.derivation for said in paragraphs)


def test_amounts_stand_before_and_after(returned: Case, auditor: Client) -> None:
    page = read(auditor, "history", returned.pk)
    assert "₹18,50,000 (₹18.5 lakh)" in page and "₹17,00,000 (₹17 lakh)" in page
    assert re.search(r"Old Fort</td>\s*<td>Expo Mart, Hall 2", page)


def test_decisions_alone_leave_out_questions_the_system_and_repairs(auditor: Client) -> None:
    case = a_file(at="report")
    ask(case, office("finance"))
    assert [p.n for p in history.note_sheet(case).paragraphs if not p.is_decision] == [5, 6]
    page = read(auditor, "history", case.pk, only="decisions")
    assert 'id="p4"' in page and 'id="p5"' not in page and 'id="p6"' not in page
    assert "4 of 6 paragraphs" in page
    assert 'id="p5"' in read(auditor, "history", case.pk)


# --- to take along ------------------------------------------------------------------------------------------------------


def test_the_workbook_holds_a_row_for_each_paragraph(returned: Case, auditor: Client) -> None:
    response = auditor.get(reverse("history_xlsx", args=[returned.pk]))
    assert response.headers["Content-Type"].endswith("spreadsheetml.sheet")
    assert returned.number.replace("/", "-") in response.headers["Content-Disposition"]
    _title, headings, *rows = load_workbook(BytesIO(response.content)).active.iter_rows(values_only=True)
    assert len(rows) == 3
    told = [dict(zip(headings, row, strict=True)) for row in rows]
    paragraphs = history.note_sheet(returned).paragraphs
    assert [row["Hash"] for row in told] == [said.hash for said in paragraphs]
    assert [row["SHA-256 of what was shown"] for row in told] == [said.body["shown"] for said in paragraphs]
    assert "₹18,50,000 (₹18.5 lakh) → ₹17,00,000 (₹17 lakh)" in told[2]["What changed"]
    assert told[0]["Charge"] == "Regular charge" and told[0]["Working days held"] is None
    assert "Which hall?" in told[1]["Objections"]


def test_what_people_typed_is_never_a_formula(auditor: Client) -> None:
    case = propose()
    case = take(case, "returned", text='=HYPERLINK("http://example.org")')
    book = load_workbook(BytesIO(auditor.get(reverse("history_xlsx", args=[case.pk])).content))
    cells = [cell for row in book.active.iter_rows() for cell in row if str(cell.value).startswith("=")]
    assert [cell.data_type for cell in cells] == ["s"]


def test_the_workbook_of_decisions_leaves_out_the_rest(auditor: Client) -> None:
    case = a_file(at="report")
    book = load_workbook(BytesIO(auditor.get(reverse("history_xlsx", args=[case.pk]), {"only": "decisions"}).content))
    assert book.active.max_row == 2 + 4


@needs_pango
def test_the_history_is_a_pdf_too(returned: Case, auditor: Client) -> None:
    response = auditor.get(reverse("history_pdf", args=[returned.pk]))
    assert response.headers["Content-Type"] == "application/pdf" and response.content.startswith(b"%PDF")


def test_without_pango_the_page_says_so_and_offers_the_rest(returned: Case, auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "can_print", lambda: False)
    assert reverse("history_pdf", args=[returned.pk]) not in read(auditor, "history", returned.pk)
    response = auditor.get(reverse("history_pdf", args=[returned.pk]), follow=True)
    assert "Pango is missing" in unescape(response.content.decode())


# --- side by side -------------------------------------------------------------------------------------------------------


def test_two_submissions_stand_side_by_side_and_their_differences_are_named(returned: Case, auditor: Client) -> None:
    one, other = submissions.submissions(returned)
    assert (one.n, other.n) == (1, 3)
    lines = {line.label: line for line in submissions.side_by_side(returned, one, other)}
    assert (lines["Venue"].one, lines["Venue"].other, lines["Venue"].word) == ("Old Fort", "Expo Mart, Hall 2", "changed")
    assert lines["Amount asked (₹)"].word == "changed" and lines["Purpose"].word == "same"
    page = read(auditor, "compare", returned.pk, one=1, other=3)
    assert "≠ changed" in page and "<mark>Expo Mart, Hall 2</mark>" in page


def test_any_two_may_be_chosen_in_any_order(returned: Case, auditor: Client) -> None:
    assert "<mark>Old Fort</mark>" in read(auditor, "compare", returned.pk, one=3, other=1)
    assert "<mark>" not in read(auditor, "compare", returned.pk, one=3, other=3)


@pytest.mark.parametrize("number", ["2", "99", "x", "9" * 30])
def test_a_paragraph_that_is_no_submission_is_refused_with_a_sentence(number: str, returned: Case, auditor: Client) -> None:
    response = auditor.get(reverse("compare", args=[returned.pk]), {"one": number, "other": "3"})
    assert response.status_code == 400 and "is no submission of this file" in response.content.decode()


def test_persons_are_compared_while_they_are_not_erased(auditor: Client) -> None:
    case = take(apply(name="Kamala Devi"), "returned", text="The name differs from the card.", about_1="name", objection_1="Which?")
    case = corrected(case, name="Kamla Devi")
    one, other = submissions.submissions(case)
    [line] = [line for line in submissions.side_by_side(case, one, other) if "Kamala" in line.one]
    assert (line.one, line.other, line.word) == ("Kamala Devi", "Kamla Devi", "changed")
    assert "aadhaar_digest" not in {found.label for found in submissions.side_by_side(case, one, other)}
    assert PrivateNote.objects.filter(noting__case=case).count() == 2
