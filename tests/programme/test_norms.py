"""Versions of norms: which one is in force, what the database refuses, what may be published."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from programme.models import Norm, NormStatus, Officer, State
from programme.norms.borders import border_table
from programme.norms.faults import faults
from programme.norms.ladders import rung, rungs
from programme.norms.publishing import NotPublished, publish

pytestmark = pytest.mark.django_db
FREIGHT = "GATEWAY_PORT_FREIGHT"
DAY = timedelta(days=1)


@pytest.fixture
def publisher() -> Officer:
    return Officer.objects.get(username="administrator")


@pytest.fixture
def margin(up: State) -> Norm:
    """A draft of next year's margin money with the rules of today."""
    today = Norm.objects.get(scheme="ODOP_MARGIN_MONEY")
    return Norm.objects.create(state=up, scheme=today.scheme, version="2027", applies_from=date(2027, 4, 1), rules=today.rules)


def with_slab(norm: Norm, number: int, **changes: str | None) -> Norm:
    slabs = [dict(slab) for slab in norm.rules["slabs"]]
    slabs[number - 1].update(changes)
    norm.rules = {**norm.rules, "slabs": slabs}
    norm.save()
    return norm


def test_every_norm_of_the_fixtures_could_be_published_and_says_what_is_not_verified():
    for norm in Norm.objects.all():
        assert faults(norm) == [], norm
        assert norm.source and norm.doubt and not norm.verified


VERSION_DAYS = [
    (FREIGHT, date(1999, 9, 24), None, "1999-09-24"),
    (FREIGHT, date(2019, 8, 15), "1999-09-24", "2019-08-15"),
    (FREIGHT, date(2023, 4, 1), "2019-08-15", "before 2025-11-06"),
    (FREIGHT, date(2025, 11, 6), "before 2025-11-06", "2025-11-06"),
    ("AIR_FREIGHT", date(2022, 4, 1), None, "2022 press"),
    ("AIR_FREIGHT", date(2025, 11, 6), "2022 press", "2025-11"),
    ("ODOP_MARGIN_MONEY", date(2018, 9, 11), None, "2018"),
]


@pytest.mark.parametrize(("scheme", "day", "before", "then"), VERSION_DAYS)
def test_a_version_begins_on_its_day_and_not_on_the_day_before(up, scheme, day, before, then):
    assert Norm.in_force(scheme, up, day).version == then
    if before is None:
        with pytest.raises(Norm.DoesNotExist):
            Norm.in_force(scheme, up, day - DAY)
    else:
        assert Norm.in_force(scheme, up, day - DAY).version == before


def test_a_version_ends_on_its_last_day():
    rajasthan = State.objects.get(short="RJ")
    assert Norm.in_force("RAJ_ODOP_MARGIN", rajasthan, date(2029, 3, 31)).version == "2024"
    with pytest.raises(Norm.DoesNotExist):
        Norm.in_force("RAJ_ODOP_MARGIN", rajasthan, date(2029, 4, 1))


def test_an_older_version_does_not_come_back_when_a_newer_one_has_ended(up):
    for version, begins, ends in (("first", date(2020, 4, 1), None), ("second", date(2021, 4, 1), date(2022, 3, 31))):
        Norm.objects.create(state=up, scheme="TEST", version=version, applies_from=begins, applies_until=ends, status="published")
    assert Norm.in_force("TEST", up, date(2022, 3, 31)).version == "second"
    with pytest.raises(Norm.DoesNotExist):
        Norm.in_force("TEST", up, date(2022, 4, 1))


def test_the_states_own_rule_comes_before_that_of_all_india(up, hp):
    india = Norm.in_force("PMFME_INDIVIDUAL", up, date(2026, 11, 25))
    assert india.state is None and india == Norm.in_force("PMFME_INDIVIDUAL", None, date(2026, 11, 25))
    own = Norm.objects.create(state=up, scheme="PMFME_INDIVIDUAL", version="UP", applies_from=date(2026, 1, 1), status="published")
    assert Norm.in_force("PMFME_INDIVIDUAL", up, date(2026, 11, 25)) == own
    assert Norm.in_force("PMFME_INDIVIDUAL", up, date(2025, 11, 25)) == india
    assert Norm.in_force("PMFME_INDIVIDUAL", hp, date(2026, 11, 25)) == india


