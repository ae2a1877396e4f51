"""Indexes that another one covers, or by which nothing is ever looked for; every signature had to write into each of them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# As Django names them on both databases; those of texts PostgreSQL has beside its own.
DROPPED = (
    "workflows_case_district_id_a5472edb",
    "workflows_case_kind_f77269b7",
    "workflows_case_kind_f77269b7_like",
    "workflows_case_norm_id_77f53f1e",
    "workflows_case_state_id_2966e8bc",
    "workflows_indexrow_case_id_5c9a0305",
    "workflows_movement_case_id_d9866d78",
    "workflows_movement_ladder_id_48b32707",
    "workflows_movement_office_id_8c595242",
    "workflows_movement_opened_by_id_c1d169f0",
    "workflows_movement_posting_id_997108ca",
    "workflows_noting_case_id_f76e13c0",
    "workflows_noting_officer_id_f20c9884",
)


class Migration(migrations.Migration):
    dependencies = [
        ("programme", "0006_boards"),
        ("workflows", "0016_passwords_given"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(f"DROP INDEX IF EXISTS {name}", migrations.RunSQL.noop) for name in DROPPED],
            state_operations=[
                migrations.AlterField(
                    model_name="case",
                    name="district",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programme.district",
                        verbose_name="District",
                    ),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="kind",
                    field=models.SlugField(db_index=False, max_length=40, verbose_name="process"),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="norm",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programme.norm",
                        verbose_name="norm",
                    ),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="state",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programme.state",
                        verbose_name="State",
                    ),
                ),
                migrations.AlterField(
                    model_name="indexrow",
                    name="case",
                    field=models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="index_rows", to="workflows.case"
                    ),
                ),
                migrations.AlterField(
                    model_name="movement",
                    name="case",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movements",
                        to="workflows.case",
                        verbose_name="file",
                    ),
                ),
                migrations.AlterField(
                    model_name="movement",
                    name="ladder",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programme.norm",
                        verbose_name="delegation that brought it here",
                    ),
                ),
                migrations.AlterField(
                    model_name="movement",
                    name="office",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movements",
                        to="programme.office",
                        verbose_name="office",
                    ),
                ),
                migrations.AlterField(
                    model_name="movement",
                    name="opened_by",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="movement",
                    name="posting",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programme.posting",
                        verbose_name="in the charge of",
                    ),
                ),
                migrations.AlterField(
                    model_name="noting",
                    name="case",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notings",
                        to="workflows.case",
                        verbose_name="file",
                    ),
                ),
                migrations.AlterField(
                    model_name="noting",
                    name="officer",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notings",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="officer",
                    ),
                ),
            ],
        ),
    ]
