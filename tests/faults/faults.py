"""The faults. Each is injected into something that was alive and says whether it took effect; one that did not is not counted."""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from django.db import OperationalError, connection, connections, transaction

from tests.faults.broker import Server
from tests.faults.cluster import Cluster
from tests.faults.fleet import Fleet, alive, gone, kill, kill_group
from tests.faults.line import Line
from tests.faults.wire import Wire
from workflows.models import Case, JobRow, Movement, Noting
from workflows.record import triggers

# Longer than the leases that the programs are started with: a worker so long away has lost what it had, and comes back to it.
STALL = 5.0
# Seconds that a worker is given to come up and to work, and within which a kill comes after it was seen to.
PATIENCE, MOMENT = 30, 0.1
CHILD, WORKER, WHOLE = "a worker's child killed", "a worker killed, its children left", "a worker killed with its children"
ALL, STALLED = "everything killed", "a worker stopped beyond its lease"
RESTARTED, ENDED = "the database server restarted", "every connection to the database ended"
BROKER_GONE, ALTERED = "the broker gone, and back with nothing in it", "tables altered and their guards put in anew"
BROKER_KILLED = "the broker killed, and started anew with nothing in it"
# Seconds that the broker stays away; what waits for a lock gives up before PostgreSQL would call it a deadlock of somebody else.
AWAY, LOCK_WAIT, TRIES = 2.0, "400ms", 40
# How many processes that do work each kind strikes at the most: each may have had one mail under way.
PROCESSES = {CHILD: 1, WORKER: 2, WHOLE: 2, ALL: 4, STALLED: 2, RESTARTED: 4, ENDED: 4}


@dataclass
class Struck:
    """A fault that took effect, and whether it met an open transaction."""

    kind: str
    in_transaction: bool = False


