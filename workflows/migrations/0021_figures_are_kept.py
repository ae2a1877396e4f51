"""What boards count, kept by the database: of each file a row, and of ended files their sums by the month received; the stays of returned files are found."""

import django.db.models.deletion
from django.db import migrations, models

MONTH = {
    "sqlite": "date(received, '+330 minutes', 'start of month')",
    "postgresql": "date_trunc('month', received AT TIME ZONE 'Asia/Kolkata')::date",
}
FILES = """
    INSERT INTO workflows_filefigure (case_id, state, district, kind, received, ending, amount, ordered, sanctioned)
    SELECT c.process_ptr_id, c.state_id, c.district_id, c.kind, p.created, c.ending, c.amount, o.id IS NOT NULL, o.amount
    FROM workflows_case c JOIN viewflow_process p ON p.id = c.process_ptr_id
    LEFT JOIN workflows_order o
      ON o.id = (SELECT MAX(id) FROM workflows_order WHERE case_id = c.process_ptr_id AND kind = 'sanction')
"""
MONTHS = """
    INSERT INTO workflows_monthfigure (state, district, kind, month, ending, ordered, files, amount, sanctioned)
    SELECT state, district, kind, {month}, ending, ordered, COUNT(*), SUM(COALESCE(amount, 0)), SUM(COALESCE(sanctioned, 0))
    FROM workflows_filefigure WHERE ending <> '' GROUP BY 1, 2, 3, 4, 5, 6
"""


def count(apps, schema_editor):
    """Count what is there; triggers keep it in step from the end of this migrate on (workflows.counting)."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(FILES)
        cursor.execute(MONTHS.format(month=MONTH[schema_editor.connection.vendor]))


class Migration(migrations.Migration):
    dependencies = [
        ("workflows", "0020_what_the_door_saw"),
    ]

    operations = [
        migrations.CreateModel(
            name='FileFigure',
            fields=[
                ('case', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='figure', serialize=False, to='workflows.case', verbose_name='file')),
                ('state', models.IntegerField()),
                ('district', models.IntegerField(null=True)),
                ('kind', models.CharField(max_length=40)),
                ('received', models.DateTimeField()),
                ('ending', models.CharField(max_length=40)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ('ordered', models.BooleanField()),
                ('sanctioned', models.DecimalField(decimal_places=2, max_digits=14, null=True)),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(condition=models.Q(('ending', '')), fields=['state'], name='open_figures_of_a_state'), models.Index(condition=models.Q(('ending', '')), fields=['district'], name='open_figures_of_a_district'), models.Index(fields=['received'], name='figures_by_day')],
            },
        ),
        migrations.CreateModel(
            name='MonthFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.IntegerField()),
                ('district', models.IntegerField(null=True)),
                ('kind', models.CharField(max_length=40)),
                ('month', models.DateField()),
                ('ending', models.CharField(max_length=40)),
                ('ordered', models.BooleanField()),
                ('files', models.IntegerField()),
                ('amount', models.DecimalField(decimal_places=2, max_digits=20)),
                ('sanctioned', models.DecimalField(decimal_places=2, max_digits=20)),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['state', 'month'], name='month_figures_of_a_state'), models.Index(fields=['district', 'month'], name='month_figures_of_a_district')],
            },
        ),
        migrations.AddIndex(
            model_name="movement",
            index=models.Index(
                condition=models.Q(("disposed__isnull", True), models.Q(("returns_to", ""), _negated=True)),
                fields=["case"],
                name="stays_of_files_sent_back",
            ),
        ),
        migrations.RunPython(count, migrations.RunPython.noop),
    ]
