"""The graph of a process as a file goes on it when all is well: what comes after what, and what lies between."""

from collections.abc import Iterator
from typing import Any

from workflows.models import Outcome
from workflows.nodes.automatic import Act, Choose
from workflows.nodes.beginning import Begin
from workflows.nodes.stays import Stay, Step

# Ways by which a file does not go on.
BACK_OR_OUT = frozenset({Outcome.RETURN, Outcome.REJECT, Outcome.DECLINE, Outcome.WITHDRAW})


def onward(node: Any) -> Iterator[Any]:
    """Yield the nodes to which a file goes on from ``node``, whatever is decided, unless it is returned or ends badly."""
    if isinstance(node, Choose):
        yield from (node.yes, node.no)
    elif isinstance(node, Act | Begin):
        yield node._next
    elif isinstance(node, Stay):
        yield from (target for way in node.ways if way.outcome not in BACK_OR_OUT for target in way.targets)


def between(flow: Any, first: Any, last: Any) -> list[Any]:
    """Return the nodes on every way onward from ``first`` to ``last``, ``first`` itself among them, in the order of the process.

    Empty when no way leads there.
    """
    after = _reached(first)
    nodes = [node for node in flow.in_order() if node in after and node is not last and last in _reached(node)]
    return nodes if last in after else []


def before(flow: Any, node: Any) -> list[Any]:
    """Return the human steps that a file passes on its way to ``node``; corrections, which only returned files meet, are left out."""
    passed = between(flow, flow.begin_node(), node)
    return [step for step in passed if isinstance(step, Step) and not step.is_correction]


def _reached(node: Any) -> set[Any]:
    seen, queue = {node}, [node]
    while queue:
        fresh = [target for target in onward(queue.pop()) if target not in seen]
        seen.update(fresh)
        queue += fresh
    return seen
