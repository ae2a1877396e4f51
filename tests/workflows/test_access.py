"""Every address × every person. A new address without a row here fails, and so does a row without an address."""

import io
import tarfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from programme.calendar import today
from programme.models import Posting, Product
from tests.files import PDF, a_draft, a_file, office, officer, waiting
from tests.processes.loan_files import apply
from tests.processes.plan_files import a_plan, a_report
from tests.workflows.audit.windows import drawn
from tests.workflows.exports.written import a_written_list
from tests.workflows.pictures import a_picture
from tests.workflows.registers.entries import entered, once
from tests.workflows.repairs.plans import planned
from tests.workflows.seated import a_claim, decided, draft, in_place, moved, ready
from tests.workflows.test_questions import ask
from tests.workflows.workbooks.books import checked
from tests.workflows.workbooks.rows import a_loan
from workflows import seasons, tokens, verifying
from workflows.api.entries import LISTS as ENTRIES
from workflows.api.registers import REGISTERS
from workflows.audit import observing
from workflows.jobs import start
from workflows.models import Case, Message, Noting, RepairKind
from workflows.pages.setup import site
from workflows.postings import join
from workflows.registers import writing
from workflows.registers.events import EVENTS
from workflows.repairs.planning import drop
from workflows.reports.every import REPORTS

pytestmark = pytest.mark.django_db

OWN = {"dm.agra", "dic.agra"}
AUDITORS = {"auditor", "auditor.hp"}
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
AUDITORS = {"auditor", "auditor.hp"}
PROPOSERS = {"dm.agra", "dic.agra", "dm.mathura", "dic.mathura", "dc.bilaspur"}
# Who keeps the registers of his district or State.
KEEPERS = {"dm.agra", "dic.agra", "dm.mathura", "dic.mathura", "odop.cell", "director", "epb", "dc.bilaspur"}
WORKBOOKS = KEEPERS | {"administrator"}
CONVENERS = {"dm.agra", "dic.agra", "dm.mathura", "dic.mathura"}
OTHER_STATE = {"dc.bilaspur", "acs.industries", "auditor.hp"}
# Whoever holds a charge at all, and those in the State of the entry.
HERE = EVERYBODY - {"dm.agra.earlier"}
UP = HERE - OTHER_STATE
SAMPLE_PAGES = ("sample", "sample_item", "sample_paper", "sample_sheet", "draw_again")
FORECAST_READERS = STATE_READERS | {"acs.industries", "auditor.hp"} | OWN | {"dm.mathura", "dic.mathura", "dc.bilaspur"}
READERS_OF_STATES = STATE_READERS | {"acs.industries", "auditor.hp"}
# A page leads a visitor to the sign-in; a form is answered with it, so that what was typed is not lost.
SIGN_IN, ASKED_TO_SIGN_IN = 0, {"get": 302, "post": 401}


def expect(allowed: set[str], *, yes: int = 200, no: int = 404) -> dict[str, int]:
    return {person: yes if person in allowed else no for person in EVERYBODY}


# What compares whole States is no address for a district, and closed to whoever reviews nothing.
OF_STATES = {**expect(FORECAST_READERS, no=403), **dict.fromkeys(FORECAST_READERS - READERS_OF_STATES, 404)}
# Officers of the State are told that they may not; whoever holds nothing in it finds no such page.
NAMING = {**expect(EVERYBODY - OTHER_STATE - {"dm.agra.earlier"}, yes=403), "dm.agra": 200, "administrator": 200}

