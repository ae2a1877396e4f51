"""Loan applications from a workbook: judged as the form judges, accepted as drafts, signed with the row they come from."""

import gc
import json
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now

from programme.calendar import today
from programme.models import Norm
from tests.files import a_paper, office, officer
from tests.processes.loan_files import PAPERS, aadhaar
from tests.workflows.workbooks.books import accepted, checked, faults, sent, standings, work, written
from tests.workflows.workbooks.rows import a_loan
from workflows import jobs
from workflows.authority import Overtaken, Refusal
from workflows.flows import LoanFlow
from workflows.models import Case, Draft, JobStatus, Noting, Workbook, WorkbookRow
from workflows.pages.drafts import as_typed
from workflows.papers import throw_away
from workflows.steps import open_case
from workflows.work import WORK
from workflows.workbooks.accepting import accept
from workflows.workbooks.kinds.drafted import DraftedKind, key_of
from workflows.workbooks.sending import NotTaken, drop
from workflows.writing import stream

pytestmark = pytest.mark.django_db


def dic():
    return office("dic", "Agra")


def signed(draft: Draft, **changes) -> Case:
    """Attach the papers to a draft and sign it through its own form."""
    by = officer("dic.agra")
    for kind in PAPERS:
        a_paper(draft, kind, by=by)
    papers = list(draft.enclosures.all())
    form_class = LoanFlow.begin_node().form_class
    typed = as_typed(form_class, draft.typed) | {"papers_seen": " ".join(str(paper.pk) for paper in papers), "text": ""} | changes
    norm = Norm.in_force(LoanFlow.scheme, draft.office.designation.state, today())
    form = form_class(typed, office=draft.office, officer=by, norm=norm, papers=papers)
    assert form.is_valid(), form.errors
    return open_case(LoanFlow, by=by, office=draft.office, form=form, key=draft.key, draft=draft)


def test_good_rows_wait_and_wrong_ones_say_what_is_wrong_at_the_cell_in_both_languages():
    rows = [a_loan(1), a_loan(2, aadhaar="2345 6789 0123"), a_loan(3, project_cost=2500000), a_loan(4, bank="Bank of Nowhere")]
    book = checked("loans", dic(), rows)
    assert standings(book) == {2: "good", 3: "wrong", 4: "wrong", 5: "wrong"}
    assert "no Aadhaar number" in faults(book, 3)["aadhaar"]
    assert "together, not" in faults(book, 4)["project_cost"]
    assert set(faults(book, 5)) == {"bank"} == set(faults(book, 5, "hi"))
    assert faults(book, 4, "hi")["project_cost"] != faults(book, 4)["project_cost"]


def test_a_workbook_is_looked_through_at_the_door_and_not_again(monkeypatch):
    book = sent("loans", dic(), written("loans", dic(), [a_loan(1), a_loan(2, project_cost="=1+1")]))
    monkeypatch.setattr("workflows.sheets.guard.inspect", None)
    work()
    assert standings(book) == {2: "good", 3: "wrong"}
    assert "formula" in faults(book, 3)["project_cost"]
    assert "project_cost" not in book.scanned and gc.isenabled()


def test_rules_that_change_between_two_blocks_are_those_of_the_second(monkeypatch):
    monkeypatch.setattr("workflows.workbooks.sending.BLOCK", 1)
    book = sent("loans", dic(), written("loans", dic(), [a_loan(1), a_loan(2), a_loan(3)]))
    judges = []

    def counted(kind, at, by, make=DraftedKind.judge):
        judges.append(at)
        if len(judges) == 1:
            Norm.objects.update(scheme=F("scheme"))
        return make(kind, at, by)

    monkeypatch.setattr(DraftedKind, "judge", counted)
    work()
    assert standings(book) == {2: "good", 3: "good", 4: "good"} and len(judges) == 2


def test_a_bank_and_a_product_are_found_by_their_names_in_either_language():
    product = LoanFlow.begin_node().form_class.base_fields["product"].queryset.filter(district=dic().district_id, live=True).first()
    rows = [a_loan(n, bank=bank, product=name, product_words=None) for n, (bank, name) in enumerate(
        [("bank of baroda ", product.name_en.upper()), ("बैंक ऑफ़ बड़ौदा", f" {product.name_hi}\n"), ("bob", product.name_hi)], 1)]  # fmt: skip
    book = checked("loans", dic(), rows)
    assert set(standings(book).values()) == {"good"}, [row.faults for row in book.rows.all()]
    assert {row.values["product"] for row in book.rows.all()} == {str(product.pk)}


