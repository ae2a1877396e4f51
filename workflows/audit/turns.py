"""Exceptions of order and time: ways no process has, files overtaken, late stays, repairs, bundles nobody opened, odd hours."""

from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from typing import Any

from django.db.models import CharField, Exists, F, Max, OuterRef, Q, QuerySet, RowRange, Value
from django.db.models import Window as Over
from django.db.models.functions import Cast, Coalesce, Concat, ExtractHour
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from programme.zone import IST
from workflows import bulk, ledger
from workflows.audit.kinds import POST, Hit, Kind, numbers, paragraphs_of
from workflows.audit.window import Window
from workflows.flows import VERSIONS, step_title
from workflows.models import Job, JobRow, Movement, Noting, Outcome, Repair, RowStatus
from workflows.models.record import BY_REPAIR
from workflows.nodes import Act, Begin, Choose, Stay, Step
from workflows.templatetags.words import digits_day, duration, moment

# How much longer an earlier file must have waited after a later one was decided.
OVERTAKEN = timedelta(days=7)
# Files that came longer before the window are not looked at: they have hits of their own, as late ones.
LOOK_BACK = timedelta(days=366)
MORNING, NIGHT = 6, 22
SHOWN = 3


# --- ways that no version of the process has ----------------------------------------------------------------------------


@cache
def ways() -> frozenset[str]:
    """Return every way from a stay to the next that some version of a process has, as process, step, outcome and next step."""
    found = set()
    for (slug, _version), flow in VERSIONS.items():
        old = {new: earlier for earlier, new in flow.arrives.items()}
        for here, outcome, there in _ways_of(flow):
            for begins, ends in ((here, there), (old.get(here, here), there), (here, old.get(there, there))):
                found.add(f"{slug}:{begins}:{outcome}:{ends}")
    return frozenset(found)


def _ways_of(flow: Any) -> Iterator[tuple[str, str, str]]:
    nodes = flow.in_order()
    stays = [node for node in nodes if isinstance(node, Stay)]
    for node in nodes:
        if isinstance(node, Begin):
            yield from (("", "", stay.name) for stay in _stays_after(node))
    for stay in stays:
        for way in stay.ways:
            yield from ((stay.name, str(way.outcome), after.name) for target in way.targets for after in _stays_after(target))
        for back in _returners(stay, stays) if stay.goes_back else ():
            yield from ((stay.name, str(way.outcome), back.name) for way in stay.ways if way.outcome.is_forward)
        # What was opened and pulled back is corrected there.
        if isinstance(stay, Step) and stay.is_correction:
            yield "", "", stay.name


def _returners(stay: Stay, stays: list[Stay]) -> list[Stay]:
    return [node for node in stays if any(stay in way.targets for way in node.ways if way.outcome == Outcome.RETURN)]


def _stays_after(node: Any) -> Iterator[Stay]:
    """Yield the stays to which a node leads at once or through automatic acts and gateways."""
    if isinstance(node, Stay):
        yield node
    elif isinstance(node, Choose):
        yield from _stays_after(node.yes)
        yield from _stays_after(node.no)
    elif isinstance(node, Act | Begin):
        yield from _stays_after(node._next)


def out_of_order(window: Window) -> QuerySet[Movement]:
    way = [Coalesce("came_from__step", Value("")), Value(":"), Coalesce("came_from__outcome", Value("")), Value(":"), F("step")]
    rows = Movement.objects.annotate(way=Concat("case__kind", Value(":"), *way, output_field=CharField())).exclude(way__in=ways())
    return rows.select_related("case__district", "came_from__office__designation", "came_from__office__district", *POST).order_by(
        "-received"
    )


def _told_order(stays: list[Movement], window: Window) -> list[Hit]:
    before = paragraphs_of(stay.came_from for stay in stays if stay.came_from)
    hits = []
    for stay in stays:
        case, came = stay.case, stay.came_from
        here = step_title(case.kind, case.flow_version, stay.step)
        said = [(_("Came from"), _("the opening of the file"))]
        if came:
            outcome = came.get_outcome_display()
            said = [(_("Came from"), f"{step_title(case.kind, case.flow_version, came.step)} · {outcome} · {came.office.name}")]
        said.append((_("Went to"), here))
        hits.append(Hit(case, stay.office, stay.received, said, numbers(before.get(came.pk)) if came else [1], case.amount))
    return hits


# --- files decided before earlier ones ----------------------------------------------------------------------------------


