"""The way from a page to its list, as the page shows it."""

from functools import lru_cache

from django.utils.safestring import SafeString

from workflows.exports.declaring import Listed
from workflows.exports.linking import link
from workflows.pages.stencil import part


# Of so many lists, lengths and addresses, in each language.
@lru_cache(maxsize=512)
def get_list(_language: str | None, listed: Listed, rows: int, query: str) -> SafeString:
    """Return the ways to have a list of so many ``rows`` written, narrowed as the ``query`` of its page."""
    return part("parts/get_list.html", {"get_list": link(listed, rows, query=query)})