# name: (method, what each person gets, what a signed-out visitor gets)
TABLE: dict[str, tuple[str, dict[str, int], int]] = {
    "inbox": ("get", expect(EVERYBODY), SIGN_IN),
    "me": ("get", expect(EVERYBODY), SIGN_IN),
    "factor": ("get", expect(EVERYBODY), SIGN_IN),
    "password": ("get", expect(EVERYBODY), SIGN_IN),
    "prove": ("get", expect(EVERYBODY), SIGN_IN),
    "sign_ins": ("get", expect(EVERYBODY), SIGN_IN),
    "end_sign_in": ("post", expect(EVERYBODY, yes=302), SIGN_IN),
    "doors": ("get", expect({"administrator"}, no=403), SIGN_IN),
    "lift_lock": ("post", {**expect(set(), no=403), "administrator": 404}, SIGN_IN),
    "reset_factor": ("post", {**expect(set(), no=403), "administrator": 422}, SIGN_IN),
    "notices": ("get", expect(EVERYBODY), SIGN_IN),
    "read_notices": ("post", expect(EVERYBODY, yes=302), SIGN_IN),
    "late": ("get", expect(EVERYBODY), SIGN_IN),
    "files": ("get", expect(EVERYBODY), SIGN_IN),
    "file": ("get", expect(READERS), SIGN_IN),
    "history": ("get", expect(READERS), SIGN_IN),
    "history_xlsx": ("get", expect(READERS), SIGN_IN),
    "history_pdf": ("get", expect(READERS), SIGN_IN),
    "compare": ("get", expect(READERS), SIGN_IN),
    "seen": ("get", expect(READERS), SIGN_IN),
    "record_lines": ("get", expect(READERS), SIGN_IN),
    "verify_file": ("get", expect(READERS), SIGN_IN),
    "export_file": ("get", expect(READERS), SIGN_IN),
    "paper": ("get", expect(READERS), SIGN_IN),
    "order": ("get", expect(READERS), SIGN_IN),
    "letter": ("get", expect(READERS), SIGN_IN),
    "letter_pdf": ("get", expect(READERS), SIGN_IN),
    "public_order": ("get", expect(EVERYBODY), 200),
    "catalogue": ("get", expect(EVERYBODY), 200),
    "catalogue_state": ("get", expect(EVERYBODY), 200),
    "catalogue_district": ("get", expect(EVERYBODY), 200),
    "catalogue_picture": ("get", expect(EVERYBODY), 200),
    "acknowledgement": ("get", expect(OWN | STATE_READERS), SIGN_IN),
    "withdraw": ("post", {**expect(set()), **dict.fromkeys(READERS, 403)}, SIGN_IN),
    "pull_back": ("post", {**expect(set()), **dict.fromkeys(READERS, 403)}, SIGN_IN),
    "ask": ("post", {**expect(set()), **dict.fromkeys(READERS, 403), "dm.agra": 422}, SIGN_IN),
    "answer": ("post", {**expect(set()), **dict.fromkeys(READERS, 403), "finance": 422}, SIGN_IN),
    "unask": ("post", {**expect(set()), **dict.fromkeys(READERS, 403), "dm.agra": 302}, SIGN_IN),
    "step": ("get", {**expect(set()), **dict.fromkeys(READERS, 403), "dm.agra": 200}, SIGN_IN),
    "decide": ("post", {**expect(set()), **dict.fromkeys(READERS, 302)}, SIGN_IN),
    # Without a tick both lead back to the inbox; with one, the file's own rules hold (test_bulk_pages.py).
    "bulk": ("post", expect(EVERYBODY, yes=302), SIGN_IN),
    "sign_bulk": ("post", expect(EVERYBODY, yes=302), SIGN_IN),
    "keys": ("get", expect(EVERYBODY), SIGN_IN),
    "new": ("get", expect(PROPOSERS | {"odop.cell"}), SIGN_IN),
    "begin": ("get", expect(PROPOSERS, yes=302), SIGN_IN),
    "draft": ("get", expect(OWN), SIGN_IN),
    "draft_paper": ("get", expect(OWN), SIGN_IN),
    # Whoever answers for a district is led to its board; a line department has one of its own.
    **{
        name: ("get", {**expect(READERS_OF_STATES, no=403), **dict.fromkeys(FORECAST_READERS - READERS_OF_STATES, 302)}, SIGN_IN)
        for name in ("state_board", "state_board_pdf")
    },
    **{
        name: ("get", {**expect(set(), no=403), **dict.fromkeys(FORECAST_READERS, 404), **dict.fromkeys(OWN | STATE_READERS, 200)}, SIGN_IN)
        for name in ("district_board", "district_board_pdf")
    },
    **{name: ("get", expect(READERS_OF_STATES | {"agriculture.agra"}), SIGN_IN) for name in ("department_board", "department_board_pdf")},
    "season": ("get", expect(STATE_READERS | {"acs.industries", "auditor.hp"}, no=403), SIGN_IN),
    "forecast": ("get", expect(FORECAST_READERS, no=403), SIGN_IN),
    "review": ("get", expect(FORECAST_READERS, no=403), SIGN_IN),
    "reports": ("get", expect(FORECAST_READERS, no=403), SIGN_IN),
    "report": ("get", expect(FORECAST_READERS, no=403), SIGN_IN),
    "report_file": ("get", OF_STATES, SIGN_IN),
    "recompute": ("post", expect(READERS_OF_STATES, yes=400, no=403), SIGN_IN),
    "make_token": ("post", expect(EVERYBODY, yes=422), SIGN_IN),
    "end_token": ("post", expect({"dm.agra"}, yes=302), SIGN_IN),
    # The interface answers programs: 401 without a token or a session, never a sign-in page (tests/workflows/api).
    "api": ("get", expect(EVERYBODY), SIGN_IN),
    "openapi": ("get", expect(EVERYBODY), 200),
    "api_files": ("get", expect(EVERYBODY), 401),
    "api_file": ("get", expect(READERS), 401),
    "api_notings": ("get", expect(READERS), 401),
    "api_movements": ("get", expect(EVERYBODY), 401),
    "api_orders": ("get", expect(EVERYBODY), 401),
    **{f"api_{name}": ("get", expect(EVERYBODY), 401) for name in (*REGISTERS, *ENTRIES)},
    **{f"api_{name}_history": ("get", expect(UP), 401) for name in ENTRIES},
    "api_reports": ("get", expect(FORECAST_READERS, no=403), 401),
    **{
        f"api_report_{key}": ("get", OF_STATES if report.of_states else expect(FORECAST_READERS, no=403), 401)
        for key, report in REPORTS.items()
    },
    # The list of sittings here; each list opens to whom its page does (exports/test_lists.py).
    "get_list": ("get", expect(CONVENERS | STATE_READERS | {"auditor.hp", "acs.industries"}), SIGN_IN),
    "written_list": ("get", expect({"dm.agra"}), SIGN_IN),
    "take_list": ("get", expect({"dm.agra"}), SIGN_IN),
    "open_season": ("post", {**expect(set(), no=403), "odop.cell": 400}, SIGN_IN),
    "activities": ("get", expect(PLAN_READERS), SIGN_IN),
    "evidence": ("get", expect(PLAN_READERS), SIGN_IN),
    "jobs": ("get", expect(EVERYBODY), SIGN_IN),
    "job": ("get", expect({"dm.agra", "administrator"}), SIGN_IN),
    "cancel_job": ("post", expect({"dm.agra", "administrator"}, yes=302), SIGN_IN),
    "retry_job": ("post", {**expect({"dm.agra"}, yes=302), "administrator": 403}, SIGN_IN),
    "drafts": ("get", expect(PROPOSERS | {"odop.cell"}), SIGN_IN),
    # What each register opens to whom, and who changes it: registers/test_frame.py. Here it is a matter of Agra.
    "registers": ("get", expect(HERE), SIGN_IN),
    "products": ("get", expect(HERE), SIGN_IN),
    "product": ("get", expect(UP), SIGN_IN),
    "register": ("get", expect(HERE), SIGN_IN),
    "register_board": ("get", expect(HERE), SIGN_IN),
    "entry": ("get", expect(UP), SIGN_IN),
    "entry_paper": ("get", expect(UP), SIGN_IN),
    "event_calendar": ("get", expect(UP), SIGN_IN),
    "series_calendar": ("get", expect(UP), SIGN_IN),
    "new_entry": ("get", {**expect(KEEPERS), **dict.fromkeys(HERE - KEEPERS, 403)}, SIGN_IN),
    "change_entry": (
        "get",
        {
            **expect(OWN | {"odop.cell", "director", "epb"}),
            **dict.fromkeys(UP - KEEPERS, 403),
            **dict.fromkeys({"dm.mathura", "dic.mathura"}, 403),
        },
        SIGN_IN,
    ),
    "act_on_entry": (
        "post",
        {
            **expect(OWN | {"odop.cell", "director", "epb"}, yes=422),
            **dict.fromkeys(UP - KEEPERS, 403),
            **dict.fromkeys({"dm.mathura", "dic.mathura"}, 403),
        },
        SIGN_IN,
    ),
    "workbooks": ("get", expect(WORKBOOKS), SIGN_IN),
    "workbook_template": ("get", expect({"dic.agra"}), SIGN_IN),
    "workbook_filled": ("get", expect({"dic.agra"}), SIGN_IN),
    "workbook": ("get", expect({"dic.agra"}), SIGN_IN),
    "workbook_answer": ("get", expect({"dic.agra"}), SIGN_IN),
    "accept_workbook": ("post", {**expect(set()), "dic.agra": 403}, SIGN_IN),
    "drop_workbook": ("post", expect({"dic.agra"}, yes=302), SIGN_IN),
    "entitlement": ("get", expect(EVERYBODY), SIGN_IN),
    "sittings": ("get", expect(CONVENERS | STATE_READERS | {"auditor.hp", "acs.industries"}), SIGN_IN),
    "new_sitting": ("get", expect(CONVENERS), SIGN_IN),
    "sitting": ("get", expect(OWN | STATE_READERS), SIGN_IN),
    "minutes": ("get", expect(OWN | STATE_READERS), SIGN_IN),
    "sign_minutes": ("get", expect(OWN | STATE_READERS, yes=302), SIGN_IN),
    "put_on_agenda": ("post", {**expect(OWN, yes=409), **dict.fromkeys(STATE_READERS, 403)}, SIGN_IN),
    "call_off": ("post", {**expect(OWN, yes=409), **dict.fromkeys(STATE_READERS, 403)}, SIGN_IN),
    "charges": ("get", expect(EVERYBODY), SIGN_IN),
    "appoint_link": ("get", NAMING, SIGN_IN),
    "appoint_assistant": ("get", NAMING, SIGN_IN),
    "end_charge": ("post", {**NAMING, "dm.agra": 302, "administrator": 302}, SIGN_IN),
    "feasibility": ("get", expect({"auditor", "auditor.hp", "administrator"}, no=403), SIGN_IN),
    "repair": ("get", expect({"administrator"}, no=403), SIGN_IN),
    "repair_file": ("get", expect({"administrator"}), SIGN_IN),
    "repair_plan": ("get", expect({"administrator"}), SIGN_IN),
    "apply_repair": ("post", {**expect(set()), "administrator": 409}, SIGN_IN),
    "drop_repair": ("post", {**expect(set()), "administrator": 409}, SIGN_IN),
    "revert_repair": ("post", {**expect(set()), "administrator": 403}, SIGN_IN),
    "repair_versions": ("get", expect({"administrator"}), SIGN_IN),
    "retry_failed": ("post", expect({"administrator"}, yes=302), SIGN_IN),
    "retry_mail": ("post", expect(set()), SIGN_IN),
    "retry_stay": ("post", expect({"administrator"}, yes=302), SIGN_IN),
    "audit": ("get", expect(AUDITORS, no=403), SIGN_IN),
    "readings": ("get", expect(AUDITORS | {"administrator"}, no=403), SIGN_IN),
    "seals": ("get", expect({"auditor", "auditor.hp"}, no=403), SIGN_IN),
    "anchors": ("get", expect({"auditor", "auditor.hp"}, no=403), SIGN_IN),
    "verifications": ("get", expect(AUDITORS, no=403), SIGN_IN),
    "verification": ("get", {**expect({"auditor"}, no=403), "auditor.hp": 404}, SIGN_IN),
    "event_logs": ("get", expect(AUDITORS, no=403), SIGN_IN),
    "log_xes": ("get", expect(AUDITORS, no=403), SIGN_IN),
    "log_ocel": ("get", expect(AUDITORS, no=403), SIGN_IN),
    "conformance": ("get", expect(AUDITORS, no=403), SIGN_IN),
    "conformance_list": ("get", expect(AUDITORS, no=403), SIGN_IN),
    "process_picture": ("get", expect(AUDITORS, no=403), SIGN_IN),
    # Exceptions, notings and samples are an auditor's; an observation is also read by the office that is to reply.
    **{name: ("get", expect(AUDITORS, no=403), SIGN_IN) for name in ("exceptions", "exceptions_of_kind", "audit_notings", "samples")},
    "new_sample": ("get", expect(AUDITORS, no=403), SIGN_IN),
    **{name: ("get", {**expect(set(), no=403), "auditor": 200, "auditor.hp": 404}, SIGN_IN) for name in SAMPLE_PAGES},
    "add_test_step": ("post", {**expect(set(), no=403), "auditor": 422, "auditor.hp": 404}, SIGN_IN),
    "observe": ("get", expect({"auditor"}), SIGN_IN),
    "observations": ("get", expect(EVERYBODY), SIGN_IN),
    "observation": ("get", expect({"auditor", "odop.cell"}), SIGN_IN),
    "reply_to_observation": ("post", {**expect(set()), "auditor": 403, "odop.cell": 422}, SIGN_IN),
    "settle_observation": ("post", {**expect(set()), "auditor": 422, "odop.cell": 403}, SIGN_IN),
    "health": ("get", expect({"auditor", "auditor.hp", "administrator"}, no=403), SIGN_IN),
    "set_language": ("post", expect(EVERYBODY, yes=302), 302),
    "sign_out": ("post", expect(EVERYBODY, yes=302), 302),
    "sign_in": ("get", expect(EVERYBODY, yes=302), 200),
    "sign_in_code": ("get", expect(EVERYBODY, yes=302), 302),
    "try_as": ("post", expect(set()), 404),
    "accessibility": ("get", expect(EVERYBODY), 200),
    "source": ("get", expect(EVERYBODY), 200),
    "alive": ("get", expect(EVERYBODY), 200),
    # Everybody here sits at the machine itself; others need the token (tests/project/test_metrics.py).
    "metrics": ("get", expect(EVERYBODY), 200),
}


