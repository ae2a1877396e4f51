"""Every address × every person. A new address without a row here fails, and so does a row without an address."""

import io
import tarfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from programme.calendar import today
from programme.models import Posting
from tests.files import a_draft, a_file, office, officer, waiting
from tests.processes.loan_files import apply
from tests.processes.plan_files import a_plan, a_report
from tests.workflows.seated import a_claim, decided, draft, in_place, moved, ready
from workflows.jobs import start
from workflows.models import Case, Noting
from workflows.pages.setup import site
from workflows.postings import join

pytestmark = pytest.mark.django_db

OWN = {"dm.agra", "dic.agra"}
STATE_READERS = {"odop.cell", "principal.secretary", "director", "auditor"}
CAME_TO = {"finance"}
PLAN_READERS = OWN | STATE_READERS | {"agriculture.agra"}  # a line department was asked for its section
READERS = OWN | STATE_READERS | CAME_TO
STRANGERS = {
    "dm.mathura",  # the next district
    "dic.mathura",
    "dm.agra.earlier",  # transferred away
    "cdo.agra",  # the DM's link officer, after his dates
    "agriculture.agra",
    "ldm.agra",
    "epb",
    "dc.bilaspur",  # another State
    "acs.industries",
    "auditor.hp",
    "administrator",
}
EVERYBODY = READERS | STRANGERS
PROPOSERS = {"dm.agra", "dic.agra", "dm.mathura", "dic.mathura", "dc.bilaspur"}
CONVENERS = {"dm.agra", "dic.agra", "dm.mathura", "dic.mathura"}
SIGN_IN = 302


def expect(allowed: set[str], *, yes: int = 200, no: int = 404) -> dict[str, int]:
    return {person: yes if person in allowed else no for person in EVERYBODY}


# name: (method, what each person gets, what a signed-out visitor gets)
TABLE: dict[str, tuple[str, dict[str, int], int]] = {
    "inbox": ("get", expect(EVERYBODY), SIGN_IN),
    "files": ("get", expect(EVERYBODY), SIGN_IN),
    "file": ("get", expect(READERS), SIGN_IN),
    "history": ("get", expect(READERS), SIGN_IN),
    "record_lines": ("get", expect(READERS), SIGN_IN),
    "paper": ("get", expect(READERS), SIGN_IN),
    "order": ("get", expect(READERS), SIGN_IN),
    "letter": ("get", expect(READERS), SIGN_IN),
    "letter_pdf": ("get", expect(READERS), SIGN_IN),
    "public_order": ("get", expect(EVERYBODY), 200),
    "acknowledgement": ("get", expect(OWN | STATE_READERS), SIGN_IN),
    "withdraw": ("post", {**expect(set()), **dict.fromkeys(READERS, 403)}, SIGN_IN),
    "step": ("get", {**expect(set()), **dict.fromkeys(READERS, 403), "dm.agra": 200}, SIGN_IN),
    "decide": ("post", {**expect(set()), **dict.fromkeys(READERS, 302)}, SIGN_IN),
    "new": ("get", expect(PROPOSERS | {"odop.cell"}), SIGN_IN),
    "begin": ("get", expect(PROPOSERS, yes=302), SIGN_IN),
    "draft": ("get", expect(OWN), SIGN_IN),
    "draft_paper": ("get", expect(OWN), SIGN_IN),
    "season": ("get", expect(STATE_READERS | {"acs.industries", "auditor.hp"}, no=403), SIGN_IN),
    "open_season": ("post", {**expect(set(), no=403), "odop.cell": 400}, SIGN_IN),
    "activities": ("get", expect(PLAN_READERS), SIGN_IN),
    "evidence": ("get", expect(PLAN_READERS), SIGN_IN),
    "jobs": ("get", expect(EVERYBODY), SIGN_IN),
    "job": ("get", expect({"dm.agra", "administrator"}), SIGN_IN),
    "cancel_job": ("post", expect({"dm.agra", "administrator"}, yes=302), SIGN_IN),
    "retry_job": ("post", {**expect({"dm.agra"}, yes=302), "administrator": 403}, SIGN_IN),
    "entitlement": ("get", expect(EVERYBODY), SIGN_IN),
    "sittings": ("get", expect(CONVENERS | STATE_READERS | {"auditor.hp", "acs.industries"}), SIGN_IN),
    "new_sitting": ("get", expect(CONVENERS), SIGN_IN),
    "sitting": ("get", expect(OWN | STATE_READERS), SIGN_IN),
    "minutes": ("get", expect(OWN | STATE_READERS), SIGN_IN),
    "sign_minutes": ("get", expect(OWN | STATE_READERS, yes=302), SIGN_IN),
    "put_on_agenda": ("post", {**expect(OWN, yes=409), **dict.fromkeys(STATE_READERS, 403)}, SIGN_IN),
    "call_off": ("post", {**expect(OWN, yes=409), **dict.fromkeys(STATE_READERS, 403)}, SIGN_IN),
    "seals": ("get", expect({"auditor", "auditor.hp"}, no=403), SIGN_IN),
    "anchors": ("get", expect({"auditor", "auditor.hp"}, no=403), SIGN_IN),
    "health": ("get", expect({"auditor", "auditor.hp", "administrator"}, no=403), SIGN_IN),
    "set_language": ("post", expect(EVERYBODY, yes=302), 302),
    "sign_out": ("post", expect(EVERYBODY, yes=302), 302),
    "sign_in": ("get", expect(EVERYBODY, yes=302), 200),
    "try_as": ("post", expect(set()), 404),
    "source": ("get", expect(EVERYBODY), 200),
    "alive": ("get", expect(EVERYBODY), 200),
}


