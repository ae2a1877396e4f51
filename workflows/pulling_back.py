"""Pulling a file back after it was sent, until somebody opens it where it went."""

import json
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.db.models import Exists
from django.utils import timezone
from django.utils.translation import gettext as _
from viewflow.workflow.models import Task

from programme.models import Office, Officer, Posting
from programme.powers import Power
from workflows import authority, notices, snapshots
from workflows.authority import Refusal
from workflows.changes import changes_between
from workflows.forms.decisions import PullBackForm
from workflows.holding import dispose, held, leave, leave_together, locked, open_stays, stays
from workflows.models import Case, Item, ItemState, Movement, NoticeKind, Noting, Outcome
from workflows.nodes import Step
from workflows.signing import Said, Signature, note


@dataclass(frozen=True)
class Sending:
    """How the file came to where it waits: its last paragraph, the stay that ended with it (``None`` for the first sending), and
    the stays it began.
    """

    case: Case
    noting: Noting
    sent_from: Movement | None
    waiting: list[Movement]

    @property
    def office(self) -> Office:
        return self.sent_from.office if self.sent_from else self.case.office

    @property
    def step(self) -> Step | None:
        """The step the file would stand at again; ``None`` where the process has no step at which its opening is written on."""
        if self.sent_from:
            return self.sent_from.node
        power = self.case.flow_class.begin_node().power
        return next((node for node in self.case.flow_class.in_order() if _corrects(node, power)), None)


def _corrects(node: Any, power: Power) -> bool:
    return isinstance(node, Step) and node.is_correction and node.power == power


def last_sending(case: Case) -> Sending:
    """Return how the file came to where it waits now; raise ``Refusal`` when it waits nowhere."""
    waiting = open_stays(case)
    if not waiting:
        raise Refusal(_("The file is closed; it can no longer be pulled back."))
    noting = case.notings.select_related("office").order_by("-paragraph").first()
    came_from = waiting[0].came_from_id
    return Sending(case, noting, held(stays().get(pk=came_from), case) if came_from else None, waiting)


def check(officer: Officer, sending: Sending, *, afresh: bool = True) -> Posting:
    """Return the posting in which the officer may pull the file back; raise ``Refusal`` with the reason: power first."""
    sent_from, case = sending.sent_from, sending.case
    if sent_from and not sent_from.power:
        raise Refusal(_("The clock sent the file here; nobody can pull it back."))
    power = sent_from.power if sent_from else case.flow_class.begin_node().power
    posting = authority.check(officer, power, sending.office, amount=case.amount, afresh=afresh)
    follows = _check_unopened(sending)
    _check_sent_by_hand(sending, follows=follows)
    if sending.step is None:
        raise Refusal(_("This process has no step at which the opening is corrected. Withdraw the file instead."))
    return authority.check_step(officer, sent_from, afresh=False) if sent_from else posting


def _check_sent_by_hand(sending: Sending, *, follows: bool) -> None:
    """Refuse what cannot be undone by taking a file back: an act of the system, a decision of a committee, a time that came.

    ``follows`` says whether the file came straight from the step it was sent from.
    """
    outcome, sent_from = sending.noting.outcome, sending.sent_from
    if outcome in (Outcome.SILENT, Outcome.TIME_CAME):
        raise Refusal(_("The clock sent the file here; nobody can pull it back."))
    if outcome == Outcome.ISSUE:
        raise Refusal(_("An order was issued with this decision; it can no longer be pulled back."))
    if outcome == Outcome.ENTER:
        raise Refusal(_("The register was changed with this decision; it can no longer be pulled back."))
    if sent_from is None:
        if sending.noting.paragraph != 1 or sending.noting.officer_id is None:
            raise Refusal(_("Nobody of this office sent the file here; it cannot be pulled back."))
        return
    if (sending.noting.step, sending.noting.office_id) != (sent_from.step, sent_from.office_id):
        raise Refusal(_("Something was written on the file since it was sent; it can no longer be pulled back."))
    if sent_from.node.in_committee:
        raise Refusal(_("A sitting decided this; its signed minutes stand."))
    if not follows:
        raise Refusal(_("Money was booked with this decision; it can no longer be pulled back."))
    if sent_from.wakes and sent_from.wakes <= timezone.now():
        raise Refusal(_("The time given for this step is over; it can no longer be pulled back."))


def _check_unopened(sending: Sending) -> bool:
    """Refuse once anybody of those who received the file has opened it, answered, or put it on an agenda; one query.

    Return whether the file came straight from the step it was sent from.
    """
    before = Task.previous.through.objects.filter(from_task=sending.waiting[0].task_id)
    sent_from = sending.sent_from.task_id if sending.sent_from else None
    columns = {
        "on_agenda": Exists(Item.objects.filter(movement__in=sending.waiting, state=ItemState.WAITING)),
        "follows": Exists(before.filter(to_task=sent_from)),
    }
    began = Movement.objects.filter(case=sending.case, task__previous__in=before.values("to_task")).order_by("pk")
    rows: list[Any] = list(began.select_related("office__designation", "office__district").annotate(**columns))
    for stay in rows:
        if stay.opened_at or stay.disposed:
            raise Refusal(_("%(office)s has opened the file already; it can no longer be pulled back.") % {"office": stay.office.name})
    if any(stay.on_agenda for stay in rows):
        raise Refusal(_("The file stands on the agenda of a sitting; it can no longer be pulled back."))
    return any(stay.follows for stay in rows)


