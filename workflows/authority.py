"""May this person do it, and why not. Every page, list, job and engine act asks here."""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from guardian.models import UserObjectPermission

from programme.calendar import today
from programme.models import Level, Norm, Office, Officer, Posting
from programme.money import rupees
from programme.norms.ladders import rung
from programme.powers import Power
from workflows.models import Case, Movement, Noting, Outcome

FORWARD = [outcome.value for outcome in Outcome if outcome.is_forward]


class Refusal(Exception):
    """The person may not do it; the message is a sentence for the person."""


class Overtaken(Exception):
    """Somebody was faster, or the page is old; the message says who did what."""


@dataclass(frozen=True)
class Capacity:
    """One posting in force today and the powers its grants give."""

    posting: Posting
    powers: frozenset[str]

    @property
    def office(self) -> Office:
        return self.posting.office

    @property
    def charge(self) -> str:
        return self.posting.charge


def capacities(officer: Officer, *, afresh: bool = False) -> list[Capacity]:
    """Return what the officer holds today (Indian Standard Time).

    A power counts only while a posting is in force *and* guardian holds its grant. The answer is kept on
    ``officer`` for the length of a request; writing acts ask ``afresh``.
    """
    if not officer.is_authenticated or not officer.is_active:
        return []
    if afresh or not hasattr(officer, "_capacities"):
        officer._capacities = _read_capacities(officer)  # type: ignore[attr-defined]
    return officer._capacities  # type: ignore[attr-defined]


def _read_capacities(officer: Officer) -> list[Capacity]:
    day = today()
    postings = (
        Posting.objects.filter(officer=officer, starts_on__lte=day)
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))
        .select_related("office__designation__state", "office__designation__department", "office__district")
        .order_by("starts_on", "pk")
    )
    granted: dict[str, set[str]] = {}
    grants = UserObjectPermission.objects.filter(user=officer, content_type_id=office_type_id())
    for office_pk, power in grants.values_list("object_pk", "permission__codename"):
        granted.setdefault(office_pk, set()).add(power)
    return [Capacity(posting, frozenset(granted.get(str(posting.office_id), ()))) for posting in postings]


@lru_cache(maxsize=1)
def office_type_id() -> int:
    """Return the content type under which guardian keeps the grants on offices."""
    return ContentType.objects.get_for_model(Office).pk


def check(officer: Officer, power: Power | str, office: Office, *, afresh: bool = True) -> Posting:
    """Return the posting in which the officer holds ``power`` at ``office``; raise ``Refusal`` with the reason."""
    held = [c for c in capacities(officer, afresh=afresh) if c.office.pk == office.pk]
    if not held:
        raise Refusal(_("You hold no charge at %(office)s today.") % {"office": office.name})
    for capacity in held:
        if power in capacity.powers:
            capacity.posting.officer = officer
            return capacity.posting
    raise Refusal(_("%(office)s does not hold the power: %(power)s.") % {"office": office.name, "power": Power(power).label})


def may(officer: Officer, power: Power | str, office: Office, *, afresh: bool = True) -> bool:
    try:
        check(officer, power, office, afresh=afresh)
    except Refusal:
        return False
    return True


def may_anywhere(officer: Officer, power: Power | str) -> bool:
    """Say whether the officer holds ``power`` at any office today."""
    return any(power in capacity.powers for capacity in capacities(officer))


def offices_with(officer: Officer, power: Power | str) -> list[Office]:
    return [capacity.office for capacity in capacities(officer) if power in capacity.powers]


def check_step(officer: Officer, movement: Movement, *, afresh: bool = True) -> Posting:
    """Return the posting in which the officer may take the step; raise ``Refusal``: power first, then separation of duties."""
    posting = check(officer, movement.power, movement.office, afresh=afresh)
    conflict = conflicting_notings(movement).filter(Q(officer=officer) | Q(prepared_by=officer)).first()
    if conflict:
        raise Refusal(
            _("You yourself signed or prepared paragraph %(paragraph)s of this file; another officer must take this step.")
            % {"paragraph": conflict.paragraph}
        )
    return posting


