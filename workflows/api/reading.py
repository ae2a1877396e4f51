"""Files, their movements, notings and orders."""

from functools import partial
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.exceptions import NotFound

from programme.calendar import ONE_DAY, day_begins
from workflows.api.answering import ForPrograms
from workflows.api.asking import ROW, FileForm, MovementForm, OrderForm, parameters, understood
from workflows.api.paging import ByCursor, InOrder
from workflows.api.shapes import FileShape, MovementShape, NotingShape, OrderShape, WholeFileShape
from workflows.filters import homes_of, narrowed, words_in
from workflows.models import Case, Movement, Noting, Order
from workflows.pages.listing import waiting_stays
from workflows.sight import visible_to
from workflows.tokens import Resource

FILE = OpenApiParameter("id", dict(ROW), OpenApiParameter.PATH, description=_("Number (id) of the file"))


class Files(ForPrograms, generics.ListAPIView):
    """The list of files: the same rows as on its page."""

    resource, serializer_class, pagination_class = Resource.FILES, FileShape, ByCursor

    @extend_schema(
        operation_id="files",
        summary=_("The files the reader may read, with the filters of the page"),
        parameters=parameters(FileForm.base_fields),
    )
    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Case]:
        query, officer = self.request.GET, self.request.user
        asked = understood(query, partial(FileForm, officer=officer)).cleaned_data
        rows = visible_to(officer).select_related("district").prefetch_related(waiting_stays())
        home = next(iter(homes_of(officer)), None)
        rows = narrowed(rows, asked, words=words_in(query), state=asked["state"], home=home, now=timezone.now())
        return rows.order_by("-pk")


class File(ForPrograms, generics.RetrieveAPIView):
    """One file."""

    resource, serializer_class = Resource.FILES, WholeFileShape

    @extend_schema(operation_id="file", summary=_("One file"), parameters=[FILE])
    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Case]:
        understood(self.request.GET, paged=False)
        related = ("district", "norm", "office__designation", "office__district")
        return visible_to(self.request.user).select_related(*related).prefetch_related(waiting_stays())


class Notings(ForPrograms, generics.ListAPIView):
    """The note sheet of one file."""

    resource, serializer_class, pagination_class = Resource.NOTINGS, NotingShape, InOrder

    @extend_schema(operation_id="notings", summary=_("The signed paragraphs of a file, the first one first"), parameters=[FILE])
    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Noting]:
        understood(self.request.GET)
        case = visible_to(self.request.user).filter(pk=self.kwargs["pk"]).first()
        if case is None:
            raise NotFound
        return Noting.objects.filter(case=case).select_related("leaf")


class Movements(ForPrograms, generics.ListAPIView):
    """Stays of files at offices."""

    resource, serializer_class, pagination_class = Resource.MOVEMENTS, MovementShape, ByCursor

    @extend_schema(
        operation_id="movements",
        summary=_("The stays of files at offices: open ones are what is pending, closed ones the movement register"),
        parameters=parameters(MovementForm.base_fields),
    )
    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Movement]:
        asked = understood(self.request.GET, partial(MovementForm, officer=self.request.user)).cleaned_data
        rows = Movement.objects.filter(case__in=visible_to(self.request.user).values("pk"))
        conditions = {
            "case": asked["file"],
            "office": asked["office"],
            "case__kind": asked["process"],
            "received__gte": asked["received_from"] and day_begins(asked["received_from"]),
            "received__lt": asked["received_to"] and day_begins(asked["received_to"] + ONE_DAY),
        }
        standing = {"open": Q(disposed=None), "closed": Q(disposed__isnull=False)}.get(asked["standing"], Q())
        rows = rows.filter(standing, **{name: value for name, value in conditions.items() if value})
        return rows.select_related("case", "officer", "office__designation", "office__district")


class Orders(ForPrograms, generics.ListAPIView):
    """Papers issued on files."""

    resource, serializer_class, pagination_class = Resource.ORDERS, OrderShape, ByCursor

    @extend_schema(operation_id="orders", summary=_("Papers issued on files"), parameters=parameters(OrderForm.base_fields))
    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Order]:
        asked = understood(self.request.GET, partial(OrderForm, officer=self.request.user)).cleaned_data
        rows = Order.objects.filter(case__in=visible_to(self.request.user).values("pk"))
        conditions = {
            "case": asked["file"],
            "kind": asked["kind"],
            "issued_on__gte": asked["issued_from"],
            "issued_on__lte": asked["issued_to"],
        }
        rows = rows.filter(**{name: value for name, value in conditions.items() if value})
        return rows.select_related("case", "noting")
