"""Proofs out of the whole log with one reading of it: only those inner nodes are kept that some proof needs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from workflows.record.merkle import leaf_hash, node_hash


class BrokenLog(Exception):
    """The log has holes, or hashes that are none: nothing can be proved out of it before somebody has looked."""


Span = tuple[int, int]  # The places from the first up to, not including, the second.


@dataclass
class Nodes:
    """Inner nodes of the tree, by the places they stand over. ``wanted`` are asked for first; ``read`` then fills in their hashes."""

    size: int
    wanted: set[Span] = field(default_factory=set)
    found: dict[Span, bytes] = field(default_factory=dict)

    def ask_inclusion(self, index: int) -> None:
        """Ask for the proof that place ``index`` is in the tree."""
        self._ask(_beside_leaf(index, 0, self.size))

    def ask_consistency(self, old_size: int) -> None:
        """Ask for the proof that the tree begins with its first ``old_size`` places."""
        self._ask(_beside_tree(old_size, 0, self.size, whole=True))

    def inclusion(self, index: int) -> list[bytes]:
        """Return the proof of RFC 9162, 2.1.3.1, after ``read``."""
        return [self._hash(span) for span in _beside_leaf(index, 0, self.size)]

    def consistency(self, old_size: int) -> list[bytes]:
        """Return the proof of RFC 9162, 2.1.4.1, after ``read``."""
        return [self._hash(span) for span in _beside_tree(old_size, 0, self.size, whole=True)]

    def read(self, hashes: Iterable[str]) -> None:
        """Read the paragraphs' hashes (hexadecimal) in the order of the log, once; raise ``BrokenLog`` when there are too few."""
        edge: list[tuple[Span, bytes]] = []
        for place, text in enumerate(hashes):
            if place == self.size:
                break
            try:
                self._keep(edge, ((place, place + 1), leaf_hash(bytes.fromhex(text))))
            except ValueError:
                raise BrokenLog(f"Place {place} of the log holds no hash.") from None
        if sum(end - start for (start, end), _hash in edge) != self.size:
            raise BrokenLog(f"The log has fewer than {self.size} places.")

    def _keep(self, edge: list[tuple[Span, bytes]], node: tuple[Span, bytes]) -> None:
        """Put a node on the right edge, and join it with its neighbours of the same width as far as they go."""
        span, digest = node
        if span in self.wanted:
            self.found[span] = digest
        while edge and _width(edge[-1][0]) == _width(span):
            before, left = edge.pop()
            span, digest = (before[0], span[1]), node_hash(left, digest)
            if span in self.wanted:
                self.found[span] = digest
        edge.append((span, digest))

    def _ask(self, spans: Iterable[Span]) -> None:
        for span in spans:
            self.wanted.update(_whole_nodes(span))

    def _hash(self, span: Span) -> bytes:
        nodes = [self.found[node] for node in _whole_nodes(span)]
        answer = nodes[-1]
        for left in reversed(nodes[:-1]):
            answer = node_hash(left, answer)
        return answer


def _width(span: Span) -> int:
    return span[1] - span[0]


def _split(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1


def _whole_nodes(span: Span) -> Iterator[Span]:
    """Yield the complete subtrees that a span consists of, the largest first."""
    start, end = span
    while start < end:
        width = 1 << (end - start).bit_length() - 1
        yield start, start + width
        start += width


def _beside_leaf(index: int, start: int, end: int) -> list[Span]:
    """Return what stands beside the way from a leaf to the root, from below."""
    spans = []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    return spans[::-1]


def _beside_tree(old_size: int, start: int, end: int, *, whole: bool) -> list[Span]:
    """Return what stands beside the right edge of the older tree, from below."""
    spans = []
    while old_size != end:
        middle = start + _split(end - start)
        if old_size <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start, whole = middle, False
    if not whole:
        spans.append((start, end))
    return spans[::-1]
