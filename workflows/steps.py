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
from programme.checks import Check
from programme.models import Office, Officer, Posting
from workflows import authority, bars, notices
from workflows.authority import Overtaken, Refusal
from workflows.forms.decisions import SignedForm
from workflows.models import Case, Draft, Enclosure, Movement, Noting, Outcome
from workflows.nodes import CaseFlow
from workflows.signing import Said, Signature, changes_between, note


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
def open_case(flow: type[CaseFlow], *, by: Officer | None, office: Office, form: Any, key: UUID, draft: Draft | None = None) -> Case:
    """Open a file from a valid form and send it on. The same key twice opens one file and returns it.

    ``by`` is ``None`` when the system opens it. Raises ``Refusal`` when the officer may not open it at that office.
    """
    node = flow.begin_node()
    posting = authority.check(by, node.power, office) if by else None
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
    record.opened(case.number)
    _take_papers(case, draft, form)
    signature = Signature(office, posting, _preparer(draft, by))
    target, changes = flow.settle(node._next, case), changes_between({}, record.facts())
    noting = note(case, node.name, Said.of(form), signature=signature, target=target, changes=changes)
    if draft:
        draft.delete()
    _go_on(case, activation, noting)
    return case


def _new_case(flow: type[CaseFlow], record: Any, *, office: Office, norm: Any, key: UUID) -> Case:
    state, year = office.designation.state, financial_year(today())
    series = f"{state.short}/{flow.prefix}/{year}"
    case = Case(
        flow_class=flow,
        number=f"{series}/{get_next_value(series):04d}",
        key=key,
        kind=flow.slug,
        record_id=record.pk,
        subject=record.subject,
        state=state,
        district=record.district,
        office=office,
        amount=record.amount,
        flow_version=flow.version,
        norm=norm,
    )
    case.record = record
    return case


def decide(movement: Movement, *, by: Officer, form: Any, draft: Draft | None = None) -> Case:
    """Take the step the file waits at, with a valid form of that step.

    Raises ``Refusal`` (power, separation of duties, a check that bars, no budget) and ``Overtaken`` (already taken, or the
    file changed since the page was opened); nothing is written then.
    """
    with locked(movement.case_id) as case:
        movement = _still_open(movement.pk, case)
        posting = authority.check_step(by, movement)
        if movement.node.in_committee and form.sitting is None:
            raise Refusal(_("This step is taken in a sitting of the committee, by signing its minutes."))
        _as_seen(case, form, movement)
        before = case.record.facts()
        checks = _write(case, movement, form, posting)
        papers = _take_papers(case, draft, form)
        changes = changes_between(before, case.record.facts())
        afresh = bool(papers or case.record.MATERIAL & set(changes))
        target, returns_to = _route(movement, form.outcome, form.return_to, afresh)
        lapsed = _lapsed(case) if afresh and movement.returns_to else []
        signature = Signature(posting.office, posting, _preparer(draft, by) or form.prepared_by)
        noting = note(case, movement.step, Said.of(form, checks), signature=signature, target=target, changes=changes, lapsed=lapsed)
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
        stays = [_held(stay, held) for stay in _stays().filter(case=held, disposed=None)]
        if not stays or stays[0].node.withdrawal is None:
            raise Refusal(_("This file can no longer be withdrawn."))
        target = stays[0].node.withdrawal
        noting = note(held, stays[0].step, Said.of(form), signature=Signature(posting.office, posting), target=target)
        for stay in stays:
            _dispose(stay, Outcome.WITHDRAW, posting)
        for stay in stays[1:]:
            _activation_of(stay).sign(by, None, "")
        _leave(held, stays[0], by, target, "", noting)
        return held


def end_by_clock(movement: Movement) -> Case | None:
    """End a stay whose time has come, in nobody's name, by the step's way for it; ``None`` when it was taken in the meantime."""
    with locked(movement.case_id) as case:
        stay = _stays().filter(pk=movement.pk, disposed=None, wakes__lte=timezone.now()).first()
        if stay is None:
            return None
        _held(stay, case)
        outcome = Outcome.SILENT if stay.node.together else Outcome.TIME_CAME
        target, _back = _route(stay, outcome, "", False)
        noting = note(case, stay.step, Said.by_the_clock(outcome), signature=Signature(stay.office), target=target)
        _dispose(stay, outcome, None)
        _leave(case, stay, None, target, "", noting)
        return case


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
    return _held(movement, case)


def _held(movement: Movement, case: Case) -> Movement:
    movement.case = movement.task.process = case
    return movement


