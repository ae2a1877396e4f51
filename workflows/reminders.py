"""The last day of a season: reminders before it, the mark of who missed it, and after it the list of those who are missing.

The end of an agreement: a reminder to the answerable office before it, and the mark that it is over and neither renewed nor ended.

What should have been told by today follows from the last day, the calendar and the times of submission alone. It does not
matter when a worker runs: each line is written once, under the day it belongs to, judged as things stood when that day began.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

from django.db.models import Min, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programme.bilingual import in_both
from programme.calendar import ONE_DAY, add_working_days, day_begins, today, working_day_before
from programme.models import ActionPlan, Agreement, AgreementStatus, District, Office, Season, State
from programme.norms.escalation import LastDayRule, last_day_rule
from programme.powers import Power
from programme.zone import IST
from workflows import notices
from workflows.flows import ActionPlanFlow
from workflows.models import Case, Notice, NoticeKind

# A season is looked at until its lists have ended with its year, and some months beyond in case no worker ran.
LOOKED_AT = timedelta(days=366)


@dataclass
class Course:
    """How the plan of one district went: its open file, and the spans of time in which a submitted plan was there."""

    district: District
    case_id: int | None = None
    spans: list[tuple[datetime, datetime | None]] = field(default_factory=list)

    def submitted(self, by: datetime) -> bool:
        """Say whether a plan was there when ``by`` began; one that was taken back later still was."""
        return any(submitted < by and (ended is None or by <= ended) for submitted, ended in self.spans)


@dataclass(frozen=True)
class Line:
    """Something that an office is told: ``key`` names it, ``on`` is its day, ``say`` is asked for the sentence in each language."""

    key: str
    kind: NoticeKind
    office: Office
    on: date
    say: Callable[[], str]
    case_id: int | None = None


def sweep() -> int:
    """Write what should have been told of every season and agreement by now and is not; return how many lines that were."""
    return _sweep_seasons() + _sweep_agreements()


def _sweep_agreements() -> int:
    signed = Agreement.objects.filter(status=AgreementStatus.SIGNED, valid_until__gte=today() - LOOKED_AT, removed_why="")
    near = signed.exclude(owner=None).select_related("partner", "owner")
    lines = [line for agreement in near for line in of_agreement(agreement, today())]
    told = set(Notice.objects.filter(key__in=[line.key for line in lines]).values_list("key", flat=True)) if lines else set()
    new = [line for line in lines if line.key not in told]
    if new:
        notices.tell_all([_notice(line) for line in new])
    return len(new)


def of_agreement(agreement: Agreement, day: date) -> Iterator[Line]:
    """Yield what the answerable office of a signed agreement should have been told of its end as of ``day``."""
    begins, ends, office = agreement.remind_from, agreement.valid_until, agreement.owner
    if begins is None or ends is None or office is None:
        return
    # A renewed agreement has another end, of which its office is told anew.
    key = f"agreement/{agreement.pk}/{ends:%Y-%m-%d}/"
    if begins <= day:
        yield Line(f"{key}remind", NoticeKind.REMINDER, office, begins, partial(_ending_words, agreement, ends))
    if ends < day:
        yield Line(f"{key}missed", NoticeKind.MISSED, office, ends + ONE_DAY, partial(_ended_words, agreement, ends))


def _sweep_seasons() -> int:
    written = 0
    for season in Season.objects.filter(deadline__gte=today() - LOOKED_AT).select_related("state"):
        courses, begun = _courses(season)
        if begun is None:
            continue
        told = set(_of(season).values_list("key", flat=True))
        lines = [line for line in expected(season, courses, begun, Offices(season.state), today()) if line.key not in told]
        notices.tell_all([_notice(line) for line in sorted(lines, key=lambda line: line.on)])
        written += len(lines)
    return written


class Offices:
    """The offices of a State by designation and district; read once."""

    def __init__(self, state: State) -> None:
        found = Office.objects.filter(designation__state=state).select_related("designation", "district")
        self._found = {(office.designation.code, office.district_id): office for office in found}

    def of(self, designations: tuple[str, ...], district: District | None = None) -> list[Office]:
        """Return the offices of these designations: the district's own, or the State's."""
        keys = [(code, district.pk if district else None) for code in designations]
        return [self._found[key] for key in keys if key in self._found]

    def signing(self, district: District) -> Office | None:
        """Return the office whose signature submits the district's plan."""
        at_home = (office for (_code, place), office in self._found.items() if place == district.pk)
        return next((office for office in at_home if Power.SIGN_PLAN in office.designation.powers), None)


def expected(season: Season, courses: list[Course], begun: date, offices: Offices, day: date) -> Iterator[Line]:
    """Yield every line that should exist as of ``day``. Nothing is told of days before the season was ``begun``."""
    rule = last_day_rule(season.state, season.deadline)
    for course in courses:
        if rule:
            yield from _reminders(season, rule, course, begun, offices, day)
        if begun <= season.deadline < day:
            yield from _missed(season, course, offices)
    if rule:
        yield from _lists(season, rule, courses, begun, offices, day)


def _reminders(season: Season, rule: LastDayRule, course: Course, begun: date, offices: Offices, day: date) -> Iterator[Line]:
    for left in rule.before:
        on = working_day_before(season.deadline, left, season.state, course.district)
        if begun <= on <= day and not course.submitted(day_begins(on)):
            for office in offices.of(rule.remind, course.district):
                key = f"{_prefix(season)}{course.district.pk}/remind/{office.pk}/{left}"
                say = partial(_reminder_words, season, course.district, left)
                yield Line(key, NoticeKind.REMINDER, office, on, say, course.case_id)


