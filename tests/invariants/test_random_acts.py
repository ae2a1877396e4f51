"""Random people do random acts on files of all five processes; after each, who can act is exactly who the rules say.

``RANDOM_ACTS=20`` walks twenty times as many acts as the suite does.
"""

import os
from collections import Counter
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any
from unittest.mock import patch

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from programme.calendar import today
from programme.models import Allotment, Charge, Officer, Posting
from tests.files import an_allotment, holder_of, office, officer
from tests.invariants import rules
from tests.invariants.acting import NotTaken, Writer
from workflows import authority, clock, deadlines, inbox, ledger, postings, pulling_back, questions, steps
from workflows.authority import Overtaken, Refusal
from workflows.flows import FLOWS
from workflows.forms.decisions import PullBackForm, WithdrawalForm
from workflows.forms.questions import AnswerForm, QuestionForm
from workflows.models import Case, Movement, Noting, Question, RepairKind
from workflows.nodes import Step
from workflows.record.sealer import seal
from workflows.record.verifier import verify
from workflows.repairs import planning, reassigning

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
TIMES = int(os.environ.get("RANDOM_ACTS", "1"))
DONE: Counter[str] = Counter()
# Who files and who moves: the people of one district, of the next, of the departments, and two strangers.
PEOPLE = (
    "dm.agra", "dic.agra", "manager.agra", "cdo.agra", "agriculture.agra", "horticulture.agra", "veterinary.agra", "rural.agra",
    "handloom.agra", "bank.agra", "ldm.agra", "dm.mathura", "dic.mathura", "odop.cell", "epb", "director", "finance",
    "principal.secretary", "auditor", "administrator", "dc.bilaspur",
)  # fmt: skip
OPENERS = {"exhibition": "dm", "identification": "dic", "plan": "dic", "loan": "dic", "freight": "dic"}
SCHEMES = ("EXHIBITION", "ODOP_MARGIN_MONEY", "GATEWAY_PORT_FREIGHT")
people, pick = st.sampled_from(PEOPLE), st.integers(min_value=0, max_value=10**6)
ADMINISTRATORS = ("administrator", "administrator.second", "administrator.hp", "dic.agra")
REPAIRS = (RepairKind.REASSIGN, RepairKind.MOVE, RepairKind.CANCEL, RepairKind.REOPEN)
LIMITS = st.sampled_from([None, 500_000, 1_000_000])


KINDS = {"take", "forward", "ask", "pull", "repair", "withdraw", "open"}


