"""A connection that lies still, and cursors that are used again."""

from unittest.mock import patch

import psycopg
import pytest
from django.db import DEFAULT_DB_ALIAS, connection, connections

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture
def another():
    """A connection of its own, outside the transaction of the test."""
    own = connections.create_connection(DEFAULT_DB_ALIAS)
    own.health_check_enabled = True
    yield own
    own.close()


@pytest.fixture
def third():
    own = connections.create_connection(DEFAULT_DB_ALIAS)
    yield own
    own.close()


def begin_request(database):
    database.health_check_done = False


def test_the_end_of_a_connection_is_seen_before_it_is_used(another):
    with another.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [first] = cursor.fetchone()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [first])
        assert cursor.fetchone() == (True,)
    begin_request(another)
    with another.bound_cursor("SELECT pg_backend_pid() + %s") as cursor:
        cursor.execute("SELECT pg_backend_pid() + %s", [0])
        assert cursor.fetchone()[0] != first


def test_one_that_lies_still_is_not_asked_whether_it_lives(another):
    another.ensure_connection()
    begin_request(another)
    with patch.object(psycopg.Connection, "cursor", side_effect=AssertionError("it was asked")):
        another.close_if_health_check_failed()
    assert another.connection is not None and another.health_check_done


def test_what_was_heard_without_being_asked_for_is_no_end(another, third):
    with another.cursor() as cursor:
        cursor.execute("LISTEN news")
    with third.cursor() as cursor:
        cursor.execute("NOTIFY news")
    begin_request(another)
    kept = another.connection
    another.close_if_health_check_failed()
    assert another.connection is kept


def test_the_same_text_takes_values_of_other_kinds(another):
    text = "SELECT %s::text"
    said = []
    for value in ("one", None, 7, "two", True, None):
        with another.bound_cursor(text) as cursor:
            cursor.execute(text, [value])
            said += cursor.fetchone()
    assert said == ["one", None, "7", "two", "true", None]


def test_a_question_is_asked_again_after_it_failed(another):
    text = "SELECT 10 / %s::int"
    for given in (5, 0, 2):
        with another.bound_cursor(text) as cursor:
            if given:
                cursor.execute(text, [given])
                assert cursor.fetchone() == (10 / given,)
            else:
                with pytest.raises(Exception, match="division by zero"):
                    cursor.execute(text, [given])


def test_a_new_connection_has_new_cursors(another):
    text = "SELECT %s::int"
    for given in (1, 2):
        with another.bound_cursor(text) as cursor:
            cursor.execute(text, [given])
            assert cursor.fetchone() == (given,)
        another.close()


def test_more_texts_than_are_kept(another, monkeypatch):
    monkeypatch.setattr("programme.postgresql.base.MOST_TEXTS", 3)
    for n in [*range(5), *range(5)]:
        text = f"SELECT {n} + %s"
        with another.bound_cursor(text) as cursor:
            cursor.execute(text, [10])
            assert cursor.fetchone() == (n + 10,)
