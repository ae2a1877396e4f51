"""Bringing the files of an older version of a process to the newest one, file by file, and taking them back."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from viewflow.workflow.models import Task

from programme.models import Office, Officer, Posting, State
from workflows import holding, jobs, notices, papers
from workflows.authority import Overtaken, Refusal
from workflows.flows import FLOWS, VERSIONS
from workflows.jobs import Done, Work
from workflows.models import Case, Draft, ItemState, Job, JobRow, Movement, NoticeKind, Noting, Outcome, Repair, RepairKind
from workflows.nodes import Stay
from workflows.nodes.graph import before
from workflows.repairs import acts, planning, rights

KIND = "repair_versions"


@dataclass(frozen=True)
class Place:
    """Where one stay of a file goes on in the other version: at which of its steps, and at which office."""

    stay: Movement
    node: Stay
    office: Office


@dataclass(frozen=True)
class Trial:
    """What would become of one file: the places it goes on at, or why it cannot; and the steps before them it never passed."""

    case: Case
    places: list[Place] = field(default_factory=list)
    blocked: str = ""
    not_passed: list[Stay] = field(default_factory=list)

    @property
    def moves(self) -> str:
        """The steps the file leaves and comes to, in the reader's language."""
        pairs = dict.fromkeys((place.stay.node.title, place.node.title) for place in self.places)
        return "; ".join(_("%(old)s → %(new)s") % {"old": old, "new": new} for old, new in pairs)


# --- looking, before anything is done -------------------------------------------------------------------------------------


def outdated(states: set[int]) -> list[tuple[str, int]]:
    """Return the processes that have open files of an older version in these States, with how many."""
    counts: dict[str, int] = {}
    for slug, version in Case.objects.filter(state__in=states, ending="").values_list("kind", "flow_version"):
        if slug in FLOWS and version < FLOWS[slug].version:
            counts[slug] = counts.get(slug, 0) + 1
    return sorted(counts.items())


def dry_run(state: State, slug: str) -> list[Trial]:
    """Try every open file of an older version of a process, in the order of their numbers; nothing is written."""
    flow = FLOWS[slug]
    older = Case.objects.filter(state=state, kind=slug, ending="", flow_version__lt=flow.version)
    related = older.select_related("norm", "state", "district__state", "office__designation", "office__district")
    return [tried(case, flow) for case in related.order_by("pk")]


def tried(case: Case, flow: Any) -> Trial:
    """Try one file in another version of its process."""
    places = []
    for stay in holding.open_stays(case):
        node = flow.instance.node(_arrives(stay, flow), no_obsolete=True)
        said = {"step": stay.node.title, "version": flow.version}
        if not isinstance(node, Stay):
            return Trial(case, blocked=_("Version %(version)s has no step for “%(step)s”.") % said)
        if node.together != stay.node.together:
            return Trial(case, blocked=_("In version %(version)s “%(step)s” is taken by another number of offices.") % said)
        try:
            office = stay.office if node.power == stay.power else node.office_for(case)
        except Refusal as refusal:
            return Trial(case, blocked=str(refusal))
        places.append(Place(stay, node, office))
    return Trial(case, places, not_passed=_not_passed(case, flow, places))


def _arrives(stay: Movement, flow: Any) -> str:
    """Return the step of ``flow`` that stands for a stay: by name, by what a later version says, or from what was said on the way there."""
    if flow.version > stay.case.flow_version:
        return flow.arrives.get(stay.step, stay.step)
    came = _last_said(stay.case)
    return next((said["from"] for said in came if (said["to"], said["office"]) == (stay.step, stay.office_id)), stay.step)


def _not_passed(case: Case, flow: Any, places: list[Place]) -> list[Stay]:
    passed = {flow.arrives.get(step, step) for step in case.movements.exclude(disposed=None).values_list("step", flat=True)}
    return [node for node in before(flow, places[0].node) if node.name not in passed] if places else []


# --- planning and applying ------------------------------------------------------------------------------------------------


@transaction.atomic
def plan(state: State, slug: str, *, by: Officer, reason: str) -> Repair:
    """Plan to bring every file that can be brought; the plan keeps on which state of each file it rests.

    Raises ``Refusal`` when the officer does not administer the State, or no file can be brought.
    """
    rights.check_administrator(by, state)
    trials = dry_run(state, slug)
    moving = [trial.case for trial in trials if not trial.blocked]
    if not moving:
        raise Refusal(_("No file of this process can be brought to its new version."))
    say = partial(_effects_of_plan, FLOWS[slug], len(moving), len(trials) - len(moving))
    args = {"process": slug, "version": FLOWS[slug].version}
    return _planned(RepairKind.MIGRATE, state, moving, by=by, reason=reason, args=args, say=say)


