"""Verifying the minutes of committees: their own text, and the rows that were made of it. What paragraphs say of them: ``hanging``."""

import json
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from workflows.models import Case, Item, Sitting
from workflows.record.canonical import sha256_of
from workflows.record.findings import Finding, finding


def check_minutes(cases: QuerySet[Case]) -> Iterator[Finding]:
    """Yield what is wrong with the minutes that decided on ``cases``."""
    yield from check_texts(Sitting.objects.filter(pk__in=Item.objects.filter(noting__case__in=cases.order_by()).values("sitting")))


def check_texts(sittings: QuerySet[Sitting]) -> Iterator[Finding]:
    """Yield signed minutes whose text is not what their digest says, and those whose rows say something else than their text."""
    for sitting in sittings.exclude(number=None).order_by("pk").prefetch_related("items", "members").iterator(chunk_size=100):
        if sha256_of(sitting.minutes) != sitting.sha256:
            yield finding("minutes", number=sitting.number)
        elif _rows_of(sitting) != _as_signed(sitting.minutes):
            yield finding("minutes-rows", number=sitting.number)


def _rows_of(sitting: Sitting) -> dict[str, Any]:
    """Return what the rows of a sitting say, in the words of its minutes."""
    return {
        "number": sitting.number,
        "committee": sitting.kind,
        "office": sitting.office_id,
        "held_on": sitting.held_on.isoformat(),
        "place": sitting.place,
        "quorum": sitting.quorum,
        "signed_by": sitting.signed_by_id,
        "members": [member.present for member in sitting.members.all()],
        "items": [
            (item.position, item.outcome or None, None if item.amount is None else f"{item.amount:.2f}", item.text)
            for item in sitting.items.all()
        ],
    }


def _as_signed(text: str) -> dict[str, Any] | None:
    """Return the same as the minutes say it; ``None`` for a text that is no minutes."""
    try:
        told = json.loads(text)
        return {
            **{name: told[name] for name in ("number", "committee", "held_on", "place", "quorum")},
            "office": told["office"]["id"],
            "signed_by": told["signed_by"]["id"],
            "members": [member["present"] for member in told["members"]],
            "items": [(item["position"], item["outcome"], item["amount"], item["text"]) for item in told["items"]],
        }
    except (ValueError, LookupError, TypeError):
        return None
