"""Every writing act of the product as somebody tries it, through each door it has, in one world that holds a place for each."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from axes.models import AccessAttempt
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from programme.calendar import financial_year, today
from programme.models import Holiday, Norm, Officer, Posting, State
from tests.files import PDF, a_draft, a_file, office, officer, proposal_data, waiting
from tests.processes.loan_files import apply as apply_for_loan
from tests.workflows import seated
from tests.workflows.audit.windows import drawn
from tests.workflows.door import with_factor
from tests.workflows.repairs.plans import REASON, planned
from tests.workflows.test_questions import ask as asked
from tests.workflows.test_questions import question_form
from tests.workflows.workbooks.books import checked
from tests.workflows.workbooks.rows import a_loan
from workflows import (
    bulk,
    factors,
    jobs,
    lockouts,
    office_days,
    papers,
    passwords,
    postings,
    pulling_back,
    questions,
    recomputing,
    seasons,
    steps,
    tokens,
    verifying,
)
from workflows.audit import observing, sampling
from workflows.flows import ExhibitionFlow
from workflows.forms.decisions import PullBackForm, WithdrawalForm
from workflows.forms.questions import AnswerForm, UnaskForm
from workflows.models import Case, Draft, Finding, Job, JobRow, Message, Method, Movement, Outcome, RepairKind
from workflows.pages.account import BACKEND
from workflows.repairs import planning, retrying
from workflows.searching import kept
from workflows.sittings import agenda, signing
from workflows.work import WORK
from workflows.workbooks.accepting import accept
from workflows.workbooks.sending import drop

LATER = timedelta(days=9)
OTHER_PDF = PDF.replace(b"endobj", b"\nendobj", 1)
# What is offered for many files at once.
TOGETHER = {"recommended", "sanctioned"}
World = dict[str, Any]
Try = Callable[[World, Officer], Any]


def make_world() -> World:
    """A file at each place where somebody may do something; to be called with the seated process in place."""
    agra, later = office("dm", "Agra"), today() + LATER
    postings.join(officer("handloom.agra"), agra, charge="link", starts_on=today(), ends_on=today() + timedelta(days=3), by=None)
    [question] = asked(corrected := a_file(at="correct"), office("finance"))
    scrutinised, approved, opened = a_file(), a_file(at="approve"), a_file(at="report")
    sitting, late = seated.ready(seated.a_claim()), seated.a_claim()
    loan = apply_for_loan()
    noting = opened.notings.get(outcome="recommended")
    with_factor("director")
    sample = drawn(1)
    sampling.add_step(sample, "Is it signed?", by=officer("auditor"))
    book = checked("loans", office("dic", "Agra"), [a_loan(1)])
    season = {"kind": seasons.KIND, "by": officer("dm.agra"), "args": {"year": financial_year(today())}}
    job = jobs.start(key="acts", rows=[JobRow(key="1", args={})], **season)
    failed = jobs.start(key="failed", rows=[JobRow(key="1", args={}, status="failed", ended_at=timezone.now())], **season)
    Job.objects.filter(pk=failed.pk).update(status="finished", failed=1, finished_at=timezone.now())
    AccessAttempt.objects.create(username="dm.agra", ip_address="127.0.0.1", failures_since_start=9)
    holiday = Holiday(state=State.objects.get(short="UP"), date=today() + timedelta(days=40), name_en="Fair", name_hi="मेला")
    office_days.declare(holiday, by=officer("administrator"))
    return {
        "draft": a_draft(officer("dm.agra"), agra, ("proposal_letter", "cost_estimate")).pk,
        "agra": agra, "later": later, "question": question, "correct": waiting(corrected), "scrutinise": waiting(scrutinised),
        "approve": waiting(approved), "sent": scrutinised, "opened": opened, "sitting": sitting, "late": waiting(late),
        "item": sitting.items.get(), "loan": loan, "other_loan": apply_for_loan(person=2), "job": job, "holiday": holiday,
        "repair": planned(loan, RepairKind.CANCEL), "book": book, "failed": failed,
        "observed": observing.observe(noting, "Why?", office=noting.office, due=today(), by=officer("auditor")), "noting": noting,
        "sample": sample, "link": postings.join(officer("cdo.agra"), agra, charge="link", starts_on=later, ends_on=later, by=None),
        "token": tokens.make("Dashboard", ["files"], later, by=officer("dm.agra")).token,
        "search": kept.keep("Late", "q=late", by=officer("dm.agra")),
        "mail": Message.objects.create(key="left", subject="left", text="", sent_at=timezone.now()),
    }  # fmt: skip


# --- files ----------------------------------------------------------------------------------------------------------------


def open_file(world: World, by: Officer) -> Any:
    draft = Draft.objects.get(pk=world["draft"])
    own = list(draft.enclosures.all())
    norm = Norm.in_force("EXHIBITION", world["agra"].designation.state, today())
    typed = proposal_data(papers_seen=" ".join(str(paper.pk) for paper in own))
    form = ExhibitionFlow.propose.form_class(typed, office=world["agra"], officer=by, norm=norm, papers=own)
    assert form.is_valid(), form.errors
    return steps.open_case(ExhibitionFlow, by=by, office=world["agra"], form=form, key=uuid4(), draft=draft)


def typed_for(stay: Movement, outcome: str) -> dict[str, Any]:
    typed = {"outcome": outcome, "text": "For the reason given.", "seen": stay.case.head}
    typed |= {"return_to": stay.node.way(Outcome(outcome)).targets[-1].name} if outcome == "returned" else {}
    return typed | {"amount_recommended": str(stay.case.amount), "amount_sanctioned": str(stay.case.amount)}


def decides(place: str, outcome: str) -> dict[str, Try]:
    """A decision has three doors: the verb, the page of the file, and the common signature."""

    def by_verb(world: World, by: Officer) -> Any:
        stay = Movement.objects.get(pk=world[place].pk)
        form = stay.node.form_class(typed_for(stay, outcome), movement=stay, officer=by)
        assert form.is_valid(), form.errors
        return steps.decide(stay, by=by, form=form)

    def by_page(world: World, by: Officer) -> Any:
        post(by, "decide", world[place].pk, **typed_for(world[place], outcome))
        if Movement.objects.get(pk=world[place].pk).is_open:
            raise Prepared

    def together(world: World, by: Officer) -> Any:
        stay = Movement.objects.get(pk=world[place].pk)
        # A work whose row is refused stays, with the sentence; that alone is taken back here.
        with transaction.atomic():
            job = bulk.sign([stay], {stay.pk: stay.case.head}, Outcome(outcome), "For the reason given.", by=by, key=f"acts-{by.pk}")
            jobs.run({bulk.KIND: WORK[bulk.KIND]})
            if job.rows.exclude(status="done").exists():
                raise NotDone(job.rows.get().sentence_en)

    return {"verb": by_verb, "page": by_page} | ({"together": together} if outcome in TOGETHER else {})


def withdraw(world: World, by: Officer) -> Any:
    form = WithdrawalForm({"text": "Taken back.", "seen": world["sent"].head})
    assert form.is_valid()
    return steps.withdraw(world["sent"], by=by, form=form)


def pull_back(world: World, by: Officer) -> Any:
    form = PullBackForm({"text": ""})
    assert form.is_valid()
    return pulling_back.pull_back(world["sent"], by=by, form=form)


def ask(world: World, by: Officer) -> Any:
    stay = world["scrutinise"]
    form = question_form(stay.case, office("epb"))
    assert form.is_valid(), form.errors
    return questions.ask(stay, by=by, form=form)


def answer(world: World, by: Officer) -> Any:
    form = AnswerForm({"answer-text": "No objection."}, prefix="answer")
    assert form.is_valid()
    return questions.answer(world["question"], by=by, form=form)


def unask(world: World, by: Officer) -> Any:
    form = UnaskForm({"unask-text": "Settled."}, prefix="unask")
    form.is_valid()
    return questions.unask(world["question"], by=by, form=form)


# --- doors of pages -------------------------------------------------------------------------------------------------------


class NotDone(Exception):
    """The door was not opened: what the page answered, or what stands on the row of the work."""


class Prepared(Exception):
    """What was typed waits for the signature of somebody who may sign."""


def post(by: Officer, name: str, *args: Any, **typed: Any) -> Any:
    """Send a form as ``by``; raise ``NotDone`` for every answer but a page that leads on."""
    client = Client()
    client.force_login(by, backend=BACKEND)
    answered = client.post(reverse(name, args=args), typed)
    if answered.status_code != 302:
        raise NotDone(str(answered.status_code))
    return answered


def page(name: str, key: str, **typed: Any) -> Try:
    return lambda world, by: post(by, name, world[key].pk, **typed)


# --- the table ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Act:
    """Who may do it, and the doors at which everybody tries."""

    allowed: set[str]
    doors: dict[str, Try]
    # Who may prepare it on its page for another's signature.
    prepares: frozenset[str] = frozenset()


def verb(do: Try) -> dict[str, Try]:
    return {"verb": do}


EVERYBODY = {"*"}
MAGISTRATE = {"dm.agra", "handloom.agra"}  # he, and his link officer in these days
INDUSTRIES = {"dic.agra"}
ADMINISTRATORS = {"administrator", "administrator.second"}
CELL, AUDITOR = {"odop.cell"}, {"auditor"}
CONVENERS = MAGISTRATE | INDUSTRIES
READERS_OF_A_STATE = {"odop.cell", "principal.secretary", "director", "auditor", "acs.industries", "auditor.hp"}
WHOEVER_HOLDS_A_CHARGE = {"*", "!dm.agra.earlier"}
PREPARES = frozenset({"assistant.secretary"})

ACTS: dict[str, Act] = {
    "steps.open_case": Act(MAGISTRATE, verb(open_file)),
    "steps.decide": Act(CELL, decides("scrutinise", "recommended")),
    "steps.decide: return": Act(CELL, decides("scrutinise", "returned")),
    "steps.decide: reject": Act({"principal.secretary"}, decides("approve", "rejected"), PREPARES),
    "steps.decide: sanction": Act({"principal.secretary"}, decides("approve", "sanctioned"), PREPARES),
    "steps.withdraw": Act(MAGISTRATE, {"verb": withdraw, "page": lambda w, by: post(by, "withdraw", w["sent"].pk,
                          **{"withdraw-text": "Taken back.", "withdraw-seen": w["sent"].head})}),
    "pulling_back.pull_back": Act(MAGISTRATE, {"verb": pull_back, "page": page("pull_back", "sent", text="")}),
    "questions.ask": Act(CELL, verb(ask)),
    "questions.answer": Act({"finance"}, {"verb": answer, "page": lambda w, by: post(by, "answer", w["question"].pk,
                              **{f"answer{w['question'].pk}-text": "No objection."})}),
    "questions.unask": Act(MAGISTRATE, {"verb": unask, "page": page("unask", "question")}),
    "bulk.sign": Act(CELL, {"verb": decides("scrutinise", "recommended")["together"]}),
    "papers.receive": Act(EVERYBODY, verb(lambda w, by: papers.receive(SimpleUploadedFile("a.pdf", OTHER_PDF), "proposal_letter", by=by,
                          draft=Draft.objects.get(pk=w["draft"])))),
    # --- committees
    "sittings.agenda.call": Act(CONVENERS, verb(lambda w, by: agenda.call(w["sitting"].kind, w["agra"], by=by,
                                held_on=today(), place="Agra"))),
    "sittings.agenda.add": Act(CONVENERS, {"verb": lambda w, by: agenda.add(w["sitting"], w["late"], by=by),
                               "page": lambda w, by: post(by, "put_on_agenda", w["sitting"].pk, movement=w["late"].pk)}),
    "sittings.agenda.remove": Act(CONVENERS, verb(lambda w, by: agenda.remove(w["item"], by=by))),
    "sittings.agenda.record_presence": Act(CONVENERS, verb(lambda w, by: agenda.record_presence(w["sitting"], [], by=by))),
    "sittings.agenda.seat_outsider": Act(CONVENERS, verb(lambda w, by: agenda.seat_outsider(w["sitting"], by=by,
                                         name="R.", post="Expert"))),
    "sittings.agenda.decide_item": Act(CONVENERS, verb(lambda w, by: seated.decided(w["item"], "rejected", by=by,
                                       text="Not of this district."))),
    "sittings.agenda.call_off": Act(CONVENERS, {"verb": lambda w, by: agenda.call_off(w["sitting"], by=by),
                                    "page": page("call_off", "sitting")}),
    "sittings.signing.sign": Act(MAGISTRATE, {"verb": lambda w, by: signing.sign(w["sitting"], by=by, seen=seated.draft(w["sitting"])),
                                 "page": lambda w, by: post(by, "sign_minutes", w["sitting"].pk, seen=seated.draft(w["sitting"]))}),
    # --- charges and postings
    "postings.appoint_link": Act({"dm.agra"} | ADMINISTRATORS, verb(lambda w, by: postings.appoint_link(officer("rural.agra"), w["agra"],
                                 by=by,
                                 starts_on=w["later"] + LATER, ends_on=w["later"] + LATER))),
    "postings.appoint_assistant": Act({"dm.agra"} | ADMINISTRATORS, verb(lambda w, by: postings.appoint_assistant(officer("rural.agra"),
                                      w["agra"], by=by, starts_on=today()))),
    "postings.end_charge": Act({"dm.agra"} | ADMINISTRATORS, {"verb": lambda w, by: postings.end_charge(w["link"], by=by),
                               "page": page("end_charge", "link")}),
    "postings.join": Act(ADMINISTRATORS, verb(lambda w, by: postings.join(officer("rural.agra"), office("cdo", "Agra"), charge="additional",
                         starts_on=today(), by=by))),
    "postings.post": Act(ADMINISTRATORS, {
        "verb": lambda w, by: postings.post(Posting(officer=officer("rural.agra"), office=office("cdo", "Agra"), charge="additional",
                                                    starts_on=today()), by=by),
        "page": lambda w, by: post(by, "admin:programme_posting_add", officer=officer("rural.agra").pk, office=office("cdo", "Agra").pk,
                                   charge="additional", starts_on=today().isoformat()),
    }),
    "postings.relieve": Act(ADMINISTRATORS, verb(lambda w, by: postings.relieve(Posting.objects.get(officer__username="rural.agra"),
                            on=today(), by=by))),
    "postings.transfer": Act(ADMINISTRATORS, verb(lambda w, by: postings.transfer(officer("rural.agra"),
                             office("rural_development", "Mathura"),
                             on=today() + LATER, by=by))),
    # --- set-up and the way in
    "office_days.declare": Act(ADMINISTRATORS, verb(lambda w, by: office_days.declare(Holiday(state=w["holiday"].state,
                               date=today() + timedelta(days=50), name_en="Fair", name_hi="मेला"), by=by))),
    "office_days.withdraw": Act(ADMINISTRATORS, verb(lambda w, by: office_days.withdraw(w["holiday"], why="Moved.", by=by))),
    "lockouts.lift": Act(ADMINISTRATORS, {"verb": lambda w, by: lockouts.lift(officer("dm.agra"), by=by),
                         "page": lambda w, by: post(by, "lift_lock", officer("dm.agra").pk)}),
    "factors.reset": Act(ADMINISTRATORS, verb(lambda w, by: factors.reset(officer("director"), by=by, reason="Lost."))),
    "passwords.given": Act(ADMINISTRATORS, verb(lambda w, by: passwords.given(officer("dm.mathura"), by=by))),
    "tokens.make": Act(EVERYBODY, verb(lambda w, by: tokens.make("New", ["files"], w["later"], by=by))),
    "tokens.end": Act({"dm.agra"}, {"verb": lambda w, by: tokens.end(w["token"], by=by)}),
    "searching.kept.keep": Act(EVERYBODY, verb(lambda w, by: kept.keep("New", "q=new", by=by))),
    "searching.kept.rename": Act({"dm.agra"}, verb(lambda w, by: kept.rename(w["search"], "Other", by=by))),
    "searching.kept.delete": Act({"dm.agra"}, verb(lambda w, by: kept.delete(w["search"], by=by))),
    # --- long work, season, workbooks
    "seasons.start": Act(CELL, verb(lambda w, by: seasons.start(w["holiday"].state, financial_year(today()), by=by,
                         office=office("odop_cell"), key="acts-2"))),
    "seasons.open_plan": Act(CELL, verb(lambda w, by: seasons.open_plan(w["agra"].district, financial_year(today()), by=by,
                             office=office("odop_cell")))),
    "jobs.start": Act(WHOEVER_HOLDS_A_CHARGE, verb(lambda w, by: jobs.start("letters", by=by, key=f"acts/{by.pk}", rows=[]))),
    "jobs.cancel": Act({"dm.agra"} | ADMINISTRATORS, {"verb": lambda w, by: jobs.cancel(w["job"], by=by, work=WORK[seasons.KIND]),
                       "page": page("cancel_job", "job")}),
    "recomputing.start": Act(READERS_OF_A_STATE, verb(lambda w, by: recomputing.start(next(iter(posts(by)), w["agra"]), by=by,
                             key=f"acts-{by.pk}"))),
    "verifying.start": Act(AUDITOR | {"auditor.hp"}, verb(lambda w, by: verifying.start(by=by))),
    "workbooks.accepting.accept": Act(INDUSTRIES, {"verb": lambda w, by: accept(w["book"], by=by, only_good=False)}),
    "workbooks.sending.drop": Act(INDUSTRIES, {"verb": lambda w, by: drop(w["book"], by=by), "page": page("drop_workbook", "book")}),
    # --- repairs
    "repairs.planning.plan": Act(ADMINISTRATORS, verb(lambda w, by: planning.plan(w["other_loan"], RepairKind.CANCEL,
                                 by=by, reason=REASON))),
    "repairs.planning.apply": Act(ADMINISTRATORS, {"verb": lambda w, by: planning.apply(w["repair"], by=by), "page": page("apply_repair",
                                  "repair")}),
    "repairs.planning.drop": Act(ADMINISTRATORS, {"verb": lambda w, by: planning.drop(w["repair"], by=by),
                                 "page": page("drop_repair", "repair")}),
    "repairs.retrying.job_again": Act(ADMINISTRATORS, verb(lambda w, by: retrying.job_again(w["failed"], by=by))),
    # --- audit
    "audit.sampling.draw": Act(AUDITOR, verb(lambda w, by: sampling.draw(Case.objects.all(), sampling.Plan("T", Method.RANDOM, 1, seed="1"),
                               state=w["holiday"].state, by=by))),
    "audit.sampling.add_step": Act(AUDITOR, verb(lambda w, by: sampling.add_step(w["sample"], "Is it right?", by=by))),
    "audit.sampling.record": Act(AUDITOR, verb(lambda w, by: sampling.record(w["sample"].items.get(), {w["sample"].steps.get().pk:
                                 (Finding.values[0], "Seen.")}, by=by))),
    "audit.observing.observe": Act(AUDITOR, verb(lambda w, by: observing.observe(w["noting"], "Why?", office=w["noting"].office,
                                   due=today(),
                                   by=by))),
    "audit.observing.reply": Act(CELL, {"verb": lambda w, by: observing.reply(w["observed"], "Because.", by=by),
                                 "page": page("reply_to_observation", "observed", **{"reply-text": "Because."})}),
    "audit.observing.settle": Act(AUDITOR, {"verb": lambda w, by: observing.settle(w["observed"], "Right.", by=by),
                                  "page": page("settle_observation", "observed", **{"settle-text": "Right."})}),
}  # fmt: skip

# Not an act of anybody's: it judges, reads, or is called inside one that stands in the table; or its guard stands at another door.
NO_ACT = {
    **{
        f"registers.writing.{verb}": "asks its register who may: tests/workflows/registers/test_frame.py, for every register"
        for verb in ("add", "added", "change", "strike_off", "do", "written", "attach")
    },
    "bars.refuse_barred": "judges",
    "charges.check_posting": "judges",
    "charges.check_relieving": "judges",
    "charges.refuse_unfit": "judges",
    "ways_in.check_posting": "judges",
    "ways_in.refuse_giver": "judges",
    "ways_in.check_giving_password": "judges",
    "bulk.preview": "reads",
    "sittings.agenda.check_open": "judges",
    "sittings.agenda.locked": "holds the row for a verb of the agenda, and judges who may",
    "sittings.signing.obstacles": "judges",
    "snapshots.sealed": "is kept under a paragraph by the verb that signs it",
    "steps.record_opening": "writes down who opened the page that let him in, and nothing of the file",
    "tokens.end_all": "inside of disabling an officer (set-up, test_set_up_is_for_the_administrator_alone)",
    "jobs.retry": "his own work: tests/workflows/test_jobs.py, test_nobody_else_has_an_officers_work_tried_again",
    "workbooks.sending.receive": "asks its kind who may: tests/workflows/workbooks",
    "repairs.retrying.mail_again": "asks which mails the administrator's States left: tests/workflows/repairs",
    "repairs.retrying.stay_again": "asks whether he administers the file's State: tests/workflows/repairs",
    "notices.read_up_to": "marks what the reader himself was told",
    "repairs.migrating.plan": "tests/workflows/repairs",
    "repairs.migrating.plan_back": "tests/workflows/repairs",
    "repairs.migrating.apply": "tests/workflows/repairs",
    "programme.norms.publishing.publish": "behind set-up's norms, which open to the administrator alone",
    "programme.plans.report_progress": "behind the page of activities and the workbook of them, which ask for the power to draft the plan",
    "programme.events.replan": "behind the workbook of events, which asks for its power",
    "programme.events.close_event": "behind the workbook of events, which asks for its power",
}


def posts(by: Officer) -> list[Any]:
    return [held.office for held in Posting.objects.filter(Posting.in_force(today()), officer=by).select_related("office__designation")]
