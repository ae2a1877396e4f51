"""Which version answers a question: the one that was named, or the one in force on the day that decides."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from programme.models import AppliesBy, Norm, NormStatus, State
from programme.norms.entitlement import entitled
from programme.norms.inputs import BadInput, Wrong, day, text
from programme.norms.schemes import calculators, scheme_of
from programme.norms.sheet import Entitlement

VERSION = "rule_version"


def answer(scheme: str, state: State | None, on: date, inputs: Mapping[str, Any]) -> tuple[Norm, Entitlement]:
    """Choose the version and compute; raise ``BadInput`` with a sentence for each input that is wrong.

    ``state`` is ``None`` for all India. ``inputs`` may name the version as ``rule_version``, and the day of the claim as
    ``on`` for short. Where a pause after an earlier benefit is asked about without such a day, the claim is made on ``on``.
    """
    if scheme not in calculators():
        known = ", ".join(calculators())
        raise BadInput(
            {"scheme": _("“%(scheme)s” is no scheme with a calculator. Known are: %(known)s.") % {"scheme": scheme[:40], "known": known}}
        )
    if not isinstance(inputs, Mapping):
        raise BadInput({"input": _("The inputs must be an object.")})
    norm = version_for(scheme, state, on, inputs)
    asked = {name: value for name, value in inputs.items() if name not in (VERSION, "on")}
    if inputs.get("on") is not None:
        asked.setdefault("claim_date", inputs["on"])
    elif asked.get("last_benefit_date"):
        asked.setdefault("claim_date", on)
    return norm, entitled(norm, asked)


def version_for(scheme: str, state: State | None, on: date, inputs: Mapping[str, Any]) -> Norm:
    """Return the version that answers; raise ``BadInput``."""
    named = inputs.get(VERSION)
    if named is not None:
        return _named(scheme, state, named)
    try:
        norm = Norm.in_force(scheme, state, on)
    except Norm.DoesNotExist:
        norm = None
    exported = _export_day(scheme, inputs)
    if exported and (norm is None or norm.applies_by == AppliesBy.EXPORT):
        return _in_force(scheme, state, exported, "export_date")
    return norm or _in_force(scheme, state, on, "on")


def versions(scheme: str, state: State | None) -> list[Norm]:
    """Return what was ever in force for the State: its own versions, or those of all India where it has none; newest first."""
    for place in dict.fromkeys([state, None]):
        found = list(
            Norm.objects.filter(scheme=scheme, state=place).exclude(status=NormStatus.DRAFT).order_by("-applies_from", "-published_at")
        )
        if found:
            return found
    return []


def _named(scheme: str, state: State | None, named: Any) -> Norm:
    try:
        name = text(named)
    except Wrong as wrong:
        raise BadInput({VERSION: str(wrong)}) from None
    known = versions(scheme, state)
    for norm in known:
        if name == norm.version or name in norm.rules.get("aliases", []):
            return norm
    there = ", ".join(norm.version for norm in known) or "—"
    raise BadInput({VERSION: _("There is no version “%(name)s”. There are: %(versions)s.") % {"name": name, "versions": there}})


def _export_day(scheme: str, inputs: Mapping[str, Any]) -> date | None:
    known = scheme_of(scheme)
    if inputs.get("export_date") is None or known is None:
        return None
    try:
        return day(inputs["export_date"])
    except Wrong as wrong:
        raise BadInput({"export_date": str(wrong)}) from None


def _in_force(scheme: str, state: State | None, on: date, name: str) -> Norm:
    try:
        return Norm.in_force(scheme, state, on)
    except Norm.DoesNotExist:
        place = state.name if state else _("all India")
        raise BadInput(
            {
                name: _("No version of %(scheme)s for %(place)s applies on %(day)s.")
                % {"scheme": scheme, "place": place, "day": f"{on:%d-%m-%Y}"}
            }
        ) from None