def test_a_draft_is_never_in_force(up, margin):
    assert Norm.in_force("ODOP_MARGIN_MONEY", up, date(2028, 1, 1)).version == "2018"


CHANGES = [
    ("rules", "'{}'"),
    ("version", "'other'"),
    ("applies_from", "'2017-01-01'"),
    ("applies_until", "'2030-01-01'"),
    ("verified", "(1=1)"),
    ("doubt", "''"),
    ("status", "'draft'"),
    ("state_id", "2"),
    ("order_number", "'1'"),
]


@pytest.mark.parametrize("status", [NormStatus.PUBLISHED, NormStatus.SUPERSEDED])
@pytest.mark.parametrize(("column", "value"), CHANGES)
def test_the_database_refuses_any_change_of_a_version_that_was_published(status, column, value):
    norm = Norm.objects.filter(scheme=FREIGHT, status=status).first()
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE programme_norm SET {column} = {value} WHERE id = {norm.pk}")


def test_the_database_refuses_to_delete_or_replace_what_was_published():
    norm = Norm.objects.get(scheme="ODOP_MARGIN_MONEY")
    refused = [f"DELETE FROM programme_norm WHERE id = {norm.pk}"]
    if connection.vendor == "sqlite":
        columns = "id, scheme, version, order_number, applies_from, applies_by, status, rules, source, verified, doubt, state_id"
        values = "'ODOP_MARGIN_MONEY', '2018', '', '2018-09-11', 'application', 'published', '{}', '', 0, '', 9"
        refused.append(f"INSERT OR REPLACE INTO programme_norm ({columns}) VALUES ({norm.pk}, {values})")
        refused.append(f"INSERT OR REPLACE INTO programme_norm ({columns}) VALUES (987654, {values})")
        draft = Norm.objects.create(state=norm.state, scheme=norm.scheme, version="draft", applies_from=date(2027, 1, 1))
        refused.append(f"UPDATE OR REPLACE programme_norm SET version = '2018' WHERE id = {draft.pk}")
    for statement in refused:
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    norm.refresh_from_db()
    assert norm.rules["slabs"]


def test_a_published_version_may_become_superseded_and_nothing_back():
    norm = Norm.objects.get(scheme="ODOP_MARGIN_MONEY")
    norm.status = NormStatus.SUPERSEDED
    norm.save()
    norm.status = NormStatus.PUBLISHED
    with pytest.raises(IntegrityError), transaction.atomic():
        norm.save()


def test_two_published_versions_never_begin_on_one_day(up):
    for state in (up, None):
        Norm.objects.create(state=state, scheme="TEST", version="first", applies_from=date(2027, 4, 1), status="published")
        with pytest.raises(IntegrityError), transaction.atomic():
            Norm.objects.create(state=state, scheme="TEST", version="second", applies_from=date(2027, 4, 1), status="published")


def test_publishing_supersedes_the_version_before_and_keeps_it_for_its_time(up, margin, publisher):
    publish(margin, by=publisher)
    margin.refresh_from_db()
    before = Norm.objects.get(version="2018")
    assert (margin.status, before.status) == (NormStatus.PUBLISHED, NormStatus.SUPERSEDED)
    assert margin.published_by == publisher and margin.published_at
    assert Norm.in_force("ODOP_MARGIN_MONEY", up, date(2027, 3, 31)) == before
    assert Norm.in_force("ODOP_MARGIN_MONEY", up, date(2027, 4, 1)) == margin


