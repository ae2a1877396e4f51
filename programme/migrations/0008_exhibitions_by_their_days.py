from django.db import migrations

# SQLite has no ranges; what it holds is read through.
CREATE = """
CREATE INDEX IF NOT EXISTS exhibitions_by_their_days ON programme_exhibitionproposal
USING gist (daterange(starts_on, ends_on, '[]')) WHERE NOT dropped
"""


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(CREATE)


def drop(apps, schema_editor):
    schema_editor.execute("DROP INDEX IF EXISTS exhibitions_by_their_days")


class Migration(migrations.Migration):
    dependencies = [
        ("programme", "0007_exhibitions_by_their_end"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="exhibitionproposal", name="exhibitions_by_their_end"),
        migrations.RunPython(create, drop),
    ]
