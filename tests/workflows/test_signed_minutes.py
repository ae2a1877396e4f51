"""Signed minutes: the database keeps them, and whatever the agenda, the presence and the recusals, no file moves that may not."""

import json
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programme.models import ExhibitionProposal
from tests.files import waiting
from tests.workflows.seated import a_claim, all_present, called, chair, convener, decided, draft, gone, in_place, member, moved, ready
from workflows import jobs
from workflows.authority import Refusal
from workflows.models import Item, Member, Sitting
from workflows.record import triggers
from workflows.record.canonical import sha256_of
from workflows.record.verifier import verify
from workflows.sittings import agenda, signing
from workflows.work import WORK

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def committee():
    with in_place():
        yield


CHANGES = {
    "the place": lambda sitting: Sitting.objects.filter(pk=sitting.pk).update(place="Elsewhere"),
    "the text": lambda sitting: Sitting.objects.filter(pk=sitting.pk).update(minutes="{}"),
    "the digest": lambda sitting: Sitting.objects.filter(pk=sitting.pk).update(sha256="0" * 64),
    "the signer": lambda sitting: Sitting.objects.filter(pk=sitting.pk).update(signed_by=convener()),
    "back to held": lambda sitting: Sitting.objects.filter(pk=sitting.pk).update(
        state="held", number=None, minutes="", sha256="", signed_by=None, signed_at=None, job=None
    ),
    "the sitting deleted": lambda sitting: Sitting.objects.filter(pk=sitting.pk)._raw_delete("default"),
    "a member made absent": lambda sitting: sitting.members.update(present=False),
    "a member more": lambda sitting: Member.objects.create(sitting=sitting, position=9, outside_name="A", outside_post="B"),
    "a member deleted": lambda sitting: sitting.members.filter(position=4)._raw_delete("default"),
    "a decision": lambda sitting: sitting.items.update(outcome="rejected"),
    "an amount": lambda sitting: sitting.items.update(amount=1),
    "what was typed": lambda sitting: sitting.items.update(typed={}),
    "what became of a file": lambda sitting: sitting.items.update(state="refused", noting=None),
    "an item more": lambda sitting: Item.objects.create(sitting=sitting, movement=waiting(a_claim()), position=9),
    "an item deleted": lambda sitting: Item.objects.filter(sitting=sitting)._raw_delete("default"),
    "a recusal": lambda sitting: sitting.items.get().recused.add(sitting.members.get(position=2)),
    "a recusal undone": lambda sitting: sitting.items.get().recused.clear(),
}


@pytest.mark.parametrize("change", sorted(CHANGES))
def test_the_database_refuses_to_change_signed_minutes(change):
    sitting = all_present(called(a_claim()))
    decided(sitting.items.get(), recused=[member(sitting, "ldm")])
    moved(sitting)
    with pytest.raises(IntegrityError, match="signed minutes are never changed"), transaction.atomic():
        CHANGES[change](sitting)


@pytest.mark.parametrize(
    ("changed", "found"),
    [({"minutes": "{}"}, ["minutes"]), ({"minutes": "{}", "sha256": sha256_of("{}")}, ["minutes-named", "minutes-rows"])],
)
def test_the_verifier_finds_minutes_changed_behind_the_triggers(changed, found):
    case = a_claim()
    sitting = moved(ready(case))
    triggers.remove()
    Sitting.objects.filter(pk=sitting.pk).update(**changed)
    triggers.install()
    findings = verify([case.number]).findings
    assert [finding.kind for finding in findings] == found
    assert sitting.number in findings[0].sentence


def test_what_is_not_signed_may_be_changed():
    sitting = ready(a_claim())
    for name in ("a recusal", "the place", "a member made absent", "a member more", "an amount", "what was typed", "an item more"):
        CHANGES[name](sitting)
    agenda.call_off(sitting, by=convener())
    assert not Sitting.objects.exists()


OUTCOMES = st.sampled_from(["recommended", "returned", "rejected", "deferred", ""])
PLANS = st.lists(st.tuples(OUTCOMES, st.integers(1, 99_999_900), st.sets(st.integers(0, 3))), min_size=1, max_size=4)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=PLANS, present=st.sets(st.integers(0, 3)), late=st.sets(st.integers(0, 3), max_size=1))
def test_whatever_the_agenda_no_file_moves_without_a_quorum_or_by_a_recused_chair(plan, present, late):
    with transaction.atomic():
        _sit(plan, present, late)
        transaction.set_rollback(True)


def _sit(plan, present, late) -> None:
    cases = [a_claim("9,99,999") for _file in plan]
    sitting = called(*cases)
    members = agenda.members_of(sitting)
    agenda.record_presence(sitting, [members[place] for place in present], by=convener())
    for item, (outcome, paise, recused) in zip(agenda.items_of(sitting), plan, strict=True):
        if outcome:
            named = [members[place] for place in recused]
            decided(item, outcome, recused=named, text="Reason.", amount_recommended=f"{Decimal(paise) / 100:.2f}")
    try:
        signing.sign(sitting, by=chair(), seen=draft(sitting))
    except Refusal:
        assert not may_be_signed(plan, present)
        assert all(waiting(case).step == "sit" for case in cases)
        return
    assert may_be_signed(plan, present)
    for place in late & set(range(len(cases))):
        gone(cases[place])
    jobs.run(WORK)
    sums_agree(sitting, cases)


def may_be_signed(plan, present) -> bool:
    """The rule, said once more and differently: everybody decided, the chair there, and three who judge each decided file."""
    judged = [recused for outcome, _paise, recused in plan if outcome != "deferred"]
    enough = all(0 not in recused and len(present - recused) >= 3 for recused in judged)
    return all(outcome for outcome, _paise, _recused in plan) and 0 in present and len(present) >= 3 and enough


def sums_agree(sitting, cases) -> None:
    """What the minutes recommend is what the items say, and what the records of the files that moved say is what those items say."""
    sitting.refresh_from_db()
    recommended = sitting.items.filter(outcome="recommended")
    records = ExhibitionProposal.objects.filter(pk__in=[case.record_id for case in cases])
    of_records = sum((record.amount_recommended for record in records if record.amount_recommended is not None), Decimal(0))
    assert total(recommended) == Decimal(json.loads(sitting.minutes)["recommended"]["amount"])
    assert total(recommended.filter(state="done")) == of_records
    assert sitting.state == "done"
    assert verify().findings == []


def total(items) -> Decimal:
    return sum((item.amount for item in items), Decimal(0))
