"""The auditor's bench from exception to settlement, in Hindi on a phone and in English on a desk, with and without script."""

from collections.abc import Callable

import pytest

from tests.files import a_file, take
from tests.journeys.walking import Walk
from tests.processes.loan_files import apply
from tests.workflows.test_objections import replies, returned
from workflows.models import Observation, Sample

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [390, 1280])
def test_an_auditor_goes_from_an_exception_to_a_settled_observation(width: int, walk: Callable[[int], Walk]) -> None:
    case = returned(a_file(), stalls="Too many.")
    case = returned(take(case, "submitted", **replies(case)), stalls="Still too many.")
    a_file(at="certify", district="Mathura")
    apply()
    person = walk(width)
    person.become("auditor")
    person.visit("/audit/exceptions/", "exceptions")
    person.press("a[href^='/audit/exceptions/repeated-objections/']")
    person.look("repeated")
    person.visit("/audit/exceptions/uncertified/?first=x", "refused-window")
    person.visit("/audit/notings/?q=many", "notings")

    person.visit("/audit/samples/new/", "new-sample")
    person.page.check("input[name=method][value=stratified]")
    person.fill(
        {"title": "First quarter", "size": "3", "seed": "2026", "strata": "process", "steps": "Order quotes the norm\nPapers are dated"}
    )
    assert person.press("main form[method=post] button") == 200
    person.look("sample")
    sample = Sample.objects.get()
    person.visit(f"/audit/samples/{sample.pk}/1/", "item")
    first, second = sample.steps.all()
    person.fill({f"step-{first.pk}-finding": "met", f"step-{second.pk}-finding": "not_met"})
    assert person.press("main form[method=post] button") == 422
    person.look("item-refused")
    person.fill({f"step-{second.pk}-text": "Two papers have no date."})
    assert person.press("main form[method=post] button") == 200
    person.look("item-next")

    with person.without_script():
        person.visit(f"/audit/files/{case.pk}/observe/?paragraph=4", "observe")
        person.fill({"text": "The same point was objected to twice."})
        assert person.press("main form[method=post] button") == 200
        person.look("observation")
    observation = Observation.objects.get()
    assert (observation.noting.paragraph, observation.office.designation.code) == (4, "odop_cell")
    person.become("odop.cell")
    person.press(f"a[href='/audit/observations/{observation.pk}/']")
    person.look("observation-office")
    person.fill({"reply-text": "The stalls exceeded the hall."})
    assert person.press("#replying ~ form button") == 200
    person.look("replied")
    person.become("auditor")
    person.visit(f"/audit/observations/{observation.pk}/", "observation-replied")
    person.fill({"settle-text": "Explained."})
    assert person.press("#settling ~ form button") == 200
    person.look("settled")
    person.visit(f"/audit/samples/{sample.pk}/paper/", "paper")
    person.visit("/audit/samples/", "samples")
    person.visit("/audit/observations/", "observations")