def overtaking(window: Window) -> QuerySet[Movement]:
    """Return the stays decided while an earlier one of the same office and step was to wait longer by more than the threshold."""
    same = Movement.objects.filter(
        Q(disposed=None) | Q(disposed__gte=window.begins),
        case__state=window.state,
        received__gte=window.begins - LOOK_BACK,
        received__lt=window.ends,
    ).exclude(power="")
    waited = Over(
        Max(Coalesce("disposed", Value(timezone.now()))),
        partition_by=["office", "step", "case__kind"],
        order_by=["received", "pk"],
        frame=RowRange(end=-1),
    )
    jumped = same.annotate(waited=waited).filter(waited__gt=F("disposed") + OVERTAKEN)
    rows = Movement.objects.filter(pk__in=jumped.values("pk"), officer__isnull=False)
    return rows.select_related("case__district", *POST).order_by("-disposed", "-pk")


def _told_turns(stays: list[Movement], window: Window) -> list[Hit]:
    written = paragraphs_of(stays)
    hits = []
    for stay in stays:
        earlier = list(_overtaken_by(stay)[: SHOWN + 1])
        named = [_("%(number)s (since %(day)s)") % {"number": row.case.number, "day": digits_day(row.received)} for row in earlier[:SHOWN]]
        facts = [
            (_("Received"), digits_day(stay.received)),
            (_("Decided"), digits_day(stay.disposed)),
            (_("Earlier files that waited on"), ", ".join(named) + (" …" if len(earlier) > SHOWN else "")),
        ]
        hits.append(Hit(stay.case, stay.office, stay.disposed, facts, numbers(written.get(stay.pk)), stay.case.amount))
    return hits


def _overtaken_by(stay: Movement) -> QuerySet[Movement]:
    """Return the files overtaken, those that had come just before it first: so they are found without reading the whole year."""
    later = Q(disposed=None) | Q(disposed__gt=stay.disposed + OVERTAKEN)  # type: ignore[operator]
    rows = Movement.objects.filter(later, office=stay.office_id, step=stay.step, case__kind=stay.case.kind, received__lt=stay.received)
    return rows.filter(received__gte=stay.received - LOOK_BACK).select_related("case").order_by("-received", "-pk")


# --- late stays ---------------------------------------------------------------------------------------------------------


def late(window: Window) -> QuerySet[Movement]:
    rows = Movement.objects.filter(days_late__gt=0)
    return rows.select_related("case__district", "posting", *POST, "office__designation__department").order_by("-days_late", "-pk")


def _told_late(stays: list[Movement], window: Window) -> list[Hit]:
    written, kept = paragraphs_of(stays), _kept(stays)
    hits = []
    for stay in stays:
        whole, closed = kept.get(stay.pk, (timedelta(0), timedelta(0)))
        facts = [
            (_("Late by"), ngettext("%(n)s working day", "%(n)s working days", stay.days_late or 0) % {"n": stay.days_late}),
            (_("Held"), ngettext("%(n)s working day", "%(n)s working days", stay.days_held or 0) % {"n": stay.days_held}),
            (_("Due"), digits_day(stay.due)),
            (_("On the account of"), str(ledger.account_of(stay).label)),
            (_("Kept the file alone for"), duration(whole)),
            (_("of that the office was closed"), duration(closed)),
        ]
        hits.append(Hit(stay.case, stay.office, stay.disposed, facts, numbers(written.get(stay.pk)), stay.case.amount))
    return hits


def _kept(stays: list[Movement]) -> dict[int, tuple[timedelta, timedelta]]:
    """Return from the time ledger how long each stay alone kept its file, and how much of that its office was closed; one query."""
    rows = Movement.objects.filter(case__in={stay.case_id for stay in stays})
    files: dict[int, list[Movement]] = {}
    for row in rows.select_related("case", "office__designation__department", "office__district").order_by("received", "pk"):
        files.setdefault(row.case_id, []).append(row)
    now = timezone.now()
    return {pk: spent for each in files.values() for pk, spent in ledger.of_stays(each, now).stays.items()}


# --- repairs, bundles and hours -----------------------------------------------------------------------------------------


def repairs(window: Window) -> QuerySet[Noting]:
    rows = Noting.objects.filter(outcome__in=BY_REPAIR)
    return rows.select_related("case__district", "repair", *POST).order_by("-written_at")


