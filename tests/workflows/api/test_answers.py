"""What the interface answers: the rows of the pages, by cursor, unchanged answers as 304, faults as problem documents."""

import csv
import io
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from programme.models import LoanApplication
from tests.files import a_file, an_allotment, officer, take
from tests.processes.loan_files import a_loan
from tests.workflows.api.calls import V1, ask, everything, key_of
from workflows.models import Case, Movement
from workflows.reports.declaring import Asked, table
from workflows.reports.every import REPORTS
from workflows.scopes import scope_of

pytestmark = pytest.mark.django_db

LISTS = ["files/", "movements/", "orders/", "registers/offices/", "registers/districts/", "registers/products/"]


def test_a_file_is_told_as_its_page_shows_it() -> None:
    case, key = a_file(at="report"), key_of("dm.agra")
    [listed] = everything("files/", key)
    whole = ask(f"files/{case.pk}/", key).json()
    assert {name: whole[name] for name in listed} == listed
    assert (listed["number"], listed["amount"], listed["process"]) == (case.number, "1850000.00", "exhibition")
    assert listed["district"]["name_en"] == "Agra" and listed["waiting"][0]["step"] == "report"
    assert (whole["paragraphs"], whole["head"], whole["norm_version"]) == (case.paragraphs, case.head, case.norm.version)
    assert Client().get(listed["page"]).status_code == 302


def test_times_have_their_offset_and_rupees_are_text() -> None:
    a_file(at="report")
    key = key_of("dm.agra")
    for row in everything("movements/", key):
        assert row["received"].endswith("+05:30") and datetime.fromisoformat(row["received"]).tzinfo
    assert [row["amount"] for row in everything("orders/", key)] == ["1850000.00"]


def test_the_paragraphs_of_a_file_are_told_as_they_were_sealed() -> None:
    case = take(a_file(), "returned", text="The basis of the stall rate is not given.")
    told = everything(f"files/{case.pk}/notings/", key_of("dm.agra"))
    kept = list(case.notings.order_by("paragraph"))
    assert [(row["paragraph"], row["body"], row["hash"]) for row in told] == [(n.paragraph, n.body, n.hash) for n in kept]
    assert told[-1]["text"] == "The basis of the stall rate is not given." and told[-1]["outcome"] == "returned"


def test_the_filters_of_the_list_of_files_leave_the_same_files_as_the_page(client_for: Callable) -> None:
    for district in ("Agra", "Mathura"):
        a_file(district=district), a_file(at="report", district=district)
    client, key = client_for("odop.cell"), key_of("odop.cell")
    for query in ("state=open", "process=exhibition", "step=exhibition:report", "q=Agra", "rows=50&amount_from=100", "state=closed"):
        page = {case.pk for case in client.get(reverse("files") + "?" + query.replace("rows=50&", "")).context["page"]}
        assert {row["id"] for row in everything(f"files/?{query}", key)} == page, query


def test_pages_hold_every_row_once_though_files_come_meanwhile() -> None:
    key = key_of("odop.cell")
    for n in range(5):
        a_file(title=f"Fair {n}")
    first = ask("files/?rows=2", key).json()
    a_file(title="Later")
    rows, following = first["results"], first["next"]
    while following:
        said = ask(following, key).json()
        rows, following = rows + said["results"], said["next"]
    assert [row["subject"][-1] for row in rows] == ["4", "3", "2", "1", "0"]
    assert first["previous"] is None and ask(ask("files/?rows=2", key).json()["next"], key).json()["previous"]


def test_one_may_turn_back_at_any_page_and_comes_to_the_same_rows() -> None:
    key = key_of("odop.cell")
    for n in range(5):
        a_file(title=f"Fair {n}")

    def page(address: str) -> tuple[list[str], str | None, str | None]:
        said = ask(address, key).json()
        return [row["subject"][-1] for row in said["results"]], said["next"], said["previous"]

    first, second, _none = page("files/?rows=2")
    middle, third, back = page(second)
    last, end, _back = page(third)
    assert (first, middle, last, end) == (["4", "3"], ["2", "1"], ["0"], None)
    assert page(back)[0] == first and page(page(third)[2])[0] == middle
    before_all = page(f"files/?rows=2&cursor=r{'9' * 18}")
    assert page(back)[2] is None and before_all[0] == [] and page(before_all[1])[0] == first
    beyond = page("files/?rows=2&cursor=1")
    assert beyond[0] == [] and page(beyond[2])[0] == ["1", "0"], "before the end is the last page"


