"""What a freight claim may ask for: in time, under one version, for bills nobody else claims, within the exporter's year."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from programme import ceilings
from programme.calendar import financial_year, today
from programme.freight import computed_at_order
from programme.models import Allotment, AppliesBy, FreightLine, Norm, ShippingBill
from programme.norms.entitlement import entitled
from programme.norms.publishing import publish
from programme.norms.wording import sentence
from tests.files import begin, office, officer, take, waiting
from tests.processes.freight_files import (
    LAKH,
    NEW_RATES,
    OLD_RATES,
    SEA_PAPERS,
    a_claim,
    again,
    air_line,
    boxes,
    cells,
    claim_data,
    correct,
    exported_days_ago,
    file_claim,
    go_on,
    last_body,
    record_of,
    refused,
    sea_line,
    typed_lines,
    used_up,
)
from workflows.authority import Refusal
from workflows.flows import FreightFlow
from workflows.forms.freight import SanctionForm
from workflows.history import note_sheet
from workflows.models import Order, OrderKind
from workflows.record.verifier import verify
from workflows.steps import decide

pytestmark = pytest.mark.django_db


# The claim window


@pytest.fixture
def air_rates_for_long(db):
    """The window is counted from any day of export, also one before the rates of November 2025 when the tests run early."""
    assert Norm.objects.get(scheme="AIR_FREIGHT", version="2025-11").applies_from < exported_days_ago(181)


def test_an_air_claim_on_day_180_is_accepted(air_rates_for_long):
    case = file_claim([air_line(1, on=exported_days_ago(180))], mode="air")
    assert waiting(case).step == "scrutinise"
    assert any("in time" in check.text for check in FreightFlow.checks(again(case)))


def test_an_air_claim_on_day_181_is_refused_with_the_last_day_named_and_may_be_registered_as_time_barred(air_rates_for_long):
    lines = [air_line(1, on=exported_days_ago(181))]
    form = refused(lines, mode="air")
    assert "You can register the claim as time-barred" in cells(form)[1, "exported_on"]
    assert str(exported_days_ago(1).day) in cells(form)[1, "exported_on"]
    assert ["time_barred"] in [names for _title, names in form.sections]
    case = file_claim(lines, mode="air", time_barred="on", text="Came by post.")
    assert (case.ending, record_of(case).dropped) == ("time_barred", True)
    assert case.number.startswith("UP/FRT/") and not case.movements.exists()
    assert any(step["say"] == "barred" for step in record_of(case).derivation["steps"])
    assert [noting.outcome for noting in case.notings.order_by("paragraph")] == ["submitted", "rejected"]
    assert ("Out of time", "—", "yes") in [change for p in note_sheet(case).paragraphs for change in p.changes]
    assert "is time-barred" in last_body(case)["text"] and Order.objects.get(case=case).kind == OrderKind.REJECTION
    assert not ShippingBill.objects.filter(live=True).exists()
    assert verify().findings == []


def test_a_claim_in_time_is_never_registered_as_time_barred():
    case = file_claim([air_line(1)], mode="air")
    assert not record_of(case).time_barred
    form = refused([air_line(1)], mode="air", time_barred="on")
    assert not form.out_of_time and form.errors["paper_shipping_bill"]


def test_one_late_line_of_several_is_refused_at_the_line_and_nothing_is_offered(air_rates_for_long):
    form = refused([air_line(1), air_line(2, on=exported_days_ago(200))], mode="air", time_barred="on")
    assert list(cells(form)) == [(2, "exported_on")] and "Take it out of this claim" in cells(form)[2, "exported_on"]


def test_by_sea_no_last_day_is_known_and_the_page_says_so():
    case = file_claim([sea_line(1)])
    assert any("no last day is applied" in check.text for check in FreightFlow.checks(case))


# Versions


def test_lines_of_both_sides_of_a_version_do_not_stand_in_one_claim():
    form = refused([sea_line(1, on=OLD_RATES), sea_line(2, on=NEW_RATES)])
    assert list(cells(form)) == [(2, "exported_on")]
    assert "2025-11-06" in cells(form)[2, "exported_on"] and "before 2025-11-06" in cells(form)[2, "exported_on"]


@pytest.mark.parametrize(("on", "version", "amount"), [(OLD_RATES, "before 2025-11-06", 10_000), (NEW_RATES, "2025-11-06", 20_000)])
def test_the_day_of_export_picks_the_version(on, version, amount):
    case = file_claim([sea_line(1, on=on)])
    assert (case.norm.version, record_of(case).amount_asked) == (version, Decimal(amount))


def test_a_day_before_all_rules_is_refused_with_a_sentence():
    form = refused([sea_line(1, on="1998-01-01")])
    assert "No rules were in force" in str(form.errors)


def a_newer_version(from_day):
    old = Norm.objects.get(scheme="GATEWAY_PORT_FREIGHT", version="2025-11-06")
    rules = old.rules | {"pct": "40", "cap_20ft": "25000", "cap_40ft": "50000"}
    draft = Norm.objects.create(
        state=old.state, scheme=old.scheme, version="newest", applies_from=from_day, applies_by=AppliesBy.EXPORT, rules=rules, source="test"
    )
    return publish(draft, by=officer("administrator"))


def test_forty_pending_claims_keep_their_versions_when_a_new_one_is_published_and_the_difference_can_be_shown():
    days = [OLD_RATES, NEW_RATES] * 20
    files = [file_claim([sea_line(n, on=on)], exporter=n) for n, on in enumerate(days, 1)]
    newest = a_newer_version(NEW_RATES)
    versions = [again(case).norm.version for case in files]
    assert versions == ["before 2025-11-06", "2025-11-06"] * 20
    claims = [record_of(case) for case in files]
    kept = [entitled(again(case).norm, claim.inputs_now()).amounts["payable_rupees"] for case, claim in zip(files, claims, strict=True)]
    assert kept == [claim.amount_asked for claim in claims] == [Decimal(10_000), Decimal(20_000)] * 20
    under_newest = [entitled(newest, claim.inputs_now()).amounts["payable_rupees"] for claim in claims]
    assert {new - old for new, old in zip(under_newest, kept, strict=True)} == {Decimal(15_000), Decimal(5_000)}
    paid = record_of(go_on(files[1], to="pay"))
    assert paid.amount_sanctioned == Decimal(20_000)
    assert file_claim([sea_line(99)], exporter=99).norm == newest
    assert verify().findings == []


def test_a_correction_of_the_day_of_export_changes_the_version_and_an_unmaterial_one_does_not():
    case = file_claim([sea_line(1, on=OLD_RATES)])
    assert a_newer_version(OLD_RATES) == file_claim([sea_line(2, on=OLD_RATES)], exporter=2).norm
    take(case, "returned", text="Name the proprietor.")
    correct(case, proprietor="Another")
    assert again(case).norm.version == "before 2025-11-06"
    take(case, "returned", about_1="lines", objection_1="The bill says the 6th.")
    line = record_of(case).lines.get()
    correct(case, **typed_lines([sea_line(1, on=NEW_RATES)], [line.pk]))
    assert again(case).norm.version == "2025-11-06"
    assert record_of(case).amount_asked == Decimal(20_000)
    assert FreightLine.objects.get(claim=record_of(case)).pk == line.pk
    assert verify().findings == []


# Shipping bills


def test_a_shipping_bill_is_claimed_once_by_sea_or_by_air_and_the_other_file_is_named():
    first = file_claim([sea_line(4512345)])
    form = refused([air_line(4512345, port="INMUN1")], mode="air", exporter=2)
    assert cells(form) == {(1, "bill_number"): f"Shipping bill 4512345 (INMUN1) is already claimed in file {first.number}."}


def test_from_another_district_only_the_district_is_named():
    first = file_claim([sea_line(4512345)], district="Bhadohi")
    form = refused([sea_line(1), sea_line("00 4512345 ", port="in mun1")], exporter=2)
    assert cells(form) == {(2, "bill_number"): "Shipping bill 4512345 (INMUN1) is already claimed in the district Bhadohi."}
    assert first.number not in str(form.errors)


def test_the_same_number_at_another_port_is_another_bill():
    file_claim([sea_line(4512345)])
    assert waiting(file_claim([sea_line(4512345, port="INNSA1")], exporter=2)).step == "scrutinise"


def test_several_containers_of_one_bill_stand_in_one_claim():
    case = file_claim(boxes(3))
    assert ShippingBill.objects.get().file_number == case.number
    assert any("Several lines are of one shipping bill" in check.text for check in FreightFlow.checks(case))


def test_a_corrected_bill_frees_the_one_it_replaces():
    case = take(file_claim([sea_line(1)]), "returned", text="The number is another.")
    correct(case, **typed_lines([sea_line(2)], [record_of(case).lines.get().pk]))
    assert [str(bill) for bill in ShippingBill.objects.all()] == ["2 (INMUN1)"]


# The exporter's year


def test_two_claims_of_an_exporter_share_the_years_ceiling_and_the_second_gets_what_is_left():
    first, second = a_claim(at="sanction", lines=boxes(50)), a_claim(at="sanction", lines=boxes(30, first=2))
    take(first, "sanctioned")
    assert record_of(second).amount_recommended == Decimal(12 * LAKH)
    take(second, "sanctioned")
    claim = record_of(second)
    assert (record_of(first).amount_sanctioned, claim.amount_sanctioned) == (Decimal(20 * LAKH), Decimal(10 * LAKH))
    assert claim.derivation["amounts"]["inadmissible_rupees"] == "200000.00"
    assert Order.objects.get(case=second).amount == Decimal(10 * LAKH)
    assert last_body(second)["derivation"] == claim.derivation
    assert "only ₹10,00,000 is left" in sentence(claim.derivation["steps"][-1])
    with translation.override("hi"):
        assert "₹10,00,000" in sentence(claim.derivation["steps"][-1])
    assert verify().findings == []


def test_an_exhausted_ceiling_bars_every_step_forward_and_the_claim_is_rejected():
    case = file_claim()
    used_up(case, "3000000", "3000000")
    with pytest.raises(AssertionError, match="Annual ceiling exhausted"):
        take(case, "recommended")
    take(case, "rejected")
    assert again(case).ending == "rejected"
    assert last_body(case)["text"].startswith("Annual ceiling exhausted: ₹30,00,000")


def test_a_sanction_is_refused_when_the_last_rupee_went_to_another_claim_in_the_meantime():
    case = a_claim(at="sanction")
    form = SanctionForm({"outcome": "sanctioned", "seen": again(case).head}, movement=waiting(case), officer=officer("director"))
    assert form.is_valid()
    used_up(case, "3000000", "3000000")
    with pytest.raises(Refusal, match="Annual ceiling exhausted"):
        decide(waiting(case), by=officer("director"), form=form)
    assert not Order.objects.exists() and again(case).is_open


def test_the_ceilings_of_sea_and_air_are_apart():
    case = a_claim(at="pay", lines=[air_line(1)], mode="air")
    claim = record_of(case)
    year = financial_year(today())
    assert ceilings.used("AIR_FREIGHT", claim.iec_digest, year) == Decimal(75_000)
    assert ceilings.used("GATEWAY_PORT_FREIGHT", claim.iec_digest, year) == 0


def test_what_is_said_at_the_order_is_computed_from_the_year_just_before_it():
    case = a_claim(at="sanction", lines=boxes(50))
    used_up(case, "1500000", "3000000")
    take(case, "sanctioned")
    claim = record_of(case)
    assert claim.amount_sanctioned == Decimal(15 * LAKH)
    assert computed_at_order(claim, case.norm, claim.amount_sanctioned).stored() == claim.derivation


def test_without_money_in_the_head_nothing_is_sanctioned():
    case = a_claim(at="sanction")
    Allotment.objects.filter(head__scheme="GATEWAY_PORT_FREIGHT").update(allotted=100)
    with pytest.raises(AssertionError, match="less than"):
        take(case, "sanctioned")


def test_the_manager_may_file_and_gets_his_own_claim_back():
    data = claim_data([sea_line(1)], district="Agra")
    case = begin(FreightFlow, office("manager_dic", "Agra"), data, kinds=SEA_PAPERS)
    assert waiting(case).office == office("dic", "Agra")
    take(case, "returned", text="The invoice is not readable.")
    assert waiting(case).office == office("manager_dic", "Agra")


# Duplicates and other checks


def levels(case):
    return {(check.level, check.code) for check in FreightFlow.checks(again(case))}


def test_the_account_of_another_exporter_is_asked_about_and_another_claim_of_the_same_exporter_is_not():
    file_claim([sea_line(1)], exporter=1)
    same = file_claim([sea_line(2)], exporter=1)
    assert not any(level == "ask" for level, _code in levels(same))
    assert any("1 more claims" in check.text for check in FreightFlow.checks(same))
    other = file_claim([sea_line(3)], exporter=2, account="SBIN0009001 30123450001")
    code = next(code for level, code in levels(other) if level == "ask")
    with pytest.raises(AssertionError, match="Answer this"):
        take(other, "recommended")
    take(other, "recommended", **{f"answer_{code}": "The bank confirmed a joint account."})
    assert waiting(other).step == "committee"


def test_a_gstin_of_another_pan_is_refused_at_its_field():
    form = refused([sea_line(1)], exporter=1, pan="ZZZFZ0002K")
    assert "another PAN" in form.errors["gstin"][0] and "another PAN" in form.errors["iec"][0]


def test_cells_are_refused_one_by_one():
    form = refused([sea_line(1, port="MUNDRA"), sea_line("#", feet="")])
    assert set(cells(form)) == {(1, "port_code"), (2, "bill_number")}
    form = refused([sea_line(1, feet=""), sea_line(2, on=today() + timedelta(days=1))])
    assert set(cells(form)) == {(1, "feet"), (2, "exported_on")}


def test_an_air_claim_asks_for_the_airway_bill_and_not_for_the_bill_of_lading():
    form = refused([air_line(1)], mode="air")
    assert "paper_airway_bill" in form.errors and "paper_bill_of_lading" not in form.errors
    assert {f"paper_{kind}" for kind in SEA_PAPERS} <= set(refused([sea_line(1)]).errors)


def test_the_machines_checks_ask_the_database_a_fixed_number_of_times(django_assert_max_num_queries):
    case = again(file_claim(boxes(20)))
    assert case.record.lines.all()
    with django_assert_max_num_queries(6):
        FreightFlow.checks(case)
