"""The page: who sees what of which season, what it says when there is nothing to forecast, and what may be supposed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from programme.calendar import financial_year, today
from programme.models import Holiday, Posting, State
from tests.files import office, officer, take
from tests.processes.plan_files import a_plan, at_moment, opened
from workflows.forecast import reading
from workflows.models import Movement
from workflows.postings import join

pytestmark = pytest.mark.django_db
SEPTEMBER = datetime(2026, 9, 7, 6, 0, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 5, 6, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)


@pytest.fixture
def up():
    return State.objects.get(short="UP")


@pytest.fixture
def see(client_for):
    def page(person="principal.secretary", status=200, language="en", **asked):
        client = client_for(person)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        answer = client.get(reverse("forecast"), asked)
        assert answer.status_code == status
        return answer.content.decode()

    return page


def row_of(page, district):
    """Return the row of a district in the table of districts."""
    return page.split(f'<td class="subject">{district}</td>')[1].split("</tr>")[0]


def test_a_season_before_its_last_day_is_forecast_district_by_district(see):
    with at_moment(SEPTEMBER):
        a_plan(at="contribute", district="Agra")
        a_plan(at="sign", district="Mathura")
    with at_moment(OCTOBER):
        page = see()
    assert "Plans are in time when they are signed and submitted by 30 October 2026" in " ".join(page.split())
    agra = row_of(page, "Agra")
    assert "Sections of the departments" in agra and "<svg" in agra and "never" not in agra
    assert "style=" not in page, "the content security policy takes no inline style"


def test_a_vacant_post_is_never_by_name_and_not_a_day(see, up):
    opened("Agra")
    opened("Ballia")
    with at_moment(OCTOBER):
        ballia = row_of(see(), "Ballia")
    assert "never: nobody holds Draft" in ballia and "<svg" not in ballia
    Posting.objects.filter(office=office("principal_secretary")).update(ends_on=date(2026, 9, 1))
    join(officer("principal.secretary"), office("auditor"), by=None, starts_on=date(2026, 9, 2), charge="additional")
    with at_moment(OCTOBER):
        page = see()
    assert "never: nothing leaves Approval" in row_of(page, "Agra") and "never: nobody disposes of it" in page
    with at_moment(OCTOBER):
        filled = see(filled="on")
    assert "never" not in row_of(filled, "Ballia") and "→" in row_of(filled, "Ballia")


def test_few_stays_are_not_called_measured(see):
    opened("Agra")
    page = see()
    assert "norm days, not measured" in page and "Too few plans have passed some steps" in page


def test_after_the_last_day_the_page_says_so(see):
    opened("Agra")
    with at_moment(datetime(2026, 11, 25, 6, 0, tzinfo=UTC)):
        page = " ".join(see().split())
    assert "The last day, 30 October 2026, has passed: what is not submitted is late." in page
    assert '<span class="tag late">0 %</span>' in row_of(page, "Agra")


def test_where_nothing_is_opened_the_page_says_so(see):
    assert "No plan of 2026-27 is opened" in see(year="2026-27")
    assert "No plan of 2031-32 is opened" in see(year="2031-32")
    opened("Agra")
    assert f"Action plans {financial_year(today())}" in see(year="nonsense")


def test_where_every_plan_is_adopted_the_page_says_so(see):
    a_plan(at="adopted", district="Agra")
    page = see()
    assert "No plan is open on this day." in page and "74 districts have no plan yet" in page
    assert "adopted" in row_of(page, "Agra") and "Not opened" in row_of(page, "Mathura")


def test_an_office_of_a_district_sees_its_own_district_alone(see):
    opened("Agra")
    opened("Mathura")
    page = see("dm.agra")
    assert "Agra" in page and "Mathura" not in page and "Expected in time" not in page
    assert reverse("forecast") in see("dic.agra")


def test_what_is_supposed_shows_before_and_after(see):
    a_plan(at="scrutinise", district="Agra")
    with at_moment(LATER):
        page = see(hands="scrutinise", times="5", plus="1", clears="approve", clears_on="2026-12-07")
    assert "A figure that would change shows first what is expected now" in page
    assert "→" in row_of(page, "Agra")
    assert 'value="5" selected' in page, "the form keeps what was asked"


@pytest.mark.parametrize(("asked", "sentence"), [
    ({"hands": "draft"}, "draft"),
    ({"times": "2"}, "Say at which office there are more hands."),
    ({"hands": "approve", "times": "-1"}, "-1"),
    ({"hands": "approve", "plus": "1000"}, "Write a number up to 200."),
    ({"hands": "approve", "plus": "x"}, "Enter a whole number"),
    ({"clears": "approve"}, "Fill in this field too"),
    ({"clears_on": "2026-12-01"}, "Fill in this field too"),
    ({"clears": "approve", "clears_on": "2026-01-05"}, "Write a day from"),
    ({"clears": "approve", "clears_on": "2026-12-06"}, "Offices are closed on this day."),
    ({"closed_from": "2026-12-07"}, "Fill in this field too"),
    ({"closed_from": "2026-12-07", "closed_to": "2026-12-01"}, "The last day lies before the first."),
    ({"closed_from": "2026-12-07", "closed_to": "2027-06-01"}, "Write at most 31 days."),
    ({"closed_from": "9" * 400, "closed_to": "2027-06-01"}, "Write the date as"),
    ({"on": "2031-01-01"}, "Nothing is known of a day to come"),
    ({"on": "2001-01-01"}, "The season had not begun on this day."),
])  # fmt: skip
def test_what_cannot_be_supposed_is_said_at_its_field(see, asked, sentence):
    opened("Agra")
    with at_moment(datetime(2026, 11, 25, 6, 0, tzinfo=UTC)):
        page = see(status=422, **asked)
    assert sentence in page and 'class="why"' in page


def test_an_earlier_day_shows_what_was_said_then_and_what_came(see):
    with at_moment(SEPTEMBER):
        case = a_plan(at="sign", district="Agra")
    take(case, "submitted")
    a_plan(at="draft", district="Mathura")
    then, now = see(on="2026-09-30"), row_of(see(), "Agra")
    assert "Signature" in row_of(then, "Agra") and "<svg" in row_of(then, "Agra")
    assert f"it was submitted on {today():%d-%m-%Y}" in row_of(then, "Agra")
    assert "Not opened" in row_of(then, "Mathura")
    assert f"submitted {today():%d-%m-%Y}" in now and "<svg" not in now


def test_the_page_asks_few_questions_whatever_the_number_of_plans(client_for):
    client = client_for("principal.secretary")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    counted = []
    for district in ("Agra", "Mathura"):
        a_plan(at="sign", district=district)
        with CaptureQueriesContext(connection) as queries:
            assert district in client.get(reverse("forecast")).content.decode()
        counted.append(len(queries))
    assert counted[1] <= counted[0] <= 18


def test_departments_asked_together_are_one_stay_until_the_last_has_answered(up):
    with at_moment(SEPTEMBER):
        case = a_plan(at="sign", district="Agra")
    with at_moment(OCTOBER):
        a_plan(at="contribute", district="Mathura")
    with at_moment(OCTOBER + timedelta(hours=1)):
        read = reading.read(up, "2026-27", today())
    plans = {read.districts[plan.place].name_en: plan for plan in read.course.plans}
    assert Movement.objects.filter(case=case, step="contribute").count() == 5
    assert (plans["Agra"].at, plans["Agra"].since) == ("sign", read.course.calendar.between(date(2026, 9, 7), date(2026, 10, 5)))
    assert (plans["Mathura"].at, plans["Mathura"].closes_in) == ("contribute", 15)


def test_a_holiday_of_a_district_closes_its_own_offices_alone(up):
    opened("Agra")
    Holiday.objects.create(state=up, district=up.districts.get(name_en="Agra"), date=date(2026, 12, 1), name_en="Fair", name_hi="मेला")
    read = reading.read(up, "2026-27", date(2026, 11, 25))
    plans = {read.districts[plan.place].name_en: plan.calendar for plan in read.course.plans}
    first, last = date(2026, 11, 30), date(2026, 12, 1)
    assert (plans["Agra"].between(first, last), plans["Mathura"].between(first, last)) == (0, 1)
    assert plans["Mathura"] is read.course.calendar


def test_the_board_leads_to_the_forecast_and_it_is_read_in_hindi(see, client_for):
    opened("Agra")
    assert reverse("forecast") in client_for("principal.secretary").get(reverse("season")).content.decode()
    hindi = see(language="hi")
    assert "Will we make it" not in hindi and "District by district" not in hindi
