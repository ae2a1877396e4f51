"""A file and its record are changed by every act: with room beside it a row is changed where it stands, without its indexes."""

from django.db import migrations

TABLES = (
    "workflows_case",
    "programme_productproposal",
    "programme_exhibitionproposal",
    "programme_freightclaim",
    "programme_loanapplication",
    "programme_actionplan",
)


def leave_room(apps, schema_editor, parameters="SET (fillfactor = 80)"):
    if schema_editor.connection.vendor == "postgresql":
        for table in TABLES:
            schema_editor.execute(f"ALTER TABLE {table} {parameters}")


def fill_up(apps, schema_editor):
    leave_room(apps, schema_editor, "RESET (fillfactor)")


class Migration(migrations.Migration):
    dependencies = [
        ("programme", "0008_exhibitions_by_their_days"),
        ("workflows", "0018_fewer_indexes_of_drafts"),
    ]

    operations = [migrations.RunPython(leave_room, fill_up)]
