"""A small process for tests of committees: an exhibition that the Users Committee recommends in a sitting."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from unittest.mock import patch

from django.utils import translation
from django.utils.translation import gettext_lazy as _
from viewflow import this

from programme.calendar import today
from programme.checks import Check
from programme.models import ExhibitionProposal, Norm, Officer, State
from programme.models.norms import NormStatus
from programme.powers import Power
from tests.files import an_allotment, begin, office, officer, proposal_data, waiting
from workflows import jobs
from workflows.flows import FLOWS
from workflows.forms.decisions import WithdrawalForm
from workflows.forms.exhibition import AcceptanceForm, ProposalForm, ScrutinyForm
from workflows.forms.sittings import ItemForm, as_sent
from workflows.models import Case, Committee, Item, Job, Member, Sitting
from workflows.models.outcomes import ACCEPT, RECOMMEND, REJECT, RETURN, SUBMIT
from workflows.nodes import DEPARTMENT, DISTRICT, Begin, CaseFlow, Ending, Step
from workflows.sittings import agenda, minutes, signing
from workflows.steps import withdraw
from workflows.work import WORK

SCHEME = "SEATED"


def machine_checks(record: ExhibitionProposal, norm: Norm) -> list[Check]:
    """A question where the stalls are many, so that a check is answered in a sitting."""
    return [Check("ask", "Many stalls.", code="stalls")] if record.stalls > 100 else []


class SeatedFlow(CaseFlow):
    """The Deputy Commissioner Industries files, the committee recommends, the department accepts."""

    process_title = _("Seated")
    slug, prefix, scheme, version = "seated", "SEA", SCHEME, 1
    record, machine_checks = ExhibitionProposal, staticmethod(machine_checks)

    propose = Begin(ProposalForm, "Claim").By(Power.SCRUTINISE_FREIGHT, at=DISTRICT).Next(this.sit)
    sit = (
        Step(ScrutinyForm, "Users Committee")
        .By(Power.CHAIR_USERS_COMMITTEE, at=DISTRICT).Within(days=30).NotBy(this.propose, this.correct).InCommittee()
        .On(RECOMMEND, this.accept).On(RETURN, this.correct).On(REJECT, this.rejected)
        .OnWithdrawal(this.withdrawn)
    )  # fmt: skip
    accept = Step(AcceptanceForm, "Acceptance").By(Power.SCRUTINISE_EXHIBITION, at=DEPARTMENT).Within(days=7).On(ACCEPT, this.closed)
    correct = Step(ProposalForm, "Correction").By(Power.SCRUTINISE_FREIGHT, at=DISTRICT).Within(days=5).On(SUBMIT, this.sit)
    closed = Ending("Closed", good=True)
    rejected = Ending("Rejected")
    withdrawn = Ending("Withdrawn")


# The engine finds a flow by its place in an installed application.
SeatedFlow.__module__ = "workflows.flows.seated"
sys.modules["workflows.flows.seated"] = sys.modules[__name__]


@contextmanager
def in_place(quorum: int = 3) -> Iterator[None]:
    """Let the process be one of the product's, with a norm that says who sits."""
    an_allotment()
    Norm.objects.create(
        state=State.objects.get(short="UP"),
        scheme=SCHEME,
        version=f"test {quorum}",
        applies_from=date(2018, 1, 24),
        status=NormStatus.PUBLISHED,
        rules={"committee": {"quorum": quorum, "members": ["dm", "dic", "ldm", "cdo"]}},
    )
    with patch.dict(FLOWS, {SeatedFlow.slug: SeatedFlow}), translation.override("en"):
        yield


def a_claim(amount: str = "1,23,385", *, district: str = "Agra", by: str = "", **changes: Any) -> Case:
    """Open a file that waits for the committee of the district."""
    data = proposal_data(district, amount_asked=amount, **changes)
    return begin(SeatedFlow, office("dic", district), data, by=by or f"dic.{district.lower()}", kinds=("proposal_letter", "cost_estimate"))


def convener(district: str = "agra") -> Officer:
    return officer(f"dic.{district}")


def chair(district: str = "agra") -> Officer:
    return officer(f"dm.{district}")


def called(*cases: Case, on: date | None = None, by: Officer | None = None) -> Sitting:
    """Call a sitting of the Users Committee of Agra with these files."""
    stays = [waiting(case) for case in cases]
    return agenda.call(
        Committee.USERS, office("dm", "Agra"), by=by or convener(), held_on=on or today(), place="Collectorate, Agra", movements=stays
    )


def all_present(sitting: Sitting, by: Officer | None = None) -> Sitting:
    return agenda.record_presence(sitting, sitting.members.all(), by=by or convener())


def decided(item: Item, outcome: str = "recommended", *, by: Officer | None = None, recused: Iterable[Member] = (), **typed: Any) -> Item:
    """Draft a decision through the form of the file's own step."""
    by = by or convener()
    if outcome == "recommended":
        typed.setdefault("amount_recommended", str(item.movement.case.amount))
    if "objection_1" in typed:
        typed.setdefault("kind_1", "other")
    data = as_sent(item, {"outcome": outcome, "recused": [str(member.pk) for member in recused], **typed})
    form = ItemForm(item, officer=by, members=agenda.members_of(item.sitting), data=data)
    assert form.is_valid(), form.form.errors
    return agenda.decide_item(item, by=by, form=form)


def ready(*cases: Case, outcome: str = "recommended", **typed: Any) -> Sitting:
    """A sitting that needs only the signature."""
    sitting = all_present(called(*cases))
    for item in agenda.items_of(sitting):
        decided(item, outcome, **typed)
    return sitting


def draft(sitting: Sitting) -> str:
    """Return the digest of the draft as it stands, as the chair's page carries it."""
    fresh = Sitting.objects.get(pk=sitting.pk)
    return minutes.digest_of_draft(fresh, list(agenda.items_of(fresh)), agenda.members_of(fresh))


def signed(sitting: Sitting, by: Officer | None = None) -> Job:
    return signing.sign(sitting, by=by or chair(), seen=draft(sitting))


def moved(sitting: Sitting, by: Officer | None = None) -> Sitting:
    """Sign the minutes and let the files move."""
    signed(sitting, by)
    jobs.run(WORK)
    sitting.refresh_from_db()
    return sitting


def member(sitting: Sitting, code: str) -> Member:
    return sitting.members.get(office__designation__code=code)


def gone(case: Case) -> None:
    """Let the office that filed it withdraw the file."""
    form = WithdrawalForm({"text": "The exporter withdraws.", "seen": case.head})
    assert form.is_valid()
    withdraw(case, by=convener(), form=form)
