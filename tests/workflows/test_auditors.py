"""An auditor reads what he was given to examine, writes nothing, and what he reads is written down."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from programme.calendar import today
from programme.models import District, Posting
from tests.files import a_file, office, officer
from tests.processes.loan_files import apply
from tests.processes.plan_files import a_plan
from tests.workflows.api.calls import key_of
from tests.workflows.audit.persons import also_in_himachal, expired, limit
from tests.workflows.seated import a_claim, in_place, moved, ready
from tests.workflows.test_access import AT_THE_BENCH, OF_THE_SESSION, TABLE, _world
from workflows import authority, readings
from workflows.letters import printing
from workflows.models import AccessToken, AuditScope, Case, Movement, Reading
from workflows.pages.setup import site
from workflows.postings import join

pytestmark = pytest.mark.django_db
Desk = Callable[[str], Client]
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
# What may differ after an auditor has been at every address: that he read, and his own session.
OWN = {"workflows.reading", "workflows.signin"}
ASKS_FOR_WORK = {"verifications", "recompute"}  # these take no words: whoever sends them asks for the work


def contents() -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table but the auditor's own."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.label_lower not in OWN and model._meta.managed:
            found[model._meta.label_lower] = sorted(model.objects.values_list(), key=repr)  # type: ignore[attr-defined]
    return found


@pytest.fixture
def world() -> Iterator[dict[str, list[Any]]]:
    with in_place():
        made = _world()
        for language in printing.LANGUAGES if printing.can_print() else ():
            printing.printed(Case.objects.get(pk=made["file"][0]).order, language)
        yield made


# --- writes nothing -----------------------------------------------------------------------------------------------------


AUDITORS: dict[str, Callable[[], object]] = {
    "whole State": lambda: None,
    "part of a State": lambda: limit(districts=("Agra",), processes=("exhibition",)),
    "two States": also_in_himachal,
    "expired": expired,
    "another State": lambda: None,
}


@pytest.mark.once
@pytest.mark.parametrize("kind", AUDITORS)
def test_no_address_and_no_method_lets_an_auditor_write(kind: str, world: dict[str, list[Any]], client_for: Desk) -> None:
    AUDITORS[kind]()
    person = "auditor.hp" if kind == "another State" else "auditor"
    client, key = client_for(person), key_of(person)
    before, tokens = contents(), AccessToken.objects.count()
    sent = {"text": "I was here.", "outcome": "sanctioned", "language": "en", "name": "Mine", "action": "save"}
    for name in sorted(set(TABLE) - {"sign_out"}):
        address = reverse(name, args=world.get(name, []))
        for method in METHODS:
            if name in ASKS_FOR_WORK and method == "post":
                continue
            status = getattr(client, method)(address, {} if name in AT_THE_BENCH else sent).status_code
            assert status < 500 or name == "alive", f"{method} {name}: {status}"
            if method not in ("get", "head") and name not in OF_THE_SESSION:
                # What is his own says nothing here: wrong, not forbidden. Once his days are over a page does not exist for him.
                wrong = (302, 400, 404, 422) if name in AT_THE_BENCH and method == "post" else ()
                over = (302, 400, 404, 422) if kind == "expired" and method == "post" else ()
                assert status in (403, 405, *wrong, *over), f"{method} {name}: {status}"
            if address.startswith("/api/v1/") and name != "openapi":
                AccessToken.objects.update(calls=0)
                by_token = getattr(Client(), method)(address, headers={"Authorization": f"Bearer {key}"})
                assert (by_token.status_code == 405) == (method not in ("get", "head")), f"{method} {name}: {by_token.status_code}"
                assert "Allow" in by_token.headers
    # Of a token its calls are counted; whoever audits no longer sets up his own second step.
    own = {"workflows.accesstoken"} | ({"otp_totp.totpdevice", "workflows.telephone"} if kind == "expired" else set())
    assert {name for name, rows in contents().items() if rows != before[name]} <= own
    assert AccessToken.objects.count() == tokens


def test_set_up_is_closed_to_an_auditor_by_every_method(client_for: Desk) -> None:
    client = client_for("auditor")
    before = contents()
    for model in site._registry:
        for view in ("changelist", "add"):
            address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}")
            for method in METHODS:
                assert getattr(client, method)(address).status_code in (302, 403, 405)
    assert contents() == before


def test_whoever_also_holds_another_office_writes_nothing_while_he_audits(client_for: Desk) -> None:
    case, auditor = a_file(), officer("auditor")
    join(auditor, office("odop_cell"), charge="additional", starts_on=today(), by=None)
    stay = Movement.objects.get(case=case, disposed=None)
    response = client_for("auditor").post(reverse("decide", args=[stay.pk]), {"outcome": "recommended", "seen": case.head})
    assert response.status_code == 403 and stay.case.paragraphs == 1
    Posting.objects.filter(officer=auditor, office__designation__code="auditor").update(ends_on=today() - timedelta(days=1))
    assert not authority.audits(officer("auditor"))


def test_the_language_is_remembered_by_the_browser_alone(client_for: Desk) -> None:
    client = client_for("auditor")
    before = officer("auditor").language
    other = "hi" if before == "en" else "en"
    client.post(reverse("set_language"), {"language": other})
    assert officer("auditor").language == before
    assert client.get(reverse("audit")).headers["Content-Language"] == other


def test_no_form_is_offered_to_an_auditor_that_he_may_not_send(world: dict[str, list[Any]], client_for: Desk) -> None:
    client = client_for("auditor")
    for name in ("inbox", "me", "notices", "files", "file", "history", "charges", "jobs", "sittings", "sitting", "audit", "readings"):
        page = client.get(reverse(name, args=world.get(name, [])), {"q": "agra"} if name == "files" else {}).content.decode()
        main = page.partition("<main")[2]
        assert main.count("<button") == main.count('<button class="button second">') or name not in ("me", "notices"), name
        assert 'method="post"' not in main or name == "me", name


# --- within his scope and his dates -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("districts", "processes", "readable"),
    [
        ((), (), {"Agra", "Mathura", "loan", "plan"}),
        (("Agra",), (), {"Agra", "loan", "plan"}),
        ((), ("loan",), {"loan"}),
        (("Mathura",), ("exhibition", "loan"), {"Mathura"}),
        (("Agra", "Mathura"), ("exhibition",), {"Agra", "Mathura"}),
    ],
)
def test_what_lies_outside_the_scope_does_not_exist(
    districts: tuple[str, ...], processes: tuple[str, ...], readable: set[str], client_for: Desk
) -> None:
    cases = {"Agra": a_file(at="report"), "Mathura": a_file(at="report", district="Mathura", title="Marker of Mathura")}
    cases |= {"loan": apply(), "plan": a_plan()}
    limit(districts=districts, processes=processes)
    client = client_for("auditor")
    for name, case in cases.items():
        for page, args in (("file", []), ("history", []), ("history_xlsx", []), ("compare", []), ("seen", [1]), ("record_lines", [])):
            if (page, name) != ("seen", "plan"):  # The system opened it, and had nothing before it.
                status = client.get(reverse(page, args=[case.pk, *args])).status_code
                assert status == (200 if name in readable else 404), f"{page} of {name}"
        paper = case.enclosures.first()
        if paper:
            status = client.get(reverse("paper", args=[case.pk, paper.pk])).status_code
            assert status == (200 if name in readable else 404), f"paper of {name}"
        if case.orders.exists():
            assert client.get(reverse("order", args=[case.pk])).status_code == (200 if name in readable else 404)
    listed = client.get(reverse("files")).content.decode()
    assert ("Marker of Mathura" in listed) == ("Mathura" in readable)


def test_boards_of_the_whole_state_are_closed_to_whoever_examines_a_part(client_for: Desk) -> None:
    assert client_for("auditor").get(reverse("season")).status_code == 200
    limit(districts=("Agra",))
    for name in ("season", "forecast"):
        assert client_for("auditor").get(reverse(name)).status_code == 403
    assert reverse("season") not in client_for("auditor").get(reverse("audit")).content.decode()


def test_sittings_follow_the_scope(client_for: Desk) -> None:
    with in_place():
        sitting = moved(ready(a_claim()))
        address = reverse("minutes", args=[sitting.pk])
        scope = limit(districts=("Agra",))
        assert client_for("auditor").get(address).status_code == 200
        assert client_for("auditor").get(reverse("sittings")).status_code == 200
        scope.districts.set(District.objects.filter(name_en="Mathura"))
        assert client_for("auditor").get(address).status_code == 404
        scope.districts.clear()
        AuditScope.objects.filter(pk=scope.pk).update(processes=["loan"])
        assert client_for("auditor").get(address).status_code == 404


@pytest.mark.parametrize(
    ("starts", "ends", "open_"),
    [(1, None, False), (-10, -1, False), (0, 0, True), (-3, 5, True)],
    ids=["before", "after", "on the day", "in"],
)
def test_he_reads_from_his_first_day_to_his_last(starts: int, ends: int | None, open_: bool, client_for: Desk) -> None:
    case = a_file()
    last = None if ends is None else today() + timedelta(days=ends)
    Posting.objects.filter(officer=officer("auditor")).update(starts_on=today() + timedelta(days=starts), ends_on=last)
    client = client_for("auditor")
    assert client.get(reverse("file", args=[case.pk])).status_code == (200 if open_ else 404)
    assert client.get(reverse("audit")).status_code == (200 if open_ else 403)
    assert client.get(reverse("seals")).status_code == (200 if open_ else 403)
    assert Reading.objects.exists() == open_


def test_an_administrator_enters_a_scope_once(client_for: Desk) -> None:
    posting, agra = officer("auditor").postings.get(), District.objects.get(name_en="Agra", state__short="UP")
    client, address = client_for("administrator"), reverse("admin:workflows_auditscope_add")
    page = client.get(address).content.decode()
    assert f'value="{posting.pk}"' in page and f'value="{officer("dm.agra").postings.first().pk}"' not in page
    assert client.post(address, {"posting": posting.pk}).status_code == 200, "a scope that limits nothing is none"
    assert client.post(address, {"posting": posting.pk, "districts": [agra.pk], "processes": ["loan"]}).status_code == 302
    scope = AuditScope.objects.get()
    assert (scope.places, scope.processes, scope.made_by) == ([agra.pk], ["loan"], officer("administrator"))
    change = reverse("admin:workflows_auditscope_change", args=[scope.pk])
    assert client.post(change, {"posting": posting.pk, "processes": []}).status_code == 403
    assert client.post(reverse("admin:workflows_auditscope_delete", args=[scope.pk]), {"post": "yes"}).status_code == 403


# --- and it is written down ---------------------------------------------------------------------------------------------


def test_every_page_paper_list_and_export_he_opens_is_written_down(world: dict[str, list[Any]], client_for: Desk) -> None:
    client, posting = client_for("auditor"), officer("auditor").postings.get()
    of_the_file = ["file", "history", "history_xlsx", "compare", "seen", "record_lines", "paper", "order", "letter"]
    opened = [*of_the_file, "minutes", "seals", "anchors"]
    for name in opened:
        assert client.get(reverse(name, args=world.get(name, []))).status_code == 200
    client.get(reverse("files"), {"q": "agra"})
    rows = list(Reading.objects.order_by("pk"))
    assert [row.page for row in rows] == [*opened, "files"]
    assert {(row.officer.username, row.posting) for row in rows} == {("auditor", posting)}
    assert rows[-1].address == "/files/?q=agra" and rows[-1].case is None
    assert {row.page for row in rows if row.case_id == world["file"][0]} == set(of_the_file)


def test_nobody_elses_reading_is_written_down_and_no_refusal(client_for: Desk) -> None:
    case = a_file()
    client_for("dm.agra").get(reverse("file", args=[case.pk]))
    client_for("auditor.hp").get(reverse("file", args=[case.pk]))
    client_for("auditor").get(reverse("charges") + "nowhere/")
    assert not Reading.objects.exists()


def test_the_file_says_which_auditor_read_it_beside_its_paragraphs(client_for: Desk) -> None:
    case = a_file()
    client_for("auditor").get(reverse("file", args=[case.pk]))
    reader = client_for("dm.agra")
    reader.post(reverse("set_language"), {"language": "en"})
    page = reader.get(reverse("history", args=[case.pk])).content.decode()
    assert "Read by auditors" in page and officer("auditor").name_en in page
    assert case.notings.count() == 1


def test_a_reading_is_only_added_to() -> None:
    auditor = officer("auditor")
    readings.record(auditor, page="file", address="/files/1/", case=None)
    for act in (lambda rows: rows.update(address="/"), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act(Reading.objects.all())


def test_the_auditor_sees_his_own_readings_and_the_administrator_those_of_his_state(client_for: Desk) -> None:
    case = a_file()
    client_for("auditor").get(reverse("file", args=[case.pk]))
    client_for("auditor.hp").get(reverse("seals"))
    auditor, administrator = officer("auditor"), officer("administrator")
    assert {row.officer for row in readings.visible_to(administrator)} == {auditor}
    assert {row.officer for row in readings.visible_to(auditor)} == {auditor}
    page = client_for("administrator").get(reverse("readings")).content.decode()
    assert case.number in page and f"/files/{case.pk}/" in page


def test_the_bench_leads_only_where_the_auditor_may_go(client_for: Desk) -> None:
    client = client_for("auditor")
    response = client.get(reverse("audit"))
    for entry in response.context["entries"]:
        assert client.get(entry.address).status_code in (200, 503), entry.title
