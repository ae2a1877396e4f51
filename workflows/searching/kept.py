"""Searches that an officer keeps under a name."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from programme.models import Officer
from workflows.models import SavedSearch

MOST = 20


@transaction.atomic
def keep(name: str, query: str, *, by: Officer) -> SavedSearch:
    """Keep a search under a name of the officer's own; raise ``ValidationError`` when the name is taken or there are too many."""
    Officer.objects.select_for_update().get(pk=by.pk)
    _check_name(name, by)
    if by.searches.count() >= MOST:
        raise ValidationError(_("You keep %(most)s searches already. Delete one first.") % {"most": MOST}, code="many")
    return SavedSearch.objects.create(officer=by, name=name, query=query)


@transaction.atomic
def rename(search: SavedSearch, name: str, *, by: Officer) -> None:
    """Give a kept search another name; raise ``ValidationError`` when the officer has another search of that name."""
    Officer.objects.select_for_update().get(pk=by.pk)
    _check_name(name, by, besides=search)
    SavedSearch.objects.filter(pk=search.pk, officer=by).update(name=name)


def delete(search: SavedSearch, *, by: Officer) -> None:
    SavedSearch.objects.filter(pk=search.pk, officer=by).delete()


def _check_name(name: str, by: Officer, besides: SavedSearch | None = None) -> None:
    others = by.searches.exclude(pk=besides.pk) if besides else by.searches
    if others.filter(name=name).exists():
        raise ValidationError(_("You keep another search under this name already."), code="taken")
