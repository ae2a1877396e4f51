"""Boards of a State as lists: the season of action plans, and the sheet of a review meeting."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programme.calendar import financial_year, today
from programme.models import District, Office, Officer, Season
from programme.plans import BoardLine, season_board
from programme.powers import Power
from workflows import reminders, reviewing
from workflows.authority import Refusal, offices_with
from workflows.exports.declaring import Asked, Heading, Line, Listed, day_of, number_in, one_by_one, time_of
from workflows.exports.files import DISTRICT, NUMBER, PROCESS
from workflows.filters import BACKWARDS, a_day_of_files
from workflows.flows import FLOWS, ActionPlanFlow
from workflows.forms.fields import DayField
from workflows.reviewing import Result
from workflows.scopes import Scope, scope_of
from workflows.sheets.columns import Type
from workflows.sight import visible_to
from workflows.templatetags.words import digits_day

YEAR = re.compile(r"20\d\d-\d\d", re.ASCII)
# The programme was begun on 24 January 2018.
FIRST_YEAR = 2017

# --- the season -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BoardRow:
    """A district of the season, with its file as far as the reader may read it, and what it was told of the last day."""

    line: BoardLine
    file: int | None
    number: str
    told: reminders.Told


STANDINGS = {"in_time", "late", "drafting", "not_begun", "not_opened"}


def standing_in(query: QueryDict) -> str:
    """Return the one standing an address asks for; empty for all of them."""
    asked = query.get("standing", "")
    return asked if asked in STANDINGS else ""


def board(officer: Officer, year: str) -> list[BoardRow]:
    """Return how every district of the officer's State stands in a year; raise ``Refusal`` when he does not read the whole State."""
    state = reading_office(officer).designation.state
    lines = season_board(state, year)
    plans = [line.plan.pk for line in lines if line.plan]
    files = visible_to(officer).filter(kind=ActionPlanFlow.slug, record_id__in=plans)
    found = {record: (pk, number) for record, pk, number in files.values_list("record_id", "pk", "number")}
    season = Season.objects.filter(state=state, year=year).first()
    told = reminders.told(season) if season else {}
    rows = []
    for line in lines:
        file, number = found.get(line.plan.pk, (None, "")) if line.plan else (None, "")
        rows.append(BoardRow(line, file, number, told.get(line.district.pk, reminders.Told())))
    return rows


def reading_office(officer: Officer) -> Office:
    offices = offices_with(officer, Power.SEE_STATE)
    if not offices:
        raise Refusal(_("This page is for offices that read every file of the State."))
    return offices[0]


def year_in(query: QueryDict) -> str:
    asked = query.get("year", "")
    return asked if YEAR.fullmatch(asked) else financial_year(today())


def _season(asked: Asked) -> list[BoardRow]:
    return [row for row in board(asked.officer, year_in(asked.query)) if standing_in(asked.query) in ("", row.line.standing)]


def _of_season(row: BoardRow, asked: Asked) -> Line:
    return {
        "district": row.line.district.name,
        "standing": row.line.text,
        "days": row.line.days,
        "submitted": day_of(row.line.submitted_at),
        "time": time_of(row.line.submitted_at),
        "number": row.number,
        "reminders": row.told.times,
        "reminded": row.told.last,
        "missed": row.told.missed,
    }


SEASON = Listed(
    name="season",
    title=lambda asked: _("Action plans %(year)s") % {"year": year_in(asked.query)},
    headings=(
        DISTRICT,
        Heading("standing", gettext_lazy("Standing"), Type.TEXT, 40),
        Heading("days", gettext_lazy("Days beyond the last day"), Type.WHOLE, 14),
        Heading("submitted", gettext_lazy("First signed and submitted"), Type.DATE, 15),
        Heading("time", gettext_lazy("Time of day"), Type.TEXT, 10),
        NUMBER,
        Heading("reminders", gettext_lazy("Reminders"), Type.WHOLE, 12),
        Heading("reminded", gettext_lazy("Last reminded on"), Type.DATE, 14),
        Heading("missed", gettext_lazy("Last day missed"), Type.YES_NO, 14),
    ),
    rows=_season,
    lines=one_by_one(_of_season),
)

