from datetime import date, timedelta
from decimal import Decimal

import pytest

from programme import known
from programme.calendar import financial_year, today
from programme.exhibitions import Check, machine_checks
from programme.kept import under
from programme.models import Allotment, District, ExhibitionProposal, Norm, Product, Rank

STARTS, ENDS = date(2026, 12, 10), date(2026, 12, 12)


@pytest.fixture
def norm(up):
    return Norm.in_force("EXHIBITION", up, today())


@pytest.fixture
def allotment(head):
    allotment, _made = Allotment.objects.update_or_create(
        head=head, year=financial_year(today()), defaults={"allotted": Decimal(2_000_000)}
    )
    return allotment


@pytest.fixture
def propose(head, allotment):
    def make(district_name: str = "Agra", **changed) -> ExhibitionProposal:
        district = District.objects.select_related("state").get(name_en=district_name, state__short__in=["UP", "HP"])
        facts = {
            "district": district,
            "title": f"Exhibition of {district_name}",
            "product": Product.objects.get(district=district, rank=Rank.PRIMARY),
            "purpose": "To show the products of other districts.",
            "venue": "Town hall",
            "starts_on": STARTS,
            "ends_on": ENDS,
            "stalls": 40,
            "budget_head": head,
            "nodal_officer": "Manager, DIC",
            "nodal_mobile": "9000000000",
            "amount_asked": Decimal(1_200_000),
        }
        proposal = ExhibitionProposal.objects.create(**facts | changed)
        proposal.districts_shown.set(District.objects.filter(name_en__in=["Mathura", "Lucknow"]))
        return proposal

    return make


def find(checks: list[Check], words: str) -> Check:
    """Return the only check whose sentence holds the words."""
    [check] = [check for check in checks if words in check.text]
    return check


def test_a_sound_proposal_passes_every_check(propose, norm):
    checks = machine_checks(propose(), norm)
    assert [check.level for check in checks] == ["ok"] * 6


@pytest.mark.parametrize(
    ("asked", "level"),
    [("1999999.99", "ok"), ("2000000.00", "ok"), ("2000000.01", "stop")],
    ids=["below the balance", "exactly the balance", "one paisa above"],
)
def test_the_balance_of_the_head_stops_what_exceeds_it(propose, norm, asked, level):
    checks = machine_checks(propose(amount_asked=Decimal(asked)), norm)
    assert find(checks, "left in").level == level


def test_a_head_without_allotment_stops_the_file(propose, norm, allotment):
    allotment.delete()
    assert find(machine_checks(propose(), norm), "₹0 left in").level == "stop"


def test_the_amount_recommended_is_what_must_fit_the_balance(propose, norm):
    proposal = propose(amount_asked=Decimal(2_500_000), amount_recommended=Decimal(1_500_000))
    assert find(machine_checks(proposal, norm), "enough for ₹15,00,000").level == "ok"


def test_a_sanctioned_amount_is_committed_already(propose, norm, allotment):
    Allotment.objects.filter(pk=allotment.pk).update(committed=Decimal(2_000_000))
    checks = machine_checks(propose(amount_sanctioned=Decimal(1_000_000)), norm)
    assert find(checks, "₹10,00,000 is committed").level == "ok"


def test_an_amount_above_the_norm_is_to_be_looked_at(propose, norm):
    assert find(machine_checks(propose(amount_asked=Decimal("1500000.00")), norm), "norm of").level == "ok"
    assert (
        find(machine_checks(propose("Mathura", amount_asked=Decimal("1500000.01")), norm), "above the norm of ₹15,00,000").level == "look"
    )


def test_a_norm_without_a_ceiling_makes_no_check_of_it(propose, norm):
    norm.rules = {"finance_above": "1000000"}
    assert not [check for check in machine_checks(propose(), norm) if "norm" in check.text]


def test_a_second_exhibition_of_the_financial_year_is_named(propose, norm):
    propose(title="Spring fair", starts_on=date(2026, 4, 1), ends_on=date(2026, 4, 2))
    propose(title="Last year's fair", starts_on=date(2026, 3, 31), ends_on=date(2026, 4, 2))
    check = find(machine_checks(propose(), norm), "another exhibition in 2026-27")
    assert (check.level, "Spring fair" in check.text, "Last year's fair" in check.text) == ("look", True, False)


def test_an_exhibition_on_the_same_dates_elsewhere_in_the_state_is_named(propose, norm):
    propose("Mathura", starts_on=ENDS, ends_on=ENDS + timedelta(days=5))
    propose("Lucknow", starts_on=ENDS + timedelta(days=1), ends_on=ENDS + timedelta(days=2))
    propose("Bilaspur")
    check = find(machine_checks(propose(), norm), "On these dates")
    assert (check.level, check.text) == ("look", "On these dates an exhibition is also held or proposed in: Mathura.")


def test_at_most_three_clashing_districts_are_named(propose, norm):
    for name in ("Mathura", "Lucknow", "Varanasi", "Aligarh", "Bhadohi"):
        propose(name)
    check = find(machine_checks(propose(), norm), "On these dates")
    assert check.text.endswith("Aligarh, Bhadohi, Lucknow and 2 more.")


def test_rejected_and_withdrawn_proposals_do_not_count(propose, norm):
    propose("Mathura", dropped=True)
    propose(starts_on=date(2026, 6, 1), ends_on=date(2026, 6, 2), dropped=True)
    assert {check.level for check in machine_checks(propose(), norm)} == {"ok"}


def test_a_retired_product_stops_the_file(propose, norm):
    proposal = propose()
    proposal.product.live = False
    assert find(machine_checks(proposal, norm), "does not stand in the register").level == "stop"


def test_a_product_of_another_district_stops_the_file(propose, norm, mathura):
    proposal = propose(product=Product.objects.get(district=mathura, rank=Rank.PRIMARY))
    assert find(machine_checks(proposal, norm), "does not stand in the register of Agra").level == "stop"


def test_a_district_shown_without_a_product_is_named(propose, norm):
    proposal = propose()
    proposal.districts_shown.set(District.objects.filter(name_en__in=["Una", "Mathura"]))
    assert find(machine_checks(proposal, norm), "Una").level == "look"
    proposal.districts_shown.clear()
    assert find(machine_checks(proposal, norm), "No district is named").level == "look"


def test_the_checks_ask_the_database_three_times(propose, norm, django_assert_num_queries):
    pk = propose().pk
    for name in ("Mathura", "Lucknow"):
        propose(name)
    proposal = ExhibitionProposal.objects.select_related("district", "product", "budget_head").get(pk=pk)
    with under("as it was set up"):
        known.districts(District.objects.values_list("pk", flat=True))
        with django_assert_num_queries(3):
            checks = machine_checks(proposal, norm)
    assert checks
