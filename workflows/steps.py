"""The verbs: open a file, take a step, withdraw. Each is one transaction with its movement and its noting, or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import OperationalError, transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from sequences import get_next_value

from programme.calendar import financial_year, today
from programme.models import Office, Officer, Posting
from workflows import authority, notices
from workflows.authority import Refusal
from workflows.forms.decisions import SignedForm
from workflows.letters.issuing import issue_with
from workflows.models import Case, Draft, Enclosure, Movement, Noting, Objection, Outcome
from workflows.nodes import Act, CaseFlow, Ending, Step
from workflows.record import chain


class Overtaken(Exception):
    """Somebody was faster, or the page is old; the message says who did what."""


@contextmanager
def locked(case_id: int) -> Iterator[Case]:
    """Hold the file's row to the end of the transaction; raise ``Overtaken`` when another act holds it too long."""
    with transaction.atomic():
        try:
            related = Case.objects.select_related("norm", "state", "district__state", "office__designation", "office__district")
            case = related.select_for_update(of=("self",)).get(pk=case_id)
        except OperationalError:
            raise Overtaken(_("Another officer is acting on this file at this moment. Look again.")) from None
        yield case


@transaction.atomic
def open_case(flow: type[CaseFlow], *, by: Officer, office: Office, form: Any, key: UUID, draft: Draft | None = None) -> Case:
    """Open a file from a valid form and send it on. The same key twice opens one file and returns it.

    Raises ``Refusal`` when the officer may not open it at that office.
    """
    node = flow.begin_node()
    posting = authority.check(by, node.power, office)
    if draft:
        Draft.objects.select_for_update().filter(pk=draft.pk).first()
    opened = Case.objects.filter(key=key).first()
    if opened:
        return opened
    record = form.save()
    case = _new_case(flow, record, office=office, norm=form.norm, key=key)
    activation = node.activation_class.create(node, None, None)
    activation.process = activation.task.process = case
    activation.sign(by)
    _take_papers(case, draft, form)
    noting = _note(
        case,
        node.name,
        form,
        target=flow.settle(node._next, case),
        posting=posting,
        changes=_changes({}, record.facts()),
        prepared_by=_preparer(draft, by),
    )
    if draft:
        draft.delete()
    _go_on(case, activation, noting)
    return case


def _new_case(flow: type[CaseFlow], record: Any, *, office: Office, norm: Any, key: UUID) -> Case:
    state, year = office.designation.state, financial_year(today())
    series = f"{state.short}/{flow.prefix}/{year}"
    return Case(
        flow_class=flow,
        number=f"{series}/{get_next_value(series):04d}",
        key=key,
        kind=flow.slug,
        record_id=record.pk,
        subject=record.subject,
        state=state,
        district=office.district,
        office=office,
        amount=record.amount,
        flow_version=flow.version,
        norm=norm,
    )


def decide(movement: Movement, *, by: Officer, form: Any, draft: Draft | None = None) -> Case:
    """Take the step the file waits at, with a valid form of that step.

    Raises ``Refusal`` (power, separation of duties, no budget) and ``Overtaken`` (already taken, or the file changed
    since the page was opened); nothing is written then.
    """
    with locked(movement.case_id) as case:
        movement = _still_open(movement.pk, case)
        posting = authority.check_step(by, movement)
        _as_seen(case, form)
        before = case.record.facts()
        case.record = _write_record(case, form)
        papers = _take_papers(case, draft, form)
        changes = _changes(before, case.record.facts())
        afresh = bool(papers or case.record.MATERIAL & set(changes))
        target, returns_to = _route(movement, form.outcome, form.return_to, afresh)
        lapsed = _lapsed(case) if afresh and movement.returns_to else []
        noting = _note(
            case, movement.step, form, target=target, posting=posting, changes=changes, lapsed=lapsed, prepared_by=_preparer(draft, by)
        )
        _dispose(movement, form.outcome, posting)
        _leave(case, movement, by, target, returns_to, noting)
        if draft:
            draft.delete()
        return case


def withdraw(case: Case, *, by: Officer, form: SignedForm) -> Case:
    """Take a file back for the office that opened it; raise ``Refusal`` once it has gone too far, ``Overtaken`` when it moved."""
    with locked(case.pk) as held:
        posting = authority.check(by, held.flow_class.begin_node().power, held.office)
        _as_seen(held, form)
        movement = _stays().filter(case=held, disposed=None).first()
        if movement is None or movement.node.withdrawal is None:
            raise Refusal(_("This file can no longer be withdrawn."))
        movement.case = movement.task.process = held
        target = movement.node.withdrawal
        noting = _note(held, movement.step, form, target=target, posting=posting)
        _dispose(movement, Outcome.WITHDRAW, posting)
        _leave(held, movement, by, target, "", noting)
        return held


