"""The story of a file of product identification, told through the verbs that every page and job uses."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from programme import identification
from programme.models import Norm, Product, ProductProposal, Rank, RankDecision
from tests.files import a_draft, begin, office, officer, take, waiting
from tests.processes.identification_files import (
    OPINIONS,
    PAPERS,
    a_product_file,
    answer,
    change,
    desk_of,
    in_additional_charge,
    keep_silent,
    new_product,
    propose_product,
    reopened,
    step_of,
)
from workflows import authority
from workflows.authority import Refusal
from workflows.flows import IdentificationFlow
from workflows.forms.decisions import WithdrawalForm
from workflows.history import note_sheet
from workflows.letters.letter import letter_of
from workflows.models import Case, Movement, Notice
from workflows.record.verifier import verify
from workflows.steps import may_withdraw, withdraw

pytestmark = pytest.mark.django_db


def primary(district: str = "Agra") -> Product:
    return Product.objects.get(district__name_en=district, rank=Rank.PRIMARY, live=True)


def typed(data: dict[str, Any], district: str = "Agra", kinds: tuple[str, ...] = PAPERS) -> Any:
    """Return the first form as it stands after it was sent."""
    at, signer = office("dic", district), officer(f"dic.{district.lower()}")
    draft = a_draft(signer, at, kinds, process="identification")
    norm = Norm.objects.get(scheme="PRODUCT_IDENTIFICATION", state=at.designation.state)
    return IdentificationFlow.propose.form_class(data, office=at, officer=signer, norm=norm, papers=list(draft.enclosures.all()))


def last_text(case: Case, language: str) -> str:
    with translation.override(language):
        return next(p.text for p in reversed(note_sheet(case).paragraphs) if p.body["outcome"] != "order_issued")


def test_petha_enters_the_register_as_secondary_while_leather_is_primary():
    case = reopened(a_product_file(at="notified"))
    assert (case.ending, case.status) == ("notified", "DONE")
    petha = Product.objects.get(name_en="Petha")
    assert (petha.rank, petha.live, petha.decided_in, petha.name_hi) == ("secondary", True, case.number, "पेठा")
    assert primary().name_en == "Leather Products"
    decision = RankDecision.objects.get(file_number=case.number)
    assert (decision.product, decision.rank_from, decision.rank_to) == (petha, "", "secondary")
    assert [n.outcome for n in case.notings.order_by("paragraph")] == [
        "submitted", *["supported"] * 5, "recommended", "recommended", "approved", "entered", "order_issued",
    ]  # fmt: skip
    assert "Petha" in last_text(case, "en") and "Secondary" in last_text(case, "en")
    assert "पेठा" in last_text(case, "hi")
    assert note_sheet(case).holds
    assert verify().findings == []


def test_the_entry_says_what_it_changed_in_the_record():
    case = a_product_file(at="notified")
    body = json.loads(case.notings.get(outcome="entered").body)
    petha = Product.objects.get(name_en="Petha")
    assert body["register"] == {"product": petha.pk, "rank_from": "", "rank_to": "secondary"}
    assert body["changes"]["product_id"] == [None, petha.pk]
    told = Notice.objects.get(case=case)
    assert (told.kind, told.office) == ("issued", office("dic", "Agra"))


def test_the_order_of_approval_is_signed_by_who_approved():
    letter = letter_of(a_product_file(at="notified").order, "en")
    assert (letter.title, letter.signatory.name) == ("Order of approval", officer("principal.secretary").name_en)


def test_the_dossier_of_a_product_is_that_of_its_latest_notified_file():
    case = a_product_file(at="notified")
    petha = Product.objects.get(name_en="Petha")
    assert identification.dossier(petha).pk == case.record_id
    later = change("rank", petha, "tertiary", production="Sixty units have closed.", kinds=())
    kinds = later.pop("kinds")
    waiting_case = a_product_file(at="approve", data=later, kinds=kinds)
    assert identification.dossier(petha).pk == case.record_id
    take(waiting_case, "approved")
    assert identification.dossier(petha).production == "Sixty units have closed."
    assert identification.dossier(primary()) is None


@pytest.mark.parametrize("district", ["Agra", "Mathura"])
def test_a_second_primary_is_refused_at_the_form_by_the_name_of_the_first(district):
    form = typed(new_product(rank="primary"), district)
    assert not form.is_valid() and list(form.errors) == ["rank"]
    assert primary(district).name in str(form.errors["rank"])


def test_raising_a_secondary_product_beside_a_primary_is_refused_at_the_form():
    secondary = Product.objects.filter(district=118, rank=Rank.SECONDARY).first()
    form = typed(change("rank", secondary, "primary"), kinds=())
    assert not form.is_valid() and list(form.errors) == ["rank"]


@pytest.mark.parametrize("room", [("rank", "secondary"), ("retire", "")], ids=["demoted", "retired"])
def test_a_decision_on_the_primary_makes_room_for_another(room):
    proposed, rank = room
    leather = primary()
    case = a_product_file(at="notified", data=change(proposed, leather, rank), kinds=())
    leather.refresh_from_db()
    assert (leather.live, leather.rank) == ((True, "secondary") if rank else (False, "primary"))
    assert leather.decided_in == case.number
    assert RankDecision.objects.get(product=leather).rank_to == rank
    a_product_file(at="notified", rank="primary")
    assert primary().name_en == "Petha"
    assert verify().findings == []


def test_a_second_primary_on_the_way_is_stopped_at_approval_and_the_page_says_why():
    a_product_file(at="notified", data=change("retire", primary()), kinds=())
    first = a_product_file(at="approve", rank="primary")
    second = a_product_file(at="approve", rank="primary", name_en="Marble inlay", name_hi="संगमरमर जड़ाई", title="Marble")
    take(first, "approved")
    movement = waiting(second)
    form = movement.node.form_class({"outcome": "approved", "seen": second.head}, movement=movement, officer=officer("principal.secretary"))
    assert not form.is_valid() and primary().name in str(form.errors["outcome"])
    assert [check.code for check in form.checks if check.level == "stop"] == ["primary"]
    take(second, "returned", text="As secondary.", return_to="correct")
    take(second, "submitted", **new_product(name_en="Marble inlay", name_hi="संगमरमर जड़ाई", title="Marble"))
    assert step_of(second) == "consult"


def test_the_entry_itself_refuses_a_second_primary_and_leaves_nothing_behind(monkeypatch):
    a_product_file(at="notified", data=change("retire", primary()), kinds=())
    first = a_product_file(at="approve", rank="primary")
    second = a_product_file(at="approve", rank="primary", name_en="Marble inlay", name_hi="संगमरमर जड़ाई", title="Marble")
    take(first, "approved")
    monkeypatch.setattr(IdentificationFlow, "machine_checks", staticmethod(lambda record, norm: []))
    with pytest.raises(Refusal, match=r"Petha|पेठा"):
        take(second, "approved")
    second = reopened(second)
    assert step_of(second) == "approve" and second.record.product is None
    assert not Product.objects.filter(name_en="Marble inlay").exists()
    assert RankDecision.objects.filter(file_number=second.number).count() == 0


def test_a_product_retired_meanwhile_is_not_changed_any_more():
    leather = primary()
    rank = a_product_file(at="approve", data=change("rank", leather, "secondary"), kinds=())
    a_product_file(at="notified", data=change("retire", leather), kinds=())
    checks = IdentificationFlow.checks(reopened(rank))
    assert [check.code for check in checks if check.level == "stop"] == ["product"]
    movement = waiting(rank)
    form = movement.node.form_class({"outcome": "approved", "seen": rank.head}, movement=movement, officer=officer("principal.secretary"))
    assert not form.is_valid()
    take(rank, "rejected", text="It is retired.")
    assert verify().findings == []


FAULTS = {
    "without a Hindi name": ({"name_hi": ""}, "name_hi"),
    "without a sector": ({"sector": ""}, "sector"),
    "without a rank": ({"rank": ""}, "rank"),
    "without a dossier": ({"production": ""}, "production"),
    "without saying what": ({"proposed": ""}, "proposed"),
    "registered without a number": ({"gi": "registered"}, "gi_number"),
    "a name the register holds": ({"name_en": "stone and MARBLE handicraft"}, "name_en"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_an_incomplete_new_product_is_refused_at_its_field(fault):
    changes, field = FAULTS[fault]
    form = typed(new_product(**changes))
    assert not form.is_valid() and list(form.errors) == [field]


def test_a_new_product_names_none_of_the_register_and_asks_for_its_papers():
    form = typed(new_product(product=primary().pk), kinds=())
    assert not form.is_valid()
    assert set(form.errors) == {"product", "paper_cluster_report", "paper_photographs"}


def test_a_change_of_rank_asks_for_a_product_and_another_rank():
    assert list(typed(change("rank", primary(), "primary"), kinds=()).errors) == ["rank"]
    assert list(typed({**change("rank", primary(), "secondary"), "product": ""}, kinds=()).errors) == ["product"]
    assert list(typed(change("retire", primary(), "secondary"), kinds=()).errors) == ["rank"]
    other = Product.objects.filter(district__name_en="Mathura").first()
    assert list(typed(change("retire", other), kinds=()).errors) == ["product"]


def test_silence_is_no_objection_and_the_record_says_so_in_both_languages():
    case = propose_product()
    answer(case, "agriculture")
    keep_silent(case)
    assert step_of(case) == "recommend"
    silent = case.notings.filter(outcome="silent")
    assert silent.count() == 4
    assert all("Silence is no objection" in json.loads(noting.body)["text"] for noting in silent)
    assert all(json.loads(noting.body)["text_hi"] for noting in silent)
    assert "Silence is no objection" in last_text(reopened(case), "en")
    assert verify().findings == []


def test_an_opinion_against_needs_a_reason_and_stops_nothing():
    case = propose_product()
    movement = waiting(case, desk_of(case, "handloom"))
    form = movement.node.form_class({"outcome": "opposed", "seen": case.head}, movement=movement, officer=officer("handloom.agra"))
    assert not form.is_valid() and list(form.errors) == ["text"]
    assert [value for value, _label in form.fields["outcome"].choices] == ["supported", "opposed"]
    for designation in OPINIONS:
        answer(case, designation, "opposed", text="The units are few.")
    assert step_of(case) == "recommend"


def test_a_returned_proposal_comes_back_to_the_centre_and_goes_on_from_the_magistrate():
    case = a_product_file(at="correct")
    assert (waiting(case).office, waiting(case).returns_to) == (office("dic", "Agra"), "recommend")
    take(case, "submitted", **new_product(production="Noori Darwaza 300, Kosi road 150 units."))
    assert step_of(case) == "recommend"


def test_a_change_of_the_proposal_itself_asks_the_departments_again():
    case = a_product_file(at="correct")
    take(case, "submitted", **new_product(rank="tertiary"))
    assert {movement.step for movement in case.movements.filter(disposed=None)} == {"consult"}
    assert case.movements.filter(disposed=None).count() == 5
    assert json.loads(case.notings.order_by("-paragraph")[0].body)["lapsed"] == [2, 3, 4, 5, 6]


def test_a_return_from_the_secretary_finds_its_way_back():
    case = a_product_file(at="approve")
    take(case, "returned", text="Check the sector.", return_to="scrutinise")
    take(case, "returned", text="Is it food processing?")
    assert (step_of(case), waiting(case).returns_to) == ("correct", "scrutinise")
    take(case, "submitted", **new_product(text="Yes."))
    assert (step_of(case), waiting(case).returns_to) == ("scrutinise", "approve")
    take(case, "recommended")
    assert step_of(case) == "approve"


@pytest.mark.parametrize("at", ["recommend", "scrutinise", "approve"])
def test_a_rejected_proposal_ends_with_its_reason_and_the_register_stays(at):
    case = a_product_file(at=at)
    before = Product.objects.count()
    take(case, "rejected", text="The cluster is too small.")
    case = reopened(case)
    assert (case.ending, case.record.dropped, Product.objects.count()) == ("rejected", True, before)
    assert verify().findings == []


@pytest.mark.parametrize("at", ["consult", "recommend", "scrutinise", "approve", "correct"])
def test_the_centre_may_withdraw_until_the_approval(at):
    case = reopened(a_product_file(at=at))
    dic = officer("dic.agra")
    assert may_withdraw(dic, case)
    form = WithdrawalForm({"text": "The survey is done again.", "seen": case.head})
    assert form.is_valid()
    withdraw(case, by=dic, form=form)
    assert reopened(case).ending == "withdrawn"
    assert not case.movements.filter(disposed=None).exists()
    assert verify().findings == []


def test_whoever_proposed_gives_no_opinion_and_does_not_recommend():
    case = propose_product()
    in_additional_charge("dic.agra", desk_of(case, "handloom"))
    assert not authority.may_take(officer("dic.agra"), waiting(case, desk_of(case, "handloom")))
    assert authority.may_take(officer("handloom.agra"), waiting(case, desk_of(case, "handloom")))


def test_una_gets_its_first_primary_product():
    place = {designation: office(designation, "Una", "HP") for designation in ("gm_dic", "dc")}
    in_additional_charge("gm.bilaspur", place["gm_dic"])
    in_additional_charge("dc.bilaspur", place["dc"])
    data = new_product(rank="primary", name_en="Potato products", name_hi="आलू उत्पाद", title="Una: potato products")
    case = begin(IdentificationFlow, place["gm_dic"], data, by="gm.bilaspur", kinds=PAPERS)
    assert case.number.startswith("HP/PRD/")
    assert case.movements.filter(disposed=None).count() == 4
    keep_silent(case)
    take(case, "recommended", by="dc.bilaspur")
    take(case, "recommended", by="odop.cell.hp")
    take(case, "approved", by="acs.industries")
    assert reopened(case).ending == "notified"
    assert primary("Una").name_en == "Potato products"
    assert {movement.office.designation.state.short for movement in case.movements.all()} == {"HP"}
    assert verify().findings == []


def test_the_window_is_the_norms_own_and_ends_with_a_working_day():
    stay = waiting(propose_product(), office("agriculture", "Agra"))
    assert stay.wakes == stay.due
    assert timezone.localtime(stay.wakes) - timezone.localtime(stay.received) > timedelta(days=18)


def test_the_checks_of_a_proposal_cost_few_queries(django_assert_max_num_queries):
    record = ProductProposal.read(propose_product().record_id)
    norm = Norm.objects.get(scheme="PRODUCT_IDENTIFICATION", state=9)
    with django_assert_max_num_queries(4):
        checks = identification.machine_checks(record, norm)
    assert {check.level for check in checks} <= {"ok", "look"} and len(checks) >= 3


def test_an_approval_costs_few_statements(django_assert_max_num_queries):
    case = a_product_file(at="approve")
    with django_assert_max_num_queries(61):
        take(case, "approved")
    assert not Movement.objects.filter(case=case, disposed=None).exists()
