"""Late files are told to superiors by the State's rules, files due tomorrow to those who have them: each once, under its day."""

from datetime import date, datetime, time, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from programme.calendar import add_working_days, today
from programme.kept import forget
from programme.models import District, Holiday, Norm, State
from programme.norms.publishing import NotPublished, publish
from programme.zone import IST
from tests.files import a_file, office, officer, take, waiting
from tests.processes.plan_files import at_moment, opened
from workflows import deadlines, due, escalation, inbox, tasks
from workflows.models import Case, Escalation, Message, Movement, Notice, NoticeKind

pytestmark = pytest.mark.django_db

DUE = date(2026, 12, 1)  # a Tuesday; the second Saturday is the 12th


def morning(day: date) -> datetime:
    return datetime.combine(day, time(0, 1), IST)


def late_file(district: str = "Agra", at: str = "scrutinise") -> Case:
    case = a_file(at=at, district=district)
    fall_due(case)
    return case


def fall_due(case: Case, day: date = DUE) -> None:
    Movement.objects.filter(case=case, disposed=None).update(due=datetime.combine(day, time(18), IST))


def working(days: int) -> date:
    return add_working_days(DUE, days, State.objects.get(short="UP")).date()


def a_fair(day: date) -> None:
    """Let the offices of Agra alone be closed on a day."""
    agra = District.objects.get(name_en="Agra")
    Holiday.objects.create(state=agra.state, district=agra, date=day, name_en="Fair", name_hi="मेला")
    forget()


def swept(*days: date) -> None:
    for day in days:
        with at_moment(morning(day)):
            tasks.escalate()


def told(case: Case) -> list[tuple[str, int, date]]:
    rows = Escalation.objects.filter(movement__case=case).select_related("office__designation").order_by("on", "days")
    return [(row.office.designation.code, row.days, row.on) for row in rows]


def test_superiors_are_told_after_so_many_working_days_and_the_file_stays_where_it_is():
    case = late_file()
    swept(working(6))
    assert told(case) == [], "the rule of three days is for files that wait in a district"
    swept(working(7), working(7), working(15))
    assert told(case) == [("director", 7, working(7)), ("principal_secretary", 15, working(15))]
    assert waiting(case).office == office("odop_cell")
    notice = Notice.objects.get(office=office("director"))
    assert (notice.kind, notice.case, notice.on) == (NoticeKind.ESCALATED, case, working(7))
    assert case.number in notice.text_en and "7 working days later it still waited there" in notice.text_en


def test_a_file_late_in_the_district_is_told_to_its_magistrate_but_never_to_who_holds_it():
    with at_moment(morning(DUE)):
        mine = late_file(at="correct")
        of_the_centre = opened("Agra")
    Movement.objects.filter(case=of_the_centre).update(step="correct")
    fall_due(of_the_centre)
    swept(working(3), working(4))
    assert told(mine) == []
    assert told(of_the_centre) == [("dm", 3, working(3))]
    assert Notice.objects.get(kind=NoticeKind.ESCALATED).office == office("dm", "Agra")


def test_plans_beyond_the_last_day_are_told_as_a_list_and_not_one_by_one():
    case = opened("Agra")
    fall_due(case)
    swept(working(20))
    assert told(case) == []


def test_a_sweep_that_was_down_writes_each_rule_under_the_day_it_bit():
    case = late_file()
    swept(working(30))
    assert told(case) == [("director", 7, working(7)), ("principal_secretary", 15, working(15))]
    assert set(Notice.objects.filter(kind=NoticeKind.ESCALATED).values_list("on", flat=True)) == {working(7), working(15)}


def test_a_stay_that_ended_is_told_no_more_and_the_next_one_starts_anew():
    case = late_file()
    swept(working(7))
    with at_moment(morning(working(8))):
        take(case, "recommended")
    swept(working(16))
    assert told(case) == [("director", 7, working(7))]
    fall_due(case, working(16))
    swept(add_working_days(working(16), 7, case.state).date())
    assert [row[0] for row in told(case)] == ["director", "director"]
    assert len(set(Escalation.objects.values_list("movement", flat=True))) == 2


def test_days_off_count_where_the_file_waits_and_not_where_it_comes_from():
    case, at_the_cell = late_file(at="correct"), late_file()
    a_fair(DUE + timedelta(days=1))
    swept(working(7))
    assert told(case) == []
    assert told(at_the_cell) == [("director", 7, working(7))]
    with at_moment(morning(working(7))):
        assert deadlines.standing(waiting(at_the_cell)).days == 7
    swept(working(8))
    assert told(case) == [("director", 7, working(8))]


def test_an_office_that_works_while_the_state_is_closed_is_told_of_by_its_own_days():
    case, cell = late_file(), office("odop_cell")
    sunday = DUE + timedelta(days=5)
    Holiday.objects.create(state=case.state, office=cell, date=sunday, works=True, name_en="Camp", name_hi="शिविर")
    forget()
    swept(working(5))
    assert told(case) == []
    swept(working(6))
    assert told(case) == [("director", 7, working(6))]


