"""Conformance: every paragraph of a file played on the graph of the version of the process it was written under."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from workflows.flows import VERSIONS, step_title
from workflows.logs.events import Event, Trace, traces
from workflows.models import Case, Noting, Outcome
from workflows.models.outcomes import REPAIRS
from workflows.nodes import Act, Begin, Choose, Ending, Stay

# Where these send the file stands in their paragraph, not in the graph.
SAID = [*(outcome.value for outcome in REPAIRS), Outcome.PULL_BACK.value]

SENTENCES = {
    "begin": _("The file does not begin with “%(step)s”."),
    "order": _("“%(step)s” was taken while the file had to wait for: %(expected)s."),
    "way": _("“%(step)s” has no way out by “%(outcome)s”."),
    "step": _("The process has no step “%(step)s”."),
    "ending": _("The file ended as “%(step)s”; the process led to: %(expected)s."),
    "version": _("Version %(version)s of the process is no longer here; the file cannot be judged."),
    "repair": _("A repair by the administrator: %(outcome)s. The file went on at “%(step)s”."),
}


@dataclass(frozen=True)
class Deviation:
    """One place at which a file did not go as its process says; ``explained`` where a repair on the note sheet accounts for it."""

    case_id: int
    number: str
    process: str
    version: int
    paragraph: int
    kind: str
    step: str
    outcome: str = ""
    expected: tuple[str, ...] = ()

    @property
    def explained(self) -> bool:
        return self.kind == "repair"

    @property
    def sentence(self) -> str:
        """What happened, in the reader's language."""
        title = self._titled(self.step)
        expected = ", ".join(self._titled(step) for step in self.expected) or "—"
        outcome = str(Outcome(self.outcome).label) if self.outcome in Outcome.values else self.outcome
        return str(SENTENCES[self.kind]) % {"step": title, "outcome": outcome, "expected": expected, "version": self.version}

    def _titled(self, step: str) -> str:
        return step_title(self.process, self.version, step)


@dataclass
class Replay:
    """A file on its way through the graph: the steps at which its next paragraph may stand, and who returned it to where."""

    trace: Trace
    flow: Any
    version: int
    at: frozenset[str] = frozenset()
    returned_to: dict[str, str] = field(default_factory=dict)

    def play(self, event: Event, said: dict[str, Any] | None) -> Iterator[Deviation]:
        """Yield what is wrong with one paragraph and go where it leads; ``said`` is the text of a repair, or of a file pulled back."""
        if Outcome(event.outcome).is_aside:
            return
        if said is not None:
            yield from self._sent(event, said)
            return
        node = self.flow.instance.node(event.step, no_obsolete=True)
        if node is None:
            yield self._deviation(event, "step")
            return
        if event.paragraph == 1 and not isinstance(node, Begin):
            yield self._deviation(event, "begin")
        elif event.paragraph > 1 and event.step not in self.at:
            yield self._deviation(event, "order", tuple(sorted(self.at)))
        leads = self._leads(node, event.outcome)
        if leads is None:
            yield self._deviation(event, "way")
        self.at = leads or _anywhere(self.flow)

    def end(self, ending: str, last: int) -> Iterator[Deviation]:
        """Yield what is wrong with where the file ended."""
        if ending not in self.at:
            yield Deviation(*self._of(), last, "ending", ending, expected=tuple(sorted(self.at)))

    def _leads(self, node: Any, outcome: str) -> frozenset[str] | None:
        """Return where the next paragraph may stand; ``None`` where the step has no such way out."""
        if isinstance(node, Begin | Act):
            return reached(self.flow, node._next) | ({node.name} if isinstance(node, Act) else set())
        if not isinstance(node, Stay):
            return None
        if outcome == Outcome.WITHDRAW and node.withdrawal:
            return reached(self.flow, node.withdrawal)
        ways = [way for way in node.ways if way.outcome == outcome]
        if not ways:
            return None
        found = frozenset[str]().union(*(reached(self.flow, target) for way in ways for target in way.targets))
        if outcome == Outcome.RETURN:
            self.returned_to |= dict.fromkeys(found, str(node.name))
        elif node.goes_back and node.name in self.returned_to:
            found |= {self.returned_to[node.name]}
        return found | {node.name} if node.together else found

    def _sent(self, event: Event, said: dict[str, Any]) -> Iterator[Deviation]:
        """Follow what a repair says, or an office that pulled the file back."""
        step = (said.get("to") or {}).get("step", "")
        if event.outcome == Outcome.MIGRATE:
            self.version = said["flow"]["version"]
            self.flow = VERSIONS.get((self.trace.process, self.version), self.flow)
        node = self.flow.instance.node(step, no_obsolete=True)
        self.at = reached(self.flow, node) if node else frozenset({step})
        self.at |= {place["to"] for place in (said.get("migrated") or {}).get("stays", [])}
        if event.outcome in REPAIRS:
            yield Deviation(*self._of(), event.paragraph, "repair", step, event.outcome)

    def _of(self) -> tuple[int, str, str, int]:
        return self.trace.case_id, self.trace.number, self.trace.process, self.version

    def _deviation(self, event: Event, kind: str, expected: tuple[str, ...] = ()) -> Deviation:
        step = self.flow.begin_node().name if kind == "begin" else event.step
        return Deviation(*self._of(), event.paragraph, kind, step, event.outcome, expected)


