"""PostgreSQL finds words by its index, Devanagari too; without the index the answers are the same."""

import pytest
from django.db import connection

from programme.models import State
from tests.files import propose
from workflows.models import Case
from workflows.searching import finding, trigrams

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]

MANY = 5000


def found(typed: str) -> list[str]:
    return sorted(Case.objects.filter(finding.matching(typed)).values_list("number", flat=True))


@pytest.fixture
def many() -> Case:
    """One file of Varanasi among thousands of rows that are not found."""
    case = propose("Varanasi", title="बनारसी रेशम प्रदर्शनी")
    copied = "number, process_ptr_id, key, kind, record_id, subject, state_id, office_id, flow_version, norm_id, ending, paragraphs, head"
    made = "'X/' || n, q.id, gen_random_uuid(), kind, -n, subject, state_id, office_id, flow_version, norm_id, ending, paragraphs, head"
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH p AS (INSERT INTO viewflow_process (flow_class, status, created, data) SELECT flow_class, status, created, data"
            " FROM viewflow_process, generate_series(1, %s) WHERE id = %s RETURNING id),"
            " q AS (SELECT id, row_number() OVER () AS n FROM p)"
            f" INSERT INTO workflows_case ({copied}) SELECT {made} FROM workflows_case, q WHERE process_ptr_id = %s",
            [MANY, case.pk, case.pk],
        )
        cursor.execute(
            "INSERT INTO workflows_indexrow (case_id, part, words, rules)"
            " SELECT process_ptr_id, part, ' मुरदबद पितल' || repeat(' ' || md5(number || part), 10), 1"
            " FROM workflows_case, generate_series(0, 2) AS part WHERE number LIKE 'X/%%'"
        )
        # New rows wait beside the index until it is tidied, as the server does by itself; the planner counts them as a cost.
        cursor.execute("SELECT gin_clean_pending_list(%s::regclass)", [trigrams.NAME])
        cursor.execute("ANALYZE workflows_indexrow")
    return case


def plan(typed: str) -> str:
    return Case.objects.filter(finding.matching(typed)).explain()


@pytest.mark.parametrize("typed", ["रेशम", "बनारस", "banaras"])
def test_a_word_of_either_script_is_found_by_the_index(many: Case, typed: str) -> None:
    assert trigrams.NAME in plan(typed), plan(typed)
    assert found(typed) == [many.number]


def test_several_words_can_be_found_by_the_index(many: Case) -> None:
    with connection.cursor() as cursor:
        # Of so few files the planner may still read every row.
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert trigrams.NAME in plan("बनारसी रेशम"), plan("बनारसी रेशम")
    assert found("बनारसी रेशम") == [many.number]


def test_without_the_index_the_answers_are_the_same(many: Case) -> None:
    typed = ["रेशम", "banaras", "पीतल", "nothing of this", "%", many.number]
    before = [found(words) for words in typed]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {trigrams.NAME}")
    assert trigrams.NAME not in plan("रेशम")
    assert [found(words) for words in typed] == before and len(before[2]) == MANY


def test_a_database_that_refuses_the_extension_goes_on_without_the_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION pg_trgm CASCADE")
        cursor.execute("CREATE ROLE search_of_a_state NOLOGIN")
        cursor.execute("SET ROLE search_of_a_state")
        assert trigrams.install() is False
        cursor.execute("RESET ROLE")
        assert trigrams.install() is True
        cursor.execute("SELECT count(*) FROM pg_indexes WHERE indexname = %s", [trigrams.NAME])
        assert cursor.fetchone() == (1,)
    assert State.objects.exists()