def test_an_answer_that_has_not_changed_is_told_as_304_until_it_has() -> None:
    a_file()
    key = key_of("odop.cell")
    for address in ("files/", "reports/pendency/", "registers/holidays/"):
        answer = ask(address, key)
        again = ask(address, key, **{"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b""), address
        assert again.headers["ETag"] == answer.headers["ETag"]
    tag = ask("files/", key).headers["ETag"]
    a_file()
    assert ask("files/", key, **{"If-None-Match": tag}).status_code == 200


def test_the_tag_is_known_in_every_way_in_which_it_may_be_sent() -> None:
    a_file()
    key = key_of("odop.cell")
    tag = ask("files/", key).headers["ETag"]
    for sent in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        assert ask("files/", key, **{"If-None-Match": sent}).status_code == 304, sent
    for sent in ("", '"other"', tag.strip('"'), '"', "W/", "\u0905".encode().decode("latin-1"), "x" * 5000):
        assert ask("files/", key, **{"If-None-Match": sent}).status_code == 200, sent
    for wrong in ("files/987654/", "files/?colour=red"):
        assert ask(wrong, key, **{"If-None-Match": "*"}).status_code in (400, 404)
    head = Client().head(V1 + "files/", headers={"Authorization": f"Bearer {key}", "Accept-Language": "en", "If-None-Match": tag})
    assert (head.status_code, head.content, head.headers["ETag"]) == (304, b"", tag)


@pytest.mark.parametrize("address", ["files/", "files/?cursor=abc", "files/987654/", "reports/none/", "movements/?file=987654"])
def test_the_head_is_that_of_the_whole_answer(address: str) -> None:
    key = key_of("odop.cell")
    headers = {"Authorization": f"Bearer {key}", "Accept-Language": "en"}
    whole, head = (getattr(Client(), method)(V1 + address, headers=headers) for method in ("get", "head"))
    same = ("ETag", "Content-Type", "Cache-Control", "Vary", "Content-Language", "Content-Length")
    assert (head.status_code, head.content) == (whole.status_code, b"")
    assert {name: head.headers.get(name) for name in same} == {name: whole.headers.get(name) for name in same}


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "text/*"])
def test_whoever_wants_anything_but_json_is_told_so(accept: str) -> None:
    answer = ask("files/", key_of("odop.cell"), Accept=accept)
    assert answer.status_code == 406 and answer.headers["Content-Type"].startswith("application/problem+json")


def test_a_question_for_the_head_alone_has_the_tag_and_no_rows() -> None:
    a_file()
    key = key_of("odop.cell")
    answer = Client().head(V1 + "files/", headers={"Authorization": f"Bearer {key}"})
    assert (answer.status_code, answer.content) == (200, b"") and answer.headers["ETag"]


def test_no_shared_cache_keeps_an_answer_and_each_reader_has_his_own() -> None:
    answer = ask("files/", key_of("odop.cell"))
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert {"Authorization", "Cookie", "Accept-Language"} <= set(answer.headers["Vary"].replace(" ", "").split(","))


