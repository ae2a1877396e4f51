"""The first page of each officer, and the way through the list of files that wait for him."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from programme.calendar import today
from programme.kept import forget
from programme.models import Posting
from tests.files import a_file, office, officer, take, waiting
from tests.processes.identification_files import a_product_file
from tests.processes.plan_files import a_plan
from tests.workflows.bulk_files import exhibitions, own_days
from tests.workflows.seated import in_place
from workflows import following, inbox
from workflows.models import Case, Incident, Movement
from workflows.postings import join, relieve
from workflows.record import sealer
from workflows.signed import signed_last

pytestmark = pytest.mark.django_db
Desk = Callable[[str], Client]


@pytest.fixture
def read(client_for: Desk) -> Callable[..., str]:
    """Return what a person reads at an address, in English."""

    def page(username: str, address: str = "/") -> str:
        client = client_for(username)
        client.post(reverse("set_language"), {"language": "en"})
        response = client.get(address)
        assert response.status_code == 200
        return response.content.decode()

    return page


def due(case: Case, days: int) -> None:
    Movement.objects.filter(case=case, disposed=None).update(due=timezone.now() + timedelta(days=days))


# --- by what the officer answers for ------------------------------------------------------------------------------------


def test_what_was_returned_to_me_has_a_count_and_a_list_of_its_own(read) -> None:
    a_file(at="correct", title="Came back")
    assert 'href="/?filter=returned"' in read("dm.agra")
    assert "Came back" in read("dm.agra", "/?filter=returned")
    fresh = a_file(district="Mathura", title="Fresh")
    assert 'href="/?filter=returned"' not in read("odop.cell"), "nothing came back to the Cell"
    take(take(fresh, "recommended"), "returned", text="Look again.", return_to="scrutinise", by="finance")
    page = read("odop.cell", "/?filter=returned")
    assert "Fresh" in page and "Came back" not in page
    assert inbox.counts(officer("odop.cell")).returned == 1


def test_what_i_signed_last_says_where_each_file_is_now(read) -> None:
    with in_place():
        case = a_file(at="approve", title="Goes on")
        ended = take(a_file(at="approve", district="Mathura", title="Ends"), "rejected", text="One is enough.")
        asked = a_product_file(at="consult")
        signed = signed_last(officer("odop.cell"))
        assert [found.case_id for found in signed] == [ended.pk, case.pk]
        assert [[office.name for office in found.offices] for found in signed] == [[], ["Principal Secretary MSME"]]
        page = read("odop.cell").split('id="signed"')[1]
        assert page.index("Ends") < page.index("Goes on")
        assert "Rejected" in page and "Principal Secretary MSME" in page
        (asking,) = signed_last(officer("dic.agra"))
        assert asking.case_id == asked.pk and len(asking.offices) == waiting_at(asked) > 1, "every office that is asked"


def waiting_at(case: Case) -> int:
    return case.movements.filter(disposed=None).count()


def test_no_more_than_five_files_i_signed_are_shown_and_each_once(django_assert_num_queries) -> None:
    for case in exhibitions(7):
        take(case, "recommended")
    me = officer("odop.cell")
    with django_assert_num_queries(2):  # the second names the offices, which pages know under the mark
        assert len({file.case_id for file in signed_last(me)}) == 5


def test_a_state_office_sees_the_season_and_what_is_late_and_the_list_of_it(read) -> None:
    with in_place():
        a_plan(at="scrutinise")
        late = a_file(title="Beyond its time")
        due(late, -5)
        page = read("odop.cell")
        strip = page.split('id="state"')[1]
        assert "<b>1</b>Plans" in strip and "of 75 districts" in strip and "<b>74</b>" in strip
        assert '<a class="late" href="/files/?limit=late"><b>1</b>' in strip
        found = read("odop.cell", "/files/?limit=late")
        assert "Beyond its time" in found and found.count("</tr>") == 2
        assert "The State at a glance" not in read("dm.agra")


def test_the_states_standing_is_counted_at_most_once_a_minute(client_for: Desk) -> None:
    client = client_for("principal.secretary")
    forget()
    with CaptureQueriesContext(connection) as first:
        client.get("/")
    with CaptureQueriesContext(connection) as second:
        client.get("/")
    assert [sum("programme_season" in query["sql"] for query in asked) for asked in (first, second)] == [1, 0]
    assert len(second) <= 8


def test_the_page_of_an_officer_with_many_files_asks_little_with_all_its_parts(client_for: Desk) -> None:
    cases = exhibitions(33)
    for case in cases[:6]:
        take(case, "recommended")
    client = client_for("odop.cell")
    client.get("/")
    with CaptureQueriesContext(connection) as asked:
        response = client.get("/")
    page = response.content.decode()
    assert page.count('class="tick"') == 25 and 'id="signed"' in page and 'id="state"' in page
    assert len(asked) <= 10, "\n".join(query["sql"].partition(" FROM ")[2][:160] for query in asked)
    assert len(response.content) <= 30 * 1024
    assert not [query["sql"] for query in asked if not query["sql"].lstrip("(").startswith("SELECT")]


def test_the_administrator_sees_incidents_what_is_not_well_and_the_way_to_set_up(read) -> None:
    Incident.objects.create(key="x", text_en="Nobody holds the post.", text_hi="पद रिक्त है।")
    Incident.objects.create(key="y", text_en="Cured since.", closed_at=timezone.now())
    case = a_file()
    page = read("administrator")
    assert "Nobody holds the post." in page and "Cured since." not in page
    assert "was never seen" in page, "no worker runs in a test, and a file has been opened"
    assert reverse("admin:programme_posting_changelist") in page
    assert "Waiting for your decision" not in page and case.subject not in page


def test_the_auditor_sees_the_seals_and_what_ended_and_finds_a_history(read) -> None:
    assert "Nothing is sealed yet." in read("auditor")
    ended = take(a_file(at="approve", title="Refused exhibition"), "rejected", text="One is enough.")
    a_file(district="Mathura", title="Still open")
    sealer.seal()
    page = read("auditor")
    assert reverse("history", args=[ended.pk]) in page and "Still open" not in page
    assert "paragraphs are sealed" in page
    Incident.objects.create(key="seal/broken", text_en="The newest seal was changed.")
    assert "The newest seal was changed." in read("auditor")


def test_an_assistant_is_told_that_he_prepares_and_signs_for_nobody(read) -> None:
    exhibitions(2)
    join(officer("dm.agra.earlier"), office("odop_cell"), charge="assistant", starts_on=today(), by=None)
    page = read("dm.agra.earlier")
    assert "You prepare notings and orders here" in page and page.count("See and prepare") == 2
    assert 'name="stay"' not in page, "nothing can be decided together by who signs nothing"
    assert "You prepare notings" not in read("odop.cell")


def test_who_holds_no_charge_is_told_so_in_a_plain_sentence(read) -> None:
    posting = Posting.objects.get(officer__username="ldm.agra")
    relieve(posting, on=today() - timedelta(days=1), by=None)
    page = read("ldm.agra")
    assert "You hold no charge today" in page and '<ul class="counts">' not in page


# --- the way through the list -------------------------------------------------------------------------------------------


def test_the_next_file_is_of_the_list_one_came_from(client_for: Desk) -> None:
    first, second, third = exhibitions(3)
    due(first, -3)
    due(second, 30)
    due(third, -2)
    client = client_for("odop.cell")
    client.post(reverse("set_language"), {"language": "en"})
    assert f"/files/{first.pk}/?filter=late" in client.get("/?filter=late").content.decode()
    assert decide(client, first, "?filter=late").url == f"/files/{third.pk}/?filter=late#main"
    assert decide(client, third, "?filter=late").url == "/"
    assert "It was the last one of the list you came from." in client.get("/").content.decode()
    assert waiting(second).step == "scrutinise"


def test_the_search_is_kept_from_file_to_file(client_for: Desk) -> None:
    agra, mathura = exhibitions(2)
    other = a_file(**own_days(9))
    client = client_for("odop.cell")
    assert decide(client, agra, "?filter=all&q=Agra").url == f"/files/{other.pk}/?filter=all&q=Agra#main"
    assert waiting(mathura).step == "scrutinise"


def test_who_skipped_a_file_goes_on_behind_the_one_he_decided_and_comes_back_to_it_at_the_end(client_for: Desk) -> None:
    cases = exhibitions(3)
    for number, case in enumerate(cases):
        due(case, number + 1)
    client = client_for("odop.cell")
    assert decide(client, cases[1], "?filter=all").url == f"/files/{cases[2].pk}/?filter=all#main"
    assert decide(client, cases[2], "?filter=all").url == f"/files/{cases[0].pk}/?filter=all#main"


def decide(client: Client, case: Case, query: str):
    data = {"outcome": "recommended", "amount_recommended": "1850000", "seen": Case.objects.get(pk=case.pk).head}
    response = client.post(reverse("decide", args=[waiting(case).pk]) + query, data)
    assert response.status_code == 302
    return response


def test_a_file_leads_to_those_before_and_behind_it_in_the_list(read) -> None:
    cases = exhibitions(3)
    for number, case in enumerate(cases):
        due(case, number + 1)
    first, middle, last = (read("odop.cell", f"/files/{case.pk}/?filter=all") for case in cases)
    assert 'rel="prev"' not in first and f'rel="next" href="/files/{cases[1].pk}/?filter=all#main"' in first
    assert f'rel="prev" href="/files/{cases[0].pk}/?filter=all#main"' in middle
    assert f'rel="next" href="/files/{cases[2].pk}/?filter=all#main"' in middle and "without deciding" in middle
    assert 'rel="next"' not in last and "without deciding" not in last
    assert 'rel="next"' not in read("odop.cell", f"/files/{cases[0].pk}/"), "who did not come from a list is in none"


@pytest.mark.parametrize("several", [False, True], ids=["one office", "several offices"])
def test_files_due_at_one_moment_and_files_without_a_clock_have_their_place_in_the_list(several: bool) -> None:
    cases = exhibitions(4)
    moment = timezone.now()
    if several:
        join(officer("odop.cell"), office("finance"), charge="additional", starts_on=today(), by=None)
    Movement.objects.filter(case__in=cases[:2]).update(due=moment)
    Movement.objects.filter(case__in=cases[2:]).update(due=None, days_allowed=None, counted_from=None)
    me, order = officer("odop.cell"), [case.pk for case in cases]
    stays = list(inbox.waiting(me))
    assert [stay.case_id for stay in stays] == order
    found = [following.neighbours(me, stay, inbox.Choice()) for stay in stays]
    assert found == [(None, order[1]), (order[0], order[2]), (order[1], order[3]), (order[2], None)]
    behind = [following.file_behind(me, stay.case_id, stay, inbox.Choice()) for stay in stays]
    assert behind == [*order[1:], order[0]], "behind the last one stands the first"
    assert [line.case_id for line in inbox.Waiting(me, inbox.Choice())[0:25]] == order


@pytest.mark.parametrize("query", ["?filter=%00", "?filter=late&q=%00%27", "?filter=" + "9" * 400, "?filter=all&q=" + "क" * 400])
def test_no_address_breaks_the_list_or_the_file(query: str, client_for: Desk) -> None:
    case = a_file()
    client = client_for("odop.cell")
    assert client.get(f"/{query}").status_code == client.get(f"/files/{case.pk}/{query}").status_code == 200
    assert decide(client, case, query).url == "/"
