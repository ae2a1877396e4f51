"""The 30th of October: whatever the beat did, every reminder and every mark exists once, under its own day."""

from datetime import date, datetime, time, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from programme.kept import forget
from programme.models import ActionPlan, District, Holiday, Season
from programme.zone import IST
from tests.files import office, officer, take
from tests.processes.plan_files import a_plan, at_moment, opened
from workflows import reminders, tasks
from workflows.forms.decisions import WithdrawalForm
from workflows.models import Notice, NoticeKind
from workflows.steps import withdraw

pytestmark = pytest.mark.django_db

# Working days of Uttar Pradesh back from Friday, 30 October 2026: Sundays, the second Saturday and Dussehra are none.
REMINDED = {15: date(2026, 10, 12), 7: date(2026, 10, 22), 3: date(2026, 10, 27), 1: date(2026, 10, 29), 0: date(2026, 10, 30)}
MISSED = date(2026, 10, 31)
# The first working day after, and every week; the 14th of November is a second Saturday.
LISTED = [date(2026, 10, 31), date(2026, 11, 7), date(2026, 11, 16)]
LAST_MOMENT = datetime(2026, 10, 30, 23, 59, 59, 999999, tzinfo=IST)
FIRST_LATE = datetime(2026, 10, 31, tzinfo=IST)


def at(month: int, day: int, hour: int = 0, minute: int = 1) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=IST)


@pytest.fixture
def season():
    """A season opened on the first of September, when Agra and Mathura have a plan and 73 districts none."""
    with at_moment(at(9, 1)):
        opened("Agra")
        opened("Mathura")
    return Season.objects.get(state__short="UP")


def submit(name: str, moment: datetime | None) -> None:
    ActionPlan.objects.filter(district__name_en=name, dropped=False).update(submitted_at=moment)


def swept(*moments: datetime) -> None:
    for moment in moments:
        with at_moment(moment):
            tasks.remind()


def of(name: str, kind: NoticeKind = NoticeKind.REMINDER, post: str = "dm") -> list[date]:
    """Return the days of what one office was told, in their order."""
    return list(Notice.objects.filter(kind=kind, office=office(post, name)).order_by("on").values_list("on", flat=True))


def test_magistrate_and_industries_centre_are_reminded_on_the_five_days(season):
    swept(at(10, 11, 12))
    assert not Notice.objects.exists()
    swept(*(datetime.combine(on, time(0, 1), IST) for on in REMINDED.values()), at(10, 30, 23))
    for post in ("dm", "dic"):
        assert of("Agra", post=post) == of("Ballia", post=post) == list(REMINDED.values())
    assert not of("Agra", NoticeKind.MISSED)


def test_a_plan_that_is_submitted_is_not_reminded_of_and_not_marked(season):
    swept(at(10, 22))
    submit("Agra", at(10, 23, 11))
    swept(at(10, 27), at(10, 30), at(11, 2))
    assert of("Agra") == [REMINDED[15], REMINDED[7]]
    assert of("Mathura") == list(REMINDED.values())
    assert (of("Agra", NoticeKind.MISSED), of("Mathura", NoticeKind.MISSED)) == ([], [MISSED])


def test_a_beat_that_was_down_over_the_last_day_makes_good_each_line_once_under_its_own_day(season):
    swept(at(10, 21, 18))
    submit("Agra", LAST_MOMENT)
    submit("Mathura", FIRST_LATE)
    swept(at(11, 2, 10), at(11, 2, 10, 30), at(11, 2, 11))
    assert of("Agra") == of("Mathura") == of("Ballia") == list(REMINDED.values())
    assert [of(name, NoticeKind.MISSED) for name in ("Agra", "Mathura", "Ballia")] == [[], [MISSED], [MISSED]]
    listed = Notice.objects.get(kind=NoticeKind.ESCALATED, office=office("principal_secretary"))
    assert listed.on == LISTED[0] and "74 districts" in listed.text_en and "Mathura" in listed.text_en and "Agra" not in listed.text_en
    assert "मथुरा" in listed.text_hi


def test_the_mark_stays_when_the_plan_comes_after_all(season):
    swept(FIRST_LATE)
    submit("Mathura", at(11, 3))
    swept(at(11, 4))
    assert of("Mathura", NoticeKind.MISSED) == [MISSED]


@pytest.mark.parametrize("order", ["the sweep first", "the signature first"])
def test_the_mark_is_the_same_whichever_comes_first(season, order):
    if order == "the sweep first":
        swept(FIRST_LATE)
    submit("Mathura", FIRST_LATE + timedelta(seconds=1))
    swept(at(10, 31, 12))
    assert of("Mathura", NoticeKind.MISSED) == [MISSED]


def test_a_plan_really_signed_in_the_last_moment_is_in_time_and_one_second_later_is_not():
    with at_moment(at(9, 1)):
        in_time, late = a_plan(at="sign", district="Agra"), a_plan(at="sign", district="Mathura")
    with at_moment(LAST_MOMENT):
        take(in_time, "submitted")
    with at_moment(FIRST_LATE):
        take(late, "submitted")
    swept(at(10, 31, 1))
    assert (of("Agra", NoticeKind.MISSED), of("Mathura", NoticeKind.MISSED)) == ([], [MISSED])


def test_the_missing_are_listed_every_week_in_one_notice_until_none_is_missing(season):
    swept(at(11, 17))
    for post in ("odop_cell", "principal_secretary"):
        rows = Notice.objects.filter(kind=NoticeKind.ESCALATED, office=office(post)).order_by("on")
        assert list(rows.values_list("on", flat=True)) == LISTED
    submit("Agra", at(11, 18))
    swept(at(11, 22))
    newest = Notice.objects.filter(kind=NoticeKind.ESCALATED).latest("on")
    assert newest.on == date(2026, 11, 21) and "74 districts" in newest.text_en


