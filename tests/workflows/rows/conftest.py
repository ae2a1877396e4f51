"""An exhibition that has lines of containers."""

import json
from typing import Any

import pytest

from programme.models import ExhibitionProposal
from tests.workflows.rows.lines import (
    LABELS,
    ContainersForm,
)
from workflows.flows import ExhibitionFlow


@pytest.fixture
def with_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an exhibition hold lines of containers as JSON, in a text it has anyway."""
    as_text = property(
        lambda record: json.loads(record.outcome_report or "[]"), lambda record, lines: setattr(record, "outcome_report", json.dumps(lines))
    )
    facts = ExhibitionProposal.facts

    def facts_with_lines(record: ExhibitionProposal) -> dict[str, Any]:
        record.LINES = {}  # the record itself looks for child rows under these names
        return facts(record) | {"outcome_report": "", "lines": record.lines}

    monkeypatch.setattr(ExhibitionProposal, "lines", as_text, raising=False)
    monkeypatch.setattr(ExhibitionProposal, "LINES", {"lines": LABELS}, raising=False)
    monkeypatch.setattr(ExhibitionProposal, "facts", facts_with_lines)
    for node in (ExhibitionFlow.propose, ExhibitionFlow.correct):
        monkeypatch.setattr(node, "form_class", ContainersForm)
