"""The verbs: open a file, take a step, withdraw. Each is one transaction with its movement and its noting, or nothing."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from sequences import get_next_value

from programme.calendar import financial_year, today
from programme.checks import Check
from programme.models import Office, Officer, Posting
from workflows import authority, bars, offices, papers, snapshots
from workflows.authority import Overtaken, Refusal
from workflows.changes import changes_between, matters
from workflows.forms.decisions import SignedForm
from workflows.holding import as_seen, dispose, go_on, held, leave, locked, open_stays, send_on, stays, still_open
from workflows.models import Case, Draft, Enclosure, Movement, Outcome
from workflows.nodes import CaseFlow
from workflows.objections import taken_back
from workflows.signing import Said, Signature, note
from workflows.writing import Change, gathered, together


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
    if posting:
        authority.check_limit(posting, record.amount)
    case = _new_case(flow, record, office=office, norm=form.norm, key=key)
    activation = node.activation_class.create(node, None, None)
    activation.process = activation.task.process = case
    activation.sign(by)
    record.opened(case.number)
    _take_papers(case, draft, form)
    signature = Signature(office, posting, preparer(draft, by))
    target, changes = flow.settle(node._next, case), changes_between({}, record.facts())
    sight = snapshots.of(case, node, page=snapshots.FORM_PAGE) if posting else None
    noting = note(case, node.name, Said.of(form, sight=sight, draft=draft), signature=signature, target=target, changes=changes)
    if draft:
        draft.delete()
    go_on(case, activation, noting)
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

    Raises ``Refusal`` (power, separation of duties, an answer it waits for, a check that bars, no budget) and ``Overtaken``
    (already taken, or the file changed since the page was opened); nothing is written then.
    """
    with locked(movement.case_id) as case:
        movement = still_open(movement, case, by)
        posting = authority.check_step(by, movement)
        if movement.node.in_committee and form.sitting is None:
            raise Refusal(_("This step is taken in a sitting of the committee, by signing its minutes."))
        as_seen(case, form.cleaned_data.get("seen", ""), movement)
        bars.refuse_waiting(movement)
        with gathered():
            _take_step(case, movement, form, draft, posting)
        return case


def _take_step(case: Case, movement: Movement, form: Any, draft: Draft | None, posting: Posting) -> None:
    by: Officer = posting.officer
    before, sight = case.record.facts(), _sight_of_page(movement, form)
    checks = _write(case, movement, form, posting)
    # The decision itself may have raised the amount above what a link officer was appointed for.
    authority.check_limit(posting, case.record.amount)
    taken = _take_papers(case, draft, form)
    changes = changes_between(before, case.record.facts())
    afresh = bool(taken) or movement.afresh or matters(changes, case.record.MATERIAL)
    target, returns_to = _route(movement, form.outcome, form.return_to, afresh)
    lapsed = _lapsed(case) if afresh and movement.returns_to else []
    signature = Signature(posting.office, posting, preparer(draft, by) or form.prepared_by)
    sight = sight or snapshots.of(case, movement.node, page=snapshots.FORM_PAGE, stay=movement)
    said = Said.of(form, checks, sight, draft=draft)
    noting = note(case, movement.step, said, signature=signature, target=target, changes=changes, lapsed=lapsed)
    dispose(movement, form.outcome, posting)
    resumes = _stood_still(movement, target) if form.outcome.is_forward and not afresh else None
    leave(case, movement, by, target, returns_to, noting, resumes=resumes)


def _sight_of_page(movement: Movement, form: Any) -> dict[str, Any] | None:
    """Return what the page showed on which the decision was taken: as it was sent along, else as the file stands before it is written.

    ``None`` for a page of the record, whose signer had before him what he typed; it is taken when that is written.
    """
    if form.own_page:
        return None
    page = snapshots.MINUTES if form.sitting else snapshots.TOGETHER if form.together else snapshots.FILE_PAGE
    return form.sight or snapshots.of(movement.case, movement.node, page=page, stay=movement, checks=form.checks)


def withdraw(case: Case, *, by: Officer, form: SignedForm) -> Case:
    """Take a file back for the office that opened it; raise ``Refusal`` once it has gone too far, ``Overtaken`` when it moved."""
    with locked(case.pk) as row:
        posting = authority.check(by, row.flow_class.begin_node().power, row.office, amount=row.amount)
        as_seen(row, form.cleaned_data.get("seen", ""))
        waiting = open_stays(row)
        if not waiting or waiting[0].node.withdrawal is None:
            raise Refusal(_("This file can no longer be withdrawn."))
        target = waiting[0].node.withdrawal
        said = Said.of(form, sight=snapshots.beside(row, waiting[0], sight=form.sight))
        noting = note(row, waiting[0].step, said, signature=Signature(posting.office, posting), target=target)
        send_on(row, waiting, target, outcome=Outcome.WITHDRAW, posting=posting, noting=noting)
        return row