PROBLEMS = {
    "files/?colour=red": 400,
    "files/?sort=due": 400,
    "files/?state=both": 400,
    "files/?state=open&state=closed": 400,
    "files/?cursor=abc": 400,
    "files/?cursor=cD0x": 400,
    "files/?cursor=-1": 400,
    "files/?cursor=1%0A": 400,
    "files/?cursor=" + "9" * 19: 400,
    "files/?cursor=" + "9" * 18: 200,
    "files/?cursor=r": 200,
    "files/?rows=0": 400,
    "files/?rows=201": 400,
    "files/?rows=%EF%BC%95": 400,  # a full-width five
    "files/?days=1001": 400,
    "files/?days=05": 400,
    "files/?q=": 400,
    "files/?q=" + "x" * 101: 400,
    "files/?received_from=": 400,
    "files/?received_from=14-11-2026": 400,
    "files/?received_from=2026-02-30": 400,
    "files/?received_from=20261114": 400,
    "files/?received_from=2026-11-14&received_to=2026-11-01": 200,  # nothing lies between
    "files/?amount_from=0": 400,
    "files/?amount_from=1,50,000": 400,
    "files/?district=Agra": 400,
    "files/?district=999": 404,
    "files/?district=2": 404,  # of another State
    "files/?office=999999": 404,
    "files/?q=%00": 200,
    "files/?q=%ff": 200,
    "movements/?file=abc": 400,
    "movements/?file=987654": 404,
    "movements/?office=987654": 404,
    "movements/?received_from=tomorrow": 400,
    "movements/?received_from=0001-01-01&received_to=9999-12-31": 200,
    "orders/?kind=none": 400,
    "orders/?file=987654": 404,
    "reports/pendency/?year=2026-27": 400,  # what waits waits today
    "reports/pendency/?district=2": 404,
    "reports/budget/?year=1999-00": 400,
    "reports/budget/?year=2050-51": 404,
    "reports/none/": 404,
    "files/987654/": 404,
    f"files/{'9' * 30}/": 404,
    "nothing/": 404,
    "registers/": 404,
    "registers/norms/?process=loan": 400,
}


@pytest.mark.parametrize("address", sorted(PROBLEMS))
def test_what_is_wrong_is_a_problem_document_in_the_readers_language(address: str) -> None:
    key = key_of("odop.cell")
    said = {language: ask(address, key, language=language) for language in ("en", "hi-IN,hi;q=0.9,en;q=0.5")}
    for answer in said.values():
        assert answer.status_code == PROBLEMS[address]
        if answer.status_code != 200:
            told = answer.json()
            assert answer.headers["Content-Type"].startswith("application/problem+json")
            assert told["status"] == answer.status_code and told["title"] and told["detail"]
    if PROBLEMS[address] == 404:
        english, hindi = (answer.json()["title"] for answer in said.values())
        assert english.isascii() and not hindi.isascii()


