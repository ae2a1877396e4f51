"""The databases of the bench: filled once for each size and kept, and copied for each run, which may then decide what it likes."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

ROOT = Path(__file__).resolve().parent.parent
# What the copies that a run decides in are called by.
RUN = "_run"
# Papers and the key of the seals lie in this clone's own folder, so its databases are its own too.
CLONE = sha256(str(ROOT).encode()).hexdigest()[:6]
HELP = """make bench measures on PostgreSQL, and found none that it may use.
It looks at DATABASE_URL, then for a server on this machine. It needs the right to create databases, for example:
    DATABASE_URL=postgres://postgres@127.0.0.1:5432/postgres make bench
What it makes there is named karyapravah_bench_…; nothing else is touched."""


class NoServer(Exception):
    """There is no PostgreSQL that the bench may use."""


class Server:
    def __init__(self) -> None:
        given = os.environ.get("BENCH_DATABASE_URL") or os.environ.get("DATABASE_URL", "")
        self.address = given if given.startswith("postgres") else "postgres://127.0.0.1:5432/postgres"
        try:
            self.link = psycopg.connect(self.address_of("postgres"), autocommit=True, connect_timeout=3)
        except psycopg.OperationalError as error:
            raise NoServer(f"{HELP}\n{error}") from None

    def address_of(self, name: str) -> str:
        return urlsplit(self.address)._replace(path=f"/{name}").geturl()

    def filled(self, cases: int, waiting: int, seed: int, *, begun: str = "") -> str:
        """Return a database with so many ended and waiting files; one that is missing is made, from the one it is ``begun`` with."""
        name = f"karyapravah_bench_{CLONE}_{cases}_{waiting}_{seed}"
        if name in self.names():
            self._manage(name, "migrate", "-v0")
        else:
            making = f"{name}_making"
            self.drop(making)
            source = begun or "template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"
            self.link.execute(f"CREATE DATABASE {making} TEMPLATE {source}")
            for words in (["migrate", "-v0"], ["make_keys"], ["seed_scale", f"--cases={cases}", f"--open={waiting}", f"--seed={seed}"]):
                self._manage(making, *words)
            self.link.execute(f"ALTER DATABASE {making} RENAME TO {name}")
        return name

    def _manage(self, name: str, *words: str) -> None:
        subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=environment(self.address_of(name)), check=True)

    def copy(self, name: str, suffix: str = RUN) -> str:
        """Return the address of a fresh copy."""
        copied = f"{name}{suffix}"
        self.drop(copied)
        self.link.execute(f"CREATE DATABASE {copied} TEMPLATE {name}")
        return self.address_of(copied)

    @contextmanager
    def beside(self, address: str, suffix: str) -> Iterator[str]:
        """Lend the address of one more fresh copy of what the database at this address is a copy of."""
        name = address.rpartition("/")[2].removesuffix(RUN)
        yield self.copy(name, suffix)
        self.drop(f"{name}{suffix}")

    def drop(self, name: str) -> None:
        self.link.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def names(self) -> list[str]:
        return [row[0] for row in self.link.execute("SELECT datname FROM pg_database")]

    def facts(self) -> Any:
        return self.link.execute("SHOW server_version").fetchone()


def environment(address: str) -> dict[str, str]:
    """Return the environment of the bench's own processes: the made-up keys of a test, and folders of its own."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "PYTHONUTF8")}
    own = {"CELERY_BROKER_URL": "memory://localhost//", "VAR_DIR": str(ROOT / "var" / "bench")}
    return {**kept, **own, "ENVIRONMENT": "test", "DATABASE_URL": address}