def test_a_holiday_declared_afterwards_does_not_have_a_list_told_again(season):
    swept(at(10, 31))
    Holiday.objects.create(state=season.state, date=LISTED[0], name_en="Mourning", name_hi="शोक")
    forget()
    swept(at(11, 2), at(11, 7))
    rows = Notice.objects.filter(kind=NoticeKind.ESCALATED, office=office("odop_cell")).order_by("on")
    assert list(rows.values_list("on", flat=True)) == [LISTED[0]]
    swept(at(11, 9))
    assert list(rows.values_list("on", flat=True)) == [LISTED[0], date(2026, 11, 9)]


def test_lists_end_with_the_year_of_the_season(season):
    swept(datetime(2027, 7, 1, 12, tzinfo=IST))
    days = Notice.objects.filter(kind=NoticeKind.ESCALATED).values_list("on", flat=True)
    assert date(2027, 3, 20) < max(days) <= date(2027, 3, 31)


def test_a_season_is_told_nothing_of_the_days_before_it_was_begun():
    with at_moment(at(10, 26, 11)):
        opened("Agra")
    swept(at(10, 31))
    assert of("Agra") == [REMINDED[3], REMINDED[1], REMINDED[0]]
    assert of("Agra", NoticeKind.MISSED) == [MISSED]


def test_a_season_opened_after_its_last_day_marks_nobody():
    with at_moment(at(11, 5)):
        opened("Agra")
    swept(at(11, 6))
    assert not Notice.objects.filter(kind__in=[NoticeKind.MISSED, NoticeKind.REMINDER]).exists()


def test_a_holiday_of_one_district_moves_its_reminders_alone(season):
    agra = District.objects.get(name_en="Agra")
    Holiday.objects.create(state=agra.state, district=agra, date=date(2026, 10, 29), name_en="Local fair", name_hi="स्थानीय मेला")
    forget()
    swept(at(10, 30))
    assert date(2026, 10, 28) in of("Agra") and date(2026, 10, 29) not in of("Agra")
    assert of("Mathura") == list(REMINDED.values())


def test_a_plan_taken_back_after_it_was_submitted_had_been_there():
    with at_moment(at(10, 28, 11)):
        case = a_plan(at="scrutinise")
    with at_moment(at(11, 3, 11)):
        form = WithdrawalForm({"text": "The strategy is written anew.", "seen": case.head})
        assert form.is_valid()
        withdraw(case, by=officer("odop.cell"), form=form)
        opened("Agra")
    swept(at(11, 17))
    assert of("Agra") == of("Agra", NoticeKind.MISSED) == []
    lists = dict(Notice.objects.filter(kind=NoticeKind.ESCALATED, office=office("odop_cell")).values_list("on", "text_en"))
    assert ["Agra" in lists[on] for on in LISTED] == [False, True, True]


def test_a_state_without_the_rule_reminds_nobody_and_still_marks_who_missed_the_day(season, monkeypatch):
    monkeypatch.setattr(reminders, "last_day_rule", lambda state, on: None)
    swept(at(11, 2))
    assert set(Notice.objects.values_list("kind", flat=True)) == {NoticeKind.MISSED}
    assert Notice.objects.count() == 75


moments = st.integers(0, 79 * 24 * 60).map(lambda minutes: at(9, 2) + timedelta(minutes=minutes))


@given(up=st.lists(moments, max_size=4), agra=st.none() | moments, mathura=st.none() | moments)
@how(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whenever_the_beat_was_down_the_same_lines_stand_at_the_end(season, up, agra, mathura):
    Notice.objects.all().delete()
    end = at(11, 20, 12)
    for moment in [*sorted(up), end]:
        submit("Agra", agra if agra and agra <= moment else None)
        submit("Mathura", mathura if mathura and mathura <= moment else None)
        swept(moment)
    for name, submitted in (("Agra", agra), ("Mathura", mathura), ("Ballia", None)):
        until = submitted or end
        due = [on for on in REMINDED.values() if datetime.combine(on, time(), IST) <= until]
        assert of(name) == of(name, post="dic") == due
        assert of(name, NoticeKind.MISSED) == ([MISSED] if until >= FIRST_LATE else [])
    lists = Notice.objects.filter(kind=NoticeKind.ESCALATED, office=office("odop_cell")).order_by("on")
    assert [notice.on for notice in lists] == LISTED
    for notice in lists:
        begins = datetime.combine(notice.on, time(), IST)
        assert ("Agra" in notice.text_en) == (agra is None or agra >= begins)


def test_the_board_says_how_often_a_district_was_reminded_and_who_missed_the_day(season, client_for):
    submit("Agra", at(10, 23, 11))
    swept(at(11, 2))
    client = client_for("principal.secretary")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    with CaptureQueriesContext(connection) as queries:
        page = client.get(reverse("season"), {"year": "2026-27"})
    told = {line.district.name_en: told for line, _tag, _file, told in page.context["rows"]}
    assert (told["Agra"].times, told["Agra"].last, told["Agra"].missed) == (2, REMINDED[7], False)
    assert (told["Ballia"].times, told["Ballia"].last, told["Ballia"].missed) == (5, REMINDED[0], True)
    text = page.content.decode()
    assert "Reminded 5 times, last on 30 October 2026" in text and text.count("Last day missed") == 74
    assert len(queries) < 25


def test_a_sweep_with_nothing_to_write_asks_little_and_writes_nothing(season):
    swept(at(11, 2))
    with at_moment(at(11, 2, 1)), CaptureQueriesContext(connection) as queries:
        reminders.sweep()
    assert len(queries) <= 10 and not any("INSERT" in query["sql"] for query in queries)