def test_an_accepted_row_becomes_a_draft_that_the_officer_signs_and_the_noting_says_whence():
    book = checked("loans", dic(), [a_loan(7)], name="उद्योग register.xlsx")
    assert Draft.objects.count() == 0
    job = accepted(book)
    assert (job.status, job.done) == (JobStatus.FINISHED, 1)
    draft = Draft.objects.get()
    row = book.rows.get()
    assert (row.standing, row.values, row.sealed, key_of(row)) == ("accepted", {}, "", draft.key)
    assert (draft.made_by, draft.office, draft.subject) == (officer("dic.agra"), dic(), "Leather works 7")
    case = signed(draft)
    loan = case.record
    assert (loan.name, loan.working_capital, loan.mobile, loan.tags) == ("Ram Prakash", 500000, "9876543210", ["artisan"])
    assert loan.aadhaar_last4 == aadhaar(7)[-4:]
    body = json.loads(Noting.objects.get(case=case, paragraph=1).body)
    assert body["origin"] == [{"name": "उद्योग register.xlsx", "sha256": book.sha256, "rows": [2]}]


def test_the_note_sheet_and_the_draft_name_the_row(client_for):
    book = checked("loans", dic(), [a_loan(7)])
    accepted(book)
    client = client_for("dic.agra")
    client.post(reverse("set_language"), {"language": "en"})
    draft = Draft.objects.get()
    assert "From workbook register.xlsx, row 2" in client.get(reverse("draft", args=["loan", draft.key])).content.decode()
    case = signed(draft)
    page = client.get(reverse("history", args=[case.pk])).content.decode()
    assert "From workbook register.xlsx, row 2" in page and book.sha256 in page


def test_a_file_opened_by_hand_names_no_workbook():
    accepted(checked("loans", dic(), [a_loan(1)]))
    draft = Draft.objects.get()
    Draft.objects.update(origin=[])
    draft.refresh_from_db()
    assert "origin" not in json.loads(Noting.objects.get(case=signed(draft)).body)


def test_all_rows_are_accepted_or_none():
    book = checked("loans", dic(), [a_loan(1), a_loan(2, mobile="12")])
    with pytest.raises(Refusal, match="to be corrected"):
        accept(book, by=book.by, only_good=False)
    assert Draft.objects.count() == 0
    assert accepted(book, only_good=True).done == 1
    assert standings(book) == {2: "accepted", 3: "wrong"}
    assert Draft.objects.count() == 1


def test_the_same_workbook_sent_again_makes_nothing_twice():
    content = written("loans", dic(), [a_loan(1), a_loan(2), a_loan(3, pan="?")])
    first = sent("loans", dic(), content)
    work()
    accepted(first, only_good=True)
    second = sent("loans", dic(), content)
    work()
    assert standings(second) == {2: "present", 3: "present", 4: "wrong"}
    assert "row 2 of “register.xlsx”" in second.rows.get(number=2).sentence_en
    assert second.rows.get(number=2).sentence_hi
    with pytest.raises(Refusal, match="no good row"):
        accept(second, by=second.by, only_good=True)
    assert Draft.objects.count() == 2


def test_the_same_row_in_another_workbook_is_known_however_its_numbers_are_written():
    accepted(checked("loans", dic(), [a_loan(1)]))
    spaced = " ".join(aadhaar(1)[n : n + 4] for n in (0, 4, 8))
    book = checked(
        "loans", dic(), [a_loan(2), a_loan(1, aadhaar=spaced, project_cost="24,00,000", name=" Ram  Prakash ")], name="other.xlsx"
    )
    assert standings(book) == {2: "good", 3: "present"}


def test_the_same_row_twice_in_one_workbook_is_one():
    book = checked("loans", dic(), [a_loan(1), a_loan(1)])
    assert standings(book) == {2: "good", 3: "present"}
    assert book.rows.get(number=3).sentence_en == "The same as row 2."


def test_a_row_that_was_accepted_elsewhere_meanwhile_makes_nothing_twice():
    books = [checked("loans", dic(), [a_loan(1)], name=name) for name in ("one.xlsx", "two.xlsx")]
    for book in books:
        accepted(book)
    assert [standings(book) for book in books] == [{2: "accepted"}, {2: "present"}]
    assert Draft.objects.count() == 1


def test_a_draft_that_was_thrown_away_may_come_again():
    accepted(checked("loans", dic(), [a_loan(1)]))
    throw_away(Draft.objects.get())
    book = checked("loans", dic(), [a_loan(1)])
    assert standings(book) == {2: "good"}
    accepted(book)
    assert Draft.objects.count() == 1
    assert sorted(WorkbookRow.objects.values_list("standing", flat=True)) == ["accepted", "freed"]


def test_a_signed_row_is_present_for_ever():
    accepted(checked("loans", dic(), [a_loan(1)]))
    signed(Draft.objects.get())
    assert standings(checked("loans", dic(), [a_loan(1)])) == {2: "present"}


