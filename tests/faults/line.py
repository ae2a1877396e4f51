"""The line between the programs and their broker: cut, it is to them as if the broker were gone; the broker itself has other guests."""

import contextlib
import socket
import threading
from urllib.parse import urlsplit, urlunsplit

CHUNK = 1 << 16


class Line:
    """Passes on what it hears between the programs and ``broker``, each connection by two threads."""

    def __init__(self, broker: str) -> None:
        asked = urlsplit(broker)
        self.broker = (asked.hostname or "127.0.0.1", asked.port or (6379 if asked.scheme == "redis" else 5672))
        self.ends: list[socket.socket] = []
        self.held = threading.Lock()
        self.port = 0
        self.mend()
        person = f"{asked.username or ''}:{asked.password or ''}@" if asked.username else ""
        self.address = urlunsplit(asked._replace(netloc=f"{person}127.0.0.1:{self.port}"))

    def mend(self) -> None:
        """Listen, after a cut at the same place as before."""
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", self.port))
        self.listener.listen()
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, args=[self.listener], daemon=True).start()

    def cut(self) -> int:
        """End every connection and refuse new ones; return how many there were."""
        _close(self.listener)
        with self.held:
            ends, self.ends = self.ends, []
        for end in ends:
            _close(end)
        return len(ends) // 2

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _from = listener.accept()
                try:
                    far = socket.create_connection(self.broker, timeout=10)
                except OSError:
                    # To the program it is as if nobody had answered; the next one may be heard.
                    _close(near)
                    continue
                far.settimeout(None)
                with self.held:
                    self.ends += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=[one, other], daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while said := one.recv(CHUNK):
                other.sendall(said)
        with self.held:
            self.ends = [end for end in self.ends if end not in (one, other)]
        _close(one)
        _close(other)


def _close(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
