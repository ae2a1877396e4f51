"""Calling a sitting and preparing its minutes: agenda, presence, and what is decided of each file. Nothing of it moves a file."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from programme.models import Office, Officer
from workflows.authority import Overtaken, Refusal
from workflows.forms.sittings import ItemForm
from workflows.models import Item, ItemState, Member, Movement, Sitting, SittingState
from workflows.sittings.seats import check_convener, may_chair, norm_of, offices_of


@transaction.atomic
def call(kind: str, office: Office, *, by: Officer, held_on: date, place: str, movements: Iterable[Movement] = ()) -> Sitting:
    """Call a sitting of the committee that ``office`` chairs, with the members and the quorum of the norm of that day.

    Raises ``Refusal`` when the officer may not, no norm says who sits, or a file does not wait for this committee.
    """
    check_convener(by, kind, office)
    norm = norm_of(kind, office, held_on)
    rule = norm.rules["committee"]
    sitting = Sitting.objects.create(kind=kind, office=office, norm=norm, quorum=rule["quorum"], held_on=held_on, place=place, called_by=by)
    Member.objects.bulk_create(
        Member(sitting=sitting, position=position, office=sits) for position, sits in enumerate(offices_of(norm, office), 1)
    )
    for movement in movements:
        add(sitting, movement, by=by)
    return sitting


@transaction.atomic
def add(sitting: Sitting, movement: Movement, *, by: Officer) -> Item:
    """Put a file on the agenda; raise ``Refusal`` when it does not wait for this committee or is on another open agenda."""
    held = locked(sitting, by=by)
    stay = Movement.objects.select_related("case").select_for_update(of=("self",)).get(pk=movement.pk)
    if not stay.is_open or stay.power != held.kind or stay.office_id != held.office_id or not stay.node.in_committee:
        raise Refusal(_("File %(number)s does not wait for this committee.") % {"number": stay.case.number})
    if stay.items.filter(state=ItemState.WAITING).exists():
        raise Refusal(_("File %(number)s is on an open agenda already.") % {"number": stay.case.number})
    _prepared(held, by)
    last = held.items.aggregate(last=Max("position"))["last"] or 0
    return Item.objects.create(sitting=held, movement=stay, position=last + 1)


@transaction.atomic
def remove(item: Item, *, by: Officer) -> None:
    """Take a file off the agenda; those after it move up."""
    held = locked(item.sitting, by=by)
    held.items.filter(pk=item.pk).delete()
    for position, later in enumerate(held.items.order_by("position"), 1):
        if later.position != position:
            held.items.filter(pk=later.pk).update(position=position)
    _prepared(held, by)


@transaction.atomic
def record_presence(sitting: Sitting, present: Iterable[Member], *, by: Officer, held_on: date | None = None, place: str = "") -> Sitting:
    """Write down who is present; day and place where they became others than called. Presence makes a called sitting a held one."""
    held = locked(sitting, by=by)
    there = {member.pk for member in present}
    held.members.exclude(pk__in=there).update(present=False)
    held.members.filter(pk__in=there).update(present=True)
    held.state = SittingState.HELD if there else SittingState.CALLED
    held.held_on, held.place = held_on or held.held_on, place or held.place
    held.save(update_fields=["state", "held_on", "place"])
    _prepared(held, by)
    return held


@transaction.atomic
def seat_outsider(sitting: Sitting, *, by: Officer, name: str, post: str) -> Member:
    """Seat somebody whom the chair has nominated, such as an exporter; he counts as a member who is present."""
    held = locked(sitting, by=by)
    last = held.members.aggregate(last=Max("position"))["last"] or 0
    member = Member.objects.create(sitting=held, position=last + 1, outside_name=name, outside_post=post, present=True)
    held.state = SittingState.HELD
    held.save(update_fields=["state"])
    _prepared(held, by)
    return member


@transaction.atomic
def decide_item(item: Item, *, by: Officer, form: ItemForm) -> Item:
    """Draft what the committee decides of one file, from a valid form; the file itself stays where it is."""
    held = locked(item.sitting, by=by)
    row = held.items.select_for_update().filter(pk=item.pk).first()
    if row is None:
        raise Overtaken(_("The file was taken off the agenda in the meantime."))
    row.typed, row.outcome, row.amount, row.text = form.typed, form.outcome, form.amount, form.text
    row.save(update_fields=["typed", "outcome", "amount", "text"])
    row.recused.set(form.recused)
    _prepared(held, by)
    return row


@transaction.atomic
def call_off(sitting: Sitting, *, by: Officer) -> None:
    """Drop a sitting that was not signed; its files wait for another one."""
    held = locked(sitting, by=by)
    held.delete()


def locked(sitting: Sitting, *, by: Officer) -> Sitting:
    """Hold an open sitting to the end of the transaction, for somebody who may prepare it; raise ``Overtaken`` once it is signed."""
    held = Sitting.objects.select_related("office__designation__state", "office__district", "norm").select_for_update(of=("self",))
    row = held.filter(pk=sitting.pk).first()
    if row is None:
        raise Overtaken(_("This sitting was called off in the meantime."))
    check_open(row, by=by)
    return row


def check_open(sitting: Sitting, *, by: Officer) -> None:
    """Raise ``Refusal`` for somebody who may not prepare the sitting, ``Overtaken`` once it is signed."""
    check_convener(by, sitting.kind, sitting.office)
    if not sitting.is_open:
        raise Overtaken(_("The minutes of this sitting are signed; they are never changed."))


def items_of(sitting: Sitting) -> QuerySet[Item]:
    """Return the agenda in its order, with all that the decision on a file reads."""
    items = sitting.items.select_related(
        "movement__case__norm",
        "movement__case__state",
        "movement__case__district__state",
        "movement__case__office__designation__state",
        "movement__case__office__district",
        "movement__office__designation__state",
        "movement__office__district",
    )
    return items.prefetch_related("recused__office__designation", "recused__office__district").order_by("position")


def members_of(sitting: Sitting) -> list[Member]:
    return list(sitting.members.select_related("office__designation", "office__district").order_by("position"))


def _prepared(sitting: Sitting, by: Officer) -> None:
    """Keep who of the conveners wrote last; the chair signs, and prepares nothing for himself."""
    if not may_chair(by, sitting):
        Sitting.objects.filter(pk=sitting.pk).update(prepared_by=by)
