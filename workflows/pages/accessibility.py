"""The accessibility statement: for everybody, also for whoever cannot sign in."""

from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from programme.models import Designation, Office
from programme.powers import Power
from workflows.pages.problems import SAFE, only

# When what the statement says was tested last; whoever changes the statement or the tests behind it sets the day.
TESTED_ON = date(2026, 11, 26)


@only(*SAFE)
def statement(request: HttpRequest) -> HttpResponse:
    """Say how far the pages conform, how that was tested, what is known to be missing, and whom to write to."""
    context = {"tested_on": TESTED_ON, "contacts": _administrators(), "source_url": settings.SOURCE_URL}
    return render(request, "workflows/accessibility.html", context)


def _administrators() -> list[Office]:
    """Return the posts that administer the programme; of posts and their addresses only, never of persons."""
    designations = [each.pk for each in Designation.objects.all() if Power.ADMINISTER in each.powers]
    related = Office.objects.select_related("designation__state", "district").order_by("designation__state__name_en", "pk")
    return list(related.filter(designation__in=designations))
