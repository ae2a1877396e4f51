"""The floors: the same durable work by hand, with nothing round it."""

from typing import Any

import psycopg
from django.db import connection

TABLES = """
CREATE TABLE IF NOT EXISTS bench_file (id bigint PRIMARY KEY, step int NOT NULL, seen text NOT NULL);
CREATE TABLE IF NOT EXISTS bench_stay
  (id bigserial PRIMARY KEY, file bigint NOT NULL, step int NOT NULL, office int NOT NULL, ended timestamptz);
CREATE INDEX IF NOT EXISTS bench_waiting ON bench_stay (office) WHERE ended IS NULL;
CREATE INDEX IF NOT EXISTS bench_of_file ON bench_stay (file);
CREATE TABLE IF NOT EXISTS bench_note
  (id bigserial PRIMARY KEY, file bigint NOT NULL, step int NOT NULL, officer int NOT NULL, text text NOT NULL,
   written timestamptz NOT NULL DEFAULT now());
TRUNCATE bench_file, bench_stay, bench_note;
INSERT INTO bench_file SELECT n, 1, '' FROM generate_series(1, 20000) n;
INSERT INTO bench_stay (file, step, office) SELECT n, 1, n % 50 FROM generate_series(1, 20000) n;
"""


class ByHand:
    """Approvals in four statements a step and one durable commit, on a connection of their own."""

    def __init__(self) -> None:
        given = connection.get_connection_params()
        names = {name: given[name] for name in ("dbname", "user", "password", "host", "port") if given.get(name)}
        self.link = psycopg.connect(**names)
        self.link.execute(TABLES)
        self.link.commit()
        self.pid = self.link.info.backend_pid
        self.next = 0

    def step(self, _piece: Any = None) -> None:
        self.next += 1
        cursor = self.link.cursor()
        cursor.execute("SELECT step FROM bench_file WHERE id = %s FOR UPDATE", [self.next])
        [step] = cursor.fetchone() or [1]
        cursor.execute("UPDATE bench_stay SET ended = now() WHERE file = %s AND ended IS NULL", [self.next])
        cursor.execute("INSERT INTO bench_note (file, step, officer, text) VALUES (%s, %s, 7, 'Recommended.')", [self.next, step])
        cursor.execute(
            "WITH n AS (UPDATE bench_file SET step = step + 1 WHERE id = %s RETURNING step)"
            " INSERT INTO bench_stay (file, step, office) SELECT %s, step, 7 FROM n",
            [self.next, self.next],
        )
        self.link.commit()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        """Answer a form as a bare WSGI program does: read it, look the session up, take the step, redirect."""
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        self.link.execute("SELECT officer_id FROM workflows_signin WHERE session_key = %s", ["x"])
        self.step()
        start_response("302 Found", [("Location", "/")])
        return [b""]
