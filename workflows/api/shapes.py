"""How rows are told to programs. Rupees are text with two decimals, times ISO 8601 with their offset; numbers of persons are never told."""

import json
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from programme.bilingual import reads_hindi
from programme.models import Department, Designation, District, Holiday, Norm, Office, Product
from workflows.flows import step_title
from workflows.letters.letter import address_of
from workflows.models import Case, Movement, Noting, Order, Outcome, RegisterLine

RUPEES = {"max_digits": 16, "decimal_places": 2}


class NamedShape(serializers.Serializer):
    """A row known by its name in both languages."""

    id = serializers.IntegerField(source="pk")
    name_en = serializers.CharField()
    name_hi = serializers.CharField(allow_blank=True)


class OfficeShape(serializers.Serializer):
    """A post, in both languages as people say it."""

    id = serializers.IntegerField(source="pk")
    name_en = serializers.SerializerMethodField()
    name_hi = serializers.SerializerMethodField()

    def get_name_en(self, office: Office) -> str:
        return office.names()["name_en"]

    def get_name_hi(self, office: Office) -> str:
        return office.names()["name_hi"]


class WaitingShape(serializers.Serializer):
    """Where a file waits now."""

    movement = serializers.IntegerField(source="pk")
    step = serializers.CharField()
    office = OfficeShape()
    received = serializers.DateTimeField()
    due = serializers.DateTimeField(allow_null=True)


class FileShape(serializers.Serializer):
    """A file, as the list of files shows it."""

    id = serializers.IntegerField(source="pk")
    number = serializers.CharField()
    subject = serializers.CharField()
    process = serializers.CharField(source="kind")
    process_title = serializers.CharField(source="flow_class.process_title")
    state = serializers.IntegerField(source="state_id")
    district = NamedShape(allow_null=True)
    amount = serializers.DecimalField(allow_null=True, **RUPEES)
    opened_at = serializers.DateTimeField(source="created")
    ending = serializers.CharField(allow_blank=True)
    ending_title = serializers.CharField(allow_blank=True)
    waiting = WaitingShape(many=True)
    page = serializers.SerializerMethodField()

    def get_page(self, case: Case) -> str:
        return reverse("file", args=[case.pk])


class WholeFileShape(FileShape):
    """A file by itself: also under which rules it runs, and the head of its record."""

    opened_by = OfficeShape(source="office")
    process_version = serializers.IntegerField(source="flow_version")
    scheme = serializers.CharField(source="norm.scheme")
    norm_version = serializers.CharField(source="norm.version")
    paragraphs = serializers.IntegerField()
    head = serializers.CharField()


class MovementShape(serializers.Serializer):
    """One stay of a file at an office; an open one has no end and no outcome."""

    id = serializers.IntegerField(source="pk")
    file = serializers.IntegerField(source="case_id")
    file_number = serializers.CharField(source="case.number")
    step = serializers.CharField()
    step_title = serializers.SerializerMethodField()
    office = OfficeShape()
    received = serializers.DateTimeField()
    due = serializers.DateTimeField(allow_null=True)
    opened_at = serializers.DateTimeField(allow_null=True)
    disposed = serializers.DateTimeField(allow_null=True)
    officer = NamedShape(allow_null=True)
    outcome = serializers.CharField(allow_blank=True)
    outcome_title = serializers.CharField(source="get_outcome_display", allow_blank=True)
    days_held = serializers.IntegerField(allow_null=True)
    days_late = serializers.IntegerField(allow_null=True)

    def get_step_title(self, stay: Movement) -> str:
        return step_title(stay.case.kind, stay.case.flow_version, stay.step)


class NotingShape(serializers.Serializer):
    """One signed paragraph. ``body`` is the text exactly as it was hashed; names and text are told from it, not from today's tables."""

    paragraph = serializers.IntegerField()
    written_at = serializers.DateTimeField()
    step = serializers.CharField()
    outcome = serializers.CharField()
    outcome_title = serializers.SerializerMethodField()
    officer = serializers.SerializerMethodField()
    office = serializers.SerializerMethodField()
    text = serializers.SerializerMethodField()
    body = serializers.CharField()
    previous = serializers.CharField(allow_blank=True)
    hash = serializers.CharField()
    seal = serializers.SerializerMethodField()

    def get_outcome_title(self, noting: Noting) -> str:
        return str(Outcome(noting.outcome).label)

    def get_officer(self, noting: Noting) -> str:
        return _said(noting, "person")

    def get_office(self, noting: Noting) -> str:
        return _said(noting, "office")

    def get_text(self, noting: Noting) -> str:
        body = _body(noting)
        return (body.get("text_hi") if reads_hindi() else "") or body.get("text") or ""

    def get_seal(self, noting: Noting) -> int | None:
        return noting.leaf.index if hasattr(noting, "leaf") else None


