from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from programme.identification import NotInTheRegister, dossier, enter_in_register, machine_checks
from programme.models import District, Norm, Product, ProductProposal, Proposed, Rank, RankDecision, Sector

NUMBER = "UP/PRD/2026-27/0001"


@pytest.fixture
def norm(up):
    return Norm.in_force("PRODUCT_IDENTIFICATION", up, date(2026, 11, 1))


def proposal(district: District, **changes) -> ProductProposal:
    facts = {
        "district": district,
        "title": "Petha",
        "proposed": Proposed.NEW,
        "reasons": "Known everywhere.",
        "name_en": "Petha",
        "name_hi": "पेठा",
        "sector": Sector.objects.get(code="FOOD"),
        "rank": Rank.SECONDARY,
        "production": "Noori Darwaza.",
        "units": 450,
        "households": 2100,
        "gi": "registered",
        "gi_number": "GI-1",
    }
    return ProductProposal.objects.create(**facts | changes)


def change(product: Product, proposed: str, rank: str = "") -> ProductProposal:
    empty = {"name_en": "", "name_hi": "", "sector": None, "production": "", "gi": "none", "gi_number": ""}
    return proposal(product.district, proposed=proposed, product=product, rank=rank, **empty)


def primary(district: District) -> Product:
    return Product.objects.get(district=district, rank=Rank.PRIMARY, live=True)


def levels(found, code: str = "") -> list[str]:
    return [check.level for check in found if check.code == code]


def test_a_sound_proposal_passes_every_check(agra, norm):
    assert {check.level for check in machine_checks(proposal(agra), norm)} == {"ok"}


def test_a_second_primary_stops_the_approval_by_the_name_of_the_first(agra, norm):
    found = machine_checks(proposal(agra, rank=Rank.PRIMARY), norm)
    [stop] = [check for check in found if check.level == "stop"]
    assert stop.code == "primary" and primary(agra).name in stop.text and not stop.at_once


@pytest.mark.parametrize("names", [{"name_en": "LEATHER products"}, {"name_hi": "चर्म उत्पाद"}])
def test_a_name_that_the_register_holds_stops_the_approval(agra, norm, names):
    assert levels(machine_checks(proposal(agra, **names), norm), "name") == ["stop"]


def test_the_same_name_in_another_district_is_only_said(agra, mathura, norm):
    enter_in_register(proposal(mathura), file_number=NUMBER)
    [look] = [check for check in machine_checks(proposal(agra), norm) if check.level == "look"]
    assert mathura.name in look.text


def test_what_is_under_way_and_what_is_not_known_is_said(agra, norm):
    proposal(agra, title="Dalmoth", name_en="Dalmoth", name_hi="दालमोठ")
    proposal(agra, title="Dropped", name_en="Other", name_hi="अन्य", dropped=True)
    found = [check.text for check in machine_checks(proposal(agra, units=None, gi="applied", gi_number=""), norm) if check.level == "look"]
    assert len(found) == 3
    assert "Dalmoth" in found[0] and "Dropped" not in found[0]


def test_a_product_that_retired_meanwhile_stops_the_change(agra, norm):
    asked = change(primary(agra), Proposed.RERANK, Rank.SECONDARY)
    assert levels(machine_checks(asked, norm), "product") == []
    Product.objects.filter(pk=asked.product_id).update(live=False)
    asked = ProductProposal.read(asked.pk)
    assert levels(machine_checks(asked, norm), "product") == ["stop"]
    with pytest.raises(NotInTheRegister):
        enter_in_register(asked, file_number=NUMBER)


def test_each_decision_on_a_product_is_a_line_of_its_history(agra):
    asked = proposal(agra)
    petha = enter_in_register(asked, file_number="F/1").product
    enter_in_register(change(petha, Proposed.RERANK, Rank.TERTIARY), file_number="F/2")
    enter_in_register(change(petha, Proposed.RETIRE), file_number="F/3")
    petha.refresh_from_db()
    assert (petha.rank, petha.live, petha.decided_in) == (Rank.TERTIARY, False, "F/3")
    lines = [(line.file_number, line.rank_from, line.rank_to) for line in petha.decisions.all()]
    assert lines == [("F/1", "", "secondary"), ("F/2", "secondary", "tertiary"), ("F/3", "tertiary", "")]
    assert dossier(petha) == asked


def test_a_second_primary_is_refused_at_the_entry_and_nothing_is_left(agra):
    with pytest.raises(NotInTheRegister, match="Leather"):
        enter_in_register(proposal(agra, rank=Rank.PRIMARY), file_number=NUMBER)
    assert not Product.objects.filter(name_en="Petha").exists() and not RankDecision.objects.exists()


def test_what_the_question_did_not_see_the_database_refuses_with_the_same_sentence(agra, monkeypatch):
    seen = []

    def late(asked):
        seen.append(asked)
        return "" if len(seen) == 1 else "Leather Products is primary."

    monkeypatch.setattr("programme.identification.primary_in_the_way", late)
    with pytest.raises(NotInTheRegister, match="Leather"):
        enter_in_register(proposal(agra, rank=Rank.PRIMARY), file_number=NUMBER)
    assert len(seen) == 2


WRONG = {
    "a new product without a Hindi name": {"name_hi": ""},
    "a new product without a sector": {"sector": None},
    "a change without a product": {"proposed": "rank"},
    "a retirement with a rank": {"proposed": "retire"},
    "a registration without its number": {"gi_number": ""},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_the_database_refuses(wrong, agra):
    with pytest.raises(IntegrityError), transaction.atomic():
        proposal(agra, **WRONG[wrong])


def test_decisions_are_only_added_to(agra):
    decision = enter_in_register(proposal(agra), file_number=NUMBER)
    for act in (
        lambda: RankDecision.objects.filter(pk=decision.pk).update(rank_to="primary"),
        lambda: RankDecision.objects.filter(pk=decision.pk).delete(),
    ):
        with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
            act()
    with pytest.raises(IntegrityError), transaction.atomic():
        RankDecision.objects.create(
            product=decision.product, rank_from="", rank_to="tertiary", file_number=NUMBER, decided_on=decision.decided_on
        )
