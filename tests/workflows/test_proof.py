"""Grave acts ask again who it is when the last proof is old, and nothing typed is lost by it."""

import re
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from programme.calendar import today
from programme.models import Posting
from tests.files import a_file, office, officer, waiting
from tests.workflows.door import PASSWORD, code_of, long_ago, sign_in, with_factor, with_password
from tests.workflows.repairs.plans import planned
from workflows.models import Case, Job, Noting, RepairKind

pytestmark = pytest.mark.django_db
BOSS = "principal.secretary"
WORDS = "Sanctioned with two conditions."


def a_sanction(case: Case, **typed) -> dict:
    return {"outcome": "sanctioned", "amount_sanctioned": "18,50,000", "text": WORDS, "seen": case.head, "action": "sign", **typed}


def send(client: Client, case: Case, **typed):
    referer = f"http://testserver{reverse('file', args=[case.pk])}"
    return client.post(reverse("decide", args=[waiting(case).pk]), a_sanction(case, **typed), headers={"referer": referer})


@pytest.fixture
def boss(client_for) -> Client:
    """The Principal Secretary, a quarter of an hour after he signed in."""
    with_password(BOSS)
    client = client_for(BOSS)
    client.cookies["django_language"] = "en"
    long_ago(client)
    return client


def carried(answer) -> dict[str, str]:
    found = {name: re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode()) for name in ("next", "kept")}
    return {name: match.group(1) for name, match in found.items() if match}


def test_a_sanction_above_the_limit_asks_again_and_the_words_come_back_and_are_signed_once(boss) -> None:
    case = a_file(at="approve")
    before = Noting.objects.filter(case=case).count()
    asked = send(boss, case)
    page = asked.content.decode()
    assert asked.status_code == 401 and "Prove that it is you" in page and WORDS not in page
    assert Noting.objects.filter(case=case).count() == before

    wrong = boss.post(reverse("prove"), {**carried(asked), "password": "not it"})
    assert wrong.status_code == 422 and "This is not your password." in wrong.content.decode()
    key = boss.session.session_key
    back = boss.post(reverse("prove"), {**carried(wrong), "password": PASSWORD})
    assert (back.status_code, back.url) == (302, reverse("file", args=[case.pk]))
    assert boss.session.session_key != key, "a stronger session has a new key"
    page = boss.get(back.url).content.decode()
    assert WORDS in page and 'value="18,50,000"' in page and "It is proved that it is you. Nothing was signed." in page
    assert Noting.objects.filter(case=case).count() == before, "brought back is not signed"
    assert send(boss, case).status_code == 302
    assert Noting.objects.filter(case=case, outcome="sanctioned").count() == 1


def test_below_the_limit_or_for_another_outcome_nobody_is_asked(boss, settings) -> None:
    case = a_file(at="approve")
    assert send(boss, case, outcome="returned", text="Look again.", kind_1="other", return_to="scrutinise").status_code != 401
    other = a_file(at="approve", district="Mathura")
    settings.PROOF_ABOVE = 1_850_000
    assert send(boss, other).status_code == 302, "the limit itself is not above the limit"


def test_somebody_who_signed_in_a_moment_ago_is_not_asked(client_for) -> None:
    with_password(BOSS)
    client = Client()
    sign_in(client, BOSS)
    case = a_file(at="approve")
    assert send(client, case).status_code == 302


def test_whoever_has_a_second_factor_is_asked_for_its_code_and_not_for_the_password(boss) -> None:
    who, _codes = with_factor(BOSS)
    sign_in(boss, BOSS)
    boss.post(reverse("sign_in_code"), {"code": code_of(who)})
    long_ago(boss)
    asked = send(boss, a_file(at="approve"))
    assert 'name="code"' in asked.content.decode() and 'name="password"' not in asked.content.decode()
    assert boss.post(reverse("prove"), {**carried(asked), "password": PASSWORD}).status_code == 422
    assert boss.post(reverse("prove"), {**carried(asked), "code": code_of(who)}).status_code == 302


