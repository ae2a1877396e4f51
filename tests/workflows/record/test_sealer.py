from datetime import UTC, datetime

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection, transaction

from workflows.models import Checkpoint, Leaf, Noting
from workflows.record import keys, merkle, sealer, triggers
from workflows.record.notes import NO_NOTE, note_hash, read_note

AT = datetime(2026, 11, 22, 4, 30, 15, 123456, tzinfo=UTC)


def leaf_hashes():
    return [merkle.leaf_hash(bytes.fromhex(h)) for h in Leaf.objects.order_by("index").values_list("noting__hash", flat=True)]


def test_nothing_is_sealed_when_nothing_was_written(db):
    assert sealer.seal() is None
    assert (sealer.newest_note(), list(sealer.anchors())) == (None, [])


def test_paragraphs_get_consecutive_places_and_a_signed_root(place, case):
    place.sign(case)
    checkpoint = sealer.seal(now=AT)
    note = read_note(checkpoint.note)
    assert list(Leaf.objects.order_by("index").values_list("index", "noting__paragraph")) == [(0, 1), (1, 2)]
    assert note.signed_by(keys.verifier_key())
    assert (note.origin, note.size, note.previous, note.time) == ("karyapravah.test", 2, NO_NOTE, "2026-11-22T04:30:15Z")
    assert note.root == checkpoint.root == merkle.root_of(leaf_hashes()).hex()


def test_a_second_run_finds_nothing_to_do(place, case):
    assert sealer.seal() is not None
    assert sealer.seal() is None


@pytest.mark.parametrize("size", range(2, 10))
def test_each_seal_continues_the_one_before(place, case, size):
    first = sealer.seal()
    for _ in range(size - 1):
        place.sign(case)
    second = sealer.seal()
    assert read_note(second.note).previous == note_hash(first.note)
    assert second.root == merkle.root_of(leaf_hashes()).hex()
    proof = merkle.consistency_proof(leaf_hashes(), first.size)
    assert merkle.consistency_holds(first.size, second.size, bytes.fromhex(first.root), bytes.fromhex(second.root), proof)


def test_a_paragraph_committed_late_is_sealed_next(place, case, monkeypatch):
    other = place.open_file(2).notings.get()
    with monkeypatch.context() as patch:
        patch.setattr(sealer, "_unsealed", lambda: [("noting_id", other.pk, other.hash)])
        sealer.seal()
    assert sealer.seal().size == 2
    assert list(Leaf.objects.order_by("index").values_list("noting", flat=True)) == [other.pk, case.notings.get().pk]


def test_the_search_for_unsealed_paragraphs_is_bounded(place, case, monkeypatch):
    sealer.seal()
    early = place.sign(case)
    for _ in range(3):
        place.sign(case)
    triggers.remove()
    Leaf.objects.create(index=1, noting=case.notings.latest("paragraph"))
    monkeypatch.setattr(sealer, "WINDOW", 2)
    assert early.pk not in [pk for _column, pk, _hash in sealer._unsealed()]


def test_what_it_costs_does_not_grow_with_what_is_sealed(place, case, django_assert_num_queries):
    sealer.seal()
    extra = 1 if connection.vendor == "postgresql" else 0  # the lock
    for _ in range(3):
        place.sign(case)
        with django_assert_num_queries(10 + extra):  # two of them the savepoint of the test
            checkpoint = sealer.seal()
        assert checkpoint.size == Leaf.objects.count() == Noting.objects.count()


def test_nothing_is_sealed_on_top_of_a_changed_checkpoint(place, case):
    checkpoint = sealer.seal()
    place.sign(case)
    triggers.remove()
    Checkpoint.objects.filter(pk=checkpoint.pk).update(frontier=["00" * 32])
    with pytest.raises(sealer.BrokenSeal, match="1"):
        sealer.seal()


def test_nothing_is_sealed_on_top_of_a_forged_signature(place, case):
    checkpoint = sealer.seal()
    place.sign(case)
    triggers.remove()
    Checkpoint.objects.filter(pk=checkpoint.pk).update(note=checkpoint.note.replace("karyapravah.test", "karyapravah.evil"))
    with pytest.raises(sealer.BrokenSeal):
        sealer.seal()


def test_nothing_is_sealed_when_places_are_missing(place, case):
    place.sign(case)
    sealer.seal()
    place.sign(case)
    triggers.remove()
    Leaf.objects.filter(index=1).delete()
    with pytest.raises(sealer.BrokenSeal):
        sealer.seal()


def test_nothing_is_sealed_with_a_key_that_others_may_read(settings, place, case):
    settings.SEAL_KEY_FILE.chmod(0o644)
    with pytest.raises(ImproperlyConfigured):
        sealer.seal()
    assert not Leaf.objects.exists()


def test_auditors_get_every_note_and_the_mail_the_newest(place, case):
    first = sealer.seal()
    place.sign(case)
    second = sealer.seal()
    assert "".join(sealer.anchors()) == f"{first.note}\n{second.note}\n"
    assert sealer.newest_note() == second.note


def test_the_command_says_what_it_sealed(place, case, capsys):
    call_command("seal")
    call_command("seal")
    first, second = capsys.readouterr().out.splitlines()
    assert "1" in first
    assert first != second


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one transaction write at a time")
def test_a_second_sealer_goes_away(place, case):
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [sealer.LOCK])
        with transaction.atomic():
            assert sealer.seal() is None
        # A connection that is closed gives its locks back some time later.
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [sealer.LOCK])
    finally:
        other.close()
    assert sealer.seal().size == 1
