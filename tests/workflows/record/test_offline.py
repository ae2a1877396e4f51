"""Every way of tampering, looked at from outside: in the database before an export is made, and in the export itself."""

# ruff: noqa: S311 -- chance here chooses what to tamper with

import ast
import json
import re
import subprocess
import sys
from collections.abc import Callable
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from tests.workflows.record.exports import InMemory, Members, checked, exported, laid_down, lines_of, packed, put
from tests.workflows.record.insider import TAMPERINGS, Insider, change, doors_open, rehash, rewrite_log
from tests.workflows.record.test_tampering import Undo
from workflows.models import Case, Enclosure, Noting, Snapshot
from workflows.record import keys, offline, sealer
from workflows.record.canonical import canonical, sha256_of
from workflows.record.proofs import BrokenLog

SEEDS = 1
SIZES = [4, 9, 12, 15]  # Of the four seals of the record.
FILE, FOLDER = "ZZ/EXH/2026-27/0001", "files/ZZ-EXH-2026-27-0001/"

# What lies in rows that an export does not hold, or in columns that only repeat what the signed text says: found by verify_record alone.
ROWS_ALONE = {
    "add_an_order", "change_a_fact_of_the_record", "change_an_order", "change_personal_data_and_their_salt",
    "change_personal_data_beside_a_paragraph", "change_personal_data_of_the_record", "change_the_actor_in_the_column",
    "change_the_amount_of_the_file", "change_the_columns_of_a_seal", "change_the_date_in_the_column", "change_the_ending_of_the_file",
    "change_the_keyed_hash", "change_the_link", "change_the_outcome_in_the_column", "change_the_step_in_the_column", "delete_an_order",
    "delete_every_order", "delete_the_record", "leave_a_closed_file_waiting", "name_an_unknown_key",
    "remove_personal_data_beside_a_paragraph", "swap_the_orders_of_two_paragraphs", "take_a_file_out_of_every_inbox",
    "change_what_was_shown_of_persons", "erase_what_was_shown_of_persons_without_saying_so",
}  # fmt: skip
# The whole record is written in the order of its log from the signed texts alone, so that these change nothing in it.
PLACES_ALONE = {
    "change_the_hash", "put_rubbish_in_the_place_of_a_hash", "move_a_paragraph_to_another_file", "swap_two_paragraphs",
}  # fmt: skip
# A file whose row is gone cannot be asked for; the export of the whole record misses it.
UNASKED = {"delete_the_row_of_a_file"}


@pytest.fixture
def kept_papers(record):
    contents = {paper.stored.path: paper.stored.read() for paper in Enclosure.objects.all()}
    yield
    for path, content in contents.items():
        with open(path, "wb") as file:
            file.write(content)


def verdict(kept: str, key: str, **how) -> str:
    """Return what the offline verifier says of an export made now; a log that cannot be proved is refused at once."""
    try:
        return checked(exported(**how), key=key, anchors=kept).verdict
    except BrokenLog:
        return "REFUSED"


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_in_the_database_is_found_outside_too(record, kept_papers, name):
    act, _promised = TAMPERINGS[name]
    anchors, key = "".join(sealer.anchors()), keys.verifier_key()
    for seed in range(SEEDS):
        try:
            with transaction.atomic():
                with doors_open():
                    act(Insider(Random(seed), record))
                told = {verdict(anchors, key, whole=True)}, {verdict(anchors, key, seals=SIZES)}
                raise Undo
        except Undo:
            pass
        whole, files = told
        assert (files == {"VALID"}) == (name in ROWS_ALONE | UNASKED), f"seed {seed}: {files}"
        assert (whole == {"VALID"}) == (name in ROWS_ALONE | PLACES_ALONE), f"seed {seed}: {whole}"


@pytest.mark.parametrize("how", [{}, {"whole": True}, {"papers": False}], ids=["files", "whole", "without papers"])
def test_an_honest_export_is_valid(record, how):
    check = checked(exported(**how), anchors="".join(sealer.newest_note() or ""), papers=how.get("papers", True))
    assert check.found == []
    assert (check.verdict, check.files, check.paragraphs, check.sealed) == ("VALID", 4, 15, 15)


