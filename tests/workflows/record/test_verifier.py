import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone, translation

from programme.models import entry_models
from workflows.models import Case, Noting, PrivateNote
from workflows.record import findings, sealer
from workflows.record.reading import snapshot
from workflows.record.verifier import UnknownFile, verify

FILE = "ZZ/EXH/2026-27/0001"


@pytest.fixture
def anchor_file(record, tmp_path):
    path = tmp_path / "anchors.txt"
    path.write_text("".join(sealer.anchors()))
    return path


@pytest.fixture
def broken(record):
    """A file whose amount was changed behind the record's back."""
    Case.objects.filter(number=FILE).update(amount=1)
    return FILE


def test_nothing_is_found_in_an_empty_record(db):
    report = verify()
    assert (report.ok, report.files, report.paragraphs, report.sealed) == (True, 0, 0, 0)


def test_nothing_is_found_in_an_honest_record(record):
    report = verify(anchors=["".join(sealer.anchors())])
    assert report.findings == []
    assert (report.files, report.paragraphs, report.sealed) == (4, 15, 15)


@pytest.mark.django_db(transaction=True)
def test_several_processes_find_what_one_finds(record, monkeypatch):
    monkeypatch.setattr("workflows.record.verifier.CHUNK", 1)
    assert verify(processes=3) == verify()
    Case.objects.filter(number__in=[FILE, "ZZ/EXH/2026-27/0003"]).update(amount=1)
    Case.objects.filter(number="ZZ/EXH/2026-27/0002").update(ending="closed")
    found = verify(processes=3)
    assert found == verify()
    assert [f.file[-1] for f in found.findings if f.kind == "state"] == ["1", "2", "3"]


@pytest.mark.django_db(transaction=True)
def test_what_breaks_one_of_several_processes_breaks_the_verification(record, monkeypatch):
    def breaks(*_given):
        raise ValueError("no more")

    monkeypatch.setattr("workflows.record.verifier._check_chunk", breaks)
    with pytest.raises(ValueError, match="no more"):
        verify(processes=2)


def test_paragraphs_of_the_last_minutes_may_still_wait_for_their_seal(record):
    record.open_file(7)
    report = verify()
    assert report.ok
    assert report.paragraphs == report.sealed + 1


def test_a_sealer_that_stopped_is_noticed(record, monkeypatch):
    record.open_file(7)
    later = timezone.now() + timedelta(minutes=11)
    monkeypatch.setattr("workflows.record.verifier.timezone.now", lambda: later)
    assert [(f.kind, f.file, f.paragraph) for f in verify().findings] == [("unsealed", "ZZ/EXH/2026-27/0007", 1)]


def test_a_paragraph_too_far_back_for_the_sealer_is_noticed(record, monkeypatch):
    hidden = record.open_file(7).notings.get()
    later = record.open_file(8).notings.get()
    with monkeypatch.context() as patch:
        patch.setattr(sealer, "_unsealed", lambda: [("noting_id", later.pk, later.hash)])
        sealer.seal()
    assert verify().ok
    monkeypatch.setattr("workflows.record.verifier.WINDOW", later.pk - hidden.pk)
    assert [(f.kind, f.file) for f in verify().findings] == [("unsealed", "ZZ/EXH/2026-27/0007")]


def test_lawful_erasure_is_no_tampering(record):
    PrivateNote.objects.update(body="", salt="", erased_at=timezone.now())
    assert verify(anchors=["".join(sealer.anchors())]).ok


def test_erasing_the_newest_personal_data_does_not_accuse_the_live_record(record):
    case = Case.objects.get(number=FILE)
    newest = PrivateNote.objects.filter(noting__case=case).latest("noting__paragraph")
    PrivateNote.objects.filter(pk=newest.pk).update(body="", salt="", erased_at=timezone.now())
    type(case.record).objects.filter(pk=case.record_id).update(nodal_officer="", nodal_mobile="")
    assert verify().ok


def test_rotated_keys_keep_old_paragraphs_valid(record, settings):
    settings.RECORD_KEYS = {"2027": "ef" * 32} | settings.RECORD_KEYS
    assert record.open_file(7).notings.get().key_id == "2027"
    assert verify().ok


def test_only_the_files_asked_for_are_read(record, broken):
    assert verify(["ZZ/EXH/2026-27/0002"]).ok
    report = verify([broken, "ZZ/EXH/2026-27/0002"])
    assert [(f.kind, f.file) for f in report.findings] == [("state", broken)]
    assert report.files == 2


