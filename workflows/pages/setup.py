"""Set-up: the tables a programme administrator keeps. Files, notings and orders are not here and never will be."""

import json
import re
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.forms.fields import InvalidJSONInput
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programme.calendar import weekly_off
from programme.models import (
    Allotment,
    BudgetHead,
    Department,
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
)
from programme.norms.borders import border_table
from programme.norms.faults import faults
from programme.norms.publishing import NotPublished, fingerprint, publish
from programme.norms.schemes import scheme_of
from programme.powers import Power
from workflows import postings
from workflows.authority import capacities, may_anywhere
from workflows.flows import FLOWS


def signed_in(request: HttpRequest) -> Officer:
    """Return who asks; somebody who is not signed in holds no capacity, so nothing opens to him."""
    return cast(Officer, request.user)


class SetUp(admin.AdminSite):
    """Open to whoever holds the power to administer today. Being staff or superuser opens nothing."""

    site_header = site_title = gettext_lazy("Set-up")
    index_title = gettext_lazy("Set-up tables")
    site_url = "/"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return may_anywhere(signed_in(request), Power.ADMINISTER)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect(f"/sign-in/?{urlencode({'next': request.GET.get('next', '/setup/')})}")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("sign_out")


site = SetUp(name="setup")


def own_states(request: HttpRequest) -> set[int]:
    """Return the States whose tables this administrator keeps."""
    return {held.office.state_id for held in capacities(signed_in(request)) if Power.ADMINISTER in held.powers}


class Table(admin.ModelAdmin):
    """A table of the administrator's own State. ``state`` is the way from a row to its State."""

    state = "state"
    deletes = False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).filter(**{f"{self.state}__in": own_states(request)})

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer only rows of the administrator's own State."""
        ways = {
            State: "pk", District: "state", Department: "state", Designation: "state",
            Office: "designation__state", BudgetHead: "state",
        }  # fmt: skip
        way = ways.get(db_field.related_model)
        if way:
            kwargs["queryset"] = db_field.related_model.objects.filter(**{f"{way}__in": own_states(request)})
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_anywhere(signed_in(request), Power.ADMINISTER)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.deletes and self.has_module_permission(request)


class ReadOnly(Table):
    """A table to read: it is changed elsewhere, for the reason that each one states."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class StateForm(forms.ModelForm):
    def clean_weekly_offs(self) -> list[str]:
        """Refuse a word the calendar cannot read: every due date of the State hangs on it."""
        words = self.cleaned_data["weekly_offs"]
        for word in words if isinstance(words, list) else [words]:
            try:
                weekly_off(str(word))
            except ValueError as error:
                raise ValidationError(str(error)) from None
        return words if isinstance(words, list) else [words]


@admin.register(State, site=site)
class States(Table):
    form = StateForm
    state = "pk"
    list_display = ["name_en", "name_hi", "short"]
    fields = ["name_en", "name_hi", "government_en", "government_hi", "weekly_offs"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Holiday, site=site)
class Holidays(Table):
    deletes = True
    list_display = ["date", "name_en", "name_hi", "district"]
    list_filter = ["date"]
    search_fields = ["name_en", "name_hi"]


@admin.register(Designation, site=site)
class Designations(ReadOnly):
    """Which post holds which power is reviewed and dated in the State's fixtures, and every load follows them."""

    list_display = ["name_en", "name_hi", "level", "department", "powers"]


@admin.register(Office, site=site)
class Offices(Table):
    state = "designation__state"
    list_display = ["__str__", "email"]
    list_select_related = ["designation", "district"]
    search_fields = ["designation__name_en", "designation__name_hi", "district__name_en", "district__name_hi"]


@admin.register(Officer, site=site)
class Officers(Table, UserAdmin):
    """People who sign in. What they may do comes from postings, so no permission is offered here."""

    list_display = ["username", "name_en", "name_hi", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["username", "name_en", "name_hi"]
    ordering = ["username"]
    filter_horizontal = ()
    fieldsets = [(None, {"fields": ["username", "password", "name_en", "name_hi", "email", "language", "is_active"]})]
    add_fieldsets = [
        (None, {"fields": ["username", "name_en", "name_hi", "email", "language", "usable_password", "password1", "password2"]})
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        here = Q(postings__office__designation__state__in=own_states(request)) | Q(postings=None)
        return admin.ModelAdmin.get_queryset(self, request).filter(here, is_superuser=False).distinct()

    def save_model(self, request: HttpRequest, obj: Officer, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        postings.derive(obj)


@admin.register(Posting, site=site)
class Postings(Table):
    """Who holds which office. Joining and relieving go through the verbs, so that the grants follow."""

    state = "office__designation__state"
    list_display = ["officer", "office", "charge", "starts_on", "ends_on", "order_number"]
    list_select_related = ["officer", "office__designation", "office__district"]
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
        made = postings.join(
            obj.officer, obj.office, charge=obj.charge, starts_on=obj.starts_on, ends_on=obj.ends_on,
            order_number=obj.order_number, by=signed_in(request),
        )  # fmt: skip
        obj.pk = made.pk

    def changeform_view(self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Show a refused posting as a message over the form, filled as it was."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as refusal:
            for sentence in refusal.messages:
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
    list_display = ["head", "year", "allotted", "committed"]
    readonly_fields = ["committed"]


@admin.register(Product, site=site)
class Products(ReadOnly):
    """The register changes by approved files of product identification alone; a change by hand would stand in no note sheet."""

    state = "district__state"
    list_display = ["name_en", "name_hi", "district", "rank", "live", "decided_in"]
    list_filter = ["rank", "live"]
    search_fields = ["name_en", "name_hi", "district__name_en", "district__name_hi"]
