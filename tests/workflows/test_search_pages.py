"""The list of files: what a reader finds, narrows, orders and keeps, within what he may see and nothing else."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from programme.calendar import calendar_at, day_before_working_days, today
from programme.kept import forget
from programme.models import Designation, District, State, WeeklyOffs
from programme.zone import IST
from tests.files import a_file, officer, propose, take, waiting
from tests.processes.identification_files import a_product_file
from tests.processes.loan_files import apply
from tests.workflows.test_access import AUDITORS, EVERYBODY, READERS
from workflows import inbox
from workflows.models import Case, Movement, SavedSearch
from workflows.pages import found
from workflows.searching.kept import MOST, keep
from workflows.sight import visible_to

pytestmark = pytest.mark.django_db

Desk = Callable[[str], Client]


def listed(client: Client, **asked: object) -> list[str]:
    """Return the numbers of the files on the first page, in their order."""
    response = client.get(reverse("files"), asked)
    assert response.status_code == 200, response.context["faults"]
    return [case.number for case in response.context["page"]]


def total(client: Client, **asked: object) -> int:
    return client.get(reverse("files"), asked).context["page"].paginator.count


def english(client: Client) -> Client:
    """Let the pages speak English to this reader."""
    client.post(reverse("set_language"), {"language": "en"})
    return client


@pytest.fixture
def three() -> list[Case]:
    """Exhibitions of Agra (sent on), Mathura (new) and Lucknow (withdrawn by its return and rejection), of different amounts."""
    agra = a_file(at="approve", district="Agra", title="Leather shoes", amount_asked="18,50,000")
    mathura = propose("Mathura", title="Taps and fittings", amount_asked="4,00,000")
    lucknow = take(propose("Lucknow", title="Chikan work", amount_asked="9,00,000"), "rejected", text="Not this year.")
    return [agra, mathura, lucknow]


def test_everybody_finds_only_what_he_may_read_and_counts_only_that(client_for: Desk, three) -> None:
    for person in sorted(EVERYBODY):
        allowed = set(visible_to(officer(person)).values_list("number", flat=True))
        for asked in ({}, {"q": "exh"}, {"q": "leather"}, {"process": "exhibition"}, {"sort": "due"}, {"limit": "in_time"}):
            assert set(listed(client_for(person), **asked)) <= allowed, (person, asked)
        assert total(client_for(person), q="leather") == (1 if person in READERS else 0), person


def test_the_words_of_a_noting_are_found_by_its_readers_alone(client_for: Desk) -> None:
    case = take(propose("Agra"), "returned", text="The kaleidoscope is missing from the estimate.")
    page = client_for("odop.cell").get(reverse("files"), {"q": "kaleidoscope"}).content.decode()
    assert "<mark>kaleidoscope</mark>" in page
    assert f'href="{reverse("file", args=[case.pk])}#p2"' in page
    for stranger in ("dm.mathura", "dc.bilaspur", "finance", "administrator"):
        shown = client_for(stranger).get(reverse("files"), {"q": "kaleidoscope"}).content.decode()
        assert "<mark>" not in shown and case.number not in shown, stranger


def test_what_an_officer_wrote_is_escaped_in_the_snippet(client_for: Desk) -> None:
    take(propose("Agra"), "returned", text="<script>alert('x')</script> & kaleidoscope <b>")
    page = client_for("odop.cell").get(reverse("files"), {"q": "kaleidoscope alert"}).content.decode()
    assert "&lt;script&gt;<mark>alert</mark>(&#x27;x&#x27;)&lt;/script&gt; &amp; <mark>kaleidoscope</mark> &lt;b&gt;" in page


def test_the_typed_number_stands_first_and_then_the_newest(client_for: Desk) -> None:
    first, second, third = (propose("Agra", title=f"Stall {n}") for n in range(3))
    take(third, "returned", text=f"See the earlier file {first.number}.")
    client = client_for("odop.cell")
    assert listed(client, q=first.number.lower())[:2] == [first.number, third.number]
    assert listed(client, q="stall") == [third.number, second.number, first.number]


def test_of_what_words_find_only_so_many_are_counted_and_the_page_says_so(client_for: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [propose("Agra", title=f"Stall {n}").number for n in range(3)]
    client = english(client_for("odop.cell"))
    assert "3 files, newest first" in client.get(reverse("files"), {"q": "stall"}).content.decode()
    monkeypatch.setattr(found, "MOST", 2)
    page = client.get(reverse("files"), {"q": "stall"}).content.decode()
    assert "More than 2 files; the first 2 of them, newest first" in page
    assert "more than 2 lines" in page and "written for you, more than" in page
    assert listed(client, q="stall") == numbers[:0:-1]
    assert "3 files, newest first" in client.get(reverse("files")).content.decode(), "without words all are counted"


def test_the_inbox_searches_as_the_list_does() -> None:
    case = propose("Varanasi")
    propose("Agra")
    for typed in ("वारानसी", "Banaras", "waranasi", case.number):
        assert [stay.case_id for stay in inbox.waiting(officer("odop.cell"), q=typed)] == [case.pk], typed


FILTERS = [
    ({"process": "exhibition"}, "AML"),
    ({"process": "loan"}, ""),
    ({"step": "exhibition:scrutinise"}, "M"),
    ({"step": "exhibition:approve"}, "A"),
    ({"step": "loan:scrutinise"}, ""),
    ({"state": "open"}, "AM"),
    ({"state": "closed"}, "L"),
    ({"state": "nonsense"}, "AML"),
    ({"ending": "exhibition:rejected"}, "L"),
    ({"amount_from": "5,00,000"}, "AL"),
    ({"amount_from": "4,00,000", "amount_to": "₹ 9,00,000/-"}, "ML"),
    ({"amount_to": "४,००,०००"}, "M"),
    ({"opened_from": "{today}"}, "AML"),
    ({"opened_to": "{yesterday}"}, ""),
    ({"received_from": "{today}"}, "AM"),
    ({"received_to": "{yesterday}"}, ""),
    ({"days": "0"}, ""),
    ({"limit": "late"}, ""),
    ({"limit": "in_time"}, "AM"),
    ({"q": "leather", "process": "exhibition", "state": "open", "amount_from": "1,00,000"}, "A"),
    ({"q": "leather", "state": "closed"}, ""),
    ({"sort": "amount"}, "ALM"),
]


@pytest.mark.parametrize(("asked", "expected"), FILTERS, ids=[str(asked) for asked, _expected in FILTERS])
def test_a_filter_leaves_what_fits_it(client_for: Desk, three, asked: dict, expected: str) -> None:
    days = {"today": today().strftime("%d-%m-%Y"), "yesterday": (today() - timedelta(days=1)).isoformat()}
    numbers = dict(zip("AML", (case.number for case in three), strict=True))
    found = listed(client_for("odop.cell"), **{name: value.format(**days) for name, value in asked.items()})
    in_order = found if asked == {"sort": "amount"} else sorted(found, key=[*numbers.values()].index)
    assert in_order == [numbers[letter] for letter in expected]


def test_district_and_post_are_filters_of_the_readers_state(client_for: Desk, three) -> None:
    agra, cell = District.objects.get(name_en="Agra"), Designation.objects.get(code="odop_cell", state__short="UP")
    client = client_for("odop.cell")
    assert listed(client, district=agra.pk) == [three[0].number]
    assert listed(client, office=cell.pk) == [three[1].number]
    form = client.get(reverse("files")).context["form"]
    offered = {int(key) for key, _name in form.fields["district"].choices if key}
    assert offered == set(District.objects.filter(state__short="UP").values_list("pk", flat=True))
    posts = {int(key) for key, _name in form.fields["office"].choices if key}
    assert set(Designation.objects.filter(pk__in=posts).values_list("state__short", flat=True)) == {"UP"}
    assert client_for("dc.bilaspur").get(reverse("files"), {"district": agra.pk}).status_code == 400


def test_late_files_and_long_waits_are_found_by_the_stay_that_is_open(client_for: Desk, three) -> None:
    agra, mathura, _lucknow = three
    client, up = client_for("odop.cell"), State.objects.get(short="UP")
    received = timezone.now() - timedelta(days=30)
    Movement.objects.filter(case=agra, step="scrutinise").update(received=received)
    Movement.objects.filter(pk=waiting(mathura).pk).update(received=received, due=received + timedelta(days=9))
    held = calendar_at(up).between(received, timezone.now())
    assert listed(client, days=held - 1) == [mathura.number]
    assert listed(client, days=held) == []
    assert listed(client, limit="late") == [mathura.number]
    assert listed(client, sort="due") == [mathura.number, agra.number, three[2].number]
    assert listed(client, days=1, step="exhibition:approve") == [], "the wait and the step are of one stay"


def test_days_are_counted_back_over_closed_days() -> None:
    up = State.objects.get(short="UP")
    for n in (0, 1, 5, 23):
        day = day_before_working_days(n, date(2026, 11, 25), up)
        assert calendar_at(up).between(day, date(2026, 11, 25)) == n
        assert n == 0 or calendar_at(up).between(day + timedelta(days=1), date(2026, 11, 25)) == n - 1
    with pytest.raises(ValueError, match="negative"):
        day_before_working_days(-1, date(2026, 11, 25), up)
    WeeklyOffs.objects.create(state=up, applies_from=date(2000, 1, 1), offs=["mon", "tue", "wed", "thu", "fri", "sat", "sun"])
    forget()
    with pytest.raises(ValueError, match="no working day"):
        day_before_working_days(1, date(2026, 11, 25), up)


WRONG = [
    ("process", "nonsense"), ("step", "exhibition"), ("step", "a:b:c"), ("district", "9" * 30), ("district", "x"), ("office", "-1"),
    ("office", "१"), ("limit", "never"), ("days", "-3"), ("days", "many"), ("days", "100000"), ("days", "9" * 40),
    ("opened_from", "31-02-2026"), ("opened_to", "9999-12-31"), ("received_from", "0001-01-01"), ("received_to", "tomorrow"),
    ("amount_from", "lots"), ("amount_to", "0"), ("amount_to", "9" * 40), ("ending", "x:y"), ("sort", "random"), ("process", "\ud800"),
    ("district", "\x00"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_is_said_at_its_field_and_shows_no_file(client_for: Desk, three, name: str, value: str) -> None:
    response = client_for("odop.cell").get(reverse("files"), {name: value.encode("utf-8", "surrogatepass")})
    page = response.content.decode()
    assert response.status_code == 400
    assert response.context["form"].errors.keys() == {name}
    assert f'href="#id_{name}"' in page and '<details class="filters" open>' in page
    assert three[0].number not in page


@pytest.mark.parametrize("name", ["opened", "received", "amount"])
def test_an_end_before_its_beginning_is_said(client_for: Desk, name: str) -> None:
    first, last = ("5,00,000", "4,00,000") if name == "amount" else ("2026-11-02", "2026-11-01")
    response = client_for("odop.cell").get(reverse("files"), {f"{name}_from": first, f"{name}_to": last})
    assert response.status_code == 400 and response.context["form"].errors.keys() == {f"{name}_to"}


def test_each_filter_in_use_can_be_taken_away_by_itself(client_for: Desk, three) -> None:
    asked = {"q": "exh", "process": "exhibition", "amount_from": "5,00,000", "state": "open", "sort": "amount", "page": "1"}
    client = english(client_for("odop.cell"))
    response = client.get(reverse("files"), asked)
    chips = {chip.text: parse_qs(urlsplit(chip.address).query) for chip in response.context["chips"]}
    left = {name: [value] for name, value in asked.items() if name != "page"}
    assert chips == {
        "Process: Exhibition proposal": {name: value for name, value in left.items() if name != "process"},
        "Amount from (₹): ₹5,00,000": {name: value for name, value in left.items() if name != "amount_from"},
    }
    page = response.content.decode()
    assert 'aria-label="Take away: Process: Exhibition proposal"' in page
    assert '<details class="filters" open>' in page
    assert '<details class="filters">' in client.get(reverse("files"), {"q": "exh"}).content.decode()


def test_the_list_asks_the_database_as_often_for_one_file_as_for_a_page(client_for: Desk, three) -> None:
    client = english(client_for("odop.cell"))
    take(three[1], "returned", text="A kaleidoscope is missing.")

    def asked(**query: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("files"), query).status_code == 200
        return len(captured)

    asked()
    bare, searched = asked(), asked(q="kaleidoscope")
    for n in range(25):
        take(propose("Agra", title=f"Stall {n}"), "returned", text="Another kaleidoscope is missing.")
    assert len(listed(client, q="kaleidoscope")) == 25 and total(client, q="kaleidoscope") == 26
    assert (asked(), asked(q="kaleidoscope")) == (bare, searched)
    assert bare <= 13 and searched <= bare + 2
    second = client.get(reverse("files"), {"q": "kaleidoscope", "page": "2"}).content.decode()
    assert three[1].number in second and "Page 2 of 2" in second


def keep_as(client: Client, name: str, query: str = "q=leather&state=open"):
    return client.post(f"{reverse('files')}?{query}", {"keep-name": name})


def test_a_search_is_kept_shown_renamed_and_deleted_by_its_officer(client_for: Desk, three) -> None:
    client = client_for("odop.cell")
    assert keep_as(client, "Leather, open", "state=open&page=7&q=leather&unknown=1").status_code == 302
    search = SavedSearch.objects.get()
    assert search.query == "q=leather&state=open"
    page = client.get(f"{reverse('files')}?{search.query}").content.decode()
    assert '<a href="/files/?q=leather&amp;state=open" aria-current="true">Leather, open</a>' in page
    renamed = client.post(reverse("files"), {"search": search.pk, f"search-{search.pk}-name": "Leather"})
    assert renamed.status_code == 302 and SavedSearch.objects.get().name == "Leather"
    assert client.post(reverse("files"), {"search": search.pk, "delete": "yes"}).status_code == 302
    assert not SavedSearch.objects.exists()


@pytest.mark.parametrize(
    ("name", "query", "said"),
    [
        ("", "q=a", "This field is required."),
        ("n" * 61, "q=a", "at most 60 characters"),
        ("Taken", "q=a", "another search under this name"),
        ("Fine", "", "Search or filter first"),
        ("Fine", "process=nonsense", "Search or filter first"),
        ("Reversed \u202e", "q=a", "cannot be seen"),
    ],
)
def test_a_search_that_cannot_be_kept_is_said_at_the_field(client_for: Desk, name: str, query: str, said: str) -> None:
    client = english(client_for("odop.cell"))
    keep_as(client, "Taken")
    response = keep_as(client, name, query)
    assert response.status_code == 400
    assert any(said in str(error) for error in response.context["naming"].errors["name"])
    assert SavedSearch.objects.count() == 1


def test_a_search_is_not_renamed_to_a_name_in_use(client_for: Desk) -> None:
    client = client_for("odop.cell")
    keep_as(client, "One"), keep_as(client, "Two")
    two = SavedSearch.objects.get(name="Two")
    response = client.post(reverse("files"), {"search": two.pk, f"search-{two.pk}-name": "One"})
    assert response.status_code == 400 and f'href="#id_search-{two.pk}-name"' in response.content.decode()
    assert client.post(reverse("files"), {"search": two.pk, f"search-{two.pk}-name": "Two"}).status_code == 302


def test_an_officer_keeps_twenty_searches_and_no_more(client_for: Desk) -> None:
    for n in range(MOST):
        keep(f"Search {n}", "q=a", by=officer("odop.cell"))
    with pytest.raises(ValidationError, match="20 searches"):
        keep("One more", "q=a", by=officer("odop.cell"))
    assert keep_as(client_for("odop.cell"), "One more").status_code == 400
    assert keep_as(client_for("dm.agra"), "One more").status_code == 302


@pytest.mark.parametrize("person", sorted(EVERYBODY))
def test_a_kept_search_is_seen_and_changed_by_its_officer_alone(client_for: Desk, person: str) -> None:
    search = keep("Files of the office of Agra", "q=agra", by=officer("dm.agra"))
    client, mine = client_for(person), person == "dm.agra"
    refused = 403 if person in AUDITORS else 404
    assert (search.name in client.get(reverse("files")).content.decode()) == mine
    renamed = client.post(reverse("files"), {"search": search.pk, f"search-{search.pk}-name": "Other"})
    assert renamed.status_code == (302 if mine else refused)
    deleted = client.post(reverse("files"), {"search": search.pk, "delete": "yes"})
    assert deleted.status_code == (302 if mine else refused)
    assert SavedSearch.objects.exists() != mine
    assert keep_as(client, "My own").status_code == (403 if person in AUDITORS else 302)


def test_a_shared_address_shows_each_reader_what_he_may_see(client_for: Desk, three) -> None:
    shared = keep("Exhibitions", "process=exhibition&sort=amount", by=officer("odop.cell")).query
    shown = {}
    for person in ("odop.cell", "dm.agra", "dm.mathura", "dm.varanasi"):
        response = client_for(person).get(f"{reverse('files')}?{shared}")
        shown[person] = [case.number for case in response.context["page"]]
    agra, mathura, lucknow = (case.number for case in three)
    assert shown == {"odop.cell": [agra, lucknow, mathura], "dm.agra": [agra], "dm.mathura": [mathura], "dm.varanasi": []}


def test_the_page_of_a_search_is_whole_without_words_in_two_languages(client_for: Desk, three) -> None:
    client = client_for("odop.cell")
    client.post(reverse("set_language"), {"language": "hi"})
    page = client.get(reverse("files"), {"q": "आगरा", "process": "exhibition"}).content.decode()
    assert "सूची सीमित करें" in page and "यह खोज सहेजें" in page
    assert not re.findall(r"Narrow the list|Keep this search|Take away", page)


def test_a_file_of_another_process_is_narrowed_by_its_own_step(client_for: Desk) -> None:
    product, loan = a_product_file(at="consult"), apply()
    client = client_for("odop.cell")
    assert listed(client, step="identification:consult") == [product.number]
    assert loan.number in listed(client, process="loan")
    opened = timezone.localtime(product.created, IST).date().isoformat()
    assert product.number in listed(client, opened_from=opened, opened_to=opened)
