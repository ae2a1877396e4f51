"""The record as it leaves the building: paragraphs exactly as they were hashed, what their officers had before them, what proves
both, papers, and the checking program. What stands beside them of persons, and can be erased, does not leave.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC
from itertools import chain, groupby
from pathlib import Path, PurePath
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.conf import settings
from django.db.models import Max, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from workflows.models import Case, Checkpoint, Enclosure, EntryPaper, Leaf, Noting, OrderPaper, RegisterLine
from workflows.record import sealer
from workflows.record.chain import stamp
from workflows.record.keys import verifier_key
from workflows.record.proofs import Nodes
from workflows.record.reading import snapshot
from workflows.record.seals import in_log

FORMAT, VERSION = "karyapravah-export", 2
PROGRAM = Path(__file__).with_name("offline.py")
EXPLAINED = Path("docs") / "verification.md"
CHUNK = 2_000
SNAPSHOTS_AT_ONCE = 200
FILES_AT_ONCE = 200
SUFFIXES = frozenset({".pdf", ".jpg", ".jpeg", ".png", ".xlsx", ".docx"})


@dataclass
class Packed:
    """What went into an export, and how much of it still waits for its seal."""

    files: int = 0
    paragraphs: int = 0
    unsealed: int = 0
    papers: int = 0


def lines(case: Case) -> str:
    """Return the file's paragraphs exactly as they were hashed, one a line; canonical text holds no line break."""
    return "".join(f"{body}\n" for body in case.notings.order_by("paragraph").values_list("body", flat=True))


def write_files(target: IO[bytes], cases: QuerySet[Case], *, seals: Iterable[int] = (), papers: bool = True) -> Packed:
    """Write a zip of some files, each paragraph with its proof of inclusion under the newest seal.

    ``seals`` are the sizes of seals kept outside, for which the proof is added that the newest seal covers what they covered.
    """
    return _write(target, cases, "files", papers=papers, asked=set(seals))


def write_whole(target: IO[bytes], *, papers: bool = True) -> Packed:
    """Write a zip of the whole record in the order of its log, from which the tree can be built anew: no proofs are needed."""
    return _write(target, Case.objects.all(), "whole", papers=papers, asked=set())


def _write(target: IO[bytes], cases: QuerySet[Case], kind: str, *, papers: bool, asked: set[int]) -> Packed:
    with snapshot(), ZipFile(target, "w", ZIP_DEFLATED) as archive:
        pack = _Pack(archive, kind, with_papers=papers)
        pack.begin()
        if kind == "whole":
            pack.log()
        else:
            pack.proofs(cases, asked)
        pack.files(cases)
    return pack.packed


