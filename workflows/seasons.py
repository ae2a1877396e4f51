"""Opening a season: the action plan of every district of a State, each in a transaction of its own, none twice."""

from collections.abc import Iterator
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from programme.bilingual import in_both
from programme.calendar import today
from programme.models import ActionPlan, District, Level, Norm, Office, Officer, State
from programme.powers import Power
from workflows import authority, jobs
from workflows.authority import Refusal
from workflows.flows import ActionPlanFlow
from workflows.forms.plan import ALREADY, AlreadyOpen, SeasonForm, planned_years
from workflows.jobs import Done, Work
from workflows.models import Case, Job, JobRow
from workflows.steps import open_case

KIND = "season"


def start(state: State, year: str, *, by: Officer, office: Office, key: str) -> Job:
    """Ask for the plans of every district of the State as long work in the officer's name; the same ``key`` twice is one job.

    Raises ``Refusal`` when the officer may not open a season at ``office``, or the year is not one that is planned for today.
    """
    authority.check(by, Power.OPEN_SEASON, office)
    if year not in planned_years():
        raise Refusal(_("Plans are opened only for %(this)s and %(next)s.") % dict(zip(("this", "next"), planned_years(), strict=True)))
    _norm(state)
    rows = [
        JobRow(key=str(district.pk), name_en=district.name_en, name_hi=district.name_hi, args={"district": district.pk})
        for district in state.districts.order_by("name_en")
    ]
    return jobs.start(KIND, by=by, key=f"{KIND}/{key}", args={"year": year, "office": office.pk}, rows=rows)


def open_all(state: State, year: str) -> Iterator[tuple[District, Case | None]]:
    """Open the plans at once, as the system does; yield each district with its new file, or ``None`` where a plan was there.

    Raises ``Refusal`` when no one office of the State opens seasons.
    """
    office, norm = opening_office(state), _norm(state)
    for district in state.districts.select_related("state").order_by("name_en"):
        yield district, open_plan(district, year, by=None, office=office, norm=norm)


@transaction.atomic
def open_plan(district: District, year: str, *, by: Officer | None, office: Office, norm: Norm | None = None) -> Case | None:
    """Open the district's plan of ``year`` and return its file; ``None`` when it has one that was not withdrawn.

    Raises ``Refusal`` when ``by`` may not, or the year is not one that is planned for today.
    """
    typed = {"district": district.pk, "year": year}
    form = SeasonForm(typed, office=office, officer=by, norm=norm or _norm(district.state), papers=[])
    if not form.is_valid() and form.has_error("district", ALREADY):
        return None
    if form.errors:
        raise Refusal(" ".join(str(text) for texts in form.errors.values() for text in texts))
    try:
        with transaction.atomic():
            return open_case(ActionPlanFlow, by=by, office=office, form=form, key=key_of(district, year))
    except AlreadyOpen:
        return None


def key_of(district: District, year: str) -> UUID:
    """Return the form key of the district's plan of ``year``. A plan opened after others were withdrawn has a key of its own."""
    withdrawn = ActionPlan.objects.filter(district=district, season__year=year, dropped=True).count()
    again = f"/{withdrawn + 1}" if withdrawn else ""
    return uuid5(NAMESPACE_URL, f"{KIND}/{district.state_id}/{year}/{district.pk}{again}")


def opening_office(state: State) -> Office:
    """Return the one office of the State's departments that opens seasons; raise ``Refusal`` when there is none, or several."""
    offices = Office.objects.filter(designation__state=state, designation__level=Level.DEPARTMENT)
    found = [office for office in offices.select_related("designation__state") if Power.OPEN_SEASON in office.designation.powers]
    if len(found) != 1:
        raise Refusal(_("%(count)s offices open seasons in %(state)s; exactly one must.") % {"count": len(found), "state": state.name})
    return found[0]


def _norm(state: State) -> Norm:
    try:
        return Norm.in_force(ActionPlanFlow.scheme, state, today())
    except Norm.DoesNotExist:
        raise Refusal(_("No norms of this scheme are in force in your State yet. Ask the programme administrator.")) from None


def _open_row(row: JobRow) -> Done:
    """Open one district's plan for the officer who started the job; what was there already is said."""
    office = Office.objects.select_related("designation__state", "district").get(pk=row.job.args["office"])
    district = District.objects.select_related("state").get(pk=row.args["district"])
    by = row.job.by
    if by:
        authority.check(by, Power.OPEN_SEASON, office)
    case = open_plan(district, row.job.args["year"], by=by, office=office)
    return Done(case=case) if case else _there_already()


def _there_already() -> Done:
    said = in_both(lambda: _("Its plan was opened before."))
    return Done(sentence_en=said["text_en"], sentence_hi=said["text_hi"])


def _title(job: Job) -> str:
    return _("Opening of the action plans %(year)s") % {"year": job.args["year"]}


OPENING = Work(title=_title, act=_open_row, may_be_cancelled=True)
