"""The end of an agreement: its office is reminded once before it, and told once when it is over and nobody renewed it."""

from datetime import timedelta

import pytest

from programme.calendar import today
from programme.models import Agreement, Partner, State
from tests.files import office
from workflows import reminders
from workflows.models import Notice, NoticeKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreement():
    return Agreement.objects.create(
        state=State.objects.get(short="UP"),
        partner=Partner.objects.get(pk="bank_of_baroda"),
        owner=office("odop_cell"),
        purpose_en="Loans",
        purpose_hi="ऋण",
        status="signed",
        signed_on=today() - timedelta(days=700),
        valid_until=today() + timedelta(days=30),
        renew_days=60,
    )


def test_the_answerable_office_is_reminded_once_in_both_languages(agreement):
    assert reminders.sweep() == 1 and reminders.sweep() == 0
    [notice] = Notice.objects.filter(key__startswith="agreement/")
    assert (notice.kind, notice.office, notice.on) == (NoticeKind.REMINDER, office("odop_cell"), agreement.remind_from)
    assert "Bank of Baroda: Loans ends on" in notice.text_en and "बैंक ऑफ बड़ौदा: ऋण" in notice.text_hi


def test_an_end_that_passed_is_told_under_its_own_day_and_a_renewed_one_anew(agreement):
    Agreement.objects.update(valid_until=today() - timedelta(days=2))
    assert reminders.sweep() == 2
    assert Notice.objects.get(kind=NoticeKind.MISSED).on == today() - timedelta(days=1)
    Agreement.objects.update(valid_until=today() + timedelta(days=300))
    assert reminders.sweep() == 0
    Agreement.objects.update(valid_until=today() + timedelta(days=5))
    assert reminders.sweep() == 1


@pytest.mark.parametrize("change", [{"status": "ended"}, {"owner": None}, {"removed_why": "Twice."}, {"valid_until": None}])
def test_nobody_is_told_of_what_is_not_in_force_or_answered_for(agreement, change):
    Agreement.objects.update(**change)
    assert reminders.sweep() == 0