def test_a_correction_of_the_same_day_replaces_the_version(up, margin, publisher):
    publish(margin, by=publisher)
    corrected = Norm.objects.create(state=up, scheme=margin.scheme, version="2027 b", applies_from=margin.applies_from, rules=margin.rules)
    publish(corrected, by=publisher)
    margin.refresh_from_db()
    assert margin.status == NormStatus.SUPERSEDED
    assert Norm.in_force("ODOP_MARGIN_MONEY", up, margin.applies_from) == corrected


def test_only_a_draft_is_published(margin, publisher):
    publish(margin, by=publisher)
    with pytest.raises(NotPublished, match="Only a draft"):
        publish(margin, by=publisher)


SLAB_FAULTS = [
    (1, {"over": "1"}, "must begin at 0"),
    (2, {"over": "2500001"}, "there is a gap"),
    (2, {"over": "2400000"}, "overlaps line 1"),
    (2, {"upto": "2400000"}, "not above its beginning"),
    (3, {"upto": None}, "has no end"),
    (4, {"upto": "90000000"}, "amounts above it have no line"),
    (3, {"pct": "-10"}, "without its sign"),
    (3, {"pct": "150"}, "not more than 100"),
    (3, {"pct": "0"}, "above 0"),
    (3, {"rule": "average"}, "must be one of: min, max"),
    (3, {"fixed": 1000000}, "in quotes"),
    (3, {"pct": "15"}, "The amount falls from ₹22,50,000 at ₹1,50,00,000 to ₹15,00,000 at ₹1,50,00,001"),
    (4, {"fixed": "1000000"}, "must never fall"),
]


@pytest.mark.parametrize(("number", "changes", "sentence"), SLAB_FAULTS, ids=[row[2] for row in SLAB_FAULTS])
def test_slabs_that_cannot_be_right_are_not_published(margin, publisher, number, changes, sentence):
    with_slab(margin, number, **changes)
    with pytest.raises(NotPublished) as refusal:
        publish(margin, by=publisher)
    assert sentence in " ".join(refusal.value.faults)
    margin.refresh_from_db()
    assert margin.status == NormStatus.DRAFT
    assert Norm.objects.get(version="2018").status == NormStatus.PUBLISHED


RULE_FAULTS = [
    ("ODOP_MARGIN_MONEY", {"own_pct": None}, "“own_pct” is missing"),
    ("ODOP_MARGIN_MONEY", {"margin": "5"}, "“margin” is not known"),
    ("ODOP_MARGIN_MONEY", {"own_pct": {"general": "10"}}, "exactly these entries: general, special"),
    ("ODOP_MARGIN_MONEY", {"committee": {"quorum": 5, "members": ["dm", "dic"]}}, "quorum is larger"),
    ("ODOP_MARGIN_MONEY", {"days": {"scrutinise": 0}}, "whole number from 1"),
    ("ODOP_MARGIN_MONEY", {"rounding": "up"}, "one of: floor, nearest, paisa"),
    ("ODOP_MARGIN_MONEY", {"once_per_family": "yes"}, "true or false"),
    ("ODOP_MARGIN_MONEY", {"papers": ["affidavit", "affidavit"]}, "twice"),
    (FREIGHT, {"per_teu": "1000"}, "Write either “per_teu”"),
    (FREIGHT, {"cap_40ft": None}, "Write either “per_teu”"),
    (FREIGHT, {"annual_cap": "-3000000"}, "Write the amount in rupees"),
    (FREIGHT, {"claim_days": -1}, "whole number"),
    ("HP_TRANSPORT", {"pct_from": "6"}, "range of the percentage"),
    ("ODOP_CFC", {"spv_odop_fraction": "3/2"}, "part of the whole"),
    ("ODOP_MARGIN_MONEY", {"committee": {"quorum": 1, "members": 5, "chair": "dm"}}, "list of words"),
    ("ODOP_MARGIN_MONEY", {"committee": {"quorum": 1, "members": ["dm", "dc"]}}, "“dc” is no post of Uttar Pradesh."),
    (FREIGHT, {"annual_cap": "000"}, "amount of zero"),
    ("ODOP_MDA", {"components": [{"kind": "in_state", "stal_pct": "75", "stal_cap": "50000"}]}, "“stal_pct” is not known"),
    ("ACTION_PLAN", {"deadline": "31-10"}, "month and day"),
    ("ACTION_PLAN", {"deadline": "02-30"}, "month and day"),
]


