"""Tokens: made, shown once, kept as a digest, ended; and what each call of one is worth at that moment."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from programme.calendar import today
from programme.models import Posting
from tests.files import a_file, office, officer
from tests.workflows.api.calls import ask, everything, key_of
from workflows import tokens
from workflows.models import AccessToken
from workflows.postings import join
from workflows.tokens import CALLS_A_MINUTE, Resource

pytestmark = pytest.mark.django_db


def make(client, **said):
    data = {"token-name": "Dashboard", "token-scope": ["files"], "token-last_day": (today() + timedelta(days=9)).isoformat()}
    return client.post(reverse("make_token"), {**data, **{f"token-{name}": value for name, value in said.items()}})


def test_an_officer_makes_a_token_on_his_page_and_sees_its_key_this_one_time(client_for: Callable) -> None:
    client, case = client_for("dm.agra"), a_file()
    page = make(client)
    key = page.context["made"].key
    assert page.status_code == 200 and key in page.content.decode() and key.startswith("kp_")
    assert key not in client.get(reverse("me")).content.decode()
    assert [row["number"] for row in everything("files/", key)] == [case.number]


def test_of_a_key_only_the_digest_and_the_last_four_characters_are_kept() -> None:
    key = key_of("dm.agra")
    token = AccessToken.objects.get()
    assert token.digest == tokens.digest_of(key) and token.ending == key[-4:]
    assert key not in str(AccessToken.objects.values().get())


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({"name": ""}, "name"),
        ({"scope": []}, "scope"),
        ({"scope": ["everything"]}, "scope"),
        ({"last_day": (today() + timedelta(days=366)).isoformat()}, "last_day"),
        ({"last_day": (today() - timedelta(days=1)).isoformat()}, "last_day"),
        ({"last_day": "soon"}, "last_day"),
    ],
)
def test_what_a_token_cannot_be_is_said_at_its_field(said: dict, place: str, client_for: Callable) -> None:
    page = make(client_for("dm.agra"), **said)
    assert page.status_code == 422 and place in page.context["token_form"].errors
    assert not AccessToken.objects.exists()


def test_a_name_is_free_again_when_its_token_has_ended() -> None:
    dm, later = officer("dm.agra"), today() + timedelta(days=9)
    first = tokens.make("Dashboard", ["files"], later, by=dm).token
    with pytest.raises(ValidationError):
        tokens.make("Dashboard", ["files"], later, by=dm)
    assert tokens.end(first, by=dm)
    assert tokens.make("Dashboard", ["files"], later, by=dm).token.pk != first.pk


def test_an_officer_has_ten_tokens_at_most() -> None:
    for n in range(tokens.MOST):
        tokens.make(f"Program {n}", ["files"], today(), by=officer("dm.agra"))
    with pytest.raises(ValidationError):
        tokens.make("One more", ["files"], today(), by=officer("dm.agra"))


def test_the_database_refuses_a_token_that_expires_before_it_was_made_or_ends_by_nobody() -> None:
    key_of("dm.agra")
    for changes in ({"expires_at": timezone.now() - timedelta(days=1)}, {"ended_at": timezone.now()}, {"name": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            AccessToken.objects.update(**changes)


def test_a_token_that_was_ended_reads_nothing_more_and_stays_with_who_ended_it(client_for: Callable) -> None:
    key, client = key_of("dm.agra"), client_for("dm.agra")
    assert ask("files/", key).status_code == 200
    assert client.post(reverse("end_token", args=[AccessToken.objects.get().pk])).status_code == 302
    assert ask("files/", key).status_code == 401
    token = AccessToken.objects.get()
    assert token.ended_by == officer("dm.agra") and token.ended_at
    assert token.ending in client.get(reverse("me")).content.decode()


def test_nobody_ends_anothers_token(client_for: Callable) -> None:
    key = key_of("dm.agra")
    address = reverse("end_token", args=[AccessToken.objects.get().pk])
    for person in ("dm.mathura", "administrator", "auditor"):
        assert client_for(person).post(address).status_code == 404
    assert ask("files/", key).status_code == 200
    assert not tokens.end(AccessToken.objects.get(), by=officer("dm.mathura"))


def test_an_expired_token_reads_nothing() -> None:
    key = key_of("dm.agra")
    now = timezone.now()
    AccessToken.objects.update(made_at=now - timedelta(days=2), expires_at=now - timedelta(seconds=1))
    answer = ask("files/", key)
    assert answer.status_code == 401 and 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_tokens_end_when_the_administrator_disables_their_officer_and_do_not_come_back(client_for: Callable) -> None:
    key, dm, client = key_of("dm.agra"), officer("dm.agra"), client_for("administrator")
    address = reverse("admin:programme_officer_change", args=[dm.pk])
    said = {"username": dm.username, "name_en": dm.name_en, "name_hi": dm.name_hi, "email": dm.email, "language": dm.language}
    assert client.post(address, said).status_code == 302
    dm.refresh_from_db()
    assert not dm.is_active and ask("files/", key).status_code == 401
    assert AccessToken.objects.get().ended_by == officer("administrator")
    assert client.post(address, {**said, "is_active": "on"}).status_code == 302
    assert ask("files/", key).status_code == 401


def test_a_disabled_officers_token_reads_nothing_however_he_was_disabled() -> None:
    key, dm = key_of("dm.agra"), officer("dm.agra")
    dm.is_active = False
    dm.save()
    assert ask("files/", key).status_code == 401


def test_what_a_token_reads_follows_the_charge_its_officer_holds_at_each_call() -> None:
    case, key = a_file(at="correct"), key_of("cdo.agra")
    assert everything("files/", key) == [], "after his dates a link officer sees nothing"
    assert ask(f"files/{case.pk}/", key).status_code == 404
    link = join(officer("cdo.agra"), office("dm", "Agra"), charge="link", starts_on=today(), ends_on=today(), by=None)
    assert [row["number"] for row in everything("files/", key)] == [case.number]
    Posting.objects.filter(pk=link.pk).update(starts_on=today() - timedelta(days=3), ends_on=today() - timedelta(days=1))
    assert ask(f"files/{case.pk}/", key).status_code == 404


@pytest.mark.parametrize("resource", Resource.values)
def test_a_token_reads_only_what_it_was_made_for(resource: str) -> None:
    case = a_file(at="report")
    key = key_of("dm.agra", resource)
    addresses = {
        "files": ["files/", f"files/{case.pk}/"],
        "notings": [f"files/{case.pk}/notings/"],
        "movements": ["movements/"],
        "orders": ["orders/"],
        "registers": ["registers/offices/"],
        "reports": ["reports/", "reports/pendency/"],
    }
    for name, listed in addresses.items():
        for address in listed:
            answer = ask(address, key)
            assert answer.status_code == (200 if name == resource else 403), address
            if name != resource:
                assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]


def test_too_many_calls_in_a_minute_are_told_when_to_come_again_and_another_token_is_not_held_up() -> None:
    key, other = key_of("dm.agra"), key_of("dm.agra")
    minute = int(timezone.now().timestamp()) // 60
    tokens_row = AccessToken.objects.filter(digest=tokens.digest_of(key))
    # The next minute as well, in case it begins while this runs.
    tokens_row.update(minute=minute, calls=CALLS_A_MINUTE)
    answer = ask("files/", key)
    if answer.status_code == 200:
        tokens_row.update(calls=CALLS_A_MINUTE)
        answer = ask("files/", key)
    assert answer.status_code == 429 and answer.json()["status"] == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert ask("files/", other).status_code == 200
    tokens_row.update(minute=minute - 1)
    assert ask("files/", key).status_code == 200
    assert tokens_row.get().calls == 1


@pytest.mark.parametrize(
    "said", ["Bearer", "Bearer kp_unknown", "Bearer kp_\xff\xff", "Basic ZG06ZG0=", "Bearer a b", "Bearer \x00", "kp_x"]
)
def test_a_header_that_is_no_known_token_is_refused_and_never_a_fault(said: str) -> None:
    answer = ask("files/", Authorization=said)
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_the_log_says_in_whose_name_a_program_called_and_never_its_key(caplog: pytest.LogCaptureFixture) -> None:
    key = key_of("dm.agra")
    with caplog.at_level("INFO", logger="project.requests"):
        ask("files/?q=Agra", key)
    [line] = [record for record in caplog.records if record.name == "project.requests"]
    assert (line.facts["officer"], line.facts["route"]) == (officer("dm.agra").pk, "api_files")
    assert key not in str(line.facts) and "Agra" not in str(line.facts)
