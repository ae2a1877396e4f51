"""What the database refuses about the working papers of an audit: each is a statement, and is only added to."""

from programme import guards
from programme.guards import Refusal, append_only

STATED = "a working paper of the audit is never changed or deleted; a later one corrects it"
# Each table with what else besides its key would be replaced by SQLite's INSERT OR REPLACE.
TABLES: dict[str, tuple[str, ...]] = {
    "workflows_sample": (),
    "workflows_sampleitem": (
        "r.sample_id = NEW.sample_id AND r.case_id = NEW.case_id",
        "r.sample_id = NEW.sample_id AND r.position = NEW.position",
    ),
    "workflows_teststep": ("r.sample_id = NEW.sample_id AND r.position = NEW.position",),
    "workflows_testresult": (),
    "workflows_observation": (),
    "workflows_reply": (),
    "workflows_settlement": ("r.observation_id = NEW.observation_id",),
}


def _replaced(table: str, others: tuple[str, ...]) -> Refusal:
    same = " OR ".join(f"({condition})" for condition in ("r.id = NEW.id", *others))
    name = f"{table.removeprefix('workflows_')}_never_replaced"
    return Refusal(name, table, "INSERT", STATED, sqlite=f"EXISTS (SELECT 1 FROM {table} r WHERE {same})", postgresql=None)  # noqa: S608 -- SQL of fixed words


GUARDS: list[guards.Guard] = [
    guard for table, others in TABLES.items() for guard in [*append_only(table, STATED), _replaced(table, others)]
]
