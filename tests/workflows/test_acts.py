"""Every writing act × every person, through every door. A verb without a row fails, and so does a row without a verb."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection, transaction

import programme
import workflows.urls  # the converter of numbers is registered there, before the addresses of the interface are read
from programme.models import Holiday, Officer, Posting
from tests.files import officer
from tests.goals import counted
from tests.workflows import test_access
from tests.workflows.acts import ACTS, NO_ACT, NotDone, Prepared, make_world
from tests.workflows.seated import in_place
from workflows.authority import Overtaken, Refusal
from workflows.models import AccessToken, Case, Item, Job, Movement, Question, Repair, SavedSearch, SignIn, Sitting, Workbook
from workflows.workbooks.sending import NotTaken

pytestmark = [pytest.mark.django_db, pytest.mark.once]
REFUSALS = (Refusal, Overtaken, ValidationError, NotTaken, NotDone)
PEOPLE = sorted(
    test_access.EVERYBODY
    | {"administrator.second", "administrator.hp", "assistant.secretary", "bank.agra", "handloom.agra", "manager.agra", "rural.agra"}
)
UNREAD = {"migrations", "demonstration", "management"}


def modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not UNREAD & set(found.name.split(".")):
            yield importlib.import_module(found.name)


def verbs() -> set[str]:
    """Return every public function that takes by keyword alone who does it; those of ``workflows`` without that word."""
    found = set()
    for module in [*modules(workflows), *modules(programme)]:
        for name, one in inspect.getmembers(module, inspect.isfunction):
            if one.__module__ != module.__name__ or name.startswith("_"):
                continue
            given = inspect.signature(one).parameters.get("by")
            if given and given.kind is inspect.Parameter.KEYWORD_ONLY:
                found.add(f"{module.__name__}.{name}".removeprefix("workflows."))
    return found


def test_every_verb_has_a_row_in_the_table_of_acts() -> None:
    rows = {name.partition(":")[0] for name in ACTS}
    assert not rows & set(NO_ACT)
    assert verbs() == rows | set(NO_ACT)


COUNTED = [
    model._meta.db_table for app in ("programme", "workflows") for model in apps.get_app_config(app).get_models() if model is not SignIn
]
# Where an act changes a row instead of adding one, and the columns it changes.
CHANGED = {
    Case: ["pk", "head", "ending", "paragraphs"], Movement: ["pk", "outcome", "disposed", "opened_at"], Question: ["pk", "closed_in"],
    Posting: ["pk", "starts_on", "ends_on", "ended_at"], Repair: ["pk", "applied_at", "cancelled_at"], Workbook: ["pk", "swept_at"],
    Sitting: ["pk", "state"], Job: ["pk", "status"],
    Holiday: ["pk", "withdrawn_at"], AccessToken: ["pk", "ended_at"], SavedSearch: ["pk", "name"], Item: ["pk", "outcome", "state"],
}  # fmt: skip


def trace() -> list[Any]:
    """Return how many rows each table has, and what stands in those that acts change."""
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT count(*) FROM {table}" for table in COUNTED))
        counts = cursor.fetchall()
    return [counts, *(sorted(map(str, model._default_manager.values_list(*columns))) for model, columns in CHANGED.items())]


class Undone(Exception):
    """Takes back what was tried."""


def tried(do: Any, world: dict[str, Any], who: Officer, before: list[Any]) -> str:
    """Return what came of it: done, refused, refused although something stays, or a fault; everything is taken back."""
    came = "done"
    try:
        with transaction.atomic():
            changes = connection.connection.total_changes
            try:
                do(world, who)
            except Prepared:
                came = "prepared"
            except REFUSALS as refusal:
                came = "refused" if str(refusal) else "refused without a sentence"
            except Exception as fault:
                came = f"{type(fault).__name__}: {fault}"
            wrote = connection.connection.total_changes != changes
            if came == "refused" and wrote and trace() != before:
                came = "refused, and something stays"
            elif came == "done" and (not wrote or trace() == before):
                came = "refused"  # a verb on somebody's own things finds nothing of another's, a page leads elsewhere
            raise Undone
    except Undone:
        return came


@pytest.fixture
def world() -> Iterator[dict[str, Any]]:
    with in_place():
        yield make_world()


def test_each_person_does_what_the_table_says_and_nothing_else(world: dict[str, Any]) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("counts the rows written as SQLite does")
    before, wrong, tries = trace(), {}, 0
    for name, act in ACTS.items():
        for door, do in act.doors.items():
            for person in PEOPLE:
                tries += 1
                came = tried(do, world, officer(person), before)
                allowed = bool(act.allowed & {"*", person}) and f"!{person}" not in act.allowed
                expected = "done" if allowed else "prepared" if door == "page" and person in act.prepares else "refused"
                if came != expected:
                    wrong.setdefault((name, door, came), []).append(person)
    counted("T3", f"tries of {len(ACTS)} acts by {len(PEOPLE)} persons at each door", tries)
    assert wrong == {}, "\n".join(f"{name} at the {door}: {came}: {who}" for (name, door, came), who in wrong.items())
