"""The calculator, and norms in set-up: draft, borders, publishing."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from programme.models import Norm, NormStatus, State

pytestmark = pytest.mark.django_db
Desk = Callable[[str], Client]
CALCULATOR = "/entitlement/"


@pytest.fixture
def draft() -> Norm:
    """Next year's margin money: the same rules, a later day."""
    norm = Norm.objects.get(scheme="ODOP_MARGIN_MONEY")
    return Norm.objects.create(state=norm.state, scheme=norm.scheme, version="2027", applies_from=date(2027, 4, 1), rules=norm.rules)


def english(client: Client) -> Client:
    client.cookies["django_language"] = "en"
    client.post(reverse("set_language"), {"language": "en", "next": "/"})
    return client


def ask(client: Client, scheme: str, **inputs: str):
    return client.get(CALCULATOR, {"scheme": scheme, "state": "UP", "on": "2026-11-25", "compute": "1", **inputs})


def test_the_page_shows_amount_sentence_version_source_and_what_is_not_verified(client_for: Desk) -> None:
    response = ask(english(client_for("dic.agra")), "ODOP_MARGIN_MONEY", project_cost_rupees="₹ 24,00,000/-")
    page = response.content.decode()
    assert response.status_code == 200
    for said in ("₹6,00,000", "S1 min(25%, 6.25L)", "25% of ₹24,00,000", "sncurjanchal.in", "not verified against an order", "2018"):
        assert said in page


def test_the_own_state_is_chosen_before_anything_is_asked(client_for: Desk) -> None:
    page = english(client_for("dc.bilaspur")).get(CALCULATOR, {"scheme": "HP_TRANSPORT"}).content.decode()
    assert '<option value="HP" selected>' in page
    assert "Percentage applied" in page


def test_a_wrong_input_is_said_at_its_field_and_nothing_is_computed(client_for: Desk) -> None:
    response = ask(english(client_for("dic.agra")), "ODOP_MARGIN_MONEY", project_cost_rupees="-5")
    page = response.content.decode()
    assert response.status_code == 422
    assert "This cannot be negative." in page and 'href="#id_project_cost_rupees"' in page
    assert "How it was computed" not in page


def test_a_scheme_without_a_rule_in_the_state_is_said(client_for: Desk) -> None:
    response = english(client_for("dc.bilaspur")).get(CALCULATOR, {"scheme": "ODOP_MARGIN_MONEY", "compute": "1"})
    assert response.status_code == 422
    assert "No version of ODOP_MARGIN_MONEY" in response.content.decode()


def test_rows_of_containers_are_added_up_and_empty_ones_left_out(client_for: Desk) -> None:
    client = english(client_for("dic.agra"))
    boxes = {"feet_0": "20", "freight_0": "80,000", "feet_4": "40", "freight_4": "1,20,000"}
    assert "₹56,000" in ask(client, "GATEWAY_PORT_FREIGHT", **boxes).content.decode()
    assert (
        "₹10,000" in ask(client, "GATEWAY_PORT_FREIGHT", feet_0="20", freight_0="80000", rule_version="before 2025-11-06").content.decode()
    )
    refused = ask(client, "GATEWAY_PORT_FREIGHT", feet_0="20")
    assert refused.status_code == 422 and "The freight of container 1 is missing." in refused.content.decode()


def test_a_comma_in_the_wrong_place_is_said_at_its_field(client_for: Desk) -> None:
    client = english(client_for("dic.agra"))
    weighed = {"export_date": "2025-11-10", "claim_date": "2025-11-20", "freight_rupees": "3,00,000"}
    for kilograms in ("12,5", "1,50", "1,,0", ",5", "१२,५"):
        refused = ask(client, "AIR_FREIGHT", **weighed, kg=kilograms)
        assert refused.status_code == 422 and "stand in the wrong places" in refused.content.decode(), kilograms
    for kilograms in ("1,250", "12.5", "१२.५", "1,250.125"):
        assert ask(client, "AIR_FREIGHT", **weighed, kg=kilograms).status_code == 200, kilograms
    refused = ask(client, "GATEWAY_PORT_FREIGHT", feet_0="20", freight_0="80000", feet_4="40", freight_4="80000,50")
    assert refused.status_code == 422 and refused.content.decode().count("The commas in “80000,50”") == 2


@pytest.mark.parametrize(
    "scheme", ["ODOP_CFC", "ODOP_MDA", "EPB_MDA", "AIR_FREIGHT", "ODOP_TRAINING_TOOLKIT", "PMFME_INDIVIDUAL", "DGFT_TMA"]
)
def test_every_scheme_has_its_questions(client_for: Desk, scheme: str) -> None:
    assert english(client_for("dic.agra")).get(CALCULATOR, {"scheme": scheme}).status_code == 200


@pytest.mark.parametrize(
    "query",
    [{"scheme": "NO_SUCH"}, {"state": "XX"}, {"on": "31-02-2026"}, {"on": "1900-01-01"}, {"scheme": "FSS_2013", "on": "2020-01-01"}],
)
def test_a_rule_that_cannot_be_found_is_answered_with_a_sentence(client_for: Desk, query: dict) -> None:
    response = english(client_for("dic.agra")).get(CALCULATOR, query)
    assert response.status_code == 422 and "Please put right" in response.content.decode()