class _Pack:
    """One export under way."""

    def __init__(self, archive: ZipFile, kind: str, *, with_papers: bool) -> None:
        self.archive, self.kind, self.with_papers = archive, kind, with_papers
        self.now = timezone.now()
        self.packed, self.taken = Packed(), set[str]()
        self.size = Checkpoint.objects.order_by("-size").values_list("size", flat=True).first() or 0
        self.nodes = Nodes(self.size)

    def begin(self) -> None:
        about = {"format": FORMAT, "version": VERSION, "kind": self.kind, "origin": settings.RECORD_ORIGIN, "made_at": stamp(self.now)}
        self._put("export.json", [json.dumps(about)])
        self._put("verify.py", [PROGRAM.read_text()])
        if (settings.BASE_DIR / EXPLAINED).exists():
            self._put(EXPLAINED.name, [(settings.BASE_DIR / EXPLAINED).read_text()])
        self._put("key.txt", [verifier_key(), "\n"])
        self._put("anchors.txt", sealer.anchors())

    def proofs(self, cases: QuerySet[Case], asked: set[int]) -> None:
        """Read the log once for every proof of the export, and write those of the seals."""
        for index in Leaf.objects.filter(noting__case__in=cases).values_list("index", flat=True).iterator(chunk_size=CHUNK):
            self.nodes.ask_inclusion(index)
        sizes = sorted(set(_last_of_each_day()) | asked & set(Checkpoint.objects.filter(size__in=asked).values_list("size", flat=True)))
        for size in sizes:
            self.nodes.ask_consistency(size)
        self.nodes.read(in_log("hash").values_list("said", flat=True).iterator(chunk_size=CHUNK))
        self._put("consistency.jsonl", (_line({"size": size, "path": _hex(self.nodes.consistency(size))}) for size in sizes))

    def log(self) -> None:
        """Write every paragraph: those sealed in the order of the log, then those that wait for their seal."""
        sealed = in_log("body").values_list("said", flat=True)
        tables: list[Any] = [Noting, RegisterLine]
        waiting = [table.objects.filter(leaf=None).order_by("pk").values_list("body", flat=True) for table in tables]
        self._put("log.jsonl", self._counted(sealed.iterator(chunk_size=CHUNK)))
        sealed_count = self.packed.paragraphs
        self._put("unsealed.jsonl", *(self._counted(rows.iterator(chunk_size=CHUNK)) for rows in waiting))
        self.packed.unsealed = self.packed.paragraphs - sealed_count
        self._put(
            "shown.jsonl",
            _shown(Leaf.objects.exclude(noting=None).order_by("index"), "noting__"),
            _shown(Noting.objects.filter(leaf=None).order_by("pk")),
        )

    def _counted(self, bodies: Iterable[str]) -> Iterator[str]:
        for body in bodies:
            self.packed.paragraphs += 1
            yield f"{body}\n"

    def files(self, cases: QuerySet[Case]) -> None:
        listed = []
        numbers = list(cases.order_by("pk").values_list("pk", flat=True))
        for first in range(0, len(numbers), FILES_AT_ONCE):
            for case in Case.objects.filter(pk__in=numbers[first : first + FILES_AT_ONCE]).order_by("pk"):
                listed.append(_line(self._file(case)))
                self.packed.files += 1
        # Their papers are written as they are listed, and an archive has one member open at a time.
        if self.kind == "whole":
            listed += self._entries()
        self._put("files.jsonl", listed)

    def _entries(self) -> Iterator[str]:
        """Yield the entries of registers as files whose paragraphs are the lines of their histories."""
        rows = RegisterLine.objects.order_by("register", "entry", "-number")
        last = (next(lines) for _entry, lines in groupby(rows.iterator(chunk_size=CHUNK), key=lambda row: (row.register, row.entry)))
        for line in last:
            papers = EntryPaper.objects.filter(register=line.register, entry=line.entry)
            said = {"number": f"{line.register}/{line.entry}", "folder": f"{line.register}-{line.entry}", "paragraphs": line.number}
            yield _line(said | {"head": line.hash, "papers": list(self._listed(papers, "entry")), "orders": []})

    def _file(self, case: Case) -> dict[str, Any]:
        folder = case.number.replace("/", "-")
        if self.kind != "whole":
            self._paragraphs(case, f"files/{folder}")
        said = {"number": case.number, "folder": folder, "paragraphs": case.paragraphs, "head": case.head}
        return said | {"papers": list(self._papers(case)), "orders": list(self._orders(case, folder))}

    def _paragraphs(self, case: Case, folder: str) -> None:
        rows = list(case.notings.order_by("paragraph").values_list("paragraph", "body", "leaf__index"))
        self._put(f"{folder}/paragraphs.jsonl", self._counted(body for _n, body, _leaf in rows))
        self._put(f"{folder}/shown.jsonl", _shown(case.notings.order_by("paragraph")))
        self._put(f"{folder}/proofs.jsonl", (_line(self._proof(n, leaf)) for n, _body, leaf in rows))
        self.packed.unsealed += sum(leaf is None for _n, _body, leaf in rows)

    def _proof(self, paragraph: int, leaf: int | None) -> dict[str, Any]:
        return {"n": paragraph, "leaf": leaf, "path": [] if leaf is None else _hex(self.nodes.inclusion(leaf))}

    def _papers(self, case: Case) -> Iterator[dict[str, str]]:
        """Yield every paper received, replaced ones too; one that is gone from the store is listed and not here."""
        return self._listed(case.enclosures.all())

    def _listed(self, papers: QuerySet[Any], kind: str = "") -> Iterator[dict[str, str]]:
        for paper in papers.order_by("pk") if self.with_papers else ():
            suffix = PurePath(paper.name).suffix.lower()
            member = f"papers/{paper.sha256}{suffix if suffix in SUFFIXES else ''}"
            self._keep(member, paper)
            yield {"kind": kind or paper.kind, "name": paper.name, "sha256": paper.sha256, "member": member}

    def _orders(self, case: Case, folder: str) -> Iterator[dict[str, str]]:
        """Yield every printing of an order, the same bytes that are handed out."""
        printings = OrderPaper.objects.filter(order__case=case).select_related("order").order_by("pk")
        for printing in printings if self.with_papers else ():
            member = f"orders/{folder}/{printing.name}"
            self._keep(member, printing)
            said = {"number": printing.order.number, "kind": printing.order.kind, "language": printing.language}
            yield said | {"sha256": printing.sha256, "member": member}

    def _keep(self, member: str, paper: Enclosure | OrderPaper | EntryPaper) -> None:
        if member in self.taken:  # The same paper, received twice.
            return
        self.taken.add(member)
        try:
            kept = paper.stored.open("rb")
        except (OSError, ValueError):
            return
        with kept, self.archive.open(self._info(member, ZIP_STORED), "w", force_zip64=True) as into:
            for chunk in kept.chunks():
                into.write(chunk)
        self.packed.papers += 1

    def _put(self, member: str, *parts: Iterable[str]) -> None:
        with self.archive.open(self._info(member, ZIP_DEFLATED), "w", force_zip64=True) as into:
            for part in chain.from_iterable(parts):
                into.write(part.encode())

    def _info(self, member: str, method: int) -> ZipInfo:
        info = ZipInfo(member, date_time=self.now.timetuple()[:6])
        info.compress_type, info.external_attr = method, 0o644 << 16
        return info


def _shown(rows: QuerySet[Any], way: str = "") -> Iterator[str]:
    """Yield what officers had before them, each under the file and number that the signed text says; ``way`` leads to the paragraph."""
    kept = rows.exclude(**{f"{way}snapshot": None})
    columns = (f"{way}{name}" for name in ("paragraph", "body", "snapshot__body"))
    for paragraph, body, document in kept.values_list(*columns).iterator(chunk_size=SNAPSHOTS_AT_ONCE):
        try:
            said = json.loads(body)
            place = {"file": str(said["file"]), "n": int(said["n"])}
        except (ValueError, KeyError, TypeError):  # A text that was changed until it is no paragraph any more.
            place = {"file": "", "n": paragraph}
        yield _line(place | {"document": document})


def _last_of_each_day() -> list[int]:
    """Return the sizes of the seals that left the building: the last of each day, by UTC, in which their own text tells the time."""
    days = Checkpoint.objects.annotate(day=TruncDate("made_at", tzinfo=UTC)).values("day")
    return list(days.annotate(last=Max("size")).values_list("last", flat=True))


def _line(said: dict[str, Any]) -> str:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")) + "\n"


def _hex(path: Iterable[bytes]) -> list[str]:
    return [part.hex() for part in path]
