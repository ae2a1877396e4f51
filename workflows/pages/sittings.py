"""Sittings of the district's committees: called, prepared and decided on one screen; the minutes are signed on a page of their own."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from programme.calendar import today
from workflows.exports import desks
from workflows.exports.files import AGENDA
from workflows.exports.linking import link
from workflows.forms.sittings import AttendanceForm, CallForm, ItemForm
from workflows.models import Item, Member, Movement, Sitting
from workflows.pages import filling, kept
from workflows.pages.filling import Fault
from workflows.pages.frame import OfficerRequest, for_officers, page_of, row_number, show
from workflows.pages.problems import SAFE, only
from workflows.sight import visible_to as files_visible_to
from workflows.sittings import agenda, minutes, seats, signing
from workflows.sittings.seats import Seat, seats_of


@only(*SAFE)
@for_officers
def sittings(request: OfficerRequest) -> HttpResponse:
    """List the sittings the officer may read, the newest first, and what waits for each of his committees."""
    try:
        page = page_of(request, desks.sittings(request.user))
    except Sitting.DoesNotExist:
        raise Http404 from None
    waiting = [(seat, seats.waiting(seat.kind, seat.office).count()) for seat in seats_of(request.user)]
    context = {"page": page, "seats": waiting, "get_list": link(desks.SITTINGS, page.paginator.count)}
    return show(request, "sittings.html", context, tab="sittings")


@only(*SAFE, "POST")
@for_officers
def new(request: OfficerRequest) -> HttpResponse:
    """Call a sitting: which committee, when and where, with which of the waiting files."""
    mine = seats_of(request.user)
    if not mine:
        raise Http404
    asked = request.POST.get("committee") or request.GET.get("committee", "")
    seat = next((seat for seat in mine if seat.key == asked), None)
    if seat is None:
        return show(request, "sitting_seats.html", {"seats": mine}, tab="sittings")
    waiting = list(seats.waiting(seat.kind, seat.office))
    last = Sitting.objects.filter(kind=seat.kind, office=seat.office).order_by("-held_on", "-pk").first()
    usual = {"held_on": today(), "place": last.place if last else ""}
    sent = request.POST if request.method == "POST" else kept.brought_back(request, request.path)
    form = CallForm(sent, waiting=waiting, initial=usual)
    if request.method == "POST" and form.is_valid():
        return redirect("sitting", pk=_call(request, seat, form, waiting).pk)
    context = {"seat": seat, "form": form, "faults": filling.faults(form)}
    return show(request, "sitting_call.html", context, tab="sittings", status=422 if request.method == "POST" else 200)


def _call(request: OfficerRequest, seat: Seat, form: CallForm, waiting: list[Movement]) -> Sitting:
    data = form.cleaned_data
    chosen = [movement for movement in waiting if str(movement.pk) in data["files"]]
    return agenda.call(seat.kind, seat.office, by=request.user, held_on=data["held_on"], place=data["place"], movements=chosen)


@dataclass(frozen=True)
class Block:
    """One file on the screen of a sitting: what is known of it, and the form of its decision."""

    item: Item
    form: ItemForm
    fields: list[Any]
    faults: list[Fault]

    @property
    def recused(self) -> bool:
        return bool(self.form.form["recused"].value())

    @property
    def undecided(self) -> bool:
        return not self.form.deferred and not self.form.form["outcome"].value()


@only(*SAFE, "POST")
@for_officers
def sitting(request: OfficerRequest, pk: int) -> HttpResponse:
    """Show agenda, presence and decisions on one screen, or what became of the files once the minutes are signed."""
    row = _readable(request, pk)
    members, items = agenda.members_of(row), list(agenda.items_of(row))
    if request.method == "POST":
        agenda.check_open(row, by=request.user)
    elif not row.is_open or not seats.may_prepare(request.user, row):
        return _result(request, row, items, members)
    sent = request.POST if request.method == "POST" else kept.brought_back(request, request.path)
    waiting = list(seats.waiting(row.kind, row.office))
    attendance = AttendanceForm(sent, members=members, waiting=waiting, initial={"held_on": row.held_on, "place": row.place})
    forms = [ItemForm(item, officer=request.user, members=members, data=sent) for item in items]
    if request.method == "POST" and all([attendance.is_valid(), *[form.is_valid() for form in forms]]):
        _save(request, row, attendance, forms, members, waiting)
        return redirect("sitting", pk=pk)
    blocks = [_block(form) for form in forms]
    context = _standing(request, row, items, members) | {
        "attendance": attendance,
        "blocks": blocks,
        "faults": filling.faults(attendance) + [fault for block in blocks for fault in block.faults],
    }
    return show(request, "sitting.html", context, tab="sittings", status=422 if request.method == "POST" else 200)


def _block(form: ItemForm) -> Block:
    apart = {"outcome", "recused"}
    fields = [field for field in filling.plain_fields(form.form) if field.name not in apart]
    found = [Fault(fault.place, f"{form.item.position}. {fault.text}") for fault in filling.faults(form.form)]
    return Block(form.item, form, fields, found)


@transaction.atomic
def _save(
    request: OfficerRequest, row: Sitting, attendance: AttendanceForm, forms: list[ItemForm], members: list[Member], waiting: list[Movement]
) -> None:
    """Keep all that was typed, in one transaction; then take off the agenda what was to be taken off."""
    by, data = request.user, attendance.cleaned_data
    present = [member for member in members if str(member.pk) in data["present"]]
    agenda.record_presence(row, present, by=by, held_on=data["held_on"], place=data["place"])
    if data["outside_name"]:
        agenda.seat_outsider(row, by=by, name=data["outside_name"], post=data["outside_post"])
    for form in forms:
        agenda.decide_item(form.item, by=by, form=form)
        if request.POST.get("remove") == str(form.item.pk):
            agenda.remove(form.item, by=by)
    for movement in waiting:
        if str(movement.pk) in data.get("files", ()):
            agenda.add(row, movement, by=by)
    messages.success(request, _("Saved. Nothing moves before the minutes are signed."))


def _standing(request: OfficerRequest, row: Sitting, items: list[Item], members: list[Member]) -> dict[str, Any]:
    """Return what every view of a sitting says of it: its sum, and what stands in the way of the signature."""
    going = minutes.going_on(items)
    return {
        "sitting": row,
        "items": items,
        "members": members,
        "get_list": link(AGENDA, len(items), sitting=row.pk),
        "files": len(going),
        "amount": minutes.total(items),
        "undecided": sum(not item.is_decided for item in items),
        "obstacles": signing.obstacles(row, items, members, by=request.user) if row.is_open else [],
        "may_sign": row.is_open and seats.may_chair(request.user, row),
        "may_prepare": row.is_open and seats.may_prepare(request.user, row),
    }


def _result(request: OfficerRequest, row: Sitting, items: list[Item], members: list[Member]) -> HttpResponse:
    """Show the agenda for reading, and after the signature what became of each file."""
    mine = row.signed_by_id == request.user.pk
    context = _standing(request, row, items, members) | {
        "work": row.job if mine else None,
        "moved": minutes.total([item for item in items if item.noting_id]),
        "readable": set(files_visible_to(request.user).filter(movements__items__sitting=row).values_list("pk", flat=True)),
    }
    return show(request, "sitting_result.html", context, tab="sittings")


@only("POST")
@for_officers
def put_on_agenda(request: OfficerRequest, pk: int) -> HttpResponse:
    """Put a file on the agenda from the file's own page."""
    row = _readable(request, pk)
    agenda.check_open(row, by=request.user)
    movement = Movement.objects.filter(pk=row_number(request.POST.get("movement", ""))).first()
    if movement is None:
        raise Http404
    agenda.add(row, movement, by=request.user)
    messages.success(request, _("The file is on the agenda."))
    return redirect("sitting", pk=pk)


