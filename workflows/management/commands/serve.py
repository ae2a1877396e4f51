import json
import os
import shlex
import socket
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Serve the pages and do the background work: web, worker and beat together, until Ctrl-C."

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
        refuse_taken_port(host, port)
        folder = settings.VAR_DIR / "beat"
        folder.mkdir(parents=True, exist_ok=True)
        commands = {name: f"exec {shlex.join(words)}" for name, words in programs(folder / "schedule").items()}
        env = {
            **os.environ,
            "HOST": host,
            "PORT": port,
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": str(settings.BASE_DIR),
            "KARYAPRAVAH_SERVE_PID": str(os.getpid()),
        }
        os.chdir(settings.BASE_DIR)
        # This process becomes the one that watches over the three: it keeps its number and leaves Django's memory behind.
        # -P keeps project/celery.py and its neighbours from hiding the packages of the same name.
        os.execve(sys.executable, [sys.executable, "-P", "project/together.py", json.dumps(commands)], env)  # noqa: S606 -- no shell is meant


def refuse_taken_port(host: str, port: str) -> None:
    """Raise ``CommandError`` with what to do when somebody else listens on the port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except (OSError, ValueError, OverflowError) as error:
            raise CommandError(f"Port {port} on {host} cannot be used ({error}). Choose another: make run PORT=8001") from None


def programs(schedule: Path) -> dict[str, list[str]]:
    """Return the command of each program. One writer at a time is all SQLite has, so its worker has one task at a time."""
    celery = [sys.executable, "-m", "celery", "--app", "project", "--quiet"]
    pool = ["--pool", "solo"] if settings.ON_SQLITE else ["--pool", "prefork", "--concurrency", "2"]
    return {
        "web": [sys.executable, "-m", "gunicorn", "--config", "python:project.gunicorn"],
        "worker": [*celery, "worker", *pool, "--without-gossip", "--without-mingle"],
        "beat": [sys.executable, "-m", "project.beating", str(schedule)],
    }
