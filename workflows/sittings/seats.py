"""Who calls, prepares, chairs and reads the sittings of a committee."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Value
from django.utils.translation import gettext as _

from programme.asking import Asked, Given, one_of
from programme.models import Norm, Office, Officer, Posting
from programme.powers import Power
from workflows.authority import Refusal, capacities, may
from workflows.flows import FLOWS
from workflows.models import Case, Committee, ItemState, Movement, Sitting
from workflows.nodes import Step


@dataclass(frozen=True)
class Seat:
    """One committee of one district, known by the office of its chair."""

    kind: Committee
    office: Office

    @property
    def key(self) -> str:
        return f"{self.kind.value}:{self.office.pk}"

    @property
    def name(self) -> str:
        return f"{self.kind.label}, {self.office.district.name}" if self.office.district else str(self.kind.label)


def seats_of(officer: Officer) -> list[Seat]:
    """Return the committees that the officer may prepare or chair today."""
    held = capacities(officer)
    offices = Office.objects.filter(district__in={c.office.district_id for c in held if c.office.district_id})
    offices = offices.select_related("designation__state", "district").order_by("district__name_en", "pk")
    return [Seat(kind, office) for office in offices for kind in Committee if _chairs(office, kind) and _may_prepare(officer, kind, office)]


def _chairs(office: Office, kind: str) -> bool:
    return str(kind) in office.designation.powers


def _may_prepare(officer: Officer, kind: str, office: Office, *, afresh: bool = False) -> bool:
    try:
        check_convener(officer, kind, office, afresh=afresh)
    except Refusal:
        return False
    return True


def check_convener(officer: Officer, kind: str, office: Office, *, afresh: bool = True) -> Posting:
    """Return the posting in which the officer may prepare sittings of the committee; raise ``Refusal`` when there is none."""
    for held in capacities(officer, afresh=afresh):
        convenes = held.office.district_id == office.district_id and Power.CONVENE_COMMITTEE in held.powers
        if convenes or (held.office.pk == office.pk and kind in held.powers):
            return held.posting_of(officer)
    raise Refusal(_("Only the office that convenes the committee, or its chair, may prepare a sitting."))


def may_prepare(officer: Officer, sitting: Sitting) -> bool:
    return _may_prepare(officer, sitting.kind, sitting.office)


def may_chair(officer: Officer, sitting: Sitting) -> bool:
    return may(officer, sitting.kind, sitting.office, afresh=False)


def visible_to(officer: Officer) -> QuerySet[Sitting]:
    """Return the sittings the officer may read: of committees he convenes or chairs, and of the State whose every file he reads."""
    mine = _of_committees(officer)
    states = {c.office.state_id for c in capacities(officer) if Power.SEE_STATE in c.powers}
    return Sitting.objects.filter(mine | Q(office__designation__state__in=states) | _examined(officer))


def _examined(officer: Officer) -> Q:
    """Return the condition for sittings of the districts and processes to which an auditor is limited."""
    found = Q(pk__in=[])
    for held in capacities(officer):
        if held.scope and Power.AUDIT in held.powers:
            of_files = Q(items__movement__case__kind__in=held.scope.processes) if held.scope.processes else Q()
            place = held.scope.covers(district="office__district")
            within = Sitting.objects.filter(of_files, place, office__designation__state=held.office.state_id)
            found |= Q(pk__in=within.values("pk"))
    return found


def waiting(kind: str, office: Office) -> QuerySet[Movement]:
    """Return the files that wait for the committee and are on no open agenda, the first due first."""
    stays = Movement.objects.filter(power=kind, office=office, disposed=None).exclude(items__state=ItemState.WAITING)
    return stays.select_related("case__norm", "case__district", "case__state", "office__designation").order_by("due", "pk")


def sits_anywhere(officer: Officer) -> bool:
    """Say whether the officer convenes or chairs a committee."""
    powers = {Power.CONVENE_COMMITTEE.value, *Committee.values}
    return any(powers & set(capacity.powers) for capacity in capacities(officer))


def count_waiting(officer: Officer) -> int:
    """Count the files that wait for the officer's committees and are on no open agenda; one query."""
    row = _COUNTED.first(**_places_of(officer))
    return row.count_of if row else 0


