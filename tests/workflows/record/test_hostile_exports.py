"""What somebody puts into an export, or leaves out of it, to have it called valid or to break the program that checks it."""

import json
import os
import struct
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.workflows.record.exports import Members, checked, exported, lines_of, packed, put
from tests.workflows.record.test_offline import FOLDER, run
from workflows.record import offline

pytestmark = pytest.mark.once

VALUES = [[], {}, None, "x", float("inf"), -1]
# What nothing proves and no check reads: of the export, of the list of files, and of the newest seal, which needs no proof of itself.
UNPROVEN = {
    *(("export.json", name) for name in ("made_at", "origin")),
    *(("files.jsonl", name) for name in ("folder", "kind", "name", "sha256")),
    *(("consistency.jsonl", name) for name in ("path", "size")),
}


def sentences(members: Members, **how) -> tuple[str, set[str]]:
    check = checked(members, **how)
    return check.verdict, {found["sentence"] for found in check.found}


# --- what was put in --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", [".zzz", ".aaa"])
def test_a_forged_paper_is_found_beside_the_genuine_one_under_another_name(record, ending):
    members = exported()
    name = next(name for name in members if members[name] == b"estimate of 1")
    members[name.split(".")[0] + ending] = members[name]
    members[name] = b"forged"
    verdict, said = sentences(members)
    assert verdict == "ALTERED"
    assert f"The paper {name} is not the one received; its SHA-256 is another." in said


@pytest.mark.parametrize("whole", [False, True], ids=["files", "whole"])
@pytest.mark.parametrize("papers", [True, False], ids=["papers", "without papers"])
@pytest.mark.parametrize(
    "name", ["files/forged/paragraphs.jsonl", FOLDER + "minutes.pdf", "orders/forged.pdf", "forged.pdf", "sub/files.jsonl", "Key.txt"]
)
def test_a_member_that_nothing_names_is_said(record, whole, papers, name):
    verdict, said = sentences(exported(whole=whole) | {name: b"{}"}, papers=papers)
    assert (verdict, said) == ("ALTERED", {f"The export holds {name}, which its list of files does not name."})


def test_what_is_read_in_exports_of_the_other_kind_alone_is_said(record):
    for whole, others in ((False, {"log.jsonl", "unsealed.jsonl", "shown.jsonl"}), (True, {"consistency.jsonl", FOLDER + "proofs.jsonl"})):
        verdict, said = sentences(exported(whole=whole) | dict.fromkeys(others, b""))
        assert (verdict, len(said)) == ("ALTERED", len(others))


def test_a_genuine_paper_under_a_second_name_is_said(record):
    members = exported()
    name = next(name for name in members if name.startswith("papers/"))
    members[name + ".html"] = members[name]
    assert sentences(members) == ("ALTERED", {f"The export holds {name}.html, which its list of files does not name."})


# --- what was left out ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("with_papers", [True, False], ids=["papers", "without papers"])
def test_an_export_whose_list_of_files_is_missing_or_empty_is_incomplete(record, with_papers):
    members = {name: content for name, content in exported().items() if with_papers or not name.startswith("papers/")}
    assert sentences(members | {"files.jsonl": b""}) == ("INCOMPLETE", {"The list of files names no file."})
    del members["files.jsonl"]
    assert sentences(members)[0] == "INCOMPLETE"


@pytest.mark.parametrize("whole", [False, True], ids=["files", "whole"])
def test_every_member_that_the_format_always_has_is_asked_for(record, whole):
    members = exported(whole=whole)
    key = members["key.txt"].decode()
    for name in (*offline.ALWAYS, *offline.KINDS["whole" if whole else "files"]):
        verdict, said = sentences({other: members[other] for other in members if other != name}, key=key)
        assert (verdict, f"{name} is missing." in said) == ("INCOMPLETE", True)