@lru_cache(maxsize=1_000)
def reached(flow: Any, node: Any) -> frozenset[str]:
    """Return where the paragraph after one that leads to ``node`` may stand: gateways and automatic acts write none, or their own."""
    if isinstance(node, Choose):
        return reached(flow, node.yes) | reached(flow, node.no)
    if isinstance(node, Act):
        return frozenset({node.name}) | reached(flow, node._next)
    return frozenset({node.name})


def _anywhere(flow: Any) -> frozenset[str]:
    """After a paragraph that leads nowhere the next one is not blamed again."""
    return frozenset(node.name for node in flow.in_order() if isinstance(node, Stay | Act | Ending))


def deviations(cases: QuerySet[Case]) -> Iterator[Deviation]:
    """Yield every deviation of these files, file by file; of those that still run, what happened so far."""
    said = _said(cases)
    for trace in traces(cases):
        yield from replayed(trace, said)


def replayed(trace: Trace, said: dict[tuple[int, int], dict[str, Any]]) -> Iterator[Deviation]:
    """Yield the deviations of one file; ``said`` holds the texts of repairs and of files pulled back, by file and paragraph."""
    first = _first_version(trace, said)
    flow = VERSIONS.get((trace.process, first))
    if flow is None:
        yield Deviation(trace.case_id, trace.number, trace.process, first, 1, "version", "")
        return
    replay = Replay(trace, flow, first)
    for event in trace.events:
        yield from replay.play(event, said.get((trace.case_id, event.paragraph)))
    if trace.ending:
        yield from replay.end(trace.ending, len(trace.events))


def _first_version(trace: Trace, said: dict[tuple[int, int], dict[str, Any]]) -> int:
    """Return the version in which a file was opened: that before the first repair that brought it to another."""
    for event in trace.events:
        if event.outcome == Outcome.MIGRATE:
            return int(said[trace.case_id, event.paragraph]["migrated"]["from"])
    return trace.version


def _said(cases: QuerySet[Case]) -> dict[tuple[int, int], dict[str, Any]]:
    rows = Noting.objects.filter(case__in=cases.order_by().values("pk"), outcome__in=SAID).values_list("case_id", "paragraph", "body")
    return {(case_id, paragraph): json.loads(body) for case_id, paragraph, body in rows.iterator()}


def judged(found: Iterable[Deviation]) -> tuple[list[Deviation], list[Deviation]]:
    """Part deviations into those nobody accounted for, and those a repair explains."""
    listed = list(found)
    return [each for each in listed if not each.explained], [each for each in listed if each.explained]
