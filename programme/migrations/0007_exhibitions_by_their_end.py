from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("programme", "0006_boards"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="exhibitionproposal",
            name="exhibition_dates",
        ),
        migrations.AddIndex(
            model_name="exhibitionproposal",
            index=models.Index(fields=["ends_on", "starts_on"], name="exhibitions_by_their_end"),
        ),
    ]