def _missed(season: Season, course: Course, offices: Offices) -> Iterator[Line]:
    on, office = season.deadline + ONE_DAY, offices.signing(course.district)
    if office and not course.submitted(day_begins(on)):
        say = partial(_missed_words, season, course.district)
        yield Line(f"{_prefix(season)}{course.district.pk}/missed", NoticeKind.MISSED, office, on, say, course.case_id)


def _lists(season: Season, rule: LastDayRule, courses: list[Course], begun: date, offices: Offices, day: date) -> Iterator[Line]:
    """Tell the State's offices who is missing: on the first working day after the last day, and again until the year is over.

    A list is known by its turn, so that a holiday declared or withdrawn later does not have it told under another day as well.
    """
    first = add_working_days(season.deadline, 1, season.state).date()
    year_ends = date(int(season.year[:4]) + 1, 3, 31)
    before = season.deadline
    for turn in range((year_ends - first).days // rule.again_days + 1):
        last, on = before, add_working_days(first + turn * rule.again_days * ONE_DAY, 0, season.state).date()
        before = on
        missing = [course.district for course in courses if not course.submitted(day_begins(on))]
        if not begun <= on <= day or not missing or on == last:
            continue
        for office in offices.of(rule.missing_to):
            key = f"{_prefix(season)}missing/{office.pk}/{turn}"
            yield Line(key, NoticeKind.ESCALATED, office, on, partial(_list_words, season, missing, on))


def _prefix(season: Season) -> str:
    return f"season/{season.pk}/"


def _of(season: Season) -> QuerySet[Notice]:
    return Notice.objects.filter(key__startswith=_prefix(season))


def _notice(line: Line) -> Notice:
    told = {"kind": line.kind, "office": line.office, "on": line.on, "case_id": line.case_id}
    return Notice(key=line.key, **told, **in_both(line.say))


def _courses(season: Season) -> tuple[list[Course], date | None]:
    """Return how each district's plan went, and the day on which the season was begun; ``None`` while it has no plan."""
    courses = {district.pk: Course(district) for district in season.state.districts.order_by("name_en")}
    plans = {plan.pk: plan for plan in ActionPlan.objects.filter(season=season)}
    cases = Case.objects.filter(kind=ActionPlanFlow.slug, record_id__in=plans).annotate(opened=Min("movements__received"))
    begun = []
    for pk, record, opened, ended in cases.values_list("pk", "record_id", "opened", "finished"):
        plan, course = plans[record], courses[plans[record].district_id]
        begun.append(timezone.localdate(opened, IST))
        if plan.submitted_at:
            course.spans.append((plan.submitted_at, ended if plan.dropped else None))
        if not plan.dropped:
            course.case_id = pk
    return list(courses.values()), min(begun, default=None)


# --- how it reads -------------------------------------------------------------------------------------------------------


def _reminder_words(season: Season, district: District, left: int) -> str:
    said = {"year": season.year, "district": district.name, "day": date_format(season.deadline), "left": left}
    if not left:
        return _("Action plan %(year)s, %(district)s: %(day)s is the last day to submit it.") % said
    words = ngettext(
        "Action plan %(year)s, %(district)s: to be submitted by %(day)s. A reminder %(left)s working day before.",
        "Action plan %(year)s, %(district)s: to be submitted by %(day)s. A reminder %(left)s working days before.",
        left,
    )
    return words % said


def _missed_words(season: Season, district: District) -> str:
    said = {"year": season.year, "district": district.name, "day": date_format(season.deadline)}
    return _("Action plan %(year)s, %(district)s: not submitted by the last day, %(day)s.") % said


def _list_words(season: Season, missing: list[District], on: date) -> str:
    names = ", ".join(district.name for district in missing)
    said = {"year": season.year, "day": date_format(season.deadline), "on": date_format(on), "count": len(missing), "names": names}
    words = ngettext(
        "Action plans %(year)s, last day %(day)s: on %(on)s, %(count)s district had not submitted: %(names)s.",
        "Action plans %(year)s, last day %(day)s: on %(on)s, %(count)s districts had not submitted: %(names)s.",
        len(missing),
    )
    return words % said


def _ending_words(agreement: Agreement, ends: date) -> str:
    said = {"agreement": str(agreement), "day": date_format(ends)}
    return _("The agreement with %(agreement)s ends on %(day)s. Renew it, or enter that it ends.") % said


def _ended_words(agreement: Agreement, ends: date) -> str:
    said = {"agreement": str(agreement), "day": date_format(ends)}
    return _("The agreement with %(agreement)s was valid until %(day)s and is neither renewed nor ended.") % said


def answered(notices: Iterable[Notice]) -> set[int]:
    """Return the reminders among ``notices`` whose plan was submitted in the meantime, by their numbers; one query."""
    asked = {notice.pk: notice.case.record_id for notice in notices if notice.kind == NoticeKind.REMINDER and notice.case}
    submitted = set(ActionPlan.objects.filter(pk__in=asked.values(), submitted_at__isnull=False).values_list("pk", flat=True))
    return {pk for pk, plan in asked.items() if plan in submitted}


# --- how it is shown ----------------------------------------------------------------------------------------------------


@dataclass
class Told:
    """What one district was told of the last day: on which days it was reminded, and whether it missed it."""

    days: set[date] = field(default_factory=set)
    missed: bool = False

    @property
    def times(self) -> int:
        return len(self.days)

    @property
    def last(self) -> date | None:
        return max(self.days, default=None)


def told(season: Season) -> dict[int, Told]:
    """Return what each district was told, by its number; one query."""
    found: dict[int, Told] = {}
    for key, kind, on in _of(season).exclude(kind=NoticeKind.ESCALATED).values_list("key", "kind", "on"):
        district = found.setdefault(int(key.split("/")[2]), Told())
        if kind == NoticeKind.MISSED:
            district.missed = True
        else:
            district.days.add(on)
    return found
