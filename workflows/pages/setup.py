"""Set-up: the tables a programme administrator keeps. Files, notings and orders are not here and never will be."""

import json
import re
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AdminTextareaWidget
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.forms.fields import InvalidJSONInput
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programme.models import (
    Allotment,
    BudgetHead,
    Designation,
    District,
    Holiday,
    Norm,
    NormStatus,
    Office,
    Officer,
    Posting,
    Product,
    State,
    Target,
    WeeklyOffs,
)
from programme.norms.borders import border_table
from programme.norms.faults import faults
from programme.norms.publishing import NotPublished, fingerprint, publish
from programme.norms.schemes import scheme_of
from workflows import passwords, postings, sign_ins, tokens, ways_in
from workflows.authority import Refusal
from workflows.flows import FLOWS
from workflows.models import AuditScope
from workflows.pages import kept, proof, setup_audit, setup_days
from workflows.pages.setup_lists import Rupees
from workflows.pages.setup_site import ReadOnly, Table, own_states, signed_in, site


@admin.register(State, site=site)
class States(Table):
    """Names of the State. Its weekly offs are read here; a change of them is dated, in a table of its own."""

    state = "pk"
    list_display = ["name_en", "name_hi", "short"]
    fields = ["name_en", "name_hi", "government_en", "government_hi", "weekly_offs"]
    readonly_fields = ["weekly_offs"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


site.register(Holiday, setup_days.Holidays)
site.register(WeeklyOffs, setup_days.OffsOfTheWeek)
site.register(AuditScope, setup_audit.Scopes)


@admin.register(District, site=site)
class Districts(ReadOnly):
    """Districts and their codes are the census's and the LGD directory's; every load follows the State's fixtures."""

    list_display = ["lgd_code", "name_en", "name_hi", "aliases"]
    search_fields = ["name_en", "name_hi"]
    ordering = ["name_en"]


@admin.register(Designation, site=site)
class Designations(ReadOnly):
    """Which post holds which power is reviewed and dated in the State's fixtures, and every load follows them."""

    list_display = ["name_en", "name_hi", "level", "department", "powers"]
    list_select_related = ["department"]


@admin.register(Office, site=site)
class Offices(Table):
    state = "designation__state"
    list_display = ["__str__", "email"]
    list_select_related = ["designation", "district"]
    search_fields = ["designation__name_en", "designation__name_hi", "district__name_en", "district__name_hi"]


class OfficerForm(UserChangeForm):
    """Django's form, whose page gives the help at the password no name: the field would be described by nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""


@admin.register(Officer, site=site)
class Officers(Table, UserAdmin):
    """People who sign in. What they may do comes from postings, so no permission is offered here. Disabling one ends his tokens."""

    list_display = ["username", "name_en", "name_hi", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["username", "name_en", "name_hi"]
    ordering = ["username"]
    filter_horizontal = ()
    form = OfficerForm
    fieldsets = [(None, {"fields": ["username", "password", "name_en", "name_hi", "email", "language", "is_active"]})]
    add_fieldsets = [
        (None, {"fields": ["username", "name_en", "name_hi", "email", "language", "usable_password", "password1", "password2"]})
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        here = Q(postings__office__designation__state__in=own_states(request)) | Q(postings=None)
        return admin.ModelAdmin.get_queryset(self, request).filter(here, is_superuser=False).distinct()

    def save_model(self, request: HttpRequest, obj: Officer, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change and obj.has_usable_password():
            passwords.given(obj, by=signed_in(request))
        postings.derive(obj)
        if not obj.is_active:
            tokens.end_all(obj, by=signed_in(request))
            sign_ins.end_all(obj)

    def changeform_view(self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if request.method == "POST":
            proof.require(request)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002 -- Django's name
        """Set another's password on a fresh proof alone; his sign-ins end with the old one, and a refusal is said over the form."""
        if request.method != "POST":
            return super().user_change_password(request, id, form_url)
        proof.require(request)
        officer = self.get_object(request, unquote(id))
        try:
            with transaction.atomic():
                if officer:
                    ways_in.check_giving_password(officer, by=signed_in(request))
                answer = super().user_change_password(request, id, form_url)
                if officer and not Officer.objects.filter(pk=officer.pk, password=officer.password).exists():
                    passwords.given(officer, by=signed_in(request))
                return answer
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(request.path)


@admin.register(Posting, site=site)
class Postings(Table):
    """Who holds which office. Joining and relieving go through the verbs, so that the grants follow."""

    state = "office__designation__state"
    list_display = [
        "officer",
        "office",
        "charge",
        "starts_on",
        "ends_on",
        Rupees(Posting, "upto"),
        "order_number",
        "made_by",
        "made_at",
        "ended_at",
    ]
    list_select_related = ["officer", "office__designation", "office__district", "made_by"]
    search_fields = ["officer__name_en", "officer__name_hi", "office__designation__name_en", "office__district__name_en"]
    typed_fields = ["officer", "office", "charge", "starts_on", "ends_on", "order_number"]
    fields = [*typed_fields]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["officer", "office", "charge", "starts_on", "order_number"] if obj else []

    def save_model(self, request: HttpRequest, obj: Posting, form: Any, change: bool) -> None:
        if change:
            if obj.ends_on:
                postings.relieve(obj, on=obj.ends_on, by=signed_in(request))
            return
        obj.pk = postings.post(obj, by=signed_in(request)).pk

    def changeform_view(self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Show a refused posting as a message over the form, filled as it was. Who holds what is changed on a fresh proof alone."""
        if request.method == "POST":
            proof.require(request)
        elif not object_id and (brought := kept.brought_back(request, request.path)):
            typed = {name: str(brought[name]) for name in self.typed_fields if name in brought}
            return HttpResponseRedirect(f"{request.path}?{urlencode(typed)}")
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (ValidationError, Refusal) as refusal:
            for sentence in refusal.messages if isinstance(refusal, ValidationError) else [str(refusal)]:
                messages.error(request, sentence)
            typed = {name: request.POST.get(name, "") for name in self.typed_fields}
            return HttpResponseRedirect(request.path if object_id else f"{request.path}?{urlencode(typed)}")


NUL = "\\u0000"


class RulesField(forms.JSONField):
    """Rules as plain JSON; what no database keeps or no page can show, such as NaN or half a character, is refused like a slip."""

    def to_python(self, value: Any) -> Any:
        try:
            rules = super().to_python(value)
            written = json.dumps(rules, allow_nan=False, ensure_ascii=False).encode().decode()
        except (ValueError, RecursionError):
            written = NUL
        if NUL in written:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return rules

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Show what was refused as it was typed."""
        try:
            self.to_python(data)
        except ValidationError:
            return InvalidJSONInput(data)
        return super().bound_data(data, initial)


class NormForm(forms.ModelForm):
    rules = RulesField(label=gettext_lazy("rules"), widget=AdminTextareaWidget)

    def clean(self) -> dict[str, Any]:
        """Refuse a version without the amounts its process asks for."""
        data = super().clean() or self.cleaned_data
        rules = data.get("rules")
        if data.get("scheme") and scheme_of(data["scheme"]) is None:
            self.add_error("scheme", _("“%(scheme)s” is no scheme of this software.") % {"scheme": data["scheme"]})
        if "state" in self.fields and not data.get("state"):
            self.add_error("state", _("Choose your State; a rule of all India is not a State's to write."))
        wanted = {name for flow in FLOWS.values() if flow.scheme == data.get("scheme") for name in flow.record.AMOUNTS_IN_NORM}
        for name in sorted(wanted):
            if not isinstance(rules, dict) or not re.fullmatch(r"\d{1,12}(\.\d{2})?", str(rules.get(name, ""))):
                self.add_error("rules", _('Write the amount of “%(rule)s” in rupees, in quotes, for example "1000000".') % {"rule": name})
        return data


@admin.register(Norm, site=site)
class Norms(Table):
    """Dated versions of the rules. A new one is a draft until it is published; from then on it can only be read.

    Versions of all India stand here to be read: they are no State's to change.
    """

    form = NormForm
    change_form_template = "workflows/setup_norm.html"
    list_display = ["scheme", "version", "applies_from", "applies_until", "status", "order_number", "verified"]
    list_filter = ["status", "scheme"]
    readonly_fields = ["status", "published_at", "published_by"]
    deletes = True

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return admin.ModelAdmin.get_queryset(self, request).filter(Q(state__in=own_states(request)) | Q(state=None))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and _is_own_draft(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and _is_own_draft(request, obj)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}  # a list of ticked rows may hold published ones

    def render_change_form(
        self, request: HttpRequest, context: Any, add: bool = False, change: bool = False, form_url: str = "", obj: Any = None
    ) -> HttpResponse:
        """Show what the stored version gives at its borders, and what bars it from being published."""
        if obj is not None:
            found = faults(obj) if obj.status == NormStatus.DRAFT else []
            context |= {"seen": fingerprint(obj), "norm_faults": found, "borders": [] if found else border_table(obj)}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def response_change(self, request: HttpRequest, obj: Norm) -> HttpResponse:
        """Publish what was shown; what has just been changed is shown first."""
        if "_publish" not in request.POST:
            return super().response_change(request, obj)
        if request.POST["_publish"] != fingerprint(obj):
            messages.warning(request, _("The version was changed. Look at its borders once more, then publish it."))
            return HttpResponseRedirect(request.path)
        try:
            publish(obj, by=signed_in(request))
        except NotPublished as refusal:
            for sentence in refusal.faults:
                messages.error(request, sentence)
        else:
            messages.success(request, _("“%(norm)s” is published. It can no longer be changed.") % {"norm": obj})
        return HttpResponseRedirect(request.path)


def _is_own_draft(request: HttpRequest, norm: Norm | None) -> bool:
    return norm is None or (norm.status == NormStatus.DRAFT and norm.state_id in own_states(request))


@admin.register(BudgetHead, site=site)
class BudgetHeads(Table):
    list_display = ["code", "name_en", "name_hi", "scheme"]


@admin.register(Allotment, site=site)
class Allotments(Table):
    state = "head__state"
    list_display = ["head", "year", Rupees(Allotment, "allotted"), Rupees(Allotment, "committed")]
    readonly_fields = [Rupees(Allotment, "committed")]  # type: ignore[list-item]


@admin.register(Target, site=site)
class Targets(Table):
    """How many persons of a category a process shall reach in a year; the boards hold what was achieved against it."""

    list_display = ["year", "scheme", "category", "district", "number", "source"]
    list_filter = ["year", "category"]
    list_select_related = ["district", "state"]
    deletes = True

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "scheme":
            processes = [(slug, flow.process_title) for slug, flow in FLOWS.items()]
            return forms.ChoiceField(label=db_field.verbose_name, choices=processes)
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(Product, site=site)
class Products(ReadOnly):
    """The register changes by approved files of product identification alone; a change by hand would stand in no note sheet."""

    state = "district__state"
    list_display = ["name_en", "name_hi", "district", "rank", "live", "decided_in"]
    list_filter = ["rank", "live"]
    search_fields = ["name_en", "name_hi", "district__name_en", "district__name_hi"]
