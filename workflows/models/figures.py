from django.db import models
from django.utils.translation import gettext_lazy as _


class FileFigure(models.Model):
    """What boards count of one file. The database itself keeps it in step with the file and its orders (see ``workflows.counting``)."""

    case = models.OneToOneField(
        "workflows.Case", models.DO_NOTHING, primary_key=True, related_name="figure", verbose_name=_("file"), db_constraint=False
    )
    state = models.IntegerField()
    district = models.IntegerField(null=True)
    kind = models.CharField(max_length=40)
    received = models.DateTimeField()
    ending = models.CharField(max_length=40)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    # Whether a sanction was ordered, and what the newest order came to.
    ordered = models.BooleanField()
    sanctioned = models.DecimalField(max_digits=14, decimal_places=2, null=True)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["state"], condition=models.Q(ending=""), name="open_figures_of_a_state"),
            models.Index(fields=["district"], condition=models.Q(ending=""), name="open_figures_of_a_district"),
            models.Index(fields=["received"], name="figures_by_day"),
        ]


class MonthFigure(models.Model):
    """A part of how many ended files of one kind were received in a month, named by its first day, and of what they come to in rupees.

    A figure is the sum of its rows: each change adds some, and they are folded together later.
    """

    state = models.IntegerField()
    district = models.IntegerField(null=True)
    kind = models.CharField(max_length=40)
    month = models.DateField()
    ending = models.CharField(max_length=40)
    ordered = models.BooleanField()
    files = models.IntegerField()
    amount = models.DecimalField(max_digits=20, decimal_places=2)
    sanctioned = models.DecimalField(max_digits=20, decimal_places=2)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["state", "month"], name="month_figures_of_a_state"),
            models.Index(fields=["district", "month"], name="month_figures_of_a_district"),
        ]
