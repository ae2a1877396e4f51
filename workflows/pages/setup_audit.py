"""Set-up of audits: to which districts and processes an auditor's posting is limited. Added once, never changed or deleted."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programme.calendar import today
from programme.models import District, Posting
from programme.powers import Power
from workflows.flows import FLOWS
from workflows.models import AuditScope
from workflows.pages.setup_site import Table, own_states, signed_in


class ScopeForm(forms.ModelForm):
    processes = forms.MultipleChoiceField(label=gettext_lazy("processes"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "processes" in self.fields:
            choices = [(slug, str(flow.process_title)) for slug, flow in FLOWS.items()]
            self.fields["processes"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse the posting of somebody who does not audit, and a scope that limits nothing."""
        data = super().clean() or self.cleaned_data
        posting = data.get("posting")
        if posting and Power.AUDIT not in posting.powers:
            self.add_error("posting", _("This posting is not an auditor's."))
        if not data.get("processes") and not data.get("districts"):
            self.add_error(None, _("Choose districts or processes; an auditor without a scope reads the whole State."))
        return data


class Scopes(Table):
    """Scopes of the State's auditors. From and until when they read is said by the posting."""

    form = ScopeForm
    state = "posting__office__designation__state"
    list_display = ["posting", "made_by", "made_at"]
    list_select_related = ["posting__officer", "posting__office__designation", "posting__office__district", "made_by"]
    fields = ["posting", "districts", "processes"]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = _postings(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = District.objects.filter(state__in=own_states(request)).order_by("name_en")
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: AuditScope, form: Any, change: bool) -> None:
        obj.made_by = signed_in(request)
        super().save_model(request, obj, form, change)


def _postings(request: HttpRequest) -> QuerySet[Posting]:
    """Return the postings of the administrator's own State that have no scope yet and are not over."""
    rows = Posting.objects.filter(Posting.not_over(today()), office__designation__state__in=own_states(request), audit_scope=None)
    auditing = [posting.pk for posting in rows.select_related("office__designation") if Power.AUDIT in posting.powers]
    return rows.filter(pk__in=auditing).select_related("officer", "office__designation", "office__district")
