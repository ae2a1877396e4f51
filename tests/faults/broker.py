"""A Redis server of the run's own, which keeps nothing on a disk and may be killed without anybody else noticing."""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from redis import Redis, RedisError

PROGRAM = shutil.which("redis-server")
MISSING = "redis-server is not installed (Debian: apt-get install redis-server)"
# Seconds that the server stays away, and that it is given to come up and its programs to find it again.
AWAY, PATIENCE = 1.0, 30.0


class Server:
    """The running server."""

    def __init__(self, folder: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder, self.address = folder, f"redis://127.0.0.1:{self.port}/0"
        self.process = self._start()

    def restart(self) -> bool:
        """Kill the server while a worker waits at it, start it anew, and say whether that was so.

        It is so when the process ended by the signal, nothing that was there before is there now, and a worker waits at the new one.
        """
        with Redis.from_url(self.address) as before:
            before.set("before", "the kill")
            if not _until(lambda: _waiting(before)):
                return False
        self.process.kill()
        killed = self.process.wait(timeout=PATIENCE) < 0
        time.sleep(AWAY)
        self.process = self._start()
        with Redis.from_url(self.address) as after:
            lost = not after.exists("before")
            return killed and lost and _until(lambda: _waiting(after))

    def stop(self) -> None:
        self.process.kill()
        self.process.wait(timeout=PATIENCE)

    def _start(self) -> "subprocess.Popen[bytes]":
        command = [str(PROGRAM), "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self.folder, "--save", "", "--appendonly", "no"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with Redis.from_url(self.address) as client:
            if not _until(lambda: _answers(client)):
                process.kill()
                raise RuntimeError(f"redis-server did not come up at port {self.port}")
        return process


def _answers(client: Redis) -> bool:
    try:
        return bool(client.ping())
    except RedisError:
        return False


def _waiting(client: Redis) -> bool:
    """Say whether a worker waits at the server for a message."""
    return any(str(one["cmd"]).lower() == "brpop" for one in client.client_list())


def _until(seen: Callable[[], bool]) -> bool:
    give_up = time.monotonic() + PATIENCE
    while not seen():
        if time.monotonic() > give_up:
            return False
        time.sleep(0.02)
    return True


@contextmanager
def a_server() -> Iterator[Server]:
    """Make a server, and end and remove it afterwards."""
    with tempfile.TemporaryDirectory(prefix="karyapravah-redis-") as folder:
        server = Server(folder)
        try:
            yield server
        finally:
            server.stop()