def test_the_day_of_export_picks_the_version_however_it_is_typed(client_for: Desk) -> None:
    client, one = english(client_for("dic.agra")), {"feet_0": "20", "freight_0": "80000"}
    for day, payable in (("05-11-2025", "₹10,000"), ("2025-11-05", "₹10,000"), ("06-11-2025", "₹20,000")):
        assert payable in ask(client, "GATEWAY_PORT_FREIGHT", **one, export_date=day).content.decode().split("How it was computed")[0]
    assert ask(client, "GATEWAY_PORT_FREIGHT", **one, export_date="31-02-2025").status_code == 422


def test_members_may_be_several_numbers(client_for: Desk) -> None:
    page = ask(english(client_for("dic.agra")), "ODOP_CFC", members="19, 20, 21", odop_members="19,13,14").content.decode()
    assert "no, no, yes" in page


def change(norm: Norm) -> str:
    return reverse("admin:programme_norm_change", args=[norm.pk])


def typed(page) -> dict[str, str]:
    form = page.context["adminform"].form
    return {name: form[name].value() if form[name].value() is not None else "" for name in form.fields if form[name].value() is not False}


def test_a_draft_shows_its_borders_and_is_published_as_it_was_shown(client_for: Desk, draft: Norm) -> None:
    client = english(client_for("administrator"))
    page = client.get(change(draft))
    assert "Project cost (₹): 25,00,001" in page.content.decode()
    sent = client.post(change(draft), {**typed(page), "_publish": page.context["seen"]}, follow=True)
    draft.refresh_from_db()
    assert draft.status == NormStatus.PUBLISHED, sent.content.decode()
    assert draft.published_by.username == "administrator"
    assert Norm.objects.get(version="2018").status == NormStatus.SUPERSEDED


def test_what_was_changed_in_the_same_click_is_shown_before_it_is_published(client_for: Desk, draft: Norm) -> None:
    client = english(client_for("administrator"))
    page = client.get(change(draft))
    client.post(change(draft), {**typed(page), "version": "2027 second", "_publish": page.context["seen"]})
    draft.refresh_from_db()
    assert (draft.version, draft.status) == ("2027 second", NormStatus.DRAFT)


def test_a_draft_with_faults_shows_them_and_has_no_button(client_for: Desk, draft: Norm) -> None:
    Norm.objects.filter(pk=draft.pk).update(rules={**draft.rules, "slabs": draft.rules["slabs"][:3]})
    client = english(client_for("administrator"))
    page = client.get(change(draft)).content.decode()
    assert "The last line ends at 15000000" in page and "_publish" not in page
    assert client.post(reverse("admin:programme_norm_delete", args=[draft.pk]), {"post": "yes"}).status_code == 302
    assert not Norm.objects.filter(pk=draft.pk).exists()


def test_a_published_version_and_one_of_all_india_can_only_be_read(client_for: Desk) -> None:
    client = english(client_for("administrator"))
    for norm in (Norm.objects.get(scheme="ODOP_MARGIN_MONEY"), Norm.objects.get(scheme="DGFT_TMA")):
        assert client.get(change(norm)).status_code == 200
        assert client.post(change(norm), {"version": "x"}).status_code == 403
        assert client.post(reverse("admin:programme_norm_delete", args=[norm.pk]), {"post": "yes"}).status_code == 403


def test_norms_of_another_state_are_not_there(client_for: Desk) -> None:
    other = Norm.objects.get(scheme="RAJ_ODOP_MARGIN")
    assert english(client_for("administrator")).get(change(other)).status_code == 302


def test_an_unknown_scheme_and_a_norm_without_state_are_refused_in_set_up(client_for: Desk) -> None:
    data = {"state": "", "scheme": "MAGIC", "version": "new", "applies_from": "01-04-2027", "applies_by": "application", "rules": "{}"}
    page = english(client_for("administrator")).post(reverse("admin:programme_norm_add"), data).content.decode()
    assert "is no scheme of this software" in page and "Choose your State" in page


@pytest.mark.parametrize(
    "rules",
    ['{"a": NaN}', '{"a": 1e400}', '{"a": "\\ud800"}', '{"a": "\\u0000"}', "[" * 3000 + "]" * 3000, '{"a": %s}' % ("9" * 5000)],
    ids=["NaN", "infinite", "half a character", "NUL", "deep", "long"],
)
def test_rules_that_no_database_keeps_are_refused_as_typed(client_for: Desk, rules: str) -> None:
    data = {"state": "9", "scheme": "ACTION_PLAN", "version": "new", "applies_from": "01-04-2027", "applies_by": "application"}
    answer = english(client_for("administrator")).post(reverse("admin:programme_norm_add"), {**data, "rules": rules})
    assert answer.status_code == 200 and "Enter a valid JSON." in answer.content.decode()
    assert not Norm.objects.filter(version="new").exists()


def test_a_new_norm_begins_as_a_draft(client_for: Desk) -> None:
    up = State.objects.get(short="UP")
    rules = '{"ladder": [{"over": "0", "upto": null, "designation": "director"}]}'
    data = {"state": up.pk, "scheme": "DELEGATION_TEST", "version": "new", "applies_from": "01-04-2027", "applies_by": "application"}
    english(client_for("administrator")).post(reverse("admin:programme_norm_add"), {**data, "rules": rules})
    assert Norm.objects.get(version="new").status == NormStatus.DRAFT
