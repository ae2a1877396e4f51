"""The way from a page to its list, as the page shows it."""

from typing import NamedTuple

from django.utils.safestring import SafeString

from workflows.exports.declaring import Listed
from workflows.exports.linking import link
from workflows.pages.stencil import Stencil, hole

_LIST = Stencil("parts/get_list.html")


class _Shown(NamedTuple):
    """A way to a list as its template reads it, with holes for what it says."""

    rows: bool
    by_worker: bool
    told: tuple[tuple[str, SafeString, SafeString], ...]
    length: SafeString


def get_list(listed: Listed, rows: int, query: str) -> SafeString:
    """Return the ways to have a list of so many ``rows`` written, narrowed as the ``query`` of its page."""
    ways = link(listed, rows, query=query)
    values, holes = {"length": ways.length}, []
    for kind, address, about in ways.told:
        values |= {f"address_{kind}": address, f"about_{kind}": about}
        holes.append((kind, hole(f"address_{kind}"), hole(f"about_{kind}")))
    return _LIST.filled(values, get_list=_Shown(rows > 0, ways.by_worker, tuple(holes), hole("length")))
