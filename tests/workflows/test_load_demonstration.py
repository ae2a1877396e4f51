from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from programme.calendar import financial_year, today
from programme.models import Allotment, Charge, Officer, Posting
from programme.powers import Power
from workflows import pulling_back
from workflows.authority import capacities, may
from workflows.demonstration import load_files
from workflows.demonstration.desk import tell_desk
from workflows.management.commands.load_demonstration import load_allotments, load_cast, plan_a_repair, read_stories
from workflows.models import Case, Draft, Movement, Objection, Question, Repair
from workflows.postings import derive
from workflows.record.standing import files as standing
from workflows.record.standing import papers_of, surroundings
from workflows.record.verifier import verify

pytestmark = pytest.mark.django_db

POSTS = [
    "District Magistrate",
    "Deputy Commissioner",
    "Officer",
    "Manager",
    "Cell",
    "Bureau",
    "Director",
    "Finance",
    "Secretary",
    "Auditor",
    "Administrator",
]


def posting(username: str, charge: str) -> Posting:
    return Posting.objects.get(officer__username=username, charge=charge)


def test_the_demonstration_is_refused_outside_its_setting(settings):
    settings.ENVIRONMENT, settings.DEMONSTRATION = "production", False
    with pytest.raises(CommandError, match="ENVIRONMENT=demonstration"):
        call_command("load_demonstration")


def test_a_second_load_makes_nobody():
    assert load_cast() == 0


def test_officers_go_by_their_posts_and_have_no_password():
    for officer in Officer.objects.all():
        assert any(post in officer.name_en for post in POSTS), officer.name_en
        assert officer.name_hi
        assert not officer.has_usable_password()
        assert not (officer.is_staff or officer.is_superuser)


def test_nobody_of_the_cast_holds_a_grant_that_no_posting_gives():
    assert not derive(repair=False)


def test_the_earlier_magistrate_of_agra_holds_nothing_today():
    assert capacities(Officer.objects.get(username="dm.agra.earlier")) == []
    ended, begun = posting("dm.agra.earlier", Charge.REGULAR), posting("dm.agra", Charge.REGULAR)
    assert ended.office == begun.office
    assert ended.ends_on < begun.starts_on <= today()


def test_the_link_officer_of_agra_is_outside_his_dates_and_that_of_lucknow_inside():
    past, now = posting("cdo.agra", Charge.LINK), posting("cdo.lucknow", Charge.LINK)
    assert past.ends_on < today() <= now.ends_on
    assert not may(past.officer, Power.PROPOSE_EXHIBITION, past.office)
    assert may(now.officer, Power.PROPOSE_EXHIBITION, now.office)


def test_the_magistrate_of_mathura_also_holds_hathras():
    additional = posting("dm.mathura", Charge.ADDITIONAL)
    assert additional.office.district.name_en == "Hathras"
    assert may(additional.officer, Power.PROPOSE_EXHIBITION, additional.office)


def test_money_is_allotted_once_a_year():
    Allotment.objects.all().delete()
    assert load_allotments() == 4
    assert load_allotments() == 0
    assert set(Allotment.objects.values_list("year", flat=True)) == {financial_year(today())}


def test_every_story_reaches_its_step_and_the_record_holds():
    stories = read_stories()
    load_files(stories)
    reached = Counter((case.kind, case.district_id, _where(case)) for case in Case.objects.all())
    assert Counter((story.kind, story.district.pk, story.outcome) for story in stories) - reached == Counter()
    assert verify().findings == []
    around = surroundings(read := list(standing(Case.objects.order_by("pk"))), papers_of([file.pk for file in read]))
    assert {case.pk: around[case.pk].facts for case in Case.objects.all()} == {case.pk: case.record.facts() for case in Case.objects.all()}
    files = Case.objects.count()
    assert load_files(stories) == 0 and Case.objects.count() == files


def _where(case: Case) -> str:
    return case.ending or case.movements.filter(disposed=None).values_list("step", flat=True)[0]


def test_a_file_of_himachal_travels_through_its_own_offices():
    bilaspur = next(story for story in read_stories() if story.district.name_en == "Bilaspur")
    load_files([replace(bilaspur, at="closed", opened_days_ago=60, told=bilaspur.told | {"starts_in_days": -30})])
    case = Case.objects.get()
    assert case.number.startswith("HP/EXH/")
    assert [movement.office.designation.code for movement in case.movements.order_by("pk")] == [
        "odop_cell", "finance", "acs_industries", "dc", "dc", "odop_cell",
    ]  # fmt: skip
    assert {movement.office.designation.state.short for movement in case.movements.all()} == {"HP"}


def test_seven_claims_of_moradabad_wait_for_one_sitting_of_the_users_committee():
    stories = [story for story in read_stories() if story.kind == "freight" and story.outcome == "committee"]
    load_files(stories)
    waiting = Movement.objects.filter(disposed=None, step="committee").select_related("case", "office")
    assert {movement.office.district.name_en for movement in waiting} == {"Moradabad"}
    assert (len(waiting), sum(movement.case.amount for movement in waiting)) == (7, Decimal(863_701))


def test_the_desk_shows_what_is_done_beside_a_file_within_the_first_minutes():
    load_allotments()
    load_files(read_stories())
    tell_desk()
    assert Question.objects.filter(closed_in=None).count() == 1 and Question.objects.exclude(closed_in=None).count() == 1
    [objection] = Objection.objects.exclude(answered_in=None)
    assert objection.code and objection.answer and objection.case.movements.get(disposed=None).step == "scrutinise"
    draft = Draft.objects.get(movement__isnull=False)
    assert draft.office.designation.code == "principal_secretary" and draft.prepared_by.username == "assistant.secretary"
    link = Posting.objects.get(officer__username="cdo.agra", charge=Charge.LINK, starts_on=today())
    assert link.only and link.upto
    newest = Case.objects.get(subject="लखनऊ ओडीओपी निर्यात प्रदर्शनी")
    assert pulling_back.may(Officer.objects.get(username="dm.lucknow"), newest, list(newest.movements.all()))
    assert verify().findings == []


def test_a_cancellation_waits_for_the_second_administrator():
    load_allotments()
    load_files([next(story for story in read_stories() if story.kind == "loan" and story.at == "release")])
    for _time in range(2):
        plan_a_repair()
    repair = Repair.objects.get()
    assert (repair.money, repair.planned_by.username, repair.is_open) == (True, "administrator", True)
    assert may(Officer.objects.get(username="administrator.second"), Power.ADMINISTER, posting("administrator", Charge.REGULAR).office)
