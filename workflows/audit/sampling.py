"""Samples as they are kept: the population at a moment, the files drawn from it, what they are tested for, and what each test found."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from programme.models import Officer, State
from programme.money import rupees
from workflows.audit import drawing
from workflows.audit.drawing import Drawn, Unit
from workflows.audit.reading import charges_of, examined
from workflows.authority import Refusal
from workflows.flows import FLOWS
from workflows.models import AuditScope, Case, Finding, Method, Sample, SampleItem, Strata, TestResult, TestStep

MOST = 500
# A population is held in memory while it is drawn from.
LARGEST = 200_000
MOST_STEPS = 40
BANDS = [Decimal(100_000), Decimal(1_000_000), Decimal(5_000_000), Decimal(10_000_000)]


@dataclass(frozen=True)
class Plan:
    """How a sample is to be drawn. ``query`` is the selection as an address of the list of files."""

    title: str
    method: Method
    size: int
    seed: str
    strata: Strata | None = None
    query: str = ""
    steps: tuple[str, ...] = ()


@transaction.atomic
def draw(cases: QuerySet[Case], plan: Plan, *, state: State, by: Officer) -> Sample:
    """Draw a sample from the files as they stand now and keep it; raise ``Refusal`` for no auditor, or where nothing can be drawn.

    The population holds no file but what the auditor may read in the charge in which he draws.
    """
    scope = _scope(by, state)
    units, files = _population(cases.filter(examined(state.pk, scope)), plan)
    drawn = _drawn(units, plan)
    now = timezone.now()
    sample = Sample.objects.create(
        state=state,
        title=plan.title,
        method=plan.method,
        strata=plan.strata or "",
        size=plan.size,
        seed=plan.seed,
        query=plan.query,
        population=len(units),
        total=sum((unit.amount or Decimal(0) for unit in units), Decimal(0)),
        digest=drawing.digest_of(units),
        interval=drawn.interval,
        start=drawn.start,
        drawn_by=by,
        drawn_at=now,
        scope=scope,
    )
    known = {unit.number: unit for unit in units}
    SampleItem.objects.bulk_create(_item(sample, n, known[number], files[number], drawn) for n, number in enumerate(drawn.numbers, 1))
    TestStep.objects.bulk_create(
        TestStep(sample=sample, position=n, text=text, made_by=by, made_at=now) for n, text in enumerate(plan.steps, 1)
    )
    return sample


@dataclass(frozen=True)
class Again:
    """What the seed of a sample draws from its selection as the files stand now; ``digest`` is empty where nothing can be drawn."""

    sample: Sample
    population: int = 0
    total: Decimal = Decimal(0)
    digest: str = ""
    numbers: tuple[str, ...] = ()

    @property
    def is_same(self) -> bool:
        return self.digest == self.sample.digest


def again(sample: Sample, cases: QuerySet[Case]) -> Again:
    """Draw once more by the plan of a sample, from the same part of the State, and keep nothing."""
    strata = Strata(sample.strata) if sample.strata else None
    plan = Plan(sample.title, Method(sample.method), sample.size, sample.seed, strata, sample.query)
    try:
        units, _files = _population(cases.filter(examined(sample.state_id, sample.scope)), plan)
    except Refusal:
        return Again(sample)
    total = sum((unit.amount or Decimal(0) for unit in units), Decimal(0))
    return Again(sample, len(units), total, drawing.digest_of(units), tuple(_drawn(units, plan).numbers))


def _population(cases: QuerySet[Case], plan: Plan) -> tuple[list[Unit], dict[str, int]]:
    """Return the units that can be drawn and their files; raise ``Refusal`` for none, and for more than are held at once."""
    count = cases.order_by().count()
    if count > LARGEST:
        raise Refusal(_("The selection has %(count)s files; a sample is drawn from at most %(most)s.") % {"count": count, "most": LARGEST})
    units, files = [], {}
    rows = cases.order_by().values_list("pk", "number", "amount", "district__name_en", "kind")
    for pk, number, amount, district, kind in rows.iterator(chunk_size=2000):
        unit = Unit(number, amount, _stratum(plan.strata, amount, district, kind))
        if plan.method != Method.MONETARY or unit.paise > 0:
            units.append(unit)
            files[number] = pk
    if not units:
        raise Refusal(_("No file of the selection can be drawn. Choose another selection."))
    return units, files


def _drawn(units: list[Unit], plan: Plan) -> Drawn:
    draws = {Method.RANDOM: drawing.randomly, Method.STRATIFIED: drawing.by_strata, Method.MONETARY: drawing.by_money}
    return draws[plan.method](units, plan.size, plan.seed)


def _item(sample: Sample, position: int, unit: Unit, pk: int, drawn: Drawn) -> SampleItem:
    certain = unit.number in drawn.certain
    return SampleItem(sample=sample, position=position, case_id=pk, stratum=unit.stratum, amount=unit.amount, certain=certain)


def _stratum(strata: Strata | None, amount: Decimal | None, district: str | None, kind: str) -> str:
    if strata == Strata.DISTRICT:
        return district or ""
    if strata == Strata.PROCESS:
        return kind
    return _band(amount) if strata == Strata.AMOUNT else ""


def _band(amount: Decimal | None) -> str:
    """Return the number of the amount's band: 0 without an amount, then one for each border it lies above."""
    return "0" if amount is None else str(1 + sum(amount > border for border in BANDS))


