"""Objections: kinds, answers one by one, what is marked as repeated or late, and how they are counted."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from programme.models import Product
from tests.files import PDF, a_draft, a_file, a_paper, office, officer, take, waiting
from tests.processes.loan_files import a_loan, corrected, lend
from workflows import objections
from workflows.forms.decisions import PullBackForm
from workflows.history import note_sheet
from workflows.models import Case, Draft, Objection
from workflows.objections import Tally
from workflows.pulling_back import pull_back
from workflows.record.verifier import verify

pytestmark = pytest.mark.django_db


def read_again(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def replies(case: Case, text: str = "See the quotation.") -> dict[str, str]:
    """Return an answer to each open objection, by the name of its field."""
    return {f"reply_{objection.pk}": text for objection in case.objections.filter(answered_in=None, taken_back_in=None)}


def returned(case: Case, **objected: Any) -> Case:
    """Return a file with objections ``about=words`` in their order; a paper's name begins with ``paper_``."""
    typed: dict[str, Any] = {}
    for row, (about, text) in enumerate(objected.items(), 1):
        to = about.replace("paper_", "paper:")
        typed |= {f"about_{row}": to, f"kind_{row}": "other", f"objection_{row}": text}
    return take(case, "returned", return_to="correct", **typed)


def marks(case: Case) -> list[tuple[str, bool, bool]]:
    return list(case.objections.order_by("pk").values_list("to", "repeated", "late"))


def last(case: Case) -> dict[str, Any]:
    return json.loads(case.notings.order_by("-paragraph")[0].body)


def test_an_objection_says_what_kind_of_fault_it_is():
    movement = waiting(a_file())
    typed = {"outcome": "returned", "seen": movement.case.head, "about_1": "stalls", "objection_1": "Too many."}
    form = movement.node.form_class(typed, movement=movement, officer=officer("odop.cell"))
    assert not form.is_valid() and list(form.errors) == ["kind_1"]
    case = take(movement.case, "returned", about_1="stalls", kind_1="rule", objection_1="Too many.")
    assert case.objections.get().code == last(case)["objections"][0]["code"] == "rule"
    assert note_sheet(read_again(case)).paragraphs[-1].objections[0].kind == "Rule is not met"


def test_each_objection_is_answered_where_nothing_was_changed_and_need_not_be_where_it_was_put_right():
    case = returned(a_file(), stalls="Too many.", venue="Which hall?")
    stalls, venue = case.objections.order_by("pk")
    with pytest.raises(AssertionError, match=f"reply_{venue.pk}"):
        take(case, "submitted", stalls="50")
    take(case, "submitted", stalls="50", **{f"reply_{venue.pk}": "Hall 3, as the letter says."})
    stalls.refresh_from_db()
    venue.refresh_from_db()
    assert (stalls.answer, venue.answer) == ("", "Hall 3, as the letter says.")
    assert stalls.answered_in == venue.answered_in and stalls.answered_in.paragraph == 3
    assert last(case)["answered"] == [
        {"to": "stalls", "objection": "Too many.", "paragraph": 2, "answer": ""},
        {"to": "venue", "objection": "Which hall?", "paragraph": 2, "answer": "Hall 3, as the letter says."},
    ]
    assert [row[1] for row in note_sheet(read_again(case)).paragraphs[-1].answered] == ["", "Hall 3, as the letter says."]
    assert verify().findings == []


@pytest.mark.parametrize("typed", [{"venue": " Expo  Mart "}, {"venue": "Expo\u200d Mart"}, {}])
def test_white_space_and_joiners_are_no_correction(typed):
    case = returned(a_file(), venue="Which hall?")
    with pytest.raises(AssertionError, match="Nothing was changed"):
        take(case, "submitted", **typed)


@pytest.mark.parametrize("amount", ["18,50,000", "1850000", "₹ 18,50,000.00", "१८,५०,०००"])
def test_an_amount_written_another_way_is_no_correction(amount):
    case = returned(a_file(), amount_asked="No basis.")
    with pytest.raises(AssertionError, match="Nothing was changed"):
        take(case, "submitted", amount_asked=amount)


