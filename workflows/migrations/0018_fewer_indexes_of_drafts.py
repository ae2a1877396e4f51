"""Indexes by which nothing is looked for; the constraint begins with the fingerprint, by which rows are."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


# As Django names them on both databases; those of texts PostgreSQL has beside its own.
DROPPED = (
    "workflows_draft_kind_41128180",
    "workflows_draft_kind_41128180_like",
    "workflows_draft_made_by_id_9fa49e24",
    "workflows_draft_prepared_by_id_ab0afe11",
    "workflows_draft_saved_by_id_87386d9f",
    "workflows_workbookrow_kind_6295fee1",
    "workflows_workbookrow_kind_6295fee1_like",
    "workflows_workbookrow_office_id_21fbeeb7",
    "workflows_workbookrow_workbook_id_67d959df",
)


class Migration(migrations.Migration):
    dependencies = [
        ("programme", "0007_exhibitions_by_their_end"),
        ("workflows", "0017_fewer_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="workbookrow",
            name="row_accepted_once_at_its_office",
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(f"DROP INDEX IF EXISTS {name}", migrations.RunSQL.noop) for name in DROPPED],
            state_operations=[
                migrations.AlterField(
                    model_name="draft",
                    name="kind",
                    field=models.SlugField(db_index=False, max_length=40, verbose_name="process"),
                ),
                migrations.AlterField(
                    model_name="draft",
                    name="made_by",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="prepared by",
                    ),
                ),
                migrations.AlterField(
                    model_name="draft",
                    name="prepared_by",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="draft",
                    name="saved_by",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="saved by",
                    ),
                ),
                migrations.AlterField(
                    model_name="workbookrow",
                    name="kind",
                    field=models.SlugField(db_index=False, max_length=40),
                ),
                migrations.AlterField(
                    model_name="workbookrow",
                    name="office",
                    field=models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programme.office"
                    ),
                ),
                migrations.AlterField(
                    model_name="workbookrow",
                    name="workbook",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="workflows.workbook",
                        verbose_name="Workbook",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="workbookrow",
            constraint=models.UniqueConstraint(
                condition=models.Q(("standing", "accepted")),
                fields=("fingerprint", "kind", "office"),
                name="row_accepted_once_at_its_office",
            ),
        ),
    ]