# --- tampering with the export itself ---------------------------------------------------------------------------------

ACTS: dict[str, tuple[Callable[[Members], None], str, int | None]] = {}


def on_an_export(verdict: str, paragraph: int | None = None):
    def enter(act):
        ACTS[act.__name__] = (act, verdict, paragraph)
        return act

    return enter


def edited(members: Members, **values) -> None:
    """Change what the second paragraph says."""
    lines = lines_of(members, FOLDER + "paragraphs.jsonl")
    lines[1] = canonical(json.loads(lines[1]) | values).encode()
    put(members, FOLDER + "paragraphs.jsonl", lines)


@on_an_export("ALTERED", 2)
def edit_a_paragraph(members):
    edited(members, text="edited")


@on_an_export("ALTERED", 2)
def backdate_a_paragraph(members):
    edited(members, at="2020-01-01T00:00:00.000000Z")


@on_an_export("ALTERED", 4)
def put_rubbish_in_the_place_of_a_paragraph(members):
    put(members, FOLDER + "paragraphs.jsonl", [*lines_of(members, FOLDER + "paragraphs.jsonl")[:3], b"{}"])


@on_an_export("INCOMPLETE", 3)
def leave_one_out_in_the_middle(members):
    lines = lines_of(members, FOLDER + "paragraphs.jsonl")
    put(members, FOLDER + "paragraphs.jsonl", [lines[0], *lines[2:]])


@on_an_export("INCOMPLETE")
def leave_out_the_last(members):
    put(members, FOLDER + "paragraphs.jsonl", lines_of(members, FOLDER + "paragraphs.jsonl")[:-1])


@on_an_export("ALTERED", 2)
def put_them_in_another_order(members):
    one, two, *rest = lines_of(members, FOLDER + "paragraphs.jsonl")
    put(members, FOLDER + "paragraphs.jsonl", [two, one, *rest])


@on_an_export("ALTERED", 2)
def put_one_in_and_number_the_rest_anew(members):
    lines = [json.loads(line) for line in lines_of(members, FOLDER + "paragraphs.jsonl")]
    written, head = [], ""
    for n, body in enumerate([lines[0], lines[1] | {"text": "put in"}, *lines[1:]], 1):
        text = canonical(body | {"n": n, "previous": head})
        head = sha256_of(text)
        written.append(text.encode())
    put(members, FOLDER + "paragraphs.jsonl", written)


@on_an_export("ALTERED", 1)
def write_the_whole_file_anew(members):
    head, written = "", []
    for line in lines_of(members, FOLDER + "paragraphs.jsonl"):
        text = canonical(json.loads(line) | {"text": "another story", "previous": head})
        head = sha256_of(text)
        written.append(text.encode())
    put(members, FOLDER + "paragraphs.jsonl", written)
    relist(members, head=head)


@on_an_export("ALTERED", 1)
def swap_a_paper(members):
    name = next(name for name in members if name.startswith("papers/") and members[name] == b"estimate of 1")
    members[name] = b"another estimate"


@on_an_export("ALTERED")
def put_a_paper_in(members):
    content = b"found later"
    members[f"papers/{offline.sha256(content).hex()}.pdf"] = content


@on_an_export("INCOMPLETE", 1)
def leave_a_paper_out(members):
    del members[next(name for name in members if members[name] == b"estimate of 1")]


@on_an_export("ALTERED")
def change_a_seal(members):
    members["anchors.txt"] = members["anchors.txt"].replace(b"\n4\n", b"\n5\n", 1)


@on_an_export("ALTERED")
def leave_a_seal_out_in_the_middle(members):
    notes = offline.notes_in(members["anchors.txt"].decode())
    members["anchors.txt"] = "\n".join(note.whole for note in [notes[0], *notes[2:]]).encode()


@on_an_export("INCOMPLETE")
def leave_out_every_seal(members):
    members["anchors.txt"] = b""


@on_an_export("ALTERED", 1)
def leave_out_the_newest_seal(members):
    notes = offline.notes_in(members["anchors.txt"].decode())
    members["anchors.txt"] = "\n".join(note.whole for note in notes[:-1]).encode()


