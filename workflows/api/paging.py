"""Pages of a long list by a cursor: what comes or goes meanwhile neither repeats nor hides a row."""

from typing import Any

from django.utils.translation import gettext_lazy
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.utils.urls import remove_query_param, replace_query_param

from workflows.api.asking import PAGING

BACK = "r"
TOLD: dict[str, Any] = {
    "cursor": gettext_lazy("The cursor of a page, from the address of the page before or behind it."),
    "rows": gettext_lazy("How many rows on a page, at most 200."),
}


class ByCursor(CursorPagination):
    """Newest first, fifty at a time unless asked for otherwise; the address of the next page stands in the answer.

    A cursor is the number of the row behind which the page begins, after ``r`` of the row before which it ends; ``r`` alone asks for
    the last page. What was asked for has been read before (``asking.understood``).
    """

    ordering = "-pk"
    page_size, max_page_size = 50, PAGING["rows"]["maximum"]
    page_size_query_param = "rows"

    def decode_cursor(self, request: Any) -> Cursor | None:
        said = request.query_params.get("cursor")
        return None if said is None else Cursor(0, said.startswith(BACK), said.removeprefix(BACK) or None)

    def get_next_link(self) -> str | None:
        if not self.has_next:
            return None
        return self._address(f"{self.page[-1].pk}") if self.page else remove_query_param(self.base_url, "cursor")

    def get_previous_link(self) -> str | None:
        if not self.has_previous:
            return None
        return self._address(f"{BACK}{self.page[0].pk}" if self.page else BACK)

    def _address(self, cursor: str) -> str:
        return replace_query_param(self.base_url, "cursor", cursor)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {"name": name, "in": "query", "required": False, "description": str(TOLD[name]), "schema": dict(PAGING[name])} for name in TOLD
        ]


class InOrder(ByCursor):
    """Oldest first, as paragraphs are read."""

    ordering = "pk"