def _as_seen(case: Case, form: Any, movement: Movement | None = None) -> None:
    seen = form.cleaned_data.get("seen")
    if seen == case.head or (movement and movement.node.together and _only_others_spoke(case, seen, movement.step)):
        return
    last = case.notings.select_related("officer").order_by("-paragraph").first()
    raise Overtaken(
        _("The file changed after you opened this page: paragraph %(paragraph)s, %(outcome)s, on %(moment)s. Read it and decide again.")
        % {
            "paragraph": last.paragraph,
            "outcome": last.get_outcome_display(),
            "moment": date_format(timezone.localtime(last.written_at), "DATETIME_FORMAT"),
        }
    )


def _only_others_spoke(case: Case, seen: str, step: str) -> bool:
    """Say whether nothing but the same step's other offices wrote since; their opinions are given side by side."""
    read = case.notings.filter(hash=seen).first()
    return read is not None and not case.notings.filter(paragraph__gt=read.paragraph).exclude(step=step).exists()


def _write(case: Case, movement: Movement, form: Any, posting: Posting) -> list[Check]:
    """Write what the form says into the record, answers included, and return the machine's checks it was judged with.

    Raises ``Refusal`` when a check bars the outcome, or the amount is above the delegation.
    """
    if form.own_page:
        case.record, case.norm = form.save(), form.norm
        return []
    record, values = case.record, form.values()
    for name, value in values.items():
        setattr(record, name, value)
    with translation.override("en"):
        checks = case.flow_class.checks(case)
    bars.refuse_barred(checks, movement, form.outcome, form.answers, by=posting.officer)
    if form.outcome == Outcome.SANCTION:
        authority.check_delegation(movement, record.amount)
    if form.answers:
        office = posting.office.names()
        record.answers = record.answers | {code: {"text": text, **office} for code, text in form.answers.items()}
    if values or form.answers:
        record.save(update_fields=[*values, "answers"])
    return checks


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


def _route(movement: Movement, outcome: Outcome, return_to: str, afresh: bool) -> tuple[Any, str]:
    """Return the next node, and the step to which a returned file shall go back from there.

    The node is ``None`` while others of a step taken together have not answered.
    """
    node, case = movement.node, movement.case
    targets = node.way(outcome).targets
    if node.together and case.movements.filter(step=movement.step, disposed=None).exclude(pk=movement.pk).exists():
        return None, ""
    if outcome == Outcome.RETURN:
        return next((t for t in targets if t.name == return_to), targets[-1]), movement.step
    if outcome.is_forward and node.goes_back and movement.returns_to and not afresh:
        earlier = movement.came_from.returns_to if movement.came_from else ""
        return case.flow_class.instance.node(movement.returns_to), earlier
    return case.flow_class.settle(targets[0], case), ""


def _lapsed(case: Case) -> list[int]:
    """Return the paragraphs whose approval rested on what has changed."""
    approvals = case.notings.filter(outcome__in=[outcome for outcome in Outcome if outcome.is_approval])
    return list(approvals.order_by("paragraph").values_list("paragraph", flat=True))


def _preparer(draft: Draft | None, by: Officer | None) -> Officer | None:
    return next((o for o in (draft.made_by, draft.saved_by) if by and o.pk != by.pk), None) if draft else None


def _dispose(movement: Movement, outcome: Outcome, posting: Posting | None) -> None:
    closed = Movement.objects.filter(pk=movement.pk, disposed=None).update(
        disposed=timezone.now(), officer=posting.officer if posting else None, posting=posting, outcome=outcome
    )
    if closed != 1:
        raise Overtaken(_("This step was taken by another officer at this moment."))


def _activation_of(movement: Movement) -> Any:
    activation = movement.task.flow_task.activation_class(movement.task)
    activation.process = movement.case
    return activation


def _leave(case: Case, movement: Movement, by: Officer | None, target: Any, returns_to: str, noting: Noting) -> None:
    activation = _activation_of(movement)
    activation.sign(by, target, returns_to)
    _go_on(case, activation, noting)


def _go_on(case: Case, activation: Any, noting: Noting) -> None:
    """Let the engine make what comes next, save the file once, and tell those who wait for word."""
    activation.activate_next()
    fields = ["amount", "ending", "paragraphs", "head", "norm"]
    case.save(update_fields=[*fields, "status", "finished"] if case.ending else fields)
    if noting.outcome == Outcome.RETURN:
        waiting = Movement.objects.select_related("office").filter(case=case, disposed=None).first()
        if waiting:
            notices.tell_of(Outcome.RETURN, case, waiting.office, paragraph=noting.paragraph)