# What belongs to the session and the reader's cookie, and what is an auditor's own and changes no file: his samples and observations,
# his tokens, work that he asks for. Every other form of his is refused before it is read.
OF_THE_SESSION = {"set_language", "sign_out", "sign_in", "sign_in_code", "try_as"}
AT_THE_BENCH = {
    "new_sample", "add_test_step", "sample_item", "observe", "settle_observation",
    "get_list", "make_token", "end_token", "recompute", "verifications", "read_notices", "password",
}  # fmt: skip
for _name, (_method, _expected, _out) in TABLE.items():
    if _method == "post" and _name not in OF_THE_SESSION | AT_THE_BENCH:
        _expected |= dict.fromkeys(AUDITORS, 403)


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
    [question] = ask(case, office("finance"))
    plan = a_plan(at="adopted")
    update = a_report(plan)
    sitting = moved(ready(a_claim()))
    loan = apply()
    agra, later = office("dm", "Agra"), today() + timedelta(days=9)
    link = join(officer("cdo.agra"), agra, charge="link", starts_on=later, ends_on=later, by=None)
    job = start(seasons.KIND, by=officer("dm.agra"), key="season", rows=[], args={"year": "2026-27"})
    book = checked("loans", office("dic", "Agra"), [a_loan(1, mobile="12")])
    order = case.order
    token = tokens.make("Dashboard", ["files"], later, by=officer("dm.agra")).token
    repair = drop(planned(loan, RepairKind.CANCEL), by=officer("administrator"))
    sample = drawn(1)
    noting = case.notings.get(outcome="recommended")
    observed = observing.observe(noting, "Why?", office=noting.office, due=today(), by=officer("auditor"))
    agras = Product.objects.get(district__name_en="Agra", rank="primary")
    event = entered("events", series="samagam")
    entry_paper = writing.attach(EVENTS, event, SimpleUploadedFile("schedule.pdf", PDF), by=officer("dm.agra"))
    return {
        "product": [agras.pk], "catalogue_state": ["UP"], "catalogue_district": ["UP", agras.district_id],
        "catalogue_picture": [a_picture(agras, public=True).sha256],
        **{name: ["agriculture"] for name in ("department_board", "department_board_pdf")},
        **{name: [agra.district_id] for name in ("district_board", "district_board_pdf")},
        "exceptions_of_kind": ["late"], "observe": [case.pk], "sample_item": [sample.pk, 1],
        **{name: [sample.pk] for name in ("sample", "sample_paper", "sample_sheet", "draw_again", "add_test_step")},
        **{name: [observed.pk] for name in ("observation", "reply_to_observation", "settle_observation")},
        "repair_file": [case.pk], "repair_versions": ["exhibition"], "retry_failed": [job.pk], "retry_stay": [movement.pk],
        # Another State's administrator looks after its officers.
        "lift_lock": [officer("dc.bilaspur").pk],
        "retry_mail": [Message.objects.create(key="left", subject="left", text="", sent_at=timezone.now()).pk],
        **{name: [repair.pk] for name in ("repair_plan", "apply_repair", "drop_repair", "revert_repair")},
        "letter": [case.pk, order.pk], "letter_pdf": [case.pk, order.pk, "hi"], "public_order": [order.key],
        "verify_file": [case.pk], "export_file": [case.pk], "conformance_list": ["csv"],
        "verification": [verifying.start(by=officer("auditor")).pk],
        "api_file": [case.pk], "api_notings": [case.pk], "end_token": [token.pk],
        "report": ["pendency"], "report_file": ["budget", "csv"],
        "file": [case.pk], "record_lines": [case.pk],
        **{name: [case.pk] for name in ("history", "history_xlsx", "history_pdf", "compare")}, "seen": [case.pk, 1],
        "order": [case.pk], "withdraw": [case.pk],
        "acknowledgement": [loan.pk],
        "pull_back": [case.pk], "ask": [movement.pk], "answer": [question.pk], "unask": [question.pk],
        "paper": [case.pk, paper.pk], "step": [movement.pk], "decide": [movement.pk],
        "activities": [plan.pk], "evidence": [plan.pk, update.pk],
        "get_list": ["sittings", "csv"], **{name: [a_written_list("dm.agra").pk] for name in ("written_list", "take_list")},
        "register": ["events"], "register_board": ["events", "series"], "new_entry": ["matters"],
        **{name: ["events", event.pk] for name in ("entry", "change_entry")}, "act_on_entry": ["events", event.pk, "strike-off"],
        "entry_paper": ["events", event.pk, entry_paper.pk], "event_calendar": [event.pk],
        **{f"api_{key}_history": [once(key, "Agra").pk] for key in ENTRIES},
        "job": [job.pk], "cancel_job": [job.pk], "retry_job": [job.pk],
        **{name: [sitting.pk] for name in ("sitting", "minutes", "sign_minutes", "put_on_agenda", "call_off")},
        "appoint_link": [agra.pk], "appoint_assistant": [agra.pk], "end_charge": [link.pk],
        **{name: [book.pk] for name in ("workbook", "workbook_answer", "accept_workbook", "drop_workbook")},
        **{name: ["loans", book.office_id] for name in ("workbook_template", "workbook_filled")},
        "begin": ["exhibition"], "draft": ["exhibition", draft.key],
        "draft_paper": [draft.key, draft.enclosures.first().pk],
    }  # fmt: skip


