from itertools import islice

from django.db import migrations
from django.utils import timezone

from programme.calendar import OFFICE_CLOSES, Calendars, Said
from programme.zone import IST

CHUNK = 500


def count_days(apps, schema_editor):
    """Count by today's calendar: of closed stays the days held and late, of open ones the days allowed."""
    calendars = {}
    rows = apps.get_model("workflows", "Movement").objects.order_by("pk").select_related("office__designation")
    stays = rows.iterator(chunk_size=CHUNK)
    while chunk := list(islice(stays, CHUNK)):
        for stay in chunk:
            state = stay.office.designation.state_id
            if state not in calendars:
                calendars[state] = calendars_of(apps, state)
            count(stay, calendars[state].of(stay.office.district_id, stay.office_id))
        rows.model.objects.bulk_update(chunk, ["days_held", "days_late", "days_allowed", "counted_from"])


def calendars_of(apps, state):
    holidays = apps.get_model("programme", "Holiday").objects.filter(state=state, withdrawn_at=None)
    rows = holidays.values_list("district_id", "office_id", "date", "works")
    offs = apps.get_model("programme", "State").objects.get(pk=state).weekly_offs
    return Calendars(offs, [Said(district, office, None, None, day, works) for district, office, day, works in rows], [])


def count(stay, calendar):
    if stay.disposed:
        stay.days_held = calendar.between(stay.received, stay.disposed)
        late = stay.due and stay.power and stay.disposed > stay.due
        stay.days_late = max(1, calendar.between(stay.due, stay.disposed)) if late else 0 if stay.due and stay.power else None
    elif stay.due and timezone.localtime(stay.due, IST).time() == OFFICE_CLOSES:
        stay.counted_from = timezone.localdate(stay.received, IST)
        stay.days_allowed = calendar.between(stay.counted_from, stay.due)


class Migration(migrations.Migration):

    dependencies = [("workflows", "0003_the_desk")]

    operations = [migrations.RunPython(count_days, migrations.RunPython.noop)]
