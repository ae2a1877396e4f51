"""A calendar that changes while files move, on PostgreSQL: nobody waits for ever, and every clock is right within the minute."""

from datetime import timedelta

import pytest
from django.urls import reverse

from programme.calendar import calendar_of, today
from programme.kept import forget
from programme.models import Holiday, State
from tests.files import a_file, officer, waiting
from tests.processes.identification_files import propose_product
from tests.workflows.test_concurrency import at_once, decision, nothing_is_broken, post, statuses
from workflows.authority import Overtaken
from workflows.models import Case, Movement
from workflows.office_days import declare, follow_up, withdraw

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def days_off(count: int) -> list[Holiday]:
    """Return days just ahead that are not declared yet, to be declared."""
    state = State.objects.get(short="UP")
    listed = set(Holiday.objects.filter(state=state).values_list("date", flat=True))
    ahead = [day for n in range(1, 30) if (day := today() + timedelta(days=n)) not in listed]
    return [Holiday(state=state, date=day, name_en="Declared") for day in ahead[:count]]


def clocks_are_right() -> None:
    forget()
    for stay in Movement.objects.filter(disposed=None).select_related("office__designation"):
        assert stay.due == calendar_of(stay.office).add(stay.counted_from, stay.days_allowed)


def test_a_decision_and_a_holiday_at_the_same_moment_leave_every_clock_right(client_for):
    for row in days_off(5):
        case = a_file(at="scrutinise")
        address, data = decision(case, "recommended", amount_recommended="1850000")
        answers = at_once(post(client_for("odop.cell"), address, data), lambda row=row: declare(row, by=officer("administrator")))
        assert answers[0].status_code == 302
        follow_up()
        clocks_are_right()
        stay = case.movements.get(step="scrutinise")
        assert (stay.days_held, stay.days_late) == (0, 0) and stay.disposed == waiting(case).received
    nothing_is_broken()


def test_withdrawing_a_file_from_five_desks_while_their_clocks_move_ends_both(client_for):
    for row in days_off(5):
        case = propose_product()
        Movement.objects.exclude(case=case).filter(disposed=None).update(wakes=None)
        answers = at_once(
            post(client_for("dic.agra"), reverse("withdraw", args=[case.pk]), {"withdraw-text": "Not ready.", "withdraw-seen": case.head}),
            lambda row=row: declare(row, by=officer("administrator")),
        )
        assert statuses(answers[:1]) == [302] and Case.objects.get(pk=case.pk).ending == "withdrawn"
        assert case.movements.filter(days_held=None).count() == 0
    nothing_is_broken()


def test_two_administrators_withdraw_a_holiday_once():
    row = Holiday.objects.filter(state__short="UP", date__gt=today()).first()

    def act(why):
        try:
            return withdraw(Holiday.objects.get(pk=row.pk), why=why, by=officer("administrator")).clocks
        except Overtaken:
            return "overtaken"

    assert sorted(map(str, at_once(lambda: act("First."), lambda: act("Second.")))) == ["0", "overtaken"]