def _body(noting: Noting) -> dict[str, Any]:
    return json.loads(noting.body)


def _said(noting: Noting, who: str) -> str:
    named = _body(noting).get(who) or {}
    return (named.get("name_hi") if reads_hindi() else "") or named.get("name_en", "")


class LineShape(serializers.Serializer):
    """One line of the history of an entry. ``body`` is the text exactly as it was hashed: who, in which office, old and new values."""

    number = serializers.IntegerField()
    written_at = serializers.DateTimeField()
    act = serializers.CharField()
    body = serializers.CharField()
    previous = serializers.CharField(allow_blank=True)
    hash = serializers.CharField()
    seal = serializers.SerializerMethodField()

    def get_seal(self, line: RegisterLine) -> int | None:
        return line.leaf.index if hasattr(line, "leaf") else None


class OrderShape(serializers.Serializer):
    """A paper issued on a file, and the public page on which anybody may check it."""

    id = serializers.IntegerField(source="pk")
    file = serializers.IntegerField(source="case_id")
    file_number = serializers.CharField(source="case.number")
    kind = serializers.CharField()
    kind_title = serializers.CharField(source="get_kind_display")
    number = serializers.CharField()
    issued_on = serializers.DateField()
    amount = serializers.DecimalField(allow_null=True, **RUPEES)
    paragraph = serializers.IntegerField(source="noting.paragraph")
    public_page = serializers.SerializerMethodField()

    def get_public_page(self, order: Order) -> str:
        return address_of(order)


class DistrictShape(serializers.ModelSerializer):
    """A district, by its LGD code."""

    class Meta:
        model = District
        fields = ["lgd_code", "state", "name_en", "name_hi", "aliases"]
        extra_kwargs = {"aliases": {"help_text": _("Other spellings.")}}

    aliases = serializers.ListField(child=serializers.CharField())


class DepartmentShape(serializers.ModelSerializer):
    """A department of the State."""

    class Meta:
        model = Department
        fields = ["id", "state", "code", "name_en", "name_hi"]


class DesignationShape(serializers.ModelSerializer):
    """A kind of post, with the powers its offices hold."""

    level = serializers.CharField()
    powers = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Designation
        fields = ["id", "state", "department", "code", "level", "powers", "name_en", "name_hi"]


class PostShape(OfficeShape):
    """An office: a designation in its district, or in the State where there is none."""

    designation = serializers.CharField(source="designation.code")
    level = serializers.CharField(source="designation.level")
    district = serializers.IntegerField(source="district_id", allow_null=True)
    state = serializers.IntegerField(source="state_id")


class ProductShape(serializers.ModelSerializer):
    """An identified product of a district's register."""

    rank = serializers.CharField()

    class Meta:
        model = Product
        fields = ["id", "district", "rank", "sector", "name_en", "name_hi", "since", "live", "decided_in", "source"]


class HolidayShape(serializers.ModelSerializer):
    """A day declared closed, or worked instead, for the State or for the one district or office it names."""

    class Meta:
        model = Holiday
        fields = ["id", "state", "district", "office", "date", "works", "name_en", "name_hi", "source"]


class NormShape(serializers.ModelSerializer):
    """One published version of a scheme's rules; money and percentages in ``rules`` are text."""

    applies_by = serializers.CharField()
    status = serializers.CharField()
    rules = serializers.DictField()

    class Meta:
        model = Norm
        fields = [
            "id", "state", "scheme", "version", "order_number", "order_date", "applies_from", "applies_until", "applies_by", "status",
            "rules", "source", "verified", "doubt",
        ]  # fmt: skip


class ReportShape(serializers.Serializer):
    """A report that is open to the reader."""

    key = serializers.CharField()
    title = serializers.CharField()
    about = serializers.CharField()
    asks = serializers.ListField(child=serializers.CharField())


class ColumnShape(serializers.Serializer):
    """One column of a report."""

    key = serializers.CharField()
    label_en = serializers.CharField()
    label_hi = serializers.CharField()
    type = serializers.CharField()


class TableShape(serializers.Serializer):
    """A report with its figures: a row holds a value for the key of each column, rupees and days as text."""

    key = serializers.CharField(source="report.key")
    title = serializers.CharField(source="report.title")
    note = serializers.CharField(allow_blank=True)
    columns = ColumnShape(many=True, source="report.columns")
    rows = serializers.ListField(child=serializers.DictField())
    totals = serializers.DictField()
