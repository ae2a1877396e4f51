"""The registers of the programme: which there are, their lists, their boards."""

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from workflows.authority import audits, offices_with
from workflows.exports.linking import link
from workflows.exports.registers import FILTERS, LISTED
from workflows.pages import filling
from workflows.pages.frame import OfficerRequest, for_officers, page_of, show
from workflows.pages.problems import SAFE, only
from workflows.registers.access import reach, readable, reads_registers
from workflows.registers.declaring import Column, Register
from workflows.registers.every import REGISTERS
from workflows.registers.filtering import asked_for, canonical
from workflows.sheets.columns import Type
from workflows.templatetags.words import digits_day, rupees

NUMBERS = frozenset({Type.RUPEES, Type.WHOLE, Type.DECIMAL})


@only(*SAFE)
@for_officers
def registers(request: OfficerRequest) -> HttpResponse:
    """Show which registers there are, each with the number of its entries."""
    if not reads_registers(request.user):
        raise Http404
    rows = [(register, readable(register, request.user).filter(removed_why="").count()) for register in REGISTERS.values()]
    return show(request, "registers.html", {"rows": rows}, tab="registers")


@only(*SAFE)
@for_officers
def register(request: OfficerRequest, key: str) -> HttpResponse:
    """Show the list of a register, narrowed by its filters; a filter that cannot be read is said at its field."""
    asked = register_named(request, key)
    form_class = FILTERS[asked.key]
    form, rows = asked_for(asked, form_class, request.user, request.GET)
    valid, page = form.is_valid(), page_of(request, rows)
    used = list(form.used()) if valid else []
    columns = asked.shown
    context = {
        "register": asked,
        "form": form,
        "opened": bool(used) or not valid,
        "chips": [(text, f"?{canonical(form_class, request.GET, **{name: ''})}") for name, text in used],
        "page": page,
        "columns": [(column.label, column.type in NUMBERS) for column in columns],
        "rows": [(entry, list(cells(columns, entry))) for entry in page],
        "get_list": link(LISTED[asked.key], page.paginator.count, query=canonical(form_class, request.GET)),
        "may_add": reach(asked, request.user) is not None,
        "in_excel": not audits(request.user) and bool(offices_with(request.user, asked.power)),
        "faults": filling.faults(form),
    }
    return show(request, "register.html", context, tab="registers", status=200 if valid else 400)


@only(*SAFE)
@for_officers
def board(request: OfficerRequest, key: str, board: str) -> HttpResponse:
    """Show one of the boards of a register."""
    asked = register_named(request, key)
    found = next((each for each in asked.boards if each.key == board), None)
    if found is None:
        raise Http404
    context = {"register": asked, "board": found, "tables": found.tables(request.user, request.GET.dict())}
    return show(request, "register_board.html", context, tab="registers")


def register_named(request: OfficerRequest, key: str) -> Register:
    """Return the register of an address; 404 for whoever holds no charge, and where there is none."""
    if key not in REGISTERS or not reads_registers(request.user):
        raise Http404
    return REGISTERS[key]


def cells(columns: list[Column], entry: Any) -> Any:
    """Yield label, text and whether it is a figure of each column of an entry, for reading."""
    for column in columns:
        yield column.label, _shown(column.value(entry), column.type), column.type in NUMBERS


def _shown(value: Any, kind: Type) -> str:
    if value is None or value == "":
        return "—"
    if kind == Type.DATE:
        return digits_day(value)
    if kind == Type.RUPEES:
        return rupees(value)
    if kind == Type.YES_NO:
        return _("yes") if value else "—"
    return str(value)


def address_of(asked: Register, pk: int) -> str:
    return reverse("entry", args=[asked.key, pk])