def answered(client: Client, method: str, name: str, world: dict) -> int:
    asked = "?series=samagam" if name == "series_calendar" else ""
    status = getattr(client, method)(reverse(name, args=world.get(name, [])) + asked).status_code
    # The health page of a server without a worker says so with 503; that it was reached is what counts here.
    return 200 if (name == "alive" and status == 503) else status


def files_and_paragraphs() -> tuple:
    return Noting.objects.count(), list(Case.objects.values_list("pk", "head", "paragraphs", "ending"))


@pytest.mark.once
@pytest.mark.parametrize("person", sorted(EVERYBODY))
def test_a_person_gets_what_the_table_says_and_no_get_changes_a_file(person: str, world: dict, client_for: Callable) -> None:
    before = files_and_paragraphs()
    wrong = {}
    for name, (method, expected, _signed_out) in TABLE.items():
        with transaction.atomic():
            got = answered(client_for(person), method, name, world)
            if got != expected[person]:
                wrong[name] = (got, expected[person])
            if method == "get":
                assert files_and_paragraphs() == before, name
            transaction.set_rollback(True)
    assert wrong == {}


def test_somebody_signed_out_gets_what_the_table_says(world: dict) -> None:
    wrong = {}
    for name, (method, _expected, signed_out) in TABLE.items():
        due = ASKED_TO_SIGN_IN[method] if signed_out == SIGN_IN else signed_out
        if (got := answered(Client(), method, name, world)) != due:
            wrong[name] = (got, due)
    assert wrong == {}


