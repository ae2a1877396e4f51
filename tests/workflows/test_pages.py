import re
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from programme.calendar import financial_year, today
from programme.models import Allotment, BudgetHead, Norm, Officer, Product, State
from tests.processes.identification_files import answer, new_product, propose_product
from workflows.models import Case, Draft, Enclosure, Movement

WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE)", re.IGNORECASE)
Desk = Callable[[str], Client]


@pytest.fixture(autouse=True)
def readers_language() -> Iterator[None]:
    """A page is Hindi until its reader chooses, and so is what it is compared with here."""
    with translation.override("hi"):
        yield


def paper(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{name}.pdf", b"%PDF-1.7\n1 0 obj <<>> endobj % " + name.encode() + b"\n%%EOF\n", "application/pdf")


def typed(**changes: Any) -> dict[str, Any]:
    """A complete proposal of Agra as a browser sends it."""
    first = today() + timedelta(days=40)
    return {
        "title": "जिला स्तरीय प्रदर्शनी, आगरा",
        "product": Product.objects.filter(district=118, live=True).first().pk,
        "purpose": "तीन दिवसीय प्रदर्शनी",
        "venue": "शिल्पग्राम, आगरा",
        "starts_on": first.isoformat(),
        "ends_on": (first + timedelta(days=2)).isoformat(),
        "stalls": "७१",
        "budget_head": BudgetHead.objects.get(state__short="UP", scheme="EXHIBITION").pk,
        "amount_asked": "₹ 12,00,000",
        "nodal_officer": "उपायुक्त उद्योग",
        "nodal_mobile": "98765 43210",
        "paper_proposal_letter": paper("letter"),
        "paper_cost_estimate": paper("estimate"),
        "paper_venue_consent": paper("consent"),
        "action": "submit",
        **changes,
    }


def new_address() -> str:
    return reverse("draft", args=["exhibition", uuid.uuid4()])


def proposed(client_for: Desk, title: str = "जिला स्तरीय प्रदर्शनी, आगरा") -> Case:
    response = client_for("dm.agra").post(new_address(), typed(title=title))
    assert response.status_code == 302, response.content.decode()
    return Case.objects.latest("pk")


def waiting(case: Case) -> Movement:
    return Movement.objects.get(case=case, disposed=None)


def decided(client_for: Desk, username: str, case: Case, **data: Any) -> Any:
    return client_for(username).post(reverse("decide", args=[waiting(case).pk]), {"seen": Case.objects.get(pk=case.pk).head, **data})


@pytest.fixture
def money(db: None) -> None:
    for head in BudgetHead.objects.all():
        Allotment.objects.get_or_create(head=head, year=financial_year(today()), defaults={"allotted": 50_000_000})


def test_a_page_is_hindi_until_the_reader_chooses(db: None) -> None:
    client = Client(headers={"accept-language": "en-GB"})
    assert '<html lang="hi">' in client.get(reverse("sign_in")).content.decode()
    client.post(reverse("set_language"), {"language": "en", "next": "/sign-in/"})
    assert '<html lang="en">' in client.get(reverse("sign_in")).content.decode()


def test_the_chosen_language_is_remembered_with_the_officer(client_for: Desk) -> None:
    client_for("dm.agra").post(reverse("set_language"), {"language": "en"})
    assert Officer.objects.get(username="dm.agra").language == "en"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_no_page_leads_away_from_the_site(client_for: Desk, elsewhere: str) -> None:
    assert client_for("dm.agra").post(reverse("set_language"), {"language": "hi", "next": elsewhere}).url == "/"
    assert client_for("dm.agra").get(reverse("sign_in"), {"next": elsewhere}).url == "/"


def test_signing_in_makes_a_new_session(db: None) -> None:
    officer = Officer.objects.get(username="dm.agra")
    officer.set_password("एक लंबा कूटशब्द 2026")
    officer.save()
    client = Client()
    client.get(reverse("sign_in"))
    before = client.session.session_key
    response = client.post(reverse("sign_in"), {"username": "dm.agra", "password": "एक लंबा कूटशब्द 2026", "next": "/files/"})
    assert (response.status_code, response.url) == (302, "/files/")
    assert client.session.session_key != before


def test_a_wrong_password_is_answered_with_a_summary(db: None) -> None:
    response = Client().post(reverse("sign_in"), {"username": "dm.agra", "password": "wrong"})
    assert response.status_code == 422
    assert 'class="faults"' in response.content.decode()


def test_nobody_is_tried_outside_the_demonstration(db: None, settings: Any) -> None:
    settings.DEMONSTRATION = False
    assert Client().post(reverse("try_as"), {"person": "dm.agra"}).status_code == 404
    assert "dm.agra" not in Client().get(reverse("sign_in")).content.decode()


def test_in_the_demonstration_a_person_is_tried_with_one_press(db: None, settings: Any) -> None:
    settings.DEMONSTRATION = True
    client = Client()
    assert 'value="dm.agra"' in client.get(reverse("sign_in")).content.decode()
    client.post(reverse("try_as"), {"person": "dm.agra"})
    assert client.get(reverse("inbox")).wsgi_request.user.username == "dm.agra"


def test_the_inbox_of_many_files_stays_small_and_writes_nothing(client_for: Desk, money: None) -> None:
    for number in range(27):
        proposed(client_for, f"जिला स्तरीय ओडीओपी प्रदर्शनी, आगरा, क्रमांक {number}")
    client = client_for("odop.cell")
    client.get(reverse("inbox"))
    with CaptureQueriesContext(connection) as asked:
        response = client.get(reverse("inbox"))
    page = response.content.decode()
    assert page.count('class="in_time"') + page.count('class="soon"') + page.count('class="late"') >= 25
    assert 'rel="next"' in page
    assert [q["sql"] for q in asked if WRITES.match(q["sql"])] == []
    assert len(asked) <= 10, [q["sql"][:200] for q in asked]
    assert len(response.content) <= 30 * 1024
    second = client.get(reverse("inbox"), {"page": "2"}).content.decode()
    assert len(set(re.findall(r'href="(/files/\d+/)"', page)) & set(re.findall(r'href="(/files/\d+/)"', second))) == 0


def test_the_file_page_asks_little(client_for: Desk) -> None:
    case = proposed(client_for)
    client = client_for("odop.cell")
    client.get(reverse("file", args=[case.pk]))
    with CaptureQueriesContext(connection) as asked:
        assert client.get(reverse("file", args=[case.pk])).status_code == 200
    assert [q["sql"] for q in asked if WRITES.match(q["sql"])] == []
    assert len(asked) <= 23


def test_the_first_opening_by_somebody_who_can_act_is_recorded(client_for: Desk) -> None:
    case = proposed(client_for)
    client_for("principal.secretary").get(reverse("file", args=[case.pk]))
    assert waiting(case).opened_at is None
    client_for("odop.cell").get(reverse("file", args=[case.pk]))
    assert waiting(case).opened_by.username == "odop.cell"


def test_who_cannot_act_sees_who_holds_the_file(client_for: Desk) -> None:
    case = proposed(client_for)
    text = client_for("dm.agra").get(reverse("file", args=[case.pk])).content.decode()
    assert 'id="decision"' not in text and reverse("decide", args=[waiting(case).pk]) not in text
    assert waiting(case).office.name in text


def test_an_unfinished_form_is_saved_as_typed(client_for: Desk) -> None:
    client, address = client_for("dm.agra"), new_address()
    response = client.post(address, {"action": "save", "title": "अधूरा", "amount_asked": "बारह लाख", "starts_on": "31-02-2026"})
    assert response.status_code == 302
    page = client.get(address).content.decode()
    assert 'value="अधूरा"' in page and 'value="बारह लाख"' in page
    assert "अधूरा" in client.get(reverse("inbox")).content.decode()


def test_a_form_saves_itself_without_its_papers(client_for: Desk) -> None:
    response = client_for("dm.agra").post(new_address(), {"action": "autosave", "title": "अपने आप"})
    assert response.json()["said"]
    assert Draft.objects.get().subject == "अपने आप"


def test_a_refused_form_names_every_fault_and_keeps_the_words(client_for: Desk) -> None:
    response = client_for("dm.agra").post(new_address(), typed(amount_asked="बारह लाख", ends_on=""))
    page = response.content.decode()
    assert response.status_code == 422
    assert 'href="#id_amount_asked"' in page and 'href="#id_ends_on"' in page
    assert 'value="बारह लाख"' in page
    assert Enclosure.objects.count() == 3, "papers sent with a refused form are kept"
    assert not Case.objects.exists()


def test_a_bad_paper_is_named_at_its_place(client_for: Desk) -> None:
    bad = SimpleUploadedFile("अनुमान.pdf", b"<html>", "application/pdf")
    response = client_for("dm.agra").post(new_address(), typed(paper_cost_estimate=bad))
    assert response.status_code == 422
    assert 'href="#id_paper_cost_estimate"' in response.content.decode()
    assert "अनुमान.pdf" in response.content.decode()


def test_the_preparing_office_saves_for_the_magistrate_who_signs(client_for: Desk) -> None:
    address = new_address()
    assert client_for("dic.agra").post(address, typed()).status_code == 302
    assert not Case.objects.exists(), "who prepares does not sign"
    assert client_for("dm.mathura").get(address).status_code == 404
    assert "जिला स्तरीय" in client_for("dm.agra").get(reverse("inbox")).content.decode()
    papers_kept = {name: value for name, value in typed().items() if not name.startswith("paper_")}
    refused = client_for("dm.agra").post(address, papers_kept)
    assert refused.status_code == 422 and "letter.pdf" in refused.content.decode(), "nobody signs papers he has not seen"
    opened = client_for("dm.agra").get(address).content.decode()
    papers_kept["papers_seen"] = re.findall(r'name="papers_seen" value="([^"]+)"', opened)[0]
    assert client_for("dm.agra").post(address, papers_kept).status_code == 302
    assert Case.objects.get().office.designation.code == "dm"


def test_a_paper_can_be_taken_off_a_draft_but_not_off_another_draft(client_for: Desk) -> None:
    client, mine, other = client_for("dm.agra"), new_address(), new_address()
    client.post(mine, {"action": "save", "paper_cost_estimate": paper("a")})
    held = Enclosure.objects.get()
    client.post(other, {"action": f"remove:{held.pk}"})
    assert Enclosure.objects.filter(pk=held.pk).exists()
    client.post(mine, {"action": f"remove:{held.pk}"})
    assert not Enclosure.objects.exists()


def test_a_draft_can_be_thrown_away(client_for: Desk) -> None:
    client, address = client_for("dm.agra"), new_address()
    client.post(address, {"action": "save", "title": "गलती से", "paper_cost_estimate": paper("a")})
    client.post(address, {"action": "discard"})
    assert not Draft.objects.exists() and not Enclosure.objects.exists()


def test_the_same_form_sent_twice_opens_one_file(client_for: Desk) -> None:
    client, address = client_for("dm.agra"), new_address()
    client.post(address, typed())
    response = client.post(address, typed())
    assert response.url == reverse("file", args=[Case.objects.get().pk])


def test_returning_without_a_reason_is_refused_with_the_choice_kept(client_for: Desk) -> None:
    case = proposed(client_for)
    response = decided(client_for, "odop.cell", case, outcome="returned", text="  ")
    page = response.content.decode()
    assert response.status_code == 422
    assert 'href="#id_text"' in page and 'id="id_text_error"' in page
    assert re.search(r'value="returned"[^>]* checked', page)


def test_a_returned_form_shows_the_objection_beside_the_field(client_for: Desk) -> None:
    case = proposed(client_for)
    decided(client_for, "odop.cell", case, outcome="returned", text="देखें", about_1="stalls", kind_1="other", objection_1="आधार दें")
    page = client_for("dm.agra").get(reverse("step", args=[waiting(case).pk])).content.decode()
    assert page.index("आधार दें") < page.index('name="stalls"')
    assert 'name="venue"' not in page, "what nobody objected to is only read"


def test_what_nobody_objected_to_cannot_be_changed_by_a_forged_form(client_for: Desk) -> None:
    case = proposed(client_for)
    decided(client_for, "odop.cell", case, outcome="returned", text="देखें", about_1="stalls", kind_1="other", objection_1="आधार दें")
    address, head = reverse("step", args=[waiting(case).pk]), Case.objects.get(pk=case.pk).head
    forged = typed(stalls="72", venue="अन्यत्र", districts_shown=[119], seen=head)
    assert client_for("dm.agra").post(address, forged).status_code == 302
    record = Case.objects.get(pk=case.pk).record
    assert (record.stalls, record.venue, list(record.districts_shown.all())) == (72, "शिल्पग्राम, आगरा", [])


def test_a_decision_taken_before_is_answered_with_who_took_it(client_for: Desk) -> None:
    case = proposed(client_for)
    stay = waiting(case)
    decided(client_for, "odop.cell", case, outcome="recommended", amount_recommended="12,00,000")
    late = client_for("odop.cell").post(reverse("decide", args=[stay.pk]), {"outcome": "rejected", "text": "एक लंबी टिप्पणी"})
    assert late.status_code == 409
    assert "एक लंबी टिप्पणी" in late.content.decode(), "what was typed is shown back"


def test_after_a_decision_the_next_file_opens(client_for: Desk) -> None:
    first, second = proposed(client_for), proposed(client_for)
    response = decided(client_for, "odop.cell", first, outcome="recommended", amount_recommended="12,00,000")
    assert response.url == reverse("file", args=[second.pk]) + "?filter=all#main"


def test_a_sanctioned_file_has_an_order_to_print(client_for: Desk, money: None) -> None:
    case = proposed(client_for)
    assert client_for("dm.agra").get(reverse("order", args=[case.pk])).status_code == 404
    decided(client_for, "odop.cell", case, outcome="recommended", amount_recommended="9,00,000")
    while waiting(case).step != "report":
        name, outcome = {"concur": ("finance", "concurred"), "approve": ("principal.secretary", "sanctioned")}[waiting(case).step]
        assert decided(client_for, name, case, outcome=outcome, amount_sanctioned="9,00,000").status_code == 302
    client = client_for("dm.agra")
    client.post(reverse("set_language"), {"language": "en"})
    page = client.get(reverse("order", args=[case.pk])).content.decode()
    assert "Rupees nine lakh only" in page and "₹9,00,000" in page
    assert client.get(reverse("history", args=[case.pk])).status_code == 200


def test_a_file_is_withdrawn_with_a_reason(client_for: Desk) -> None:
    case = proposed(client_for)
    address = reverse("withdraw", args=[case.pk])
    assert client_for("dm.agra").post(address, {"withdraw-text": ""}).status_code == 422
    seen = Case.objects.get(pk=case.pk).head
    assert client_for("odop.cell").post(address, {"withdraw-text": "कारण"}).status_code == 403
    assert client_for("dm.agra").post(address, {"withdraw-text": "कारण", "withdraw-seen": seen}).status_code == 302
    assert Case.objects.get(pk=case.pk).ending == "withdrawn"


def test_a_paper_is_an_attachment_that_no_page_can_run(client_for: Desk) -> None:
    case = proposed(client_for)
    address = reverse("paper", args=[case.pk, case.enclosures.first().pk])
    response = client_for("odop.cell").get(address)
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in response.headers["Cache-Control"]
    assert client_for("dm.mathura").get(address).status_code == 404
    assert Client().get(address).status_code == 302


def test_a_file_of_another_district_does_not_exist(client_for: Desk) -> None:
    case = proposed(client_for)
    client = client_for("dm.mathura")
    for name in ("file", "history", "record_lines", "order", "withdraw"):
        assert client.get(reverse(name, args=[case.pk])).status_code == 404, name
    for name in ("step", "decide"):
        assert client.get(reverse(name, args=[waiting(case).pk])).status_code == 404, name
    assert not client.get(reverse("files"), {"q": case.number}).context["page"].object_list


def test_the_search_finds_a_file_by_number_subject_and_district(client_for: Desk) -> None:
    case = proposed(client_for)
    for words in (case.number, "प्रदर्शनी", "Agra", "आगरा प्रदर्शनी"):
        assert reverse("file", args=[case.pk]) in client_for("odop.cell").get(reverse("files"), {"q": words}).content.decode(), words


@pytest.mark.parametrize("words", ["\x00", "%", "_", "' OR 1=1 --", "\ud800", "क" * 500])
def test_no_search_breaks_the_page(client_for: Desk, words: str) -> None:
    for name in ("inbox", "files"):
        assert client_for("dm.agra").get(reverse(name), {"q": words.encode("utf-8", "surrogatepass")}).status_code == 200


def test_a_wrong_way_to_ask_is_answered_with_a_page(client_for: Desk) -> None:
    response = client_for("dm.agra").get(reverse("sign_out"))
    assert response.status_code == 405
    assert response.headers["Allow"] == "POST"
    assert "<h1>" in response.content.decode()


def test_a_stale_form_gives_the_words_back(client_for: Desk, db: None) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(Officer.objects.get(username="dm.agra"), backend="workflows.sign_ins.ReadWithSession")
    response = client.post(new_address(), {"title": "दो शब्द", "password": "two words"})
    page = response.content.decode()
    assert response.status_code == 403
    assert "दो शब्द" in page and "two words" not in page


def test_set_up_opens_to_the_power_and_to_nothing_else(client_for: Desk) -> None:
    boss = Officer.objects.get(username="dm.agra")
    boss.is_staff = boss.is_superuser = True
    boss.save()
    assert client_for("dm.agra").get("/setup/", follow=True).status_code == 403
    assert client_for("administrator").get("/setup/").status_code == 200
    assert Client().get("/setup/").status_code == 302


def test_set_up_shows_only_the_administrators_own_state(client_for: Desk) -> None:
    page = client_for("administrator").get("/setup/programme/office/", {"q": "Bilaspur"}).content.decode()
    assert "0 Office" in page or "0 कार्यालय" in page


@pytest.mark.parametrize("table", ["officer", "office", "posting", "designation", "norm", "state", "product"])
def test_set_up_deletes_nobody(client_for: Desk, table: str) -> None:
    client = client_for("administrator")
    page = client.get(f"/setup/programme/{table}/").content.decode()
    pk = re.search(rf"/setup/programme/{table}/(\d+)/change/", page)
    assert pk, page
    assert client.get(f"/setup/programme/{table}/{pk[1]}/change/").status_code == 200
    assert client.post(f"/setup/programme/{table}/{pk[1]}/delete/", {"post": "yes"}).status_code == 403


def test_a_posting_made_in_set_up_gives_the_powers_and_a_clash_is_refused(client_for: Desk) -> None:
    officer, office = Officer.objects.get(username="dm.agra.earlier"), Officer.objects.get(username="dm.agra").postings.first().office
    row = {
        "officer": officer.pk,
        "office": office.pk,
        "charge": "regular",
        "starts_on": today().strftime("%d-%m-%Y"),
        "ends_on": "",
        "order_number": "1",
    }
    client = client_for("administrator")
    clash = client.post("/setup/programme/posting/add/", row, follow=True)
    assert clash.status_code == 200 and not officer.postings.filter(order_number="1").exists()
    row.update(charge="link", ends_on=(today() + timedelta(days=3)).strftime("%d-%m-%Y"))
    assert client.post("/setup/programme/posting/add/", row).status_code == 302
    assert officer.postings.get(order_number="1").charge == "link"
    assert client_for("dm.agra.earlier").get(reverse("inbox")).context["charges"]


def test_a_states_weekly_offs_are_read_in_set_up_and_changed_in_their_own_table(client_for: Desk) -> None:
    state = State.objects.get(short="UP")
    data = {"name_en": state.name_en, "name_hi": state.name_hi, "government_en": "", "government_hi": "", "weekly_offs": "[]"}
    assert client_for("administrator").post(reverse("admin:programme_state_change", args=[state.pk]), data).status_code == 302
    state.refresh_from_db()
    assert state.weekly_offs == ["sun", "sat2"]


@pytest.mark.parametrize("rules", ["{}", '{"finance_above": "ten lakh", "ceiling": "1500000"}', "[]"])
def test_a_norm_without_the_amounts_of_its_process_is_refused_in_set_up(client_for: Desk, rules: str) -> None:
    data = {"state": 9, "scheme": "EXHIBITION", "version": "new", "applies_from": "01-04-2027", "rules": rules}
    response = client_for("administrator").post(reverse("admin:programme_norm_add"), data)
    assert response.status_code == 200 and "finance_above" in response.content.decode()
    assert not Norm.objects.filter(version="new").exists()


def asked_together(client_for: Desk) -> Case:
    case = propose_product()
    answer(case, "agriculture", text="लौकी यहीं उगाई जाती है।")
    answer(case, "handloom", "opposed", text="इकाइयाँ कम हैं।")
    return case


def test_the_page_of_a_file_at_several_offices_shows_the_answers_and_who_is_still_asked(client_for: Desk) -> None:
    case = asked_together(client_for)
    page = client_for("dm.agra").get(reverse("file", args=[case.pk]))
    [asked] = page.context["opinions"]
    assert (len(asked.rows), asked.open) == (5, 3)
    text = page.content.decode()
    assert "लौकी यहीं उगाई जाती है।" in text and "इकाइयाँ कम हैं।" in text
    for stay in case.movements.filter(disposed=None):
        assert stay.office.name in text
    assert text.count('class="tag in_time"') == 1


def test_a_department_gives_its_opinion_on_the_page_of_the_file(client_for: Desk) -> None:
    case = asked_together(client_for)
    client, stay = client_for("rural.agra"), case.movements.get(office__designation__code="rural_development")
    page = client.get(reverse("file", args=[case.pk]))
    assert "silent" not in page.content.decode()
    case.refresh_from_db()
    refused = client.post(reverse("decide", args=[stay.pk]), {"outcome": "opposed", "seen": case.head})
    assert refused.status_code == 422 and re.findall(r'class="why" id="id_(\w+)_error"', refused.content.decode()) == ["text"]
    silent = client.post(reverse("decide", args=[stay.pk]), {"outcome": "silent", "seen": case.head})
    assert silent.status_code == 422
    signed = client.post(reverse("decide", args=[stay.pk]), {"outcome": "supported", "seen": case.head}, follow=True)
    said = [str(message) for message in signed.context["messages"]]
    assert len(said) == 1 and case.movements.filter(disposed=None).first().office.name in said[0]
    assert case.movements.filter(disposed=None).count() == 2


def test_an_officer_of_several_processes_has_one_tab_for_new_files(client_for: Desk) -> None:
    page = client_for("dic.agra").get(reverse("new"))
    addresses = [tab.address for tab in page.context["tabs"]]
    assert reverse("new") in addresses and not any("/new/exhibition/" in address for address in addresses)
    assert {"exhibition", "identification"} <= {slug for slug, _flow in page.context["processes"]}
    for slug, _flow in page.context["processes"]:
        assert reverse("begin", args=[slug]) in page.content.decode()
    [of_one] = re.findall(r'<ul class="tabs">(.*?)</ul>', client_for("dm.agra").get(reverse("inbox")).content.decode(), re.S)
    assert f'"{reverse("begin", args=["exhibition"])}"' in of_one and f'"{reverse("new")}"' not in of_one


def test_the_product_register_is_not_changed_by_hand(client_for: Desk) -> None:
    client, product = client_for("administrator"), Product.objects.get(district=118, rank="primary", live=True)
    address = reverse("admin:programme_product_change", args=[product.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"rank": "tertiary"}).status_code == 403
    assert client.get(reverse("admin:programme_product_add")).status_code == 403
    product.refresh_from_db()
    assert product.rank == "primary"


def test_a_second_primary_is_refused_on_the_page_at_its_field(client_for: Desk) -> None:
    address = reverse("draft", args=["identification", uuid.uuid4()])
    papers = {"paper_cluster_report": paper("cluster"), "paper_photographs": paper("photographs")}
    page = client_for("dic.agra").post(address, {**new_product(rank="primary"), **papers, "action": "submit"})
    assert page.status_code == 422 and not Case.objects.exists()
    primary = Product.objects.get(district=118, rank="primary", live=True)
    assert any(primary.name in fault.text and fault.place == "id_rank" for fault in page.context["faults"])
