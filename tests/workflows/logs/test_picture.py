"""The picture of a process: counts and medians as a recount gives them, drawn once and said again in a table."""

from collections import Counter
from statistics import median

import pytest
from django.urls import reverse

from tests.files import a_file, office, take
from tests.processes.loan_files import apply
from tests.workflows.test_questions import ask
from workflows.logs import picture
from workflows.models import Case, Outcome
from workflows.pages.event_logs import lasted

pytestmark = pytest.mark.django_db


def recounted(cases) -> dict[tuple[str, str], tuple[int, float | None]]:
    times: dict[tuple[str, str], list[float]] = {}
    count: Counter = Counter()
    for case in cases:
        said = [noting for noting in case.notings.order_by("paragraph") if not Outcome(noting.outcome).is_aside]
        for one, two in zip(said, [*said[1:], None], strict=True):
            pair = (one.step, two.step if two else case.ending)
            if not pair[1]:
                continue
            count[pair] += 1
            times.setdefault(pair, [])
            if two:
                times[pair].append((two.written_at - one.written_at).total_seconds())
    return {pair: (count[pair], median(times[pair]) if times[pair] else None) for pair in count}


def test_counts_and_medians_are_those_of_a_recount():
    a_file(at="closed")
    take(a_file(at="correct", district="Mathura"), "submitted")
    ask(a_file(at="report", district="Varanasi"), office("finance"))
    found = picture.edges(Case.objects.all())
    told = {(edge.step, edge.following): (edge.times, edge.seconds) for edge in found}
    again = recounted(Case.objects.all())
    assert told.keys() == again.keys()
    for pair, (times, seconds) in again.items():
        assert told[pair][0] == times, pair
        assert (told[pair][1] is None) == (seconds is None), pair
        assert seconds is None or told[pair][1] == pytest.approx(seconds, abs=0.01), pair


def test_only_the_chosen_files_are_counted():
    case = a_file(at="report")
    others = [a_file(at="report", district="Mathura"), apply()]
    found = picture.edges(Case.objects.filter(pk=case.pk))
    assert {(edge.step, edge.following): edge.times for edge in found} == {pair: count for pair, (count, _m) in recounted([case]).items()}
    assert picture.edges(Case.objects.filter(pk__in=[other.pk for other in others])) != found
    assert picture.edges(Case.objects.none()) == []


def test_it_is_one_question_however_many_files_there_are(django_assert_num_queries):
    a_file(at="closed")
    with django_assert_num_queries(1):
        assert picture.edges(Case.objects.all())


def test_the_drawing_has_every_step_met_and_every_edge_but_those_that_stand_still():
    a_file(at="closed")
    take(take(a_file(at="correct", district="Mathura"), "submitted"), "recommended")
    found = picture.edges(Case.objects.filter(kind="exhibition"))
    drawn = picture.drawing("exhibition", found)
    assert {box.name for box in drawn.boxes} == {name for edge in found for name in edge[:2]}
    assert {arrow.edge[:2] for arrow in drawn.arrows} == {edge[:2] for edge in found if edge.step != edge.following}
    assert any(arrow.back for arrow in drawn.arrows), "a correction leads back"
    assert all(arrow.x >= 0 and arrow.x + arrow.width <= drawn.width for arrow in drawn.arrows)


def test_the_page_says_in_a_table_what_it_draws(client_for):
    a_file(at="closed")
    page = client_for("auditor").get(reverse("process_picture") + "?process=exhibition").content.decode()
    assert "<svg" in page and "foreignObject" in page and "style=" not in page.split("<main")[1]
    assert page.count('data-label="Followed by"') == len(picture.edges(Case.objects.all()))
    empty = client_for("auditor").get(reverse("process_picture")).content.decode()
    assert "Choose a process." in empty
    assert "No file of this process" in client_for("auditor.hp").get(reverse("process_picture") + "?process=exhibition").content.decode()


@pytest.mark.parametrize(("seconds", "said"), [(None, ""), (90, "2 min"), (7200, "2 h"), (86400 * 3.25, "3.2 d")])
def test_times_are_said_as_people_say_them(seconds, said):
    assert lasted(seconds) == said