def _waiting_for(districts: Any, chaired: dict[str, Any]) -> QuerySet:
    mine = one_of("office__district", districts)
    for kind, offices in chaired.items():
        mine |= Q(one_of("office", offices), power=kind)
    stays = Movement.objects.filter(mine, power__in=Committee.values, disposed=None).exclude(items__state=ItemState.WAITING)
    return stays.annotate(all=Value(1)).values("all").annotate(count_of=Count("pk")).values_list("count_of", named=True)


_COUNTED = Asked(lambda: _waiting_for(Given("districts"), {kind: Given(kind) for kind in Committee.values}))


def _places_of(officer: Officer) -> dict[str, list[int]]:
    """Return the districts whose committees the officer convenes, and the offices at which he chairs one of each kind."""
    held = capacities(officer)
    districts = {c.office.district_id for c in held if Power.CONVENE_COMMITTEE in c.powers and c.office.district_id}
    chaired = {kind: sorted({c.office.pk for c in held if kind in c.powers}) for kind in Committee.values}
    return {"districts": sorted(districts), **chaired}


def _of_committees(officer: Officer) -> Q:
    places = _places_of(officer)
    mine = Q(office__district__in=places.pop("districts"))
    for kind, offices in places.items():
        mine |= Q(office__in=offices, kind=kind)
    return mine


@dataclass(frozen=True)
class Seating:
    """Where a file stands that waits for a committee: on the agenda of a sitting, or of none; and what the reader may do about it."""

    movement: Movement
    sitting: Sitting | None
    may_read: bool
    may_prepare: bool
    open_sittings: list[Sitting]

    @property
    def committee(self) -> Seat:
        return Seat(Committee(self.movement.power), self.movement.office)


def seating(officer: Officer, movement: Movement) -> Seating:
    """Return where a file that waits for a committee stands."""
    item = movement.items.filter(state=ItemState.WAITING).select_related("sitting").first()
    sitting = item.sitting if item else None
    prepares = _may_prepare(officer, movement.power, movement.office)
    still_open = Sitting.objects.filter(kind=movement.power, office=movement.office, state__in=["called", "held"]).order_by("held_on")
    return Seating(
        movement,
        sitting,
        may_read=bool(sitting and visible_to(officer).filter(pk=sitting.pk).exists()),
        may_prepare=prepares,
        open_sittings=list(still_open) if prepares and not sitting else [],
    )


def of_file(officer: Officer, case: Case) -> list[Sitting]:
    """Return the signed sittings that decided a file, as far as the officer may read them; none for a process without committee."""
    if not any(isinstance(node, Step) and node.in_committee for node in case.flow_class.in_order()):
        return []
    return list(visible_to(officer).filter(items__noting__case=case).order_by("signed_at"))


def norm_of(kind: str, office: Office, on: date) -> Norm:
    """Return the norm in force that says who sits and how many must; raise ``Refusal`` when none does."""
    for flow in FLOWS.values():
        if any(isinstance(node, Step) and node.in_committee and node.power == kind for node in flow.in_order()):
            try:
                norm = Norm.in_force(flow.scheme, office.designation.state, on)
            except Norm.DoesNotExist:
                continue
            if "committee" in norm.rules:
                return norm
    raise Refusal(_("No norm says who sits in this committee and how many must be present. Ask the programme administrator."))


def offices_of(norm: Norm, chair: Office) -> list[Office]:
    """Return the offices that sit by the norm, in its order, the chair first."""
    codes = norm.rules["committee"]["members"]
    offices = Office.objects.filter(designation__state=chair.state_id, designation__code__in=codes, district=chair.district_id)
    found: Iterable[Office] = offices.select_related("designation__state", "district").exclude(pk=chair.pk)
    return [chair, *sorted(found, key=lambda office: codes.index(office.designation.code))]
