from django.db import migrations, models


def lay_the_mark(apps, schema_editor):
    """Make the rows of the mark of the set-up; triggers renew them from the end of this migrate on (workflows.marks)."""
    part = apps.get_model('workflows', 'SetUpMark')
    part.objects.bulk_create([part(id=number, value=0) for number in range(1, 17)])


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('guardian', '0001_initial'),
        ('workflows', '0014_registers'),
    ]

    operations = [
        migrations.CreateModel(
            name='SetUpMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.BigIntegerField(default=0)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.RunPython(lay_the_mark, migrations.RunPython.noop),
    ]
