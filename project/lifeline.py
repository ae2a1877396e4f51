"""A program started by ``serve`` ends when ``serve`` is gone, even when it was killed and could not say goodbye."""

import os
import signal
import threading
import time

PARENT = "KARYAPRAVAH_SERVE_PID"


def follow_parent() -> None:
    """Watch the process named in the environment; do nothing when this program was started on its own."""
    parent = os.environ.get(PARENT)
    if parent:
        threading.Thread(target=_watch, args=(int(parent),), name="lifeline", daemon=True).start()


def _watch(parent: int) -> None:
    while _alive(parent):
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
