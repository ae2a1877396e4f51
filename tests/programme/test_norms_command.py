"""manage.py entitlement: the answer as JSON, faults as sentences with exit status 2."""

import json
import tracemalloc
from io import StringIO

import pytest
from django.core.management import call_command

from tests.programme.test_norms_entitlement import GOLDEN, SCHEME_OF

pytestmark = pytest.mark.django_db


def run(scheme: str, inputs: object = None, *options: str) -> tuple[int, dict, str]:
    """Return exit status, the JSON of stdout, and stderr."""
    out, err, status = StringIO(), StringIO(), 0
    asked = inputs if isinstance(inputs, str) else json.dumps(inputs or {})
    try:
        call_command("entitlement", scheme, "--input", asked, *options, stdout=out, stderr=err)
    except SystemExit as end:
        status = int(end.code or 0)
    return status, json.loads(out.getvalue()), err.getvalue()


@pytest.mark.parametrize("case", GOLDEN, ids=[case["id"] for case in GOLDEN])
def test_golden_case_on_the_command_line(case):
    status, answer, err = run(SCHEME_OF[case["id"].split("-")[0]], case["input"], "--state", "UP", "--on", "2026-11-25")
    assert (status, err) == (0, "")
    assert {name: answer[name] for name in case["expected"]} == case["expected"]
    assert {name: answer["amounts"][name] for name in case["expected"]} == case["expected"]
    assert answer["derivation"]["en"] and answer["derivation"]["hi"]


def test_the_answer_says_version_source_and_doubt():
    _status, answer, _err = run("ODOP_MARGIN_MONEY", {"project_cost_rupees": 100}, "--state", "up", "--on", "2026-11-25")
    assert (answer["scheme"], answer["state"], answer["version"], answer["on"]) == ("ODOP_MARGIN_MONEY", "UP", "2018", "2026-11-25")
    assert answer["verified"] is False and "slab 3" in answer["doubt"].lower()


BOX = {"containers": [{"feet": 20, "freight_rupees": 80000}]}
DAYS = [
    ("1999-09-24", {}, "1999-09-24"),
    ("2019-08-14", {}, "1999-09-24"),
    ("2019-08-15", {}, "2019-08-15"),
    ("2025-11-05", {}, "before 2025-11-06"),
    ("2025-11-06", {}, "2025-11-06"),
    ("2026-11-25", {"export_date": "2025-11-05"}, "before 2025-11-06"),
    ("2026-11-25", {"export_date": "2025-11-06"}, "2025-11-06"),
    ("2025-11-05", {"rule_version": "2025-11-06"}, "2025-11-06"),
    ("2026-11-25", {"rule_version": "pre-2025-11"}, "before 2025-11-06"),
    ("2026-11-25", {"rule_version": "before 2025-11-06", "export_date": "2026-01-01"}, "before 2025-11-06"),
]


@pytest.mark.parametrize(("on", "more", "version"), DAYS)
def test_the_version_is_that_of_the_export_day_of_the_day_asked_or_the_one_named(on, more, version):
    assert run("GATEWAY_PORT_FREIGHT", {**BOX, **more}, "--on", on)[1]["version"] == version


@pytest.mark.parametrize("state", ["IN", "UP", "NL"])
def test_a_state_without_its_own_rule_takes_that_of_all_india(state):
    _status, answer, _err = run("PMFME_INDIVIDUAL", {"project_cost_rupees": 1_000_000}, "--state", state)
    assert (answer["subsidy_rupees"], answer["state"], answer["rule_of"]) == (350_000, state, "IN")


def test_the_pause_is_counted_to_the_day_asked():
    inputs = {"kind": "in_state", "stall": 60000, "last_benefit_date": "2024-11-25"}
    assert run("ODOP_MDA", inputs, "--on", "2026-11-24")[1]["payable_rupees"] == 0
    assert run("ODOP_MDA", inputs, "--on", "2026-11-25")[1]["payable_rupees"] == 45_000
    assert run("ODOP_MDA", {**inputs, "on": "2026-10-25"}, "--on", "2026-11-25")[1]["barred"] is True
    assert run("ODOP_MDA", {**inputs, "on": "2026-10-25", "claim_date": "2026-10-25"})[1]["barred"] is True
    assert run("ODOP_MDA", {**inputs, "on": "2026-10-25", "claim_date": None})[1]["barred"] is True


OLD_FREIGHT = {"region": "NER", "freight_rupees": 100_000, "rule_version": "2013-01-22 to 2016-11-22"}


@pytest.mark.parametrize(
    ("days", "payable"),
    [
        ({"production_began": "2024-01-01", "expense_date": "2026-10-01", "claim_date": "2026-11-01"}, 0),
        ({"production_began": "2016-11-23"}, 0),
        ({"production_began": "2016-11-22", "expense_date": "2021-11-21", "claim_date": "2022-11-21"}, 90_000),
        ({"production_began": "2010-01-01", "expense_date": "2013-01-21"}, 0),
        ({"production_began": "2010-01-01", "expense_date": "2013-01-22"}, 90_000),
    ],
)
def test_the_freight_scheme_pays_what_began_before_it_closed_and_was_spent_after_it_opened(days, payable):
    _status, answer, _err = run("FSS_2013", {**OLD_FREIGHT, **days}, "--state", "IN")
    assert (answer["payable_rupees"], answer["eligible"]) == (payable, payable > 0)
    refused = {"en": "nothing is payable", "hi": "कुछ भी देय नहीं"}
    assert [said in answer["derivation"][language] for language, said in refused.items()] == [not payable] * 2