class RandomActs(RuleBasedStateMachine):
    """Every example is one transaction that is rolled back, on a clock of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.now = timezone.now()
        self.clock = patch.object(timezone, "now", side_effect=self._tick)
        self.clock.start()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.writer = Writer()

    def _tick(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    def teardown(self) -> None:
        try:
            seal()
            assert verify().findings == []
            assert not [a for a in Allotment.objects.all() if a.committed > a.allotted]
        finally:
            transaction.set_rollback(True)
            self.outer.__exit__(None, None, None)
            self.clock.stop()

    @initialize()
    def begin(self) -> None:
        for scheme in SCHEMES:
            an_allotment(6_000_000, scheme=scheme)
        for kind, opener in OPENERS.items():
            at = office(opener, "Agra")
            self.writer.open(kind, at, holder_of(at), 1_000_000)

    # --- what people do -----------------------------------------------------------------------------------------------------

    @rule(kind=st.sampled_from(sorted(FLOWS)), by=people, amount=st.sampled_from([400_000, 1_000_000, 1_000_001, 2_500_000]))
    def open_a_file(self, kind: str, by: str, amount: int) -> None:
        at, who = office(OPENERS[kind], "Agra"), officer(by)
        power = FLOWS[kind].begin_node().power
        allowed = kind == "plan" or who.pk in {posting.officer_id for posting in rules.held_at(at.pk, power, today())}
        self._try("open", allowed, lambda: self.writer.open(kind, at, who, amount))

    @precondition(lambda self: self._open())
    @rule(which=pick, by=people, way=pick, where=pick, stranger=st.booleans())
    def take_a_step(self, which: int, by: str, way: int, where: int, stranger: bool) -> None:
        stay = self._stay(which)
        may = rules.may_take(stay, today())
        who = officer(by) if stranger or not may else Officer.objects.get(pk=sorted(may)[which % len(may)])
        ways = stay.node.ways_by_hand
        if not ways:
            return
        chosen = ways[way % len(ways)]
        to = chosen.targets[where % len(chosen.targets)].name
        self._try("take", who.pk in may, lambda: self.writer.take(stay, who, chosen.outcome, to))

    @precondition(lambda self: self._open())
    @rule(which=pick, turns=st.integers(min_value=1, max_value=4))
    def let_it_go_on(self, which: int, turns: int) -> None:
        """Those who may take a file's steps forward, so that files reach their later steps."""
        case = self._stay(which).case_id
        for _turn in range(turns):
            stays = [stay for stay in self._open() if stay.case_id == case]
            may = [(stay, who) for stay in stays for who in sorted(rules.may_take(stay, today()))]
            if not may:
                return
            stay, who = may[which % len(may)]
            self._try("forward", True, lambda: self.writer.take(stay, Officer.objects.get(pk=who)))  # noqa: B023 -- called at once

    @precondition(lambda self: self._open())
    @rule(which=pick, by=people)
    def withdraw(self, which: int, by: str) -> None:
        case, who = self._stay(which).case, officer(by)
        power = case.flow_class.begin_node().power
        held = {posting.officer_id for posting in rules.held_at(case.office_id, power, today())}
        form = WithdrawalForm({"text": "Taken back.", "seen": case.head})
        assert form.is_valid()
        allowed = who.pk in held and any(stay.node.withdrawal for stay in self._open() if stay.case_id == case.pk)
        self._try("withdraw", allowed, lambda: steps.withdraw(case, by=who, form=form))

    @precondition(lambda self: self._open())
    @rule(which=pick, by=people)
    def look_at_it(self, which: int, by: str) -> None:
        stay, who = self._stay(which), officer(by)
        if who.pk in rules.may_take(stay, today()):
            steps.record_opening(stay, by=who)

    # --- what is asked beside the file's way --------------------------------------------------------------------------------

    @precondition(lambda self: self._open())
    @rule(which=pick, by=people, stranger=st.booleans(), waits=st.booleans())
    def ask(self, which: int, by: str, stranger: bool, waits: bool) -> None:
        stay = self._stay(which)
        may = rules.may_take(stay, today())
        who = officer(by) if stranger or not may else Officer.objects.get(pk=min(may))
        offered = questions.offices_to_ask(stay)
        if not offered:
            return
        typed = {"text": "What do you say?", "offices": [offered[which % len(offered)].pk], "days": 3, "seen": stay.case.head}
        typed["waiting"] = "waits" if waits else "goes_on"
        form = QuestionForm({f"ask-{name}": value for name, value in typed.items()}, movement=stay, offices=offered)
        if form.is_valid():
            self._try("ask", who.pk in may, lambda: questions.ask(stay, by=who, form=form))

    @precondition(lambda self: self._asked())
    @rule(which=pick, by=people, stranger=st.booleans())
    def answer(self, which: int, by: str, stranger: bool) -> None:
        question = self._asked()[which % len(self._asked())]
        held = {p.officer_id for p in rules.held_at(question.office_id, "answer_question", today())}
        who = officer(by) if stranger or not held else Officer.objects.get(pk=min(held))
        form = AnswerForm({"answer-text": "No objection."}, prefix="answer")
        if form.is_valid():
            self._try("answer", who.pk in held, lambda: questions.answer(question, by=who, form=form))

    @precondition(lambda self: self._open())
    @rule(which=pick, by=people)
    def pull_back(self, which: int, by: str) -> None:
        """Only whoever could take the step again it was sent from may pull back, and only what nobody has opened."""
        stay, who = self._stay(which), officer(by)
        sent, form = stay.came_from, PullBackForm({"text": ""})
        assert form.is_valid()
        power, at = (sent.power, sent.office_id) if sent else (stay.case.flow_class.begin_node().power, stay.case.office_id)
        held = {p.officer_id for p in rules.held_at(at, power, today())} if power else set()
        allowed = stay.opened_at is None and who.pk in held
        self._try("pull back", allowed, lambda: pulling_back.pull_back(stay.case, by=who, form=form))

    # --- what the administrator repairs -------------------------------------------------------------------------------------

    @precondition(lambda self: self.writer.stories)
    @rule(which=pick, by=st.sampled_from(ADMINISTRATORS), kind=st.sampled_from(REPAIRS), where=pick)
    def repair(self, which: int, by: str, kind: RepairKind, where: int) -> None:
        cases = list(Case.objects.filter(pk__in=self.writer.stories).order_by("pk"))
        case, who = cases[which % len(cases)], officer(by)
        steps_ = [node.name for node in case.flow_class.in_order() if isinstance(node, Step)]
        stay = next((stay for stay in self._open() if stay.case_id == case.pk and stay.power), None)
        offices = reassigning.offices_for(stay) if stay else []
        args: dict[RepairKind, dict[str, Any]] = {RepairKind.MOVE: {"step": steps_[where % len(steps_)]}}
        args[RepairKind.REASSIGN] = {"movement": stay and stay.pk, "office": offices[where % len(offices)].pk if offices else 0}
        held = {p.officer_id for p in rules.held_at(office("administrator").pk, "administer", today())}

        def act() -> None:
            plan = planning.plan(case, kind, by=who, reason="As ordered.", args=args.get(kind, {}))
            other = Officer.objects.filter(pk__in=held).exclude(pk=who.pk).order_by("pk").first()
            planning.apply(plan, by=other if plan.money and other else who)

        self._try(f"repair ({kind})", who.pk in held, act)

    # --- what happens to posts ----------------------------------------------------------------------------------------------

    @rule(what=st.sampled_from(["transfer", "link", "link", "leave"]), by=people, at=people, upto=LIMITS, only=st.booleans())
    def change_the_posts(self, what: str, by: str, at: str, upto: Any, only: bool) -> None:
        """Somebody takes over somebody else's charge, is appointed his link officer, or leaves the service."""
        theirs = self._regular(officer(at))
        if what == "leave":
            Officer.objects.filter(username=by, username__startswith="m").update(is_active=False)
        elif theirs is not None and by != at:
            (self._transfer if what == "transfer" else partial(self._link, upto, only))(officer(by), theirs)

    def _transfer(self, who: Officer, theirs: Posting) -> None:
        postings.relieve(theirs, on=max(today() - timedelta(days=1), theirs.starts_on), by=None)
        if not theirs.covers(today()):
            postings.join(who, theirs.office, charge=Charge.ADDITIONAL, starts_on=today(), by=None)
            DONE["transfer"] += 1

    @staticmethod
    def _link(upto: Any, only: bool, who: Officer, theirs: Posting) -> None:
        powers = sorted(theirs.office.designation.powers)[:2] if only else None
        last = today() + timedelta(days=5)
        Posting.objects.create(
            officer=who, office=theirs.office, charge=Charge.LINK, starts_on=today(), ends_on=last, upto=upto, only=powers
        )
        postings.derive(who)
        DONE["link"] += 1

    @rule(days=st.integers(min_value=1, max_value=12))
    def days_pass(self, days: int) -> None:
        self.now += timedelta(days=days)
        postings.expire(today())
        DONE["clock"] += clock.sweep()

    # --- what must hold -----------------------------------------------------------------------------------------------------

    @invariant()
    def whoever_the_rules_name_can_act_and_nobody_else(self) -> None:
        day, stays, everybody = today(), self._open(), list(Officer.objects.filter(username__in=PEOPLE))
        shown = {who.pk: set(inbox.waiting(who).values_list("pk", flat=True)) for who in everybody}
        for who in everybody:
            assert inbox.counts(who).all == len(shown[who.pk]), who.username
        for stay in stays:
            held, may = rules.holders(stay, day), rules.may_take(stay, day)
            for who in everybody:
                assert (stay.pk in shown[who.pk]) == (who.pk in held), (who.username, stay.case.number, stay.step)
                if who.pk in held:
                    assert authority.may_take(who, stay) == (who.pk in may), (who.username, stay.case.number, stay.step)

    @invariant()
    def every_file_waits_somewhere_or_has_ended(self) -> None:
        for case in Case.objects.filter(pk__in=self.writer.stories):
            waits = case.movements.filter(disposed=None)
            assert waits.exists() != bool(case.ending), case.number
            assert waits.values("step").distinct().count() <= 1
            assert set(waits.values_list("task", flat=True)) == set(case.task_set.filter(status="NEW").values_list("pk", flat=True))
            assert case.paragraphs == Noting.objects.filter(case=case).count()

    @invariant()
    def every_second_of_a_file_stands_on_one_account(self) -> None:
        """From its opening to its end, or to now; and whoever was late is late by the days his office worked."""
        now = timezone.now()
        for case in Case.objects.filter(pk__in=self.writer.stories):
            found, stays = ledger.of(case, now), list(case.movements.select_related("office__designation", "office__district"))
            opened, ended = min(stay.received for stay in stays), case.finished if case.ending else now
            assert sum(found.accounts.values(), ledger.NOTHING) == found.total == ended - opened, case.number
            assert all(one.ends == other.begins for one, other in pairwise(found.segments)), case.number
            for stay in stays:
                assert not stay.disposed or stay.days_late == deadlines.days_late(stay, stay.disposed), (case.number, stay.step)

    # --- how it is tried ----------------------------------------------------------------------------------------------------

    def _try(self, what: str, allowed: bool, act: Any) -> None:
        """Do an act; one that the rules do not allow must be refused and leave no trace."""
        before = self._trace()
        try:
            with transaction.atomic():
                act()
        except (NotTaken, Refusal, Overtaken) as refusal:
            assert self._trace() == before
            DONE[f"{what} refused" if isinstance(refusal, Refusal) else f"{what} not taken"] += 1
        else:
            assert allowed, f"{what} was let through"
            DONE[what] += 1

    @staticmethod
    def _trace() -> tuple[int, int, int]:
        return Noting.objects.count(), Movement.objects.count(), Movement.objects.filter(disposed=None).count()

    def _open(self) -> list[Movement]:
        rows = Movement.objects.select_related("case__state", "case__district", "case__norm", "office__designation", "office__district")
        return list(rows.filter(disposed=None, case__in=self.writer.stories).order_by("pk"))

    def _asked(self) -> list[Question]:
        return list(Question.objects.filter(case__in=self.writer.stories, closed_in=None).order_by("pk"))

    def _stay(self, which: int) -> Movement:
        stays = self._open()
        return stays[which % len(stays)]

    @staticmethod
    def _regular(who: Officer) -> Posting | None:
        held = Posting.objects.filter(officer=who, charge=Charge.REGULAR, starts_on__lte=today(), ends_on=None)
        return held.select_related("office__designation").first()


def test_after_every_random_act_the_right_people_can_act() -> None:
    DONE.clear()
    # Chance may leave a kind of act out; then it is given more room.
    for rounds in range(1, 5):
        run_state_machine_as_test(RandomActs, settings=_room_for(8 * TIMES * rounds))
        done = {what.partition(" ")[0] for what in DONE}
        if done >= KINDS:
            break
    print(f"\nrandom acts: {sum(DONE.values())} {dict(DONE)}")  # noqa: T201 -- the figure is what the run is for
    assert done >= KINDS
    assert sum(DONE.values()) > 150 * TIMES
    assert sum(count for what, count in DONE.items() if what.endswith("refused")) > 30 * TIMES


def _room_for(examples: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=40,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
        # Finding a shorter walk would take longer than reading this one.
        phases=[Phase.reuse, Phase.generate],
    )