@pytest.mark.parametrize(("scheme", "changes", "sentence"), RULE_FAULTS, ids=[f"{row[0]} {row[2]}" for row in RULE_FAULTS])
def test_rules_that_are_missing_unknown_or_silly_are_faults(scheme, changes, sentence):
    norm = Norm.objects.filter(scheme=scheme, status="published").first()
    rules = {**norm.rules, **changes}
    norm.rules = {name: value for name, value in rules.items() if value is not None}
    assert sentence in " ".join(faults(norm))


def test_an_unknown_scheme_and_rules_that_are_no_object_are_faults(margin):
    margin.rules = []
    assert faults(margin) == ["The rules must be an object."]
    margin.scheme = "MAGIC"
    assert faults(margin) == ["“MAGIC” is no scheme of this software."]


def test_dates_that_overlap_or_leave_a_gap_are_faults(up):
    rajasthan = Norm.objects.get(scheme="RAJ_ODOP_MARGIN")
    following = Norm(state=rajasthan.state, scheme=rajasthan.scheme, version="2029", rules=rajasthan.rules)
    for begins, sentence in ((date(2029, 3, 31), "overlaps"), (date(2029, 4, 2), "days have no rule"), (date(2029, 4, 1), "")):
        following.applies_from = begins
        assert sentence in " ".join(faults(following)) and bool(sentence) == bool(faults(following))
    following.applies_until = date(2029, 3, 1)
    assert "before it begins" in " ".join(faults(following))


def test_the_border_table_shows_a_rupee_round_every_border_and_corner(margin):
    costs = {row.inputs["project_cost_rupees"] for row in border_table(margin)}
    for border in (2_500_000, 3_125_000, 5_000_000, 10_000_000, 15_000_000, 20_000_000):
        assert {border - 1, border, border + 1} <= costs
    assert all(row.asked and row.given for norm in Norm.objects.all() for row in border_table(norm))


LADDER = [
    ("0", "director"),
    ("1", "director"),
    ("1000000", "director"),
    ("1000000.01", "principal_secretary"),
    ("90000000", "principal_secretary"),
]


@pytest.mark.parametrize(("amount", "designation"), LADDER)
def test_the_ladder_names_the_post_for_an_amount(up, amount, designation):
    norm = Norm.in_force("DELEGATION_LOAN", up, date(2026, 11, 25))
    assert rung(norm, Decimal(amount)).designation == designation


def test_a_ladder_has_a_line_for_every_amount_but_a_negative_one(up, hp):
    for state, post in ((up, "principal_secretary"), (hp, "acs_industries")):
        norm = Norm.in_force("DELEGATION_EXHIBITION", state, date(2026, 11, 25))
        assert [line.designation for line in rungs(norm)] == [post]
        assert rung(norm, Decimal(0)).upto is None
    with pytest.raises(LookupError):
        rung(norm, Decimal(-1))


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([("0", "10", "a"), ("20", None, "b")], "there is a gap"),
        ([("0", "10", "a"), ("5", None, "b")], "overlaps"),
        ([("0", "10", "a")], "have no line"),
        ([("0", None, "the director")], "code of a designation"),
        ([], "at least one line"),
        ([("0", "10", "director"), ("10", None, "dc")], "“dc” is no post of Uttar Pradesh."),
    ],
)
def test_a_ladder_with_gaps_overlaps_or_no_post_is_a_fault(up, lines, sentence):
    ladder = [dict(zip(("over", "upto", "designation"), line, strict=True)) for line in lines]
    norm = Norm(state=up, scheme="DELEGATION_TEST", version="new", applies_from=date(2026, 4, 1), rules={"ladder": ladder})
    assert sentence in " ".join(faults(norm))
