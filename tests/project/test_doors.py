"""What a forged request gets: headers and cookies of production, hosts, ways back, sizes, numbers of others."""

import json
import subprocess

import pytest
from django.test import Client
from django.urls import reverse

from tests.files import a_draft, a_file, office, officer, waiting
from tests.project.test_settings import FIT, start
from workflows.models import Noting

IN_PRODUCTION = """
import json
import django
django.setup()
from django.conf import settings
from django.test import Client
client = Client(headers={"host": "odop.up.example"})
over_http = client.get("/")
answer = client.post("/language/", {"language": "en"}, secure=True)
forwarded = Client(headers={"host": "odop.up.example", "x-forwarded-proto": "https"}).get("/")
names = ("SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE", "SESSION_COOKIE_PATH",
         "SESSION_COOKIE_DOMAIN", "CSRF_COOKIE_NAME", "CSRF_COOKIE_SECURE", "CSRF_COOKIE_HTTPONLY", "CSRF_COOKIE_PATH",
         "CSRF_COOKIE_DOMAIN", "SECOND_FACTOR_REQUIRED", "DEMONSTRATION")
print(json.dumps({
    "over_http": [over_http.status_code, over_http.headers["Location"]],
    "forwarded": forwarded.status_code,
    "headers": dict(answer.headers.items()),
    "language": answer.cookies["django_language"].OutputString(),
    **{name: getattr(settings, name) for name in names},
}))
"""


def in_production(**switches: str) -> dict:
    answer: subprocess.CompletedProcess[str] = start({**FIT, **switches}, "-c", IN_PRODUCTION)
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


@pytest.mark.slow
def test_production_sends_what_a_browser_needs_to_keep_others_out() -> None:
    said = in_production()
    assert said["over_http"] == [301, "https://odop.up.example/"]
    assert said["forwarded"] == 301, "without the switch a header of the sender's proves nothing"
    headers = said["headers"]
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert "default-src 'none'" in headers["Content-Security-Policy"] and "unsafe" not in headers["Content-Security-Policy"]
    assert (headers["X-Content-Type-Options"], headers["Cross-Origin-Opener-Policy"]) == ("nosniff", "same-origin")
    assert "geolocation=()" in headers["Permissions-Policy"] and headers["Referrer-Policy"] == "same-origin"
    assert "Server" not in headers and "X-Powered-By" not in headers
    for cookie in ("SESSION", "CSRF"):
        assert said[f"{cookie}_COOKIE_NAME"].startswith("__Host-")
        assert said[f"{cookie}_COOKIE_SECURE"] and said[f"{cookie}_COOKIE_HTTPONLY"]
        assert (said[f"{cookie}_COOKIE_PATH"], said[f"{cookie}_COOKIE_DOMAIN"]) == ("/", None), "what the prefix __Host- asks for"
    assert all(word in said["language"] for word in ("Secure", "HttpOnly", "SameSite=Lax"))
    assert said["SECOND_FACTOR_REQUIRED"] and not said["DEMONSTRATION"]


@pytest.mark.slow
def test_behind_a_proxy_its_own_header_says_that_tls_was_used() -> None:
    assert in_production(BEHIND_TLS_PROXY="true")["forwarded"] == 302


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "evil.example:80", "testserver@evil.example", "a b", "[::1"])
def test_a_host_that_is_not_ours_is_refused_wherever_it_is_named(host: str, client: Client) -> None:
    for address in ("/", "/sign-in/", reverse("alive"), "/setup/"):
        assert client.get(address, headers={"host": host}).status_code == 400, address
    assert client.get("/sign-in/", headers={"x-forwarded-host": host}).status_code == 200, "nobody reads it"


AWAY = ["https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "http:///evil.example",
        "javascript:alert(1)", "data:text/html,x", "https:evil.example", "/\t/evil.example", " //evil.example"]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("wanted", AWAY)
