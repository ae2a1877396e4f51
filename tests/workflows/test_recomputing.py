"""Every sanctioned amount is computed again; what was changed behind the record's back is found and named."""

import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from programme import guards, rules
from programme.models import LedgerEntry, LoanApplication
from tests.files import a_file
from tests.processes.loan_files import SCHEME, a_loan
from workflows.models import Order
from workflows.recomputing import recompute
from workflows.record import triggers

pytestmark = pytest.mark.django_db


def found() -> dict[str, tuple]:
    return {difference.what: (difference.stored, difference.derived) for difference in recompute().differences}


def ran(*options: str) -> tuple[str, int]:
    """Return what the command printed and its exit status."""
    out = StringIO()
    try:
        call_command("recompute_amounts", *options, stdout=out)
    except SystemExit as status:
        return out.getvalue(), int(status.code or 0)
    return out.getvalue(), 0


def unguarded(statement: str, values: list) -> None:
    """Write to the database as somebody who may also change its tables."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = ON")
            cursor.execute(statement, values)
            cursor.execute("PRAGMA ignore_check_constraints = OFF")
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for name in ("margin_money_only_as_computed_on_a_loan", "margin_money_released_as_sanctioned"):
                cursor.execute(f"ALTER TABLE programme_loanapplication DROP CONSTRAINT {name}")
            cursor.execute(statement, values)


def test_files_as_they_were_sanctioned_differ_in_nothing():
    a_loan(at="release"), a_loan(at="watch"), a_loan(at="sanction")
    a_file(at="report")
    said, status = ran()
    assert status == 0
    assert said.splitlines()[0] == "Nothing is computed in: Exhibition proposal; skipped."
    assert said.splitlines()[-1] == "0 differences in 2 files."


def test_a_wrong_amount_is_found_whatever_wrote_it():
    case = a_loan(at="watch")
    unguarded("UPDATE programme_loanapplication SET amount_sanctioned = 900000 WHERE id = %s", [case.record_id])
    said, status = ran()
    assert status == 1
    assert f"{case.number}, the amount sanctioned: 900000.00 stands there, 600000.00 is derived." in said
    assert "1 difference in 1 files." in said


def test_a_wrong_input_is_found():
    case = a_loan(at="release")
    LoanApplication.objects.filter(pk=case.record_id).update(appraised_cost=Decimal(2300000))
    assert found() == {"inputs": (case.record.derivation["inputs"], {"project_cost_rupees": "2300000.00", "special_category": False})}


def test_inputs_changed_together_with_the_record_are_found_in_the_sealed_paragraph_and_the_amount():
    case = a_loan(at="release")
    derivation = case.record.derivation
    derivation["inputs"]["project_cost_rupees"] = "2300000.00"
    LoanApplication.objects.filter(pk=case.record_id).update(appraised_cost=Decimal(2300000), derivation=derivation)
    assert set(found()) == {"amounts", "steps", "sanctioned", "order", "sealed", "commitment"}


def test_a_wrong_version_is_found():
    case = a_loan(at="release")
    LoanApplication.objects.filter(pk=case.record_id).update(derivation=case.record.derivation | {"version": "2019"})
    assert found()["version"] == ("2019", "2018")


def test_an_input_the_rules_do_not_know_is_a_difference_and_no_crash():
    case = a_loan(at="release")
    derivation = case.record.derivation | {"inputs": {"project_cost_rupees": "much"}}
    LoanApplication.objects.filter(pk=case.record_id).update(derivation=derivation)
    assert {"inputs", "rule"} <= set(found())


def test_a_wrong_order_and_a_wrong_ledger_are_found():
    case = a_loan(at="watch")
    triggers.remove()
    guards.remove(rules.GUARDS)
    try:
        Order.objects.filter(case=case).update(amount=Decimal(600001))
        LedgerEntry.objects.filter(kind="release").update(amount=Decimal(599999))
        assert found() == {"order": ("600001.00", "600000.00"), "release": ("599999.00", "600000.00")}
    finally:
        triggers.install()
        guards.install(rules.GUARDS)


def test_one_scheme_can_be_asked_for_and_a_program_can_read_the_answer():
    a_loan(at="release")
    said, status = ran("--scheme", SCHEME, "--json")
    assert (json.loads(said), status) == ({"files": 1, "skipped": [], "differences": [], "ok": True}, 0)


def test_a_scheme_that_nothing_computes_is_refused():
    with pytest.raises(CommandError, match="EXHIBITION") as refused:
        call_command("recompute_amounts", "--scheme", "EXHIBITION")
    assert refused.value.returncode == 2
