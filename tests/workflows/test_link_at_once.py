"""Two appointments at the same moment: of two link officers with one power, one is appointed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from programme.calendar import today
from programme.models import Charge, Posting
from tests.files import office, officer
from workflows.postings import appoint_link

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_of_two_appointments_at_once_with_one_power_one_is_made() -> None:
    together = Barrier(2)

    def appoint(username: str) -> str:
        try:
            together.wait()
            cell, by = office("odop_cell"), officer("odop.cell")
            appoint_link(officer(username), cell, by=by, starts_on=today(), ends_on=today() + timedelta(days=3))
        except ValidationError as refusal:
            return " ".join(refusal.messages)
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(2) as threads:
        said = sorted(threads.map(appoint, ["epb", "finance"]))
    assert said[0] == "" and said[1]
    assert Posting.objects.filter(office=office("odop_cell"), charge=Charge.LINK).count() == 1
