"""A PostgreSQL server of the run's own, which may be stopped and started without anybody else noticing."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

PLACES = (*os.environ.get("PATH", "").split(os.pathsep), *sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True))
MISSING = "initdb and pg_ctl are not installed (Debian: apt-get install postgresql)"
# Programs are killed here, never the machine: what was handed to the system is kept, also without waiting for the disk.
SWITCHES = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "shared_buffers": "64MB",
    "max_connections": "60",
}
# An orderly stop ends every connection; the other one is as if the server had died, and recovers from its log.
WAYS = ("fast", "immediate")


def program(name: str) -> str | None:
    """Return where a program of the server is; ``None`` where none is installed. A wrapper that asks who calls it is passed over."""
    found = [path for place in PLACES if place and os.access(path := Path(place) / name, os.X_OK)]
    return str(next((path for path in found if "postgresql" in str(path.resolve())), "")) or None


def can_be_made() -> bool:
    return bool(program("initdb") and program("pg_ctl"))


class Cluster:
    """The running server. It refuses to run as root, so that as root it is another account's."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data, self.account = folder, folder / "data", {}
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres" if _known("postgres") else "nobody")
            self.account = {"user": folder.owner(), "extra_groups": []}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._do("initdb", "-D", str(self.data), "-U", "root", "-A", "trust", "-E", "UTF8", "--lc-collate=C", "--lc-ctype=C.UTF-8", "-N")
        self._do("pg_ctl", *self._options(), "start")

    @property
    def address(self) -> str:
        return f"postgres://root@127.0.0.1:{self.port}/postgres"

    def restart(self, rng: Random) -> bool:
        """Stop and start the server and say whether it is another process than before."""
        before = self._postmaster()
        self._do("pg_ctl", *self._options(), "-m", rng.choice(WAYS), "restart")
        return self._postmaster() != before

    def stop(self) -> None:
        self._do("pg_ctl", "-D", str(self.data), "-m", "immediate", "-w", "stop")

    def _postmaster(self) -> str:
        return (self.data / "postmaster.pid").read_text().splitlines()[0]

    def _options(self) -> tuple[str, ...]:
        switches = " ".join(f"-c {name}='{value}'" for name, value in SWITCHES.items())
        return "-D", str(self.data), "-l", str(self.folder / "log"), "-w", "-t", "60", "-o", f"-p {self.port} {switches}"

    def _do(self, name: str, *words: str) -> None:
        command = [str(program(name)), *words]
        subprocess.run(command, check=True, cwd=self.folder, stdout=subprocess.DEVNULL, **self.account)  # type: ignore[call-overload]


def _known(account: str) -> bool:
    with open("/etc/passwd", encoding="utf-8") as accounts:
        return any(line.startswith(f"{account}:") for line in accounts)


@contextmanager
def a_cluster() -> Iterator[Cluster]:
    """Make a server, and end and remove it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="karyapravah-cluster-"))
    try:
        cluster = Cluster(folder)
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