def test_a_refused_filter_names_itself_and_so_does_what_is_not_there() -> None:
    told = ask("files/?days=soon&colour=red&district=999", key_of("odop.cell")).json()
    assert set(told["errors"]) == {"days", "colour"} and told["errors"]["days"] == ["Say a whole number from 0 to 1000."]
    assert set(ask("files/?district=999", key_of("odop.cell")).json()["errors"]) == {"district"}


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options", "trace"])
def test_nothing_can_be_written(method: str, client_for: Callable) -> None:
    case, key = a_file(), key_of("dm.agra")
    before = Case.objects.values().get(pk=case.pk), Movement.objects.count()
    for address in [*LISTS, f"files/{case.pk}/", f"files/{case.pk}/notings/", "reports/", "reports/pendency/"]:
        answer = getattr(Client(), method)(V1 + address, headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == 405 and "GET" in answer.headers["Allow"], address
        assert getattr(client_for("dm.agra"), method)(V1 + address).status_code == 405
    assert (Case.objects.values().get(pk=case.pk), Movement.objects.count()) == before


def test_a_signed_in_browser_reads_what_its_officer_reads(client_for: Callable) -> None:
    case = a_file()
    assert [row["id"] for row in client_for("dm.agra").get(V1 + "files/").json()["results"]] == [case.pk]
    assert client_for("dm.mathura").get(V1 + "files/").json()["results"] == []
    assert "no-store" in client_for("dm.agra").get(V1 + "files/").headers["Cache-Control"]
    assert Client().get(V1 + "files/").status_code == 401


def test_lists_ask_as_many_questions_for_many_rows_as_for_few() -> None:
    key, asked = key_of("odop.cell"), {}
    for count in (1, 4):
        for _n in range(count):
            case = a_file(at="report")
        for address in [*LISTS, f"files/{case.pk}/notings/", "registers/norms/", "registers/designations/", "reports/pendency/"]:
            with CaptureQueriesContext(connection) as queries:
                assert ask(address, key).status_code == 200
            asked.setdefault(address.replace(str(case.pk), "N"), []).append(len(queries))
    assert all(few == many <= 9 for few, many in asked.values()), asked


def test_no_number_of_a_person_leaves_by_the_interface() -> None:
    case, key = a_loan(at="release"), key_of("odop.cell")
    loan = LoanApplication.objects.get(pk=case.record_id)
    secret = {value for name in loan.PERSONAL if name.endswith(("digest", "last4", "mobile")) and (value := getattr(loan, name))}
    assert len(secret) >= 3
    for address in ["files/", f"files/{case.pk}/", f"files/{case.pk}/notings/", "movements/", "orders/", "reports/recompute/"]:
        told = json.dumps(json.loads(ask(address, key).content), ensure_ascii=False)
        assert not [value for value in secret if f'"{value}"' in told.replace("\\", "")], address
        assert loan.mobile not in told


@pytest.mark.parametrize("key", sorted(set(REPORTS) - {"review"}))
def test_the_interface_gives_the_figures_of_the_page(key: str, client_for: Callable) -> None:
    for district in ("Agra", "Mathura"):
        a_file(at="report", district=district), a_file(district=district)
    year = an_allotment().year
    report, client = REPORTS[key], client_for("principal.secretary")
    client.cookies["django_language"] = "en"
    shown = table(report, Asked(scope_of(officer("principal.secretary")), year=year))
    told = ask(f"reports/{key}/", key_of("principal.secretary")).json()
    page = client.get(reverse("report", args=[key]))
    assert len(told["rows"]) == len(shown.rows) == len(page.context["rows"])
    keys = [column.key for column in report.columns]
    for row, expected, cells in zip(told["rows"], shown.rows, page.context["rows"], strict=True):
        assert list(row) == keys
        written = {cell.column.key: cell.text.replace("₹", "").replace(",", "") for cell in cells}
        for name in keys:
            assert str(row[name]) == str(expected[name])
            if name in report.summed:
                assert float(row[name]) == float(written[name])
    assert {name: str(value) for name, value in told["totals"].items()} == {name: str(value) for name, value in shown.totals.items()}


def test_the_line_of_the_review_meeting_is_the_same_on_its_page_in_its_list_and_here(client_for: Callable) -> None:
    for district in ("Agra", "Mathura"):
        a_file(at="report", district=district), a_file(district=district)
    client = client_for("principal.secretary")
    client.cookies["django_language"] = "en"
    told = ask("reports/review/", key_of("principal.secretary")).json()
    [shown] = [section for section in client.get(reverse("review")).context["sections"] if section.process == "Exhibition proposal"]
    of_page = [[row.place, *(figure.count for figure in row.figures)] for row in shown.rows if not row.is_total]
    text = b"".join(client.get(reverse("get_list", args=["review", "csv"]))).decode("utf-8-sig")
    in_list = [row[1:] for row in csv.reader(io.StringIO(text)) if row[0] == "Exhibition proposal" and row[1] in ("Agra", "Mathura")]
    here = [[row[column["key"]] for column in told["columns"]][1:] for row in told["rows"]]
    assert [row[:7] for row in here] == of_page == [["Agra", 2, 1, 0, 1, 0, 0], ["Mathura", 2, 1, 0, 1, 0, 0]]
    assert [row[:9] for row in in_list] == [[str(value) for value in row[:9]] for row in here]
    assert [list(map(Decimal, row[10:])) for row in in_list] == [list(map(Decimal, row[10:])) for row in here]
    assert client.get(reverse("report", args=["review"])).url == reverse("review")


def test_the_page_for_those_who_write_programs_lists_every_address(client_for: Callable) -> None:
    client = client_for("dm.agra")
    for language in ("hi", "en"):
        client.cookies["django_language"] = language
        page = client.get(reverse("api")).content.decode()
        for address in ("/api/v1/files/", "/api/v1/files/{id}/notings/", "/api/v1/registers/norms/", "/api/v1/reports/pendency/"):
            assert address in page
    assert Client().get(reverse("openapi")).content.decode().startswith("openapi: 3.1.1")


def test_movements_and_orders_can_be_narrowed() -> None:
    case, other = a_file(at="report"), a_file()
    key = key_of("odop.cell")
    assert {row["file"] for row in everything(f"movements/?file={case.pk}", key)} == {case.pk}
    assert {row["disposed"] for row in everything("movements/?standing=open", key)} == {None}
    assert None not in {row["disposed"] for row in everything("movements/?standing=closed", key)}
    assert everything(f"orders/?file={other.pk}", key) == []
    day = (datetime.now() + timedelta(days=3)).date().isoformat()  # noqa: DTZ005
    assert everything(f"orders/?issued_from={day}", key) == []
