"""How gunicorn serves. Read by ``serve`` and by ``gunicorn -c python:project.gunicorn`` on a State's own servers."""

import gc
import os
import shutil
import tempfile
from importlib import import_module
from typing import Any

from django.conf import settings

from project.lifeline import follow_parent

wsgi_app = "project.wsgi:application"
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# Loaded once and shared by the workers: less memory, and a fault in the code is seen before the port is taken.
preload_app = True
timeout = 30
graceful_timeout = 5
keepalive = 5
# A worker is replaced now and then, so that a slow leak in a library never becomes an outage.
max_requests, max_requests_jitter = 20000, 2000
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
loglevel = "warning"
# The processes lay their counts together here, for whichever is asked. The library reads the name when it is imported.
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="karyapravah-figures-", dir=worker_tmp_dir))


def when_ready(server: Any) -> None:
    # Loaded here, and left alone by the collector, it stays one copy in all workers; otherwise each loads it with its first page.
    import_module(settings.ROOT_URLCONF)
    gc.collect()
    gc.freeze()
    follow_parent()
    print(f"Karyapravah is at http://{bind} (Ctrl-C stops it)", flush=True)


def on_exit(server: Any) -> None:
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