@on_an_export("INCOMPLETE", 1)
def leave_the_proofs_out(members):
    del members[FOLDER + "proofs.jsonl"]


@on_an_export("ALTERED", 2)
def change_a_proof(members):
    lines = [json.loads(line) for line in lines_of(members, FOLDER + "proofs.jsonl")]
    lines[1]["path"][0] = "00" * 32
    put(members, FOLDER + "proofs.jsonl", [json.dumps(line).encode() for line in lines])


@on_an_export("INCOMPLETE")
def leave_a_file_out(members):
    for name in [name for name in members if name.startswith(FOLDER)]:
        del members[name]


@on_an_export("INCOMPLETE")
def leave_out_what_it_is(members):
    del members["export.json"]


@on_an_export("ALTERED", 2)
def change_what_an_officer_had_before_him(members):
    lines = [json.loads(line) for line in lines_of(members, FOLDER + "shown.jsonl")]
    lines[1]["document"] = lines[1]["document"].replace('"file"', '"form"')
    put(members, FOLDER + "shown.jsonl", [json.dumps(line).encode() for line in lines])


@on_an_export("ALTERED", 2)
def let_an_officer_have_had_before_him_what_another_had(members):
    one, two, *rest = [json.loads(line) for line in lines_of(members, FOLDER + "shown.jsonl")]
    one["document"], two["document"] = two["document"], one["document"]
    put(members, FOLDER + "shown.jsonl", [json.dumps(line).encode() for line in (one, two, *rest)])


@on_an_export("ALTERED", 9)
def put_in_what_nobody_had_before_him(members):
    line = json.dumps({"file": FILE, "n": 9, "document": "{}"}).encode()
    put(members, FOLDER + "shown.jsonl", [line, *lines_of(members, FOLDER + "shown.jsonl")])


@on_an_export("INCOMPLETE", 3)
def leave_out_what_an_officer_had_before_him(members):
    put(members, FOLDER + "shown.jsonl", [line for line in lines_of(members, FOLDER + "shown.jsonl") if json.loads(line)["n"] != 3])


@on_an_export("INCOMPLETE", 1)
def leave_out_all_that_officers_had_before_them(members):
    del members[FOLDER + "shown.jsonl"]


def relist(members: Members, **values) -> None:
    """Change what the list of files says of the first one."""
    first, *rest = lines_of(members, "files.jsonl")
    put(members, "files.jsonl", [json.dumps(json.loads(first) | values).encode(), *rest])


@pytest.mark.parametrize("name", ACTS)
def test_tampering_with_the_export_is_found(record, name):
    act, expected, paragraph = ACTS[name]
    members = exported()
    act(members)
    check = checked(members)
    assert check.verdict == expected, check.found
    assert paragraph in {found["paragraph"] for found in check.found}, check.found


def test_what_officers_had_before_them_is_read_in_any_order(record):
    for members, name in ((exported(), FOLDER + "shown.jsonl"), (exported(whole=True), "shown.jsonl")):
        put(members, name, reversed(lines_of(members, name)))
        check = checked(members)
        assert (check.found, check.shown) == ([], 15)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda lines: [lines[0].replace(b"page", b"form"), *lines[1:]], ("ALTERED", 1)),
        (lambda lines: lines[1:], ("INCOMPLETE", 1)),
        (lambda lines: [], ("INCOMPLETE", 15)),
    ],
    ids=["one changed", "one left out", "all left out"],
)
def test_tampering_with_what_officers_had_before_them_is_found_in_the_whole_record(record, change, expected):
    members = exported(whole=True)
    put(members, "shown.jsonl", change(lines_of(members, "shown.jsonl")))
    check = checked(members)
    assert (check.verdict, len(check.found)) == expected
    assert (FILE, 1) in {(found["file"], found["paragraph"]) for found in check.found}