@pytest.mark.parametrize(
    ("field", "same", "new"),
    [
        ("districts_shown", None, []),
        ("nodal_mobile", "98765 43210", "9876543211"),
        ("stalls", "६०", "50"),
        ("purpose", "Products of six districts  for the festival season.", "Products of nine districts."),
    ],
)
def test_choices_numbers_and_words_are_seen_to_be_corrected(field, same, new):
    case = returned(a_file(), **{field: "Look."})
    with pytest.raises(AssertionError, match="Nothing was changed"):
        take(case, "submitted", **{field: same} if same else {})
    take(case, "submitted", **{field: new})
    assert case.objections.get().answered_in.paragraph == 3


def test_a_day_or_a_product_chosen_again_is_no_correction_and_another_is():
    case = returned(a_file(), starts_on="A holiday.", product="Which?")
    record = case.record
    with pytest.raises(AssertionError, match="Nothing was changed"):
        take(case, "submitted", starts_on=record.starts_on.strftime("%d-%m-%Y"))
    another = Product.objects.filter(district=case.district, live=True).exclude(pk=record.product_id).first()
    take(case, "submitted", starts_on=(record.starts_on + timedelta(days=1)).isoformat(), product=another.pk)
    assert not case.objections.filter(answered_in=None).exists()


def test_a_number_of_a_person_left_empty_is_no_correction_and_a_new_one_is():
    case = returned(a_loan(), aadhaar="Not the number of the card.")
    with pytest.raises(AssertionError, match="Nothing was changed"):
        corrected(case)
    case = corrected(case, aadhaar="2345 6789 0124")
    assert case.objections.get().answered_in is not None


def test_a_new_paper_answers_and_the_same_bytes_do_not():
    case = returned(a_file(), paper_cost_estimate="Not legible.")
    with pytest.raises(AssertionError, match="Nothing was changed"):
        take(case, "submitted", papers=("cost_estimate",), marker="")
    take(case, "submitted", papers=("cost_estimate",))
    assert case.objections.get().answered_in.paragraph == 3


def test_only_what_is_objected_to_is_open_and_each_has_its_answer_beside_it(client_for):
    case = returned(a_file(), stalls="Too many.", paper_cost_estimate="Not legible.")
    page = client_for("dm.agra").get(reverse("step", args=[waiting(case).pk])).content.decode()
    stalls, paper = case.objections.order_by("pk")
    assert page.index('name="stalls"') < page.index(f'name="reply_{stalls.pk}"')
    assert page.index('name="paper_cost_estimate"') < page.index(f'name="reply_{paper.pk}"')
    assert 'name="venue"' not in page and 'name="paper_proposal_letter"' not in page


def test_answers_are_kept_with_the_draft_and_refused_at_their_field(client_for):
    case = returned(a_file(), stalls="Too many.")
    name = f"reply_{case.objections.get().pk}"
    client, address = client_for("dm.agra"), reverse("step", args=[waiting(case).pk])
    assert client.post(address, {"action": "save", "stalls": "60", name: "Sixty were sold."}).status_code == 302
    assert Draft.objects.get(movement=waiting(case)).typed[name] == ["Sixty were sold."]
    assert "Sixty were sold." in client.get(address).content.decode()
    head = read_again(case).head
    refused = client.post(address, {"action": "submit", "stalls": "60", name: " ", "seen": head})
    assert refused.status_code == 422 and f'href="#id_{name}"' in refused.content.decode()
    assert client.post(address, {"action": "submit", "stalls": "60", name: "Sixty were sold.", "seen": head}).status_code == 302
    assert case.objections.get().answer == "Sixty were sold."


def test_an_answer_to_an_objection_that_is_none_is_not_kept(client_for):
    case = returned(a_file(), stalls="Too many.")
    client, address = client_for("dm.agra"), reverse("step", args=[waiting(case).pk])
    data = {"action": "submit", "stalls": "50", "reply_987654": "Forged.", "reply_x": "Forged.", "seen": read_again(case).head}
    assert client.post(address, data).status_code == 302
    assert not Objection.objects.filter(answer__contains="Forged").exists()


def test_the_same_point_a_second_time_is_repeated_whether_it_was_changed_or_only_answered():
    case = returned(a_file(), stalls="Too many.")
    take(case, "submitted", **replies(case))
    returned(case, stalls="Still too many.")
    take(case, "submitted", stalls="50")
    returned(case, stalls="And now too few.")
    assert marks(case) == [("stalls", False, False), ("stalls", True, False), ("stalls", True, False)]


