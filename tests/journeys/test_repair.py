"""A sanctioned loan is cancelled: planned in English at a desk, approved by the second administrator on a phone in Hindi."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from programme.calendar import today
from programme.models import Posting
from tests.files import a_file, office
from tests.journeys.walking import Walk
from tests.processes.loan_files import a_loan
from tests.workflows.repairs.second import in_place
from workflows import feasibility, jobs, obstacles
from workflows.models import Repair
from workflows.postings import relieve
from workflows.record.verifier import verify
from workflows.work import WORK

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_loan_is_cancelled_by_two_administrators_and_files_are_brought_to_a_new_version(walk: Callable[[int], Walk]) -> None:
    desk, phone = walk(1280), walk(390)
    loan, stuck = a_loan(at="release"), a_file(at="concur")
    relieve(Posting.objects.get(office=office("finance")), on=today() - timedelta(days=1), by=None)
    feasibility.look_at([stuck.pk])
    obstacles.check()
    for screen in (desk, phone):
        screen.become("administrator")
        screen.visit("/feasibility/", "feasibility")
        screen.page.locator("summary").first.click()
        screen.look("feasibility-districts")
        screen.visit("/repair/", "desk")
    plan(desk, loan.number)
    phone.become("administrator.second")
    phone.visit(f"/repair/plans/{Repair.objects.get().pk}/", "approval")
    with phone.without_script():
        phone.visit(f"/repair/plans/{Repair.objects.get().pk}/", "approval-without-script")
        phone.press("form[action$='/apply/'] button")
        phone.look("cancelled")
    loan.refresh_from_db()
    assert loan.ending == "cancelled"
    with in_place():
        for screen in (desk, phone):
            screen.visit("/repair/versions/exhibition/", "dry-run")
        desk.fill({"reason": "Finance gives advice by the order of this year."})
        desk.press("main form[action*='versions'] button")
        desk.look("plan-of-a-version")
        desk.press("form[action$='/apply/'] button")
        jobs.run(WORK)
        desk.visit(f"/repair/plans/{Repair.objects.latest('pk').pk}/", "brought")
    assert verify().findings == []


def plan(desk: Walk, number: str) -> None:
    """Find the file by its number and plan its cancellation; the reason is asked for."""
    desk.page.fill("#number", number)
    desk.press("form:has(#number) button")
    desk.look("file")
    desk.page.click("summary:has-text('Cancel it')")
    desk.refused("form:has([name=cancel-reason]) button", "cancel-reason", "required")
    desk.fill({"cancel-reason": "The applicant filed twice."})
    desk.press("form:has([name=cancel-reason]) button")
    desk.look("plan")
