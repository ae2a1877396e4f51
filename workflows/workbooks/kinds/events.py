"""The Udyam Samagam: its days district by district."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programme.bilingual import in_both
from programme.events import NotYet, SeriesStanding, replan, series_standing, slot
from programme.models import Event, EventKind, Office, Officer
from programme.powers import Power
from workflows.forms.workbooks import SlotForm
from workflows.models import RowStanding, Workbook, WorkbookRow
from workflows.registers import writing
from workflows.registers.events import EVENTS
from workflows.workbooks.judge import Judged
from workflows.workbooks.kind import Both, Standing, Writer, origin
from workflows.workbooks.kinds.recorded import RecordedKind, RecordsStanding
from workflows.workbooks.rows import said_by
from workflows.workbooks.shapes import Place, Shape


class Samagam(RecordedKind):
    """Days of the Samagam, for the offices that keep the registers of the whole State."""

    key = "samagam"
    title = gettext_lazy("Schedule of the Udyam Samagam")
    about = gettext_lazy("One row for each district and its days.")
    power = Power.KEEP_REGISTERS
    titled_by = ("district",)
    form_class = SlotForm

    def offices(self, officer: Officer) -> list[Office]:
        return [office for office in super().offices(officer) if office.district_id is None]

    def records(self, office: Office) -> Any:
        rows = Event.objects.filter(state=office.state_id, kind=EventKind.SAMAGAM, district__isnull=False, removed_why="").exclude(
            series=""
        )
        return rows.select_related("district")

    def value(self, record: Any, place: Place) -> Any:
        return None if place.field == "reason" else super().value(record, place)

    def standing(self, office: Office, shape: Shape) -> Standing:
        return SlotsStanding(self, office, shape)

    def writer(self, book: Workbook, *, by: Officer) -> Writer:
        judge = self.judge(book.office, by)

        def write(rows: list[WorkbookRow]) -> dict[int, str]:
            return {row.pk: self._written(judge.bound(said_by(row)).cleaned_data, by, origin(book, row.number)) for row in rows}

        return write

    def _written(self, said: dict[str, Any], by: Officer, source: dict[str, Any]) -> str:
        """Give a district its days, or move them, with the line in the history of the event; return what the row became."""
        days = {"starts_on": said["planned_from"], "ends_on": said["planned_to"]}
        event = Event.objects.filter(series=said["series"], district=said["district"], removed_why="").first()
        if event is None:
            event = slot(said["series"], said["district"], **days)
            event.full_clean()
            event.save()
            writing.added(EVENTS, event, by=by, origin=source)
        else:
            why = said["reason"]
            try:
                writing.written(
                    EVENTS, event, "replanned", lambda held: replan(held, reason=why, by=by, **days), by=by, why=why, origin=source
                )
            except NotYet as refusal:
                raise ValidationError(str(refusal)) from None
        return f"{event._meta.label_lower}:{event.pk}"

    def said(self, book: Workbook) -> list[str]:
        """Name the districts that have no slot in the series of the workbook, those of good rows counted as if they had."""
        rows = book.rows.exclude(standing=RowStanding.WRONG)
        good = list(rows.filter(standing__in=[RowStanding.GOOD, RowStanding.PRESENT]).values_list("values", flat=True))
        made = [int(became.partition(":")[2]) for became in rows.exclude(became="").values_list("became", flat=True)]
        series = set(Event.objects.filter(pk__in=made).values_list("series", flat=True))
        series |= {said.get("series") or f"samagam-{said['planned_from'][:4]}" for said in good if said.get("planned_from")}
        coming = {int(said["district"]) for said in good if said.get("district")}
        return [_with(series_standing(each, book.office.designation.state), coming).text for each in sorted(series)]


class SlotsStanding(RecordsStanding):
    """A district that has its days stands already; other days need a reason, and a Samagam that was held is not moved."""

    def __init__(self, kind: Samagam, office: Office, shape: Shape) -> None:
        super().__init__(kind, office, shape)
        self.slots = {(event.series, event.district_id): event for event in kind.records(office)}

    def present(self, row: Judged) -> Both | None:
        if row.faults:
            return None
        said = row.cleaned
        event = self.slots.get((said["series"], said["district"].pk))
        if event is None:
            return None
        if (event.planned_from, event.planned_to) == (said["planned_from"], said["planned_to"]):
            return in_both(lambda: _("It is planned for these days already."), "sentence")
        if event.held_from or event.closed_at:
            row.refuse("planned_from", lambda: _("The event was held already."))
        elif not said["reason"]:
            row.refuse("reason", lambda: _("The district has other days already: write why the event is moved."))
        return None


def _with(standing: SeriesStanding, coming: set[int]) -> SeriesStanding:
    """Return how a series will stand with the districts that are coming."""
    missing = [district for district in standing.missing if district.pk not in coming]
    return SeriesStanding(standing.districts - len(missing), standing.districts, missing, standing.late)
