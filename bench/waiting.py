"""How many files wait for the officer while his pages are measured: as many as for the officer of the stock flow."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from programme.models import Office
from workflows.models import Movement

SIGNER = "odop.cell"
# So many tasks wait for the officer of the stock flow, and of ours (PERFORMANCE.md, P3 and P4).
OPEN = 50


@contextmanager
def left_open(count: int, office: Office) -> Iterator[None]:
    """Let only so many files wait at the office inside; the others wait elsewhere meanwhile."""
    waiting = list(Movement.objects.filter(disposed=None, office=office).order_by("due", "pk").values_list("pk", flat=True))
    elsewhere, others = Office.objects.filter(designation__code="epb").first(), Movement.objects.filter(pk__in=waiting[count:])
    others.update(office=elsewhere)
    tidy()
    try:
        yield
    finally:
        others.update(office=office)
        tidy()


def tidy() -> None:
    """Take away the rows that changes left behind, as the database does by itself within minutes."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM workflows_movement")
