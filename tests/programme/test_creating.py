"""A new installation has the tables that an older one came to, step by step."""

from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader


def test_a_new_installation_has_the_tables_of_one_that_came_step_by_step() -> None:
    new, stepwise = (MigrationLoader(None, replace_migrations=replace) for replace in (True, False))
    differences = MigrationAutodetector(stepwise.project_state(), new.project_state())._detect_changes()
    assert not differences, differences
    assert all(new.disk_migrations[node].replaces for node in new.graph.root_nodes() if node[0] in ("programme", "workflows"))