AUDITED = {"observation", "observe", *SAMPLE_PAGES}
FORGEABLE = [
    "entry",
    "entry_paper",
    "event_calendar",
    "file",
    "history",
    "history_xlsx",
    "history_pdf",
    "compare",
    "seen",
    "record_lines",
    "verify_file",
    "export_file",
    "paper",
    "order",
    "letter",
    "letter_pdf",
    "public_order",
    "step",
    "draft",
    "job",
    "written_list",
    "take_list",
    "sitting",
    "minutes",
    "workbook",
    "repair_file",
    "repair_plan",
    "observation",
    "sample",
    "sample_item",
    "observe",
    "district_board",
]


def test_a_forged_number_is_no_address(world: dict, client_for: Callable) -> None:
    auditor, secretary = client_for("auditor"), client_for("principal.secretary")
    found = []
    for name in FORGEABLE:
        args = [uuid4() if isinstance(arg, UUID) else arg if isinstance(arg, str) else 987654 for arg in world[name]]
        reader = auditor if name in AUDITED else secretary
        if reader.get(reverse(name, args=args)).status_code != 404:
            found.append(name)
    assert found == []


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


@pytest.mark.parametrize("person", sorted(EVERYBODY - {"odop.cell"}))
def test_only_the_office_where_the_file_waits_decides(person: str, client_for: Callable) -> None:
    case = a_file()
    address = reverse("decide", args=[waiting(case).pk])
    data = {"outcome": "recommended", "amount_recommended": "1850000", "seen": case.head}
    assert client_for(person).post(address, data).status_code == (403 if person in (READERS - CAME_TO) | AUDITORS else 404)
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