COST = {"project_cost_rupees": 100}
BAD = [
    ("MAGIC", COST, [], "scheme"),
    ("EXHIBITION", {}, [], "scheme"),
    ("ODOP_MARGIN_MONEY", COST, ["--state", "XX"], "state"),
    ("ODOP_MARGIN_MONEY", COST, ["--state", ""], "state"),
    ("ODOP_MARGIN_MONEY", COST, ["--state", "\udcff"], "state"),
    ("ODOP_MARGIN_MONEY", COST, ["--state", "U\0"], "state"),
    ("ODOP_MARGIN_MONEY", COST, ["--state", "HP"], "on"),
    ("ODOP_MARGIN_MONEY", COST, ["--on", "2018-09-10"], "on"),
    ("ODOP_MARGIN_MONEY", COST, ["--on", "yesterday"], "on"),
    ("ODOP_MARGIN_MONEY", COST, ["--on", "2026-02-30"], "on"),
    ("ODOP_MARGIN_MONEY", {**COST, "rule_version": "1066"}, [], "rule_version"),
    ("ODOP_MARGIN_MONEY", {**COST, "rule_version": 2018}, [], "rule_version"),
    ("ODOP_MARGIN_MONEY", {"project_cost_rupees": -5}, [], "project_cost_rupees"),
    ("ODOP_MARGIN_MONEY", {**COST, "caste": 1}, [], "caste"),
    ("ODOP_MARGIN_MONEY", "{", [], "input"),
    ("ODOP_MARGIN_MONEY", "[]", [], "input"),
    ("ODOP_MARGIN_MONEY", "[" * 100_000, [], "input"),
    ("ODOP_MARGIN_MONEY", '{"project_cost_rupees": NaN}', [], "project_cost_rupees"),
    ("ODOP_MARGIN_MONEY", '{"project_cost_rupees": 1, "project_cost_rupees": 2}', [], "project_cost_rupees"),
    ("ODOP_MARGIN_MONEY", '{"project_cost_rupees": 1e400}', [], "project_cost_rupees"),
    ("ODOP_MARGIN_MONEY", '{"project_cost_rupees": 1e999999999}', [], "project_cost_rupees"),
    ("ODOP_MARGIN_MONEY", '{"project_cost_rupees": 1e99999999999999999999}', [], "project_cost_rupees"),
    ("ODOP_MARGIN_MONEY", '{"project_cost_rupees": 1e-99999999999999999999}', [], "project_cost_rupees"),
    ("ODOP_MARGIN_MONEY", {**COST, "on": "2026-11-25"}, [], "on"),
    ("ODOP_MDA", {"kind": "in_state", "stall": 1, "on": "junk"}, [], "on"),
    ("ODOP_MDA", {"kind": "in_state", "stall": 1, "on": "junk", "claim_date": "2026-11-25"}, [], "on"),
    ("ODOP_MDA", {"kind": "in_state", "stall": 1, "on": "2026-11-24", "claim_date": "2026-11-25"}, [], "on"),
    ("AIR_FREIGHT", {"export_date": "1999-01-01"}, [], "export_date"),
    ("AIR_FREIGHT", {"export_date": 5}, [], "export_date"),
]


@pytest.mark.parametrize(("scheme", "inputs", "options", "field"), BAD)
def test_bad_input_is_a_sentence_for_its_field_and_exit_status_two(scheme, inputs, options, field):
    status, answer, err = run(scheme, inputs, *options)
    assert status == 2
    assert list(answer) == ["errors"] and list(answer["errors"]) == [field]
    assert f"{field}: {answer['errors'][field]}" in err and answer["errors"][field].endswith((".", "quotes."))


def test_half_a_character_in_the_inputs_can_still_be_printed():
    status, answer, _err = run("ODOP_MARGIN_MONEY", '{"\\ud800": 1, "project_cost_rupees": 5}')
    assert status == 2 and len(answer["errors"]) == 1


@pytest.mark.parametrize("number", ["1e99999999", "-1e99999999", "1e-99999999"])
def test_a_number_with_a_huge_exponent_is_refused_without_being_written_out(number):
    tracemalloc.start()
    status, answer, _err = run("ODOP_MARGIN_MONEY", f'{{"project_cost_rupees": {number}}}')
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert status == 2 and list(answer["errors"]) == ["project_cost_rupees"]
    assert most < 20_000_000


def test_paise_of_the_input_are_exact():
    _status, answer, _err = run("ODOP_MARGIN_MONEY", '{"project_cost_rupees": 2499996.99}')
    assert answer["margin_money_rupees"] == 624_999
