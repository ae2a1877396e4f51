"""What claims come to: the golden cases, every border and ceiling, and what must hold for any amount."""

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from programme.norms.entitlement import entitlement
from programme.norms.inputs import BadInput
from programme.norms.sheet import Entitlement
from programme.norms.windows import years_after
from programme.norms.wording import sentence

GOLDEN = json.loads((Path(__file__).parent / "golden_cases.json").read_text(encoding="utf-8"))
NORMS = json.loads((settings.BASE_DIR / "fixtures" / "norms.json").read_text(encoding="utf-8"))
MARGIN, FREIGHT, AIR, MDA = "ODOP_MARGIN_MONEY", "GATEWAY_PORT_FREIGHT", "AIR_FREIGHT", "ODOP_MDA"
SCHEME_OF = {"MM": MARGIN, "GP": FREIGHT, "AIR": AIR, "MDA": MDA, "CFC": "ODOP_CFC"}
LAKH = 100_000
RUPEES = st.decimals(min_value=Decimal("0.01"), max_value=Decimal("999999999.99"), places=2)


def rules_of(scheme: str, version: str = "") -> dict:
    """Return the rules of a version of the fixtures, the last one when none is named."""
    fitting = [norm for norm in NORMS if norm["scheme"] == scheme and version in ("", norm["version"], *norm["rules"].get("aliases", []))]
    return fitting[-1]["rules"]


def claim(scheme: str, version: str = "", **inputs) -> Entitlement:
    return entitlement(scheme, rules_of(scheme, version), inputs)


def amounts(scheme: str, version: str = "", **inputs) -> dict:
    return claim(scheme, version, **inputs).printed()


def box(feet: int, freight) -> dict:
    return {"feet": feet, "freight_rupees": freight}


@pytest.mark.parametrize("case", GOLDEN, ids=[case["id"] for case in GOLDEN])
def test_golden_case(case):
    inputs = dict(case["input"])
    got = amounts(SCHEME_OF[case["id"].split("-")[0]], inputs.pop("rule_version", ""), **inputs)
    assert {name: got[name] for name in case["expected"]} == case["expected"]


MARGIN_BORDERS = [
    # cost, slab, margin money
    (1, 1, 0), (4, 1, 1), (2_499_999, 1, 624_999), (2_500_000, 1, 625_000), (2_500_001, 2, 625_000), (3_124_999, 2, 625_000),
    (3_125_000, 2, 625_000), (3_125_001, 2, 625_000), (3_125_005, 2, 625_001), (4_999_999, 2, 999_999), (5_000_000, 2, 1_000_000),
    (5_000_001, 3, 1_000_000), (9_999_999, 3, 1_000_000), (10_000_000, 3, 1_000_000), (10_000_001, 3, 1_000_000),
    (10_000_010, 3, 1_000_001), (14_999_999, 3, 1_499_999), (15_000_000, 3, 1_500_000), (15_000_001, 4, 1_500_000),
    (19_999_999, 4, 1_999_999), (20_000_000, 4, 2_000_000), (20_000_001, 4, 2_000_000), (999_999_999_999, 4, 2_000_000),
]  # fmt: skip


@pytest.mark.parametrize(("cost", "slab", "margin"), MARGIN_BORDERS)
def test_margin_money_at_every_border_and_corner(cost, slab, margin):
    got = amounts(MARGIN, project_cost_rupees=cost)
    assert (got["slab"][:2], got["margin_money_rupees"]) == (f"S{slab}", margin)


@given(RUPEES, RUPEES)
def test_margin_money_never_falls_when_the_cost_grows_and_never_exceeds_twenty_lakh(first, second):
    less, more = (claim(MARGIN, project_cost_rupees=cost).amounts["margin_money_rupees"] for cost in sorted([first, second]))
    assert less <= more <= 20 * LAKH


