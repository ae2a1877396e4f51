"""The signature of the minutes, and what it sets going: each file of the sitting is decided by itself, all of it or nothing."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from sequences import get_next_value

from programme.calendar import financial_year, today
from programme.models import Officer
from workflows import authority, jobs, steps
from workflows.authority import Overtaken, Refusal
from workflows.forms.sittings import amount_going_on, step_form
from workflows.jobs import Done, Work
from workflows.models import Committee, Item, ItemState, Job, JobRow, Member, Sitting, SittingState
from workflows.record.canonical import sha256_of
from workflows.sittings import minutes
from workflows.sittings.agenda import items_of, locked, members_of
from workflows.sittings.seats import may_chair

KIND = "minutes"
SERIES = {Committee.LOAN: "LOAN", Committee.USERS: "USERS"}


def obstacles(sitting: Sitting, items: list[Item], members: list[Member], *, by: Officer) -> list[str]:
    """Return, as sentences, what stands in the way of the signature; of the chair's own person only where ``by`` is the chair."""
    return list(_of_the_sitting(sitting, items, members)) + [
        _("File %(number)s: %(why)s") % {"number": item.movement.case.number, "why": why}
        for item in items
        for why in _of_a_file(sitting, item, members, by)
    ]


def _of_the_sitting(sitting: Sitting, items: list[Item], members: list[Member]) -> Iterator[str]:
    if not items:
        yield _("No file is on the agenda.")
    undecided = [item.movement.case.number for item in items if not item.is_decided]
    if undecided:
        yield _("Not decided yet: %(numbers)s. Decide or defer them.") % {"numbers": ", ".join(undecided)}
    if sitting.held_on > today():
        yield _("The day of the sitting has not come yet.")
    if not any(member.present and member.office_id == sitting.office_id for member in members):
        yield _("The chair is not marked as present.")
    present = sum(member.present for member in members)
    if present < sitting.quorum:
        yield _("There is no quorum: %(present)s present, %(quorum)s must be.") % {"present": present, "quorum": sitting.quorum}


def _of_a_file(sitting: Sitting, item: Item, members: list[Member], by: Officer) -> Iterator[str]:
    if not item.movement.is_open:
        yield _("it does not wait for the committee any more; take it off the agenda.")
        return
    if not item.is_decided or item.is_deferred:
        return
    recused = {member.pk for member in item.recused.all()}
    if any(member.pk in recused and member.office_id == sitting.office_id for member in members):
        yield _("the chair takes no part in it; defer it to a sitting with another chair.")
    judging = sum(member.present and member.pk not in recused for member in members)
    if judging < sitting.quorum:
        yield _("without those who take no part in it there is no quorum; defer it.")
    if item.typed.get("seen") != item.movement.case.head:
        yield _("it changed after it was decided here; look at it and decide it again.")
    if may_chair(by, sitting):
        yield from _of_the_chair(item, by)


def _of_the_chair(item: Item, by: Officer) -> Iterator[str]:
    """The second look: may this officer decide this file, and does the step's own form still take the decision?"""
    try:
        posting = authority.check_step(by, item.movement, afresh=False)
        authority.check_limit(posting, item.amount)
    except Refusal as refusal:
        yield str(refusal)
        return
    form = step_form(item, officer=by)
    if not form.is_valid():
        yield _faults_of(form)
    elif amount_going_on(form) != item.amount:
        yield _("the amount on the agenda is not the amount that was decided; decide it again.")


def _faults_of(form: Any) -> str:
    return " ".join(text for texts in form.errors.values() for text in texts)


@transaction.atomic
def sign(sitting: Sitting, *, by: Officer, seen: str) -> Job:
    """Freeze the minutes under a number and set the work going that moves the files; return that work.

    ``seen`` is the digest of the draft the chair has read. Raises ``Refusal`` when ``by`` is not the chair or anything stands in
    the way, ``Overtaken`` when the draft became another one or is signed already.
    """
    authority.check(by, sitting.kind, sitting.office)
    held = locked(sitting, by=by)
    items, members = list(items_of(held)), members_of(held)
    if seen != minutes.digest_of_draft(held, items, members):
        raise Overtaken(_("Something was changed in these minutes after you opened them. Read them again, then sign."))
    if found := obstacles(held, items, members, by=by):
        raise Refusal(" ".join(found))
    _freeze(held, items, members, by=by)
    held.job = jobs.start(KIND, by=by, key=f"{KIND}/{held.pk}", rows=_rows(items), args={"sitting": held.pk, "number": held.number})
    held.items.filter(outcome=ItemState.DEFERRED).update(state=ItemState.DEFERRED)
    held.state = SittingState.SIGNED
    held.save()
    _end_if_last(held)
    return held.job


def _freeze(sitting: Sitting, items: list[Item], members: list[Member], *, by: Officer) -> None:
    """Give the sitting its number, signer, text and digest; the number is free again when the transaction fails."""
    series = f"{sitting.office.designation.state.short}/{SERIES[Committee(sitting.kind)]}/MINUTES/{financial_year(sitting.held_on)}"
    sitting.number = f"{series}/{get_next_value(series):04d}"
    sitting.signed_by, sitting.signed_at = by, timezone.now()
    sitting.minutes = minutes.text_of(sitting, items, members)
    sitting.sha256 = sha256_of(sitting.minutes)


def _rows(items: list[Item]) -> list[JobRow]:
    return [
        JobRow(key=str(item.pk), name_en=case.number, name_hi=case.number, args={"item": item.pk}, case=case)
        for item in items
        if not item.is_deferred
        for case in [item.movement.case]
    ]


def move(row: JobRow) -> Done:
    """Decide one file as the minutes say, in the chair's name, and mark it; raise ``Refusal`` or ``Overtaken`` when it cannot be."""
    item = Item.objects.select_related("sitting__office", "sitting__prepared_by", "movement__case").get(pk=row.args["item"])
    if item.movement.items.filter(state=ItemState.WAITING).exclude(pk=item.pk).exists():
        raise Refusal(_("The file is on the agenda of another sitting by now."))
    chair: Officer = row.job.by  # type: ignore[assignment]  # somebody signed
    form = step_form(item, officer=chair)
    form.sitting, form.prepared_by = minutes.said_of(item), item.sitting.prepared_by
    if not form.is_valid():
        raise Refusal(_faults_of(form))
    case = steps.decide(item.movement, by=chair, form=form)
    noting = case.notings.filter(step=item.movement.step).order_by("-paragraph").first()
    Item.objects.filter(pk=item.pk).update(state=ItemState.DONE, noting=noting, sentence_en="", sentence_hi="")
    _end_if_last(item.sitting)
    return Done(case=case)


def not_moved(row: JobRow, sentences: dict[str, str]) -> None:
    """Keep beside the file why it did not move; it may be put on another agenda."""
    item = Item.objects.select_related("sitting").get(pk=row.args["item"])
    Item.objects.filter(pk=item.pk).update(state=ItemState.REFUSED, **sentences)
    _end_if_last(item.sitting)


def _end_if_last(sitting: Sitting) -> None:
    """Mark the sitting as done when no file of it waits any more. Its row is held, or two workers might leave it to each other."""
    held = Sitting.objects.select_for_update().get(pk=sitting.pk)
    if held.state == SittingState.SIGNED and not held.items.filter(state=ItemState.WAITING).exists():
        Sitting.objects.filter(pk=held.pk).update(state=SittingState.DONE)


def _title(job: Job) -> str:
    return _("Minutes %(number)s: moving the files") % {"number": job.args["number"]}


MOVING = Work(title=_title, act=move, refused=not_moved)
