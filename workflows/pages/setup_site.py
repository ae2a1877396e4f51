"""The site of the set-up tables: who may open it, and what its tables have in common."""

from functools import wraps
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import path
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programme.models import BudgetHead, Department, Designation, District, Office, Officer, State
from programme.powers import Power
from workflows.authority import capacities, may_anywhere
from workflows.exports import linking
from workflows.pages import account, kept, proof, setup_lists


def signed_in(request: HttpRequest) -> Officer:
    """Return who asks; somebody who is not signed in holds no capacity, so nothing opens to him."""
    return cast(Officer, request.user)


class SetUp(admin.AdminSite):
    """Open to whoever holds the power to administer today. Being staff or superuser opens nothing."""

    site_header = site_title = gettext_lazy("Set-up")
    index_title = gettext_lazy("Set-up tables")
    site_url = "/"
    enable_nav_sidebar = False
    index_template = "workflows/setup_index.html"
    # Pages that put what was typed back on their form; the others show it, to be copied.
    filled_again = frozenset({"programme_posting_add"})

    def has_permission(self, request: HttpRequest) -> bool:
        return may_anywhere(signed_in(request), Power.ADMINISTER)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Answer a form that comes after the sign-in has ended like every other page of officers."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST" and not request.user.is_authenticated:
                return account.sign_in_again(request)
            if request.user.is_authenticated and (first := proof.leads_to_factor(request)):
                return first
            filled_again = request.resolver_match and request.resolver_match.url_name in self.filled_again
            for words in [] if filled_again else kept.left_over(request):
                messages.warning(request, _("Not saved, as your sign-in had ended: %(words)s") % {"words": words})
            try:
                return inner(request, *args, **kwargs)
            except proof.ProofWanted:
                return proof.asked(request)

        return answer

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
    change_list_template = "workflows/setup_list.html"

    class Media:
        css = {"all": ["workflows/setup.css"]}

    def get_urls(self) -> list[Any]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_list"
        return [path("list.<slug:form>", self.admin_site.admin_view(self.list_view), name=name), *super().get_urls()]

    def list_view(self, request: HttpRequest, form: str) -> HttpResponseBase:
        """Give the rows that the page of the table shows, as a file."""
        if form not in linking.FORMS:
            raise Http404
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            return setup_lists.listed(self, self.get_changelist_instance(request), form)
        except IncorrectLookupParameters:
            raise BadRequest from None

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        context = getattr(response, "context_data", None) or {}
        if "cl" in context:
            context["get_list"] = setup_lists.link(context["cl"])
        return response

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
            rows = db_field.related_model.objects.filter(**{f"{way}__in": own_states(request)})
            kwargs["queryset"] = rows.select_related("designation", "district") if db_field.related_model is Office else rows
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
