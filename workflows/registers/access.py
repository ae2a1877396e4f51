"""Who reads an entry and who may change it: by office, district and State, as of today."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from programme.models import District, Office, Officer, Posting, State
from programme.powers import Power
from workflows import authority
from workflows.authority import Capacity, Refusal, capacities
from workflows.registers.declaring import Register


@dataclass(frozen=True)
class Reach:
    """Where somebody may enter: in the whole State, or in some of its districts alone."""

    state: State
    districts: frozenset[int] | None = None

    def covers(self, state: int, district: int | None) -> bool:
        return state == self.state.pk and (self.districts is None or district in self.districts)

    def choices(self) -> QuerySet[District]:
        rows = District.objects.filter(state=self.state)
        return rows if self.districts is None else rows.filter(pk__in=self.districts)


def reads_registers(officer: Officer) -> bool:
    """Say whether the officer holds anything today; without a charge there is no register."""
    return any(held.powers for held in capacities(officer))


def readable(register: Register, officer: Officer) -> QuerySet[Any]:
    """Return the entries the officer reads, those struck off among them: those of the States in which he holds a charge.

    An auditor limited to some districts reads these; so do officers of a district where the register says so, with the State's own.
    """
    model: Any = register.model
    theirs = Q(pk__in=[])
    for held in capacities(officer):
        if held.powers:
            theirs |= _seen(register, held)
    return model.objects.filter(theirs).select_related(*register.related)


def _seen(register: Register, held: Capacity) -> Q:
    model = register.model
    here = Q(**{model.STATE: held.office.state_id})
    if held.scope and Power.AUDIT in held.powers:
        return here & held.scope.covers(district=model.DISTRICT)
    if register.district_alone and held.office.district_id:
        return here & (Q(**{model.DISTRICT: held.office.district_id}) | Q(**{model.DISTRICT: None}))
    return here


def reach_of(office: Office) -> Reach:
    """Return where an office enters: an office of the State everywhere in it, one of a district in that alone."""
    return Reach(office.designation.state, None if office.district_id is None else frozenset({office.district_id}))


def reach(register: Register, officer: Officer) -> Reach | None:
    """Return where the officer may enter today, in the State of his first such charge; ``None`` for whoever may nowhere."""
    offices = [] if authority.audits(officer) else authority.offices_with(officer, register.power)
    if not offices:
        return None
    state = offices[0].designation.state
    here = [office for office in offices if office.state_id == state.pk]
    if any(office.district_id is None for office in here):
        return Reach(state)
    return Reach(state, frozenset(office.district_id for office in here if office.district_id))


def check(register: Register, officer: Officer, state: int, district: int | None) -> Posting:
    """Return the posting in which the officer may write an entry of this place, asked afresh; raise ``Refusal`` with the reason.

    An office of the district writes before one of the State, where somebody holds both.
    """
    authority.refuse_auditor(officer)
    held = [capacity for capacity in capacities(officer, afresh=True) if register.power in capacity.powers]
    for wanted in dict.fromkeys((district, None)):
        for capacity in held:
            if capacity.office.state_id == state and capacity.office.district_id == wanted:
                return capacity.posting_of(officer)
    if held:
        raise Refusal(_("Your office enters and changes what concerns its own district alone."))
    raise Refusal(_("Your office reads this register and does not keep it."))


def may_change(register: Register, officer: Officer, entry: Any) -> bool:
    """Say whether the officer may change this entry as it stands."""
    found = None if entry.is_removed or entry.bar_to_change() else reach(register, officer)
    return found is not None and found.covers(entry.state_of, entry.district_of)