def test_a_point_that_could_have_been_raised_the_first_time_is_late():
    case = returned(a_file(), stalls="Too many.")
    take(case, "submitted", stalls="50")
    returned(case, stalls="Too few.", venue="Which hall?", purpose="Too short.")
    assert marks(case)[1:] == [("stalls", True, False), ("venue", False, True), ("purpose", False, True)]
    assert [said["late"] for said in last(case)["objections"]] == [False, True, True]


def test_what_was_changed_in_between_is_not_late():
    case = take(a_file(), "returned", text="Look through it once more.")
    take(case, "submitted", venue="Shilpgram", papers=("cost_estimate",))
    returned(case, venue="Which hall?", paper_cost_estimate="No stamp.", paper_proposal_letter="No stamp.")
    assert marks(case) == [("venue", False, False), ("paper:cost_estimate", False, False), ("paper:proposal_letter", False, True)]


def test_what_another_step_let_pass_is_not_late_for_this_one():
    case = returned(a_file(), stalls="Too many.")
    take(case, "submitted", stalls="50")
    take(case, "recommended")
    returned(case, venue="Which hall?")
    assert marks(case)[-1] == ("venue", False, False)


def test_a_return_that_was_pulled_back_was_no_first_return():
    case = returned(a_file(), stalls="Too many.")
    form = PullBackForm({"text": ""})
    assert form.is_valid()
    pull_back(case, by=officer("odop.cell"), form=form)
    returned(case, venue="Which hall?", stalls="Too many.")
    assert marks(case)[1:] == [("venue", False, False), ("stalls", False, False)]
    assert objections.tally(objections.standing(case)) == Tally(raised=2)


def test_personal_facts_and_numbers_count_as_changed():
    case = take(a_loan(at="examine"), "returned", text="Look again.", return_to="correct")
    case = corrected(case, address="Raja Mandi, Agra", aadhaar="2345 6789 0124")
    while waiting(case).step != "examine":
        case = take(case, "recommended") if waiting(case).step != "appraise" else lend(case)
    returned(case, address="Where?", aadhaar="Which?", mobile="Whose?")
    assert marks(case) == [("address", False, False), ("aadhaar", False, False), ("mobile", False, True)]


def test_objections_are_counted_by_process_step_and_office():
    first = returned(a_file(), stalls="Too many.", venue="Which hall?")
    take(first, "submitted", stalls="50", **replies(first))
    returned(first, stalls="Too few.", purpose="Too short.")
    second = returned(a_file(at="approve", district="Mathura"), stalls="Why?")
    counted = objections.tally_by_step(Objection.objects.all())
    assert counted == {
        ("exhibition", "scrutinise", office("odop_cell").pk): Tally(raised=4, repeated=1, late=1),
        ("exhibition", "approve", office("principal_secretary").pk): Tally(raised=1),
    }
    assert objections.tally(objections.standing(second)) == Tally(raised=1)


def test_the_file_page_says_how_many_of_which_kind_and_shows_each_with_its_answer(client_for):
    case = returned(a_file(), stalls="Too many.")
    take(case, "submitted", **replies(case, "Sixty were sold last year."))
    returned(case, stalls="Still.", venue="Which hall?")
    client = client_for("auditor")
    client.cookies["django_language"] = "en"
    page = client.get(reverse("file", args=[case.pk])).content.decode()
    assert "3 objections, of which 1 repeated, 1 could have been raised the first time" in page
    assert "Sixty were sold last year." in page and page.count("Repeated objection") >= 2
    opened = client_for("odop.cell").get(reverse("file", args=[case.pk])).content.decode()
    assert 'class="objection"' not in opened and "objected" not in opened, "an objection stands beside the field of the correction alone"


def test_a_kept_paper_beside_a_draft_with_the_same_bytes_stays_the_one_that_counts():
    case = take(a_file(at="approve"), "returned", text="Attach it again.", return_to="correct")
    dm, movement = officer("dm.agra"), waiting(case)
    draft = a_draft(dm, movement.office, (), movement)
    a_paper(draft, "cost_estimate", by=dm, content=PDF)
    assert draft.enclosures.count() == 1
    take(case, "submitted", papers=("cost_estimate",), marker="")
    assert case.enclosures.filter(kind="cost_estimate").count() == 1 and waiting(case).step == "approve"
