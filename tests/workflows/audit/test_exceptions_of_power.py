"""Exceptions of power, each planted by walking the real flow, and its evidence."""

from decimal import Decimal
from unittest.mock import patch

import pytest

from programme.calendar import today
from tests.files import a_file, office, officer, take
from tests.processes.identification_files import in_additional_charge
from tests.processes.loan_files import a_loan, apply, lend
from tests.workflows.audit.windows import a_window, fact, hits
from workflows.audit.powers import Gathering, gatherings
from workflows.postings import join

pytestmark = pytest.mark.django_db


def a_large_loan(cost="48,00,000", loan="43,20,000", **changes):
    """Sanction a loan whose margin money is a fifth of its cost: with a cost of 48 lakh, 9.6 of the Director's 10 lakh."""
    asked = {"project_cost": cost, "own_contribution": "4,80,000", "term_loan": "38,20,000"}
    case = lend(a_loan(at="appraise", **asked, **changes), cost=cost, loan=loan)
    return take(take(case, "recommended"), "sanctioned")


def test_a_sanction_at_the_edge_of_the_delegation_is_found_with_limit_share_and_paragraph():
    a_loan(at="release")
    near = a_large_loan()
    [hit] = hits("near-limit")
    paragraph = near.notings.get(outcome="sanctioned").paragraph
    assert (hit.case, hit.office.designation.code, hit.amount, hit.paragraphs) == (near, "director", Decimal(960_000), [paragraph])
    assert (fact(hit, "Limit"), fact(hit, "Share of the limit"), fact(hit, "Power held")) == ("₹10,00,000", "96.0 %", "delegation 2026-27")
    assert hits("near-limit", process="exhibition") == []


def test_an_act_of_a_link_officer_at_the_edge_of_his_amount_is_found():
    case = a_file(at="correct")
    dates = {"starts_on": today(), "ends_on": today()}
    join(officer("cdo.agra"), office("dm", "Agra"), charge="link", upto=Decimal(1_900_000), by=None, **dates)
    take(case, "submitted", by="cdo.agra")
    [hit] = hits("near-limit")
    assert (hit.case.number, hit.paragraphs) == (case.number, [3])
    assert (fact(hit, "Limit"), fact(hit, "Power held"), fact(hit, "Charge")) == ("₹19,00,000", "as link officer", "Link officer")


def test_a_further_charge_on_a_file_of_ones_own_post_is_found_with_both_posts():
    a_loan(at="committee")
    in_additional_charge("manager.agra", office("dic", "Agra"))
    case = take(apply(office("manager_dic", "Agra")), "recommended", by="manager.agra")
    [hit] = hits("through-charges")
    assert (hit.case, hit.office.designation.code, hit.paragraphs) == (case, "dic", [1, 2])
    assert fact(hit, "Charge") == "Additional charge"
    assert fact(hit, "File opened by") == fact(hit, "The same person's other post") == office("manager_dic", "Agra").name


def test_who_recommends_and_sanctions_is_found_though_the_step_would_have_refused_him():
    a_file(at="report", district="Mathura")
    in_additional_charge("finance", office("principal_secretary"))
    with patch("workflows.authority._refuse_conflict"):
        case = take(a_file(at="approve"), "sanctioned", by="finance")
    [hit] = hits("same-person")
    concurred, sanctioned = case.notings.get(outcome="concurred"), case.notings.get(outcome="sanctioned")
    assert (hit.case, hit.paragraphs) == (case, [concurred.paragraph, sanctioned.paragraph])
    assert fact(hit, f"Paragraph {concurred.paragraph}") == f"Concurred · {concurred.office.name}"


def test_amounts_that_gather_below_a_limit_are_found_with_the_chance_of_it_and_four_are_not_enough():
    loans = [a_large_loan() for _loan in range(4)]
    assert hits("below-limit") == []
    loans.append(a_large_loan())
    assert gatherings(a_window()) == [Gathering("loan", Decimal(1_000_000), 5, 0)]
    found = hits("below-limit")
    assert [hit.case for hit in found] == loans[::-1]
    assert (fact(found[0], "Limit"), fact(found[0], "Below it by")) == ("₹10,00,000", "₹40,000")
    assert fact(found[0], "Sanctions in the twentieth below · above") == "5 · 0"
    assert fact(found[0], "Chance of so many below, were the limit without effect") == "3.1 %"


@pytest.mark.parametrize(("below", "above", "stands_out"), [(4, 0, False), (5, 0, True), (5, 1, False), (8, 1, True), (20, 20, False)])
def test_a_gathering_stands_out_where_chance_alone_would_hardly_make_it(below, above, stands_out):
    assert Gathering("loan", Decimal(1_000_000), below, above).stands_out == stands_out