class Faults:
    """All kinds, each as often as it weighs; or one kind ``only``, which strikes at one task only where ``at`` names it."""

    def __init__(
        self,
        fleet: Fleet,
        wire: Wire,
        rng: Random,
        *,
        line: Line | None,
        cluster: Cluster | None,
        server: Server | None,
        only: str = "",
        at: str = "",
    ) -> None:
        self.fleet, self.wire, self.rng, self.at = fleet, wire, rng, at
        self.line, self.cluster, self.server, self.altered = line, cluster, server, 0
        self.kinds: list[tuple[str, int, Callable[[], bool | None]]] = [
            (CHILD, 6, self.kill_child),
            (WORKER, 3, self.kill_worker),
            (WHOLE, 2, self.kill_worker_whole),
            ("the beat killed", 2, self.kill_beat),
            (ALL, 1, self.kill_everything),
            (STALLED, 1, self.stall),
            ("a second worker", 1, self.second_worker),
            ("a second beat", 1, self.second_beat),
            ("messages sent again", 3, self.send_again),
            ("the queue emptied", 2, self.flush),
            (ENDED, 2, self.end_connections),
            (ALTERED, 1, self.alter),
            (BROKER_GONE, 1 if line else 0, self.lose_broker),
            (BROKER_KILLED, 2 if server else 0, self.kill_broker),
            (RESTARTED, 1 if cluster else 0, self.restart_database),
        ]
        self.kinds = [one for one in self.kinds if only in ("", one[0])]

    @property
    def left_out(self) -> list[str]:
        """Return the kinds that cannot be injected here."""
        return [kind for kind, weight, _inject in self.kinds if not weight]

    def strike(self) -> Struck | None:
        """Inject one fault by chance; ``None`` when there was nothing alive to inject it into."""
        kind, _weight, inject = self.rng.choices(self.kinds, [weight for _kind, weight, _inject in self.kinds])[0]
        met = inject()
        return None if met is None else Struck(kind, met)

    def _working(self) -> int | None:
        """Return a child of a worker that was seen in the middle of a transaction a moment ago; ``None`` when none comes to work."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            children = [pid for worker in self.fleet.workers for pid in self.fleet.children(worker)]
            busy = sorted(pid for pid, task in self.fleet.in_transaction().items() if pid in children and self.at in ("", task))
            if busy:
                time.sleep(self.rng.random() * MOMENT)
                return self.rng.choice(busy)
            time.sleep(0.01)
        return None

    def kill_child(self) -> bool | None:
        pid = self._working()
        if pid is None:
            return None
        met = pid in self.fleet.in_transaction()
        return met if kill(pid) else None

    def _worker(self) -> tuple[object, bool] | None:
        pid = self._working()
        for worker in self.fleet.workers:
            if pid in self.fleet.children(worker):
                return worker, pid in self.fleet.in_transaction()
        return None

    def kill_worker(self) -> bool | None:
        found = self._worker()
        if found is None:
            return None
        worker, met = found
        children = self.fleet.children(worker)  # type: ignore[arg-type]
        os.kill(worker.pid, signal.SIGKILL)  # type: ignore[attr-defined]
        worker.wait(timeout=10)  # type: ignore[attr-defined]
        # What was left without a parent works on to the end of its task, as it would in a State; then it is ended.
        time.sleep(self.rng.random() * 0.3)
        for child in children:
            if alive(child):
                os.kill(child, signal.SIGKILL)
        return met

    def kill_worker_whole(self) -> bool | None:
        found = self._worker()
        return found[1] if found and kill_group(found[0]) else None  # type: ignore[arg-type]

    def kill_beat(self) -> bool | None:
        beats = [beat for beat in self.fleet.beats if beat.poll() is None]
        if not beats:
            return None
        beat = self.rng.choice(beats)
        beat.kill()
        beat.wait(timeout=10)
        return False if gone(beat.pid) else None

    def kill_everything(self) -> bool | None:
        if self._working() is None:
            return None
        met = bool(self.fleet.in_transaction())
        killed = [kill_group(one) for one in [*self.fleet.workers, *self.fleet.beats]]
        return met if any(killed) else None

    def stall(self) -> bool | None:
        found = self._worker()
        if found is None:
            return None
        group = found[0].pid  # type: ignore[attr-defined]
        os.killpg(group, signal.SIGSTOP)
        self.fleet.keep_up(workers=2)
        time.sleep(STALL)
        os.killpg(group, signal.SIGCONT)
        return found[1]

    def second_worker(self) -> bool | None:
        before = len(self.fleet.workers)
        self.fleet.keep_up(workers=2)
        return False if len(self.fleet.workers) > before else None

    def second_beat(self) -> bool | None:
        before = len(self.fleet.beats)
        self.fleet.keep_up(beats=2)
        return False if len(self.fleet.beats) > before else None

    def send_again(self) -> bool | None:
        return False if self.wire.send_all(times=3) else None

    def flush(self) -> bool | None:
        """Empty the queue; what waits in it are wake-ups of beat, web and jobs."""
        self.wire.send_all(times=1)
        return False if self.wire.flush() else None

    def end_connections(self) -> bool | None:
        """End the connections of all programs, in the middle of what they write."""
        if self._working() is None:
            return None
        met = bool(self.fleet.in_transaction())
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name LIKE 'faults-%%'"
            )
            [(ended,)] = cursor.fetchall()
        return met if ended else None

    def restart_database(self) -> bool | None:
        if self.cluster is None or self._working() is None:
            return None
        met = bool(self.fleet.in_transaction())
        restarted = self.cluster.restart(self.rng)
        # This process had a connection to the old server too.
        connections.close_all()
        return met if restarted else None

    def lose_broker(self) -> bool | None:
        """Cut the line to the broker, take away what waits there, and let it be reached again seconds later."""
        if self.line is None:
            return None
        cut = self.line.cut()
        self.wire.forget()
        time.sleep(AWAY)
        self.line.mend()
        return False if cut else None

    def kill_broker(self) -> bool | None:
        """Kill the broker with what waits there, and start it anew; the programs have to find it again."""
        if self.server is None:
            return None
        self.wire.send_all(times=1)
        return False if self.server.restart() else None

    def alter(self) -> bool | None:
        """Give the tables that everybody writes a column more, and put the guards in anew, while officers' work is under way."""
        if self._working() is None:
            return None
        self.altered += 1
        name = f"faults_{self.altered}"
        for _try in range(TRIES):
            met = bool(self.fleet.in_transaction())
            try:
                add_column(name)
            except OperationalError:
                time.sleep(self.rng.random() * MOMENT)
            else:
                return met if _has_column(name) and not triggers.missing() else None
        return None


def add_column(name: str) -> None:
    """Do it in one transaction, and wait for no lock so long that others would wait for us; raise ``OperationalError`` then."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'")
        for model in (Case, Movement, Noting, JobRow):
            cursor.execute(f"ALTER TABLE {model._meta.db_table} ADD COLUMN {name} integer")
        triggers.remove()
        triggers.install()


def _has_column(name: str) -> bool:
    with connection.cursor() as cursor:
        found = connection.introspection.get_table_description(cursor, Case._meta.db_table)
    return name in {column.name for column in found}
