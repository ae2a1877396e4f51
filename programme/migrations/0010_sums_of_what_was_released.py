"""What was released of each allotment, kept beside it as sums that the database adds to."""

import django.db.models.deletion
from django.db import migrations, models

SUMS = """
    INSERT INTO programme_released (allotment_id, amount)
    SELECT allotment_id, SUM(amount) FROM programme_ledgerentry WHERE kind = 'release' GROUP BY allotment_id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("programme", "0009_ledger_of_an_allotment"),
    ]

    operations = [
        migrations.CreateModel(
            name="Released",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18, verbose_name="amount (₹)")),
                (
                    "allotment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="released",
                        to="programme.allotment",
                        verbose_name="Allotment",
                    ),
                ),
            ],
            options={"default_permissions": ()},
        ),
        migrations.RunSQL(SUMS, migrations.RunSQL.noop),
    ]
