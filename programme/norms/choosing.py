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
    return norm, entitled(norm, _asked(norm, on, inputs))


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


def _asked(norm: Norm, on: date, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs without the name of the version, and with the day of the claim; raise ``BadInput``.

    Where the scheme asks for no such day, ``on`` stays an input like any other, and is refused by its own name.
    """
    asked = {name: value for name, value in inputs.items() if name not in (VERSION, "on")}
    known, short, claimed = scheme_of(norm.scheme), inputs.get("on"), inputs.get("claim_date")
    if not known or not known.fields or "claim_date" not in known.fields(norm.rules):
        return asked if short is None else {**asked, "on": short}
    if short is not None and claimed is not None and str(short) != str(claimed):
        raise BadInput({"on": _("The day of the claim is given twice.")})
    if claimed is None and short is not None:
        asked["claim_date"] = _day(short, "on")
    elif claimed is None and asked.get("last_benefit_date"):
        asked["claim_date"] = on
    return asked


def _day(given: Any, name: str) -> date:
    try:
        return day(given)
    except Wrong as wrong:
        raise BadInput({name: str(wrong)}) from None


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
    return _day(inputs["export_date"], "export_date")


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
