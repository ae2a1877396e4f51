"""``make goals`` runs what docs/trust.md names, and says so when it does not hold."""

import sys

import pytest
from django.conf import settings

from tests import goals


def test_every_goal_of_the_page_has_a_command_that_is_run() -> None:
    found = goals.commands_of((settings.BASE_DIR / "docs" / "trust.md").read_text())
    assert list(found) == [f"T{number}" for number in range(1, 13)]
    assert all(commands for _said, commands in found.values())


@pytest.mark.once
def test_what_a_run_counts_is_its_figure_and_a_command_that_fails_fails_the_goal(monkeypatch: pytest.MonkeyPatch) -> None:
    told = "from tests.goals import counted; counted('T3', 'things tried', 7); counted('T9', 'others', 1)"
    monkeypatch.setitem(goals.MEANT, "PYTEST", f'{sys.executable} -c "{told}" ')
    held, lines = goals.proved("T3", ["PYTEST one", "PYTEST two"])
    assert held and lines[0] == "14 things tried"
    held, lines = goals.proved("T3", ["PYTEST one", "false"])
    assert not held and any(line.startswith("exit 1") for line in lines)