def test_what_was_erased_by_law_of_persons_leaves_the_export_valid(record):
    before = exported()
    Snapshot.objects.update(personal="", salt="", erased_at=timezone.now())
    after = exported()
    assert checked(after).found == []
    assert all(after[name] == before[name] for name in before if name.endswith("shown.jsonl")), "it never held them"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda lines: [*lines[:4], *lines[5:]], "INCOMPLETE"),
        (lambda lines: lines[:-1], "INCOMPLETE"),
        (lambda lines: [*lines[:3], lines[4], lines[3], *lines[5:]], "ALTERED"),
        (lambda lines: [*lines[:3], lines[3].replace(b"2026-27/0004", b"2026-27/0009", 1), *lines[4:]], "ALTERED"),
        (lambda lines: [*lines, lines[-1]], "ALTERED"),
    ],
    ids=["one left out", "the last left out", "two places swapped", "one changed", "one put in"],
)
def test_tampering_with_the_whole_log_is_found(record, change, expected):
    members = exported(whole=True)
    put(members, "log.jsonl", change(lines_of(members, "log.jsonl")))
    assert checked(members).verdict == expected


# --- the honest limits ------------------------------------------------------------------------------------------------


def test_one_files_export_cannot_tell_that_its_end_was_cut_off_and_its_list_repaired(record):
    members = exported(FILE)
    lines = lines_of(members, FOLDER + "paragraphs.jsonl")
    put(members, FOLDER + "paragraphs.jsonl", lines[:-1])
    for name in ("proofs.jsonl", "shown.jsonl"):
        put(members, FOLDER + name, lines_of(members, FOLDER + name)[:-1])
    relist(members, paragraphs=len(lines) - 1, head=offline.sha256(lines[-2]).hex())
    assert checked(members).verdict == "VALID"


def test_the_export_of_the_whole_record_tells_that_the_end_of_a_file_was_cut_off(record):
    members = exported(whole=True)
    own = [line for line in lines_of(members, "log.jsonl") if FILE.encode() in line]
    put(members, "log.jsonl", [line for line in lines_of(members, "log.jsonl") if line != own[-1]])
    relist(members, paragraphs=len(own) - 1, head=offline.sha256(own[-2]).hex())
    assert checked(members).verdict == "INCOMPLETE"


def test_a_forged_paragraph_at_the_end_looks_like_one_that_waits_for_its_seal_and_is_never_called_valid(record):
    with doors_open():
        TAMPERINGS["append_a_forged_paragraph"][0](Insider(Random(1), record))
    check = checked(exported())
    assert check.verdict == "INCOMPLETE"
    assert {found["sentence"] for found in check.found} == {"It was not sealed yet when this export was made; export again."}


def test_a_paragraph_of_the_last_minute_edited_with_a_stolen_key_is_only_said_to_be_unsealed(record):
    noting = record.sign(record.open_file(9), text="as signed")
    with doors_open():
        change(noting, text="edited within the minute")
        rehash(noting.case, with_key=True)
    assert {found["kind"] for found in checked(exported()).found} == {"INCOMPLETE"}
    sealer.seal()
    assert checked(exported()).verdict == "VALID"


def test_who_holds_every_key_is_found_out_by_an_anchor_kept_outside_alone(record):
    before, key = "".join(sealer.anchors()), keys.verifier_key()
    with doors_open():
        TAMPERINGS["rewrite_record_and_log_with_every_key"][0](Insider(Random(1), record))
    for whole in (False, True):
        members = exported(whole=whole)
        assert checked(members, key=key).verdict == "VALID"
        assert checked(members, key=key, anchors=before).verdict == "ALTERED"


def test_a_record_forged_under_another_key_is_found_out_by_the_key_one_was_given(record):
    key = keys.verifier_key()
    forger = Ed25519PrivateKey.generate()
    with doors_open():
        rewrite_log(forger)
    members = exported()
    members["key.txt"] = keys.verifier_line("karyapravah.test", forger.public_key().public_bytes_raw()).encode()
    assert checked(members).verdict == "VALID"
    assert checked(members, key=key).verdict == "ALTERED"


def test_an_anchor_of_the_middle_of_a_day_asks_for_its_own_proof(record):
    notes = list(sealer.anchors())
    check = checked(exported(), anchors=notes[1])
    assert (check.verdict, len(check.found)) == ("INCOMPLETE", 1)
    assert checked(exported(seals=[9]), anchors=notes[1]).verdict == "VALID"
    assert checked(exported(whole=True), anchors=notes[1]).verdict == "VALID"


