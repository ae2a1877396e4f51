"""Two at once, on PostgreSQL: one decision, one sentence for the other. Through the real addresses, each in its own connection."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from programme.calendar import today
from programme.models import Allotment, LedgerEntry, Product, Rank, RankDecision
from tests.files import a_draft, a_file, an_allotment, office, officer, proposal_data, waiting
from tests.processes.identification_files import OPINIONS, a_product_file, answer, change, desk_of, propose_product
from workflows import clock
from workflows.models import Case, Movement, Noting, Order
from workflows.postings import join
from workflows.record.verifier import verify

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Start every act at the same moment, each with its own database connection; return the answers in order."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        gate.wait(10)
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def statuses(answers: list[Any]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


def post(client: Client, address: str, data: dict[str, Any]) -> Callable[[], Any]:
    """Return the act of sending ``data``, to be started later."""
    return lambda: client.post(address, data)


def decision(case: Case, outcome: str, **data: Any) -> tuple[str, dict[str, Any]]:
    case.refresh_from_db()
    return reverse("decide", args=[waiting(case).pk]), {"outcome": outcome, "seen": case.head, "text": "", **data}


def nothing_is_broken() -> None:
    assert verify().findings == []
    for case in Case.objects.all():
        waits = case.movements.filter(disposed=None)
        assert waits.values("step").distinct().count() == (0 if case.ending else 1)
        assert set(waits.values_list("task", flat=True)) == set(case.task_set.filter(status="NEW").values_list("pk", flat=True))
        assert case.notings.count() == case.paragraphs


def test_a_double_click_decides_once(client_for: Callable) -> None:
    for _round in range(8):
        case = a_file(at="scrutinise")
        address, data = decision(case, "recommended", amount_recommended="1850000")
        answers = at_once(*(post(client_for("odop.cell"), address, data) for _click in range(2)))
        assert statuses(answers) == [302, 409]
        refused = next(answer for answer in answers if answer.status_code == 409)
        assert officer("odop.cell").name_hi in refused.content.decode()
        assert case.notings.count() == 2
    nothing_is_broken()


def test_two_officers_of_one_office_decide_once(client_for: Callable) -> None:
    join(officer("epb"), office("odop_cell"), charge="additional", starts_on=today(), by=None)
    case = a_file(at="scrutinise")
    address, data = decision(case, "recommended", amount_recommended="1850000")
    _same, other = decision(case, "returned", text="Give the basis of the rate.")
    answers = at_once(post(client_for("odop.cell"), address, data), post(client_for("epb"), address, other))
    assert statuses(answers) == [302, 409]
    assert Noting.objects.filter(case=case, step="scrutinise").count() == 1
    nothing_is_broken()


def test_a_decision_against_a_withdrawal_leaves_one_of_them(client_for: Callable) -> None:
    for _round in range(6):
        case = a_file(at="approve", amount_asked="900000")
        address, data = decision(case, "sanctioned", amount_sanctioned="900000")
        gone = {"withdraw-text": "The venue is not free.", "withdraw-seen": case.head}
        withdrawal = post(client_for("dm.agra"), reverse("withdraw", args=[case.pk]), gone)
        answers = at_once(post(client_for("principal.secretary"), address, data), withdrawal)
        assert statuses(answers)[0] == 302 and statuses(answers)[1] in (403, 409)
        case.refresh_from_db()
        assert (case.ending == "withdrawn") != Order.objects.filter(case=case).exists()
    nothing_is_broken()


def test_two_sanctions_that_together_exceed_the_head_leave_one(client_for: Callable) -> None:
    first, second = a_file(at="approve", amount_asked="900000"), a_file(at="approve", district="Mathura", amount_asked="800000")
    an_allotment(1_000_000)
    acts = []
    for case in (first, second):
        address, data = decision(case, "sanctioned", amount_sanctioned=str(case.record.amount))
        acts.append(post(client_for("principal.secretary"), address, data))
    answers = at_once(*acts)
    assert statuses(answers)[0] == 302 and statuses(answers)[1] in (403, 409, 422)
    committed = sum(LedgerEntry.objects.filter(kind="commitment").values_list("amount", flat=True))
    assert committed == Allotment.objects.get(head__state__short="UP").committed
    assert committed in (Decimal(900000), Decimal(800000))
    assert Order.objects.count() == 1
    nothing_is_broken()


def test_one_form_sent_twice_opens_one_file(client_for: Callable) -> None:
    an_allotment()
    draft = a_draft(officer("dm.agra"), office("dm", "Agra"), ("proposal_letter", "cost_estimate"))
    address = reverse("draft", args=["exhibition", draft.key])
    data = {**proposal_data(), "action": "submit"}
    answers = at_once(*(post(client_for("dm.agra"), address, data) for _click in range(2)))
    assert all(answer.status_code in (302, 409) for answer in answers)
    assert Case.objects.count() == 1
    nothing_is_broken()


def test_files_opened_together_are_numbered_without_a_gap(client_for: Callable) -> None:
    an_allotment()
    acts = []
    for district in ("Agra", "Mathura", "Lucknow", "Varanasi"):
        dm = officer(f"dm.{district.lower()}")
        draft = a_draft(dm, office("dm", district), ("proposal_letter", "cost_estimate"))
        data = {**proposal_data(district), "action": "submit"}
        acts.append(post(client_for(dm.username), reverse("draft", args=["exhibition", draft.key]), data))
    assert statuses(at_once(*acts)) == [302] * 4
    numbers = sorted(int(number[-4:]) for number in Case.objects.values_list("number", flat=True))
    assert numbers == [1, 2, 3, 4]
    nothing_is_broken()


def test_a_stale_tab_and_a_forged_step_decide_nothing(client_for: Callable) -> None:
    case = a_file(at="scrutinise")
    address, data = decision(case, "recommended", amount_recommended="1850000")
    client = client_for("odop.cell")
    assert client.post(address, data).status_code == 302
    assert client.post(address, data).status_code == 409
    other = a_file(at="scrutinise", district="Mathura")
    forged = reverse("decide", args=[waiting(other).pk])
    assert client.post(forged, data).status_code == 409
    assert client.post(forged, {**data, "seen": other.head, "outcome": "sanctioned"}).status_code == 422
    assert [m.step for m in Movement.objects.filter(disposed=None).order_by("case_id")] == ["concur", "scrutinise"]
    nothing_is_broken()


def opinion_of(case: Case, designation: str, client: Client, outcome: str = "supported") -> Callable[[], Any]:
    case.refresh_from_db()
    movement = waiting(case, desk_of(case, designation))
    data = {"outcome": outcome, "seen": case.head, "text": "The units are few."}
    return post(client, reverse("decide", args=[movement.pk]), data)


def test_two_departments_at_the_same_moment_both_count_and_the_file_goes_on_once(client_for: Callable) -> None:
    for _round in range(6):
        case = propose_product(name_en=f"Petha {_round}", name_hi=f"पेठा {_round}")
        for designation in OPINIONS[:3]:
            answer(case, designation)
        last = [
            opinion_of(case, "horticulture", client_for("horticulture.agra")),
            opinion_of(case, "rural_development", client_for("rural.agra"), "opposed"),
        ]
        assert statuses(at_once(*last)) == [302, 302]
        assert Noting.objects.filter(case=case, step="consult").count() == 5
        assert [movement.step for movement in case.movements.filter(disposed=None)] == ["recommend"]
    nothing_is_broken()


def test_the_last_opinion_against_the_clock_leaves_one_of_them_and_one_next_step(client_for: Callable) -> None:
    for _round in range(6):
        case = propose_product(name_en=f"Petha {_round}", name_hi=f"पेठा {_round}")
        for designation in OPINIONS[:4]:
            answer(case, designation)
        by_hand = opinion_of(case, "rural_development", client_for("rural.agra"))
        case.movements.filter(disposed=None).update(wakes=case.movements.first().received)
        answered, _swept = at_once(by_hand, clock.sweep)
        assert answered.status_code in (302, 409)
        assert Noting.objects.filter(case=case, step="consult").count() == 5
        assert [movement.step for movement in case.movements.filter(disposed=None)] == ["recommend"]
    nothing_is_broken()


def test_two_primary_products_approved_at_once_leave_one(client_for: Callable) -> None:
    leather = Product.objects.get(district=118, rank=Rank.PRIMARY, live=True)
    a_product_file(at="notified", data=change("retire", leather), kinds=())
    names = [("Petha", "पेठा"), ("Marble inlay", "संगमरमर जड़ाई")]
    files = [a_product_file(at="approve", rank="primary", name_en=english, name_hi=hindi) for english, hindi in names]
    acts = []
    for case in files:
        address, data = decision(case, "approved")
        acts.append(post(client_for("principal.secretary"), address, data))
    answers = at_once(*acts)
    assert statuses(answers)[0] == 302 and statuses(answers)[1] in (403, 422)
    primary = Product.objects.get(district=118, rank=Rank.PRIMARY, live=True)
    refused = next(answer for answer in answers if answer.status_code != 302)
    assert primary.name_hi in refused.content.decode()
    assert RankDecision.objects.filter(rank_to=Rank.PRIMARY).count() == 1
    assert sorted(Case.objects.filter(pk__in=[case.pk for case in files]).values_list("ending", flat=True)) == ["", "notified"]
    nothing_is_broken()