@given(st.sampled_from([25 * LAKH, 50 * LAKH, 150 * LAKH]), st.integers(0, 5))
def test_margin_money_has_no_jump_at_its_borders(border, step):
    below, above = (claim(MARGIN, project_cost_rupees=border + change).amounts["margin_money_rupees"] for change in (-step, step))
    assert above - below <= 2 * step + 1


@given(RUPEES)
def test_margin_money_is_never_more_than_a_quarter_of_the_cost(cost):
    got = claim(MARGIN, project_cost_rupees=cost).amounts
    assert got["margin_money_rupees"] <= cost / 4
    assert got["own_contribution_rupees"] == (cost / 10).to_integral_value("ROUND_FLOOR")


def test_the_rounding_is_a_rule_of_the_norm():
    rules = rules_of(MARGIN)
    got = {
        rounding: entitlement(MARGIN, {**rules, "rounding": rounding}, {"project_cost_rupees": 1_000_003}).printed()["margin_money_rupees"]
        for rounding in ("floor", "nearest", "paisa")
    }
    assert got == {"floor": 250_000, "nearest": 250_001, "paisa": "250000.75"}


FREIGHT_LIMITS = [
    # version, feet, percentage, limit
    ("2019-08-15", 20, 25, 6_000), ("2019-08-15", 40, 25, 12_000), ("before 2025-11-06", 20, 25, 10_000),
    ("before 2025-11-06", 40, 25, 20_000), ("2025-11-06", 20, 30, 20_000), ("2025-11-06", 40, 30, 40_000),
]  # fmt: skip


