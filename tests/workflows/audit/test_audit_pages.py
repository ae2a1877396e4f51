"""The pages of the bench: counts that lead to hits, notings by their words, a sample drawn and tested by an auditor."""

import pytest
from django.urls import reverse

from programme.models import District
from tests.files import a_file, propose, take
from tests.workflows.audit.windows import in_english
from workflows.audit import exceptions, notings
from workflows.audit.exceptions import KINDS
from workflows.models import Sample, TestResult

pytestmark = pytest.mark.django_db


def get(client, name, *args, **query):
    return client.get(reverse(name, args=args), query)


def test_the_count_of_a_kind_is_the_number_of_its_hits_and_each_names_its_paragraph(client_for):
    case = take(propose(), "recommended")
    take(case, "returned", text="Why?", return_to="scrutinise")
    client = in_english(client_for("auditor"))
    page = get(client, "exceptions")
    assert [kind.code for kind, _count in page.context["rows"]] == list(KINDS)
    counted = {kind.code: count for kind, count in page.context["rows"]}
    listed = {code: get(client, "exceptions_of_kind", code).context["page"].paginator.count for code in KINDS}
    assert counted == listed and counted["late"] == 0


def test_a_hit_leads_to_its_paragraph_and_to_an_observation(client_for):
    case = a_file(at="certify")
    page = get(in_english(client_for("auditor")), "exceptions_of_kind", "uncertified").content.decode()
    n = case.order.noting.paragraph
    assert f"{reverse('history', args=[case.pk])}#p{n}" in page
    assert f"{reverse('observe', args=[case.pk])}?paragraph={n}" in page


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"first": "2026-05-01", "last": "2026-04-01"}, "This day lies before the first one."),
        ({"first": "2020-04-01", "last": "2026-04-01"}, "At most three years"),
        ({"first": "tomorrow"}, "Write the date as day-month-year"),
        ({"district": "x"}, "Select a valid choice"),
    ],
)
def test_a_window_that_cannot_be_read_is_refused_at_its_field_and_nothing_is_counted(query, sentence, client_for):
    for name, args in (("exceptions", []), ("exceptions_of_kind", ["late"]), ("audit_notings", [])):
        page = get(in_english(client_for("auditor")), name, *args, **query)
        assert page.status_code == 400 and sentence in page.content.decode()


def test_a_kind_that_does_not_exist_is_no_address(client_for):
    assert get(in_english(client_for("auditor")), "exceptions_of_kind", "nonsense").status_code == 404


def test_notings_are_found_by_their_words_with_the_words_marked(client_for):
    case = take(propose(), "recommended", text="The stall rate follows the Mathura precedent.")
    take(propose("Mathura"), "recommended", text="Nothing to add.")
    client = in_english(client_for("auditor"))
    page = get(client, "audit_notings", q="precedent")
    [(noting, pieces)] = page.context["hits"]
    assert (noting.case, noting.paragraph) == (case, 2) and ("precedent", True) in pieces
    assert get(client, "audit_notings", q="precedent", outcome="returned").context["hits"] == []
    mathura = District.objects.get(name_en="Mathura", state__short="UP")
    assert get(client, "audit_notings", q="precedent", district=mathura.pk).context["hits"] == []
    assert get(client, "audit_notings", q="stall add").context["hits"] == [], "the words stand in two paragraphs"
    assert len(get(client, "audit_notings").context["hits"]) == 4


