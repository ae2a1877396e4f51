"""Whether a paper lies in its store as it came."""

import hashlib
import os
import re
from typing import Any

PART = 1 << 16
PLAIN = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9]+)?").fullmatch


def wrong_in(storage: Any, name: str, sha256: str) -> str:
    """Return the kind of finding for a stored paper: missing, or another than it was; empty when it is as it came."""
    try:
        # A name without a folder cannot lead out of the store, which is what asking for its path makes sure of.
        path = f"{storage.location}/{name}" if PLAIN(name) else storage.path(name)
        file = os.open(path, os.O_RDONLY)
        try:
            part = os.read(file, PART)
            digest = hashlib.sha256(part)
            while len(part) == PART:
                digest.update(part := os.read(file, PART))
        finally:
            os.close(file)
    except (OSError, ValueError):
        return "paper-missing"
    return "" if digest.hexdigest() == sha256 else "paper"
