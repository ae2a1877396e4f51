"""The registers of the programme for programs: the same entries and filters as on their pages, and the history of each."""

from functools import partial
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.exceptions import NotFound

from workflows.api.answering import ForPrograms
from workflows.api.asking import ROW, parameters, understood
from workflows.api.paging import ByCursor, InOrder
from workflows.api.shapes import LineShape
from workflows.exports.registers import FILTERS
from workflows.models import RegisterLine
from workflows.record.entries import lines_of
from workflows.registers.access import readable
from workflows.registers.declaring import Register
from workflows.registers.every import REGISTERS
from workflows.registers.filtering import states_of
from workflows.tokens import Resource

ENTRY = OpenApiParameter("entry", dict(ROW), OpenApiParameter.PATH, description=_("Number (id) of the entry"))


def _shape(register: Register) -> type[serializers.ModelSerializer]:
    """Return how an entry is told: every column by its name, rows of other tables by their numbers."""
    named: dict[str, Any] = {}
    for field in register.model._meta.concrete_fields:
        if field.choices:
            named[field.name] = serializers.CharField()
        elif isinstance(field, models.JSONField):
            named[field.name] = serializers.ListField(child=serializers.DictField())
    kept_back = register.model.PERSONAL | register.model.UNSAID
    fields = (*register.model._meta.concrete_fields, *register.model._meta.many_to_many)
    names = [field.name for field in fields if field.name not in kept_back]
    told = type("Meta", (), {"model": register.model, "fields": names})
    said = str(register.model.__doc__).partition("\n")[0]
    return type(f"{register.model.__name__}Shape", (serializers.ModelSerializer,), {"Meta": told, "__doc__": said, **named})


class Entries(ForPrograms, generics.ListAPIView):
    """The entries of one register."""

    resource, pagination_class = Resource.REGISTERS, ByCursor
    register: Register

    def get_queryset(self) -> QuerySet[Any]:
        officer = self.request.user
        asked = understood(self.request.GET, partial(FILTERS[self.register.key], states=states_of(officer)))
        return asked.narrow(readable(self.register, officer)).order_by("-pk")


class History(ForPrograms, generics.ListAPIView):
    """The history of one entry."""

    resource, pagination_class, serializer_class = Resource.REGISTERS, InOrder, LineShape
    register: Register

    def get_queryset(self) -> QuerySet[RegisterLine]:
        understood(self.request.GET)
        entry = readable(self.register, self.request.user).filter(pk=self.kwargs["entry"]).first()
        if entry is None:
            raise NotFound
        return lines_of(entry).select_related("leaf")


def _list(register: Register) -> Any:
    @extend_schema(operation_id=register.key, summary=register.title, parameters=parameters(FILTERS[register.key].base_fields))
    def get(self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        return generics.ListAPIView.get(self, request, *args, **kwargs)

    shape = _shape(register)
    own = {"register": register, "serializer_class": shape, "get": get, "__doc__": shape.__doc__}
    return type(f"{register.key.title()}Entries", (Entries,), own)


def _history(register: Register) -> Any:
    @extend_schema(operation_id=f"{register.key}_history", summary=_("The history of an entry, the first line first"), parameters=[ENTRY])
    def get(self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        return generics.ListAPIView.get(self, request, *args, **kwargs)

    return type(f"{register.key.title()}History", (History,), {"register": register, "get": get, "__doc__": History.__doc__})


LISTS: dict[str, Any] = {key: _list(register) for key, register in REGISTERS.items()}
HISTORIES: dict[str, Any] = {key: _history(register) for key, register in REGISTERS.items()}