def may(officer: Officer, case: Case, movements: list[Movement], last: Any = None) -> Sending | None:
    """Return the sending that the officer may undo now, ``None`` when there is none; ``movements`` are all stays of the file.

    ``last`` is the row of its last paragraph, where it was read already. Whoever holds nothing at the office that sent it costs no query.
    """
    offices = {stay.pk: stay.office_id for stay in movements}
    sent_by = {offices[stay.came_from_id] if stay.came_from_id else case.office_id for stay in movements if stay.is_open}
    if not sent_by & {capacity.office.pk for capacity in authority.capacities(officer)}:
        return None
    known = {stay.pk: stay for stay in movements}
    waiting = sorted((stay for stay in movements if stay.is_open), key=attrgetter("pk"))
    written = last or case.notings.order_by("-paragraph").first()
    sending = Sending(case, written, known.get(waiting[0].came_from_id or 0), waiting)
    try:
        check(officer, sending, afresh=False)
    except Refusal:
        return None
    return sending


def pull_back(case: Case, *, by: Officer, form: PullBackForm) -> Case:
    """Take the file back to the step it was sent from; raise ``Refusal`` with the reason, ``Overtaken`` when it is opened meanwhile.

    What the record holds stays as it was written until it is decided again. Its due date stays too: pulling back gives no time.
    """
    with locked(case.pk) as row:
        sending = last_sending(row)
        posting = check(by, sending)
        went_on = _lapsed_on_the_way(sending)
        here, step = sending.waiting[0], sending.step
        said = Said.of(form, sight=snapshots.beside(row, here, sight=form.sight))
        for stay in sending.waiting:
            dispose(stay, Outcome.PULL_BACK, posting, unopened=True)
        changes = _unstamp(sending)
        signature = Signature(posting.office, posting)
        noting = note(row, here.step, said, signature=signature, target=step, at=sending.office, changes=changes)
        row.objections.filter(noting=sending.noting).update(taken_back_in=noting)
        row.objections.filter(answered_in=sending.noting).update(answered_in=None)
        leave_together(sending.waiting[1:], by)
        leave(row, here, by, step, "", noting, at=sending.office)
        _stand_as_before(sending, noting, by, afresh=went_on)
        for stay in sending.waiting:
            notices.tell(
                NoticeKind.PULLED_BACK,
                stay.office,
                lambda: _("%(office)s has pulled file %(number)s back before you opened it.") % _words(sending),
                key=f"pulled_back/{stay.pk}",
                case=row,
            )
        return row


def _words(sending: Sending) -> dict[str, Any]:
    return {"office": sending.office.name, "number": sending.case.number}


def _lapsed_on_the_way(sending: Sending) -> bool:
    """Say whether a corrected file did not go back to the returner, because something material had changed."""
    sent_from = sending.sent_from
    if not sent_from or not sent_from.returns_to:
        return False
    earlier = sent_from.came_from.returns_to if sent_from.came_from else ""
    here, returner = sending.waiting[0], sending.case.flow_class.called(sent_from.returns_to)
    return (here.node, here.returns_to) != (returner, earlier) or sent_from.afresh


def _unstamp(sending: Sending) -> dict[str, list[Any]]:
    """Forget what the signature alone wrote, and return that as a change."""
    record = sending.case.record
    stamped = record.STAMPED & set(json.loads(sending.noting.body)["changes"])
    if not stamped:
        return {}
    before = record.facts()
    for name in stamped:
        setattr(record, name, None)
    record.save(update_fields=sorted(stamped))
    return changes_between(before, record.facts())


def _stand_as_before(sending: Sending, noting: Noting, by: Officer, *, afresh: bool) -> None:
    """Let the new stay be the one that ended: whence it came, where it goes back to, when it is due, and that it was opened."""
    stood = {"opened_at": noting.written_at, "opened_by": by, "came_from": None}
    if sent_from := sending.sent_from:
        names = ("came_from_id", "returns_to", "due", "days_allowed", "counted_from", "wakes", "ladder_id")
        stood |= {name.removesuffix("_id"): getattr(sent_from, name) for name in names} | {"afresh": afresh}
    begun = Movement.objects.filter(case=sending.case, disposed=None).exclude(pk__in=[stay.pk for stay in sending.waiting])
    begun.update(**stood)
    if sent_from:
        notices.goes_on(sent_from, begun.get())