@pytest.mark.parametrize(("version", "feet", "percent", "limit"), FREIGHT_LIMITS)
def test_a_container_counts_by_percentage_up_to_its_limit(version, feet, percent, limit):
    binds = limit * 100 // percent
    for freight in (0, 1, binds - 1, binds, binds + 1, 10 * binds):
        assert amounts(FREIGHT, version, containers=[box(feet, freight)])["computed_rupees"] == min(freight * percent // 100, limit)


CEILINGS = [("2019-08-15", 1_200_000, 6_000), ("before 2025-11-06", 2_000_000, 10_000), ("2025-11-06", 3_000_000, 20_000)]


@pytest.mark.parametrize(("version", "ceiling", "limit"), CEILINGS)
def test_the_yearly_ceiling_splits_what_is_computed(version, ceiling, limit):
    for already in (0, ceiling - limit - 1, ceiling - limit, ceiling - limit + 1, ceiling - 1, ceiling, ceiling + 1):
        got = amounts(FREIGHT, version, containers=[box(20, 500_000)], already_sanctioned_this_fy=already)
        payable = max(0, min(limit, ceiling - already))
        assert (got["computed_rupees"], got["payable_rupees"], got["inadmissible_rupees"]) == (limit, payable, limit - payable)


def test_the_order_of_1999_pays_by_the_teu_and_has_no_ceiling():
    boxes = [{"feet": 20}, {"feet": 40}, {"feet": 40}]
    assert amounts(FREIGHT, "1999-09-24", containers=boxes)["payable_rupees"] == 5_000
    assert amounts(FREIGHT, "1999-09-24", containers=boxes, already_sanctioned_this_fy=90_000_000)["payable_rupees"] == 5_000


BOXES = st.lists(st.builds(box, st.sampled_from([20, 40]), st.decimals(min_value=0, max_value=999_999, places=2)), min_size=1, max_size=10)


@given(BOXES, st.decimals(min_value=0, max_value=4_000_000, places=2))
def test_payable_and_inadmissible_are_what_was_computed_and_never_above_the_ceiling(boxes, already):
    got = claim(FREIGHT, containers=boxes, already_sanctioned_this_fy=already).amounts
    assert got["payable_rupees"] + got["inadmissible_rupees"] == got["computed_rupees"]
    assert 0 <= got["payable_rupees"] <= max(0, 3_000_000 - already)
    assert got["payable_rupees"] == got["payable_rupees"].to_integral_value()


@given(BOXES)
def test_a_claim_is_the_sum_of_its_containers_rounded_once(boxes):
    lines = [min(Decimal(30) * b["freight_rupees"] / 100, Decimal(20_000 * b["feet"] // 20)) for b in boxes]
    assert claim(FREIGHT, containers=boxes).amounts["computed_rupees"] == sum(lines).to_integral_value("ROUND_FLOOR")


@given(st.decimals(min_value=0, max_value=9_999_999, places=2), st.decimals(min_value=Decimal("0.001"), max_value=99_999, places=3))
def test_air_freight_is_the_lower_of_percentage_and_weight_up_to_ten_lakh(freight, kg):
    got = claim(AIR, freight_rupees=freight, kg=kg).amounts
    assert got["computed_rupees"] == min(freight * 30 / 100, kg * 150).to_integral_value("ROUND_FLOOR")
    assert got["payable_rupees"] == min(got["computed_rupees"], 10 * LAKH)


def test_air_freight_before_november_2025_knows_no_weight_and_a_ceiling_of_five_lakh():
    got = amounts(AIR, "2022 press", freight_rupees=4_000_000)
    assert (got["computed_rupees"], got["payable_rupees"]) == (1_000_000, 500_000)


@pytest.mark.parametrize(("claimed", "barred", "payable"), [("2026-05-09", False, 75_000), ("2026-05-10", True, 0)])
def test_a_claim_by_air_is_barred_from_day_181(claimed, barred, payable):
    got = amounts(AIR, export_date="2025-11-10", claim_date=claimed, kg=500, freight_rupees=300_000)
    assert (got["barred"], got["payable_rupees"], got["computed_rupees"]) == (barred, payable, 75_000)
    assert got["inadmissible_rupees"] == 75_000 - payable


@given(st.dates(date(2024, 1, 1), date(2030, 12, 31)))
def test_the_last_day_is_the_hundred_and_eightieth(exported):
    got = claim(AIR, export_date=exported).amounts
    assert got["last_day"] - exported == timedelta(days=180) and got["first_barred_day"] - got["last_day"] == timedelta(days=1)


def test_sea_freight_knows_no_window():
    result = claim(FREIGHT, containers=[box(20, 80_000)], export_date="2025-11-10", claim_date="2026-11-10")
    assert result.printed()["payable_rupees"] == 20_000
    assert "last_day" not in result.amounts and "not known" in result.derivation("en")


COOLING = [
    ("2024-11-25", "2026-10-25", True),
    ("2024-11-25", "2026-11-24", True),
    ("2024-11-25", "2026-11-25", False),
    ("2024-02-29", "2026-02-28", True),
    ("2024-02-29", "2026-03-01", False),
]


@pytest.mark.parametrize(("last", "claimed", "barred"), COOLING)
def test_a_second_benefit_is_refused_until_the_second_anniversary(last, claimed, barred):
    got = amounts(MDA, kind="in_state", stall=60_000, last_benefit_date=last, claim_date=claimed)
    assert got["barred"] is barred
    assert (got["total"], got["payable_rupees"]) == (45_000, 0 if barred else 45_000)


def test_the_anniversary_of_a_leap_day_is_the_first_of_march():
    assert years_after(date(2024, 2, 29), 2) == date(2026, 3, 1)
    assert years_after(date(2024, 2, 29), 4) == date(2028, 2, 29)


MDA_CASES = [
    ("in_state", 66_666, 9_999, 500, (49_999, 7_499, 500)),
    ("in_state", 66_667, 10_000, 0, (50_000, 7_500, 0)),
    ("in_state", 66_668, 10_001, 0, (50_000, 7_500, 0)),
    ("interstate", 80_000, 19_999, 900, (50_000, 14_999, 0)),
    ("interstate", 80_000, 20_001, 0, (50_000, 15_000, 0)),
    ("international", 266_666, 5_000, 5_000, (199_999, 0, 0)),
    ("international", 266_667, 0, 0, (200_000, 0, 0)),
]


@pytest.mark.parametrize(("kind", "stall", "freight", "fare", "expected"), MDA_CASES)
def test_fairs_at_their_limits(kind, stall, freight, fare, expected):
    got = amounts(MDA, kind=kind, stall=stall, freight=freight, fare=fare)
    assert (got["stall_assistance"], got["freight_assistance"], got["fare"]) == expected
    assert got["total"] == sum(expected)


BUREAU = [
    ({"kind": "foreign_fair", "stall": 400_000, "airfare": 150_000, "fairs_this_year": 2}, 275_000),
    ({"kind": "foreign_fair", "stall": 400_000, "airfare": 150_000, "fairs_this_year": 3}, 0),
    ({"kind": "virtual", "fee": 50_000}, 25_000),
    ({"kind": "virtual", "fee": 50_000, "already_sanctioned_this_fy": 90_000}, 10_000),
    ({"kind": "domestic_international_scale", "stall": 90_000, "fare": 60_000}, 75_000),
    ({"kind": "organiser_abroad", "cost": 20_000_000, "market": "traditional", "units": 20}, 7_500_000),
    ({"kind": "organiser_abroad", "cost": 20_000_000, "market": "traditional", "units": 19}, 0),
    ({"kind": "organiser_abroad", "cost": 20_000_000, "market": "new_market", "units": 10}, 7_500_000),
    ({"kind": "organiser_abroad", "cost": 20_000_000, "market": "new_market", "units": 9}, 0),
]


@pytest.mark.parametrize(("inputs", "payable"), BUREAU)
def test_fairs_of_the_export_promotion_bureau(inputs, payable):
    assert amounts("EPB_MDA", **inputs)["payable_rupees"] == payable


@pytest.mark.parametrize(
    ("cost", "state", "spv", "flag"),
    [(149_999_999, 134_999_999, 15_000_000, ""), (150_000_001, 135_000_000, 15_000_001, "over_ceiling"), (10, 9, 1, "")],
)
def test_the_states_share_of_a_centre_stops_at_the_ceiling(cost, state, spv, flag):
    got = amounts("ODOP_CFC", project_cost_rupees=cost)
    assert (got["state_share_rupees"], got["spv_share_rupees"], got["flag"]) == (state, spv, flag)


@given(st.integers(0, 2_000), st.integers(0, 2_000))
def test_two_thirds_are_compared_exactly(members, odop):
    if odop <= members:
        assert amounts("ODOP_CFC", members=members, odop_members=odop)["eligible"] is (members >= 20 and 3 * odop >= 2 * members)


OTHERS = [
    ("PMFME_INDIVIDUAL", {"project_cost_rupees": 2_857_142}, {"subsidy_rupees": 999_999, "own_contribution_rupees": 285_714}),
    ("PMFME_INDIVIDUAL", {"project_cost_rupees": 2_857_143}, {"subsidy_rupees": 1_000_000}),
    ("PMFME_INDIVIDUAL", {"project_cost_rupees": 1_000_000, "technical_civil_work_rupees": 300_000}, {"subsidy_rupees": 350_000}),
    ("PMFME_INDIVIDUAL", {"project_cost_rupees": 1_000_000, "technical_civil_work_rupees": 400_000}, {"subsidy_rupees": 315_000}),
    ("PMFME_GROUP_INFRA", {"project_cost_rupees": 100_000_000}, {"subsidy_rupees": 30_000_000, "eligible": True}),
    ("PMFME_GROUP_INFRA", {"project_cost_rupees": 100_000_001}, {"subsidy_rupees": 0, "eligible": False}),
    ("RAJ_ODOP_MARGIN", {"project_cost_rupees": 6_000_000, "enterprise": "micro"}, {"margin_money_rupees": 1_500_000}),
    ("RAJ_ODOP_MARGIN", {"project_cost_rupees": 13_333_333, "enterprise": "small"}, {"margin_money_rupees": 1_999_999}),
    (
        "RAJ_ODOP_MARGIN",
        {"project_cost_rupees": 6_000_000, "enterprise": "micro", "special_category": True, "loan_disbursed_rupees": 1_999_999},
        {"margin_money_rupees": 2_000_000, "releasable": False},
    ),
    (
        "RAJ_ODOP_MARGIN",
        {"project_cost_rupees": 6_000_000, "enterprise": "micro", "odop_turnover_pct": Decimal("49.99")},
        {"margin_money_rupees": 0, "eligible": False},
    ),
    (
        "HARYANA_FREIGHT",
        {"fob_rupees": 60_000_000, "freight_rupees": 900_000, "block": "A"},
        {"computed_rupees": 600_000, "payable_rupees": 500_000},
    ),
    ("HARYANA_FREIGHT", {"fob_rupees": 60_000_000, "freight_rupees": 400_000, "block": "D"}, {"payable_rupees": 400_000}),
    ("HP_TRANSPORT", {"area": "B", "freight_rupees": 1_000_000, "pct": 4}, {"payable_rupees": 40_000, "eligible": True}),
    ("HP_TRANSPORT", {"area": "A", "freight_rupees": 1_000_000, "pct": 4}, {"payable_rupees": 0, "eligible": False}),
    ("FSS_2013", {"region": "NER", "freight_rupees": 100_000}, {"payable_rupees": 90_000}),
    ("FSS_2013", {"region": "HP", "freight_rupees": 100_000, "own_vehicle": True}, {"computed_rupees": 75_000, "payable_rupees": 0}),
    (
        "FSS_2013",
        {"region": "UK", "freight_rupees": 100_000, "expense_date": "2015-05-01", "claim_date": "2016-05-02"},
        {"barred": True, "payable_rupees": 0, "last_day": "2016-05-01"},
    ),
    (
        "FSS_2013",
        {"region": "UK", "freight_rupees": 100_000, "expense_date": "2016-05-01", "production_began": "2011-05-01"},
        {"eligible": False, "payable_rupees": 0},
    ),
    (
        "DGFT_TMA",
        {"containers": [{"feet": 20}, {"feet": 40}], "full_containers": True, "export_date": "2025-11-10"},
        {"teu": 3, "eligible": True, "last_day": "2026-12-31"},
    ),
    ("ODOP_TRAINING_TOOLKIT", {"age": 18, "resident": True, "proof": "certificate", "benefit_taken": False}, {"eligible": True}),
    ("ODOP_TRAINING_TOOLKIT", {"age": 17, "resident": True, "proof": "certificate", "benefit_taken": False}, {"eligible": False}),
]


@pytest.mark.parametrize(("scheme", "inputs", "expected"), OTHERS)
def test_other_schemes(scheme, inputs, expected):
    got = amounts(scheme, **inputs)
    assert {name: got[name] for name in expected} == expected


def test_what_cannot_be_computed_is_said():
    training = claim("ODOP_TRAINING_TOOLKIT", age=20, resident=True, proof="weaver_card", benefit_taken=False)
    tma = claim("DGFT_TMA", containers=[{"feet": 20}], full_containers=True)
    for result in (training, tma):
        assert "cannot be computed" in result.derivation("en")
        assert not any(isinstance(amount, Decimal) for amount in result.amounts.values())


def test_a_derivation_says_inputs_slab_percentage_fixed_amount_and_rounding():
    said = claim(MARGIN, project_cost_rupees=5_000_001).derivation("en")
    for part in (
        "₹50,00,001",
        "S3 max(10%, 10L)",
        "over ₹50,00,000 and up to ₹1,50,00,000",
        "10% of",
        "the greater counts",
        "Rounded down",
    ):
        assert part in said


@pytest.mark.parametrize("case", GOLDEN, ids=[case["id"] for case in GOLDEN])
def test_a_derivation_is_hindi_for_a_reader_of_hindi(case):
    inputs = dict(case["input"])
    said = claim(SCHEME_OF[case["id"].split("-")[0]], inputs.pop("rule_version", ""), **inputs).derivation("hi")
    words = [word for word in said.replace(",", " ").split() if word.isascii() and word.strip("().:%").isalpha()]
    assert said and words == []


def test_a_stored_derivation_is_plain_json_and_can_be_computed_again():
    result = claim(FREIGHT, containers=[box(20, Decimal("80000.50"))], export_date="2025-11-10")
    stored = json.loads(json.dumps(result.stored()))
    assert stored["amounts"]["payable_rupees"] == "20000.00"
    assert stored["inputs"]["containers"] == [{"feet": 20, "freight_rupees": "80000.50"}]
    assert " ".join(sentence(step) for step in stored["steps"]) == result.derivation("en")
    assert entitlement(FREIGHT, rules_of(FREIGHT), stored["inputs"]).amounts == result.amounts


BAD = [
    (MARGIN, {}, "project_cost_rupees", "missing"),
    (MARGIN, {"project_cost_rupees": None}, "project_cost_rupees", "missing"),
    (MARGIN, {"project_cost_rupees": 0}, "project_cost_rupees", "more than zero"),
    (MARGIN, {"project_cost_rupees": -1}, "project_cost_rupees", "negative"),
    (MARGIN, {"project_cost_rupees": True}, "project_cost_rupees", "must be a number"),
    (MARGIN, {"project_cost_rupees": "twenty lakh"}, "project_cost_rupees", "plainly"),
    (MARGIN, {"project_cost_rupees": [1]}, "project_cost_rupees", "must be a number"),
    (MARGIN, {"project_cost_rupees": 1e300}, "project_cost_rupees", "too large"),
    (MARGIN, {"project_cost_rupees": 10**12}, "project_cost_rupees", "less than"),
    (MARGIN, {"project_cost_rupees": float("nan")}, "project_cost_rupees", "plainly"),
    (MARGIN, {"project_cost_rupees": float("inf")}, "project_cost_rupees", "plainly"),
    (MARGIN, {"project_cost_rupees": Decimal("NaN")}, "project_cost_rupees", "plainly"),
    (MARGIN, {"project_cost_rupees": 1.005}, "project_cost_rupees", "two places"),
    (MARGIN, {"project_cost_rupees": 1.23456}, "project_cost_rupees", "decimal places"),
    (MARGIN, {"project_cost_rupees": "२४०००००"}, "project_cost_rupees", "plainly"),
    (MARGIN, {"project_cost_rupees": 1, "special_category": 1}, "special_category", "true or false"),
    (MARGIN, {"project_cost_rupees": 1, "caste": "x"}, "caste", "does not ask"),
    (FREIGHT, {"containers": []}, "containers", "at least one"),
    (FREIGHT, {"containers": {}}, "containers", "at least one"),
    (FREIGHT, {"containers": [box(20, 1)] * 201}, "containers", "200 containers at most"),
    (FREIGHT, {"containers": [box(30, 1)]}, "containers", "20 or 40"),
    (FREIGHT, {"containers": [box(True, 1)]}, "containers", "20 or 40"),
    (FREIGHT, {"containers": [box(20, -1)]}, "containers", "negative"),
    (FREIGHT, {"containers": [{"feet": 20}]}, "containers", "freight of container 1 is missing"),
    (FREIGHT, {"containers": [{"feet": 20, "freight_rupees": 1, "kg": 2}]}, "containers", "nothing else"),
    (FREIGHT, {"containers": ["20"]}, "containers", "nothing else"),
    (FREIGHT, {"containers": [box(20, 1)], "already_sanctioned_this_fy": -1}, "already_sanctioned_this_fy", "negative"),
    (AIR, {}, "export_date", "missing"),
    (AIR, {"kg": 1}, "freight_rupees", "missing"),
    (AIR, {"freight_rupees": 1}, "kg", "missing"),
    (AIR, {"kg": 0, "freight_rupees": 1}, "kg", "more than zero"),
    (AIR, {"export_date": "2025-02-30"}, "export_date", "no such day"),
    (AIR, {"export_date": "10-11-2025"}, "export_date", "year-month-day"),
    (AIR, {"export_date": 20251110}, "export_date", "year-month-day"),
    (AIR, {"export_date": "9999-12-31"}, "export_date", "year"),
    (AIR, {"export_date": "2025-11-10", "claim_date": "2025-11-09"}, "claim_date", "before"),
    (MDA, {"kind": "fair", "stall": 1}, "kind", "one of: in_state"),
    (MDA, {"kind": ["in_state"], "stall": 1}, "kind", "one of"),
    (MDA, {"kind": "in_state", "stall": 1, "last_benefit_date": "2025-01-01"}, "claim_date", "missing"),
    ("ODOP_CFC", {}, "project_cost_rupees", "missing"),
    ("ODOP_CFC", {"members": 20}, "odop_members", "missing"),
    ("ODOP_CFC", {"members": [20, 21], "odop_members": [14]}, "odop_members", "as many numbers"),
    ("ODOP_CFC", {"members": 20, "odop_members": 21}, "odop_members", "more members"),
    ("ODOP_CFC", {"members": 20.5, "odop_members": 14}, "members", "whole number"),
    ("ODOP_CFC", {"members": [1] * 1001, "odop_members": [1] * 1001}, "members", "1 to 1000"),
    ("HP_TRANSPORT", {"area": "B", "freight_rupees": 1}, "pct", "missing"),
    ("HP_TRANSPORT", {"area": "B", "freight_rupees": 1, "pct": 6}, "pct", "between 3 and 5"),
    ("EPB_MDA", {"kind": "organiser_abroad", "cost": 1}, "units", "missing"),
    (
        "PMFME_INDIVIDUAL",
        {"project_cost_rupees": 1, "technical_civil_work_rupees": 2},
        "technical_civil_work_rupees",
        "more than the project",
    ),
    ("EXHIBITION", {}, "scheme", "no scheme with an amount"),
    ("MAGIC", {}, "scheme", "no scheme with an amount"),
]


@pytest.mark.parametrize(("scheme", "inputs", "field", "sentence_part"), BAD)
def test_bad_input_is_refused_with_a_sentence_for_its_field(scheme, inputs, field, sentence_part):
    rules = rules_of(scheme) if scheme != "MAGIC" else {}
    with pytest.raises(BadInput) as refusal:
        entitlement(scheme, rules, inputs)
    assert sentence_part in refusal.value.errors[field]


def test_every_wrong_field_has_its_own_sentence():
    with pytest.raises(BadInput) as refusal:
        claim(MARGIN, project_cost_rupees="x", special_category="yes", caste=1)
    assert set(refusal.value.errors) == {"project_cost_rupees", "special_category", "caste"}


@pytest.mark.parametrize("inputs", [None, [], "x", 5])
def test_inputs_that_are_no_object_are_refused(inputs):
    with pytest.raises(BadInput, match="as an object"):
        entitlement(MARGIN, rules_of(MARGIN), inputs)


@pytest.mark.parametrize("cost", [2_400_000, 2_400_000.0, Decimal("2400000.00"), "2400000", "2400000.00", 2_400_000.5, 2_400_000.25])
def test_amounts_are_taken_with_paise_to_two_places(cost):
    assert claim(MARGIN, project_cost_rupees=cost).amounts["margin_money_rupees"] == 600_000
