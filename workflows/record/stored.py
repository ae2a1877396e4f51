"""Whether a paper lies in its store as it came."""

import hashlib
import os
from typing import Any

PART = 1 << 16


def wrong_in(storage: Any, name: str, sha256: str) -> str:
    """Return the kind of finding for a stored paper: missing, or another than it was; empty when it is as it came."""
    try:
        file = os.open(storage.path(name), os.O_RDONLY)
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
