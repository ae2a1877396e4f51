"""Papers that leave a file: issued with the decision, numbered without gaps, saying what the sealed paragraph says."""

import json
import re
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import translation

from programme.models import Office, Officer
from tests.files import a_file, an_allotment, office, officer, take, waiting
from workflows.authority import Refusal
from workflows.letters.issuing import issue
from workflows.letters.letter import address_of, letter_of
from workflows.letters.printing import body
from workflows.models import Case, Noting, Order, OrderKind, Outcome
from workflows.record import chain, sealer
from workflows.record.verifier import verify

pytestmark = pytest.mark.django_db
RETURN, REJECT = "The basis of the stall rate is not given.", "The district's calendar is full."
REFUSED = ["amount", "issued_on", "key", "kind", "number"]


@pytest.fixture
def sanctioned() -> Order:
    return a_file(at="report").orders.get()


@pytest.fixture
def memo() -> Order:
    return a_file(at="correct").orders.get()


@pytest.fixture
def rejection() -> Order:
    return take(a_file(), "rejected", text=REJECT).orders.get()


def said(order: Order) -> dict:
    return json.loads(order.noting.body)["order"]


def test_a_return_issues_its_memo_in_the_paragraph_of_the_return(memo):
    assert (memo.noting.outcome, memo.noting.paragraph, memo.kind) == ("returned", 2, OrderKind.RETURN_MEMO)
    assert (memo.amount, said(memo)["amount"]) == (None, None)
    assert {name: said(memo)[name] for name in REFUSED} == {
        "amount": None, "issued_on": memo.issued_on.isoformat(), "key": str(memo.key), "kind": "return_memo", "number": memo.number,
    }  # fmt: skip


def test_a_rejection_issues_its_letter_in_the_paragraph_of_the_rejection(rejection):
    assert (rejection.noting.outcome, rejection.noting.paragraph, rejection.kind) == ("rejected", 2, OrderKind.REJECTION)
    assert rejection.case.paragraphs == 2


def test_what_the_product_issues_is_what_the_verifier_expects(memo, rejection, sanctioned):
    assert verify().findings == []


def test_each_kind_is_counted_by_itself(sanctioned):
    first, second = a_file(at="correct"), a_file(district="Mathura", at="correct")
    take(a_file(), "rejected", text=REJECT)
    numbers = list(Order.objects.order_by("pk").values_list("number", flat=True))
    series = ["UP/EXH/ORDER", "UP/EXH/MEMO", "UP/EXH/MEMO", "UP/EXH/LETTER"]
    assert [number.rsplit("/", 2)[0] for number in numbers] == series
    assert [number[-4:] for number in numbers] == ["0001", "0001", "0002", "0001"]
    assert first.orders.get().number != second.orders.get().number


def test_a_sanction_that_fails_leaves_no_gap_in_the_numbers():
    case = a_file(at="approve")
    an_allotment(1)
    with pytest.raises(Refusal):
        take(case, "sanctioned")
    an_allotment()
    assert take(case, "sanctioned").order.number.endswith("/0001")


def test_a_return_that_fails_leaves_neither_memo_nor_gap(monkeypatch):
    def fail(*args, **more):
        raise RuntimeError

    case = a_file()
    with monkeypatch.context() as patch:
        patch.setattr("workflows.holding.notices.tell_of", fail)
        with pytest.raises(RuntimeError), transaction.atomic():
            take(case, "returned", text=RETURN)
    assert not Order.objects.exists()
    assert take(case, "returned", text=RETURN).orders.get().number.endswith("/0001")


def test_a_file_may_have_several_papers_and_its_order_is_the_sanction():
    case = a_file(at="correct")
    assert case.order is None
    case = take(case, "submitted")
    case = take(case, "returned", text="Once more.")
    take(case, "submitted")
    for outcome in ("recommended", "concurred", "sanctioned"):
        if waiting(case).step != "report":
            case = take(case, outcome)
    case = Case.objects.get(pk=case.pk)
    assert [order.kind for order in case.orders.all()] == ["return_memo", "return_memo", "sanction"]
    assert case.order.kind == "sanction"
    assert verify([case.number]).ok


def test_a_memo_goes_to_the_office_the_file_is_returned_to():
    case = take(a_file(at="approve"), "returned", text=RETURN, return_to="scrutinise")
    assert letter_of(case.orders.get(), "en").to == "ODOP Cell, Directorate of Industries"
    assert letter_of(case.orders.get(), "hi").to == "ओडीओपी प्रकोष्ठ, उद्योग निदेशालय"


def test_an_order_names_amount_head_conditions_and_who_sanctioned(sanctioned):
    letter = letter_of(sanctioned, "en")
    assert letter.title == "Sanction order"
    assert (letter.amount, letter.amount_in_words) == ("₹18,50,000", "Rupees eighteen lakh, fifty thousand only")
    assert letter.budget_head.startswith(sanctioned.case.record.budget_head.code)
    assert letter.signatory.name == officer("principal.secretary").name_en
    assert (letter.file_number, letter.number) == (sanctioned.case.number, sanctioned.number)
    assert re.fullmatch(r"\d\d-\d\d-\d{4}", letter.day)
    assert letter.conditions and (letter.reason, letter.objections) == ("", [])
    assert (letter.paragraph, letter.hash) == (sanctioned.noting.paragraph, sanctioned.noting.hash)


