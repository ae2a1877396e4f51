"""The processes as people read them: tables, and BPMN 2.0 drawn by the engine's own exporter."""

from pathlib import Path
from typing import Any

import viewflow
from django.template import Context, Engine
from viewflow.workflow import chart

from programme.models import Level
from programme.powers import Power
from workflows.flows import FLOWS, VERSIONS
from workflows.nodes import LADDER, Act, Begin, Choose, Ending, Step, Watch

GENERATED = "<!-- Written by manage.py make_docs; do not edit. -->\n"


def pages() -> dict[str, str]:
    """Return every generated page: path under docs, and text."""
    written = {"processes.md": processes(), "powers.md": powers()}
    return written | {f"processes/{name_of(flow)}.bpmn": bpmn(flow) for flow in VERSIONS.values()}


def name_of(flow: Any) -> str:
    """Return under which name a process is drawn; an older version carries its number."""
    return flow.slug if flow in FLOWS.values() else f"{flow.slug}-v{flow.version}"


def processes() -> str:
    """Return one section a process: its steps in order, its endings, its ways out."""
    return "\n".join([GENERATED + "# Processes\n", *[_process(flow) for flow in VERSIONS.values()]])


def powers() -> str:
    """Return the table of powers and the steps that ask for each."""
    rows = [GENERATED + "# Powers\n", "| power | what it allows | asked by |", "|---|---|---|"]
    for power in Power:
        rows.append(f"| `{power.value}` | {power.label} | {', '.join(_asked_by(power)) or '—'} |")
    rows.append("\nWhich post holds which power is data: `fixtures/designations.csv`.")
    rows.append("`manage.py load_state` brings a change in, and postings carry it to officers.\n")
    return "\n".join(rows)


def _process(flow: Any) -> str:
    rows = [
        f"## {flow.process_title} (version {flow.version})\n",
        f"{(flow.__doc__ or '').strip()} Drawn in [processes/{name_of(flow)}.bpmn](processes/{name_of(flow)}.bpmn).\n",
        "| step | who | working days | ways out |",
        "|---|---|---|---|",
    ]
    rows += [_row(node) for node in flow.in_order() if not isinstance(node, Ending)]
    ends = ", ".join(_end(node) for node in flow.in_order() if isinstance(node, Ending))
    return "\n".join([*rows, f"\nEnds: {ends}.\n"])


def _end(node: Ending) -> str:
    how = " (as asked)" if node.good else " (from any step, by a repair of the programme administrator alone)" if node.by_repair else ""
    return f"{node.task_title}{how}"


def _row(node: Any) -> str:
    who = _who(node)
    days = f"until `{node.date}`" if isinstance(node, Watch) else ""
    if isinstance(node, Step):
        days = _days(node)
        if node.not_by_steps:
            who += f"; nobody who signed {', '.join(node.not_by_steps)}"
        if node.sanctions:
            who += "; nobody who signed or prepared anything on the file before"
    return f"| **{node.name}** {node.task_title} | {who} | {days} | {_ways(node)} |"


def _who(node: Any) -> str:
    if not isinstance(node, Begin | Step):
        return "by itself"
    level = "by the delegation, by amount" if node.level == LADDER else str(Level(node.level).label)
    who = f"{Power(node.power).label} · {level}"
    if isinstance(node, Step) and node.together:
        who += ", every office that holds it at once"
    return f"{who}, in a sitting" if isinstance(node, Step) and node.in_committee else who


def _days(node: Step) -> str:
    if node.window:
        rule, days = node.window
        return f"closed by the clock after {days} (norm: `{rule}`)"
    return f"until `{node.moment}`" if node.moment else f"{node.days}{f' after {node.after}' if node.after else ''}"


def _ways(node: Any) -> str:
    if isinstance(node, Act | Begin):
        return f"→ {node._next.name}"
    if isinstance(node, Choose):
        return f"`{node.asked}` → {node.yes.name}, otherwise → {node.no.name}"
    said = [f"{way.outcome.label} → {' or '.join(target.name for target in way.targets)}" for way in node.ways]
    if node.goes_back:
        said.append("after a return: back to the returner, unless a material fact or paper changed")
    if node.withdrawal:
        said.append(f"the opening office may withdraw → {node.withdrawal.name}")
    return "; ".join(said)


def _asked_by(power: Power) -> list[str]:
    asked = []
    for flow in VERSIONS.values():
        for node in flow.in_order():
            if isinstance(node, Begin | Step) and power in (node.power, getattr(node, "preparing_power", None)):
                asked.append(f"{name_of(flow)}.{node.name}")
    return asked


def bpmn(flow: Any) -> str:
    """Return the process in BPMN 2.0 with its diagram; the engine's template is read from its package."""
    grid = chart.calc_layout_data(flow, edge_start_gap_size=0, edge_end_gap_size=0)
    engine = Engine(dirs=[str(Path(viewflow.__file__).parent / "templates")], libraries={"l10n": "django.templatetags.l10n"})
    cells = list(grid.cells)
    context = {
        "grid": grid,
        "cells": cells,
        "edges": list(grid.edges),
        "process_id": f"id_process_{flow.slug}",
        "process_name": str(flow.process_title),
        "compensations": [],
    }
    drawn = engine.get_template("viewflow/workflow/graph.bpmn").render(Context(context))
    return "\n".join(line.rstrip() for line in drawn.splitlines() if line.strip()) + "\n"
