"""The Udyam Samagam of 2019 as a press piece printed its days: one slot a district, for 73 of the 75."""

from datetime import date
from pathlib import Path

from django.db import transaction

from programme.events import slot
from programme.models import District, Event
from programme.tables import read_csv

SERIES = "samagam-2019"
SOURCE = "Schedule in the press piece on the Udyam Samagam, Uttar Pradesh, September 2019; as printed: %s"


@transaction.atomic
def load_samagam(folder: Path) -> int:
    """Load ``samagam_2019.csv`` and return how many events were made; one that is there already stays. Raise ``BadRow``."""
    districts = {district.pk: district for district in District.objects.all()}
    had = set(Event.objects.filter(series=SERIES).values_list("district_id", flat=True))
    made = []
    for row in read_csv(folder, "samagam_2019.csv", ["district_lgd_code", "as_printed", "starts_on", "ends_on"]):
        district = row.find("district_lgd_code", districts, key=row.number("district_lgd_code"))
        try:
            days = {"starts_on": date.fromisoformat(row["starts_on"]), "ends_on": date.fromisoformat(row["ends_on"])}
        except ValueError:
            raise row.bad("starts_on or ends_on is no date, write for example 2019-09-12") from None
        event = slot(SERIES, district, source=SOURCE % row["as_printed"], **days)
        made += [] if district.pk in had else [event]
    return len(Event.objects.bulk_create(made))