def _told_repairs(notings: list[Noting], window: Window) -> list[Hit]:
    hits = []
    for noting in notings:
        facts = [(_("Repair"), str(noting.get_outcome_display()))]
        plan: Repair | None = getattr(noting, "repair", None)
        if plan:
            facts += [(_("Reason"), plan.reason), (_("Effects"), " ".join(plan.effects))]
            facts.append((_("Money is involved"), _("yes") if plan.money else _("no")))
            facts.append((_("Approved by a second administrator"), _("yes") if plan.approved_by_id else _("no")))
        hits.append(Hit(noting.case, noting.office, noting.written_at, facts, [noting.paragraph], noting.case.amount))
    return hits


def unread(window: Window) -> QuerySet[Movement]:
    row = JobRow.objects.filter(job__kind=bulk.KIND, status=RowStatus.DONE, case=OuterRef("case"), key=Cast(OuterRef("pk"), CharField()))
    rows = Movement.objects.filter(Exists(row), officer__isnull=False, opened_at=None)
    return rows.select_related("case__district", *POST).order_by("-disposed", "-pk")


def _told_unread(stays: list[Movement], window: Window) -> list[Hit]:
    written = paragraphs_of(stays)
    rows = JobRow.objects.filter(job__kind=bulk.KIND, key__in=[str(stay.pk) for stay in stays], case__in=[stay.case_id for stay in stays])
    jobs: dict[str, Job] = {row.key: row.job for row in rows.select_related("job")}
    hits = []
    for stay in stays:
        job = jobs[str(stay.pk)]
        facts = [
            (_("Outcome"), str(stay.get_outcome_display())),
            (_("Signed together"), ngettext("%(n)s file", "%(n)s files", job.total) % {"n": job.total}),
            (_("Signed at"), moment(job.made_at)),
            (_("Received"), moment(stay.received)),
            (_("Opened"), _("never")),
        ]
        hits.append(Hit(stay.case, stay.office, stay.disposed, facts, numbers(written.get(stay.pk)), stay.case.amount))
    return hits


def at_night(window: Window) -> QuerySet[Noting]:
    rows = Noting.objects.annotate(hour=ExtractHour("written_at", tzinfo=IST)).filter(Q(hour__lt=MORNING) | Q(hour__gte=NIGHT))
    return rows.filter(officer__isnull=False).select_related("case__district", *POST).order_by("-written_at")


def _told_night(notings: list[Noting], window: Window) -> list[Hit]:
    return [
        Hit(
            noting.case,
            noting.office,
            noting.written_at,
            [(_("Written at"), moment(noting.written_at)), (_("Outcome"), str(noting.get_outcome_display()))],
            [noting.paragraph],
            noting.case.amount,
        )
        for noting in notings
    ]


KINDS = [
    Kind(
        "out-of-order",
        gettext_lazy("Steps skipped or out of order"),
        gettext_lazy(
            "The file came to a step by a way that no version of its process has, as after a repair that moved it. A way is the step"
            " before, its outcome, and the step after."
        ),
        out_of_order,
        _told_order,
        when="received",
        rare=True,
    ),
    Kind(
        "overtaking",
        gettext_lazy("Decided before an earlier like file"),
        gettext_lazy(
            "Decided although a file of the same process had come to the same step of the same post before it and waited more than seven"
            " days longer. Files that came more than a year before are not compared."
        ),
        overtaking,
        _told_turns,
        when="disposed",
    ),
    Kind(
        "late",
        gettext_lazy("Decided beyond time"),
        gettext_lazy(
            "Ended after its due date, the latest first: at whose post, by how many working days, and how long the file lay there."
        ),
        late,
        _told_late,
        when="disposed",
    ),
    Kind(
        "repairs",
        gettext_lazy("Repaired by an administrator"),
        gettext_lazy("Reassigned, moved, cancelled, opened again or brought to a new version by a programme administrator."),
        repairs,
        _told_repairs,
        when="written_at",
    ),
    Kind(
        "unread",
        gettext_lazy("Signed in a bundle and never opened"),
        gettext_lazy("Decided together with other files by one signature, while nobody who could act had opened the file at that step."),
        unread,
        _told_unread,
        when="disposed",
    ),
    Kind(
        "at-night",
        gettext_lazy("Signed at night"),
        gettext_lazy("Paragraphs signed by a person between ten at night and six in the morning, Indian Standard Time."),
        at_night,
        _told_night,
        when="written_at",
    ),
]
