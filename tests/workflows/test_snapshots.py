"""What an officer had before him when he signed: kept as it was, whatever has changed since."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any
from unittest.mock import patch

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from programme.calendar import today
from programme.models import Allotment, District, ExhibitionProposal, Norm, Officer, Product
from programme.models.norms import NormStatus
from tests.files import a_file, an_allotment, office, officer, propose, take, waiting
from tests.processes.loan_files import a_loan, apply
from tests.workflows.bulk_files import exhibitions, signed, stays_of
from tests.workflows.record.exports import checked, exported
from tests.workflows.seated import a_claim, in_place, moved, ready
from workflows import jobs, questions, snapshots
from workflows.flows import FLOWS
from workflows.forms.questions import AnswerForm, QuestionForm
from workflows.models import Case, Noting, Question, Snapshot
from workflows.record import triggers
from workflows.record.canonical import canonical, sha256_of
from workflows.record.verifier import verify
from workflows.steps import decide
from workflows.work import WORK

pytestmark = pytest.mark.django_db
Desk = Callable[[str], Client]


def english(client: Client) -> Client:
    client.post(reverse("set_language"), {"language": "en"})
    return client


def page_of(client: Client, case: Case) -> str:
    return client.get(reverse("file", args=[case.pk])).content.decode()


def token_of(page: str) -> str:
    return unescape(re.search(r'name="shown" value="([^"]+)"', page).group(1))  # type: ignore[union-attr]


def sign(client: Client, case: Case, **changes: Any) -> Any:
    data = {"outcome": "concurred", "seen": case.head, "shown": token_of(page_of(client, case)), **changes}
    return client.post(reverse("decide", args=[waiting(case).pk]), data)


def last(case: Case) -> Noting:
    return case.notings.select_related("snapshot").order_by("-paragraph").first()  # type: ignore[return-value]


def kept(noting: Noting) -> dict[str, Any]:
    return snapshots.read(noting.snapshot)


def article(client: Client, noting: Noting) -> str:
    page = client.get(reverse("seen", args=[noting.case_id, noting.paragraph])).content.decode()
    return re.search(r'<article id="kept".*?</article>', page, re.DOTALL).group(0)  # type: ignore[union-attr]


# --- what is kept -------------------------------------------------------------------------------------------------------


def test_a_decision_keeps_what_its_page_showed(client_for: Desk) -> None:
    case, desk = a_file(at="concur"), english(client_for("finance"))
    page = unescape(page_of(desk, case))
    assert sign(desk, case).status_code == 302
    noting = last(case)
    document = kept(noting)
    assert json.loads(noting.body)["shown"] == sha256_of(noting.snapshot.body) and noting.snapshot.body == canonical(
        json.loads(noting.snapshot.body)
    )
    assert (document["page"], document["head"], document["paragraphs"]) == ("file", case.head, 2)
    assert document["signer"]["office"] == office("finance").names() and document["signer"]["charge"] == "regular"
    said = document["said"]["en"]
    for label, value in said["summary"]:
        assert label in page and value in page
    for _level, word, text in document["checks"]:
        assert word in page and text in page
    assert said["why"] in page
    assert [verb for _code, verb, _place in said["ways"]] == ["Concur", "Return with objection"]
    for _code, _verb, place in said["ways"]:
        assert place in page
    assert {(paper["kind"], paper["sha256"]) for paper in document["papers"]} == set(case.enclosures.values_list("kind", "sha256"))
    allotment = Allotment.objects.get(head=case.record.budget_head)
    assert document["budget"]["balance"] == f"{allotment.balance:.2f}" and case.record.budget_head.code in said["budget"]
    assert document["norm"]["version"] == case.norm.version
    assert document["said"]["hi"]["step"] != said["step"], "labels stand in both languages"


def test_it_is_what_the_page_showed_and_not_what_stood_when_it_was_sent(client_for: Desk) -> None:
    case, desk = a_file(at="concur"), english(client_for("finance"))
    token = token_of(page_of(desk, case))
    an_allotment(40_000_000)
    assert sign(desk, case, shown=token).status_code == 302
    assert kept(last(case))["budget"]["allotted"] == "50000000.00"
    assert "₹4,00,00,000" in json.loads(last(case).body)["checks"][0][1], "the checks of the act itself stand in the paragraph"


@pytest.mark.parametrize("token", ["", "forged", "x" * 300_000])
def test_a_page_that_does_not_say_what_it_showed_is_answered_by_the_moment_of_the_act(token: str, client_for: Desk) -> None:
    case, desk = a_file(at="concur"), client_for("finance")
    assert sign(desk, case, shown=token).status_code == 302
    document = kept(last(case))
    assert document["page"] == "file" and document["checks"] and document["said"]["en"]["ways"][0][2] == ""


def test_what_another_page_showed_is_not_taken_for_this_one(client_for: Desk) -> None:
    desk = client_for("finance")
    first, second = a_file(at="concur"), a_file(at="concur", district="Mathura", title="Exhibition of Mathura")
    assert sign(desk, second, shown=token_of(page_of(desk, first))).status_code == 302
    assert kept(last(second))["file"] == second.number


def test_what_an_earlier_state_of_the_file_showed_is_refused_as_ever(client_for: Desk) -> None:
    case, desk = a_file(at="concur"), client_for("finance")
    old, seen = token_of(page_of(desk, case)), case.head
    case = take(case, "returned", text="Look again.", return_to="scrutinise", by="finance")
    case = take(case, "recommended")
    response = desk.post(reverse("decide", args=[waiting(case).pk]), {"outcome": "concurred", "seen": seen, "shown": old})
    assert response.status_code == 409 and waiting(case).step == "concur"


def test_a_submission_keeps_the_form_as_it_was_signed() -> None:
    case = propose(venue="Old Fort")
    document = kept(case.notings.get(paragraph=1))
    assert document["page"] == "form"
    assert ["Venue", "Old Fort"] in document["said"]["en"]["summary"]
    assert len(document["papers"]) == 2


def test_each_file_of_a_common_signature_keeps_its_own() -> None:
    cases = exhibitions(2)
    signed(stays_of(cases), "recommended", by=officer("odop.cell"))
    jobs.run(WORK)
    for case in cases:
        document = kept(last(case))
        assert (document["page"], document["file"]) == ("together", case.number) and document["checks"]


def test_a_file_that_minutes_move_keeps_how_it_stood() -> None:
    with in_place():
        sitting = moved(ready(a_claim()))
        noting = sitting.items.first().noting  # type: ignore[union-attr]
        assert kept(noting)["page"] == "minutes"
        assert verify().ok


def test_what_the_clock_and_the_system_write_was_before_nobody() -> None:
    case = a_file(at="report")
    issued = case.notings.get(outcome="order_issued")
    assert "shown" not in json.loads(issued.body) and not hasattr(issued, "snapshot")


def test_a_loan_names_the_line_of_the_delegation_and_how_the_amount_came_about(client_for: Desk) -> None:
    case = a_loan(at="sanction")
    holder = "director" if waiting(case).office == office("director") else "principal.secretary"
    page_of(client_for(holder), case)
    stay = waiting(case)
    document = snapshots.of(case, stay.node, page="file", stay=stay, whereto=True)
    assert document["delegation"]["designation"] == stay.office.designation.code
    assert document["derivation"]["version"] and document["said"]["en"]["derivation"]


ONE_MORE = int(connection.vendor == "sqlite")


def statements_of_a_decision(*, carried: bool, keeps: bool = True) -> int:
    case = a_file(at="concur", title=f"{carried} {keeps}")
    stay, finance = waiting(case), officer("finance")
    form = stay.node.form_class({"outcome": "concurred", "seen": case.head}, movement=stay, officer=finance)
    assert form.is_valid()
    if carried:
        form.sight = snapshots.of(case, stay.node, page="file", stay=stay, checks=form.checks)
    with CaptureQueriesContext(connection) as asked:
        if keeps:
            decide(stay, by=finance, form=form)
        else:
            with patch.object(snapshots, "of", return_value=None):
                decide(stay, by=finance, form=form)
    assert hasattr(last(case), "snapshot") == keeps
    return len(asked)


def test_what_is_kept_of_a_decision_is_written_with_its_paragraph() -> None:
    """PostgreSQL writes both in one statement; SQLite takes one more. The budget is read once, by checks and document."""
    statements_of_a_decision(carried=True)  # the set-up is known from here on
    bare = statements_of_a_decision(carried=False, keeps=False)
    assert statements_of_a_decision(carried=True) == statements_of_a_decision(carried=False) == bare + ONE_MORE


def test_a_long_file_stays_within_bounds() -> None:
    case = a_file(at="concur")
    stay = waiting(case)
    document = snapshots.of(case, stay.node, page="file", stay=stay)
    long = [[f"Line {n}", "क" * snapshots.LONGEST] for n in range(snapshots.MOST)]
    document["said"]["en"]["summary"] = long
    written = snapshots.sealed(document, case, [], by=office("finance").postings.get())
    kept_document = json.loads(written.body)
    assert kept_document["shortened"] and list(kept_document["said"]) == [document["language"]]
    assert snapshots._cut("x" * 5000).endswith(" …") and len(snapshots._cut("x" * 5000)) == snapshots.LONGEST + 2


# --- beside the file's way ----------------------------------------------------------------------------------------------


def a_question(case: Case, at: str = "finance", by: str = "principal.secretary") -> Question:
    stay = waiting(case)
    form = QuestionForm(a_question_typed(case, at), movement=stay, offices=questions.offices_to_ask(stay))
    assert form.is_valid(), form.errors
    questions.ask(stay, by=officer(by), form=form)
    return Question.objects.get(case=case)


def a_question_typed(case: Case, at: str = "finance") -> dict[str, Any]:
    return {"ask-text": "Is it free?", "ask-offices": [office(at).pk], "ask-days": 5, "ask-waiting": "waits", "ask-seen": case.head}


# Act → where its file waits, who signs it, whether he might end the stay, the address it is sent to, what is typed.
BESIDE: dict[str, tuple[str, str, bool, Callable[[Case], str], Callable[[Case], dict[str, Any]]]] = {
    "withdrawn": (
        "scrutinise", "dm.agra", False, lambda case: reverse("withdraw", args=[case.pk]),
        lambda case: {"withdraw-text": "Not this year.", "withdraw-seen": case.head},
    ),
    "pulled_back": ("scrutinise", "dm.agra", False, lambda case: reverse("pull_back", args=[case.pk]), lambda case: {"pull-text": ""}),
    "asked": (
        "approve", "principal.secretary", True, lambda case: reverse("ask", args=[waiting(case).pk]), a_question_typed,
    ),
    "answered": (
        "approve", "finance", False, lambda case: reverse("answer", args=[a_question(case).pk]),
        lambda case: {f"answer{Question.objects.get().pk}-text": "It is."},
    ),
    "question_withdrawn": (
        "approve", "principal.secretary", True, lambda case: reverse("unask", args=[a_question(case).pk]),
        lambda case: {f"unask{Question.objects.get().pk}-text": ""},
    ),
}  # fmt: skip


@pytest.mark.parametrize("outcome", BESIDE)
def test_what_is_signed_beside_the_way_of_a_file_keeps_what_its_page_showed(outcome: str, client_for: Desk) -> None:
    at, person, ends, address_of, typed = BESIDE[outcome]
    case, desk = a_file(at=at), english(client_for(person))
    address = address_of(case)
    case = Case.objects.get(pk=case.pk)
    page = unescape(page_of(desk, case))
    action = page.index(f'action="{address}"')
    assert 'name="shown"' in page[action : page.index("</form>", action)], "the form carries it"
    token = token_of(page)
    an_allotment(40_000_000)
    head = case.head
    assert desk.post(address, typed(case) | {"shown": token}).status_code == 302
    noting = last(case)
    document = kept(noting)
    assert noting.outcome == outcome and json.loads(noting.body)["shown"] == sha256_of(noting.snapshot.body)
    assert (document["page"], document["head"], document["signer"]["office"]) == ("file", head, noting.office.names())  # type: ignore[union-attr]
    assert document["budget"]["allotted"] == "50000000.00", "as it stood when the page was shown"
    said = document["said"]["en"]
    for label, value in said["summary"]:
        assert label in page and value in page
    assert all(text in page for _level, _word, text in document["checks"]) and document["checks"]
    assert bool(said["ways"]) == bool(said["why"]) == ends
    assert {(paper["kind"], paper["sha256"]) for paper in document["papers"]} == set(case.enclosures.values_list("kind", "sha256"))
    assert (
        "What was kept has the digest"
        in english(client_for("auditor")).get(reverse("seen", args=[case.pk, noting.paragraph])).content.decode()
    )
    assert verify([case.number]).findings == []


@pytest.mark.parametrize("outcome", BESIDE)
def test_what_is_signed_beside_the_way_without_a_page_keeps_the_moment_of_the_act(outcome: str, client_for: Desk) -> None:
    at, person, _ends, address_of, typed = BESIDE[outcome]
    case, desk = a_file(at=at), client_for(person)
    address = address_of(case)
    case = Case.objects.get(pk=case.pk)
    assert desk.post(address, typed(case) | {"shown": "forged"}).status_code == 302
    document = kept(last(case))
    assert last(case).outcome == outcome and document["head"] == case.head and document["checks"]


def test_an_opinion_keeps_the_page_on_which_it_was_written_though_the_file_went_on_meanwhile(client_for: Desk) -> None:
    case, desk = a_file(at="approve"), client_for("finance")
    question = a_question(case)
    case = Case.objects.get(pk=case.pk)
    head, token = case.head, token_of(page_of(desk, case))
    stay = waiting(case)
    form = QuestionForm(a_question_typed(case, "director"), movement=stay, offices=questions.offices_to_ask(stay))
    assert form.is_valid(), form.errors
    questions.ask(stay, by=officer("principal.secretary"), form=form)
    desk.post(reverse("answer", args=[question.pk]), {f"answer{question.pk}-text": "It is.", "shown": token})
    assert (last(case).outcome, kept(last(case))["head"]) == ("answered", head)


def test_whoever_may_sign_nothing_is_given_nothing_to_carry(client_for: Desk) -> None:
    assert 'name="shown"' not in page_of(client_for("auditor"), a_file(at="concur"))


def statements_of_an_opinion(*, keeps: bool) -> int:
    case = a_file(at="approve", title=f"{keeps}")
    question, finance = a_question(case), officer("finance")
    form = AnswerForm({"text": "It is."})
    assert form.is_valid()
    form.sight = snapshots.of(case, question.movement.node, page="file")
    nothing = snapshots.Sealed("", "", "")
    with CaptureQueriesContext(connection) as asked:
        if keeps:
            questions.answer(question, by=finance, form=form)
        else:
            with patch.object(snapshots, "sealed", return_value=nothing), patch.object(snapshots.Sealed, "row", lambda *_: None):
                questions.answer(question, by=finance, form=form)
    assert hasattr(last(case), "snapshot") == keeps
    return len(asked)


def test_what_is_kept_of_an_opinion_is_written_with_its_paragraph() -> None:
    statements_of_an_opinion(keeps=True)
    assert statements_of_an_opinion(keeps=True) == statements_of_an_opinion(keeps=False) + ONE_MORE


# --- persons ------------------------------------------------------------------------------------------------------------


def test_what_concerns_persons_stands_apart_from_what_the_chain_pins() -> None:
    case = apply(name="Kamala Devi", guardian_name="Ram Prasad")
    snapshot = case.notings.get(paragraph=1).snapshot
    record = case.record
    for personal in (record.name, record.guardian_name, record.mobile, record.address):
        assert personal not in snapshot.body and personal in snapshot.personal
    assert "Kamala Devi (Ram Prasad)" in str(kept(case.notings.get(paragraph=1)))


def test_nothing_of_persons_leaves_with_what_an_officer_had_before_him() -> None:
    case = apply(name="Uma", guardian_name="राम")
    snapshot, record = case.notings.get(paragraph=1).snapshot, case.record
    assert "Uma" in snapshot.personal and "राम" in snapshot.personal
    members = exported(case.number)
    left = b"".join(content for name, content in members.items() if not name.startswith("papers/")).decode()
    assert json.dumps(snapshot.body, ensure_ascii=False) in left
    for personal in ("Uma", "राम", record.mobile, record.address, snapshot.salt):
        assert personal not in left
    assert {found["sentence"] for found in checked(members).found} == {
        "It was not sealed yet when this export was made; export again.",
        "There is no seal in anchors.txt: nothing proves when anything was written.",
    }


def test_persons_can_be_erased_and_the_rest_still_verifies(client_for: Desk) -> None:
    case = apply(name="Kamala Devi")
    noting = case.notings.get(paragraph=1)
    Snapshot.objects.filter(noting=noting).update(personal="", salt="", erased_at=timezone.now())
    assert verify([case.number]).ok
    page = english(client_for("auditor")).get(reverse("seen", args=[case.pk, 1])).content.decode()
    assert "Kamala Devi" not in page and "erased by law" in page


@pytest.mark.parametrize("change", [{"body": "{}"}, {"personal": "{}"}, {"salt": "00"}])
def test_nothing_else_of_it_can_be_changed(change: dict[str, str]) -> None:
    case = propose()
    with pytest.raises(DatabaseError), transaction.atomic():
        Snapshot.objects.filter(noting__case=case).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Snapshot.objects.filter(noting__case=case).delete()


# --- read again ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def concurred(client_for: Desk) -> Noting:
    case, desk = a_file(at="concur"), english(client_for("finance"))
    sign(desk, case)
    return last(case)


@pytest.mark.parametrize("language", ["en", "hi"])
def test_it_reads_the_same_though_everything_has_changed(language: str, concurred: Noting, client_for: Desk) -> None:
    case = concurred.case
    reader = client_for("auditor")
    reader.post(reverse("set_language"), {"language": language})
    before = article(reader, concurred)
    an_allotment(30_000_000)
    Officer.objects.filter(username="finance").update(name_en="Somebody Else", name_hi="कोई और")
    Product.objects.filter(pk=case.record.product_id).update(name_en="Renamed", name_hi="बदला")
    District.objects.filter(name_en="Agra").update(name_en="Agra renamed", name_hi="बदला हुआ")
    office("finance").designation.__class__.objects.filter(code="finance").update(name_en="Treasury", name_hi="कोषागार")
    ExhibitionProposal.objects.filter(pk=case.record_id).update(venue="Elsewhere", stalls=1)
    Norm.objects.filter(pk=case.norm_id).update(status=NormStatus.SUPERSEDED)
    Norm.objects.create(
        state=case.state, scheme="EXHIBITION", version="later", applies_from=today() - timedelta(days=1),
        rules={"ceiling": "1.00", "finance_above": "1.00"}, status=NormStatus.PUBLISHED,
    )  # fmt: skip
    take(case, "sanctioned")
    flow = FLOWS["exhibition"]
    with (
        patch.object(snapshots, "HEADINGS", {}),
        patch.object(flow.concur, "task_title", "Another step"),
        patch.object(flow, "process_title", "Another process"),
        patch.object(flow, "machine_checks", staticmethod(lambda record, norm: [])),
        patch.object(flow, "summary", classmethod(lambda cls, case: [])),
    ):
        assert article(reader, concurred) == before
    assert "₹5,00,00,000" in before


def test_what_was_altered_is_shown_as_altered(concurred: Noting, client_for: Desk) -> None:
    reader = english(client_for("auditor"))
    address = reverse("seen", args=[concurred.case_id, concurred.paragraph])
    assert "has the digest that the signed paragraph names" in reader.get(address).content.decode()
    with patch("workflows.pages.sights.sha256_of", return_value="0" * 64):
        assert "is not what the signed paragraph names" in reader.get(address).content.decode()


@pytest.mark.parametrize("column", ["body", "personal"])
def test_what_was_altered_until_it_is_no_document_says_so(column: str, concurred: Noting, client_for: Desk) -> None:
    triggers.remove()
    Snapshot.objects.filter(noting=concurred).update(**{column: '{"said"'})
    response = english(client_for("auditor")).get(reverse("seen", args=[concurred.case_id, concurred.paragraph]))
    assert response.status_code == 409 and "can no longer be read" in response.content.decode()


def test_a_paragraph_without_it_has_no_such_page(client_for: Desk) -> None:
    case = a_file(at="report")
    issued = case.notings.get(outcome="order_issued")
    reader = client_for("auditor")
    assert reader.get(reverse("seen", args=[case.pk, issued.paragraph])).status_code == 404
    assert reader.get(reverse("seen", args=[case.pk, 99])).status_code == 404


def test_the_record_verifies_with_it() -> None:
    a_file(at="report")
    assert verify().ok
