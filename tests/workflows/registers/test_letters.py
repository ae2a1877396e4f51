"""Letters of intent: from the word to the money, and how much of what was announced became business."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from programme.calendar import today
from programme.models import Event, LetterOfIntent, Product
from tests.workflows.registers.entries import a_letter, an_event, entered
from workflows.record.entries import lines_of

pytestmark = pytest.mark.django_db


def day(away: int = 0) -> str:
    """Return a day, so many away from today, as it is typed; the day may end while the tests run."""
    return (today() + timedelta(days=away)).isoformat()


@pytest.mark.parametrize(("changes", "field"), [
    ({"valid_until": -1}, "valid_until"),
    ({"ordered": "5,00,000"}, "ordered_on"),
    ({"ordered_on": 0}, "ordered"),
    ({"realised": "1", "realised_on": -1}, "realised_on"),
    ({"supplied": "1", "supplied_on": 1}, "supplied_on"),
    ({"amount": "-5"}, "amount"),
    ({"product": "999999"}, "product"),
])  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(changes, field, client_for: Callable) -> None:
    typed = {name: day(value) if isinstance(value, int) else value for name, value in changes.items()}
    answer = client_for("dm.agra").post(reverse("new_entry", args=["letters"]), a_letter(**typed))
    assert answer.status_code == 422 and f'href="#id_{field}"' in answer.content.decode()


def test_more_money_than_supply_is_unusual_and_may_be_right(client_for: Callable) -> None:
    letter = entered("letters", ordered="5,00,000", ordered_on=day(), realised="1,00,000", realised_on=day())
    page = client_for("dm.agra").get(reverse("entry", args=["letters", letter.pk])).content.decode()
    assert "More is realised than was supplied." in page


def test_each_step_of_the_funnel_stands_in_the_history(client_for: Callable) -> None:
    letter, client = entered("letters"), client_for("dm.agra")
    told = {"event": letter.event_id, "product": letter.product_id, "seller": letter.seller, "buyer": letter.buyer, "amount": "12,50,000"}
    for stage in ({"ordered": "5,00,000", "ordered_on": day()}, {"supplied": "4,00,000", "supplied_on": day()}):
        told |= {**stage, "dated": letter.dated.isoformat(), "seen": lines_of(letter).last().hash}
        assert client.post(reverse("change_entry", args=["letters", letter.pk]), told).status_code == 302
    page = client.get(reverse("entry", args=["letters", letter.pk])).content.decode()
    assert "Ordered so far (₹): — → ₹5,00,000" in page and "Supplied so far (₹): — → ₹4,00,000" in page


def test_an_event_shows_the_difference_and_names_the_products_without_a_letter(client_for: Callable) -> None:
    products = list(
        Product.objects.filter(district__name_en__in=["Agra", "Mathura"], district__state__short="UP", rank="primary", live=True)
    )
    typed = an_event(kind="reverse_meet", announced_total="12,50,001", announced_products="1", products=[p.pk for p in products])
    assert client_for("dm.agra").post(reverse("new_entry", args=["events"]), typed).status_code == 302
    event, first = Event.objects.get(), products[0]
    letter = {"event": event.pk, "product": first.pk, "seller": "S", "buyer": "B", "amount": "12,50,000", "dated": day()}
    assert client_for("dm.agra").post(reverse("new_entry", args=["letters"]), letter).status_code == 302
    page = client_for("dm.agra").get(reverse("entry", args=["events", event.pk])).content.decode()
    assert "The letters come to ₹12,50,000, announced were ₹12,50,001: a difference of ₹1." in page
    assert f"Without a letter of intent: {products[1].name_en}" in page


def test_the_funnel_says_how_much_became_business_and_how_long_the_rest_waits(client_for: Callable) -> None:
    entered("letters", amount="10,00,000", ordered="6,00,000", ordered_on=day(), supplied="5,00,000", supplied_on=day(),
            realised="2,50,000", realised_on=day())  # fmt: skip
    old = entered("letters", amount="10,00,000")
    LetterOfIntent.objects.filter(pk=old.pk).update(dated=today() - timedelta(days=400), valid_until=today() - timedelta(days=1))
    address = reverse("register_board", args=["letters", "funnel"])
    page = client_for("odop.cell").get(address).content.decode()
    assert "25 %" in page and "12 %" in page and "more than 365 days" in page
    assert "₹20,00,000" in page and LetterOfIntent.objects.get(pk=old.pk).amount == Decimal(1_000_000)
    assert "₹20,00,000" not in client_for("dc.bilaspur").get(address).content.decode()