def test_an_export_of_an_unknown_kind_is_incomplete(record):
    members = exported()
    members["export.json"] = members["export.json"].replace(b'"files"', b'"some"')
    assert sentences(members) == ("INCOMPLETE", {"export.json is missing, or of a kind this program does not know."})


# --- what cannot be read ----------------------------------------------------------------------------------------------


Spoil = Callable[[Path, Members], object]


def instead(name: str, content: bytes) -> Spoil:
    return lambda path, members: packed(members | {name: content}, path)


def a_number_without_end(path: Path, members: Members) -> None:
    name = FOLDER + "paragraphs.jsonl"
    packed(members | {name: members[name].replace(b'"n":2', b'"n":1e999')}, path)


def in_the_headers(at: int, value: int) -> Spoil:
    """Write a number of two bytes into both headers of the first member; ``at`` counts from the version in them."""

    def write(path: Path, members: Members) -> None:
        data = bytearray(packed(members, path).read_bytes())
        for start in (4, data.index(b"PK\x01\x02") + 6):
            struct.pack_into("<H", data, start + at, value)
        path.write_bytes(data)

    return write


UNREADABLE: dict[str, Spoil] = {
    "no object": instead("export.json", b"[]"),
    "nested without end": instead("files.jsonl", b"[" * 100_000),
    "a number without end": a_number_without_end,
    "encrypted": in_the_headers(2, 1),
    "an unknown compression": in_the_headers(4, 99),
}


@pytest.mark.parametrize("how", UNREADABLE)
def test_what_cannot_be_read_is_said_and_is_incomplete(record, tmp_path, how):
    path = tmp_path / "export.zip"
    UNREADABLE[how](path, exported())
    code, said = run(offline.__file__, path)
    assert (code, said.splitlines()[-1]) == (2, "INCOMPLETE")
    assert said.startswith("This export cannot be read: ")
    code, said = run(offline.__file__, path, "--json")
    told = json.loads(said)
    assert (code, told["verdict"]) == (2, "INCOMPLETE")
    assert told["findings"][0]["sentence"].startswith("This export cannot be read: ")


def test_a_name_that_the_terminal_cannot_show_is_said_nevertheless(record, tmp_path):
    members = exported()
    first, *rest = lines_of(members, "files.jsonl")
    put(members, "files.jsonl", [json.dumps(json.loads(first) | {"orders": [{"member": "\ud800"}]}).encode(), *rest])
    code, said = run(offline.__file__, packed(members, tmp_path / "export.zip"))
    assert (code, "The order \\ud800 is missing." in said) == (2, True)


def changed(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the name under which a value stands, or the list with it, and what is written when that value is replaced."""
    yield from (("", other) for other in VALUES if other != value)
    for key in value if isinstance(value, dict) else range(min(1, len(value))) if isinstance(value, list) else ():
        for name, other in changed(value[key]):
            copy = value.copy()
            copy[key] = other
            yield name or (key if isinstance(key, str) else ""), copy


@pytest.mark.parametrize("whole", [False, True], ids=["files", "whole"])
def test_no_value_of_another_kind_breaks_the_program_or_is_valid_where_it_proves_something(record, tmp_path, monkeypatch, capsys, whole):
    path, members, valid = tmp_path / "export.zip", exported(whole=whole), set()
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    monkeypatch.setattr(sys, "argv", ["verify.py", str(path)])
    for member in [name for name in members if name.endswith((".json", ".jsonl")) and (FOLDER in name or "/" not in name)]:
        first, *rest = lines_of(members, member) or [b"{}"]
        for name, value in changed(json.loads(first)):
            packed(members | {member: b"\n".join([json.dumps(value).encode(), *rest])}, path)
            code = offline.main()
            assert capsys.readouterr().out.splitlines()[-1] == {0: "VALID", 1: "ALTERED", 2: "INCOMPLETE"}[code]
            valid |= {(member, name)} if code == 0 else set()
    assert valid <= UNPROVEN, valid - UNPROVEN
