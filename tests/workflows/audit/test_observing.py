"""An observation is tied to a paragraph, waits at the office concerned, is replied to and settled, and nobody else sees it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from programme.calendar import today
from tests.files import a_file, office, officer, propose
from tests.processes.identification_files import in_additional_charge
from tests.workflows.audit.windows import in_english
from workflows.audit import observing
from workflows.authority import Refusal
from workflows.models import Observation, Reply

pytestmark = pytest.mark.django_db


@pytest.fixture
def observation():
    noting = a_file(at="concur").notings.get(outcome="recommended")
    return observing.observe(noting, "The rate was not compared.", office=noting.office, due=today(), by=officer("auditor"))


def test_it_is_tied_to_the_hash_of_its_paragraph(observation):
    assert observation.hash == observation.noting.hash and observing.holds(observation)
    observation.hash = "0" * 64
    assert not observing.holds(observation)


def test_it_waits_at_the_office_concerned_until_it_is_replied_to(observation, client_for):
    page = in_english(client_for("odop.cell")).get(reverse("inbox")).content.decode()
    assert "Observations of the audit to reply to" in page and "The rate was not compared." in page
    assert "The rate was not compared." not in client_for("finance").get(reverse("inbox")).content.decode()
    answer = client_for("odop.cell").post(reverse("reply_to_observation", args=[observation.pk]), {"reply-text": "It was, see the note."})
    assert answer.status_code == 302 and Reply.objects.get().charge == "regular"
    assert "The rate was not compared." not in in_english(client_for("odop.cell")).get(reverse("inbox")).content.decode()


def test_it_is_settled_once_and_then_nobody_replies(observation, client_for):
    observing.reply(observation, "It was.", by=officer("odop.cell"))
    assert (
        client_for("auditor").post(reverse("settle_observation", args=[observation.pk]), {"settle-text": "Explained."}).status_code == 302
    )
    for act in (observing.reply, observing.settle):
        person = officer("odop.cell" if act is observing.reply else "auditor")
        with pytest.raises(Refusal, match="settled already"):
            act(observation, "Once more.", by=person)
    page = in_english(client_for("auditor")).get(reverse("observation", args=[observation.pk])).content.decode()
    assert "Explained." in page and "Send the reply" not in page and "Settle the observation" not in page


def test_only_the_office_replies_and_only_an_auditor_settles(observation):
    with pytest.raises(Refusal, match="Only the officer of"):
        observing.reply(observation, "Mine.", by=officer("finance"))
    with pytest.raises(Refusal, match="Only an auditor"):
        observing.settle(observation, "Done.", by=officer("odop.cell"))


def test_the_successor_in_the_office_replies_and_the_auditor_of_another_state_reads_nothing(observation, client_for):
    in_additional_charge("finance", office("odop_cell"))
    assert observing.reply(observation, "In additional charge.", by=officer("finance")).charge == "additional"
    assert client_for("auditor.hp").get(reverse("observation", args=[observation.pk])).status_code == 404
    assert client_for("dm.agra").get(reverse("observation", args=[observation.pk])).status_code == 404


def test_the_page_ties_it_to_the_paragraph_that_is_chosen(client_for):
    case = propose()
    address = reverse("observe", args=[case.pk])
    typed = {"paragraph": "1", "text": "Which hall?", "office": "", "due": (today() + timedelta(days=9)).isoformat()}
    answer = in_english(client_for("auditor")).post(address, typed)
    made = Observation.objects.get()
    assert answer.url == reverse("observation", args=[made.pk])
    assert (made.noting.case, made.noting.paragraph, made.office) == (case, 1, office("dm", "Agra"))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"due": "2020-01-01"}, "This day has passed."),
        ({"paragraph": "99"}, "Select a valid choice"),
        ({"text": "a\u202eb"}, "characters that cannot be seen"),
        ({"text": ""}, "This field is required."),
    ],
)
def test_what_cannot_be_an_observation_is_refused_at_its_field(typed, sentence, client_for):
    case = propose()
    sent = {"paragraph": "1", "text": "Which hall?", "due": today().isoformat(), **typed}
    answer = in_english(client_for("auditor")).post(reverse("observe", args=[case.pk]), sent)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert not Observation.objects.exists()


def test_a_paragraph_of_the_system_needs_an_office_named(client_for):
    case = a_file(at="report")
    issued = case.notings.get(outcome="order_issued")
    sent = {"paragraph": str(issued.paragraph), "text": "Where is the head?", "office": "", "due": today().isoformat()}
    answer = in_english(client_for("auditor")).post(reverse("observe", args=[case.pk]), sent)
    assert (answer.status_code == 422) == (issued.office_id is None)
