"""What boards count, kept by the database itself: of each file one narrow row, and of the ended ones their sums by the month received.

Triggers on files, their orders and the moment they were received do it in the transaction that changes one, whoever writes: what was
counted of the file is taken back, and what it is now is counted. Sums are rows that are only added, so that no two decisions wait for
each other; ``summing`` folds them. ``recount_board`` proves all of it.
"""

# ruff: noqa: S608 -- SQL of fixed words, no value from outside

from programme.guards import Guard, Upkeep

CASE, PROCESS, ORDER = "workflows_case", "viewflow_process", "workflows_order"
FILES, MONTHS = "workflows_filefigure", "workflows_monthfigure"
KEY = ("state", "district", "kind", "month", "ending", "ordered")
SUMS = ("files", "amount", "sanctioned")
# The first day of the month in which a file was received, by the days of India.
MONTH = {
    "sqlite": "date(received, '+330 minutes', 'start of month')",
    "postgresql": "date_trunc('month', received AT TIME ZONE 'Asia/Kolkata')::date",
}
COLUMNS = ("state", "district", "kind", "received", "ending", "amount", "ordered", "sanctioned")
AS_IT_IS = (
    f"INSERT INTO {FILES} (case_id, {', '.join(COLUMNS)})"
    " SELECT c.process_ptr_id, c.state_id, c.district_id, c.kind, p.created, c.ending, c.amount, o.id IS NOT NULL, o.amount"
    f" FROM {CASE} c JOIN {PROCESS} p ON p.id = c.process_ptr_id"
    f" LEFT JOIN {ORDER} o ON o.id = (SELECT MAX(id) FROM {ORDER} WHERE case_id = c.process_ptr_id AND kind = 'sanction')"
)
CHANGES = ("state_id", "district_id", "kind", "ending", "amount")
WORDS = ("kind", "ending")
MOVED = "old.created IS DISTINCT FROM new.created"


def summed(vendor: str, times: int) -> str:
    """Return the SQL that adds what is counted of ended files to the sums of their months, or takes it back."""
    return (
        f"INSERT INTO {MONTHS} ({', '.join(KEY + SUMS)}) SELECT state, district, kind, {MONTH[vendor]}, ending, ordered,"
        f" {times}, {times} * COALESCE(amount, 0), {times} * COALESCE(sanctioned, 0) FROM {FILES} WHERE ending <> ''"
    )


def _counted_anew(vendor: str, case: str, *, gone: bool) -> str:
    """Return the SQL that takes back what was counted of a file, and counts it as it is now, if it is not ``gone``."""
    of_it = f"case_id = {case}"
    if gone:
        return f"{summed(vendor, -1)} AND {of_it}; DELETE FROM {FILES} WHERE {of_it};"
    kept = ", ".join(f"{column} = EXCLUDED.{column}" for column in COLUMNS)
    now = f"{AS_IT_IS} WHERE c.process_ptr_id = {case} ON CONFLICT (case_id) DO UPDATE SET {kept}"
    return f"{summed(vendor, -1)} AND {of_it}; {now}; {summed(vendor, 1)} AND {of_it};"


def _guard(table: str, event: str, name: str, case: str, sqlite: str = "", postgresql: str = "") -> Guard:
    on_sqlite, on_postgresql = (_counted_anew(vendor, case, gone=event == "DELETE") for vendor in ("sqlite", "postgresql"))
    if table != CASE:
        # Two orders of a file could come at once; whoever writes the file's own row has its lock.
        on_postgresql = f"PERFORM 1 FROM {CASE} WHERE process_ptr_id = {case} FOR NO KEY UPDATE; {on_postgresql}"
    return Upkeep(name, table, event, on_sqlite, on_postgresql, sqlite, postgresql)


def _text(column: str) -> str:
    return f"{column}::text" if column.partition(".")[2] in WORDS else column


GUARDS: list[Guard] = [
    _guard(CASE, "INSERT", "case_added_is_counted", "NEW.process_ptr_id"),
    _guard(
        CASE,
        "UPDATE",
        "case_changed_is_counted",
        "NEW.process_ptr_id",
        " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in CHANGES),
        " OR ".join(f"{_text(f'old.{column}')} IS DISTINCT FROM {_text(f'new.{column}')}" for column in CHANGES),
    ),
    _guard(CASE, "DELETE", "case_deleted_is_counted", "OLD.process_ptr_id"),
    _guard(ORDER, "INSERT", "order_added_is_counted", "NEW.case_id", "NEW.kind = 'sanction'", "new.kind::text = 'sanction'::text"),
    _guard(PROCESS, "UPDATE", "process_moved_is_counted", "NEW.id", "OLD.created IS NOT NEW.created", MOVED),
]
