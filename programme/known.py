"""Rows of the set-up by their keys, as this process knows them under the mark (see ``programme.kept``); shared, and changed by nobody."""

from collections.abc import Iterable
from typing import Any

from programme.kept import as_set_up
from programme.models import Designation, District, Norm, Office, State

_READ = {
    State: State.objects.all(),
    Norm: Norm.objects.all(),
    District: District.objects.select_related("state"),
    Designation: Designation.objects.all(),
    Office: Office.objects.select_related("designation__state", "designation__department", "district__state"),
}


def offices(keys: Iterable[int | None]) -> dict[int, Office]:
    """Return offices by their keys, those of these ``keys`` among them; one query for all that were not known yet."""
    return _known(Office, keys)


def districts(keys: Iterable[int | None]) -> dict[int, District]:
    """Return districts by their keys, as ``offices`` does."""
    return _known(District, keys)


def designations(keys: Iterable[int | None]) -> dict[int, Designation]:
    """Return designations by their keys, as ``offices`` does."""
    return _known(Designation, keys)


def norms(keys: Iterable[int | None]) -> dict[int, Norm]:
    """Return norms by their keys, as ``offices`` does."""
    return _known(Norm, keys)


def states(keys: Iterable[int | None]) -> dict[int, State]:
    """Return States by their keys, as ``offices`` does."""
    return _known(State, keys)


def let_know(file: Any) -> None:
    """Let a file know the rows of the set-up that it names."""
    file.state, file.norm = states([file.state_id])[file.state_id], norms([file.norm_id])[file.norm_id]
    file.office, file.district = offices([file.office_id])[file.office_id], districts([file.district_id]).get(file.district_id)


def _known(model: Any, keys: Iterable[int | None]) -> dict[int, Any]:
    known = _rows_of(model)
    missing = {key for key in keys if key is not None} - known.keys()
    if missing:
        known.update(_READ[model].in_bulk(missing))
    return known


@as_set_up
def _rows_of(_model: Any) -> dict[int, Any]:
    return {}
