"""What no feature of the desk shows alone: questions, drafts, link officers, pulling back and one signature for many, on the same files."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from programme.calendar import today
from programme.models import Posting
from tests.files import a_draft, a_file, office, officer, take, waiting
from tests.processes.identification_files import propose_product
from tests.workflows.bulk_files import exhibitions, signed, stays_of
from tests.workflows.test_bulk import finished, said_of
from tests.workflows.test_bulk_pages import form_of
from tests.workflows.test_drafted_decisions import an_assistant, key, send
from tests.workflows.test_questions import ask, typed
from tests.workflows.test_signed_out import Desk, the_session_ends
from tests.workflows.test_signed_out import desk as desk_with_passwords  # noqa: F401  # a fixture
from workflows import bulk, questions
from workflows.forms.decisions import WithdrawalForm
from workflows.models import Case, Draft, Enclosure, Movement, Noting, Outcome
from workflows.postings import appoint_link, join
from workflows.record.verifier import verify
from workflows.steps import end_by_clock, withdraw

pytestmark = pytest.mark.django_db
Sit = Callable[[str], Client]
OPINION = "The venue is free on these days."


@pytest.fixture
def desk(client_for: Sit) -> Sit:
    """Return a client that reads English."""

    def sit(username: str) -> Client:
        client = client_for(username)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        return client

    return sit


def link(username: str, at: str, by: str, district: str | None = None, **terms) -> Posting:
    dates = {"starts_on": today(), "ends_on": today() + timedelta(days=5)}
    return appoint_link(officer(username), office(at, district), by=officer(by), **dates, **terms)


def page_of(client: Client, case: Case) -> str:
    return client.get(reverse("file", args=[case.pk])).content.decode()


# Questions, and those who answer for another office


@pytest.mark.parametrize(("upto", "answers"), [(Decimal("1850000"), True), (Decimal("1849999.99"), False)])
def test_a_link_officer_is_shown_and_answers_questions_up_to_his_limit(upto, answers, desk) -> None:
    case = a_file(at="concur")
    [question] = ask(case, office("epb"))
    link("director", "epb", "epb", upto=upto)
    box = {f"answer{question.pk}-text": OPINION}
    assert list(questions.open_to(officer("director"))) == [question] * answers
    assert (next(iter(box)) in page_of(desk("director"), case)) == answers
    sent = desk("director").post(reverse("answer", args=[question.pk]), {**box, **({} if answers else {next(iter(box)): ""})})
    assert sent.status_code == (302 if answers else 403), "the limit is said before the form is judged"


def test_whoever_asked_is_not_offered_to_answer_in_another_charge(desk) -> None:
    case = a_file(at="approve")
    link("principal.secretary", "finance", "finance")
    [question] = ask(case, office("finance"))
    assert list(questions.open_to(officer("principal.secretary"))) == []
    assert f"answer{question.pk}-text" not in page_of(desk("principal.secretary"), case)
    assert list(questions.open_to(officer("finance"))) == [question]


def test_who_holds_several_of_the_offices_asked_together_finds_the_one_he_may_sign(desk) -> None:
    case = propose_product()
    take(case, "supported", at=office("agriculture", "Agra"))
    barred, own = office("animal_husbandry", "Agra"), office("horticulture", "Agra")
    link("agriculture.agra", "animal_husbandry", "veterinary.agra", "Agra")
    join(officer("agriculture.agra"), own, charge="additional", starts_on=today(), by=officer("administrator"))
    assert waiting(case, barred).pk < waiting(case, own).pk
    page = page_of(desk("agriculture.agra"), case)
    assert reverse("decide", args=[waiting(case, own).pk]) in page and "Sign and send" in page


# Drafts, and what ends a stay without them


def test_one_signature_for_many_passes_no_prepared_draft_by(desk) -> None:
    cases = exhibitions(2)
    prepared, other = cases
    an_assistant()
    send(desk("epb"), prepared, "save")
    found = bulk.preview(stays_of(cases), Outcome.RECOMMEND, by=officer("odop.cell"))
    assert [line.stay.case for line in found.lines] == [other]
    assert "Export Promotion Bureau" in found.left_out[0].why and "not signed yet" in found.left_out[0].why


def test_a_draft_prepared_after_the_preview_is_not_passed_by_either(desk) -> None:
    cases = exhibitions(2)
    an_assistant()
    job = signed(stays_of(cases), "recommended", by=officer("odop.cell"))
    send(desk("epb"), cases[0], "save")
    said = said_of(finished(job))
    assert said[cases[1].number][0] == "done" and "not signed yet" in said[cases[0].number][1]
    assert waiting(cases[0]).step == "scrutinise" and Draft.objects.exists() and verify().findings == []


def test_nobody_throws_away_a_draft_that_his_page_did_not_show(desk) -> None:
    case = a_file()
    an_assistant()
    send(desk("odop.cell"), case, "save")
    old = key(case)
    send(desk("epb"), case, "save", text="Prepared anew.")
    assert send(desk("odop.cell"), case, "discard", draft=old).status_code == 409
    assert Draft.objects.get().typed["text"] == ["Prepared anew."]
    assert send(desk("odop.cell"), case, "discard", draft=key(case)).status_code == 302
    assert not Draft.objects.exists()


def test_the_page_names_the_same_preparer_as_the_paragraph(desk) -> None:
    case = a_file()
    for username in ("director", "epb"):
        join(officer(username), office("odop_cell"), charge="additional", starts_on=today(), by=officer("administrator"))
    send(desk("director"), case, "save")
    send(desk("epb"), case, "save", draft=key(case))
    assert "Prepared by Export Promotion Bureau" in page_of(desk("odop.cell"), case)
    send(desk("odop.cell"), case, "sign", draft=key(case), about_1="")
    assert case.notings.get(paragraph=2).prepared_by == officer("epb")


def test_what_was_typed_goes_with_the_stay_that_somebody_else_ends(desk) -> None:
    case = a_file()
    an_assistant()
    send(desk("epb"), case, "save")
    withdraw(case, by=officer("dm.agra"), form=valid(WithdrawalForm({"text": "The venue is not free.", "seen": case.head})))
    assert not Draft.objects.exists()


def test_papers_that_were_never_signed_go_with_the_stay_too() -> None:
    case = a_file(at="correct")
    a_draft(officer("dm.agra"), office("dm", "Agra"), ("cost_estimate",), waiting(case))
    form = valid(WithdrawalForm({"text": "The venue is not free.", "seen": case.head}))
    held = Enclosure.objects.filter(case=case).count()
    withdraw(case, by=officer("dm.agra"), form=form)
    assert not Draft.objects.exists() and Enclosure.objects.count() == held


def test_an_opinion_typed_when_the_clock_closes_the_window_is_gone(desk) -> None:
    case = propose_product()
    stay = waiting(case, office("agriculture", "Agra"))
    desk("agriculture.agra").post(reverse("decide", args=[stay.pk]), {"text": "Nearly ready.", "action": "autosave"})
    assert Draft.objects.filter(movement=stay).exists()
    Movement.objects.filter(pk=stay.pk).update(wakes=stay.received)
    end_by_clock(stay)
    assert not Draft.objects.exists() and verify().findings == []


def valid(form: WithdrawalForm) -> WithdrawalForm:
    assert form.is_valid(), form.errors
    return form


# A sign-in that ended


def sent_after_the_end(desk: Desk, username: str, page: str, address: str, data: dict) -> str:
    """Send a form after the sign-in has ended, sign in again and return the page that comes back."""
    desk.sign_in(username)
    token = desk.token()
    the_session_ends()
    refused = desk.send(address, data, token, page)
    assert refused.status_code == 401
    return desk.read(desk.sign_in_again(refused, username).url)


def test_a_question_comes_back_on_its_form_and_is_not_asked(desk_with_passwords) -> None:  # noqa: F811
    case = a_file()
    data = typed(case, office("finance"), days="9", waiting="goes_on")
    page = sent_after_the_end(
        desk_with_passwords, "odop.cell", reverse("file", args=[case.pk]), reverse("ask", args=[waiting(case).pk]), data
    )
    assert data["ask-text"] in page and 'value="9"' in page
    assert re.search(r"<details open>\s*<summary[^>]*>Ask another office", page), "where the words stand is open"
    assert f'value="{office("finance").pk}" id="id_ask-offices' in page and page.count("checked") >= 2
    assert case.questions.count() == 0


def test_an_opinion_comes_back_on_its_form_and_is_not_given(desk_with_passwords) -> None:  # noqa: F811
    case = a_file(at="approve")
    [question] = ask(case, office("epb"))
    data = {f"answer{question.pk}-text": OPINION}
    page = sent_after_the_end(desk_with_passwords, "epb", reverse("file", args=[case.pk]), reverse("answer", args=[question.pk]), data)
    assert f"{OPINION}</textarea>" in page
    question.refresh_from_db()
    assert question.is_open


def test_a_note_for_many_files_comes_back_with_the_files_and_nothing_is_signed(desk_with_passwords) -> None:  # noqa: F811
    cases = exhibitions(2)
    desk_with_passwords.sign_in("odop.cell")
    token = desk_with_passwords.token()
    ticks = {"stay": [waiting(case).pk for case in cases]}
    shown = desk_with_passwords.send(reverse("bulk"), ticks, token, reverse("inbox")).content.decode()
    data = {**form_of(shown), "text": "One note for both of them."}
    page = sent_after_the_end(desk_with_passwords, "odop.cell", reverse("bulk"), reverse("sign_bulk"), data)
    assert "One note for both of them.</textarea>" in page and form_of(page)["file"] == data["file"]
    assert Noting.objects.filter(outcome="recommended").count() == 0