def addresses(resolver: URLResolver | None = None) -> set[str]:
    """Return the name of every address outside set-up, whose own table is below."""
    found = set()
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            found.add(pattern.name or str(pattern.pattern))
        elif pattern.app_name != "admin":
            found |= addresses(pattern)
    return found


def test_every_address_has_a_row_in_the_access_table():
    assert addresses() == set(TABLE)


@pytest.fixture
def world() -> Iterator[dict[str, list]]:
    """A file of Agra that waits for its report, an unsigned draft, signed minutes, and an applicant's loan."""
    with in_place():
        yield _world()


def _world() -> dict[str, list]:
    case = a_file(at="report")
    draft = a_draft(officer("dm.agra"), office("dm", "Agra"), ("proposal_letter",))
    movement, paper = waiting(case), case.enclosures.first()
    plan = a_plan(at="adopted")
    update = a_report(plan)
    sitting = moved(ready(a_claim()))
    loan = apply()
    job = start("unknown", by=officer("dm.agra"), key="season", rows=[])
    order = case.order
    return {
        "letter": [case.pk, order.pk], "letter_pdf": [case.pk, order.pk, "hi"], "public_order": [order.key],
        "file": [case.pk], "history": [case.pk], "record_lines": [case.pk], "order": [case.pk], "withdraw": [case.pk],
        "acknowledgement": [loan.pk],
        "paper": [case.pk, paper.pk], "step": [movement.pk], "decide": [movement.pk],
        "activities": [plan.pk], "evidence": [plan.pk, update.pk],
        "job": [job.pk], "cancel_job": [job.pk], "retry_job": [job.pk],
        **{name: [sitting.pk] for name in ("sitting", "minutes", "sign_minutes", "put_on_agenda", "call_off")},
        "begin": ["exhibition"], "draft": ["exhibition", draft.key],
        "draft_paper": [draft.key, draft.enclosures.first().pk],
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(TABLE))
def test_each_person_gets_what_the_table_says(name: str, world: dict, client_for: Callable, client) -> None:
    method, expected, signed_out = TABLE[name]
    address = reverse(name, args=world.get(name, []))
    got = {person: getattr(client_for(person), method)(address).status_code for person in EVERYBODY}
    # The health page of a server without a worker says so with 503; that it was reached is what counts here.
    got = {person: 200 if (name == "alive" and status == 503) else status for person, status in got.items()}
    assert got == expected
    status = getattr(client, method)(address).status_code
    assert (200 if (name == "alive" and status == 503) else status) == signed_out


FORGEABLE = [
    "file",
    "history",
    "record_lines",
    "paper",
    "order",
    "letter",
    "letter_pdf",
    "public_order",
    "step",
    "draft",
    "job",
    "sitting",
    "minutes",
]


@pytest.mark.parametrize("name", FORGEABLE)
def test_a_forged_number_is_no_address(name: str, world: dict, client_for: Callable) -> None:
    args = [uuid4() if isinstance(arg, UUID) else arg if isinstance(arg, str) else 987654 for arg in world[name]]
    status = client_for("principal.secretary").get(reverse(name, args=args)).status_code
    assert status == 404


@pytest.mark.parametrize("address", ["/files/{}/", "/files/{}/history/", "/steps/{}/", "/files/1/papers/{}/", "/jobs/{}/", "/sittings/{}/"])
def test_a_number_no_row_can_have_is_no_address(address: str, client_for: Callable) -> None:
    assert client_for("auditor").get(address.format("9" * 30)).status_code == 404


def test_the_source_archive_holds_the_code_and_nothing_of_the_installation(client, settings) -> None:
    with tarfile.open(fileobj=io.BytesIO(client.get(reverse("source")).content)) as archive:
        names = set(archive.getnames())
    assert {"karyapravah/manage.py", "karyapravah/workflows/steps.py", "karyapravah/LICENSE"} <= names
    kept = [name for name in names if name.endswith((".env", ".key", ".sqlite3", ".pyc")) or "/var" in name or "/.venv" in name]
    assert kept == []