def end_by_clock(movement: Movement) -> Case | None:
    """End a stay whose time has come, in nobody's name, by the step's way for it; ``None`` when it was taken in the meantime."""
    with locked(movement.case_id) as case:
        stay = stays().filter(pk=movement.pk, disposed=None, wakes__lte=timezone.now()).first()
        if stay is None:
            return None
        held(stay, case)
        outcome = Outcome.SILENT if stay.node.together else Outcome.TIME_CAME
        target, _back = _route(stay, outcome, "", False)
        noting = note(case, stay.step, Said.by_the_clock(outcome), signature=Signature(stay.office), target=target)
        dispose(stay, outcome, None)
        leave(case, stay, None, target, "", noting)
        return case


def may_withdraw(officer: Officer, case: Case, stays: Iterable[Movement] | None = None) -> bool:
    """Say whether the officer's office opened the file and it still waits where withdrawal is possible.

    ``stays`` spares the query where all of the file's are read already.
    """
    power = case.flow_class.begin_node().power
    if not case.is_open or not authority.may(officer, power, case.office, amount=case.amount, afresh=False):
        return False
    return any(stay.node.withdrawal for stay in stays or case.movements.filter(disposed=None) if stay.is_open)


def record_opening(movement: Movement, *, by: Officer) -> None:
    """Record who first opened the file where it waits; the second reader changes nothing."""
    unopened = {"id": movement.pk, "opened_at": None, "disposed": None}
    together(Change(Movement, unopened, {"opened_at": timezone.now(), "opened_by_id": by.pk}))


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
        offices.check_delegation(movement, record.amount)
    if form.answers:
        office = posting.office.names()
        record.answers = record.answers | {code: {"text": text, **office} for code, text in form.answers.items()}
    if values or form.answers:
        together(Change(type(record), {"id": record.pk}, {name: getattr(record, name) for name in (*values, "answers")}))
    return checks


def _take_papers(case: Case, draft: Draft | None, form: Any) -> list[Enclosure]:
    """Move the draft's papers to the file and return them; a new paper replaces the earlier ones of its kind.

    Papers that are byte for byte those the file holds are no new papers, and are dropped.
    Raises ``Overtaken`` when they are no longer the papers the form was judged with.
    """
    received = list(draft.enclosures.order_by("pk")) if draft else []
    if draft and {paper.pk for paper in received} != {paper.pk for paper in form.papers if paper.case_id is None}:
        raise Overtaken(_("The papers of this form were changed at this moment. Look at them and sign again."))
    kinds = papers.kinds_changed(case, received)
    taken = [paper for paper in received if paper.kind in kinds]
    for paper in received:
        if paper not in taken:
            papers.discard(paper)
    for paper in taken:
        case.enclosures.filter(kind=paper.kind, replaced_by=None).exclude(pk__in=[p.pk for p in taken]).update(replaced_by=paper)
        paper.case, paper.draft = case, None
        paper.save(update_fields=["case", "draft"])
    return taken


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
    returner = case.flow_class.called(movement.returns_to) if movement.returns_to else None
    if outcome.is_forward and node.goes_back and returner and not afresh:
        earlier = movement.came_from.returns_to if movement.came_from else ""
        return returner, earlier
    return case.flow_class.settle(targets[0], case), ""


def _stood_still(movement: Movement, target: Any) -> Movement | None:
    """Return the stay that returned the file and to which it now comes back unchanged; ``None`` when it goes another way."""
    if not (movement.node.goes_back and target and movement.returns_to and target is movement.case.flow_class.called(movement.returns_to)):
        return None
    return movement.case.movements.filter(step=movement.returns_to, outcome=Outcome.RETURN).order_by("pk").last()


def _lapsed(case: Case) -> list[int]:
    """Return the paragraphs whose approval rested on what has changed; one that was pulled back is none."""
    approvals = case.notings.filter(outcome__in=[outcome for outcome in Outcome if outcome.is_approval])
    return sorted(set(approvals.values_list("paragraph", flat=True)) - taken_back(case))


def preparer(draft: Draft | None, by: Officer | None) -> Officer | None:
    """Return who prepared what ``by`` signs: whoever may not sign himself, or else another officer, who saved it last or began it."""
    wrote = (draft.prepared_by, draft.saved_by, draft.made_by) if draft else ()
    return next((officer for officer in wrote if officer and by and officer.pk != by.pk), None)
