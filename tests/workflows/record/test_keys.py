import stat
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from workflows.record import keys
from workflows.record.notes import NO_NOTE, NotANote, Note, notes_in, read_note, write_note


def a_note(size=3, origin="karyapravah.test"):
    return write_note(keys.seal_key(), origin=origin, size=size, root=bytes(32), previous=NO_NOTE, time="2026-11-22T04:30:00Z")


def test_the_seal_key_is_readable_by_its_owner_alone(settings):
    assert stat.S_IMODE(Path(settings.SEAL_KEY_FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o620])
def test_a_seal_key_that_others_may_read_is_refused(settings, mode):
    Path(settings.SEAL_KEY_FILE).chmod(mode)
    with pytest.raises(ImproperlyConfigured, match="chmod 600"):
        keys.seal_key()


def test_a_missing_seal_key_is_named_with_its_remedy(settings, tmp_path):
    settings.SEAL_KEY_FILE = tmp_path / "nowhere" / "seal.key"
    with pytest.raises(ImproperlyConfigured, match="make_keys"):
        keys.seal_key()
    with pytest.raises(ImproperlyConfigured, match="make_keys"):
        keys.verifier_key()


def test_keys_are_made_once(settings, capsys):
    before = Path(settings.SEAL_KEY_FILE).read_bytes()
    call_command("make_keys")
    assert Path(settings.SEAL_KEY_FILE).read_bytes() == before
    assert capsys.readouterr().out.strip() == keys.verifier_key()


def test_new_keys_are_made_with_their_folder(settings, tmp_path):
    settings.SEAL_KEY_FILE = tmp_path / "new" / "seal.key"
    call_command("make_keys")
    assert keys.verifier_key().startswith("karyapravah.test+")
    assert keys.public_key_of(keys.verifier_key())[1] == keys.seal_key().public_key().public_bytes_raw()


# The key and signed note in the documentation of Go's golang.org/x/mod/sumdb/note, where the format comes from.
NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SAID = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNATURE = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="


def test_keys_and_signatures_are_those_of_the_signed_note_format():
    assert keys.verifier_line(*keys.public_key_of(NEUMANN)) == NEUMANN
    said = Note(origin="PeterNeumann", size=0, root="", previous="", time="", text=SAID, signer="PeterNeumann", signature=SIGNATURE)
    assert said.signed_by(NEUMANN)
    assert not replace(said, text=SAID.replace("answer", "end")).signed_by(NEUMANN)


@pytest.mark.parametrize("broken", ["", "a+b", "PeterNeumann+00000000+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "a+b+!!"])
def test_what_is_not_a_verifier_key_is_refused(broken):
    with pytest.raises(ValueError):  # noqa: PT011 -- any sentence will do
        keys.public_key_of(broken)


@pytest.mark.parametrize("key", ["ab" * 31, "not hexadecimal"], ids=["short", "not hexadecimal"])
def test_a_weak_paragraph_key_is_refused(settings, key):
    settings.RECORD_KEYS = {"weak": key}
    with pytest.raises(ImproperlyConfigured, match="weak"):
        keys.hmac_key("weak")


def test_without_paragraph_keys_nothing_is_written(settings):
    settings.RECORD_KEYS = {}
    with pytest.raises(ImproperlyConfigured, match="RECORD_KEYS"):
        keys.current_key_id()


def test_a_note_is_read_as_it_was_written_and_its_signature_holds():
    note = read_note(a_note())
    assert (note.size, note.root, note.previous, note.time) == (3, "00" * 32, NO_NOTE, "2026-11-22T04:30:00Z")
    assert note.signed_by(keys.verifier_key())


def test_a_changed_note_is_not_signed():
    assert not read_note(a_note().replace("\n3\n", "\n4\n")).signed_by(keys.verifier_key())


def test_a_note_of_another_origin_is_not_ours():
    assert not read_note(a_note(origin="elsewhere.test")).signed_by(keys.verifier_key())


def test_notes_are_found_in_the_mails_they_came_in():
    mail = f"Dear auditor,\r\n\r\n{a_note(3)}\r\n-- \r\nKaryapravah\r\n{a_note(5)}".replace("\n", "\r\n").replace("\r\r", "\r")
    assert [note.size for note in notes_in(mail)] == [3, 5]
    assert list(notes_in("nothing of the kind")) == []


def test_a_text_that_only_begins_like_a_note_is_refused():
    with pytest.raises(NotANote):
        read_note(a_note() + "more")


def test_no_new_key_is_made_beside_the_public_half_of_a_lost_one(settings):
    Path(settings.SEAL_KEY_FILE).unlink()
    with pytest.raises(ImproperlyConfigured, match="put the key back"):
        keys.make_seal_key()
