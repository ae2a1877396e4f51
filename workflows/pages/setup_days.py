"""Set-up of the calendar: holidays and weekly offs are added or withdrawn, never changed or deleted."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from programme.models import Declared, Holiday, WeeklyOff, WeeklyOffs
from workflows import office_days
from workflows.authority import Overtaken, Refusal
from workflows.pages.setup_site import Table, own_states, signed_in
from workflows.templatetags.words import moment


class WithdrawalForm(forms.ModelForm):
    """The one thing that can be done to a declared row: withdraw it, with a reason."""

    why = forms.CharField(label=gettext_lazy("Withdraw it, because"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class OffsForm(forms.ModelForm):
    offs = forms.TypedMultipleChoiceField(
        label=gettext_lazy("weekly offs"), choices=WeeklyOff.choices, coerce=str, widget=forms.CheckboxSelectMultiple
    )


class InForce(admin.SimpleListFilter):
    title = gettext_lazy("in force")
    parameter_name = "withdrawn"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", _("In force")), ("yes", _("Withdrawn"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(withdrawn_at__isnull=self.value() == "no") if self.value() else queryset


class Days(Table):
    """Rows that are declared for the State, a district or an office. Saving an old one withdraws it."""

    # What is typed into a new row, and how the same reads afterwards.
    says: list[str] = []
    reads: list[str] = []
    list_select_related = ["state", "district", "office__designation", "office__district", "added_by", "withdrawn_by"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ["state", "district", "office", *self.says, "source"]
        return ["place", *self.reads, "source", "came", "gone" if obj.withdrawn_at else "why"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [name for name in self.get_fields(request, obj) if name != "why"] if obj else []

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj and not obj.withdrawn_at:
            kwargs["form"] = WithdrawalForm
        return super().get_form(request, obj, change, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with the administrator's State where there is only one."""
        states = own_states(request)
        return {**({"state": min(states)} if len(states) == 1 else {}), **super().get_changeform_initial_data(request)}

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer places to choose from, and no door to change them by the way."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.withdrawn_at)

    def save_model(self, request: HttpRequest, obj: Declared, form: Any, change: bool) -> None:
        """Declare or withdraw by the verb, and say what it did to the clocks."""
        by = signed_in(request)
        moved = office_days.withdraw(obj, why=form.cleaned_data["why"], by=by) if change else office_days.declare(obj, by=by)
        self.message_user(request, _say(moved), messages.SUCCESS)

    def changeform_view(self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Show a refused change as a message over the page."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Refusal as refusal:
            raise PermissionDenied(str(refusal)) from None
        except (Overtaken, ValidationError) as refusal:
            messages.error(request, " ".join(refusal.messages) if isinstance(refusal, ValidationError) else str(refusal))
            return HttpResponseRedirect(request.path)

    @admin.display(description=gettext_lazy("place"))
    def place(self, obj: Declared) -> str:
        return obj.place

    @admin.display(description=gettext_lazy("where it comes from"))
    def came(self, obj: Declared) -> str:
        if obj.is_library:
            return _("library, not the gazette")
        return f"{obj.added_by} · {moment(obj.added_at)}"

    @admin.display(description=gettext_lazy("withdrawn"))
    def gone(self, obj: Declared) -> str:
        return f"{obj.withdrawn_by} · {moment(obj.withdrawn_at)} · {obj.withdrawn_why}" if obj.withdrawn_at else "—"


class Holidays(Days):
    says = ["date", "works", "name_en", "name_hi"]
    reads = ["date", "kind", "name_en", "name_hi"]
    list_display = ["date", "name_en", "name_hi", "place", "kind", "came", "gone"]
    list_filter = [InForce, "works"]
    date_hierarchy = "date"
    search_fields = ["name_en", "name_hi", "district__name_en", "district__name_hi"]
    ordering = ["-date"]

    @admin.display(description=gettext_lazy("kind"), ordering="works")
    def kind(self, obj: Holiday) -> str:
        return _("Working day") if obj.works else _("Holiday")


class OffsOfTheWeek(Days):
    form = OffsForm
    says = ["applies_from", "offs"]
    reads = ["applies_from", "named"]
    list_display = ["applies_from", "named", "place", "came", "gone"]
    list_filter = [InForce]
    ordering = ["-applies_from"]

    @admin.display(description=gettext_lazy("weekly offs"))
    def named(self, obj: WeeklyOffs) -> str:
        return obj.named


def _say(moved: office_days.Moved) -> str:
    if moved.job is None:
        return office_days.clocks_moved(moved.clocks)
    words = ngettext(
        "The clock of %(count)s file is being counted again: {}", "The clocks of %(count)s files are being counted again: {}", moved.files
    )
    link = format_html('<a href="{}">{}</a>', reverse("job", args=[moved.job.pk]), _("see how far it is"))
    return format_html(words % {"count": moved.files}, link)
