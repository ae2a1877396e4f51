"""What a correction resets, in every process: nothing when nothing material became another, everything that rested on it when it did."""

import json
import unicodedata
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from tests.files import a_file, take, waiting
from tests.processes.freight_files import a_claim
from tests.processes.freight_files import correct as correct_claim
from tests.processes.identification_files import a_product_file, new_product
from tests.processes.loan_files import a_loan, corrected
from tests.processes.plan_files import a_plan, an_activity, lines, msme, write
from workflows.models import Case, Enclosure
from workflows.record.verifier import verify

pytestmark = pytest.mark.django_db


def read_again(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def a_plan_sent_again(case: Case, title: str = "Common facility centre for leather", **changes: Any) -> Case:
    plan = read_again(case).record
    ids = list(plan.activities.order_by("pk").values_list("pk", flat=True))
    line = an_activity(title, department=msme(), id=ids[0])
    typed = {"national_strategy": plan.national_strategy, "international_strategy": plan.international_strategy}
    return write(case, **{**typed, **lines(line), **changes})


class Process(NamedTuple):
    """How a file of a process is brought to somebody high, returned, and sent again; what is material in it and what is not."""

    make: Callable[[], Case]
    returner: str
    send: Callable[..., Case]
    same: dict[str, Any]
    material: dict[str, Any]
    again_at: str
    lapsed: list[int]


def exhibition(case: Case, **typed: Any) -> Case:
    return take(case, "submitted", **typed)


def product(case: Case, papers: tuple[str, ...] = (), **typed: Any) -> Case:
    return take(case, "submitted", papers=papers, **new_product(**typed))


PROCESSES = {
    "exhibition": Process(
        lambda: a_file(at="approve"),
        "approve",
        exhibition,
        {"amount_asked": "1850000", "title": " ODOP  exhibition, Agra ", "venue": "Expo\u200d  Mart "},
        {"venue": "Shilpgram"},
        "scrutinise",
        [2, 3],
    ),
    "identification": Process(
        lambda: a_product_file(at="approve"),
        "approve",
        product,
        {"name_en": "Petha\u200c ", "name_hi": unicodedata.normalize("NFD", "पेठा"), "reasons": " Made in the old city. "},
        {"name_en": "Agra Petha"},
        "consult",
        [2, 3, 4, 5, 6, 7, 8],
    ),
    "plan": Process(
        lambda: a_plan(at="approve"),
        "approve",
        a_plan_sent_again,
        {"national_strategy": "  Fairs in six   metros. ", "title": " Common facility centre for leather"},
        {"title": "Common facility centre for marble"},
        "sign",
        [9],
    ),
    "loan": Process(
        lambda: a_loan(at="examine"),
        "examine",
        corrected,
        {"branch": " Sanjay  Place ", "project_cost": "2400000.00", "address": "Loha Mandi, Agra"},
        {"branch": "Raja Mandi"},
        "scrutinise",
        [2, 3, 4],
    ),
    "freight": Process(
        lambda: a_claim(at="sanction"),
        "sanction",
        correct_claim,
        {"gateway": " Mundra ", "lines-1-freight": "80000.00", "unit": "Exporter\u200b 1"},
        {"mode": "sea", "lines-1-freight": "60,000"},
        "scrutinise",
        [2, 3, 4],
    ),
}


def returned(process: Process) -> Case:
    return take(process.make(), "returned", text="Please look again.", return_to="correct")


def last(case: Case) -> dict[str, Any]:
    return json.loads(case.notings.order_by("-paragraph")[0].body)


@pytest.mark.parametrize("name", PROCESSES)
def test_a_save_that_changes_nothing_goes_back_to_the_returner_and_nothing_lapses(name):
    process = PROCESSES[name]
    case = returned(process)
    process.send(case)
    assert (waiting(case).step, last(case)["lapsed"]) == (process.returner, [])
    assert not {*last(case)["changes"]} & read_again(case).record.MATERIAL
    assert verify().findings == []


@pytest.mark.parametrize("name", PROCESSES)
def test_spaces_joiners_commas_and_the_spelling_of_the_same_letters_reset_nothing(name):
    process = PROCESSES[name]
    case = returned(process)
    process.send(case, **process.same)
    assert (waiting(case).step, last(case)["lapsed"]) == (process.returner, [])
    assert verify().findings == []


@pytest.mark.parametrize("name", PROCESSES)
def test_a_material_change_makes_what_rested_on_it_lapse_and_the_steps_come_again(name):
    process = PROCESSES[name]
    case = returned(process)
    process.send(case, **process.material)
    steps = set(case.movements.filter(disposed=None).values_list("step", flat=True))
    assert (steps, last(case)["lapsed"]) == ({process.again_at}, process.lapsed)
    assert verify().findings == []


PAPER_OF = {"exhibition": "cost_estimate", "identification": "cluster_report", "loan": "project_report", "freight": "ebrc"}


@pytest.mark.parametrize("name", PAPER_OF)
def test_a_new_paper_makes_them_lapse_too(name):
    process = PROCESSES[name]
    case = returned(process)
    process.send(case, papers=(PAPER_OF[name],))
    steps = set(case.movements.filter(disposed=None).values_list("step", flat=True))
    assert (steps, last(case)["lapsed"]) == ({process.again_at}, process.lapsed)
    assert verify().findings == []


@pytest.mark.parametrize("name", PAPER_OF)
def test_the_same_paper_sent_again_is_no_change_and_is_not_kept_twice(name):
    process = PROCESSES[name]
    case = returned(process)
    held = list(case.enclosures.order_by("pk").values_list("pk", "replaced_by"))
    process.send(case, papers=(PAPER_OF[name],), marker="")
    assert (waiting(case).step, last(case)["lapsed"]) == (process.returner, [])
    assert list(case.enclosures.order_by("pk").values_list("pk", "replaced_by")) == held
    assert not Enclosure.objects.filter(case=None).exists()
    assert verify().findings == []
