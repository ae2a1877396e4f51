"""Files that wait where nobody may act: found when they arrive, and again every minute, and shown with the reason."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from functools import partial

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from guardian.models import UserObjectPermission

from programme.bilingual import in_both
from programme.calendar import today
from programme.models import Charge, Posting
from programme.money import rupees
from programme.powers import Power
from workflows import incidents
from workflows.authority import Capacity, eligible, office_type_id
from workflows.flows import VERSIONS
from workflows.models import Incident, Movement, Noting
from workflows.nodes import Step

AT_A_TIME = 500


def sweep() -> int:
    """Raise an incident for every open stay nobody eligible can take, close those that are cured; return how many stand.

    Stays are judged some hundred at a time over what is read once: a State whose offices all fall vacant costs few statements more.
    """
    stood = set(Incident.objects.filter(key__startswith="stuck/", closed_at=None).values_list("key", flat=True))
    numbers, held, standing = _worth_a_look(), _Held(), set[str]()
    for first in range(0, len(numbers), AT_A_TIME):
        stuck = _stuck(list(_open().filter(pk__in=numbers[first : first + AT_A_TIME])), held)
        incidents.report_all([_incident(stay, why) for stay, why in stuck])
        standing |= {_key(stay) for stay, _why in stuck}
    incidents.cured(*(stood - standing))
    return len(standing)


def look_at(cases: Iterable[int]) -> None:
    """Raise or close the incidents of some files at once, as they come to a step."""
    stays = list(_open().filter(case__in=list(cases)))
    stuck = _stuck(stays, _Held({stay.office_id for stay in stays}))
    incidents.report_all([_incident(stay, why) for stay, why in stuck])
    incidents.cured(*{_key(stay) for stay in stays} - {_key(stay) for stay, _why in stuck})


def why_stuck(stay: Movement) -> str:
    """Return why nobody may take an open stay today: vacant, power, limit or conflict; empty when somebody may."""
    return next((why for _stay, why in _stuck([stay], _Held({stay.office_id}))), "")


class _Held:
    """Who holds the offices today, each in his own name, and the powers granted to him there; two queries for all of them."""

    def __init__(self, offices: set[int] | None = None) -> None:
        live, grants = _live(), UserObjectPermission.objects.filter(content_type_id=office_type_id())
        if offices is not None:
            live, grants = live.filter(office__in=offices), grants.filter(object_pk__in=[str(office) for office in offices])
        self.postings: defaultdict[int, list[Posting]] = defaultdict(list)
        for posting in live.select_related("office__designation"):
            self.postings[posting.office_id].append(posting)
        self.granted = set(grants.values_list("object_pk", "permission__codename", "user_id"))

    def within(self, stay: Movement) -> tuple[list[Posting], str]:
        """Return the postings that may take the stay if it did not matter who acted before, or why there is none."""
        here = self.postings.get(stay.office_id, [])
        able = [p for p in here if stay.power in p.powers and (str(p.office_id), stay.power, p.officer_id) in self.granted]
        found = [posting for posting in able if Capacity(posting, frozenset()).covers(stay.case.amount)]
        return found, "" if found else "limit" if able else "power" if here else "vacant"


def _stuck(stays: list[Movement], held: _Held) -> list[tuple[Movement, str]]:
    """Return those of the stays that nobody may take, each with the reason; asked singly only where all who could have acted before."""
    judged = [(stay, *held.within(stay)) for stay in stays]
    authors: defaultdict[int, set[int | None]] = defaultdict(set)
    acted = Noting.objects.filter(case__in={stay.case_id for stay, postings, _why in judged if postings})
    for case, officer, preparer in acted.values_list("case", "officer", "prepared_by"):
        authors[case] |= {officer, preparer}
    found = []
    for stay, postings, why in judged:
        if postings and {posting.officer_id for posting in postings} <= authors[stay.case_id] and not eligible(stay):
            why = "conflict"
        if why:
            found.append((stay, why))
    return found


def _live() -> QuerySet[Posting]:
    """Return the postings of today whose holders act themselves; an assistant prepares and signs nothing."""
    return Posting.objects.filter(Posting.in_force(today()), officer__is_active=True).exclude(charge=Charge.ASSISTANT)


def _open() -> QuerySet[Movement]:
    return Movement.objects.filter(disposed=None).exclude(power="").select_related("case", "office__designation", "office__district")


def _worth_a_look() -> list[int]:
    """Return the open stays, by their numbers, at which something may be wrong: most files never come here, so a sweep reads few of them.

    Nobody in full charge of the office, a power that its post has lost, or a rule on who may act and a holder who acted before.
    """
    here = _live().filter(office=OuterRef("office"))
    holder = _live().filter(Q(officer=OuterRef("officer")) | Q(officer=OuterRef("prepared_by")), office=OuterRef(OuterRef("office_id")))
    acted = Noting.objects.filter(Exists(holder), case=OuterRef("case"))
    doubtful = ~Exists(here.exclude(charge=Charge.LINK)) | (_ruled() & Exists(acted))
    return sorted({*_open().filter(doubtful).values_list("pk", flat=True), *_without_power()})


def _ruled() -> Q:
    """Match the steps at which it matters who acted before."""
    ruled = Q(pk__in=[])
    for (slug, version), flow in VERSIONS.items():
        names = [node.name for node in flow.in_order() if isinstance(node, Step) and (node.not_by_steps or node.sanctions)]
        ruled |= Q(case__kind=slug, case__flow_version=version, step__in=names)
    return ruled


def _without_power() -> list[int]:
    """Return the open stays whose office no longer holds the power they ask for."""
    pairs = _open().order_by().values_list("power", "office__designation", "office__designation__powers").distinct()
    lost = Q(pk__in=[])
    for power, designation, powers in pairs:
        if power not in powers:
            lost |= Q(power=power, office__designation=designation)
    return list(_open().filter(lost).values_list("pk", flat=True)) if lost else []


def _key(stay: Movement) -> str:
    return f"stuck/{stay.pk}"


def _incident(stay: Movement, why: str) -> Incident:
    return Incident(key=_key(stay), case=stay.case, **in_both(partial(_words, stay, why)))


def _words(stay: Movement, why: str) -> str:
    said = {"number": stay.case.number, "step": stay.node.title, "office": stay.office.name}
    if why == "vacant":
        return _("File %(number)s waits for %(step)s at %(office)s, which nobody holds today.") % said
    if why == "power":
        said["power"] = str(Power(stay.power).label)
        return _("File %(number)s waits for %(step)s at %(office)s, where nobody has the power today: %(power)s.") % said
    if why == "limit":
        said["amount"] = rupees(stay.case.amount or Decimal(0))
        return _("File %(number)s waits for %(step)s at %(office)s; it stands at %(amount)s, more than its link officer may decide.") % said
    return _("File %(number)s waits for %(step)s at %(office)s, but everyone who holds it signed or prepared the file before.") % said
