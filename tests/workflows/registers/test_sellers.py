"""What is a person's stays with the office that keeps the entry; what is wanted is never allocated twice."""

import io
from collections.abc import Callable

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from programme.models import Agreement, Supply
from tests.workflows.api.calls import everything, key_of
from tests.workflows.registers.entries import TYPED, entered, once
from workflows.models import RegisterLine

pytestmark = pytest.mark.django_db
SECRETS = ("Made-up Person", "9876543210")
UDYAM = "UDYAM-UP-01-0001234"


def test_the_contact_is_read_by_those_who_keep_the_entry_and_by_nobody_else(client_for: Callable) -> None:
    seller = entered("sellers", udyam=UDYAM)
    address = reverse("entry", args=["sellers", seller.pk])
    for person in ("dm.agra", "odop.cell"):
        page = client_for(person).get(address).content.decode()
        assert all(secret in page for secret in SECRETS), person
    for person in ("dic.mathura", "principal.secretary", "auditor", "administrator"):
        page = client_for(person).get(address).content.decode()
        assert "Women group of Agra" in page and not any(secret in page for secret in SECRETS), person
    for person in ("dm.agra", "auditor"):
        shown = client_for(person).get(reverse("register", args=["sellers"])).content.decode()
        assert not any(secret in shown for secret in SECRETS)
    told = str(everything("registers/sellers/", key_of("dm.agra")))
    assert "Women group" in told and not any(said in told for said in (*SECRETS, seller.udyam_digest, "womengroup"))


def test_no_list_no_history_and_no_page_holds_the_contact_or_the_hash(client_for: Callable) -> None:
    seller = entered("sellers", udyam=UDYAM)
    got = client_for("dm.agra").get(reverse("get_list", args=["register-sellers", "xlsx"]))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(got.streaming_content))).active
    listed = str([[cell.value for cell in row] for row in sheet.iter_rows()])
    assert "…1234" in listed and not any(secret in listed for secret in SECRETS)
    body = RegisterLine.objects.get(register="sellers").body
    assert not any(secret in body for secret in (*SECRETS, UDYAM))
    page = client_for("dm.agra").get(reverse("entry", args=["sellers", seller.pk])).content.decode()
    assert seller.udyam_digest not in page and seller.name_folded not in page


def test_a_second_entry_of_the_same_group_says_so_on_its_page(client_for: Callable) -> None:
    entered("sellers")
    again = entered("sellers", name_en="WOMEN-GROUP of Agra")
    page = client_for("dm.agra").get(reverse("entry", args=["sellers", again.pk])).content.decode()
    assert "The register may hold this one already: Women group of Agra, Agra." in page


def test_the_database_is_asked_under_the_demands_lock_before_a_supply_is_kept() -> None:
    first = entered("supplies", quantity="700")
    with pytest.raises(ValidationError, match="300 are left"):
        Supply(demand=first.demand, seller=first.seller, quantity=301).save()
    assert Supply.objects.count() == 1


def test_a_demand_cannot_become_less_than_is_allocated(client_for: Callable) -> None:
    supply = entered("supplies", quantity="700")
    client, demand = client_for("dm.agra"), once("demands", "Agra")
    address = reverse("change_entry", args=["demands", demand.pk])
    seen = RegisterLine.objects.filter(register="demands", entry=demand.pk).latest("number").hash
    answer = client.post(address, {**TYPED["demands"](), "quantity": "699", "seen": seen})
    assert answer.status_code == 422 and "700 are allocated already" in answer.content.decode()
    supply.refresh_from_db()
    assert supply.demand.quantity == 1000


def test_the_list_is_narrowed_by_a_row_of_a_short_table(client_for: Callable) -> None:
    entered("agreements")
    client, address = client_for("dm.agra"), reverse("register", args=["agreements"])
    assert "Loans to artisans" in client.get(address, {"partner": "bank_of_baroda"}).content.decode()
    assert "No entry fits" in client.get(address, {"partner": "qci"}).content.decode()
    assert client.get(address, {"partner": "nobody"}).status_code == 400
    assert Agreement.objects.count() == 1
