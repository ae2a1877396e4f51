"""The second floor of a decision: the very rows that it writes, in the product's own tables with their guards, keys and indexes.

Two statements and one durable commit; nothing is asked before them, nothing is judged, and what they write was made beforehand.
"""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import psycopg
from psycopg.rows import dict_row

# Of each open file: its last paragraph, what was kept beside it and how it is found; as many words go with the next one.
OPEN = """
SELECT m.id AS stay, m.task_id AS task, m.office_id AS office, c.process_ptr_id AS file, c.paragraphs, c.head, c.record_id AS record,
  n.body, n.officer_id AS officer, n.office_id AS signed_at, n.key_id, names.words, p.id AS posting,
  (SELECT s.body FROM workflows_snapshot s ORDER BY s.id DESC LIMIT 1) AS shown
FROM workflows_movement m JOIN workflows_case c ON c.process_ptr_id = m.case_id
JOIN workflows_noting n ON n.case_id = m.case_id AND n.paragraph = c.paragraphs
JOIN workflows_indexrow names ON names.case_id = m.case_id
  AND names.part = (SELECT MIN(part) FROM workflows_indexrow WHERE case_id = m.case_id)
JOIN programme_posting p ON p.officer_id = n.officer_id AND p.office_id = n.office_id
WHERE m.disposed IS NULL AND m.step = 'scrutinise' ORDER BY m.id DESC LIMIT %s
"""
LAST = "SELECT (SELECT MAX(id) FROM workflows_noting) AS noting, (SELECT MAX(id) FROM viewflow_task) AS task"
SIGN = """
WITH record AS (UPDATE programme_exhibitionproposal SET amount_recommended = amount_asked WHERE id = %(record)s),
paragraph AS (INSERT INTO workflows_noting
  (id, case_id, paragraph, written_at, step, outcome, officer_id, office_id, body, previous, hash, mac, key_id)
  VALUES (%(noting)s, %(file)s, %(next)s, now(), 'scrutinise', 'recommended', %(officer)s, %(signed_at)s,
    %(body)s, %(head)s, %(hash)s, %(hash)s, %(key_id)s)),
shown AS (INSERT INTO workflows_snapshot (noting_id, body, salt, personal) VALUES (%(noting)s, %(shown)s, '', '')),
found AS (INSERT INTO workflows_indexrow (case_id, part, words, rules)
  VALUES (%(file)s, %(next)s, ' jch ki gi', 1), (%(file)s, 0, %(words)s, 1)
  ON CONFLICT (case_id, part) DO UPDATE SET words = EXCLUDED.words, rules = EXCLUDED.rules),
file AS (UPDATE workflows_case SET paragraphs = %(next)s, head = %(hash)s WHERE process_ptr_id = %(file)s),
stay AS (UPDATE workflows_movement SET disposed = now(), officer_id = %(officer)s, posting_id = %(posting)s, outcome = 'recommended',
  days_held = 0, days_late = 0 WHERE id = %(stay)s AND disposed IS NULL)
UPDATE viewflow_task SET owner_id = %(officer)s, started = now(), finished = now(), status = 'DONE' WHERE id = %(task)s
"""
GO_ON = """
WITH task AS (INSERT INTO viewflow_task
  (id, flow_task, flow_task_type, status, created, token, owner_permission, owner_permission_obj_pk, process_id, data)
  SELECT %(new_task)s, flow_task, flow_task_type, 'NEW', now(), token, owner_permission, owner_permission_obj_pk, process_id, data
  FROM viewflow_task WHERE id = %(task)s),
link AS (INSERT INTO viewflow_task_previous (from_task_id, to_task_id) VALUES (%(new_task)s, %(task)s))
INSERT INTO workflows_movement
  (case_id, task_id, step, power, office_id, came_from_id, returns_to, afresh, received, outcome)
  VALUES (%(file)s, %(new_task)s, 'approve', 'approve', %(office)s, %(stay)s, '', false, now(), '')
"""


class SameRows:
    """Decisions at ``scrutinise`` by hand; on a database of its own, since what it writes says nothing and verifies nowhere."""

    def __init__(self, address: str, count: int) -> None:
        self.link = psycopg.connect(address, prepare_threshold=0, row_factory=dict_row)
        self.pid = self.link.info.backend_pid
        self._ready = self._made(self.link.execute(OPEN, [count]).fetchall())

    def _made(self, rows: list[Any]) -> Iterator[dict[str, Any]]:
        tops = self.link.execute(LAST).fetchone()
        assert tops
        for place, row in enumerate(rows, 1):
            body = json.dumps({**json.loads(row["body"]), "n": row["paragraphs"] + 1}, ensure_ascii=False)
            made = {"body": body, "hash": sha256(body.encode()).hexdigest(), "next": row["paragraphs"] + 1}
            yield {**row, **made, "noting": tops["noting"] + place, "new_task": tops["task"] + place}

    def step(self, _piece: Any = None) -> None:
        row = next(self._ready)
        self.link.execute(SIGN, row)
        self.link.execute(GO_ON, row)
        self.link.commit()
