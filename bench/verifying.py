"""P10: verification of the whole record inside, and of an export outside with nothing but Python's own library.

Inside, the processor time of the process is counted; that of the database is told beside it. Two rates are told: of the paragraphs alone
(hash, key, place, columns), and of the whole record with every file's papers, record, orders, documents shown, and the seals; of the
latter also by the clock, shared between as many processes as there are processors, as the command does it. Each has its own floor, which
compares nothing: that of the paragraphs reads the same rows and hashes, keys and parses each text, with the fastest that the product
has for it; that of the whole also opens and hashes every paper and builds the tree of the log anew.
"""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

import orjson
from django.conf import settings
from django.db import connection

from bench.clocks import server_pid, server_seconds
from bench.measuring import Task, compare
from bench.reading import use
from bench.table import Line
from workflows.models import Case, Enclosure, Noting
from workflows.record import export, merkle
from workflows.record.glance import SIGNERS, at_a_glance
from workflows.record.paragraphs import COLUMNS
from workflows.record.reading import rows, snapshot
from workflows.record.sealer import seal
from workflows.record.seals import in_log
from workflows.record.standing import files
from workflows.record.verifier import verify

START = (0, "")


def lines(small: str, large: str, rounds: int) -> list[Line]:
    # What the other parts wrote is sealed within a minute where a beat runs.
    for base in (large, small):
        use(base)
        seal()
    few = Noting.objects.count()
    with TemporaryDirectory() as folder:
        exports = [Path(folder) / f"{name}.zip" for name in ("small", "large")]
        _pack(exports[0])
        use(large)
        _pack(exports[1])
        count = Noting.objects.count()
        return [*_inside(count, rounds), _memory(small, large, few, count), *_outside(exports, few, count, rounds)]


def _inside(count: int, rounds: int) -> list[Line]:
    floors = {"paragraphs": _floor, "whole": _floor_of_the_whole}
    works: dict[str, Callable[[], Any]] = {"paragraphs": _paragraphs, "whole": _whole}
    works |= {f"floor of {name}": work for name, work in floors.items()}
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in works}
    for _round in range(min(rounds, 3)):
        for name, work in works.items():
            took[name].append(_seconds(work))
    own = {name: median(cpu for cpu, _server in runs) for name, runs in took.items()}
    server = {name: median(server for _cpu, server in runs) for name, runs in took.items()}

    def told(name: str, what: str) -> str:
        both, floor = count / (own[name] + server[name]), own[f"floor of {name}"]
        return f"{what}: {floor / own[name]:.2f} × the rate of its floor, {count / floor:,.0f}/s; {both:,.0f}/s with the database's CPU"

    return [
        Line("P10", told("paragraphs", "paragraphs alone"), count / own["paragraphs"], 150_000, "notings/s CPU", more=True),
        Line("P10", told("whole", "with papers, records, orders, seals"), count / own["whole"], 150_000, "notings/s CPU", more=True),
        _shared(count, rounds),
    ]


def _shared(count: int, rounds: int) -> Line:
    walls, processes = [], os.cpu_count() or 1
    for _round in range(min(rounds, 3)):
        began = time.perf_counter()
        _whole(processes)
        walls.append(time.perf_counter() - began)
    return Line("P10", f"the same, shared by {processes} processes", count / median(walls), 150_000, "notings/s wall", more=True)


def _seconds(work: Callable[[], Any]) -> tuple[float, float]:
    pid = server_pid()
    before, cpu = server_seconds(pid), time.process_time()
    work()
    return time.process_time() - cpu, server_seconds(pid) - before


def _floor() -> None:
    [sign] = [SIGNERS[key] for key in settings.RECORD_KEYS.items()]
    with snapshot():
        for row in rows(Noting.objects.order_by("case_id", "paragraph").values_list(*COLUMNS)):
            digest = sha256(row[9])
            digest.hexdigest()
            sign(digest.digest())
            orjson.loads(row[9])


def _floor_of_the_whole() -> None:
    _floor()
    folder, edge = Enclosure.stored.field.storage.location, list[bytes]()
    with snapshot():
        for place, (said,) in enumerate(rows(in_log("hash").values_list("said"))):
            merkle.extend(edge, place, merkle.leaf_hash(bytes.fromhex(said)))
        for (name,) in rows(Enclosure.objects.values_list("stored")):
            paper = os.open(f"{folder}/{name}", os.O_RDONLY)
            sha256(os.read(paper, 1 << 16)).digest()
            os.close(paper)


def _paragraphs() -> None:
    with snapshot():
        cases = {case.pk: case for case in files(Case.objects.all())}
        keys, case, last, version = settings.RECORD_KEYS, 0, START, None
        for row in rows(Noting.objects.order_by("case_id", "paragraph").values_list(*COLUMNS)):
            if row[1] != case:
                case, last, version = row[1], START, None
            said = at_a_glance(row, last, cases[case], version, keys)
            assert said, row[:3]
            last, version = (row[2], row[11]), said["flow"]["version"]


def _whole(processes: int = 1) -> None:
    report = verify(processes=processes)
    assert report.ok, report.findings[:3]


def _memory(small: str, large: str, few: int, count: int) -> Line:
    def ready(rows: int) -> int:
        use(small if rows == few else large)
        return rows

    def work(rows: int) -> int:
        _whole()
        return rows

    connection.close()
    taken = compare([Task("small", few, work, ready), Task("large", count, work, ready)], 1)
    less, more = (taken[name][0].megabytes for name in ("small", "large"))
    use(large)
    return Line("P10", f"memory while {count:,} are verified; {less:.0f} MB for {few:,}", more, less + 20, "MB")


def _pack(packed: Path) -> None:
    with packed.open("wb") as target:
        export.write_whole(target)


def _outside(exports: list[Path], few: int, count: int, rounds: int) -> list[Line]:
    with TemporaryDirectory() as folder:
        with ZipFile(exports[1]) as archive:
            program = archive.extract("verify.py", folder)
        runs = [[_checked(program, packed) for packed in exports] for _round in range(min(rounds, 3))]
    (short, _cpu), (wall, cpu) = (tuple(median(of) for of in zip(*each, strict=True)) for each in zip(*runs, strict=True))
    each = (wall - short) / (count - few)
    return [
        Line(
            "P10",
            f"export of {count:,} checked outside in {wall:.2f} s, {cpu:.2f} s CPU",
            count / wall,
            100_000,
            "notings/s wall",
            more=True,
        ),
        Line("P10", f"the same, without the start: what {count - few:,} more take", 1 / each, 100_000, "notings/s wall", more=True),
    ]


def _checked(program: str, packed: Path) -> tuple[float, float]:
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run([sys.executable, program, str(packed)], capture_output=True, text=True, check=False)
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, (done.stdout or done.stderr)[-300:]
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
