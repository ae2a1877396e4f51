"""PostgreSQL as Django speaks to it; who asks the same again has his cursor again, and a connection that lies still is not disturbed."""

import select
from typing import Any

import psycopg
from django.db.backends.postgresql import base

# So many texts have a cursor of their own on one connection; beyond, all of them begin anew.
MOST_TEXTS = 400


class Bound(psycopg.Cursor[Any]):
    """A cursor of one text, whose values the server binds.

    Asked again it sends new values only: text, types and the readers of its columns are known. It also tells what it asked where
    the plan was kept, for whoever counts statements.
    """

    _converted: Any = None

    def _convert_query(self, query: Any, params: Any = None) -> Any:
        if self._last_query is query and self._converted is not None:
            self._converted.dump(params)
        else:
            self._converted = super()._convert_query(query, params)
        self._query = self._converted
        return self._converted

    def close(self) -> None:
        """Stay open for whoever asks next; what is open ends with the connection."""


class DatabaseWrapper(base.DatabaseWrapper):
    _bound: dict[str, Bound]

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self._bound = {}
        return super().get_new_connection(conn_params)

    def bound_cursor(self, text: str) -> Any:
        """Return the cursor for this very text, whose values the server binds; its answer is read before the same is asked again."""
        if self.connection is None or not self.health_check_done:  # type: ignore[attr-defined]
            self.close_if_health_check_failed()
            self.ensure_connection()
        if text not in self._bound:
            if len(self._bound) >= MOST_TEXTS:
                self._bound.clear()
            self._bound[text] = Bound(self.connection)
        return self._prepare_cursor(self._bound[text])  # type: ignore[attr-defined]

    def is_usable(self) -> bool:
        """Say whether the connection may be used for the next request.

        A server that goes away says so, and then something can be read where nobody asked: only then it is asked, with a statement.
        """
        if self.connection is not None and not self.connection.closed:
            heard = select.poll()
            heard.register(self.connection.pgconn.socket, select.POLLIN)
            if not heard.poll(0):
                return True
        return bool(super().is_usable())