OF_WORKFLOWS = ["auditscope"]
SETUP = [
    "posting", "officer", "office", "designation", "district", "holiday", "weeklyoffs", "norm", "state", "budgethead", "allotment",
    "product", "target",
]  # fmt: skip


@pytest.mark.parametrize("person", sorted(EVERYBODY))
def test_set_up_is_for_the_administrator_alone(person: str, client_for: Callable) -> None:
    client = client_for(person)
    for table in SETUP + OF_WORKFLOWS:
        label = "workflows" if table in OF_WORKFLOWS else "programme"
        for address in (reverse(f"admin:{label}_{table}_changelist"), reverse(f"admin:{label}_{table}_list", args=["csv"])):
            status = client.get(address).status_code
            assert (status == 200) == (person == "administrator"), f"{person} got {status} at {address}"


def test_set_up_holds_set_up_tables_alone() -> None:
    assert {model._meta.model_name for model in site._registry} == set(SETUP + OF_WORKFLOWS)


@pytest.mark.parametrize("person", sorted(EVERYBODY))
def test_only_those_who_convene_or_chair_change_or_sign_a_sitting(person: str, client_for: Callable) -> None:
    with in_place():
        sitting, late = ready(a_claim()), a_claim()
        client, readers = client_for(person), OWN | STATE_READERS
        refused = 403 if person in readers | AUDITORS else 404
        added = client.post(reverse("put_on_agenda", args=[sitting.pk]), {"movement": waiting(late).pk})
        assert added.status_code == (302 if person in OWN else refused)
        signed = client.post(reverse("sign_minutes", args=[sitting.pk]), {"seen": draft(sitting)})
        assert signed.status_code == (403 if person in OWN else refused), "the file that came last is not decided"
        decided(sitting.items.last())
        signed = client.post(reverse("sign_minutes", args=[sitting.pk]), {"seen": draft(sitting)})
        assert signed.status_code == (302 if person == "dm.agra" else refused)
        sitting.refresh_from_db()
        assert sitting.is_open == (person != "dm.agra")