def may_withdraw(officer: Officer, case: Case) -> bool:
    """Say whether the officer's office opened the file and it still waits where withdrawal is possible."""
    if not case.is_open or not authority.may(officer, case.flow_class.begin_node().power, case.office, afresh=False):
        return False
    return any(movement.node.withdrawal for movement in case.movements.filter(disposed=None))


def record_opening(movement: Movement, *, by: Officer) -> None:
    """Record who first opened the file where it waits; the second reader changes nothing."""
    Movement.objects.filter(pk=movement.pk, opened_at=None, disposed=None).update(opened_at=timezone.now(), opened_by=by)


def _stays() -> QuerySet[Movement]:
    return Movement.objects.select_related("task", "came_from", "officer", "office__designation", "office__district")


def _still_open(movement_pk: int, case: Case) -> Movement:
    movement = _stays().get(pk=movement_pk)
    if not movement.is_open:
        raise Overtaken(
            _("This step is already taken: %(outcome)s by %(officer)s on %(moment)s.")
            % {
                "outcome": movement.get_outcome_display(),
                "officer": movement.officer.name if movement.officer else "",
                "moment": date_format(timezone.localtime(movement.disposed), "DATETIME_FORMAT"),
            }
        )
    movement.case = movement.task.process = case
    return movement


def _as_seen(case: Case, form: Any) -> None:
    if form.cleaned_data.get("seen") != case.head:
        last = case.notings.select_related("officer").order_by("-paragraph").first()
        raise Overtaken(
            _("The file changed after you opened this page: paragraph %(paragraph)s, %(outcome)s, on %(moment)s. Read it and decide again.")
            % {
                "paragraph": last.paragraph,
                "outcome": last.get_outcome_display(),
                "moment": date_format(timezone.localtime(last.written_at), "DATETIME_FORMAT"),
            }
        )


def _write_record(case: Case, form: Any) -> Any:
    if form.own_page:
        return form.save()
    values = form.values()
    for name, value in values.items():
        setattr(case.record, name, value)
    if values:
        case.record.save(update_fields=list(values))
    return case.record


def _take_papers(case: Case, draft: Draft | None, form: Any) -> list[Enclosure]:
    """Move the draft's papers to the file; a new paper replaces the earlier ones of its kind.

    Raises ``Overtaken`` when they are no longer the papers the form was judged with.
    """
    papers = list(draft.enclosures.order_by("pk")) if draft else []
    if draft and {paper.pk for paper in papers} != {paper.pk for paper in form.papers if paper.case_id is None}:
        raise Overtaken(_("The papers of this form were changed at this moment. Look at them and sign again."))
    for paper in papers:
        case.enclosures.filter(kind=paper.kind, replaced_by=None).exclude(pk__in=[p.pk for p in papers]).update(replaced_by=paper)
        paper.case, paper.draft = case, None
        paper.save(update_fields=["case", "draft"])
    return papers


def _changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    """Return what became different, old and new; what a new record leaves empty is no change."""
    empty: tuple[Any, ...] = (None, "", False, [])
    return {name: [before.get(name), new] for name, new in after.items() if before.get(name) != new and (before or new not in empty)}


def _route(movement: Movement, outcome: Outcome, return_to: str, afresh: bool) -> tuple[Any, str]:
    """Return the next node, and the step to which a returned file shall go back from there."""
    node, case = movement.node, movement.case
    targets = node.way(outcome).targets
    if outcome == Outcome.RETURN:
        return next((t for t in targets if t.name == return_to), targets[-1]), movement.step
    if outcome.is_forward and node.goes_back and movement.returns_to and not afresh:
        earlier = movement.came_from.returns_to if movement.came_from else ""
        return case.flow_class.instance.node(movement.returns_to), earlier
    return case.flow_class.settle(targets[0], case), ""


def _lapsed(case: Case) -> list[int]:
    """Return the paragraphs whose approval rested on what has changed."""
    approvals = case.notings.filter(outcome__in=[Outcome.RECOMMEND, Outcome.CONCUR])
    return list(approvals.order_by("paragraph").values_list("paragraph", flat=True))