@transaction.atomic
def plan_back(repair: Repair, *, by: Officer, reason: str) -> Repair:
    """Plan to take back the files of an applied repair on which nobody has acted since; raise ``Refusal`` when there is none."""
    rights.check_administrator(by, repair.state)
    files = untouched(repair)
    if not files:
        raise Refusal(_("Every file of this repair has been acted on since, or was taken back."))
    say = partial(_effects_of_return, len(files), len(repair.args["heads"]) - len(files))
    args = {"process": repair.args["process"], "of": repair.pk}
    return _planned(RepairKind.REVERT, repair.state, files, by=by, reason=reason, args=args, say=say)


def untouched(repair: Repair) -> list[Case]:
    """Return the files that stand exactly as this repair left them."""
    cases = Case.objects.filter(pk__in=[int(pk) for pk in repair.args["heads"]], ending="").select_related("state", "norm")
    heads = {noting.case_id: noting for noting in Noting.objects.filter(case__in=cases, outcome=Outcome.MIGRATE).order_by("paragraph")}
    return [case for case in cases if case.pk in heads and _rests_on(heads[case.pk], case, repair)]


def _rests_on(noting: Noting, case: Case, repair: Repair) -> bool:
    return noting.hash == case.head and json.loads(noting.body)["repair"]["plan"] == repair.pk


def _planned(kind: RepairKind, state: State, cases: list[Case], *, by: Officer, reason: str, args: dict[str, Any], say: Any) -> Repair:
    if not reason.strip():
        raise Refusal(_("Write the reason; it stands in the note sheet."))
    return Repair.objects.create(
        kind=kind,
        state=state,
        args=args | {"heads": {str(case.pk): case.head for case in cases}},
        reason=reason.strip(),
        money=any(rights.is_money(case) for case in cases),
        planned_by=by,
        **acts.both(say),
    )


@transaction.atomic
def apply(repair: Repair, *, by: Officer) -> Job:
    """Set the work going that brings each file of the plan, in the name of ``by``; a file that moved since is left and says so."""
    row = planning.locked(repair)
    planning.check_second(row, by)
    rights.check_administrator(by, row.state)
    heads = row.args["heads"]
    cases = Case.objects.filter(pk__in=[int(pk) for pk in heads]).order_by("pk")
    rows = [JobRow(key=str(c.pk), name_en=c.number, name_hi=c.number, args={"head": heads[str(c.pk)]}, case=c) for c in cases]
    args = {"repair": row.pk, "kind": row.kind, "process": row.args["process"]}
    job = jobs.start(KIND, by=by, key=f"{KIND}/{row.pk}", rows=rows, args=args, state=row.state)
    planning.close(row, by, job=job)
    return job


def _effects_of_plan(flow: Any, moving: int, blocked: int) -> list[str]:
    said = {"process": flow.process_title, "version": flow.version, "count": moving}
    words = ngettext(
        "%(count)s file of “%(process)s” goes on in version %(version)s at the office where it waits; its time limit runs on.",
        "%(count)s files of “%(process)s” go on in version %(version)s at the offices where they wait; their time limits run on.",
        moving,
    )
    return [words % said, *_of_left(blocked)]


def _effects_of_return(going: int, left: int) -> list[str]:
    words = ngettext("%(count)s file goes back to its old version.", "%(count)s files go back to their old version.", going)
    return [words % {"count": going}, *_of_left(left)]


def _of_left(count: int) -> Iterator[str]:
    if count:
        words = ngettext("%(count)s file stays as it is.", "%(count)s files stay as they are.", count)
        yield words % {"count": count}


# --- doing it, file by file -----------------------------------------------------------------------------------------------


