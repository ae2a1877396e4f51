"""Pages of a long list by a cursor: what comes or goes meanwhile neither repeats nor hides a row."""

from base64 import b64decode
from typing import Any
from urllib.parse import parse_qs

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import Cursor, CursorPagination

LONGEST_POSITION = 18


class ByCursor(CursorPagination):
    """Newest first, fifty at a time unless asked for otherwise; the address of the next page stands in the answer."""

    ordering = "-pk"
    page_size, max_page_size = 50, 200
    page_size_query_param = "rows"
    cursor_query_description = gettext_lazy("The cursor of a page, from the address of the page before or behind it.")
    page_size_query_description = gettext_lazy("How many rows on a page, at most 200.")

    def get_page_size(self, request: Any) -> int:
        asked = request.query_params.get("rows", str(self.page_size))
        if not (asked.isascii() and asked.isdecimal() and len(asked) <= 3 and 1 <= int(asked) <= self.max_page_size):
            raise ValidationError({"rows": [_("From 1 to %(most)s rows can be asked for.") % {"most": self.max_page_size}]})
        return int(asked)

    def decode_cursor(self, request: Any) -> Cursor | None:
        """Read the cursor; refuse one that this interface did not give, which no database could compare."""
        encoded = request.query_params.get("cursor")
        if encoded is None:
            return None
        try:
            said = parse_qs(b64decode(encoded.encode("ascii"), validate=True).decode("ascii"), strict_parsing=True)
        except ValueError:
            raise _unreadable() from None
        position, offset = said.get("p", ["0"])[0], said.get("o", ["0"])[0]
        known = set(said) <= {"p", "o", "r"} and said.get("r", ["1"]) == ["1"]
        if not known or not all(part.isascii() and part.isdecimal() and len(part) <= LONGEST_POSITION for part in (position, offset)):
            raise _unreadable()
        return Cursor(offset=min(int(offset), self.offset_cutoff), reverse="r" in said, position=said.get("p", [None])[0])


def _unreadable() -> ValidationError:
    return ValidationError({"cursor": [_("This cursor was not given by this interface.")]})


class InOrder(ByCursor):
    """Oldest first, as paragraphs are read."""

    ordering = "pk"
