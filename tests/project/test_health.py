import pytest
from django.test import Client


@pytest.mark.django_db
def test_anybody_may_ask_whether_the_site_is_alive(client: Client) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
