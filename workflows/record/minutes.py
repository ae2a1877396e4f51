"""Verifying the minutes of committees: their own text, and what the paragraphs of their files say of them."""

import json
from collections.abc import Iterator

from django.db.models import QuerySet

from workflows.models import Case, Item, Sitting
from workflows.record.canonical import sha256_of
from workflows.record.findings import Finding, finding


def check_minutes(cases: QuerySet[Case]) -> Iterator[Finding]:
    """Yield what is wrong with the minutes that decided on ``cases``: their own text, and what the paragraphs say of them."""
    yield from check_texts(Sitting.objects.filter(pk__in=Item.objects.filter(noting__case__in=cases.order_by()).values("sitting")))
    yield from check_named(cases)


def check_texts(sittings: QuerySet[Sitting]) -> Iterator[Finding]:
    """Yield signed minutes whose text is not what their digest says."""
    for number, text, digest in sittings.exclude(number=None).order_by("pk").values_list("number", "minutes", "sha256").iterator():
        if sha256_of(text) != digest:
            yield finding("minutes", number=number)


def check_named(cases: QuerySet[Case]) -> Iterator[Finding]:
    """Yield paragraphs of ``cases`` that name other minutes than those that are kept."""
    rows = Item.objects.filter(noting__case__in=cases).order_by("pk")
    columns = ("sitting__number", "sitting__sha256", "noting__case__number", "noting__paragraph", "noting__body")
    for number, digest, file, paragraph, body in rows.values_list(*columns).iterator():
        said = json.loads(body).get("sitting") or {}
        if (said.get("number"), said.get("minutes_sha256")) != (number, digest):
            yield finding("minutes-named", file, paragraph, number=number)
