"""One run: set the work up, inject faults into it, let it come to its end, count."""

import json
import os
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from uuid import uuid4

from django.conf import settings
from django.utils import translation

from project.lifeline import PARENT
from tests.beside import database_address
from tests.faults.broker import Server
from tests.faults.cluster import Cluster
from tests.faults.faults import PROCESSES, Faults, Struck
from tests.faults.fleet import Fleet
from tests.faults.invariants import broken
from tests.faults.line import Line
from tests.faults.loads import LOADS, Found, Size
from tests.faults.mailbox import BOX, taken
from tests.faults.wire import Wire

# Seconds that a fault is given on average, and that the work may take to its end after the last.
EACH, REST = 3, 240


@dataclass
class Report:
    """What was injected and what became of the work."""

    broker: str
    database: str
    seed: int
    asked: int
    injected: dict[str, int] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    in_transaction: int = 0
    found: dict[str, Found] = field(default_factory=dict)
    mails_left_twice: int = 0
    broken: list[str] = field(default_factory=list)
    standstill: float = 0.0
    seconds: float = 0.0
    finished: bool = False

    @property
    def struck(self) -> int:
        """How many processes of workers were killed or stopped, at the most."""
        return sum(count * PROCESSES.get(kind, 0) for kind, count in self.injected.items())

    @property
    def lost(self) -> int:
        return sum(found.lost for found in self.found.values())

    @property
    def doubled(self) -> int:
        return sum(found.doubled for found in self.found.values())

    @property
    def faults(self) -> int:
        return sum(self.injected.values())

    @property
    def well(self) -> bool:
        """Nothing lost, nothing doubled, and no mail left twice but those that were under way in a process that was struck."""
        right = not self.lost and not self.doubled and not self.broken and self.mails_left_twice <= self.struck
        return right and self.finished and self.faults >= self.asked

    def as_json(self) -> str:
        return json.dumps({**asdict(self), "lost": self.lost, "doubled": self.doubled, "well": self.well})

    def as_text(self) -> str:
        lines = [f"{self.database}, {self.broker.partition(':')[0]}, seed {self.seed}: {self.faults} faults in {self.seconds:.0f} s"]
        lines += [f"  {count:4} {kind}" for kind, count in sorted(self.injected.items(), key=lambda one: -one[1])]
        lines += [f"     - {kind}: not in this run" for kind in self.left_out]
        lines += [f"  {self.in_transaction:4} of them in the middle of a transaction", ""]
        lines += [f"  {name:32} {one.total:5}  lost {one.lost:3}  doubled {one.doubled:3}" for name, one in self.found.items()]
        lines += [
            f"  mails that left twice, their worker killed before it could say so: {self.mails_left_twice} (at most {self.struck})",
            f"  longest standstill with work waiting: {self.standstill:.1f} s",
            *(f"  BROKEN {said}" for said in self.broken),
            "" if self.finished else "  NOT FINISHED within its time",
            f"lost={self.lost} doubled={self.doubled} broken={len(self.broken)}: {'holds' if self.well else 'DOES NOT HOLD'}",
        ]
        return "\n".join(line for line in lines if line is not None)


def run(
    *,
    faults: int,
    seed: int,
    broker: str,
    folder: Path,
    share: float = 1.0,
    without_locks: bool = False,
    only: str = "",
    at: str = "",
    cluster: Cluster | None = None,
    server: Server | None = None,
) -> Report:
    """Set up, strike ``faults`` times, let everything end, and return what was found. The database is the one Django is on.

    Its server is restarted only where it is the run's own ``cluster``, and the broker only where it is the run's own ``server``.
    """
    rng, began = Random(seed), time.monotonic()  # noqa: S311 -- chance, no secret
    queue, box = f"faults-{uuid4().hex[:10]}", folder / "mails.txt"
    report = Report(broker, "SQLite" if settings.ON_SQLITE else "PostgreSQL", seed, faults)
    with translation.override("en"):
        for load in LOADS.values():
            load.set_up(Size(share, round(faults * EACH)))
    line = None if broker.startswith("filesystem") else Line(broker)
    fleet = Fleet(environment(queue, box, line.address if line else broker, folder, without_locks), folder, queue)
    wire = Wire(broker, queue, settings.BROKER_DIR)
    try:
        _strike(report, Faults(fleet, wire, rng, line=line, cluster=cluster, server=server, only=only, at=at), fleet, rng)
        report.finished = _wait_for_the_end(report, fleet)
    finally:
        fleet.end()
        wire.take_away()
        if line:
            line.cut()
    report.found = {name: load.found(box) for name, load in LOADS.items()}
    report.mails_left_twice = sum(count - 1 for count in Counter(taken(box)).values())
    report.broken = broken()
    report.seconds = time.monotonic() - began
    return report


def environment(queue: str, box: Path, broker: str, folder: Path, without_locks: bool) -> dict[str, str]:
    told = {"DATABASE_URL": database_address(), "CELERY_BROKER_URL": broker, "DJANGO_SETTINGS_MODULE": "tests.faults.settings"}
    # They end when this process is gone, however it went.
    told |= {PARENT: str(os.getpid())}
    told |= {"FAULTS_QUEUE": queue, BOX: str(box), "VAR_DIR": str(settings.VAR_DIR), "FAULTS_FOLDER": str(folder)}
    return {**os.environ, **told, "FAULTS_WITHOUT_LOCKS": "yes" if without_locks else ""}


def _left() -> int:
    return sum(load.left() for load in LOADS.values())


@dataclass
class Watch:
    """How long nothing was done although work waited."""

    left: int
    since: float
    longest: float = 0.0

    def look(self) -> int:
        left, now = _left(), time.monotonic()
        if left != self.left:
            self.left, self.since = left, now
        elif left:
            self.longest = max(self.longest, now - self.since)
        else:
            self.since = now
        return left


def _strike(report: Report, faults: Faults, fleet: Fleet, rng: Random) -> None:
    """Inject faults, a second or so apart, as long as work is left for them to meet; each needs a worker that has come up."""
    watch, counted, until = Watch(_left(), time.monotonic()), Counter[str](), time.monotonic() + 60 + report.asked * 15
    report.left_out = faults.left_out
    while sum(counted.values()) < report.asked and time.monotonic() < until:
        fleet.keep_up()
        time.sleep(0.2 + rng.random() * 0.8)
        # No fault shall meet workers that have nothing to do.
        for load in LOADS.values():
            if load.more and not load.left():
                load.more()
        watch.look()
        struck: Struck | None = faults.strike()
        if struck:
            counted[struck.kind] += 1
            report.in_transaction += struck.in_transaction
        watch.look()
    report.injected, report.standstill = dict(counted), watch.longest


def _wait_for_the_end(report: Report, fleet: Fleet) -> bool:
    watch, until = Watch(_left(), time.monotonic()), time.monotonic() + REST
    while time.monotonic() < until:
        fleet.keep_up()
        if not watch.look():
            # The last turn of the worker ends its job and lets go of its lease.
            time.sleep(5)
            report.standstill = max(report.standstill, watch.longest)
            return not _left()
        time.sleep(0.25)
    report.standstill = max(report.standstill, watch.longest)
    return False
