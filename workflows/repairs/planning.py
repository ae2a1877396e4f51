"""Plan, approve, apply, drop: a repair is read with all its effects before it is done, and done as it was read or not at all."""

from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from programme.models import Office, Officer, Posting
from workflows import holding, notices
from workflows.authority import Overtaken, Refusal
from workflows.models import Case, NoticeKind, Noting, Question, Repair, RepairKind
from workflows.repairs import cancelling, moving, reassigning, reopening, rights
from workflows.repairs.acts import Prepared, both

ACTS = {
    RepairKind.REASSIGN: reassigning,
    RepairKind.MOVE: moving,
    RepairKind.CANCEL: cancelling,
    RepairKind.REOPEN: reopening,
}


def plan(case: Case, kind: RepairKind, *, by: Officer, reason: str, args: dict[str, Any] | None = None) -> Repair:
    """Write down what is to be done with a file, and every effect; nothing of it happens yet.

    Raises ``Refusal`` when the officer may not repair the file, the repair cannot be, or another plan for the file waits. A plan
    that the file has left behind is dropped for the new one.
    """
    if not reason.strip():
        raise Refusal(_("Write the reason; it stands in the note sheet."))
    with holding.locked(case.pk) as held:
        prepared = _prepared(held, kind, args or {})
        rights.check_file(by, held, prepared.comes_to)
        _make_room(held, by)
        return Repair.objects.create(
            kind=kind,
            state=held.state,
            case=held,
            args=args or {},
            reason=reason.strip(),
            head=held.head,
            money=prepared.money,
            planned_by=by,
            **both(lambda: _prepared(held, kind, args or {}).effects),
        )


def apply(repair: Repair, *, by: Officer) -> Noting:
    """Do what was planned and return its paragraph; where money is involved, ``by`` is another administrator than the planner.

    Raises ``Refusal`` when the officer may not, ``Overtaken`` when the file moved or the effects are no longer those planned.
    """
    with holding.locked(repair.case_id) as held:  # type: ignore[arg-type]  # a plan about a process is applied elsewhere
        row = locked(repair)
        if why := why_void(row, held):
            raise Overtaken(why)
        prepared = _prepared(held, RepairKind(row.kind), row.args)
        posting = check_signer(row, by, prepared.comes_to, held)
        if both(lambda: _prepared(held, RepairKind(row.kind), row.args).effects) != {name: getattr(row, name) for name in EFFECTS}:
            raise Overtaken(_("What this repair would do is no longer what was planned. Drop the plan and plan again."))
        noting = prepared.do(row, posting)
        held.save(update_fields=["amount", "ending", "paragraphs", "head", "status", "finished"])
        close(row, by, noting=noting)
        _tell(held, row, noting, [*prepared.leaves, *prepared.comes_to, held.office, *_asked_for_nothing(noting)])
    return noting


EFFECTS = ("effects_en", "effects_hi")


def check_signer(repair: Repair, by: Officer, offices: list[Office], case: Case) -> Posting:
    """Return the posting that signs the repair of a file; raise ``Refusal`` when another administrator has to."""
    check_second(repair, by)
    return rights.check_file(by, case, offices)


def check_second(repair: Repair, by: Officer) -> None:
    """Raise ``Refusal`` when the officer planned a repair that a second administrator has to approve."""
    if repair.money and repair.planned_by_id == by.pk:
        raise Refusal(_("Money is involved, and you planned this repair. Another administrator of the State approves it."))


def why_void(repair: Repair, case: Case) -> str:
    """Return why a plan no longer holds: the file has moved since; empty while it holds."""
    if repair.head == case.head:
        return ""
    last = case.notings.order_by("-paragraph")[0]
    return _("The file has moved since this was planned: paragraph %(paragraph)s, %(outcome)s, on %(moment)s. Plan again.") % {
        "paragraph": last.paragraph,
        "outcome": last.get_outcome_display(),
        "moment": date_format(timezone.localtime(last.written_at), "DATETIME_FORMAT"),
    }


@transaction.atomic
def drop(repair: Repair, *, by: Officer) -> Repair:
    """Drop a plan that was not applied, and return it; raise ``Refusal`` for anybody but an administrator of the State."""
    rights.check_administrator(by, repair.state)
    row = locked(repair)
    row.cancelled_by, row.cancelled_at = by, timezone.now()
    row.save(update_fields=["cancelled_by", "cancelled_at"])
    return row


def _prepared(case: Case, kind: RepairKind, args: dict[str, Any]) -> Prepared:
    return ACTS[kind].prepare(case, args)


def locked(repair: Repair) -> Repair:
    """Hold an open plan to the end of the transaction; raise ``Overtaken`` when it was applied or dropped in the meantime."""
    row = Repair.objects.select_related("planned_by", "state").select_for_update(of=("self",)).get(pk=repair.pk)
    if row.applied_at:
        raise Overtaken(_("This repair was applied already."))
    if row.cancelled_at:
        raise Overtaken(_("This plan was dropped."))
    return row


def _make_room(case: Case, by: Officer) -> None:
    """Drop a plan that the file has left behind; raise ``Refusal`` while another one holds."""
    waiting = case.repairs.select_related("planned_by").filter(applied_at=None, cancelled_at=None).first()
    if waiting is None:
        return
    if not why_void(waiting, case):
        said = {"officer": waiting.planned_by.name}
        raise Refusal(_("A repair of this file is planned already, by %(officer)s. Apply it or drop it first.") % said)
    drop(waiting, by=by)


def close(repair: Repair, by: Officer, **done: Any) -> None:
    """Mark a plan as applied by ``by``, who approves it where he is not its planner."""
    approved = by if by.pk != repair.planned_by_id else None
    Repair.objects.filter(pk=repair.pk).update(applied_at=timezone.now(), approved_by=approved, **done)


def _asked_for_nothing(noting: Noting) -> list[Office]:
    """Return the offices whose answers are no longer waited for since this paragraph."""
    closed = Question.objects.filter(closed_in=noting).select_related("office__designation", "office__district")
    return [question.office for question in closed]


def _tell(case: Case, repair: Repair, noting: Noting, offices: list[Office]) -> None:
    for office in {office.pk: office for office in offices}.values():
        key = f"repair/{case.pk}/{noting.paragraph}/{office.pk}"
        notices.tell(NoticeKind.REPAIRED, office, partial(words, case, noting), key=key, case=case)


def words(case: Case, noting: Noting) -> str:
    """Say in a sentence what an office is told of a repair."""
    said = {"number": case.number, "outcome": noting.get_outcome_display(), "paragraph": noting.paragraph}
    return _("File %(number)s: %(outcome)s. Paragraph %(paragraph)s says why.") % said
