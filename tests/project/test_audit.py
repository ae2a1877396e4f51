"""``make audit`` fails for a known fault, and says by name what it could not judge; a silent tool is not taken for a clean one."""

import json
from subprocess import CompletedProcess

import pytest

from project import audit

FAULT = {"id": "PYSEC-2026-1", "fix_versions": ["1.1"]}
KNOWN = {"name": "leaky", "version": "1.0", "vulns": [FAULT]}
CLEAN = {"name": "tight", "version": "1.0", "vulns": []}
SKIPPED = {"name": "unseen", "skip_reason": "Dependency not found on PyPI"}


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch, tmp_path):
    """Let the tools answer with these packages; ``None`` as if they never reached the registry."""

    def let(packages: list[dict] | None) -> None:
        def run(module: str, *words: str) -> CompletedProcess[str]:
            if packages is not None:
                with open(words[words.index("--output") + 1], "w") as file:
                    json.dump({"dependencies": packages}, file)
            return CompletedProcess([], 1 if packages is None else 0, "", "no route to the registry\n")

        monkeypatch.setattr(audit, "run", run)
        monkeypatch.setattr(audit, "site_packages", lambda: str(tmp_path))

    return let


def test_a_known_fault_is_named_with_the_version_that_puts_it_right(answers, capsys) -> None:
    answers([KNOWN, CLEAN])
    assert audit.known_faults() == ["leaky 1.0: PYSEC-2026-1, put right in 1.1"]
    assert "2 packages judged" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("packages", "said"), [([SKIPPED], "SKIPPED for 1 of 1"), ([CLEAN, SKIPPED], "SKIPPED for 1 of 2"), (None, "no route")]
)
def test_what_could_not_be_judged_is_said(answers, capsys, packages, said: str) -> None:
    answers(packages)
    assert audit.known_faults() == []
    assert said in capsys.readouterr().out


def test_a_list_that_is_not_written_stops_the_audit(answers, tmp_path) -> None:
    answers(None)
    with pytest.raises(SystemExit, match="the bill of materials could not be written: no route"):
        audit.listed("bill of materials", tmp_path / "sbom.json", "cyclonedx_py")
