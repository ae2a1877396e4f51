"""What an administrator must look at. One row stands for one fault, however often it is met, until it is cured."""

from collections.abc import Callable

from django.utils import timezone

from programme.bilingual import in_both
from workflows.models import Case, Incident

AT_A_TIME = 500


def report(key: str, say: Callable[[], str], *, case: Case | None = None) -> None:
    """Raise the incident ``key``, or open it again; ``say`` is asked for the sentence in each language."""
    report_all([Incident(key=key, case=case, **in_both(say))])


def report_all(found: list[Incident]) -> None:
    """Raise incidents, or open them again, with two statements; what stands already, in the same words, is not written again."""
    open_now = Incident.objects.filter(key__in=[incident.key for incident in found], closed_at=None)
    stands = set(open_now.values_list("key", "text_en", "text_hi", "case"))
    new = [one for one in found if (one.key, one.text_en, one.text_hi, one.case_id) not in stands]
    fields = ["text_en", "text_hi", "case", "closed_at"]
    Incident.objects.bulk_create(new, update_conflicts=True, unique_fields=["key"], update_fields=fields)


def cured(*keys: str) -> None:
    """Close the incidents of these keys that stand."""
    for first in range(0, len(keys), AT_A_TIME):
        Incident.objects.filter(key__in=keys[first : first + AT_A_TIME], closed_at=None).update(closed_at=timezone.now())
