"""System checks: what a process must have before it may run. Each failure says what to do."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution
from django.db import connection
from viewflow.workflow.fields import get_flow_ref
from viewflow.workflow.lock import SelectForUpdateLock
from viewflow.workflow.nodes import Join, Split

from workflows.flows import VERSIONS
from workflows.models import Case, Committee, Outcome
from workflows.nodes import LADDER, Act, Begin, Choose, Ending, Stay, Step, Watch
from workflows.record import triggers


@register()
def flows_are_fit(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Every step has its power, level, form and ways; the lock is the database's; the graph has no trap; versions fit together."""
    return [error for flow in VERSIONS.values() for error in faults(flow)] + list(version_faults(VERSIONS.values()))


def version_faults(flows: Iterable[Any]) -> Iterator[CheckMessage]:
    """Yield what keeps files of these flows from being repaired, or brought from one version of a process to the next."""
    records: dict[str, Any] = {}
    for flow in flows:
        if len([node for node in flow.in_order() if isinstance(node, Ending) and node.by_repair]) != 1:
            yield Error(f"{flow.__name__} needs one ending for cancelled files: Ending(…, by_repair=True).", id="workflows.E019")
        for step in flow.arrives.values():
            if not isinstance(flow.instance.node(step, no_obsolete=True), Stay):
                yield Error(f"{flow.__name__}.arrives names {step}, at which no file can wait.", id="workflows.E020")
        if records.setdefault(flow.slug, flow.record) is not flow.record:
            yield Error(f"{flow.__name__} has another record than the version before; its files could not go on.", id="workflows.E021")


def faults(flow: Any) -> Iterator[CheckMessage]:
    """Yield what is wrong with one flow; the traps are those that freeze a process for ever."""
    name = flow.__name__
    lock = flow.lock_impl
    if not isinstance(lock, SelectForUpdateLock) or lock.nowait or lock.attempts != 1:
        yield Error(
            f"{name} does not wait for the file's row. Set lock_impl = SelectForUpdateLock(nowait=False, attempts=1).", id="workflows.E001"
        )
    if flow.process_class is not Case:
        yield Error(f"{name}.process_class must be Case.", id="workflows.E002")
    if not (flow.slug and flow.prefix and flow.scheme and flow.record):
        yield Error(f"{name} needs slug, prefix, scheme and record.", id="workflows.E003")
    nodes = flow.in_order()
    for node in nodes:
        if isinstance(node, Begin | Step):
            yield from _human_faults(name, node)
        if isinstance(node, Step):
            yield from _committee_faults(name, node)
        if isinstance(node, Stay):
            yield from _clock_faults(name, flow, node)
        if isinstance(node, Split | Join):
            yield Error(f"{name}.{node.name} is a plain parallel gateway, which can wait for ever.", id="workflows.E008")
    yield from _reach_faults(name, flow, nodes)


def _human_faults(name: str, node: Any) -> Iterator[CheckMessage]:
    if not getattr(node, "power", "") or not getattr(node, "level", ""):
        yield Error(f"{name}.{node.name} has no power: add .By(power, at=level), or anybody signed in could take it.", id="workflows.E004")
    if isinstance(node, Step):
        if not node.ways:
            yield Error(f"{name}.{node.name} has no way out.", id="workflows.E005")
        if node.days is None and not node.moment and node.window is None:
            yield Error(f"{name}.{node.name} has no clock: add .Within(days=…).", id="workflows.E006")
        by_people = {way.outcome for way in node.ways} - {Outcome.SILENT}
        if (by_people == {Outcome.SUBMIT}) != node.own_page:
            yield Error(
                f"{name}.{node.name}: a record form has the one way out SUBMIT, a decision form has others to choose from.",
                id="workflows.E007",
            )


def _committee_faults(name: str, node: Step) -> Iterator[CheckMessage]:
    if node.in_committee != (node.power in Committee.values):
        yield Error(f"{name}.{node.name}: .InCommittee() and the power of a committee's chair go together.", id="workflows.E017")
    if node.in_committee and (node.own_page or node.together):
        yield Error(f"{name}.{node.name}: a committee decides in a decision form, by its chair alone.", id="workflows.E018")