def test_a_number_that_no_file_has_is_refused(record):
    with pytest.raises(UnknownFile, match="9999"):
        verify(["ZZ/EXH/2026-27/9999"])


def test_an_anchor_of_another_installation_is_not_ours(record, settings):
    foreign = (sealer.newest_note() or "").replace("karyapravah.test", "elsewhere.test")
    assert {f.kind for f in verify(anchors=[foreign]).findings} == {"anchor-signature"}


def test_every_sentence_can_be_said(db):
    places = ["expected", "row", "number", "index", "first", "last", "size", "there", "count"]
    words = dict.fromkeys(["file", "paragraph", "names", "name", "step", "key", "sha256", "files", "time", *places], "x")
    for kind, sentence in findings.SENTENCES.items():
        assert "%" not in str(sentence) % words, kind


def test_what_it_reads_grows_with_chunks_of_files_and_not_with_paragraphs(record, django_assert_max_num_queries):
    with django_assert_max_num_queries(40 + 2 * len(entry_models())) as before:
        verify()
    case = Case.objects.get(number="ZZ/EXH/2026-27/0002")
    for _ in range(20):
        record.sign(case)
    sealer.seal()
    with django_assert_max_num_queries(len(before)):
        assert verify().ok


def test_the_command_is_content_with_an_honest_record(record, anchor_file, capsys):
    with translation.override("en"):
        call_command("verify_record", anchors=[anchor_file])
    assert capsys.readouterr().out == "Read: 4 files, 15 paragraphs, 15 sealed. Everything is as it was written.\n"


def test_the_command_names_file_and_paragraph_and_exits_with_1(record, broken, capsys):
    with translation.override("en"), pytest.raises(SystemExit) as stop:
        call_command("verify_record")
    assert stop.value.code == 1
    first, last = capsys.readouterr().out.splitlines()
    assert first == f"File {FILE}: amount, facts, ending or papers were changed without a paragraph."
    assert last.endswith("1 finding.")


def test_the_command_prints_json_for_programs(record, broken, capsys):
    with translation.override("en"), pytest.raises(SystemExit):
        call_command("verify_record", json=True, case=[FILE])
    report = json.loads(capsys.readouterr().out)
    assert (report["files"], report["paragraphs"], report["sealed"], report["ok"]) == (1, 4, 15, False)
    assert [(f["file"], f["paragraph"], f["kind"]) for f in report["findings"]] == [(FILE, None, "state")]
    assert FILE in report["findings"][0]["sentence"]


@pytest.mark.parametrize(
    "options", [{"case": ["ZZ/EXH/2026-27/9999"]}, {"anchors": [Path("nowhere/anchors.txt")]}], ids=["file", "anchors"]
)
def test_the_command_exits_with_2_for_what_does_not_exist(record, options):
    with pytest.raises(CommandError) as stop:
        call_command("verify_record", **options)
    assert stop.value.returncode == 2


def test_a_missing_key_is_said_and_not_thrown(record, settings, tmp_path):
    settings.SEAL_KEY_FILE = tmp_path / "nowhere" / "seal.key"
    for command in ("verify_record", "seal"):
        record.open_file({"seal": 7, "verify_record": 8}[command])
        with pytest.raises(CommandError, match="make_keys"):
            call_command(command)


def test_an_anchor_ahead_of_the_record_is_reported_by_the_command(record, anchor_file, capsys):
    ahead = anchor_file.read_text().replace("\n15\n", "\n16\n")
    anchor_file.write_text(ahead)
    with pytest.raises(SystemExit):
        call_command("verify_record", json=True, anchors=[anchor_file])
    assert {"anchor-ahead", "anchor-signature"} <= {f["kind"] for f in json.loads(capsys.readouterr().out)["findings"]}


@pytest.mark.django_db(transaction=True)
def test_the_record_is_read_as_one_moment_saw_it_and_nobody_waits(place):
    case = place.open_file(1)
    sealer.seal()
    other = connection.copy()
    try:
        with snapshot():
            assert Noting.objects.count() == 1
            with other.cursor() as cursor:
                cursor.execute("UPDATE workflows_case SET amount = 1 WHERE process_ptr_id = %s", [case.pk])
            assert Case.objects.get(pk=case.pk).amount == 500_000
        assert [f.kind for f in verify().findings] == ["state"]
    finally:
        other.close()


@pytest.mark.django_db(transaction=True)
def test_verifying_leaves_no_transaction_open(place):
    place.open_file(1)
    sealer.seal()
    assert verify().ok
    assert not connection.in_atomic_block
    assert Case.objects.update(amount=2) == 1
    assert not verify().ok