def test_no_number_of_a_person_is_kept_plainly_and_what_is_accepted_is_removed():
    book = checked("loans", dic(), [a_loan(1), a_loan(2, aadhaar=f"{aadhaar(2)}9")])
    numbers = [aadhaar(1), aadhaar(2), "30012340001"]
    with book.stored.open("rb") as kept:
        assert kept.read(2) != b"PK"
    rows = list(WorkbookRow.objects.values_list("values", "sealed", "faults", "title"))
    assert not any(number in str(row) for number in numbers for row in rows)
    accepted(book, only_good=True)
    book.refresh_from_db()
    assert book.stored and book.swept_at is None, "a row is still to be corrected"
    whole = checked("loans", dic(), [a_loan(3)])
    storage, name = whole.stored.storage, whole.stored.name
    assert storage.exists(name)
    accepted(whole)
    whole.refresh_from_db()
    assert (whole.stored.name, whole.busy) == ("", False) and whole.swept_at


def test_what_is_streamed_is_read_as_it_was_given():
    key, said = uuid4(), {"name": ['राम \\ "प्रकाश"\n\t₹'], "tags": []}
    by = officer("dic.agra")
    stream(
        Draft,
        [{"key": key, "kind": "loan", "office_id": dic().pk, "typed": said, "made_by_id": by.pk, "saved_by_id": by.pk, "saved_at": now()}],
    )
    kept = Draft.objects.get(key=key)
    assert (kept.typed, kept.origin, kept.subject, kept.movement) == (said, [], "", None)


def test_what_rows_are_about_goes_with_them_where_nothing_is_left_to_correct():
    mixed = checked("loans", dic(), [a_loan(1), a_loan(2, aadhaar=f"{aadhaar(2)}9")])
    accepted(mixed, only_good=True)
    assert mixed.rows.get(number=2).title, "the officer still reads which row it was"
    whole = checked("loans", dic(), [a_loan(3), a_loan(4)])
    with CaptureQueriesContext(connection) as asked:
        accepted(whole)
    written = [query["sql"] for query in asked.captured_queries if query["sql"].startswith('UPDATE "workflows_workbookrow"')]
    assert set(whole.rows.values_list("standing", "title", "sealed")) == {("accepted", "", "")}
    at_once, swept = written
    assert '"title" = ' in at_once and "AND NOT (" in swept, "the sweep looks for what is left, and no row is written twice"
    drop(mixed, by=mixed.by)
    assert set(mixed.rows.values_list("title", "sealed")) == {("", "")}


def test_an_officer_has_one_workbook_under_way():
    content = written("loans", dic(), [a_loan(1)])
    sent("loans", dic(), content)
    with pytest.raises(Overtaken, match="still being read"):
        sent("loans", dic(), content)
    sent("loans", office("dic", "Mathura"), written("loans", office("dic", "Mathura"), [a_loan(1, ifsc="X")]))
    assert Workbook.objects.count() == 2
    work()
    sent("loans", dic(), content)


def test_whoever_files_no_loans_sends_none():
    content = written("loans", dic(), [a_loan(1)])
    with pytest.raises(Refusal):
        sent("loans", dic(), content, by=officer("dm.agra"))
    with pytest.raises(Refusal):
        sent("loans", dic(), content, by=officer("dic.mathura"))


def test_a_workbook_without_rows_or_with_too_many_is_not_taken(monkeypatch):
    with pytest.raises(NotTaken, match="no filled row"):
        sent("loans", dic(), written("loans", dic(), []))
    monkeypatch.setattr("workflows.workbooks.sending.MOST_ROWS", 3)
    with pytest.raises(NotTaken, match="more than 3 rows"):
        sent("loans", dic(), written("loans", dic(), [a_loan(n) for n in range(1, 5)]))
    assert sent("loans", dic(), written("loans", dic(), [a_loan(n) for n in range(1, 4)])).pk
    with pytest.raises(NotTaken, match=r"register\.xlsx"):
        sent("loans", dic(), b"PK\x03\x04 no workbook")


def test_blocks_of_a_long_workbook_are_judged_once_each(monkeypatch):
    monkeypatch.setattr("workflows.workbooks.sending.BLOCK", 3)
    monkeypatch.setattr("workflows.workbooks.accepting.BLOCK", 3)
    book = checked("loans", dic(), [a_loan(n) for n in range(1, 9)])
    assert standings(book) == dict.fromkeys(range(2, 10), "good")
    assert (book.checking.total, book.checking.done) == (3, 3)
    assert (accepted(book, only_good=True).total, Draft.objects.count()) == (3, 8)


def test_of_a_check_that_was_stopped_nothing_is_accepted():
    book = sent("loans", dic(), written("loans", dic(), [a_loan(1)]))
    jobs.cancel(book.checking, by=book.by, work=WORK[book.checking.kind])
    for only_good in (True, False):
        with pytest.raises(Refusal, match="not all checked"):
            accept(book, by=book.by, only_good=only_good)
