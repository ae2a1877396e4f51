"""Declaring and withdrawing holidays and weekly offs: open clocks are counted again, closed ones stay as they were."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from programme.calendar import ONE_DAY, calendar_of
from programme.kept import forget
from programme.models import District, Holiday, Level, Norm, Office, State, WeeklyOffs
from programme.norms.publishing import publish
from programme.zone import IST
from tests.files import a_file, office, officer, take, waiting
from tests.processes.identification_files import propose_product
from tests.processes.plan_files import a_plan
from workflows import jobs, office_days, tasks
from workflows.authority import Overtaken, Refusal
from workflows.deadlines import standing
from workflows.models import Job, Movement
from workflows.office_days import declare, withdraw
from workflows.work import WORK

pytestmark = pytest.mark.django_db

# The week of this Monday has no holiday; 24 November, a Tuesday, is Guru Nanak's Jayanti.
MONDAY = datetime(2026, 11, 16, 10, 0, tzinfo=IST)
THURSDAY, JAYANTI = date(2026, 11, 19), date(2026, 11, 24)


@pytest.fixture
def desk(client_for: Callable) -> Callable:
    """Return a client of an officer who reads in English."""

    def sign_in(username: str) -> Client:
        client = client_for(username)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        return client

    return sign_in


def on(days: int) -> Any:
    return patch.object(timezone, "now", return_value=MONDAY + timedelta(days=days))


def closed_on(day: date, **place: Any) -> Holiday:
    return Holiday(state=State.objects.get(short="UP"), date=day, name_en="Declared", name_hi="घोषित", **place)


def administrator() -> Any:
    return officer("administrator")


def a_day_later(due: datetime, at: Office) -> datetime:
    return calendar_of(at).add(due, 1)


# --- what a change does to clocks ---------------------------------------------------------------------------------------


def test_a_holiday_moves_the_open_clocks_it_lies_in_and_no_other():
    with on(0):
        case, later = a_file(), a_file(district="Mathura")
    with on(4):
        take(later, "recommended")
        before, after_it = waiting(case), waiting(later)
        moved = declare(closed_on(THURSDAY), by=administrator())
    forget()
    assert (moved.clocks, moved.job) == (1, None)
    assert waiting(case).due == a_day_later(before.due, before.office)
    assert waiting(later).due == after_it.due, "it arrived after the holiday"


def test_a_closed_stay_stays_late_by_as_many_days_as_it_was():
    with on(0):
        case = a_file()
    with on(14):
        take(case, "recommended")
        stay = case.movements.get(step="scrutinise")
        declare(closed_on(THURSDAY), by=administrator())
    kept = Movement.objects.get(pk=stay.pk)
    assert stay.days_late and stay.days_held
    assert (kept.due, kept.days_held, kept.days_late) == (stay.due, stay.days_held, stay.days_late)
    assert standing(kept).days == stay.days_late


def test_a_withdrawn_holiday_gives_the_day_back_and_keeps_who_when_and_why():
    with on(0):
        case = a_file()
        before = waiting(case)
    jayanti = Holiday.objects.get(state__short="UP", date=JAYANTI)
    with on(1):
        moved = withdraw(jayanti, why="Not gazetted.", by=administrator())
    forget()
    after = waiting(case)
    assert moved.clocks == 1 and after.due < before.due
    assert calendar_of(after.office).between(after.received, after.due) == after.days_allowed
    kept = Holiday.objects.get(pk=jayanti.pk)
    assert (kept.withdrawn_by, kept.withdrawn_at, kept.withdrawn_why) == (administrator(), MONDAY + ONE_DAY, "Not gazetted.")


def test_what_is_declared_and_withdrawn_again_leaves_every_clock_as_it_was():
    with on(0):
        case = a_file()
        before = waiting(case).due
        row = closed_on(THURSDAY)
        declare(row, by=administrator())
        assert waiting(case).due != before
        withdraw(row, why="Declared by mistake.", by=administrator())
    assert waiting(case).due == before


def test_a_district_holiday_moves_the_clocks_of_that_district_alone():
    with on(0):
        agra, mathura, cell = a_file(at="correct"), a_file(at="correct", district="Mathura"), a_file()
        before = {case.pk: waiting(case).due for case in (agra, mathura, cell)}
        declare(closed_on(THURSDAY, district=District.objects.get(name_en="Agra")), by=administrator())
    assert {case.pk for case in (agra, mathura, cell) if waiting(case).due != before[case.pk]} == {agra.pk}


def test_a_holiday_of_one_office_moves_the_clocks_of_that_office_alone():
    with on(0):
        cell, secretary = a_file(), a_file(at="approve")
        before = {case.pk: waiting(case).due for case in (cell, secretary)}
        declare(closed_on(THURSDAY, office=office("odop_cell")), by=administrator())
    assert {case.pk for case in (cell, secretary) if waiting(case).due != before[case.pk]} == {cell.pk}


def test_weekly_offs_that_change_move_the_clocks_that_run_over_their_day():
    with on(0):
        case = a_file()
        before = waiting(case)
        every = WeeklyOffs(state=before.case.state, applies_from=date(2026, 11, 20), offs=["sat", "sun"])
        assert declare(every, by=administrator()).clocks == 1
    forget()
    after = waiting(case)
    assert after.due > before.due
    assert calendar_of(after.office).between(after.received, after.due) == 7


def test_no_open_clock_is_put_back_into_the_past():
    with on(0):
        case = a_file()
        row = closed_on(THURSDAY)
        declare(row, by=administrator())
    due = waiting(case).due
    late_evening = due - timedelta(hours=12)
    with patch.object(timezone, "now", return_value=late_evening):
        withdraw(row, why="Not gazetted.", by=administrator())
        assert waiting(case).due == calendar_of(waiting(case).office).next_close(late_evening) > late_evening


def test_a_window_of_opinion_moves_with_what_ends_it_unless_it_has_passed():
    with on(0):
        running, passed = propose_product(), propose_product("Mathura")
        Movement.objects.filter(case=passed).update(wakes=MONDAY + ONE_DAY)
        before = Movement.objects.filter(case=running).first().wakes
        past = list(Movement.objects.filter(case=passed).order_by("pk").values_list("due", "wakes"))
    with on(2):
        moved = declare(closed_on(THURSDAY), by=administrator())
    stays = Movement.objects.filter(case=running)
    assert moved.clocks == stays.count() == 5
    assert {stay.wakes for stay in stays} == {stay.due for stay in stays} == {a_day_later(before, stays[0].office)}
    assert list(Movement.objects.filter(case=passed).order_by("pk").values_list("due", "wakes")) == past


def test_the_last_day_of_the_season_does_not_move_with_holidays():
    case = a_plan()
    stay = waiting(case)
    assert stay.days_allowed is None
    declare(closed_on(timezone.localdate(stay.due)), by=administrator())
    assert waiting(case).due == stay.due


def test_a_clock_counts_the_days_it_was_given_even_when_the_norm_was_changed_since():
    with on(0):
        case = a_file()
        norm = Norm.in_force("EXHIBITION", case.state, timezone.localdate())
        norm.pk, norm.version, norm.status, norm.applies_from = None, "one day", "draft", timezone.localdate()
        norm.rules = {**norm.rules, "days": {"scrutinise": 1}}
        norm.save()
        publish(norm, by=administrator())
        declare(closed_on(THURSDAY), by=administrator())
    forget()
    stay = waiting(case)
    assert calendar_of(stay.office).between(stay.received, stay.due) == 7


# --- many clocks are long work ------------------------------------------------------------------------------------------


def test_many_clocks_are_moved_row_by_row_and_each_row_says_how_many(monkeypatch):
    monkeypatch.setattr(office_days, "AT_ONCE", 2)
    with on(0):
        cases = [a_file(district=district) for district in ("Agra", "Mathura", "Lucknow")]
        before = waiting(cases[0])
        moved = declare(closed_on(THURSDAY), by=administrator())
        assert (moved.clocks, moved.files) == (0, 3) and waiting(cases[0]).due == before.due
        take(cases[2], "recommended")  # closed while the work waits
        closed = cases[2].movements.get(step="scrutinise").due
        jobs.run(WORK)
    rows = list(Job.objects.get().rows.order_by("position"))
    assert [row.sentence_en for row in rows] == ["2 clocks moved.", "0 clocks moved."]
    assert [row.name_en for row in rows] == ["Clocks 1 to 2", "Clocks 3 to 3"]
    assert {waiting(case).due for case in cases[:2]} == {a_day_later(before.due, before.office)}
    assert cases[2].movements.get(step="scrutinise").due == closed


def test_a_file_that_arrived_while_a_process_remembered_the_old_calendar_is_set_right_within_the_minute():
    with on(0):
        a_file()  # this process now remembers the calendar
        declare(closed_on(THURSDAY), by=administrator())
        case = a_file(district="Mathura")
        wrong = waiting(case)
    with patch.object(timezone, "now", return_value=MONDAY + timedelta(minutes=1)):
        tasks.end_by_clock()
        assert office_days.follow_up() == 0
    forget()
    right = waiting(case)
    assert right.due == a_day_later(wrong.due, wrong.office)
    with on(1):
        assert office_days.follow_up() == 0


def test_a_worker_that_was_down_for_days_still_sets_right_what_arrived_by_the_old_calendar():
    with on(0):
        tasks.end_by_clock()
        a_file()  # this process now remembers the calendar
        declare(closed_on(THURSDAY), by=administrator())
        wrong = waiting(a_file(district="Mathura"))
    with on(2):
        tasks.end_by_clock()
    forget()
    assert waiting(wrong.case).due == a_day_later(wrong.due, wrong.office)


# --- who may, and what is refused ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["dm.agra", "odop.cell", "principal.secretary", "auditor"])
def test_only_the_administrator_of_the_state_changes_its_calendar(person):
    with pytest.raises(Refusal, match="do not administer"):
        declare(closed_on(THURSDAY), by=officer(person))
    with pytest.raises(Refusal):
        withdraw(Holiday.objects.get(state__short="UP", date=JAYANTI), why="No.", by=officer(person))


def test_another_states_calendar_is_not_the_administrators():
    himachal = State.objects.get(short="HP")
    with pytest.raises(Refusal, match="Himachal Pradesh"):
        declare(Holiday(state=himachal, date=THURSDAY, name_en="Declared"), by=administrator())


def test_a_withdrawal_needs_a_reason_and_happens_once():
    jayanti = Holiday.objects.get(state__short="UP", date=JAYANTI)
    with pytest.raises(ValidationError, match="why"):
        withdraw(jayanti, why="  ", by=administrator())
    withdraw(jayanti, why="Not gazetted.", by=administrator())
    with pytest.raises(Overtaken):
        withdraw(jayanti, why="Again.", by=administrator())


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (lambda: closed_on(JAYANTI), "in force already"),
        (lambda: closed_on(THURSDAY, district=District.objects.filter(state__short="HP").first()), "not lie in this State"),
        (lambda: closed_on(THURSDAY, office=office("acs_industries", state="HP")), "not lie in this State"),
        (lambda: closed_on(THURSDAY, office=office("dm", "Agra"), district=District.objects.get(name_en="Agra")), "not both"),
        (
            lambda: WeeklyOffs(
                state_id=9, applies_from=THURSDAY, offs=["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
            ),
            "a day on which the office works",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_declared_is_refused_with_a_sentence(row, says):
    with pytest.raises(ValidationError, match=says):
        declare(row(), by=administrator())


# --- set-up -------------------------------------------------------------------------------------------------------------


def typed(**changes: Any) -> dict[str, Any]:
    first = {"state": 9, "district": "", "office": "", "date": "19-11-2026", "name_en": "Declared", "name_hi": "घोषित", "source": "G.O. 1"}
    return {**first, **changes}


def test_set_up_adds_a_holiday_and_says_how_many_clocks_moved(desk: Callable):
    with on(0):
        case = a_file()
        before = waiting(case)
        page = desk("administrator").post(reverse("admin:programme_holiday_add"), typed(), follow=True)
    assert "1 clock moved." in page.content.decode()
    assert Holiday.objects.get(date=THURSDAY).added_by.username == "administrator"
    assert waiting(case).due == a_day_later(before.due, before.office)


def test_set_up_leads_to_the_work_where_there_is_much(desk: Callable, monkeypatch):
    monkeypatch.setattr(office_days, "AT_ONCE", 1)
    with on(0):
        a_file(), a_file(district="Mathura")
        page = desk("administrator").post(reverse("admin:programme_holiday_add"), typed(), follow=True)
    assert reverse("job", args=[Job.objects.get().pk]) in page.content.decode()


def test_set_up_withdraws_with_a_reason_and_then_shows_the_row_to_be_read(desk: Callable):
    client, jayanti = desk("administrator"), Holiday.objects.get(state__short="UP", date=JAYANTI)
    address = reverse("admin:programme_holiday_change", args=[jayanti.pk])
    page = client.get(address).content.decode()
    assert "library, not the gazette" in page and 'name="name_en"' not in page and 'name="why"' in page
    assert "errorlist" in client.post(address, {"why": ""}).content.decode()
    assert client.post(address, {"why": "Not gazetted."}).status_code == 302
    page = client.get(address).content.decode()
    assert "Not gazetted." in page and 'name="why"' not in page
    assert client.post(address, {"why": "Again"}).status_code == 403
    assert client.post(reverse("admin:programme_holiday_delete", args=[jayanti.pk]), {"post": "yes"}).status_code == 403


def test_set_up_refuses_a_day_that_is_listed_already_and_keeps_what_was_typed(desk: Callable):
    page = desk("administrator").post(reverse("admin:programme_holiday_add"), typed(date="24-11-2026"), follow=True)
    assert page.status_code == 200 and "errorlist" in page.content.decode() and 'value="घोषित"' in page.content.decode()
    assert Holiday.objects.filter(date=JAYANTI, state__short="UP").count() == 1


def test_set_up_dates_a_change_of_weekly_offs(desk: Callable):
    client, address = desk("administrator"), reverse("admin:programme_weeklyoffs_add")
    row = {"state": 9, "district": "", "office": "", "applies_from": "01-12-2026", "offs": ["sun", "sat"], "source": "G.O. 2"}
    assert "errorlist" in client.post(address, {**row, "offs": ["sunday"]}).content.decode()
    assert client.post(address, row).status_code == 302
    offs = WeeklyOffs.objects.get()
    assert (offs.offs, offs.added_by.username) == (["sun", "sat"], "administrator")
    assert "every Sunday, every Saturday" in client.get(reverse("admin:programme_weeklyoffs_changelist")).content.decode()


def test_another_states_place_is_not_offered_and_not_taken(desk: Callable):
    shimla = District.objects.get(name_en="Shimla")
    client = desk("administrator")
    page = client.post(reverse("admin:programme_holiday_add"), typed(district=shimla.pk))
    assert "errorlist" in page.content.decode() and not Holiday.objects.filter(date=THURSDAY).exists()
    far = Office.objects.filter(designation__state__short="HP", designation__level=Level.STATE).first()
    page = client.post(reverse("admin:programme_holiday_add"), typed(office=far.pk))
    assert "errorlist" in page.content.decode() and not Holiday.objects.filter(date=THURSDAY).exists()
