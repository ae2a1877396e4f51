"""The pages of papers issued: to print, as PDF, and the public one that a QR code leads to."""

import hashlib
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from programme.models import Officer
from tests.files import a_file, propose, take
from workflows.letters import printing
from workflows.models import Case, Order, OrderPaper
from workflows.record import sealer

pytestmark = pytest.mark.django_db
Desk = Callable[[str], Client]
needs_pango = pytest.mark.skipif(not printing.can_print(), reason=f"Pango is missing (Debian: apt-get install {printing.PANGO})")
MARKER = "Marker of Agra"


@pytest.fixture
def case() -> Case:
    return a_file(at="report", title=MARKER, nodal_officer="Ramesh Kumar Verma")


@pytest.fixture
def order(case: Case) -> Order:
    return case.orders.get()


def in_english(client: Client) -> Client:
    client.post(reverse("set_language"), {"language": "en"})
    return client


def public(order: Order, client: Client) -> str:
    response = client.get(reverse("public_order", args=[order.key]))
    assert response.status_code == 200
    return response.content.decode()


def test_anybody_reads_number_date_amount_and_standing_of_an_order(order, client):
    text = public(order, in_english(client))
    day = order.issued_on.strftime("%d-%m-%Y")
    for said in (order.number, day, "₹18,50,000", "Rupees eighteen lakh, fifty thousand only", "In force.", order.case.number, "Agra"):
        assert said in text


def test_the_public_page_is_in_the_readers_language(order, client):
    assert "रुपये अठारह लाख पचास हज़ार मात्र" in public(order, client)
    assert "आगरा" in public(order, client)


@pytest.mark.parametrize("language", ["hi", "en"])
def test_the_public_page_names_no_person_and_no_subject(case, order, client, language):
    client.post(reverse("set_language"), {"language": language})
    text = public(order, client)
    people = [name for row in Officer.objects.values_list("name_en", "name_hi", "username") for name in row if name]
    hidden = [*people, MARKER, case.record.nodal_officer, case.record.nodal_mobile]
    named = [name for name in hidden if name in text]
    assert named == []


def test_the_public_page_says_where_the_paper_is_sealed(order, client):
    in_english(client)
    assert "Not sealed yet" in public(order, client)
    checkpoint = sealer.seal()
    text = public(order, client)
    order.noting.refresh_from_db()
    assert f"{order.noting.leaf.index}" in text and f"over {checkpoint.size} paragraphs" in text
    assert order.noting.hash in text


def test_an_order_of_a_file_that_ended_badly_is_no_longer_in_force(case, order, client):
    Case.objects.filter(pk=case.pk).update(ending="withdrawn")
    type(case.record).objects.filter(pk=case.record_id).update(dropped=True)
    text = public(order, in_english(client))
    assert "No longer in force. The file was closed as: Withdrawn." in text
    assert "In force." not in text


def test_an_order_of_a_file_that_closed_well_stays_in_force(client):
    assert "In force." in public(a_file(at="closed").orders.get(), in_english(client))


def test_a_rejection_letter_stays_in_force_and_shows_no_amount(client):
    text = public(take(a_file(), "rejected", text="Full.").orders.get(), in_english(client))
    assert "Rejection letter" in text and "In force." in text and "₹" not in text


def test_a_return_memo_says_whether_the_file_has_moved_on(client):
    case = a_file(at="correct")
    in_english(client)
    assert "waits for correction" in public(case.orders.get(), client)
    take(case, "submitted")
    assert "has moved on" in public(case.orders.get(), client)


@pytest.mark.parametrize("address", ["/orders/6f1c1f0e-0000-4000-8000-000000000000/", "/orders/1/", "/orders/x/"])
def test_an_unknown_key_is_no_address(address, client):
    assert client.get(address).status_code == 404


def test_every_paper_is_reached_from_its_file(client_for: Desk):
    case = take(a_file(at="correct"), "submitted")
    case = take(case, "rejected", text="The calendar is full.")
    client = in_english(client_for("dm.agra"))
    for name in ("file", "history"):
        page = client.get(reverse(name, args=[case.pk])).content.decode()
        for order in case.orders.all():
            assert reverse("letter", args=[case.pk, order.pk]) in page and order.number in page
    shown = [client.get(reverse("letter", args=[case.pk, order.pk])).content.decode() for order in case.orders.all()]
    assert "The basis of the stall rate is not given." in shown[0]
    assert "The calendar is full." in shown[1]


def test_a_file_without_a_sanction_has_no_sanction_order(client_for: Desk):
    case = a_file(at="correct")
    assert client_for("dm.agra").get(reverse("order", args=[case.pk])).status_code == 404


def test_papers_cost_the_file_page_no_question_of_their_own(case, client_for: Desk, django_assert_max_num_queries):
    client = client_for("dm.agra")
    client.get(reverse("file", args=[case.pk]))
    with django_assert_max_num_queries(40) as asked:
        client.get(reverse("file", args=[case.pk]))
    assert not any('FROM "workflows_order"' in query["sql"] for query in asked.captured_queries)


@needs_pango
@pytest.mark.parametrize("language", ["hi", "en", "both"])
def test_a_paper_is_saved_as_pdf(order, client_for: Desk, language):
    response = client_for("dm.agra").get(reverse("letter_pdf", args=[order.case_id, order.pk, language]))
    content = b"".join(response.streaming_content)
    assert content.startswith(b"%PDF-")
    assert hashlib.sha256(content).hexdigest() == OrderPaper.objects.get(order=order, language=language).sha256
    assert response.headers["Content-Type"] == "application/pdf"
    assert f"{order.number.replace('/', '-')}-{language}.pdf" in response.headers["Content-Disposition"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@needs_pango
def test_the_digest_of_a_printing_stands_on_the_public_page(order, client):
    paper = printing.printed(order, "both")
    text = public(order, in_english(client))
    assert paper.sha256 in text and "digitally signed" in text


def test_a_language_nobody_prints_is_no_address(order, client_for: Desk):
    assert client_for("dm.agra").get(reverse("letter_pdf", args=[order.case_id, order.pk, "fr"])).status_code == 404


def test_without_pango_the_pdf_link_shows_the_page_to_print_and_how_to_get_it(order, client_for: Desk, monkeypatch):
    monkeypatch.setattr(printing, "press", lambda: None)
    client = in_english(client_for("dm.agra"))
    page = client.get(reverse("letter_pdf", args=[order.case_id, order.pk, "en"])).content.decode()
    assert f"apt-get install {printing.PANGO}" in page
    assert "Rupees eighteen lakh, fifty thousand only" in page
    shown = client.get(reverse("order", args=[order.case_id])).content.decode()
    assert ".pdf" not in shown and f"apt-get install {printing.PANGO}" in shown


def test_a_stranger_with_the_qr_code_still_reads_no_file(client_for: Desk):
    order = a_file(at="report").orders.get()
    client = client_for("dm.mathura")
    assert client.get(reverse("public_order", args=[order.key])).status_code == 200
    assert client.get(reverse("letter", args=[order.case_id, order.pk])).status_code == 404
    assert propose("Mathura").orders.count() == 0
