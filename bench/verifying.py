"""P10: verification of the whole record inside, and of an export outside with nothing but Python's own library."""

import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from bench.base import ROOT
from bench.clocks import server_pid, server_seconds
from bench.reading import use
from bench.table import Line
from workflows.models import Noting
from workflows.record import export
from workflows.record.verifier import verify


def lines(_small: str, large: str, _rounds: int) -> list[Line]:
    use(large)
    pid, count = server_pid(), Noting.objects.count()
    before, cpu = server_seconds(pid), time.process_time()
    report = verify()
    assert report.ok, report.findings[:3]
    took = time.process_time() - cpu
    with_server = took + server_seconds(pid) - before
    return [
        Line(
            "P10",
            f"{count:,} paragraphs, papers and records with them: {took:.1f} s CPU, {with_server:.1f} with the database's",
            count / took,
            150_000,
            "notings/s CPU",
            more=True,
        ),
        _outside(count),
    ]


def _outside(count: int) -> Line:
    with TemporaryDirectory() as folder:
        packed = Path(folder) / "record.zip"
        with packed.open("wb") as target:
            export.write_whole(target, papers=False)
        with ZipFile(packed) as archive:
            archive.extractall(folder)
        program = next(Path(folder).rglob("verify.py"), ROOT / "workflows" / "record" / "offline.py")
        started = time.perf_counter()
        done = subprocess.run([sys.executable, str(program), str(packed)], capture_output=True, text=True, check=False)
        took = time.perf_counter() - started
    said = (done.stdout.strip() or done.stderr.strip()).splitlines()[-1:]
    return Line(
        "P10",
        f"export of {count:,} paragraphs checked outside in {took:.1f} s: {' '.join(said)[:70]}",
        count / took,
        100_000,
        "notings/s",
        more=True,
    )