def test_a_paper_is_not_served_through_another_file(client_for: Callable) -> None:
    mine, other = a_file(district="Mathura"), a_file(district="Agra")
    paper = other.enclosures.first()
    assert client_for("dm.mathura").get(reverse("paper", args=[mine.pk, paper.pk])).status_code == 404


def test_an_order_is_not_served_through_another_file(client_for: Callable) -> None:
    mine, other = a_file(district="Mathura", at="report"), a_file(district="Agra", at="report")
    for name, more in (("letter", []), ("letter_pdf", ["hi"])):
        address = reverse(name, args=[mine.pk, other.order.pk, *more])
        assert client_for("dm.mathura").get(address).status_code == 404


@pytest.mark.parametrize("person", sorted(EVERYBODY))
def test_no_get_changes_a_file(person: str, world: dict, client_for: Callable) -> None:
    before = (Noting.objects.count(), list(Case.objects.values_list("pk", "head", "paragraphs", "ending")))
    client = client_for(person)
    for name, (_method, _expected, _out) in TABLE.items():
        client.get(reverse(name, args=world.get(name, [])))
    assert (Noting.objects.count(), list(Case.objects.values_list("pk", "head", "paragraphs", "ending"))) == before


@pytest.mark.parametrize("person", sorted(EVERYBODY - {"odop.cell"}))
def test_only_the_office_where_the_file_waits_decides(person: str, client_for: Callable) -> None:
    case = a_file()
    address = reverse("decide", args=[waiting(case).pk])
    data = {"outcome": "recommended", "amount_recommended": "1850000", "seen": case.head}
    assert client_for(person).post(address, data).status_code == (403 if person in READERS - CAME_TO else 404)
    assert waiting(case).step == "scrutinise"


def test_a_strangers_lists_name_nothing_of_the_file(client_for: Callable) -> None:
    a_file(title="Marker of Agra")
    for person in sorted(STRANGERS):
        client = client_for(person)
        for address in (reverse("inbox"), reverse("files"), reverse("files") + "?q=Marker"):
            page = client.get(address).content.decode()
            assert "Marker of Agra" not in page, f"{person} reads it at {address}"


def test_a_link_officer_inside_his_dates_acts_and_after_them_sees_nothing(client_for: Callable) -> None:
    case = a_file(at="correct")
    client = client_for("cdo.agra")
    assert client.get(reverse("file", args=[case.pk])).status_code == 404
    link = join(officer("cdo.agra"), office("dm", "Agra"), charge="link", starts_on=today(), ends_on=today(), by=None)
    assert client.get(reverse("file", args=[case.pk])).status_code == 200
    assert client.get(reverse("step", args=[waiting(case).pk])).status_code == 200
    Posting.objects.filter(pk=link.pk).update(starts_on=today() - timedelta(days=3), ends_on=today() - timedelta(days=1))
    assert client.get(reverse("file", args=[case.pk])).status_code == 404
    assert client.get(reverse("step", args=[waiting(case).pk])).status_code == 404


SETUP = ["posting", "officer", "office", "designation", "holiday", "norm", "state", "budgethead", "allotment", "product"]


@pytest.mark.parametrize("person", sorted(EVERYBODY))
def test_set_up_is_for_the_administrator_alone(person: str, client_for: Callable) -> None:
    client = client_for(person)
    for table in SETUP:
        status = client.get(reverse(f"admin:programme_{table}_changelist")).status_code
        assert (status == 200) == (person == "administrator"), f"{person} got {status} at {table}"


def test_set_up_holds_set_up_tables_alone() -> None:
    assert {model._meta.model_name for model in site._registry} == set(SETUP)


@pytest.mark.parametrize("person", sorted(EVERYBODY))
def test_only_those_who_convene_or_chair_change_or_sign_a_sitting(person: str, client_for: Callable) -> None:
    with in_place():
        sitting, late = ready(a_claim()), a_claim()
        client, readers = client_for(person), OWN | STATE_READERS
        refused = 403 if person in readers else 404
        added = client.post(reverse("put_on_agenda", args=[sitting.pk]), {"movement": waiting(late).pk})
        assert added.status_code == (302 if person in OWN else refused)
        signed = client.post(reverse("sign_minutes", args=[sitting.pk]), {"seen": draft(sitting)})
        assert signed.status_code == (403 if person in OWN else refused), "the file that came last is not decided"
        decided(sitting.items.last())
        signed = client.post(reverse("sign_minutes", args=[sitting.pk]), {"seen": draft(sitting)})
        assert signed.status_code == (302 if person == "dm.agra" else refused)
        sitting.refresh_from_db()
        assert sitting.is_open == (person != "dm.agra")
