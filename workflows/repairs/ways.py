"""What a repair never passes by on the way of a process, and what it may not skip."""

from typing import Any

from programme.models import FileRecord
from workflows.forms.decisions import DecisionForm
from workflows.nodes import Act, Step, Watch


def decides(node: Any) -> bool:
    """Say whether something is decided or issued here that no repair may pass by, in either direction."""
    if isinstance(node, Act | Watch):
        return True
    return isinstance(node, Step) and (node.sanctions or any(isinstance(target, Act) for way in node.ways for target in way.targets))


def must_be_taken(node: Any, record: type[FileRecord]) -> bool:
    """Say whether a step may not be skipped, because it writes what later steps rest on."""
    if not isinstance(node, Step) or node.is_correction or node.window:
        return False
    form = node.form_class
    writes = node.own_page or bool(form.writes) or form.values is not DecisionForm.values
    return writes or bool(record.COMPUTED and form.amount_field)
