import pytest


@pytest.fixture
def client_for(client_for, settings):
    """Sign in as a reader of English."""

    def sign_in(username):
        client = client_for(username)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        return client

    return sign_in
