"""Bring a version of a norm into force. From then on nobody changes it, the database included."""

import hashlib
import json

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from programme.models import Norm, NormStatus, Officer
from programme.norms.faults import faults


class NotPublished(Exception):
    """The version was not brought into force; ``faults`` holds a sentence for each reason."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


def publish(norm: Norm, *, by: Officer) -> Norm:
    """Bring a draft into force and return it; raise ``NotPublished`` with every fault found.

    The published version of the same day, and the one before it, become superseded: files opened under them keep them,
    and a claim of their time still finds them.
    """
    with transaction.atomic():
        # One at a time for a scheme: of two drafts for one day the second must see the first.
        family = list(Norm.objects.select_for_update().filter(scheme=norm.scheme, state=norm.state).order_by("pk"))
        draft = next((row for row in family if row.pk == norm.pk), None)
        if draft is None or draft.status != NormStatus.DRAFT:
            raise NotPublished([_("Only a draft can be published.")])
        found = faults(draft)
        if found:
            raise NotPublished(found)
        for replaced in _replaced(draft, family):
            replaced.status = NormStatus.SUPERSEDED
            replaced.save(update_fields=["status"])
        draft.status, draft.published_at, draft.published_by = NormStatus.PUBLISHED, timezone.now(), by
        draft.save(update_fields=["status", "published_at", "published_by"])
    return draft


def fingerprint(norm: Norm) -> str:
    """Return a digest of everything the version says, so that what is published is what was looked at."""
    said = {field.attname: getattr(norm, field.attname) for field in norm._meta.concrete_fields}
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


def _replaced(draft: Norm, family: list[Norm]) -> list[Norm]:
    """Return the published version of the same day, or the last one before it; also both."""
    published = [row for row in family if row.status == NormStatus.PUBLISHED]
    same_day = [row for row in published if row.applies_from == draft.applies_from]
    earlier = sorted((row for row in published if row.applies_from < draft.applies_from), key=lambda row: row.applies_from)
    return same_day + earlier[-1:]
