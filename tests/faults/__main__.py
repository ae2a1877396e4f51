"""``make faults``: a run against a database of its own, printed, with exit status 1 when anything was lost, doubled or broken."""

import argparse
import contextlib
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from tests.faults.broker import MISSING, PROGRAM, Server, a_server
from tests.faults.cluster import Cluster, a_cluster, can_be_made

SERVER = "postgres://root@127.0.0.1:5432/postgres"
BROKER, OWN = "amqp://guest:guest@127.0.0.1:5672//", "own"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--faults", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--broker", default=BROKER, help="amqp://…, redis://…, filesystem://localhost//, or own: a Redis that the run starts and kills"
    )
    parser.add_argument(
        "--server", default=os.environ.get("DATABASE_URL"), help="a server that is not restarted, instead of one of the run's own"
    )
    parser.add_argument("--share", type=float, default=1.0, help="how much work is set up, as a share of the full run")
    parser.add_argument("--without-locks", action="store_true", help="take the protection of rows away: the run must then fail")
    parser.add_argument("--only", default="", help="one kind of fault alone, as the report names it")
    parser.add_argument("--at", default="", help="strike the work of one task alone, for example run_jobs")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if asked.broker == OWN and not PROGRAM:
        parser.error(MISSING)
    # Also when it is told to end, what it started and made is taken away.
    signal.signal(signal.SIGTERM, lambda *_told: sys.exit(1))
    with contextlib.ExitStack() as opened:
        folder = opened.enter_context(tempfile.TemporaryDirectory(prefix="karyapravah-faults-"))
        cluster = opened.enter_context(a_cluster()) if not asked.server and can_be_made() else None
        server = opened.enter_context(a_server()) if asked.broker == OWN else None
        asked.broker = server.address if server else asked.broker
        address = opened.enter_context(a_database(cluster.address if cluster else asked.server or SERVER))
        os.environ |= {
            "DATABASE_URL": address,
            "VAR_DIR": folder,
            "CELERY_BROKER_URL": asked.broker,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            # A server that dies at once takes along what was answered before it was written.
            "COMMITS_WAIT": "yes",
        }
        return strike(asked, Path(folder), cluster, server)


@contextlib.contextmanager
def a_database(server: str) -> Iterator[str]:
    """Make a database for this run alone and drop it afterwards; yield its address."""
    import psycopg  # noqa: PLC0415 -- only a run outside the tests makes its own database

    name = f"kp_faults_{os.getpid()}"
    address = server.replace("postgres://", "postgresql://")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'")
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def strike(asked: argparse.Namespace, folder: Path, cluster: Cluster | None, server: Server | None) -> int:
    import django  # noqa: PLC0415 -- the settings read the environment that was just written

    django.setup()
    from tests.faults.making import make_state  # noqa: PLC0415 -- needs the applications
    from tests.faults.run import run  # noqa: PLC0415 -- needs the applications

    make_state()
    report = run(
        faults=asked.faults, seed=asked.seed, broker=asked.broker, folder=folder, share=asked.share,
        without_locks=asked.without_locks, only=asked.only, at=asked.at, cluster=cluster, server=server,
    )  # fmt: skip
    from django.db import connections  # noqa: PLC0415 -- as above

    connections.close_all()
    sys.stdout.write((report.as_json() if asked.json else report.as_text()) + "\n")
    return 0 if report.well else 1


if __name__ == "__main__":
    sys.exit(main())
