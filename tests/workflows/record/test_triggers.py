from datetime import date

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from programme.models import Allotment, LedgerEntry, Office, Officer, Posting
from workflows.models import Enclosure, Noting, OrderPaper, PrivateNote
from workflows.record import sealer, triggers

SQLITE, POSTGRESQL = connection.vendor == "sqlite", connection.vendor == "postgresql"
sqlite_only = pytest.mark.skipif(not SQLITE, reason="INSERT OR REPLACE is SQLite's")
postgresql_only = pytest.mark.skipif(not POSTGRESQL, reason="SQLite has no TRUNCATE, no replication role and no SHA-256")
APPEND_ONLY = [
    "workflows_noting",
    "workflows_leaf",
    "workflows_checkpoint",
    "workflows_privatenote",
    "workflows_snapshot",
    "workflows_enclosure",
]


def run(sql, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def refused(sql, *values):
    """Fail unless the database itself refuses the statement."""
    with pytest.raises(IntegrityError):
        run(sql, *values)


def copy_of(table, **changes):
    """Return an INSERT of the table's first row with some values changed, and its values."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY 1 LIMIT 1")
        row = dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True)) | changes
    names = ", ".join(f'"{name}"' for name in row)
    return f"INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(row))})", list(row.values())


@pytest.fixture
def sealed(place, case):
    place.sign(case)
    sealer.seal()
    return case


@pytest.fixture
def issued(place, case):
    order = place.issue(case)
    OrderPaper.objects.create(order=order, language="hi", stored="x", sha256="0" * 64, size=1, signed=False)
    return order


ISSUED = ["workflows_orderpaper", "workflows_order"]


@pytest.mark.parametrize("table", ISSUED)
def test_an_order_and_its_printing_are_neither_changed_nor_deleted(issued, table):
    refused(f"UPDATE {table} SET id = id + 1")
    refused(f"DELETE FROM {table}")


@sqlite_only
@pytest.mark.parametrize("table", ISSUED)
@pytest.mark.parametrize("changes", [{}, {"id": 10_000_000}], ids=["the same row", "another row of the same name"])
def test_an_order_and_its_printing_are_not_replaced(issued, table, changes):
    sql, values = copy_of(table, **changes)
    refused(f"INSERT OR REPLACE {sql}", *values)


@postgresql_only
@pytest.mark.parametrize("table", ISSUED)
def test_orders_are_not_emptied(issued, table):
    run("SET CONSTRAINTS ALL IMMEDIATE")
    refused(f"TRUNCATE {table} CASCADE")


def test_every_guard_is_in_place_after_migrating(db):
    assert triggers.missing() == []


def test_guards_can_be_taken_away_and_put_back(db):
    triggers.remove()
    assert len(triggers.missing()) == sum(guard.concerns(connection.vendor) for guard in triggers.GUARDS)
    triggers.install()
    triggers.install()
    assert triggers.missing() == []


def test_the_next_migrate_puts_guards_back(db):
    # A table that a migration rebuilds on SQLite comes back without them.
    triggers.remove()
    call_command("migrate", verbosity=0)
    assert triggers.missing() == []


def test_a_guard_in_another_wording_is_reported(db):
    with connection.cursor() as cursor:
        if SQLITE:
            cursor.execute("DROP TRIGGER noting_never_changed")
            cursor.execute("CREATE TRIGGER noting_never_changed BEFORE UPDATE ON workflows_noting FOR EACH ROW BEGIN SELECT 1; END")
        else:
            cursor.execute("CREATE OR REPLACE FUNCTION noting_never_changed() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'")
    assert triggers.missing() == ["noting_never_changed"]


@postgresql_only
@pytest.mark.parametrize("how", ["DISABLE", "ENABLE REPLICA", "ENABLE"])
def test_a_guard_switched_off_or_down_is_reported(db, how):
    run(f"ALTER TABLE workflows_noting {how} TRIGGER noting_never_changed")
    assert triggers.missing() == ["noting_never_changed"]


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_nothing_of_the_record_is_deleted(sealed, table):
    refused(f"DELETE FROM {table}")


@pytest.mark.parametrize(
    "change",
    [
        "workflows_noting SET body = '{}'",
        "workflows_noting SET officer_id = NULL",
        "workflows_leaf SET noting_id = noting_id + 1",
        "workflows_checkpoint SET note = ''",
        "workflows_enclosure SET sha256 = 'x'",
        "workflows_enclosure SET stored = 'x'",
        "workflows_enclosure SET kind = 'x'",
        "workflows_enclosure SET case_id = NULL",
        "workflows_privatenote SET body = '{}'",
        "workflows_privatenote SET body = '', salt = ''",
        "workflows_privatenote SET body = '{}', salt = '', erased_at = '2026-11-22 00:00:00'",
    ],
)
def test_nothing_of_the_record_is_changed(sealed, change):
    refused(f"UPDATE {change}")


@postgresql_only
@pytest.mark.parametrize("table", [*APPEND_ONLY, "programme_ledgerentry"])
def test_no_table_of_the_record_is_emptied(sealed, table):
    run("SET CONSTRAINTS ALL IMMEDIATE")
    refused(f"TRUNCATE {table} CASCADE")


@postgresql_only
def test_a_replica_session_is_refused_too(sealed):
    run("SET LOCAL session_replication_role = replica")
    refused("UPDATE workflows_noting SET body = '{}'")


@pytest.mark.parametrize(
    "changes",
    [{"paragraph": 4}, {"paragraph": 2}, {"paragraph": 3, "previous": "0" * 64}, {"paragraph": 3, "previous": ""}, {"paragraph": 0}],
    ids=["gap", "same number", "wrong link", "no link", "before the first"],
)
def test_a_paragraph_out_of_line_is_refused(sealed, changes):
    sql, values = copy_of("workflows_noting", id=10_000_000, **changes)
    refused(f"INSERT {sql}", *values)


def test_a_paragraph_in_line_is_taken(sealed):
    sql, values = copy_of("workflows_noting", id=10_000_000, paragraph=3, previous=sealed.head)
    run(f"INSERT {sql}", *values)
    assert Noting.objects.filter(pk=10_000_000).exists()


@postgresql_only
def test_a_paragraph_with_a_wrong_hash_is_refused(sealed):
    sql, values = copy_of("workflows_noting", id=10_000_000, paragraph=3, previous=sealed.head, body="{}")
    refused(f"INSERT {sql}", *values)


@sqlite_only
@pytest.mark.parametrize("table", [*APPEND_ONLY, "programme_ledgerentry"])
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_no_row_of_the_record_is_replaced(sealed, ledger_line, table, recursive):
    run(f"PRAGMA recursive_triggers = {recursive}")
    sql, values = copy_of(table)
    refused(f"INSERT OR REPLACE {sql}", *values)
    refused(f"REPLACE {sql}", *values)


@sqlite_only
def test_a_paragraph_is_not_replaced_under_the_guise_of_the_next_one(sealed):
    first = sealed.notings.first()
    sql, values = copy_of("workflows_noting", id=first.pk, paragraph=3, previous=sealed.head)
    refused(f"INSERT OR REPLACE {sql}", *values)


@sqlite_only
def test_update_or_replace_is_refused(sealed):
    refused("UPDATE OR REPLACE workflows_noting SET paragraph = 1")


@pytest.mark.parametrize("index", [0, 3, -1])
def test_places_in_the_log_follow_each_other(place, sealed, index):
    noting = place.sign(sealed)
    refused('INSERT INTO workflows_leaf ("index", noting_id) VALUES (%s, %s)', index, noting.pk)


def test_a_seal_smaller_than_the_newest_is_refused(sealed):
    sql, values = copy_of("workflows_checkpoint", id=10_000_000, size=1)
    refused(f"INSERT {sql}", *values)


def test_personal_data_can_be_erased_once_and_completely(sealed):
    erase = "UPDATE workflows_privatenote SET body = '', salt = '', erased_at = '2026-11-22 00:00:00'"
    run(erase)
    assert PrivateNote.objects.get().body == ""
    refused(erase)


def test_a_paper_not_yet_on_a_file_can_be_changed_and_removed(place):
    paper = Enclosure.objects.create(
        case=None, kind="estimate", name="e", content_type="application/pdf", size=1, sha256="0" * 64, stored="e", added_by=place.officer
    )
    Enclosure.objects.filter(pk=paper.pk).update(kind="layout")
    assert Enclosure.objects.filter(pk=paper.pk).delete()[0] == 1


def test_a_paper_of_a_file_can_still_be_replaced_by_a_newer_one(place, case):
    newer = place.enclose(case, "estimate", b"newer")
    Enclosure.objects.filter(case=case).exclude(pk=newer.pk).update(replaced_by=newer)
    assert case.enclosures.filter(replaced_by=None).get() == newer


@pytest.fixture
def ledger_line(place):
    allotment = Allotment.objects.create(head=place.head, year="2026-27", allotted=1_000)
    return LedgerEntry.objects.create(allotment=allotment, kind="commitment", amount=10, file_number="ZZ/1")


@pytest.mark.parametrize("sql", ["UPDATE programme_ledgerentry SET amount = 1", "DELETE FROM programme_ledgerentry"])
def test_the_ledger_is_only_added_to(ledger_line, sql):
    refused(sql)


JUNE, JULY = (date(2027, 6, 1), date(2027, 6, 30)), (date(2027, 7, 1), date(2027, 7, 31))


@pytest.fixture
def june(place):
    """A second office and officer; the officer holds it in regular charge through June 2027."""
    office = Office.objects.create(designation=place.office.designation, district=None)
    officer = Officer.objects.create(username="record.second", name_en="B. Rao")
    return Posting.objects.create(officer=officer, office=office, starts_on=JUNE[0], ends_on=JUNE[1])


def post(officer, office, days, charge="regular"):
    with transaction.atomic():
        return Posting.objects.create(officer=officer, office=office, starts_on=days[0], ends_on=days[1], charge=charge)


@pytest.mark.parametrize("days", [JUNE, (JUNE[1], None), (date(2027, 1, 1), JUNE[0]), (date(2027, 1, 1), None)])
def test_two_officers_do_not_hold_one_office_on_the_same_day(june, days):
    other = Officer.objects.create(username="record.third", name_en="C. Das")
    with pytest.raises(IntegrityError):
        post(other, june.office, days)


def test_one_officer_does_not_hold_two_offices_on_the_same_day(place, june):
    Posting.objects.filter(pk=place.posting.pk).update(ends_on=date(2026, 12, 31))
    with pytest.raises(IntegrityError):
        post(june.officer, place.office, JUNE)


@pytest.mark.parametrize("charge", ["additional", "officiating", "link"])
def test_other_charges_may_stand_beside_a_regular_one(place, june, charge):
    assert post(june.officer, place.office, JUNE, charge).pk


def test_the_next_holder_joins_the_day_after(june):
    assert post(Officer.objects.create(username="record.third", name_en="C. Das"), june.office, JULY).pk


def test_a_posting_cannot_be_stretched_over_the_next_one(june):
    post(Officer.objects.create(username="record.third", name_en="C. Das"), june.office, JULY)
    with pytest.raises(DatabaseError), transaction.atomic():
        Posting.objects.filter(pk=june.pk).update(ends_on=None)


def test_a_posting_can_be_ended_and_an_additional_charge_made_regular_when_free(place, june):
    additional = post(june.officer, place.office, JULY, "additional")
    Posting.objects.filter(pk=place.posting.pk).update(ends_on=JUNE[1])
    assert Posting.objects.filter(pk=additional.pk).update(charge="regular") == 1
