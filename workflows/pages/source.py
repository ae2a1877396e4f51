"""The licence asks that whoever uses this over a network can have its source: here it is, as it runs."""

import io
import tarfile
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from workflows.pages.problems import SAFE, only

# What the project consists of, by name: never what an installation keeps beside it, such as keys, papers or mail.
PARTS = (
    "programme", "workflows", "bench", "project", "tests", "fixtures", "locale", "docs", ".ci", "manage.py", "Makefile", "pyproject.toml",
    "requirements.txt", "requirements-dev.txt", "requirements-audit.txt", "constraints.txt", "constraints-dev.txt",
    "deploy", "README.md", "LICENSE", "CONTRIBUTING.md", "CHANGELOG.md",
)  # fmt: skip
NOT_SOURCE = ("__pycache__", ".pyc", ".mo")


@only(*SAFE)
def source(request: HttpRequest) -> HttpResponse:
    """Return the source code of this very installation as a compressed archive (AGPL-3.0, section 13)."""
    response = HttpResponse(_archive(), content_type="application/gzip")
    response.headers["Content-Disposition"] = 'attachment; filename="karyapravah-source.tar.gz"'
    return response


@cache
def _archive() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for part in PARTS:
            path = settings.BASE_DIR / part
            if path.exists():
                archive.add(path, f"karyapravah/{part}", filter=lambda entry: None if entry.name.endswith(NOT_SOURCE) else entry)
    return packed.getvalue()
