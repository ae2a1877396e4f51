"""An export in memory, so that a test can change any part of it, and the program that checks it."""

import io
import json
import zipfile
from collections.abc import Iterable
from pathlib import Path

from workflows.models import Case
from workflows.record import export, offline

Members = dict[str, bytes]


def exported(*numbers: str, whole: bool = False, papers: bool = True, seals: Iterable[int] = ()) -> Members:
    """Return the members of an export of these files (all, when none is named), or of the whole record."""
    packed = io.BytesIO()
    if whole:
        export.write_whole(packed, papers=papers)
    else:
        cases = Case.objects.filter(number__in=numbers) if numbers else Case.objects.all()
        export.write_files(packed, cases, papers=papers, seals=seals)
    with zipfile.ZipFile(packed) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def laid_down(members: Members, folder: Path) -> Path:
    for name, content in members.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def packed(members: Members, path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def checked(members: Members, *, key: str = "", anchors: str = "", papers: bool = True) -> offline.Check:
    """Check an export as ``verify.py`` does, with what the auditor holds himself."""
    source = InMemory(members)
    check = offline.Check(source, offline.key_of(key or members["key.txt"].decode()), offline.notes_in(anchors), papers)
    check.run()
    return check


class InMemory(offline.Source):
    """Members that lie in no file."""

    def __init__(self, members: Members) -> None:
        self.members, self.names, self.twice, self.processes = members, set(members), [], 1

    def chunks(self, name: str):
        content = self.members.get(name, b"")
        for start in range(0, len(content), 1 << 20):
            yield content[start : start + (1 << 20)]


def lines_of(members: Members, name: str) -> list[bytes]:
    return members[name].splitlines()


def put(members: Members, name: str, lines: Iterable[bytes]) -> None:
    members[name] = b"".join(line + b"\n" for line in lines)


def body_of(line: bytes) -> dict:
    return json.loads(line)
