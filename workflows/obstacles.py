"""Where files would stop before any has come there: every process in every district, walked in memory over who holds what."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from programme.calendar import today
from programme.models import Charge, District, Level, Norm, Office, Officer, Posting, State
from programme.norms.ladders import rungs
from programme.powers import Power
from workflows.authority import capacities
from workflows.flows import VERSIONS
from workflows.models import Obstacle, ObstacleKind
from workflows.nodes import LADDER, Begin, Step
from workflows.nodes.graph import before

AHEAD = timedelta(days=14)
# What may change of an obstacle while it stays the same one.
CHANGING = ("steps", "stops", "on", "officer_id")


@dataclass
class Found:
    """One obstacle as it is found; ``steps`` grows with every step that is met by it."""

    kind: ObstacleKind
    state: State
    district_id: int | None = None
    office_id: int | None = None
    power: str = ""
    post: str = ""
    officer_id: int | None = None
    on: date | None = None
    stops: bool = False
    steps: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        where = self.office_id or f"{self.state.pk}-{self.district_id or 0}"
        return "/".join(str(part) for part in (self.kind.value, where, self.power, self.post) if part)


class Standing:
    """Who holds what from today on, read once: offices by place and power, postings by office."""

    def __init__(self, day: date) -> None:
        self.day, self.last = day, day + AHEAD
        self.offices: dict[tuple[int, str, int | None], list[Office]] = {}
        self.by_post: dict[tuple[int, str, int | None], Office] = {}
        for office in Office.objects.select_related("designation", "district").order_by("designation__code", "pk"):
            post = office.designation
            self.offices.setdefault((post.state_id, post.level, office.district_id), []).append(office)
            self.by_post[post.state_id, post.code, office.district_id] = office
        self.postings: dict[int, list[Posting]] = {}
        live = Posting.objects.filter(Posting.not_over(day), officer__is_active=True, starts_on__lte=self.last)
        for posting in live.exclude(charge=Charge.ASSISTANT).select_related("office__designation"):
            self.postings.setdefault(posting.office_id, []).append(posting)

    def holders_of(self, power: str, level: str, state: State, district: District) -> list[Office]:
        """Return the offices that hold a power at a level of the State or district."""
        there = self.offices.get((state.pk, level, district.pk if level == Level.DISTRICT else None), [])
        return [office for office in there if power in office.designation.powers]

    def today_at(self, office: Office, power: str) -> list[Posting]:
        """Return the postings in which somebody may exercise ``power`` at the office today."""
        return [p for p in self.postings.get(office.pk, []) if p.covers(self.day) and power in p.powers]

    def first_gap(self, office: Office, power: str) -> date | None:
        """Return the first day from today on, within the time looked ahead, on which nobody has the power; ``None`` without one."""
        giving = [posting for posting in self.postings.get(office.pk, []) if power in posting.powers]
        days = (self.day + timedelta(days=n) for n in range(AHEAD.days + 1))
        return next((day for day in days if not any(posting.covers(day) for posting in giving)), None)


@transaction.atomic
def check() -> int:
    """Bring the table of obstacles to what stands today, and return how many there are. Nothing is asked for each district."""
    found = {one.key: one for one in _walk(Standing(today()))}
    known = {one.key: one for one in Obstacle.objects.filter(Q(closed_at=None) | Q(key__in=list(found)))}
    changed = []
    for key, obstacle in known.items():
        if key not in found:
            obstacle.closed_at = timezone.now()
            changed.append(obstacle)
        elif obstacle.closed_at or any(getattr(obstacle, name) != getattr(found[key], name) for name in CHANGING):
            for name in CHANGING:
                setattr(obstacle, name, getattr(found[key], name))
            obstacle.closed_at = None
            changed.append(obstacle)
    Obstacle.objects.bulk_update(changed, ["closed_at", "steps", "stops", "on", "officer"], batch_size=200)
    Obstacle.objects.bulk_create(
        [Obstacle(key=key, **vars(one)) for key, one in found.items() if key not in known], batch_size=200, ignore_conflicts=True
    )
    return len(found)


def _walk(standing: Standing) -> Iterable[Found]:
    seen: dict[str, Found] = {}
    asked: dict[int, tuple[Office, State, dict[str, list[str]]]] = {}

    def met(one: Found, step: str) -> None:
        kept = seen.setdefault(one.key, one)
        if step not in kept.steps:
            kept.steps.append(step)
            kept.stops |= not _is_closed_by_the_clock(step)

    for state in State.objects.filter(designations__isnull=False).distinct().prefetch_related("districts"):
        for flow in VERSIONS.values():
            walk = _Walk(flow, state, standing)
            for district in state.districts.all():
                for node, offices, faults in walk.through(district):
                    for one in faults:
                        met(one, _ref(flow, node))
                    for office in offices:
                        steps = asked.setdefault(office.pk, (office, state, {}))[2].setdefault(str(node.power), [])
                        if _ref(flow, node) not in steps:
                            steps.append(_ref(flow, node))
    for office, state, powers in asked.values():
        for one, step in _gaps(office, state, powers, standing):
            met(one, step)
    return seen.values()


def _among(offices: list[Office], others: list[Office]) -> bool:
    return {office.pk for office in offices} <= {office.pk for office in others}


def _ref(flow: Any, node: Any) -> str:
    return f"{flow.slug}/{flow.version}/{node.name}"


def _is_closed_by_the_clock(ref: str) -> bool:
    return bool(node_of(ref).window)


def node_of(ref: str) -> Any:
    """Return the step that an obstacle names."""
    return VERSIONS[_flow(ref)].instance.node(ref.rpartition("/")[2])


def _gaps(office: Office, state: State, powers: dict[str, list[str]], standing: Standing) -> Iterator[tuple[Found, str]]:
    """Yield the steps for which an office has nobody: today, or from a day soon."""
    gaps = {power: gap for power in powers if (gap := standing.first_gap(office, power))}
    for kind, now in ((ObstacleKind.VACANT, True), (ObstacleKind.ENDING, False)):
        days = [day for day in gaps.values() if (day == standing.day) == now]
        for power, day in gaps.items():
            if (day == standing.day) == now:
                place = {"district_id": office.district_id, "office_id": office.pk}
                one = Found(kind, state, on=None if now else min(days), **place)  # type: ignore[arg-type]
                yield from ((one, step) for step in powers[power])


class _Walk:
    """One process in one State; it is run in a district only where somebody there may open it."""

    def __init__(self, flow: Any, state: State, standing: Standing) -> None:
        self.flow, self.state, self.standing = flow, state, standing
        self.steps = [node for node in flow.in_order() if isinstance(node, Step)]
        self.earlier = {node: [flow.begin_node(), *before(flow, node)] for node in self.steps}
        self.delegated = list(self._delegated()) if flow.ladder else []

    def through(self, district: District) -> Iterator[tuple[Step, list[Office], list[Found]]]:
        """Yield every step with the offices that would take it in the district, and with what is wrong there."""
        begin = self.flow.begin_node()
        openers = self.standing.holders_of(begin.power, begin.level, self.state, district)
        if not openers:
            return
        places = {begin: openers} | {node: self._offices(node, district) for node in self.steps}
        for node in self.steps:
            faults = list(self._faults(node, places[node], openers, district))
            if len(places[node]) > 1 and self._is_one(node) and _among(openers, places[node]):
                # Whoever opened the file keeps it here, and an empty post opens none.
                places[node] = [office for office in openers if self.standing.today_at(office, str(node.power))]
            faults += self._conflicts(node, places, district)
            yield node, places[node], faults

    def _is_one(self, node: Step) -> bool:
        """Say whether one office alone takes the step, found by the power it holds."""
        return not node.together and node.level != LADDER

    def _offices(self, node: Step, district: District) -> list[Office]:
        if node.level != LADDER:
            return self.standing.holders_of(str(node.power), str(node.level), self.state, district)
        return [
            office
            for office in (self._named(code, district) for code in self.delegated)
            if office and node.power in office.designation.powers
        ]

    def _delegated(self) -> Iterator[str]:
        try:
            norm = Norm.in_force(self.flow.ladder, self.state, self.standing.day)
        except Norm.DoesNotExist:
            return
        yield from dict.fromkeys(line.designation for line in rungs(norm))

    def _named(self, code: str, district: District) -> Office | None:
        by_post = self.standing.by_post
        return by_post.get((self.state.pk, code, district.pk)) or by_post.get((self.state.pk, code, None))

    def _faults(self, node: Step, offices: list[Office], openers: list[Office], district: District) -> Iterator[Found]:
        if node.level == LADDER:
            for code in self.delegated or [""]:
                office = self._named(code, district)
                if office is None or node.power not in office.designation.powers:
                    yield Found(ObstacleKind.LADDER, self.state, power=str(node.power), post=code)
            return
        place = {"district_id": district.pk if node.level == Level.DISTRICT else None, "power": str(node.power)}
        if not offices:
            yield Found(ObstacleKind.NONE, self.state, **place)  # type: ignore[arg-type]
        elif len(offices) > 1 and self._is_one(node) and not _among(openers, offices):
            yield Found(ObstacleKind.SEVERAL, self.state, **place)  # type: ignore[arg-type]

    def _conflicts(self, node: Step, places: dict[Begin | Step, list[Office]], district: District) -> Iterator[Found]:
        """Yield an office whose every holder would have had to act on the file before, as postings stand today."""
        ruled = {one for one in self.earlier[node] if node.sanctions or one.name in node.not_by_steps}
        sure = {one: person for one in self.earlier[node] if (person := self._only_one(one, places[one])) is not None}
        for office in places[node]:
            holders = self.standing.today_at(office, str(node.power))
            barred = {posting.officer_id for posting in holders if self._would_be_barred(posting, ruled, sure, places)}
            if holders and barred == {posting.officer_id for posting in holders}:
                yield Found(
                    ObstacleKind.CONFLICT, self.state, district_id=district.pk if office.district_id else None, office_id=office.pk,
                    officer_id=min(barred),
                )  # fmt: skip

    def _would_be_barred(self, posting: Posting, ruled: set[Any], sure: dict[Any, int], places: dict[Any, list[Office]]) -> bool:
        for node, person in sure.items():
            elsewhere = posting.charge == Charge.LINK and all(office.pk != posting.office_id for office in places[node])
            if person == posting.officer_id and (node in ruled or elsewhere):
                return True
        return False

    def _only_one(self, node: Begin | Step, offices: list[Office]) -> int | None:
        """Return who alone could act at a step today; ``None`` when nobody could, or several."""
        people = {posting.officer_id for office in offices for posting in self.standing.today_at(office, str(node.power))}
        return people.pop() if len(people) == 1 else None


# --- reading it -----------------------------------------------------------------------------------------------------------


@dataclass
class Group:
    """Like obstacles as they are read together: one post and its steps, and the places where it is so."""

    kind: ObstacleKind
    title: str
    steps: list[str]
    stops: bool
    on: date | None
    said: str = ""
    places: list[str] = field(default_factory=list)


def states_of(officer: Officer) -> set[int]:
    """Return the States whose obstacles the officer may read: those he administers or audits."""
    return {c.office.state_id for c in capacities(officer) if {Power.ADMINISTER, Power.AUDIT} & c.powers}


def standing_in(states: set[int], *, district: int | None = None) -> QuerySet[Obstacle]:
    """Return the obstacles that stand in these States, or in one district, with what concerns every district."""
    rows = Obstacle.objects.filter(closed_at=None, state__in=states)
    if district:
        rows = rows.filter(Q(district=district) | Q(district=None))
    return rows.select_related("office__designation", "office__district", "district", "officer").order_by("kind", "pk")


def grouped(rows: Iterable[Obstacle], *, process: str = "") -> list[Group]:
    """Put like obstacles together, those that stop most places first; of one process where it is named. A step that is gone is left out."""
    groups: dict[tuple[Any, ...], Group] = {}
    for row in rows:
        steps = [ref for ref in row.steps if _flow(ref) in VERSIONS and process in ("", _flow(ref)[0])]
        key = (row.kind, _title(row), tuple(steps), row.on, row.officer_id)
        if steps:
            group = groups.setdefault(key, _group(row, steps))
            group.places.append(row.district.name if row.district else "")
    return sorted(groups.values(), key=lambda group: (not group.stops, -len(group.places), group.title))


def _group(row: Obstacle, steps: list[str]) -> Group:
    titles = [_("%(process)s: %(step)s") % {"process": VERSIONS[_flow(ref)].process_title, "step": node_of(ref).title} for ref in steps]
    said = row.officer.name if row.officer else ""
    return Group(ObstacleKind(row.kind), _title(row), titles, row.stops, row.on, said)


def _flow(ref: str) -> tuple[str, int]:
    slug, version, _step = ref.split("/")
    return slug, int(version)


def _title(row: Obstacle) -> str:
    if row.office:
        return row.office.designation.name
    power = str(Power(row.power).label)
    return _("“%(post)s”: %(power)s") % {"post": row.post, "power": power} if row.kind == ObstacleKind.LADDER else power
