"""The second factor: set up with a telephone, asked at the sign-in, needed by whoever sanctions, reset by another when it is lost."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from programme.models import Officer
from tests.files import a_file, officer, waiting
from tests.workflows.door import PASSWORD, a_browser, code_of, long_ago, sign_in, with_factor, with_password
from workflows import factors
from workflows.authority import Refusal
from workflows.models import DoorAct, DoorKind, Noting, RecoveryCode, SignIn

pytestmark = pytest.mark.django_db
BOSS = "principal.secretary"


@pytest.fixture
def required(settings):
    """What production asks for."""
    settings.SECOND_FACTOR_REQUIRED = True


def give(client: Client, code: str, **more):
    return client.post(reverse("sign_in_code"), {"code": code, **more})


def is_inside(client: Client) -> bool:
    return client.get(reverse("inbox")).status_code == 200


def test_it_is_set_up_from_the_page_and_the_recovery_codes_are_shown_once(client_for) -> None:
    client = client_for(BOSS)
    client.post(reverse("factor"), {"action": "begin"})
    page = client.get(reverse("factor")).content.decode()
    assert 'src="data:image/svg+xml' in page
    key = re.search(r'<code class="key">([A-Z2-7 ]+)</code>', page).group(1)
    assert len(key.replace(" ", "")) == 32
    assert not factors.is_set(officer(BOSS)), "a key alone opens and shuts nothing"

    wrong = client.post(reverse("factor"), {"action": "confirm", "code": "000000"})
    assert wrong.status_code == 422 and not factors.is_set(officer(BOSS))
    done = client.post(reverse("factor"), {"action": "confirm", "code": code_of(officer(BOSS))}).content.decode()
    codes = re.findall(r"<code>([A-Z2-7-]{19})</code>", done)
    assert len(codes) == factors.CODES and factors.is_set(officer(BOSS))
    again = client.get(reverse("factor")).content.decode()
    assert not any(code in again for code in codes) and key not in again
    stored = "".join(RecoveryCode.objects.values_list("digest", flat=True))
    assert not any(code.replace("-", "") in stored for code in codes)
    assert DoorAct.objects.get().kind == DoorKind.FACTOR_SET


def test_setting_it_up_ends_every_other_sign_in_of_the_officer(client_for) -> None:
    mine, other = client_for(BOSS), client_for(BOSS)
    mine.post(reverse("factor"), {"action": "begin"})
    mine.post(reverse("factor"), {"action": "confirm", "code": code_of(officer(BOSS))})
    assert is_inside(mine) and not is_inside(other)


def test_the_password_alone_lets_nobody_in_who_has_one() -> None:
    who, _codes = with_factor(BOSS)
    client = a_browser()
    answer = sign_in(client, BOSS)
    assert answer.status_code == 200 and "Second factor" in answer.content.decode()
    assert not is_inside(client)
    assert give(client, "000000").status_code == 422 and not is_inside(client)
    assert give(client, code_of(who)).status_code == 302 and is_inside(client)


def test_a_code_opens_once_and_so_does_a_recovery_code() -> None:
    who, codes = with_factor(BOSS)
    first, second = a_browser(), a_browser()
    code = code_of(who)
    sign_in(first, BOSS)
    sign_in(second, BOSS)
    assert give(first, code).status_code == 302
    again = give(second, code)
    assert again.status_code == 422 and "This code was not taken." in again.content.decode()
    assert give(second, codes[0].lower().replace("-", " ")).status_code == 302
    third = a_browser()
    sign_in(third, BOSS)
    assert give(third, codes[0]).status_code == 422
    assert factors.codes_left(who) == factors.CODES - 1


def test_a_recovery_code_of_another_officer_opens_nothing() -> None:
    with_factor(BOSS)
    _other, codes = with_factor("director")
    client = a_browser()
    sign_in(client, BOSS)
    assert give(client, codes[0]).status_code == 422


def test_five_wrong_codes_ask_for_the_password_again_and_wrong_codes_slow_down() -> None:
    who, codes = with_factor(BOSS)
    client = a_browser()
    sign_in(client, BOSS)
    answers = [give(client, "000000").status_code for _time in range(5)]
    assert answers == [422] * 4 + [302]
    assert give(client, codes[0]).status_code == 302 and not is_inside(client), "the half sign-in is over"
    assert factors.waits_until(who) is not None


def test_a_half_sign_in_ends_after_five_minutes_and_with_a_new_password() -> None:
    who, codes = with_factor(BOSS)
    old, changed = a_browser(), a_browser()
    sign_in(old, BOSS)
    sign_in(changed, BOSS)
    session = old.session
    session["half_signed_in"] = {**session["half_signed_in"], "until": 0}
    session.save()
    give(old, codes[0])
    who.set_password("another long password")
    who.save()
    give(changed, codes[1])
    assert not is_inside(old) and not is_inside(changed)


def test_what_was_typed_before_comes_back_through_the_second_step_too() -> None:
    who, _codes = with_factor("odop.cell")
    case = a_file()
    client = a_browser()
    sign_in(client, "odop.cell")
    give(client, code_of(who))
    SignIn.objects.all().delete()
    typed = {"outcome": "recommended", "text": "Two conditions hold.", "seen": case.head}
    page = client.post(reverse("decide", args=[waiting(case).pk]), typed).content.decode()
    carried = re.search(r'name="kept" value="([^"]*)"', page).group(1)
    step = client.post(reverse("sign_in"), {"username": "odop.cell", "password": PASSWORD, "kept": carried})
    assert f'name="kept" value="{carried}"' in step.content.decode()
    back = give(client, code_of(who), kept=carried)
    assert "Two conditions hold." in client.get(back.url, follow=True).content.decode()


def test_who_may_sanction_is_led_to_it_before_he_can_do_anything(required, client_for) -> None:
    case = a_file(at="approve")
    client = client_for(BOSS)
    client.cookies["django_language"] = "en"
    assert client.get(reverse("inbox")).url == reverse("factor")
    assert client.get(reverse("file", args=[case.pk])).url == reverse("factor")
    before = Noting.objects.count()
    typed = {"outcome": "sanctioned", "amount_sanctioned": "100", "text": "Words of a note.", "seen": case.head}
    refused = client.post(reverse("decide", args=[waiting(case).pk]), typed)
    page = refused.content.decode()
    assert refused.status_code == 403 and "Set up your second factor first" in page and "Words of a note." in page
    assert Noting.objects.count() == before
    client.post(reverse("factor"), {"action": "begin"})
    client.post(reverse("factor"), {"action": "confirm", "code": code_of(officer(BOSS))})
    assert client.get(reverse("file", args=[case.pk])).status_code == 200
    assert client.post(reverse("decide", args=[waiting(case).pk]), typed | {"amount_sanctioned": "18,50,000"}).status_code != 403


def test_the_administrator_is_led_to_it_from_the_set_up_as_well(required, client_for) -> None:
    client = client_for("administrator")
    for address in ("/setup/", "/setup/programme/posting/add/", reverse("repair"), reverse("doors")):
        assert client.get(address).url == reverse("factor"), address
    assert client.post("/setup/programme/posting/add/", {}).status_code == 403


@pytest.mark.parametrize("person", ["dm.agra", "finance", "auditor"])
def test_who_neither_sanctions_nor_administers_is_not_asked(person: str, required, client_for) -> None:
    assert is_inside(client_for(person))


def test_in_the_demonstration_nobody_is_asked_and_it_can_be_tried(settings) -> None:
    settings.DEMONSTRATION = True
    client = a_browser()
    assert client.post(reverse("try_as"), {"person": BOSS}).status_code == 302 and is_inside(client)
    who, _codes = with_factor(BOSS)
    asked, other = a_browser(), a_browser()
    page = asked.post(reverse("try_as"), {"person": BOSS}).content.decode()
    assert "Without a code (demonstration only)" in page
    assert give(asked, code_of(who)).status_code == 302 and is_inside(asked)
    other.post(reverse("try_as"), {"person": BOSS})
    other.post(reverse("sign_in_code"), {"without": "1"})
    assert is_inside(other)


def test_outside_the_demonstration_and_after_a_password_nothing_goes_without_a_code(settings) -> None:
    with_factor(BOSS)
    for demonstration in (False, True):
        settings.DEMONSTRATION = demonstration
        client = a_browser()
        sign_in(client, BOSS)
        client.post(reverse("sign_in_code"), {"without": "1"})
        assert not is_inside(client)


def test_another_telephone_or_new_codes_need_a_fresh_proof(client_for) -> None:
    with_factor(BOSS)
    client = client_for(BOSS)
    long_ago(client)
    for action in ("begin", "codes", "confirm"):
        assert client.post(reverse("factor"), {"action": action}).status_code == 401, action
    assert RecoveryCode.objects.count() == factors.CODES


def test_new_codes_end_the_old_ones(client_for) -> None:
    who, old = with_factor(BOSS)
    page = client_for(BOSS).post(reverse("factor"), {"action": "codes"}).content.decode()
    new = re.findall(r"<code>([A-Z2-7-]{19})</code>", page)
    assert not factors.accepts(who, old[0]) and factors.accepts(who, new[0])


def reset(client: Client, username: str = BOSS, reason: str = "He came with his identity card; the telephone fell into the Yamuna."):
    return client.post(reverse("reset_factor"), {"username": username, "reason": reason})


def test_an_administrator_takes_a_lost_factor_away_with_a_reason_that_stays(client_for) -> None:
    who, codes = with_factor(BOSS)
    his, administrator = client_for(BOSS), client_for("administrator")
    assert reset(administrator, reason=" ").status_code == 422 and factors.is_set(who)
    assert reset(administrator).status_code == 302
    assert not factors.is_set(who) and not RecoveryCode.objects.exists() and not is_inside(his)
    act = DoorAct.objects.order_by("pk").last()
    assert (act.kind, act.officer, act.by) == (DoorKind.FACTOR_RESET, who, officer("administrator"))
    assert "Yamuna" in act.reason and "Yamuna" in administrator.get(reverse("doors")).content.decode()
    assert sign_in(a_browser(), BOSS).status_code == 302
    assert not factors.accepts(who, codes[0])


def test_nobody_takes_his_own_factor_away_nor_one_of_another_state_nor_one_that_is_not_there(client_for) -> None:
    with_factor("administrator")
    administrator = client_for("administrator")
    assert reset(administrator, "administrator").status_code == 422 and factors.is_set(officer("administrator"))
    assert reset(administrator, "dc.bilaspur").status_code == 422
    assert reset(administrator, "dm.agra").status_code == 422, "he has none"
    with pytest.raises(Refusal, match="Another administrator"):
        factors.reset(officer("administrator"), by=officer("administrator"), reason="Mine.")
    with pytest.raises(IntegrityError), transaction.atomic():
        DoorAct.objects.create(kind=DoorKind.FACTOR_RESET, officer=officer(BOSS), by=officer("administrator"), reason="")


def test_taking_a_factor_away_needs_a_fresh_proof_and_keeps_the_reason(client_for) -> None:
    with_factor(BOSS)
    with_password("administrator")
    administrator = client_for("administrator")
    long_ago(administrator)
    asked = reset(administrator)
    carried = re.search(r'name="kept" value="([^"]*)"', asked.content.decode()).group(1)
    assert asked.status_code == 401 and factors.is_set(officer(BOSS))
    back = administrator.post(reverse("prove"), {"password": PASSWORD, "kept": carried, "next": reverse("doors")})
    assert back.status_code == 302


def test_a_disabled_officer_does_not_come_in_by_his_code() -> None:
    who, codes = with_factor(BOSS)
    client = a_browser()
    sign_in(client, BOSS)
    Officer.objects.filter(pk=who.pk).update(is_active=False)
    give(client, codes[0])
    assert not is_inside(client)
