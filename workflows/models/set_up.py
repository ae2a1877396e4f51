from django.db import models


class SetUpMark(models.Model):
    """A part of the mark of the set-up, which is the sum of all rows; the database renews it (see ``workflows.marks``)."""

    value = models.BigIntegerField(default=0)

    class Meta:
        default_permissions = ()
