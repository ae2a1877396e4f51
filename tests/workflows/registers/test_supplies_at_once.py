"""Two officers who allocate the same demand at the same moment, on PostgreSQL: one has it, the other a sentence."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from programme.models import Supply
from tests.workflows.registers.entries import a_supply
from tests.workflows.test_concurrency import at_once, nothing_is_broken, post, statuses

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_two_who_supply_together_more_than_is_wanted_leave_one(client_for: Callable) -> None:
    address, typed = reverse("new_entry", args=["supplies"]), a_supply(quantity="600")
    clients = [client_for(person) for person in ("dm.agra", "odop.cell")]
    for client in clients:
        client.cookies["django_language"] = "en"
    answers = at_once(*(post(client, address, typed) for client in clients))
    assert statuses(answers) == [302, 422]
    refused = next(answer for answer in answers if answer.status_code == 422).content.decode()
    assert "Of 1000 packs, 600 are allocated; 400 are left." in refused and 'value="600"' in refused
    assert Supply.objects.get().quantity == 600
    nothing_is_broken()
