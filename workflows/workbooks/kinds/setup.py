"""The tables that the administrator of a State keeps in set-up: holidays, postings, allotments."""

from collections import defaultdict
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programme.models import Allotment, Charge, Holiday, Office, Officer, Posting
from workflows import office_days, postings
from workflows.forms.workbooks import AllotmentForm, HolidayForm, PostingForm
from workflows.workbooks.judge import Judged
from workflows.workbooks.kind import Both, Standing
from workflows.workbooks.kinds.recorded import RecordedKind, RecordsStanding
from workflows.workbooks.shapes import Place, Shape


class Holidays(RecordedKind):
    key = "holidays"
    title = gettext_lazy("Holidays")
    about = gettext_lazy("One row for each day and place: a holiday, or a day on which offices open after all.")
    titled_by = ("date", "name_en")
    form_class = HolidayForm

    def records(self, office: Office) -> Any:
        rows = Holiday.objects.filter(state=office.state_id, withdrawn_at=None)
        return rows.select_related("district", "office__designation", "office__district")

    def value(self, record: Any, place: Place) -> Any:
        if place.field in ("post", "district"):
            return _post_or_district(place.field, record.office, record.district)
        return super().value(record, place)

    def write(self, form: Any, by: Officer) -> tuple[Model, bool]:
        holiday = form.holiday()
        office_days.declare(holiday, by=by)
        return holiday, True

    def standing(self, office: Office, shape: Shape) -> Standing:
        return HolidaysStanding(self, office, shape)


class HolidaysStanding(RecordsStanding):
    """Another row in force for the same place and day has to be withdrawn first."""

    def __init__(self, kind: Holidays, office: Office, shape: Shape) -> None:
        super().__init__(kind, office, shape)
        self.days = {(row.date, row.district_id, row.office_id) for row in kind.records(office)}

    def present(self, row: Judged) -> Both | None:
        here = super().present(row)
        if here is None and not row.faults:
            holiday = row.cleaned
            office, district = holiday["office"], holiday["district"]
            place = (None, office.pk) if office else (district.pk if district else None, None)
            if (holiday["date"], *place) in self.days:
                row.refuse("date", lambda: _("For this place and day a row is in force already; withdraw that one first."))
        return here


class Postings(RecordedKind):
    key = "postings"
    title = gettext_lazy("Postings")
    about = gettext_lazy("One row for each posting. A last day written beside a posting that stands relieves the officer.")
    titled_by = ("post", "district")
    form_class = PostingForm

    def records(self, office: Office) -> Any:
        rows = Posting.objects.filter(office__designation__state=office.state_id).order_by("pk")
        return rows.select_related("officer", "office__designation", "office__district")

    def value(self, record: Any, place: Place) -> Any:
        if place.field in ("post", "district"):
            return _post_or_district(place.field, record.office, None)
        return record.officer.username if place.field == "officer" else super().value(record, place)

    def write(self, form: Any, by: Officer) -> tuple[Model, bool]:
        typed = form.posting()
        stands = _same(typed)
        if stands:
            return postings.relieve(stands, on=typed.ends_on, by=by), False
        return postings.post(typed, by=by), True

    def standing(self, office: Office, shape: Shape) -> Standing:
        return PostingsStanding(self, office, shape)


class PostingsStanding(RecordsStanding):
    """An office and an officer have one regular posting at a time; a posting without a last day may be given one."""

    def __init__(self, kind: Postings, office: Office, shape: Shape) -> None:
        super().__init__(kind, office, shape)
        self.regular: dict[tuple[str, int], list[Posting]] = defaultdict(list)
        for posting in kind.records(office).filter(charge=Charge.REGULAR):
            self.regular["office", posting.office_id].append(posting)
            self.regular["officer", posting.officer_id].append(posting)

    def present(self, row: Judged) -> Both | None:
        here = super().present(row)
        if here is None and not row.faults and row.cleaned["charge"] == Charge.REGULAR:
            said = row.cleaned
            near = [*self.regular["office", said["office"].pk], *self.regular["officer", said["officer"].pk]]
            if any(self._clash(said, held) for held in near):
                row.refuse("starts_on", lambda: _("The office or the officer already has a regular posting in these dates."))
        return here

    def _clash(self, said: dict[str, Any], held: Posting) -> bool:
        same_office, same_officer = held.office_id == said["office"].pk, held.officer_id == said["officer"].pk
        if same_office and same_officer and held.starts_on == said["starts_on"] and held.ends_on is None and said["ends_on"]:
            return False
        return held.starts_on <= (said["ends_on"] or date.max) and said["starts_on"] <= (held.ends_on or date.max)


class Allotments(RecordedKind):
    key = "allotments"
    title = gettext_lazy("Budget allotments")
    about = gettext_lazy("One row for each head and year. Another amount than the one that stands takes its place.")
    titled_by = ("head", "year")
    form_class = AllotmentForm

    def records(self, office: Office) -> Any:
        return Allotment.objects.filter(head__state=office.state_id).select_related("head").order_by("pk")

    def write(self, form: Any, by: Officer) -> tuple[Model, bool]:
        said = form.cleaned_data
        row = Allotment.objects.select_for_update().filter(head=said["head"], year=said["year"]).first()
        made = row is None
        allotment = row or Allotment(head=said["head"], year=said["year"])
        allotment.allotted = said["allotted"]
        if allotment.committed > allotment.allotted:
            raise ValidationError(_("More than this is committed already."))
        allotment.full_clean()
        allotment.save()
        return allotment, made


def _post_or_district(name: str, office: Office | None, district: Any) -> Any:
    """Return the post and district of an office, or the district alone."""
    if office is None:
        return district if name == "district" else None
    return office.designation if name == "post" else office.district


def _same(typed: Posting) -> Posting | None:
    """Return the posting that stands without a last day, where the typed one gives it one."""
    if typed.ends_on is None:
        return None
    same = {name: getattr(typed, name) for name in ("officer", "office", "charge", "starts_on")}
    return Posting.objects.filter(**same, ends_on=None).first()