def test_no_door_leads_to_another_site(wanted: str, client_for, settings) -> None:
    settings.DEMONSTRATION = True
    inside = client_for("dm.agra")
    answers = [
        inside.post(reverse("set_language"), {"language": "en", "next": wanted}),
        inside.get(reverse("sign_in"), {"next": wanted}),
        inside.post(reverse("prove"), {"next": wanted}),
        Client().post(reverse("try_as"), {"person": "dm.agra", "next": wanted}),
        Client().get("/setup/", {"next": wanted}),
    ]
    for answer in answers:
        where = answer.headers.get("Location", "")
        assert where.startswith("/") and not where.startswith(("//", "/\\", "/\t")), where
    page = inside.get(reverse("prove"), {"next": wanted}, headers={"referer": wanted if wanted.isprintable() else "x"})
    assert f'href="{wanted}' not in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent", "length"),
    [
        (b"x" * 2_000_000, None),
        (b"x", str(13 * 1024 * 1024)),
        (b"&".join(b"a%d=1" % n for n in range(1100)), None),
        (b"x", "99999999999999"),
    ],
    ids=["a field of 2 MB", "a body of 13 MB", "1100 fields", "an endless body"],
)
def test_what_is_oversized_is_refused_with_a_page(sent: bytes, length: str | None, client_for) -> None:
    client, more = client_for("dm.agra"), {"CONTENT_LENGTH": length} if length else {}
    answer = client.post(reverse("me"), b"note=" + sent, content_type="application/x-www-form-urlencoded", **more)
    assert answer.status_code in (400, 413) and "<h1>" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("length", ["abc", "-1", "1e9", "", "-", "١"])
def test_a_length_that_is_none_breaks_nothing(length: str, client_for) -> None:
    answer = client_for("dm.agra").post(reverse("set_language"), b"", content_type="text/plain", CONTENT_LENGTH=length)
    assert answer.status_code in (302, 400)


TAMPERED = ["0", "-1", "1.0", "1e3", "0x1", "٣", "१", "1%00", "1%20", "1;drop", "../1", "%2e%2e%2f1", "9" * 19, "1/../2"]


@pytest.mark.django_db
@pytest.mark.parametrize("number", TAMPERED)
def test_a_tampered_number_in_an_address_is_no_page_and_no_fault(number: str, client_for) -> None:
    client = client_for("principal.secretary")
    for address in ("/files/{}/", "/files/{}/history/", "/steps/{}/", "/jobs/{}/", "/sittings/{}/", "/files/1/papers/{}/"):
        assert client.get(address.format(number)).status_code in (301, 404), address
    for address in ("/steps/{}/decide/", "/questions/{}/answer/", "/repair/sign-ins/{}/open/"):
        assert client.post(address.format(number)).status_code in (403, 404), address


@pytest.mark.django_db
def test_numbers_of_others_in_a_form_reach_nothing_of_theirs(client_for) -> None:
    mine, other = a_file(), a_file(district="Mathura")
    draft = a_draft(officer("dm.mathura"), office("dm", "Mathura"), ("proposal_letter",))
    client, before = client_for("dm.agra"), Noting.objects.count()
    forged = {"movement": waiting(other).pk, "case": other.pk, "owner": officer("dm.agra").pk, "office": office("odop_cell").pk}
    sent = {**forged, "outcome": "recommended", "text": "Forged.", "seen": other.head, "draft": str(draft.key), "status": "approved"}
    for address in (reverse("decide", args=[waiting(mine).pk]), reverse("decide", args=[waiting(other).pk])):
        assert client.post(address, sent).status_code in (403, 404)
    assert client.get(reverse("draft_paper", args=[draft.key, draft.enclosures.get().pk])).status_code == 404
    assert client.post(reverse("draft", args=["exhibition", draft.key]), sent).status_code == 404
    assert Noting.objects.count() == before


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace", "options"])
def test_no_address_answers_a_way_it_was_not_made_for(method: str, client_for) -> None:
    case = a_file()
    client, before = client_for("odop.cell"), Noting.objects.count()
    for address in (reverse("inbox"), reverse("sign_in"), reverse("me"), reverse("prove"), reverse("decide", args=[waiting(case).pk])):
        assert getattr(client, method)(address).status_code in (302, 403, 405), address
    assert Noting.objects.count() == before


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["sign_in", "sign_in_code", "sign_out", "try_as", "set_language", "me", "factor", "prove", "end_sign_in"])
def test_a_form_of_another_site_is_refused_at_every_door(name: str, settings) -> None:
    settings.DEMONSTRATION = True
    client = Client(enforce_csrf_checks=True)
    client.force_login(officer("dm.agra"), backend="workflows.sign_ins.ReadWithSession")
    answer = client.post(reverse(name), {"which": "others", "language": "en"}, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