def test_wrong_passwords_on_the_way_shut_the_door_too(boss) -> None:
    answers = [boss.post(reverse("prove"), {"password": "guess", "next": "/"}) for _time in range(6)]
    assert "Too many wrong passwords" in answers[-1].content.decode()
    assert boss.post(reverse("prove"), {"password": PASSWORD, "next": "/"}).status_code == 422


def test_one_signature_for_many_is_asked_by_what_they_come_to_together(boss, settings) -> None:
    stays = [waiting(a_file(at="approve", district=district)) for district in ("Agra", "Mathura")]
    heads = [f"{stay.pk}:{stay.case.head}" for stay in stays]
    total = sum((stay.case.amount for stay in stays), Decimal(0))
    assert total == 3_700_000
    settings.PROOF_ABOVE = 2_000_000
    typed = {"outcome": "sanctioned", "text": WORDS, "file": heads, "key": "0b9c1f2e-6a51-4f0e-9d1c-2f5f4e7a1b3c"}
    asked = boss.post(reverse("sign_bulk"), typed)
    assert asked.status_code == 401 and not Job.objects.exists()


def test_a_repair_is_applied_on_a_fresh_proof_alone(client_for) -> None:
    repair = planned(a_file(), RepairKind.CANCEL)
    client = client_for("administrator")
    long_ago(client)
    assert client.post(reverse("apply_repair", args=[repair.pk])).status_code == 401
    repair.refresh_from_db()
    assert repair.applied_at is None


def test_who_holds_what_is_changed_on_a_fresh_proof_alone_and_the_form_comes_back_filled(client_for) -> None:
    with_password("administrator")
    client = client_for("administrator")
    client.get("/setup/")
    long_ago(client)
    address, before = "/setup/programme/posting/add/", Posting.objects.count()
    typed = {"officer": officer("epb").pk, "office": office("dic", "Agra").pk, "charge": "additional", "starts_on": today().isoformat()}
    asked = client.post(address, {**typed, "order_number": "GO 12/2026"})
    assert asked.status_code == 401 and Posting.objects.count() == before
    back = client.post(reverse("prove"), {**carried(asked), "password": PASSWORD})
    assert back.url == address
    page = client.get(back.url, follow=True).content.decode()
    assert 'value="GO 12/2026"' in page
    assert client.post(address, {**typed, "order_number": "GO 12/2026"}).status_code == 302
    assert Posting.objects.count() == before + 1


@pytest.mark.parametrize("way", ["change", "password"])
def test_an_officer_is_changed_on_a_fresh_proof_alone(way: str, client_for) -> None:
    client = client_for("administrator")
    client.get("/setup/")
    long_ago(client)
    before = officer("dm.agra").password
    answer = client.post(f"/setup/programme/officer/{officer('dm.agra').pk}/{way}/", {"password1": PASSWORD, "password2": PASSWORD})
    assert answer.status_code == 401 and officer("dm.agra").password == before


def test_the_way_back_is_never_to_another_site(boss) -> None:
    for wanted in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "http:evil.example"):
        assert boss.post(reverse("prove"), {"password": PASSWORD, "next": wanted}).url == reverse("inbox"), wanted
        page = boss.get(reverse("prove"), {"next": wanted})
        assert page.context["next"] == reverse("inbox") and f'href="{wanted}' not in page.content.decode(), wanted


def test_the_people_of_a_demonstration_prove_themselves_with_one_press(client_for, settings) -> None:
    settings.DEMONSTRATION = True
    client = client_for(BOSS)
    long_ago(client)
    case = a_file(at="approve")
    asked = send(client, case)
    assert asked.status_code == 401 and 'type="password"' not in asked.content.decode()
    assert client.post(reverse("prove"), carried(asked)).status_code == 302
    assert send(client, case).status_code == 302
