"""What docs/trust.md and the runbook name is there: a proof that was renamed away proves nothing."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

PAGES = ["docs/trust.md", "docs/runbook.md"]


@pytest.mark.parametrize("page", PAGES)
def test_every_test_command_and_target_that_is_named_is_there(page: str) -> None:
    root: Path = settings.BASE_DIR
    said = (root / page).read_text()
    code = "\n".join(path.read_text() for path in (root / "tests").rglob("*.py"))
    lost = [path for path in re.findall(r"\btests/[\w/]+(?:\.py)?", said) if not (root / path).exists()]
    lost += [name for name in re.findall(r"`(test_\w+)`", said) if f"def {name}(" not in code]
    lost += [name for name in re.findall(r"manage\.py ([a-z_]+)", said) if name not in get_commands()]
    lost += [name for name in re.findall(r"`(?:\w+=\w+ )?make ([a-z-]+)", said) if f"\n{name}:" not in (root / "Makefile").read_text()]
    assert lost == []