def test_an_auditor_draws_a_sample_from_a_selection_tests_a_file_and_takes_the_paper_along(client_for):
    propose("Mathura")
    case, client = propose(), in_english(client_for("auditor"))
    agra = case.district_id
    address = f"{reverse('new_sample')}?district={agra}"
    assert "1 file, ₹18,50,000 in all" in client.get(address).content.decode()
    typed = {"title": "Agra", "method": "random", "size": "5", "seed": "2026", "steps": "Order quotes the norm\nPapers are dated"}
    answer = client.post(address, typed)
    sample = Sample.objects.get()
    assert answer.url == reverse("sample", args=[sample.pk])
    assert (sample.query, [item.case for item in sample.items.all()]) == (f"district={agra}", [case])
    first, second = sample.steps.all()
    tested = {f"step-{first.pk}-finding": "met", f"step-{second.pk}-finding": "not_met", f"step-{second.pk}-text": "Two are not."}
    assert client.post(reverse("sample_item", args=[sample.pk, 1]), tested).status_code == 302
    assert [(result.finding, result.text) for result in TestResult.objects.all()] == [("met", ""), ("not_met", "Two are not.")]
    for name in ("sample", "sample_paper"):
        page = get(client, name, sample.pk).content.decode()
        assert "Two are not." in page and sample.digest in page and "2026" in page
    client.post(reverse("add_test_step", args=[sample.pk]), {"text": "Signed in time"})
    assert [step.text for step in sample.steps.all()] == ["Order quotes the norm", "Papers are dated", "Signed in time"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"size": "0"}, "greater than or equal to 1"),
        ({"size": "501"}, "At most 500 files are drawn at once."),
        ({"method": "stratified"}, "Choose by what the files are stratified."),
        ({"method": "guess"}, "Select a valid choice"),
        ({"seed": ""}, "This field is required."),
        ({"steps": "x" * 301}, "A line has at most 300 characters."),
        ({"steps": "x\n" * 41}, "at most 40 attributes"),
    ],
)
def test_a_sample_that_cannot_be_drawn_is_refused_at_its_field(typed, sentence, client_for):
    propose()
    sent = {"title": "Agra", "method": "random", "size": "5", "seed": "2026", **typed}
    answer = in_english(client_for("auditor")).post(reverse("new_sample"), sent)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert not Sample.objects.exists()


def test_what_is_not_met_must_be_said(client_for):
    propose()
    client = in_english(client_for("auditor"))
    client.post(reverse("new_sample"), {"title": "Agra", "method": "random", "size": "1", "seed": "2026", "steps": "Signed"})
    step = Sample.objects.get().steps.get()
    answer = client.post(reverse("sample_item", args=[Sample.objects.get().pk, 1]), {f"step-{step.pk}-finding": "not_met"})
    assert answer.status_code == 422 and "Say what is not met." in answer.content.decode()
    assert not TestResult.objects.exists()


def test_a_sample_of_another_state_is_no_address(client_for):
    propose()
    in_english(client_for("auditor")).post(reverse("new_sample"), {"title": "Agra", "method": "random", "size": "1", "seed": "2026"})
    for name in ("sample", "sample_paper", "sample_sheet"):
        assert get(client_for("auditor.hp"), name, Sample.objects.get().pk).status_code == 404


def test_the_counts_stop_at_the_most_and_are_not_made_anew_for_ten_minutes(client_for, monkeypatch):
    a_file(at="certify")
    monkeypatch.setattr(exceptions, "MOST", 0)
    client = in_english(client_for("auditor"))
    first = get(client, "exceptions")
    a_file(at="certify", district="Mathura")
    second = get(client, "exceptions")
    counts = [{kind.code: count for kind, count in page.context["rows"]}["uncertified"] for page in (first, second)]
    assert counts == [1, 1] and first.context["counted_at"] == second.context["counted_at"]


def test_a_search_that_finds_more_than_anybody_reads_says_so_and_shows_the_newest(client_for, monkeypatch):
    monkeypatch.setattr(notings, "MOST", 2)
    cases = [propose(district) for district in ("Agra", "Mathura", "Lucknow")]
    page = get(in_english(client_for("auditor")), "audit_notings")
    assert [noting.case for noting, _pieces in page.context["hits"]] == cases[:0:-1]
    assert "the newest 2 are shown" in page.content.decode()
