"""Two freight claims at the same moment, on PostgreSQL, through the real addresses: one ceiling, one bill."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.urls import reverse

from programme.calendar import financial_year, today
from programme.models import CeilingUse, FreightClaim, LedgerEntry, ShippingBill
from tests.files import a_draft, an_allotment, office, officer
from tests.processes.freight_files import SEA_PAPERS, a_claim, claim_data, record_of, sea_line
from tests.workflows.test_concurrency import at_once, decision, nothing_is_broken, post, statuses
from workflows.flows import FreightFlow
from workflows.models import Case, Order
from workflows.postings import join

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

LAKH = 100_000


def boxes(bill: int, count: int) -> list[dict]:
    return [sea_line(bill, feet=40, freight="2,00,000") for _box in range(count)]


def test_two_sanctions_at_once_leave_exactly_the_ceiling(client_for: Callable) -> None:
    join(officer("odop.cell"), office("principal_secretary"), charge="additional", starts_on=today(), by=None)
    for turn in range(4):
        pair = [a_claim(at="sanction", lines=boxes(10 * turn + n, 50), exporter=turn + 1) for n in (1, 2)]
        acts = []
        for case, who in zip(pair, ("principal.secretary", "odop.cell"), strict=True):
            address, data = decision(case, "sanctioned")
            acts.append(post(client_for(who), address, data))
        assert statuses(at_once(*acts)) == [302, 302]
        claims = [record_of(case) for case in pair]
        assert sorted(claim.amount_sanctioned for claim in claims) == [Decimal(10 * LAKH), Decimal(20 * LAKH)]
        use = CeilingUse.objects.get(digest=claims[0].iec_digest)
        assert (use.used, use.year) == (Decimal(30 * LAKH), financial_year(today()))
        for case, claim in zip(pair, claims, strict=True):
            assert Order.objects.get(case=case).amount == claim.amount_sanctioned
            assert LedgerEntry.objects.get(file_number=case.number).amount == claim.amount_sanctioned
            assert Decimal(claim.derivation["amounts"]["payable_rupees"]) == claim.amount_sanctioned
    nothing_is_broken()


def test_one_bill_claimed_in_two_districts_at_once_opens_one_file(client_for: Callable) -> None:
    an_allotment(scheme="GATEWAY_PORT_FREIGHT")
    for turn in range(4):
        acts = []
        for number, district in enumerate(("Moradabad", "Bhadohi"), 2 * turn + 1):
            signer = officer(f"dic.{district.lower()}")
            draft = a_draft(signer, office("dic", district), SEA_PAPERS, process="freight")
            data = {**claim_data([sea_line(500 + turn)], exporter=number, district=district), "action": "submit"}
            acts.append(post(client_for(signer.username), reverse("draft", args=["freight", draft.key]), data))
        answers = at_once(*acts)
        assert statuses(answers)[0] == 302 and statuses(answers)[1] in (403, 422)
        refused = next(answer for answer in answers if answer.status_code != 302)
        assert f"{500 + turn} (INMUN1)" in refused.content.decode()
        assert ShippingBill.objects.filter(number=str(500 + turn), live=True).count() == 1
    assert Case.objects.filter(kind=FreightFlow.slug).count() == FreightClaim.objects.count() == 4
    nothing_is_broken()