def test_a_copy_goes_to_the_offices_the_file_came_through(sanctioned):
    assert letter_of(sanctioned, "en").copies == ["ODOP Cell, Directorate of Industries", "Finance Department", "Guard file"]


def test_a_rejection_gives_the_officers_reason_and_no_money(rejection):
    letter = letter_of(rejection, "en")
    assert (letter.reason, letter.amount, letter.budget_head, letter.conditions) == (REJECT, "", "", [])
    assert letter.signatory.office == "ODOP Cell, Directorate of Industries"


def test_a_memo_lists_the_objections_with_the_names_of_their_fields():
    case = take(a_file(), "returned", about_1="amount_asked", objection_1="Stall rate is above the schedule.")
    memo = case.orders.get()
    assert letter_of(memo, "en").objections == [("Amount asked (₹)", "Stall rate is above the schedule.")]
    assert "Stall rate is above the schedule." in body(letter_of(memo, "hi"))


def test_a_paper_says_what_was_sealed_and_not_what_tables_say_today(sanctioned):
    before = letter_of(sanctioned, "en")
    Officer.objects.filter(username="principal.secretary").update(name_en="Somebody Else")
    Office.objects.filter(pk=office("dm", "Agra").pk).update(district=None)
    order = Order.objects.get(pk=sanctioned.pk)
    order.amount, order.number = Decimal(1), "ZZ/1"
    after = letter_of(order, "en")
    assert (after.signatory, after.to, after.amount, after.number) == (before.signatory, before.to, before.amount, before.number)


def test_a_paper_of_the_system_alone_has_no_signatory(memo):
    case = memo.case
    letter = issue(case, OrderKind.REJECTION)
    noting = chain.append(
        case, step="correct", outcome=Outcome.REJECT, officer=None, prepared_by=None, office=None, posting=None, facts=letter.facts
    )
    order = letter.keep(noting)
    shown = letter_of(order, "en")
    assert (shown.signatory, shown.to) == (None, "District Magistrate, Agra")
    assert "Issued by the system under the norms" in body(shown)


def test_an_order_without_money_approves(sanctioned):
    text = json.loads(sanctioned.noting.body)
    text["order"]["amount"] = None
    sanctioned.noting.body = json.dumps(text)
    letter = letter_of(sanctioned, "en")
    assert (letter.title, letter.amount, letter.conditions) == ("Order of approval", "", [])
    assert "approval is accorded" in body(letter)


def test_how_the_amount_came_about_is_said_where_the_process_computes_it(sanctioned, monkeypatch):
    record = type(sanctioned.case.record)
    assert letter_of(sanctioned, "en").derivation == ""
    monkeypatch.setattr(record, "derivation_sentence", lambda self: "25% of ₹25,00,000, at most ₹6,25,000.", raising=False)
    assert "at most ₹6,25,000" in body(letter_of(sanctioned, "en"))


def test_a_process_may_set_conditions_of_its_own(sanctioned, monkeypatch):
    monkeypatch.setattr(type(sanctioned.case.record), "CONDITIONS", ("Stalls are free of charge for artisans.",), raising=False)
    assert letter_of(sanctioned, "en").conditions == ["Stalls are free of charge for artisans."]


def test_a_norm_that_nobody_verified_is_marked(sanctioned):
    assert not sanctioned.case.norm.verified
    assert "These norms are not verified against an order." in body(letter_of(sanctioned, "en"))
    sanctioned.case.norm.verified = True
    assert "are not verified" not in body(letter_of(sanctioned, "en"))


def test_the_public_address_is_absolute_and_ends_in_the_key(sanctioned, settings):
    settings.PUBLIC_URL = "https://odop.up.example"
    assert address_of(sanctioned) == f"https://odop.up.example/orders/{sanctioned.key}/"


@pytest.mark.parametrize("language", ["hi", "en"])
def test_a_paper_is_in_its_own_language_whatever_the_reader_reads(sanctioned, language):
    with translation.override("en" if language == "hi" else "hi"):
        text = body(letter_of(sanctioned, language))
    assert ("जिलाधिकारी, आगरा" in text) == (language == "hi")
    assert ("District Magistrate, Agra" in text) == (language == "en")


def test_what_an_officer_wrote_is_never_markup():
    case = take(a_file(), "rejected", text="<img src=x onerror=alert(1)>")
    assert "<img src=x" not in body(letter_of(case.orders.get(), "en"))


def test_no_decision_but_return_reject_and_sanction_issues_a_paper():
    case = a_file(at="closed")
    issuing = [noting.outcome for noting in Noting.objects.filter(case=case) if "order" in json.loads(noting.body)]
    assert issuing == ["order_issued"]


def test_a_paper_names_the_newest_seal_before_it_and_no_later_one(rejection):
    assert letter_of(rejection, "en").before is None, "there was none yet"
    newest = sealer.seal()
    assert newest is not None
    order = a_file(at="report", district="Mathura").orders.get()
    letter = letter_of(order, "en")
    assert letter.before is not None
    assert (letter.before.size, letter.before.root, letter.before.made_at) == (
        newest.size,
        newest.root,
        newest.made_at.replace(microsecond=0),
    )
    sealer.seal()
    assert letter_of(Order.objects.get(pk=order.pk), "en").before == letter.before
    for language in ("en", "hi"):
        assert newest.root in body(letter_of(order, language))
    assert newest.root not in body(letter_of(rejection, "en"))
    assert verify([order.case.number]).findings == []
