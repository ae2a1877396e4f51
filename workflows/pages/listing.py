"""The list of files: words and filters from its address, and the searches that an officer keeps."""

from dataclasses import replace
from functools import lru_cache

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from programme.asking import Asked, Given
from programme.kept import as_set_up
from workflows.authority import audits
from workflows.exports.files import FILES
from workflows.exports.linking import link
from workflows.filters import STATES, FilterForm, asked_for, blank, canonical, homes_of, state_in, told_order
from workflows.forms.fields import TextField
from workflows.models import Movement, SavedSearch
from workflows.pages import filling
from workflows.pages.found import Found, lines
from workflows.pages.frame import OfficerRequest, page_of, row_number, search_words, show
from workflows.pages.stencil import part
from workflows.searching import kept

_SEARCHES = Asked(lambda: SavedSearch.objects.filter(officer=Given("officer")).order_by("name"))


class NameForm(forms.Form):
    """The name under which a search is kept."""

    name = TextField(label=gettext_lazy("Name of the search"), max_length=60)


def list_page(request: OfficerRequest, *, naming: NameForm | None = None, renaming: NameForm | None = None) -> HttpResponse:
    """Show the files the officer may read that fit words and filters; a filter that cannot be read is said at its field.

    ``naming`` and ``renaming`` are refused forms to be shown again.
    """
    query, words, state, now = request.GET, search_words(request), state_in(request.GET), timezone.now()
    form, rows = asked_for(request.user, query, now=now)
    valid = form.is_valid()
    found = Found(rows, searched=bool(words))
    page = page_of(request, found)
    address, searches = canonical(query), _SEARCHES(officer=request.user.pk)
    context = {
        "form": form,
        "fields": _blank_fields(tuple(state.pk for state in homes_of(request.user)), get_language()) if form.is_blank else _fields(form),
        "opened": not valid or any(True for _used in form.used()),
        "chips": form.chips(query) if valid else [],
        "words": words,
        "without_words": f"?{canonical(query, q='')}",
        "states": [(f"?{canonical(query, state=key)}", title, key == state) for key, title in STATES.items()],
        "state": state,
        "page": page,
        "more": found.more,
        "lines": lines(page, request.user, words),
        "order": told_order(form.cleaned_data.get("sort", "")),
        "address": address,
        "get_list": replace(link(FILES, page.paginator.count, query=address), more=found.more),
        "naming": naming or NameForm(prefix="keep"),
        "name_field": _name_field(naming) if naming else _blank_name_field(get_language()),
        "searches": [(search, _renaming(search, renaming), search.query == address) for search in searches],
        "may_keep": not audits(request.user) and (naming or (valid and address and address not in [search.query for search in searches])),
        "refused": renaming,
        "faults": filling.faults(form) + filling.faults(naming) + filling.faults(renaming),
    }
    refused = not valid or naming or renaming
    return show(request, "files.html", context, tab="files", status=400 if refused else 200)


def _fields(form: FilterForm) -> SafeString:
    return part("parts/filters.html", {"form": form})


@as_set_up
def _blank_fields(states: tuple[int, ...], language: str | None) -> SafeString:
    """Return the fields of the filters as they stand while nothing is asked of them."""
    return _fields(blank(states, language))


def _name_field(naming: NameForm) -> SafeString:
    return part("parts/field.html", {"field": naming["name"], "hide_optional": True})


@lru_cache
def _blank_name_field(_language: str | None) -> SafeString:
    return _name_field(NameForm(prefix="keep"))


def change_searches(request: OfficerRequest) -> HttpResponse:
    """Keep the search that the address asks for, or rename or delete one kept; a refused name is said at its field."""
    number = row_number(request.POST.get("search", ""))
    search = request.user.searches.filter(pk=number).first() if "search" in request.POST else None
    if "search" in request.POST and search is None:
        raise Http404
    if search and "delete" in request.POST:
        kept.delete(search, by=request.user)
        messages.success(request, _("The search “%(name)s” is deleted.") % {"name": search.name})
        return redirect(_here(request))
    form = NameForm(request.POST, prefix=f"search-{search.pk}" if search else "keep")
    if not (form.is_valid() and _named(form, search, request)):
        return list_page(request, renaming=form) if search else list_page(request, naming=form)
    messages.success(request, _("The search is kept as “%(name)s”.") % {"name": form.cleaned_data["name"]})
    return redirect(_here(request))


def _named(form: NameForm, search: SavedSearch | None, request: OfficerRequest) -> bool:
    """Give the search its name; a reason why it cannot have it becomes the form's."""
    name = form.cleaned_data["name"]
    try:
        if search:
            kept.rename(search, name, by=request.user)
        else:
            kept.keep(name, _worth_keeping(request), by=request.user)
    except ValidationError as error:
        form.add_error("name", error)
        return False
    return True


def _worth_keeping(request: OfficerRequest) -> str:
    address = canonical(request.GET)
    if not address or not FilterForm(request.GET, states=homes_of(request.user)).is_valid():
        raise ValidationError(_("Search or filter first; then keep what you see."), code="empty")
    return address


def _here(request: OfficerRequest) -> str:
    return f"{reverse('files')}?{canonical(request.GET)}"


def waiting_stays() -> Prefetch:
    """Return how the open stays of many files are read at once, as ``waiting`` of each."""
    waiting = Movement.objects.filter(disposed=None).select_related("office__designation__department", "office__district")
    return Prefetch("movements", waiting, to_attr="waiting")


def _renaming(search: SavedSearch, refused: NameForm | None) -> NameForm:
    prefix = f"search-{search.pk}"
    return refused if refused and refused.prefix == prefix else NameForm(prefix=prefix, initial={"name": search.name})
