"""Registers: what is known of the States in which the reader holds a charge. Each one is a line here."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics

from programme.models import Department, Designation, District, Holiday, Norm, NormStatus, Office, Product
from workflows.api.answering import ForPrograms
from workflows.api.asking import understood
from workflows.api.paging import InOrder
from workflows.api.shapes import (
    DepartmentShape,
    DesignationShape,
    DistrictShape,
    HolidayShape,
    NormShape,
    PostShape,
    ProductShape,
)
from workflows.authority import capacities
from workflows.tokens import Resource


def _norms(states: set[int]) -> QuerySet[Any]:
    here = Q(state__in=states) | Q(state=None)
    return Norm.objects.filter(here).exclude(status=NormStatus.DRAFT) if states else Norm.objects.none()


# Name in the address: what it is, its shape, its rows in these States.
REGISTERS: dict[str, tuple[Any, type[Any], Callable[[set[int]], QuerySet[Any]]]] = {
    "districts": (_("Districts"), DistrictShape, lambda states: District.objects.filter(state__in=states)),
    "departments": (_("Departments"), DepartmentShape, lambda states: Department.objects.filter(state__in=states)),
    "designations": (
        _("Designations, with the powers they hold"),
        DesignationShape,
        lambda states: Designation.objects.filter(state__in=states),
    ),
    "offices": (
        _("Offices"),
        PostShape,
        lambda states: Office.objects.filter(designation__state__in=states).select_related("designation", "district"),
    ),
    "products": (_("Identified products"), ProductShape, lambda states: Product.objects.filter(district__state__in=states)),
    "holidays": (_("Holidays in force"), HolidayShape, lambda states: Holiday.objects.filter(state__in=states, withdrawn_at=None)),
    "norms": (_("Published versions of the rules"), NormShape, _norms),
}


class Register(ForPrograms, generics.ListAPIView):
    """One register; the classes of all are made from the lines above."""

    resource, pagination_class = Resource.REGISTERS, InOrder
    rows: Callable[[set[int]], QuerySet[Any]]

    def get_queryset(self) -> QuerySet[Any]:
        understood(self.request.GET)
        return type(self).rows({held.office.state_id for held in capacities(self.request.user)})


def _view(name: str) -> Any:
    title, shape, rows = REGISTERS[name]

    @extend_schema(operation_id=name, summary=title)
    def get(self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        return generics.ListAPIView.get(self, request, *args, **kwargs)

    return type(name.title(), (Register,), {"serializer_class": shape, "rows": staticmethod(rows), "get": get, "__doc__": shape.__doc__})


VIEWS: dict[str, Any] = {name: _view(name) for name in REGISTERS}