def test_a_seal_on_paper_is_an_anchor_too(record):
    note = offline.notes_in("".join(sealer.anchors()))[1]
    printed = f"{note.size:,} {note.root.hex()[:32]} {note.root.hex()[32:].upper()}"
    for size, root, expected in [(9, note.root.hex(), "VALID"), (9, "00" * 32, "ALTERED"), (99, "00" * 32, "INCOMPLETE")]:
        check = offline.Check(InMemory(exported(seals=[9])), offline.key_of(keys.verifier_key()), [], True)
        check.printed = [offline.printed_seal(f"{size} {root}")]
        check.run()
        assert check.verdict == expected
    assert offline.printed_seal(printed) == (9, note.root.hex())


def test_the_keyed_hash_is_not_in_an_export_and_nothing_claims_to_have_checked_it(record):
    members = exported()
    macs = [mac.encode() for mac in Case.objects.get(number=FILE).notings.values_list("mac", flat=True)]
    assert not any(mac in content for mac in macs for content in members.values())
    assert "keyed hash" in (offline.__doc__ or "")


def test_personal_data_and_their_salts_do_not_leave_with_the_paragraphs(record):
    assert b"9000000001" not in b"".join(exported().values())


# --- the program ------------------------------------------------------------------------------------------------------


def run(*arguments) -> tuple[int, str]:
    done = subprocess.run([sys.executable, "-I", *map(str, arguments)], capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_the_program_in_the_export_runs_alone_and_answers_with_its_exit_code(record, tmp_path):
    members = exported()
    folder = laid_down(members, tmp_path / "unpacked")
    (folder / "seal.pub").write_bytes(members["key.txt"])
    code, said = run(folder / "verify.py")
    assert (code, said.splitlines()[-1]) == (0, "VALID")
    assert "compare it with the key you were given" in said
    edit_a_paragraph(members)
    code, said = run(folder / "verify.py", packed(members, tmp_path / "edited.zip"), "--json")
    told = json.loads(said)
    assert (code, told["verdict"]) == (1, "ALTERED")
    assert {(found["file"], found["paragraph"]) for found in told["findings"]} >= {(FILE, 2)}
    (tmp_path / "half.zip").write_bytes((tmp_path / "edited.zip").read_bytes()[:3000])
    code, said = run(folder / "verify.py", tmp_path / "half.zip")
    assert (code, said.splitlines()[-1]) == (2, "INCOMPLETE")


def test_the_program_takes_key_and_anchors_from_files_and_mails(record, tmp_path):
    zipped = packed(exported(seals=SIZES), tmp_path / "export.zip")
    (tmp_path / "key.pub").write_text(keys.verifier_key() + "\n")
    (tmp_path / "mail.txt").write_text("Dear auditor,\r\n\r\n" + (sealer.newest_note() or "").replace("\n", "\r\n") + "\r\nRegards")
    code, said = run(offline.__file__, zipped, "--key", tmp_path / "key.pub", "--anchors", tmp_path / "mail.txt")
    assert (code, "No anchor" in said, "compare it" in said) == (0, False, False)


def test_a_member_that_is_there_twice_is_said(record, tmp_path):
    zipped = packed(exported(), tmp_path / "export.zip")
    with pytest.warns(UserWarning, match="Duplicate name"):
        offline.zipfile.ZipFile(zipped, "a").writestr("files.jsonl", b"")
    assert run(offline.__file__, zipped)[0] == 1


def test_the_program_is_written_for_python_3_8_and_its_standard_library_alone():
    with open(offline.__file__) as file:
        tree = ast.parse(file.read(), feature_version=(3, 8))
    named = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    named |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert named <= set(sys.stdlib_module_names)


@pytest.mark.parametrize("message", [b"", "मुहर".encode(), b"x" * 1000])
def test_its_ed25519_agrees_with_the_library(message):
    key = Ed25519PrivateKey.generate()
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert offline.signed(public, message, signature)
    assert not offline.signed(public, message + b"x", signature)
    for at in (0, 31, 32, 63):
        broken = bytearray(signature)
        broken[at] ^= 1
        assert not offline.signed(public, message, bytes(broken))
    shifted = signature[:32] + (int.from_bytes(signature[32:], "little") + offline.ORDER).to_bytes(32, "little")
    assert not offline.signed(public, message, shifted)


def test_the_command_writes_a_zip_that_is_valid(record, tmp_path, capsys):
    call_command("export_case", FILE, to=tmp_path / "file.zip")
    assert "1 files, 4 paragraphs" in capsys.readouterr().out
    assert run(offline.__file__, tmp_path / "file.zip")[0] == 0
    record.sign(Case.objects.get(number=FILE))
    call_command("export_case", whole=True, to=tmp_path / "all.zip")
    assert "1 paragraphs wait for their seal" in capsys.readouterr().out
    assert run(offline.__file__, tmp_path / "all.zip")[0] == 2
    assert sorted(path.name for path in tmp_path.glob("*.zip*")) == ["all.zip", "file.zip"]


@pytest.mark.parametrize("asked", [[], ["ZZ/EXH/2026-27/9999"]], ids=["nothing", "no such file"])
def test_the_command_refuses_what_it_cannot_export(record, tmp_path, asked):
    with pytest.raises(CommandError) as stop:
        call_command("export_case", *asked, to=tmp_path / "file.zip")
    assert stop.value.returncode == 2


def test_a_log_with_holes_is_not_exported_with_proofs(record, tmp_path):
    with doors_open():
        TAMPERINGS["delete_a_place_of_the_log"][0](Insider(Random(1), record))
    with pytest.raises(CommandError, match="verify_record"):
        call_command("export_case", FILE, to=tmp_path / "file.zip")
    assert list(tmp_path.glob("file.zip*")) == []


# --- the page that explains it ----------------------------------------------------------------------------------------


def test_the_worked_example_of_the_page_is_true():
    text = (settings.BASE_DIR / "docs" / "verification.md").read_text()
    block = dict(re.findall(r"```([a-z]+)\n(.*?)\n```", text, re.S))
    values = {line[:22].strip(): line[22:].strip() for line in block["values"].splitlines()}
    lines = [line.encode() for line in block["paragraphs"].splitlines()]
    assert all(canonical(json.loads(line)) == line.decode() for line in lines)
    assert [offline.looked_at(line)[1][1:] for line in lines] == [(1, b""), (2, values["hash of paragraph 1"].encode())]
    assert [offline.sha256(line).hex() for line in lines] == [values[f"hash of paragraph {n}"] for n in (1, 2)]
    leaves = [offline.sha256(b"\x00" + offline.sha256(line)) for line in lines]
    assert [leaf.hex() for leaf in leaves] == [values[f"leaf of paragraph {n}"] for n in (1, 2)]
    root = offline.node(offline.node(leaves[0], bytes.fromhex(values["leaf of the other"])), leaves[1])
    [note] = offline.notes_in(block["seal"])
    assert root.hex() == values["root of the log"] == note.root.hex()
    for leaf, proof in zip(leaves, map(json.loads, block["proofs"].splitlines()), strict=True):
        path = [bytes.fromhex(part) for part in proof["path"]]
        assert offline.root_by_inclusion(leaf, proof["leaf"], note.size, path) == root
    assert note.signed_with(offline.key_of(block["key"]))
    shown = json.loads(block["shown"])
    assert canonical(json.loads(shown["document"])) == shown["document"]
    assert sha256_of(shown["document"]) == json.loads(lines[shown["n"] - 1])["shown"]


def test_the_page_names_every_member_of_an_export(record):
    text = (settings.BASE_DIR / "docs" / "verification.md").read_text()
    members = {name for how in ({}, {"whole": True}) for name in exported(**how) if not name.startswith(("papers/", "orders/"))}
    names = {name.rsplit("/", 1)[-1] for name in members}
    assert {name for name in names if name not in text} == set()


# --- several processes ------------------------------------------------------------------------------------------------


def shorten(members: Members) -> None:
    put(members, "log.jsonl", lines_of(members, "log.jsonl")[:-2])


def swap_the_documents(members: Members) -> None:
    put(members, "shown.jsonl", reversed(lines_of(members, "shown.jsonl")))


def change_a_paragraph_and_a_document(members: Members) -> None:
    for name in ("log.jsonl", "shown.jsonl"):
        first, second, *rest = lines_of(members, name)
        put(members, name, [first, second.replace(b"0001", b"0003", 1), *rest])


def put_rubbish_in_the_log(members: Members) -> None:
    put(members, "log.jsonl", [b"{}", *lines_of(members, "log.jsonl")])


@pytest.mark.parametrize(
    "act", [lambda members: None, shorten, swap_the_documents, change_a_paragraph_and_a_document, put_rubbish_in_the_log]
)
def test_several_processes_find_what_one_finds(record, tmp_path, monkeypatch, act):
    monkeypatch.setattr(offline, "PART", 2_000)  # So that each of them has something to do.
    members = exported(whole=True)
    act(members)
    path, key = packed(members, tmp_path / "export.zip"), offline.key_of(keys.verifier_key())
    told = []
    for processes in (1, 3):
        check = offline.Check(offline.Source(path, processes), key, [], True)
        check.run()
        told.append((check.verdict, check.found, check.files, check.paragraphs, check.sealed, check.shown, check.papers))
    assert told[0] == told[1]


def test_what_cannot_be_read_is_refused_by_several_processes_too(record, tmp_path):
    path = packed(exported(whole=True) | {"shown.jsonl": b"{\n"}, tmp_path / "export.zip")
    for processes in (1, 3):
        check = offline.Check(offline.Source(path, processes), offline.key_of(keys.verifier_key()), [], True)
        with pytest.raises(ValueError, match="Expecting property name"):
            check.run()


def test_the_place_of_a_paragraph_is_what_json_says():
    chance, nested = Random(1), [{"file": "other", "n": 7}, {"a": 1, "n": 3}, {"a": 1, "previous": "cd"}, {"a": 1, "shown": "x"}, None]
    for number in range(300):
        said = {"file": chance.choice(["UP/1", "a,b", 'a"b', "é"]), "n": number, "previous": "ab" * chance.randrange(3)}
        beside = {name: chance.choice(nested) for name in chance.sample(["after", "flow", "office", "to"], 2)}
        shown = chance.choice([{}, {"shown": "ab" * 32}])
        line = canonical({**said, **beside, **shown, "text": ',"n":5,"file":"x","shown":"y"'}).encode()
        place = (said["file"].encode(), number, said["previous"].encode())
        assert offline.looked_at(line)[1:] == (place, shown["shown"].encode() if shown else None)


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ('{"a":1, "file":"A", "n":2, "previous":""}', (b"A", 2, b"")),
        ('{"a":1,"file":"A","file":"B","n":2,"previous":""}', (b"B", 2, b"")),
        ('{"a":1,"file":"A","n":1,"n":2,"previous":""}', (b"A", 2, b"")),
        ('{"a":1,"file":"A","n":2,"previous":"x","previous":"y"}', (b"A", 2, b"y")),
        ('{"n":2,"previous":"","file":"A"}', (b"A", 2, b"")),
        ('{"a":1,"file":"\\u0041","n":2,"previous":""}', (b"A", 2, b"")),
        ('{"a":1,"file":"A","n":"x","previous":""}', None),
        ('{"a":1,"file":"A","n":2}', None),
        ("[]", None),
    ],
)
def test_a_line_that_is_not_written_as_paragraphs_are_says_what_json_says(line, place):
    assert offline.looked_at(line.encode())[1] == place


@pytest.mark.parametrize("whole", [False, True], ids=["files", "whole"])
def test_a_paper_that_is_missing_or_changed_is_told_with_the_first_paragraph_that_names_it(record, whole):
    members = exported(whole=whole)
    gone, changed, *_others = sorted(name for name in members if name.startswith("papers/"))
    members.pop(gone)
    members[changed] += b"x"
    told = [(found["file"], found["paragraph"]) for found in checked(members).found]
    assert sorted(told) == sorted(first_naming(name[7:71]) for name in (gone, changed))


def first_naming(sha: str) -> tuple[str, int]:
    """Return file and number of the first paragraph that names a paper."""
    first = Noting.objects.filter(body__contains=sha).order_by("pk")[0]
    return first.case.number, first.paragraph
