"""Lists that go out: the rows of the page and no others, with the right types, in the reader's language."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from programme.calendar import today
from programme.models import Posting
from programme.zone import IST
from tests.files import a_file, an_allotment, office, officer, propose, take
from tests.processes.loan_files import apply
from tests.processes.plan_files import a_plan, a_report, opened
from tests.workflows.exports.reading import content, csv_lines, get, lines, sheet
from tests.workflows.exports.written import a_written_list
from tests.workflows.seated import a_claim, in_place, ready
from tests.workflows.test_access import EVERYBODY
from workflows import inbox
from workflows.exports.catalogue import LISTS
from workflows.exports.linking import FORMS
from workflows.models import Case, Obstacle, ObstacleKind
from workflows.obstacles import check
from workflows.pages.going_out import ALL
from workflows.sight import visible_to

pytestmark = pytest.mark.django_db
Desk = Callable[[str], Client]


def english(client: Client) -> Client:
    client.post(reverse("set_language"), {"language": "en"})
    return client


@pytest.fixture
def three() -> list[Case]:
    agra = a_file(at="approve", district="Agra", title="Leather shoes", amount_asked="18,50,000")
    mathura = propose("Mathura", title="Taps and fittings", amount_asked="4,00,000")
    lucknow = take(propose("Lucknow", title="Chikan work", amount_asked="9,00,000"), "rejected", text="Not this year.")
    return [agra, mathura, lucknow]


def test_the_list_of_files_holds_for_everybody_what_he_may_read_and_nothing_else(client_for: Desk, three: list[Case]) -> None:
    for person in sorted(EVERYBODY):
        allowed = set(visible_to(officer(person)).values_list("number", flat=True))
        got = {line["File number"] for line in csv_lines(content(get(english(client_for(person)), "files", "csv")))}
        assert got == allowed, person


FILTERS = [
    {}, {"process": "exhibition", "state": "open"}, {"q": "leather"}, {"amount_from": "5,00,000", "sort": "amount"},
    {"ending": "exhibition:rejected"}, {"limit": "in_time", "sort": "due"}, {"reviewed": "rejected"}, {"step": "exhibition:approve"},
]  # fmt: skip


@pytest.mark.parametrize("asked", FILTERS, ids=str)
def test_filters_words_and_order_are_those_of_the_page(client_for: Desk, three: list[Case], asked: dict[str, str]) -> None:
    client = english(client_for("odop.cell"))
    shown = [case.number for case in client.get(reverse("files"), asked).context["page"]]
    assert [line["File number"] for line in lines(content(get(client, "files", **asked)))] == shown


def test_a_filter_that_cannot_be_read_is_refused_and_nothing_is_given(client_for: Desk) -> None:
    response = get(english(client_for("odop.cell")), "files", amount_from="many")
    assert response.status_code == 400
    assert "A filter of this list cannot be read" in response.content.decode()


def test_amounts_are_numbers_days_are_days_and_file_numbers_are_text(client_for: Desk, three: list[Case]) -> None:
    body = content(get(english(client_for("odop.cell")), "files", process="exhibition", q="leather"))
    [line] = lines(body)
    assert line["Amount (₹)"] == 1850000 and not isinstance(line["Amount (₹)"], str)
    assert line["Opened on"].date() == today()
    assert line["File number"] == three[0].number
    assert line["Where it is"] == three[0].movements.get(disposed=None).office.name
    cells = {cell.value: cell for cell in sheet(body)[2]}
    assert sheet(body).freeze_panes and sheet(body).auto_filter.ref
    assert cells["Amount (₹)"].font.bold


def test_a_subject_that_looks_like_a_formula_stays_a_text(client_for: Desk) -> None:
    hostile = ['=HYPERLINK("http://evil.example";"x")', "+1+cmd|' /C calc'!A0", "@SUM(A1:A9)", "-2+3", "Ravi <b>&amp;</b>\u202egnp"]
    for subject in hostile:
        case = propose("Agra")
        Case.objects.filter(pk=case.pk).update(subject=subject)
    client = english(client_for("odop.cell"))
    page = sheet(content(get(client, "files")))
    assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row)
    said = [line["Subject"] for line in csv_lines(content(get(client, "files", "csv")))]
    assert not [subject for subject in said if subject.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert len(said) == len(hostile)


def test_headings_and_words_are_in_the_readers_language(client_for: Desk, three: list[Case]) -> None:
    client = client_for("odop.cell")
    client.post(reverse("set_language"), {"language": "hi"})
    with translation.override("hi"):
        district, heading = three[0].district.name, translation.gettext("District")
    told = csv_lines(content(get(client, "files", "csv", q="leather")))
    assert told[0][heading] == district == "आगरा"
    assert heading in lines(content(get(client, "files", q="leather")))[0]


@pytest.mark.parametrize("language", ["en", "hi"])
def test_no_list_has_two_columns_of_one_name(language: str) -> None:
    for name, listed in ALL.items():
        headings = [column.label_hi if language == "hi" else column.label_en for column in listed.columns]
        assert len(set(headings)) == len(headings), (name, headings)
        assert len({heading.key for heading in listed.headings}) == len(headings), name


def test_the_file_is_kept_and_never_run_and_its_name_says_what_and_when(client_for: Desk) -> None:
    for form, content_type in FORMS.items():
        response = get(client_for("odop.cell"), "files", form)
        assert response.headers["Content-Type"] == content_type
        assert response.headers["Content-Disposition"] == f'attachment; filename="files-{today():%d-%m-%Y}.{form}"'
        assert response.headers["X-Content-Type-Options"] == "nosniff" and "no-store" in response.headers["Cache-Control"]


def test_a_list_of_an_unknown_name_or_type_is_no_address(client_for: Desk) -> None:
    for name, form in (("nothing", "csv"), ("files", "xls"), ("files", "pdf")):
        assert get(client_for("odop.cell"), name, form).status_code == 404


# Each list, on which page it stands, and who is refused at both.
PAGES = [
    ("files", "files", "odop.cell", {}), ("inbox", "inbox", "odop.cell", {"filter": "all"}), ("late", "late", "director", {}),
    ("season", "season", "odop.cell", {}), ("review", "review", "dm.agra", {}), ("sittings", "sittings", "dic.agra", {}),
    ("notices", "notices", "dm.agra", {}), ("charges", "charges", "dm.agra", {}), ("feasibility", "feasibility", "administrator", {}),
    ("jobs", "jobs", "dm.agra", {}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "page", "person", "asked"), PAGES, ids=[row[0] for row in PAGES])
def test_a_list_opens_to_whom_its_page_opens_and_is_read_again(
    client_for: Desk, three: list[Case], name: str, page: str, person: str, asked: dict[str, str]
) -> None:
    for reader in sorted({"auditor", "dm.mathura", "dc.bilaspur", "dm.agra.earlier", "administrator", "finance", person}):
        client = client_for(reader)
        shown, given = client.get(reverse(page), asked).status_code, get(client, name, **asked).status_code
        assert given == shown, (reader, shown, given)
    for form in FORMS:
        body = content(get(english(client_for(person)), name, form, **asked))
        assert sheet(body).max_column == len(ALL[name].headings) if form == "xlsx" else csv_lines(body) is not None


def test_the_inbox_goes_out_as_it_is_narrowed(client_for: Desk, three: list[Case]) -> None:
    client = english(client_for("odop.cell"))
    stays = list(inbox.waiting(officer("odop.cell"), q="taps"))
    assert stays[0].case.number in client.get(reverse("inbox"), {"q": "taps"}).content.decode()
    told = lines(content(get(client, "inbox", filter="all", q="taps")))
    assert [line["File number"] for line in told] == [stay.case.number for stay in stays] == [three[1].number]
    assert told[0]["Amount (₹)"] == 400000 and told[0]["Step"] == stays[0].node.title


def test_the_board_of_a_season_goes_out_district_by_district(client_for: Desk) -> None:
    a_plan(at="approve")
    opened("Mathura")
    client = english(client_for("odop.cell"))
    board = client.get(reverse("season")).context["rows"]
    told = lines(content(get(client, "season")))
    assert [line["District"] for line in told] == [line.district.name for line, *_rest in board] and len(told) == 75
    assert [line["Standing"] for line in told] == [line.text for line, *_rest in board]
    agra = next(line for line in told if line["District"] == "Agra")
    assert isinstance(agra["First signed and submitted"], datetime) and agra["File number"].startswith("UP/PLN/")
    assert agra["Reminders"] == 0 and not isinstance(agra["Reminders"], str)


def test_an_agenda_goes_out_to_whoever_may_read_the_sitting_alone(client_for: Desk) -> None:
    with in_place():
        sitting = ready(a_claim(), a_claim("90,000"))
        told = lines(content(get(english(client_for("dic.agra")), "agenda", sitting=sitting.pk)))
        assert [line["Number"] for line in told] == [1, 2]
        assert [line["Amount (₹)"] for line in told] == [123385, 90000]
        for stranger in ("dm.mathura", "dc.bilaspur", "administrator"):
            assert get(client_for(stranger), "agenda", sitting=sitting.pk).status_code == 404
        assert get(client_for("dic.agra"), "agenda", sitting="9" * 30).status_code == 404


def test_the_activities_of_a_plan_go_out_with_their_last_report(client_for: Desk) -> None:
    plan = a_plan(at="adopted")
    a_report(plan)
    [line] = lines(content(get(english(client_for("dic.agra")), "activities", plan=plan.pk)))
    assert (line["Progress (per cent)"], line["Reports"], line["Evidence"]) == (40, 1, "Land is handed over.")
    assert line["Amount (₹)"] == 1250000 and line["From"].date() == date(2026, 12, 1)
    assert get(client_for("dm.mathura"), "activities", plan=plan.pk).status_code == 404
    assert get(client_for("dm.agra"), "activities", plan=a_file().pk).status_code == 404, "no plan"


def test_charges_go_out_to_their_holder_and_found_ones_to_the_administrator(client_for: Desk) -> None:
    told = lines(content(get(english(client_for("dm.agra")), "charges")))
    assert {line["Office"] for line in told} == {office("dm", "Agra").name}
    sought = {"q": "magistrate mathura"}
    assert not any("Mathura" in line["Office"] for line in lines(content(get(english(client_for("dm.agra")), "charges", **sought))))
    posting = Posting.objects.get(office=office("dm", "Mathura"), officer=officer("dm.mathura"), ends_on=None)
    posting.pk, posting.charge, posting.officer = None, "assistant", officer("dic.mathura")
    posting.save()
    found = lines(content(get(english(client_for("administrator")), "charges", **sought)))
    assert [line["Officer"] for line in found if "Mathura" in line["Office"]] == [officer("dic.mathura").name]


def test_places_where_files_would_stop_go_out_a_line_each(client_for: Desk) -> None:
    check()
    client = english(client_for("administrator"))
    told = lines(content(get(client, "feasibility")))
    groups = [group for _title, _text, found in client.get(reverse("feasibility")).context["sections"] for group in found]
    assert len(told) == sum(len(group.places) for group in groups) > 0
    assert {line["Kind"] for line in told} <= {str(kind.label) for kind in ObstacleKind}
    assert Obstacle.objects.exists()


def test_work_goes_out_with_its_rows(client_for: Desk, three: list[Case]) -> None:
    job = a_written_list("odop.cell").job
    client = english(client_for("odop.cell"))
    [line] = lines(content(get(client, "jobs")))
    assert (line["Number"], line["Work"], line["Rows"]) == (job.pk, "List: Files (CSV)", 1)
    [row] = lines(content(get(client, "job", job=job.pk)))
    assert row["What happened"].startswith("3 lines.")
    assert get(client_for("dm.mathura"), "job", job=job.pk).status_code == 404


GROWING = ["files", "inbox", "notices", "late"]


@pytest.mark.parametrize("name", GROWING)
def test_a_list_asks_no_query_for_a_row(client_for: Desk, name: str) -> None:
    def asked() -> int:
        client.get(reverse("get_list", args=[name, "csv"]))
        with CaptureQueriesContext(connection) as queries:
            assert content(get(client, name, "csv"))
        return len(queries)

    client = client_for("odop.cell")
    propose("Agra")
    apply()
    few = asked()
    for district in ("Mathura", "Lucknow", "Varanasi"):
        propose(district)
    assert asked() <= few + 1, "an office seen for the first time is read with the others"
    assert few <= 14


def test_every_list_of_the_worker_is_at_the_page_as_well() -> None:
    assert set(LISTS) <= set(ALL) and set(ALL) - set(LISTS) == {"jobs", "job", "department"}


def test_the_way_to_the_list_says_type_lines_and_about_what_size(client_for: Desk, three: list[Case]) -> None:
    client = english(client_for("odop.cell"))
    page = client.get(reverse("files"), {"process": "exhibition"}).content.decode()
    assert f'href="{reverse("get_list", args=["files", "xlsx"])}?process=exhibition"' in page
    assert "Get this list" in page and "3 lines" in page and "about 7 KB" in page
    for way, real in zip(client.get(reverse("files")).context["get_list"].ways, FORMS, strict=True):
        assert way.size / 3 < len(content(get(client, "files", real))) < way.size * 3, "about is about"


SETUP = ["posting", "officer", "office", "designation", "district", "holiday", "norm", "state", "budgethead", "allotment", "product"]


@pytest.mark.parametrize("table", SETUP)
def test_a_set_up_table_goes_out_as_its_page_shows_it(client_for: Desk, table: str, django_assert_max_num_queries: Any) -> None:
    client = english(client_for("administrator"))
    shown = client.get(reverse(f"admin:programme_{table}_changelist")).context["cl"]
    with django_assert_max_num_queries(14):
        told = lines(content(client.get(reverse(f"admin:programme_{table}_list", args=["xlsx"]))))
    assert len(told) == shown.result_count
    names = [str(row) for row in told[0]] if told else []
    assert len(names) == (len(shown.list_display) - ("action_checkbox" in shown.list_display) if told else 0)


def test_amounts_of_set_up_stand_in_lakh_and_crore_and_are_figures_in_the_list(client_for: Desk) -> None:
    an_allotment(100_000_000)
    client = client_for("administrator")
    page = client.get(reverse("admin:programme_allotment_changelist")).content.decode()
    assert "₹10,00,00,000" in page and "100000000.00" not in page
    assert "आवंटन जोड़ें" in page and "बढा" not in page
    told = lines(content(english(client).get(reverse("admin:programme_allotment_list", args=["xlsx"]))))
    assert 100_000_000 in {line["Allotted (₹)"] for line in told}


def test_a_narrowed_set_up_table_goes_out_narrowed(client_for: Desk) -> None:
    client = english(client_for("administrator"))
    told = lines(content(client.get(reverse("admin:programme_office_list", args=["xlsx"]), {"q": "Agra"})))
    assert told and all("agra" in line["Office"].lower() for line in told)
    days = lines(content(client.get(reverse("admin:programme_holiday_list", args=["xlsx"]), {"withdrawn": "no"})))
    assert all(isinstance(line["Date"], date) for line in days) and days
    assert client.get(reverse("admin:programme_office_list", args=["xlsx"]), {"nothing__here": "1"}).status_code == 400


def test_moments_are_days_of_the_office(client_for: Desk) -> None:
    case = propose("Agra")
    Case.objects.filter(pk=case.pk).update(created=datetime(2026, 4, 1, 0, 30, tzinfo=IST))
    [line] = csv_lines(content(get(english(client_for("odop.cell")), "files", "csv")))
    assert line["Opened on"] == "01-04-2026"