def _preparer(draft: Draft | None, by: Officer) -> Officer | None:
    return next((o for o in (draft.made_by, draft.saved_by) if o.pk != by.pk), None) if draft else None


def _note(
    case: Case,
    step: str,
    form: Any,
    *,
    target: Any,
    posting: Posting,
    changes: dict[str, list[Any]] | None = None,
    lapsed: list[int] | None = None,
    prepared_by: Officer | None = None,
) -> Noting:
    """Sign the paragraph that says what was decided, on what, and where the file goes."""
    record, changes = case.record, changes or {}
    _settle_ending(case, target)
    case.amount = record.amount
    told = _told(case, form, changes) | {"lapsed": lapsed or [], "to": {"step": target.name, "office": _office_of(target, case)}}
    issued = issue_with(form.outcome, case, target)
    noting = chain.append(
        case,
        step=step,
        outcome=form.outcome,
        officer=posting.officer,
        prepared_by=prepared_by,
        office=posting.office,
        posting=posting,
        private=_personal(record, changes),
        facts=told | issued.facts if issued else told,
    )
    if issued:
        issued.keep(noting)
    Objection.objects.bulk_create(Objection(case=case, noting=noting, to=to, text=text) for to, text in form.objections)
    if form.own_page and case.paragraphs > 1:
        case.objections.filter(answered_in=None).update(answered_in=noting)
    return noting


def _told(case: Case, form: Any, changes: dict[str, list[Any]]) -> dict[str, Any]:
    """Return what the paragraph says: words, changes, amounts, papers, objections, and the checks the officer saw."""
    record, papers = case.record, case.enclosures.filter(replaced_by=None).order_by("pk")
    return {
        "text": form.text_of_note,
        "changes": {name: change for name, change in changes.items() if name not in record.PERSONAL},
        "changed_personal": sorted(record.PERSONAL & set(changes)),
        "amounts": {name: value for name, value in record.facts().items() if name.startswith("amount_") and value},
        "papers": [{"kind": paper.kind, "sha256": paper.sha256, "size": paper.size} for paper in papers],
        "objections": [{"to": to, "text": text} for to, text in form.objections],
        "checks": [] if form.own_page else _checks(case),
    }


def _personal(record: Any, changes: dict[str, list[Any]]) -> dict[str, Any] | None:
    """Return the facts about persons when one of them changed; the chain keeps their salted digest."""
    facts = record.facts()
    return {name: facts[name] for name in sorted(record.PERSONAL)} if record.PERSONAL & set(changes) else None


def _checks(case: Case) -> list[list[str]]:
    with translation.override("en"):
        return [[check.level, check.text] for check in case.flow_class.checks(case)]


def _settle_ending(case: Case, target: Any) -> None:
    """Mark file and record as ended before the paragraph pins their state, also when an automatic act stands between."""
    while isinstance(target, Act):
        target = target._next
    if isinstance(target, Ending):
        case.ending, case.record.dropped = target.name, not target.good
        case.record.save(update_fields=["dropped"])


def _office_of(target: Any, case: Case) -> dict[str, Any] | None:
    if not isinstance(target, Step):
        return None
    office = target.office_for(case)
    with translation.override("en"):
        return {"id": office.pk, "name": office.name}


def _dispose(movement: Movement, outcome: Outcome, posting: Posting) -> None:
    closed = Movement.objects.filter(pk=movement.pk, disposed=None).update(
        disposed=timezone.now(), officer=posting.officer, posting=posting, outcome=outcome
    )
    if closed != 1:
        raise Overtaken(_("This step was taken by another officer at this moment."))


def _leave(case: Case, movement: Movement, by: Officer, target: Any, returns_to: str, noting: Noting) -> None:
    activation = movement.task.flow_task.activation_class(movement.task)
    activation.process = case
    activation.sign(by, target, returns_to)
    _go_on(case, activation, noting)


def _go_on(case: Case, activation: Any, noting: Noting) -> None:
    """Let the engine make what comes next, save the file once, and tell those who wait for word."""
    activation.activate_next()
    fields = ["amount", "ending", "paragraphs", "head"]
    case.save(update_fields=[*fields, "status", "finished"] if case.ending else fields)
    if noting.outcome == Outcome.RETURN:
        waiting = Movement.objects.select_related("office").filter(case=case, disposed=None).first()
        if waiting:
            notices.tell_of(Outcome.RETURN, case, waiting.office, paragraph=noting.paragraph)
