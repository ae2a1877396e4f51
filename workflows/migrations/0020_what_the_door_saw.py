"""What was seen of a workbook when it came in, so that its bytes are looked through once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workflows", "0019_room_beside_each_row"),
    ]

    operations = [
        migrations.AddField(
            model_name="workbook",
            name="scanned",
            field=models.TextField(blank=True),
        ),
    ]
