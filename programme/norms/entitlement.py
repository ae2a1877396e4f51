"""What a claim comes to under a norm. Pure: the same rules and inputs give the same answer, whatever the database holds."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from programme.models import Norm
from programme.norms.inputs import BadInput, checked
from programme.norms.schemes import scheme_of
from programme.norms.sheet import Entitlement, Sheet


def entitlement(
    scheme: str,
    rules: Mapping[str, Any],
    inputs: Mapping[str, Any],
    *,
    version: str = "",
    opened: date | None = None,
    closed: date | None = None,
) -> Entitlement:
    """Compute a claim under rules in force from ``opened`` to ``closed``; raise ``BadInput`` with one sentence for each wrong input."""
    known = scheme_of(scheme)
    if known is None or known.compute is None or known.fields is None:
        raise BadInput({"scheme": _("“%(scheme)s” is no scheme with an amount to compute.") % {"scheme": scheme}})
    values = checked(known.fields(rules), inputs)
    sheet = Sheet(rules, values, opened, closed)
    known.compute(sheet)
    given = {name: value for name, value in values.items() if value is not None}
    return Entitlement(scheme=scheme, version=version, inputs=given, amounts=sheet.amounts, steps=sheet.steps)


def entitled(norm: Norm, inputs: Mapping[str, Any]) -> Entitlement:
    """Compute a claim under one version; raise ``BadInput``."""
    return entitlement(norm.scheme, norm.rules, inputs, version=norm.version, opened=norm.applies_from, closed=norm.applies_until)