def rules(**line: object) -> Norm:
    """Publish, from today on, a single rule on late files."""
    norm = Norm.in_force("ESCALATION", State.objects.get(short="UP"), today())
    norm.pk, norm.version, norm.status, norm.applies_from = None, "one rule", "draft", today()
    norm.rules = {**norm.rules, "late": [{"scheme": None, "step": None, "level": None, **line}]}
    norm.save()
    return publish(norm, by=officer("administrator"))


def test_a_rule_can_be_for_one_step_of_one_scheme():
    rules(scheme="EXHIBITION", step="concur", days=1, tell="director")
    other, case = late_file("Mathura"), late_file(at="concur")
    swept(working(2))
    assert told(case) == [("director", 1, working(1))] and told(other) == []


@pytest.mark.parametrize(("line", "said"), [
    ({"days": 3, "tell": "nobody"}, "nobody"),
    ({"days": 0, "tell": "director"}, "Line 1"),
    ({"days": 3, "tell": "director", "level": "village"}, "Line 1"),
    ({"days": 3, "tell": "director", "step": "concur"}, "name the scheme"),
    ({"days": 3}, "Line 1"),
])  # fmt: skip
def test_a_rule_that_says_nothing_is_not_published(line, said):
    with pytest.raises(NotPublished, match=said):
        rules(**line)


def test_told_and_timely_files_cost_the_next_sweep_nothing():
    for number in range(6):
        case = a_file(district=("Agra", "Mathura")[number % 2])
        fall_due(case, DUE if number < 4 else date(2027, 1, 29))
    swept(working(15))
    assert Escalation.objects.count() == 8
    with at_moment(morning(working(16))), CaptureQueriesContext(connection) as queries:
        assert escalation.sweep() == 0
    assert not any(query["sql"].startswith("INSERT") for query in queries)
    assert sum('FROM "workflows_movement"' in query["sql"] for query in queries) == 6, "one question for each rule of the two States"


def test_late_under_me_shows_the_superior_who_holds_what_and_how_late(client_for):
    case, other = late_file(), late_file("Mathura")
    swept(working(7))
    with at_moment(morning(working(8))):
        take(other, "recommended")
        client = client_for("director")
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        home = client.get(reverse("inbox")).content.decode()
        page = client.get(reverse("late"))
        text = page.content.decode()
        assert [row[0].case_id for row in page.context["rows"]] == [case.pk]
        assert inbox.counts(officer("director")).under == 1
    assert reverse("late") in home
    assert case.number in text and officer("odop.cell").name in text and "8 working days late" in text
    assert reverse("file", args=[case.pk]) in text
    assert reverse("late") not in client_for("dm.agra").get(reverse("inbox")).content.decode()


def due_tomorrow(*moments: datetime) -> None:
    for moment in moments:
        with at_moment(moment):
            tasks.tell_due()


def test_what_falls_due_on_the_next_working_day_is_told_once_and_mailed():
    case = late_file()
    before = DUE - timedelta(days=1)
    due_tomorrow(morning(before - timedelta(days=2)))
    assert not Notice.objects.exists()
    due_tomorrow(morning(before), morning(before) + timedelta(hours=9), morning(DUE))
    notice, mail = Notice.objects.get(), Message.objects.get()
    assert (notice.kind, notice.office, notice.on) == (NoticeKind.DUE, office("odop_cell"), before)
    assert case.number in notice.text_en and "01-12-2026" in notice.text_en
    assert mail.stale_at == waiting(case).due


def test_over_a_weekend_the_working_day_before_is_friday_or_saturday():
    case = late_file()
    fall_due(case, date(2026, 12, 14))
    due_tomorrow(morning(date(2026, 12, 10)))
    assert not Notice.objects.exists(), "the 11th is a Friday before the second Saturday"
    due_tomorrow(morning(date(2026, 12, 11)))
    assert Notice.objects.get().on == date(2026, 12, 11)


def test_a_local_holiday_brings_the_telling_forward_for_the_offices_of_its_district():
    case, at_the_cell = late_file(at="correct"), late_file()
    a_fair(DUE - timedelta(days=1))
    due_tomorrow(morning(DUE - timedelta(days=3)))
    assert Notice.objects.filter(kind=NoticeKind.DUE).get().case == case
    assert Notice.objects.get(case=case, kind=NoticeKind.DUE).on == DUE - timedelta(days=3)
    due_tomorrow(morning(DUE - timedelta(days=1)))
    assert Notice.objects.get(case=at_the_cell).on == DUE - timedelta(days=1)


def test_a_holiday_of_one_office_brings_its_own_telling_forward():
    case = late_file()
    Holiday.objects.create(state=case.state, office=office("odop_cell"), date=DUE - timedelta(days=1), name_en="Move", name_hi="स्थानांतरण")
    forget()
    due_tomorrow(morning(DUE - timedelta(days=3)))
    assert Notice.objects.get(case=case).on == DUE - timedelta(days=3)


def test_a_file_that_is_late_already_is_not_due_tomorrow():
    late_file()
    due_tomorrow(morning(DUE + timedelta(days=1)))
    assert not Notice.objects.exists()


def test_files_told_as_due_are_not_read_again():
    late_file()
    due_tomorrow(morning(DUE))
    with at_moment(morning(DUE) + timedelta(minutes=1)):
        assert due.sweep() == 0
