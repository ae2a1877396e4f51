import pytest
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
}
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def simple_addresses() -> list[str]:
    """Every address of the product that needs no argument, and one that does not exist."""
    addresses = ["/there-is-no-such-page/"]
    for name in get_resolver().reverse_dict:
        if isinstance(name, str):
            try:
                addresses.append(reverse(name))
            except NoReverseMatch:
                continue
    return sorted(addresses)


def names_of(response: object) -> set[str]:
    return {part.strip() for part in response.headers["Content-Security-Policy"].split(";")}


@pytest.mark.django_db
@pytest.mark.parametrize("username", ["", "dm.agra", "administrator"])
def test_every_answer_carries_the_policy(username: str, client_for) -> None:
    client = client_for(username) if username else Client()
    for address in simple_addresses():
        response = client.get(address)
        assert names_of(response) == POLICY, address
        assert {name: response.headers.get(name) for name in FIXED} == FIXED, address
        assert "camera=()" in response.headers["Permissions-Policy"], address


@pytest.mark.django_db
def test_no_cache_keeps_a_page_of_somebody_signed_in(client_for) -> None:
    client = client_for("dm.agra")
    for address in simple_addresses():
        if address not in {reverse("sign_out")}:
            assert "no-store" in client.get(address).headers["Cache-Control"], address


@pytest.mark.django_db
def test_a_body_above_the_limit_is_answered_with_a_page(client_for) -> None:
    response = client_for("dm.agra").post(reverse("sign_out"), b"x", content_type="text/plain", CONTENT_LENGTH=str(13 * 1024 * 1024))
    assert response.status_code == 413


def test_a_foreign_host_name_is_refused(client: Client) -> None:
    assert client.get("/sign-in/", headers={"host": "evil.example"}).status_code == 400
