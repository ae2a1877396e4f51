"""What stands round files as lists: sittings, notices, charges, activities of a plan, and where files would stop."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from programme.calendar import today
from programme.models import Activity, District, Office, Officer, Posting
from programme.models.naming import in_language
from programme.plans import tracked
from programme.powers import Power
from workflows import charges, notices, obstacles
from workflows.authority import Refusal, audits, may_anywhere
from workflows.exports.declaring import Asked, Heading, Line, Listed, day_of, number_in, one_by_one
from workflows.exports.files import AMOUNT, DISTRICT, NUMBER, OFFICE
from workflows.filters import words_in
from workflows.flows import FLOWS, ActionPlanFlow
from workflows.models import Notice, ObstacleKind, Sitting
from workflows.postings import limits_in_words
from workflows.sheets.columns import Type
from workflows.sight import visible_to
from workflows.sittings import seats

FROM = Heading("starts_on", gettext_lazy("From"), Type.DATE, 13)
TO = Heading("ends_on", pgettext_lazy("date", "To"), Type.DATE, 13)
OFFICER = Heading("officer", gettext_lazy("Officer"), Type.TEXT, 30)

# --- sittings -------------------------------------------------------------------------------------------------------------


def sittings(officer: Officer) -> QuerySet[Sitting]:
    """Return the sittings the officer may read, newest first; raise ``Sitting.DoesNotExist`` when committees are not his business."""
    if not seats.seats_of(officer) and not may_anywhere(officer, Power.SEE_STATE) and not audits(officer):
        raise Sitting.DoesNotExist
    rows = seats.visible_to(officer).select_related("office__designation", "office__district")
    return rows.annotate(files=Count("items")).order_by("-held_on", "-pk")


def _of_sitting(sitting: Any, asked: Asked) -> Line:
    return {
        "held_on": sitting.held_on,
        "committee": sitting.get_kind_display(),
        "district": sitting.office.district.name if sitting.office.district else "",
        "place": sitting.place,
        "number": sitting.number or "",
        "files": sitting.files,
        "state": sitting.get_state_display(),
    }


SITTINGS = Listed(
    name="sittings",
    title=lambda asked: _("Sittings"),
    headings=(
        Heading("held_on", gettext_lazy("held on"), Type.DATE, 13),
        Heading("committee", gettext_lazy("committee"), Type.TEXT, 40),
        DISTRICT,
        Heading("place", gettext_lazy("place"), Type.TEXT, 30),
        Heading("number", gettext_lazy("Minutes"), Type.IDENTIFIER, 24),
        Heading("files", gettext_lazy("Files"), Type.WHOLE, 9),
        Heading("state", pgettext_lazy("of a sitting", "State"), Type.TEXT, 26),
    ),
    rows=lambda asked: sittings(asked.officer),
    lines=one_by_one(_of_sitting),
)

# --- notices --------------------------------------------------------------------------------------------------------------


def told(officer: Officer) -> QuerySet[Notice]:
    """Return what the officer's offices were told, newest first."""
    return notices.mine(officer).select_related("case", "office__designation", "office__district").order_by("-pk")


def _of_notice(notice: Notice, asked: Asked) -> Line:
    return {
        "on": notice.on,
        "kind": notice.get_kind_display(),
        "office": notice.office.name,
        "text": in_language(notice, "text"),
        "number": notice.case.number if notice.case else "",
        "written": day_of(notice.made_at),
        "new": notice.pk > asked.officer.notices_read,
    }


NOTICES = Listed(
    name="notices",
    title=lambda asked: _("Notices"),
    headings=(
        Heading("on", gettext_lazy("Day"), Type.DATE, 13),
        Heading("kind", gettext_lazy("Kind"), Type.TEXT, 24),
        OFFICE,
        Heading("text", gettext_lazy("What was told"), Type.LONG_TEXT, 60),
        NUMBER,
        Heading("written", gettext_lazy("Written on"), Type.DATE, 13),
        Heading("new", pgettext_lazy("notice", "New"), Type.YES_NO, 9),
    ),
    rows=lambda asked: told(asked.officer),
    lines=one_by_one(_of_notice),
)

# --- charges --------------------------------------------------------------------------------------------------------------


def found_offices(officer: Officer, words: str) -> list[Office]:
    """Return the offices that an administrator looks for and that are not his own; none for anybody else."""
    if not words or not may_anywhere(officer, Power.ADMINISTER):
        return []
    own = charges.offices_of(officer)
    return [office for office in charges.offices_found(officer, words) if office not in own]


def _charges(asked: Asked) -> list[Posting]:
    officer = asked.officer
    offices = [*charges.offices_of(officer), *found_offices(officer, words_in(asked.query))]
    others = charges.acting_for(offices)
    return [*charges.held_by(officer), *(posting for office in offices for posting in others.get(office.pk, []))]