# --- the review -----------------------------------------------------------------------------------------------------------


def _years() -> list[tuple[str, str]]:
    """Return the financial years of the programme, the present one first."""
    this = int(financial_year(today())[:4])
    return [(year, year) for year in (financial_year(date(first, 4, 1)) for first in range(this, FIRST_YEAR - 1, -1))]


def _processes() -> list[tuple[str, Any]]:
    return [("", gettext_lazy("All processes")), *((slug, flow.process_title) for slug, flow in FLOWS.items())]


class PeriodForm(forms.Form):
    """What is reviewed: a financial year, or the days from and to that are written instead of one; of all processes or of one."""

    use_required_attribute = False

    year = forms.ChoiceField(label=gettext_lazy("Financial year"), required=False, choices=_years)
    opened_from = DayField(label=gettext_lazy("Or received from"), required=False, validators=[a_day_of_files])
    opened_to = DayField(label=gettext_lazy("Received up to"), required=False, validators=[a_day_of_files])
    process = forms.ChoiceField(label=gettext_lazy("Process"), required=False, choices=_processes)

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        first, last = asked.get("opened_from"), asked.get("opened_to")
        if first and last and last < first:
            self.add_error("opened_to", BACKWARDS["opened"])
        elif last and not first and "opened_from" not in self.errors:
            self.add_error("opened_from", _("Write the first day as well."))
        return asked

    @property
    def period(self) -> tuple[date, date]:
        """The first and the last day that are reviewed; a period without an end goes on until today."""
        asked = self.cleaned_data
        if asked["opened_from"]:
            return asked["opened_from"], asked["opened_to"] or max(today(), asked["opened_from"])
        begins = int((asked["year"] or financial_year(today()))[:4])
        return date(begins, 4, 1), date(begins + 1, 3, 31)


def _review(asked: Asked) -> list[reviewing.Line]:
    scope, form = narrowed(scope_of(asked.officer), asked.query), PeriodForm(asked.query)
    if not form.is_valid():
        raise ValidationError(_("The period cannot be read. Go back to the page and put it right."))
    sections = reviewing.review(scope, *form.period, now=asked.now, process=form.cleaned_data["process"])
    return list(_all_lines(sections))


def narrowed(scope: Scope, query: QueryDict) -> Scope:
    """Return the scope of the one district that an address names, of all where it names none; raise ``District.DoesNotExist``."""
    if "district" not in query:
        return scope
    return scope.within(District.objects.get(pk=number_in(query, "district")))


def _all_lines(sections: list[reviewing.Section]) -> Iterator[reviewing.Line]:
    for section in sections:
        yield from section.all_lines


def _of_review(line: reviewing.Line, asked: Asked) -> Line:
    return {"process": line.process, "district": line.place, **line.figures}


def _title(asked: Asked) -> str:
    form = PeriodForm(asked.query)
    first, last = form.period if form.is_valid() else (None, None)
    return _("Review of files received from %(first)s to %(last)s") % {"first": digits_day(first), "last": digits_day(last)}


REVIEW = Listed(
    name="review",
    title=_title,
    headings=(
        PROCESS,
        DISTRICT,
        Heading("received", gettext_lazy("Received"), Type.WHOLE, 12),
        *(Heading(result.value, result.label, Type.WHOLE, 14) for result in Result),
        Heading("pending", gettext_lazy("Pending, all"), Type.WHOLE, 12),
        Heading("returned", gettext_lazy("Of these returned for correction"), Type.WHOLE, 16),
        Heading("oldest", gettext_lazy("Oldest pending received on"), Type.DATE, 16),
        Heading("amount", gettext_lazy("The files stand at (₹)"), Type.RUPEES, 18),
        Heading("sanctioned_for", gettext_lazy("Sanctioned by orders (₹)"), Type.RUPEES, 18),
    ),
    rows=_review,
    lines=one_by_one(_of_review),
)