def stratum_title(strata: str, stratum: str) -> str:
    """Return how a stratum reads."""
    if strata == Strata.PROCESS:
        return str(FLOWS[stratum].process_title) if stratum in FLOWS else stratum
    if strata == Strata.AMOUNT:
        return _band_title(int(stratum))
    return stratum or "—"


def _band_title(band: int) -> str:
    if band == 0:
        return _("without an amount")
    if band > len(BANDS):
        return _("above %(amount)s") % {"amount": rupees(BANDS[-1])}
    return _("up to %(amount)s") % {"amount": rupees(BANDS[band - 1])}


# --- testing ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_step(sample: Sample, text: str, *, by: Officer) -> TestStep:
    """Add what every file of the sample is tested for; raise ``Refusal`` for no auditor of its State, or too many steps."""
    _check(by, sample)
    Sample.objects.select_for_update().get(pk=sample.pk)
    position = 1 + (sample.steps.aggregate(last=Max("position"))["last"] or 0)
    if position > MOST_STEPS:
        raise Refusal(_("A sample is tested for at most %(most)s attributes.") % {"most": MOST_STEPS})
    return TestStep.objects.create(sample=sample, position=position, text=text, made_by=by, made_at=timezone.now())


@transaction.atomic
def record(item: SampleItem, found: Mapping[int, tuple[str, str]], *, by: Officer) -> int:
    """Write down what the tests of one file found, by step; return how many results are new. What is as it was is not written again."""
    _check(by, item.sample)
    last, now = results_of(item), timezone.now()
    rows = [
        TestResult(item=item, step=step, finding=Finding(found[step.pk][0]), text=found[step.pk][1], made_by=by, made_at=now)
        for step in item.sample.steps.all()
        if step.pk in found and (step.pk not in last or (last[step.pk].finding, last[step.pk].text) != found[step.pk])
    ]
    TestResult.objects.bulk_create(rows)
    return len(rows)


def results_of(item: SampleItem) -> dict[int, TestResult]:
    """Return the result that stands for each step tested, by the step's number in the database."""
    return {result.step_id: result for result in item.results.order_by("pk")}


def results_in(sample: Sample) -> dict[tuple[int, int], TestResult]:
    """Return the results that stand, by item and step; one query."""
    rows = TestResult.objects.filter(item__sample=sample).order_by("pk")
    return {(result.item_id, result.step_id): result for result in rows}


def samples_of(officer: Officer, state: State | None = None) -> QuerySet[Sample]:
    """Return the samples that the officer reads: of his States, or those drawn within the part that he examines."""
    theirs = Q(pk__in=[])
    for held in charges_of(officer, state):
        part = Q(scope__in=_within(held.scope)) if held.scope else Q()
        theirs |= Q(state=held.office.state_id) & part
    return Sample.objects.filter(theirs)


def _within(scope: AuditScope) -> list[AuditScope]:
    scopes = AuditScope.objects.filter(posting__office__designation__state=scope.posting.office.state_id)
    return [each for each in scopes.prefetch_related("districts") if each.lies_in(scope)]


def _scope(officer: Officer, state: State) -> AuditScope | None:
    """Return the part of the State from which the officer draws, ``None`` for all of it; raise ``Refusal`` for no auditor of it."""
    held = sorted(charges_of(officer, state), key=lambda charge: charge.scope is not None)
    if not held:
        raise Refusal(_("Only auditors of the State keep its samples."))
    return held[0].scope


def _check(officer: Officer, sample: Sample) -> None:
    if not samples_of(officer).filter(pk=sample.pk).exists():
        raise Refusal(_("Only auditors of the State keep its samples."))
