"""Files that wait where nobody may act are found within a minute and shown to the administrator, with the reason."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from programme.calendar import today
from programme.models import Posting
from workflows.authority import conflicting_notings
from workflows.flows import FLOWS
from workflows.models import Incident, Movement, Noting
from workflows.nodes import Step


def sweep() -> int:
    """Raise an incident for every open stay nobody eligible can take, close those that are cured; return how many stand."""
    stuck: dict[str, tuple[Movement, str]] = {}
    for movement in _vacant():
        stuck[f"stuck/{movement.pk}"] = (movement, "vacant")
    for movement in _conflicted():
        stuck.setdefault(f"stuck/{movement.pk}", (movement, "conflict"))
    for key, (movement, why) in stuck.items():
        Incident.objects.update_or_create(key=key, defaults={**_words(movement, why), "case": movement.case, "closed_at": None})
    Incident.objects.filter(key__startswith="stuck/", closed_at=None).exclude(key__in=stuck).update(closed_at=timezone.now())
    return len(stuck)


def _live_postings() -> QuerySet[Posting]:
    day = today()
    live = Posting.objects.filter(office=OuterRef("office"), officer__is_active=True, starts_on__lte=day)
    return live.filter(Q(ends_on=None) | Q(ends_on__gte=day))


def _open() -> QuerySet[Movement]:
    return Movement.objects.filter(disposed=None).exclude(power="").select_related("case", "office__designation", "office__district")


def _vacant() -> QuerySet[Movement]:
    return _open().filter(~Exists(_live_postings()))


def _conflicted() -> list[Movement]:
    """Return stays whose every holder signed or prepared a paragraph that bars him."""
    found: list[Movement] = []
    for flow in FLOWS.values():
        for node in flow.in_order():
            if isinstance(node, Step) and (node.not_by_steps or node.sanctions):
                here = _open().filter(step=node.name, case__kind=flow.slug)
                signed = Noting.objects.filter(case=OuterRef("case")).filter(_authors(here))
                found += [m for m in here.filter(Exists(_live_postings()), Exists(signed)) if _all_barred(m)]
    return found


def _authors(here: QuerySet[Movement]) -> Q:
    day = today()
    holders = Posting.objects.filter(office__in=here.values("office"), starts_on__lte=day).filter(Q(ends_on=None) | Q(ends_on__gte=day))
    return Q(officer__in=holders.values("officer")) | Q(prepared_by__in=holders.values("officer"))


def _all_barred(movement: Movement) -> bool:
    day = today()
    live = Posting.objects.filter(office=movement.office, officer__is_active=True, starts_on__lte=day)
    holders = set(live.filter(Q(ends_on=None) | Q(ends_on__gte=day)).values_list("officer", flat=True))
    barred = {person for row in conflicting_notings(movement).values_list("officer", "prepared_by") for person in row}
    return holders <= barred


def _words(movement: Movement, why: str) -> dict[str, str]:
    words = {}
    for language in ("en", "hi"):
        with translation.override(language):
            said = {"number": movement.case.number, "step": movement.node.title, "office": movement.office.name}
            if why == "vacant":
                words[f"text_{language}"] = _("File %(number)s waits for %(step)s at %(office)s, which nobody holds today.") % said
            else:
                words[f"text_{language}"] = (
                    _("File %(number)s waits for %(step)s at %(office)s, but everyone who holds it signed or prepared the file before.")
                    % said
                )
    return words