def _do_row(row: JobRow) -> Done:
    """Bring one file; raise ``Overtaken`` when it moved since the plan, ``Refusal`` when it cannot be brought or ``by`` acted on it."""
    repair = Repair.objects.select_related("planned_by", "state").get(pk=row.job.args["repair"])
    with holding.locked(row.case_id) as case:  # type: ignore[arg-type]  # every row has its file
        if case.head != row.args["head"]:
            raise Overtaken(_("The file has moved since this was planned."))
        back = repair.kind == RepairKind.REVERT
        flow = VERSIONS[case.kind, _version_before(case)] if back else FLOWS[case.kind]
        trial = tried(case, flow)
        if trial.blocked:
            raise Refusal(trial.blocked)
        posting = rights.check_file(row.job.by, case, [])  # type: ignore[arg-type]  # an administrator asked for it
        _bring(case, flow, trial.places, repair, posting)
    return Done(case=case)


def _bring(case: Case, flow: Any, places: list[Place], repair: Repair, posting: Posting) -> Noting:
    """Let every stay begin again in the other version, and let the engine's own rows name its nodes."""
    before, step = case.flow_version, places[0].stay.step
    case.flow_class, case.flow_version = flow, flow.version
    said = [{"from": place.stay.step, "to": place.node.name, "office": place.office.pk} for place in places]
    noting = acts.write(
        case,
        repair,
        posting,
        Outcome.MIGRATE,
        step=step,
        to=places[0].node.name,
        office=places[0].office if len(places) == 1 else None,
        migrated={"from": before, "to": flow.version, "stays": said},
    )
    for place in places:
        _go_on(place, posting)
    _rename_tasks(case, flow, flow.arrives | {one["from"]: one["to"] for one in said})
    fields = ["flow_class", "flow_version", "paragraphs", "head"]
    case.save(update_fields=fields)
    for office in {place.office.pk: place.office for place in places}.values():
        key = f"repair/{case.pk}/{noting.paragraph}/{office.pk}"
        notices.tell(NoticeKind.REPAIRED, office, partial(planning.words, case, noting), key=key, case=case)
    return noting


def _go_on(place: Place, posting: Posting) -> None:
    """Begin the stay again with its questions; where the office stays the same, its clock, its agenda and what was typed there stay too."""
    old = place.stay
    begun = holding.stay_again(old, place.node, place.office, outcome=Outcome.MIGRATE, posting=posting)
    old.questions.filter(closed_in=None).update(movement=begun)
    if place.office.pk != old.office_id:
        if hasattr(old, "draft"):
            papers.throw_away(old.draft)
        return
    if old.due:
        begun.due, begun.days_allowed, begun.counted_from = old.due, old.days_allowed, old.counted_from
    begun.wakes = (old.wakes or begun.wakes) if begun.wakes else None
    begun.ladder, begun.opened_at, begun.opened_by = old.ladder, old.opened_at, old.opened_by
    begun.save(update_fields=["due", "days_allowed", "counted_from", "wakes", "ladder", "opened_at", "opened_by"])
    notices.goes_on(old, begun)
    if place.node.in_committee:
        old.items.filter(state=ItemState.WAITING).update(movement=begun)
    Draft.objects.filter(movement=old).update(movement=begun)


def _rename_tasks(case: Case, flow: Any, names: dict[str, str]) -> None:
    """Point the file's tasks to the nodes of its new version; a step that has none there keeps the name it had."""
    there: dict[Any, list[int]] = {}
    for task in Task.objects.filter(process=case).select_related("movement"):
        name = task.movement.step if hasattr(task, "movement") else getattr(task.flow_task, "name", "")
        node = flow.instance.node(names.get(name, name), no_obsolete=True)
        if node is not None and node is not task.flow_task:
            there.setdefault(node, []).append(task.pk)
    for node, tasks in there.items():
        Task.objects.filter(pk__in=tasks).update(flow_task=node)


def _last_said(case: Case) -> list[dict[str, Any]]:
    return _last_migration(case)["stays"]


def _version_before(case: Case) -> int:
    return _last_migration(case)["from"]


def _last_migration(case: Case) -> dict[str, Any]:
    """Return what the file's last paragraph says of the version it came from; raise ``Overtaken`` when it says nothing of it."""
    last = case.notings.order_by("-paragraph")[0]
    if last.outcome != Outcome.MIGRATE:
        raise Overtaken(_("The file has moved since this was planned."))
    return json.loads(last.body)["migrated"]


def _title(job: Job) -> str:
    process = FLOWS[job.args["process"]].process_title if job.args["process"] in FLOWS else job.args["process"]
    if job.args["kind"] == RepairKind.REVERT:
        return _("%(process)s: files taken back to their old version") % {"process": process}
    return _("%(process)s: files brought to the new version") % {"process": process}


BRINGING = Work(title=_title, act=_do_row)
