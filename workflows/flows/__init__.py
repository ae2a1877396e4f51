"""The processes, by name and version. A file runs to its end, or to a repair, in the version it was opened with."""

from functools import lru_cache
from typing import Any

from django.utils.translation import get_language

from workflows.flows.exhibition import ExhibitionFlow
from workflows.flows.freight import FreightFlow
from workflows.flows.identification import IdentificationFlow
from workflows.flows.loan import LoanFlow
from workflows.flows.plan import ActionPlanFlow

# Every version in which files may still run, or are read: an older one stays here as long as its files are kept.
VERSIONS: dict[tuple[str, int], Any] = {
    (flow.slug, flow.version): flow for flow in (ExhibitionFlow, IdentificationFlow, ActionPlanFlow, LoanFlow, FreightFlow)
}
# The newest version of each process: the only one in which a file is opened.
FLOWS: dict[str, Any] = {slug: VERSIONS[slug, max(v for s, v in VERSIONS if s == slug)] for slug in dict.fromkeys(s for s, _v in VERSIONS)}

__all__ = [
    "FLOWS",
    "VERSIONS",
    "ActionPlanFlow",
    "ExhibitionFlow",
    "FreightFlow",
    "IdentificationFlow",
    "LoanFlow",
    "step_title",
    "step_title_in",
]


def step_title(slug: str, version: int, step: str) -> str:
    """Return how a step was called in the version in which it was taken; its name where that version is no longer here."""
    return step_title_in(get_language(), slug, version, step)


@lru_cache(maxsize=1024)
def step_title_in(_language: str | None, slug: str, version: int, step: str) -> str:
    """Return a step's title as ``step_title`` does, for a reader whose language is known: that of now."""
    flow = VERSIONS.get((slug, version)) or FLOWS.get(slug)
    node = flow.instance.node(step, no_obsolete=True) if flow else None
    return str(node.task_title) if node else step