def _of_charge(posting: Posting, asked: Asked) -> Line:
    return {
        "office": posting.office.name,
        "officer": posting.officer.name,
        "charge": posting.get_charge_display(),
        "limits": limits_in_words(posting),
        "starts_on": posting.starts_on,
        "ends_on": posting.ends_on,
        "made_by": posting.made_by.name if posting.made_by else "",
        "made_on": day_of(posting.made_at),
    }


CHARGES = Listed(
    name="charges",
    title=lambda asked: _("Charges"),
    headings=(
        OFFICE,
        OFFICER,
        Heading("charge", gettext_lazy("Charge"), Type.TEXT, 20),
        Heading("limits", gettext_lazy("Limits"), Type.LONG_TEXT, 44),
        FROM,
        TO,
        Heading("made_by", gettext_lazy("entered by"), Type.TEXT, 30),
        Heading("made_on", gettext_lazy("entered at"), Type.DATE, 13),
    ),
    rows=_charges,
    lines=one_by_one(_of_charge),
)

# --- activities of a plan -------------------------------------------------------------------------------------------------


def _activities(asked: Asked) -> list[Activity]:
    case = visible_to(asked.officer).get(pk=number_in(asked.query, "plan"), kind=ActionPlanFlow.slug)
    return tracked(case.record)


def _of_activity(activity: Activity, asked: Asked) -> Line:
    latest = activity.latest
    return {
        "title": activity.title,
        "topic": activity.get_topic_display(),
        "department": activity.department.name,
        "starts_on": activity.starts_on,
        "ends_on": activity.ends_on,
        "amount": activity.amount,
        "matter": str(activity.matter) if activity.matter else "",
        "status": str(activity.status_title),
        "progress": activity.progress,
        "late": activity.is_late(today()),
        "reports": len(activity.updates.all()),
        "reported": day_of(latest.at) if latest else None,
        "evidence": latest.evidence if latest else "",
        "officer": latest.by.name if latest else "",
    }


ACTIVITIES = Listed(
    name="activities",
    title=lambda asked: _("Activities"),
    headings=(
        Heading("title", gettext_lazy("Activity"), Type.TEXT, 44),
        Heading("topic", gettext_lazy("Topic"), Type.TEXT, 24),
        Heading("department", gettext_lazy("Department"), Type.TEXT, 28),
        FROM,
        TO,
        AMOUNT,
        Heading("matter", gettext_lazy("Problem or suggestion it answers"), Type.LONG_TEXT, 40),
        Heading("status", gettext_lazy("status"), Type.TEXT, 16),
        Heading("progress", gettext_lazy("progress (per cent)"), Type.WHOLE, 12),
        Heading("late", gettext_lazy("Beyond time"), Type.YES_NO, 12),
        Heading("reports", gettext_lazy("Reports"), Type.WHOLE, 10),
        Heading("reported", gettext_lazy("Last report"), Type.DATE, 13),
        Heading("evidence", gettext_lazy("evidence"), Type.LONG_TEXT, 44),
        OFFICER,
    ),
    rows=_activities,
    lines=one_by_one(_of_activity),
)

# --- where files would stop -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Looked:
    """Which obstacles are looked at: where, of which process, and what was found."""

    districts: QuerySet[District]
    district: District | None
    process: str
    groups: list[obstacles.Group]


def feasible(officer: Officer, query: QueryDict) -> Looked:
    """Return the obstacles that an address asks for; raise ``Refusal`` for whoever neither administers nor audits."""
    states = obstacles.states_of(officer)
    if not states:
        raise Refusal(_("This page is open to the programme administrator and to auditors."))
    districts = District.objects.filter(state__in=states).order_by("name_en")
    district = districts.filter(pk=number_in(query, "district")).first()
    process = query.get("process", "")
    process = process if process in FLOWS else ""
    rows = obstacles.standing_in(states, district=district.pk if district else None)
    return Looked(districts, district, process, obstacles.grouped(rows, process=process))


@dataclass(frozen=True)
class Place:
    group: obstacles.Group
    name: str


def _places(asked: Asked) -> list[Place]:
    return list(_each_place(feasible(asked.officer, asked.query).groups))


def _each_place(groups: list[obstacles.Group]) -> Iterator[Place]:
    for group in groups:
        yield from (Place(group, name) for name in group.places)


def _of_place(place: Place, asked: Asked) -> Line:
    group = place.group
    return {
        "kind": str(ObstacleKind(group.kind).label),
        "post": group.title,
        "district": place.name or _("the whole State"),
        "steps": "; ".join(group.steps),
        "stops": group.stops,
        "starts_on": group.on,
        "officer": group.said,
    }


FEASIBILITY = Listed(
    name="feasibility",
    title=lambda asked: _("Feasibility"),
    headings=(
        Heading("kind", gettext_lazy("Kind"), Type.TEXT, 30),
        Heading("post", gettext_lazy("Post or power"), Type.TEXT, 40),
        DISTRICT,
        Heading("steps", gettext_lazy("Steps"), Type.LONG_TEXT, 60),
        Heading("stops", gettext_lazy("Files stop"), Type.YES_NO, 12),
        FROM,
        OFFICER,
    ),
    rows=_places,
    lines=one_by_one(_of_place),
)