def may_take(officer: Officer, movement: Movement) -> bool:
    try:
        check_step(officer, movement)
    except Refusal:
        return False
    return True


def conflicting_notings(movement: Movement) -> QuerySet[Noting]:
    """Return the file's notings whose authors may not take this step, through whatever charge they hold."""
    node = movement.node
    clash = Q(step__in=node.not_by_steps, outcome__in=FORWARD)
    if node.sanctions:
        clash |= Q(outcome__in=FORWARD)
    return Noting.objects.filter(clash, case_id=movement.case_id).order_by("paragraph")


def visible_to(officer: Officer) -> QuerySet[Case]:
    """Return the files the officer may read: his State's, his district's, or those that came to his office."""
    held = capacities(officer)
    states = {c.office.state_id for c in held if Power.SEE_STATE in c.powers}
    districts = {c.office.district_id for c in held if Power.SEE_DISTRICT in c.powers}
    offices = {c.office.pk for c in held if c.powers}
    if not offices:
        return Case.objects.none()
    came_to_him = Movement.objects.filter(case=OuterRef("pk"), office__in=offices)
    return Case.objects.filter(Q(state__in=states) | Q(district__in=districts) | Q(office__in=offices) | Exists(came_to_him))


def offices_for(power: Power | str, level: Level | str, case: Case) -> list[Office]:
    """Return the offices of the file's place that hold the power, in a fixed order; raise ``Refusal`` when there is none."""
    offices = Office.objects.filter(designation__state=case.state_id, designation__level=level)
    if level == Level.DISTRICT:
        offices = offices.filter(district=case.district_id)
    found = offices.select_related("designation__state", "district").order_by("designation__code")
    holders = [office for office in found if power in office.designation.powers]
    if not holders:
        raise Refusal(_("No office holds the power “%(power)s” here. Ask the programme administrator.") % {"power": Power(power).label})
    return holders


def office_for(power: Power | str, level: Level | str, case: Case) -> Office:
    """Return the office that takes a step of ``case``; raise ``Refusal`` when none holds the power, or several do.

    The opening office keeps its own file; otherwise the only holder of the power at that level of the State or district.
    """
    holders = offices_for(power, level, case)
    own = [office for office in holders if office.pk == case.office_id]
    if len(own or holders) == 1:
        return (own or holders)[0]
    raise Refusal(
        _("%(count)s offices hold the power “%(power)s” here; exactly one must. Ask the programme administrator.")
        % {"count": len(holders), "power": Power(power).label}
    )


def ladder_of(case: Case) -> Norm:
    """Return the delegation of the file's scheme in force today; raise ``Refusal`` when there is none."""
    try:
        return case.ladder
    except Norm.DoesNotExist:
        raise Refusal(_("No delegation says who sanctions this scheme in your State. Ask the programme administrator.")) from None


def office_on_the_ladder(power: Power | str, case: Case) -> Office:
    """Return the office that the delegation names for the file's amount; raise ``Refusal`` when there is none."""
    named = rung(ladder_of(case), case.amount or Decimal(0)).designation
    if (power, named) in case.offices:
        return case.offices[power, named]
    offices = Office.objects.filter(designation__state=case.state_id, designation__code=named)
    offices = offices.filter(Q(district=case.district_id) | Q(district=None))
    office = offices.select_related("designation__state", "district").first()
    if office is None or power not in office.designation.powers:
        raise Refusal(
            _("The delegation names “%(post)s”, which does not hold the power “%(power)s”. Ask the programme administrator.")
            % {"post": named, "power": Power(power).label}
        )
    case.offices[power, named] = office
    return office


def check_delegation(movement: Movement, amount: Decimal) -> None:
    """Raise ``Refusal`` when ``amount`` rupees are more than the line of the delegation gives that brought the file here."""
    if movement.ladder is None:
        return
    held = rung(movement.ladder, movement.case.amount or Decimal(0))
    if held.upto is not None and amount > held.upto:
        raise Refusal(
            _("%(amount)s is more than %(office)s may sanction: %(upto)s.")
            % {"amount": rupees(amount), "office": movement.office.name, "upto": rupees(held.upto)}
        )