@only("POST")
@for_officers
def call_off(request: OfficerRequest, pk: int) -> HttpResponse:
    """Drop a sitting that was not signed; its files wait for another one."""
    agenda.call_off(_readable(request, pk), by=request.user)
    messages.success(request, _("The sitting is called off. Its files wait for another one."))
    return redirect("sittings")


@only(*SAFE)
@for_officers
def minutes_page(request: OfficerRequest, pk: int) -> HttpResponse:
    """Show the minutes as a page to print: the draft as it stands, or the document that was signed. The chair signs here."""
    row = _readable(request, pk)
    members, items = agenda.members_of(row), list(agenda.items_of(row))
    told = minutes.read(minutes.facts(row, items, members)) if row.is_open else minutes.read_signed(row)
    context = _standing(request, row, items, members) | {
        "told": told,
        "holds": row.is_open or minutes.holds(row),
        "seen": minutes.digest_of_draft(row, items, members) if row.is_open else "",
    }
    return show(request, "minutes.html", context, tab="sittings")


@only(*SAFE, "POST")
@for_officers
def sign(request: OfficerRequest, pk: int) -> HttpResponse:
    """Sign the minutes that were read, and lead to the work that moves the files."""
    row = _readable(request, pk)
    if request.method != "POST":
        return redirect("minutes", pk=pk)
    job = signing.sign(row, by=request.user, seen=request.POST.get("seen", ""))
    messages.success(request, _("The minutes are signed. Each file now goes its way."))
    return redirect("job", pk=job.pk)


def _readable(request: OfficerRequest, pk: int) -> Sitting:
    """Return a sitting the officer may read; for everybody else it does not exist (404)."""
    rows = seats.visible_to(request.user).select_related(
        "office__designation__state", "office__district", "norm", "called_by", "prepared_by", "signed_by", "job"
    )
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row