def _clock_faults(name: str, flow: Any, node: Any) -> Iterator[CheckMessage]:
    if node.together and len({target for way in node.ways for target in way.targets}) != 1:
        yield Error(f"{name}.{node.name} is taken together, so all its ways must lead to one node.", id="workflows.E013")
    outcomes = {way.outcome for way in node.ways}
    if isinstance(node, Step) and (node.window is not None) != (Outcome.SILENT in outcomes):
        yield Error(f"{name}.{node.name}: .ClosedAfter(…) and the way SILENT go together.", id="workflows.E014")
    if isinstance(node, Watch) and (not node.date or outcomes != {Outcome.TIME_CAME}):
        yield Error(f"{name}.{node.name}: a watch needs .Until(date) and the one way TIME_CAME.", id="workflows.E015")
    if node.level == LADDER and not flow.ladder:
        yield Error(f"{name}.{node.name} stands on a ladder: name the flow's delegation in `ladder`.", id="workflows.E016")


def _reach_faults(name: str, flow: Any, nodes: list[Any]) -> Iterator[CheckMessage]:
    reached, queue = set(), [flow.begin_node()]
    while queue:
        node = queue.pop()
        if node not in reached:
            reached.add(node)
            queue += [edge.dst for edge in node._outgoing()]
    for node in nodes:
        if node not in reached and not getattr(node, "by_repair", False):
            yield Error(f"{name}.{node.name} cannot be reached from the beginning.", id="workflows.E009")
    for node in nodes:
        if not isinstance(node, Ending) and not _leads_to_an_end(node):
            yield Error(f"{name}.{node.name} never leads to an end.", id="workflows.E010")
        if isinstance(node, Choose) and (node.condition is None or "<lambda>" in node.condition.__qualname__):
            yield Error(f"{name}.{node.name}: the condition must be a named method of the record.", id="workflows.E011")
        if isinstance(node, Act) and node._next is None:
            yield Error(f"{name}.{node.name} leads nowhere: add .Next(…).", id="workflows.E012")


def _leads_to_an_end(node: Any) -> bool:
    seen, queue = set(), [node]
    while queue:
        here = queue.pop()
        if isinstance(here, Ending):
            return True
        if here not in seen:
            seen.add(here)
            queue += [edge.dst for edge in here._outgoing()]
    return False


@register(Tags.database)
def open_files_have_a_step(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Every open task must name a node that still exists; a renamed node needs a data migration, which a warning lets run."""
    if not databases or Case._meta.db_table not in connection.introspection.table_names():
        return []
    lost: list[CheckMessage] = []
    waiting = Case.objects.filter(movements__disposed=None, ending="").values_list("movements__step", "kind", "flow_version").distinct()
    for step, kind, version in waiting:
        flow = VERSIONS.get((kind, version))
        if flow is None or flow.instance.node(step, no_obsolete=True) is None:
            text = f"Open files of {kind}, version {version}, wait at the unknown step {step}. Write a data migration."
            lost.append(Caution(text, id="workflows.W001"))
    return lost


@register(Tags.database)
def record_is_guarded(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """The triggers that keep the record must be in place. A warning, because ``migrate`` asks first and is what puts them back."""
    if not databases or Case._meta.db_table not in connection.introspection.table_names():
        return []
    return [Caution(f"Trigger {name} is missing. Run manage.py migrate.", id="workflows.W002") for name in triggers.missing()]


@register(Tags.security, deploy=True)
def orders_are_signed(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A State that runs without a signing key is warned, not stopped (docs/decisions/0014)."""
    if settings.ORDER_KEY_FILE:
        return []
    hint = "Set ORDER_KEY_FILE and ORDER_CERTIFICATE_FILE to the document signer key and certificate of a licensed certifying authority."
    return [Caution("Orders leave as PDF without a digital signature.", hint=hint, id="workflows.W003")]


def names() -> list[str]:
    """Return every public name a stored row depends on: flows, nodes and ways, for the snapshot test."""
    rows = []
    for (slug, version), flow in VERSIONS.items():
        rows.append(f"{slug} {get_flow_ref(flow)} v{version}")
        for node in flow.in_order():
            ways = ", ".join(f"{way.outcome}→{'|'.join(t.name for t in way.targets)}" for way in getattr(node, "ways", []))
            rows.append(f"  {type(node).__name__} {node.name} {ways}".rstrip())
    return rows
