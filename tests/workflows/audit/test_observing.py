"""An observation is tied to a paragraph, waits at the office concerned, is replied to and settled, and nobody else sees it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from programme.calendar import add_working_days, today
from tests.files import a_file, office, officer, propose
from tests.processes.identification_files import in_additional_charge
from tests.processes.plan_files import at_moment
from tests.workflows.audit.windows import in_english
from workflows import digests, inbox, notices
from workflows.audit import observing
from workflows.authority import Refusal
from workflows.models import AuditScope, Message, Notice, NoticeKind, Observation, Reply
from workflows.postings import join, relieve

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


# --- until when a reply is expected ---------------------------------------------------------------------------------------


def sent(client_for, **typed):
    case = propose()
    said = {"paragraph": "1", "text": "Which hall?", "office": "", "days": "", "due": "", **typed}
    return in_english(client_for("auditor")).post(reverse("observe", args=[case.pk]), said)


def test_the_auditor_gives_working_days_of_the_office_concerned(client_for):
    assert sent(client_for, days="10").status_code == 302
    at = office("dm", "Agra")
    assert Observation.objects.get().due == timezone.localdate(add_working_days(today(), 10, at.designation.state, at.district))


def test_a_day_that_is_written_counts_and_a_day_off_moves_to_the_next_working_day(client_for):
    sunday = today() + timedelta(days=6 - today().weekday() + 7)
    assert sent(client_for, days="10", due=sunday.isoformat()).status_code == 302
    at = office("dm", "Agra")
    assert sunday < Observation.objects.get().due == timezone.localdate(add_working_days(sunday, 0, at.designation.state, at.district))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Say until when the reply is expected"),
        ({"days": "61"}, "Not more than 60 working days."),
        ({"days": "0"}, "greater than or equal to 1"),
        ({"due": "9999-12-31"}, "Not later than 90 days"),
    ],
)
def test_a_day_that_cannot_be_meant_is_refused_at_its_field(typed, sentence, client_for):
    answer = sent(client_for, **typed)
    assert answer.status_code == 422 and sentence in answer.content.decode() and not Observation.objects.exists()


def test_an_overdue_reply_shows_in_the_lists_of_both(observation, client_for):
    late = today() - timedelta(days=30)
    second = observing.observe(observation.noting, "And the venue?", office=observation.office, due=late, by=officer("auditor"))
    both = (in_english(client_for("auditor")), in_english(client_for("odop.cell")))
    for client in both:
        page = client.get(reverse("observations") + "?state=overdue").content.decode()
        assert "And the venue?" in page and "working days late" in page and "The rate was not compared." not in page
    assert "working days late" in both[1].get(reverse("inbox")).content.decode()
    assert "working days late" in both[0].get(reverse("observation", args=[second.pk])).content.decode()
    observing.reply(second, "Free of charge.", by=officer("odop.cell"))
    for client in both:
        assert "And the venue?" not in client.get(reverse("observations") + "?state=overdue").content.decode()


def test_a_longer_list_of_observations_asks_no_more(observation, client_for):
    client, counted = client_for("auditor"), []
    client.get(reverse("observations"))
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            page = client.get(reverse("observations"))
        counted.append((len(asked), page.content.decode().count("The rate was not compared.")))
        for _each in range(4):
            observing.observe(
                observation.noting, "The rate was not compared.", office=observation.office, due=today(), by=officer("auditor")
            )
    assert [each[1] for each in counted] == [1, 5] and counted[0][0] == counted[1][0]


# --- who is told ----------------------------------------------------------------------------------------------------------


def led(client):
    """Return kind, sentence and address of what the list of notices shows of observations."""
    rows = in_english(client).get(reverse("notices")).context["rows"]
    return [(notice.kind, notice.text_en, address) for notice, _new, address in rows if notice.observation_id]


def test_the_office_concerned_is_told_and_led_to_the_observation(observation, client_for):
    address, number = reverse("observation", args=[observation.pk]), observation.noting.case.number
    [(kind, said, to)] = led(client_for("odop.cell"))
    assert (kind, to) == (NoticeKind.OBSERVED, address)
    assert f"paragraph 2 of file {number}" in said and "rate" not in said
    assert client_for("odop.cell").get(to).status_code == 200
    for other in ("auditor", "finance", "dm.agra", "principal.secretary"):
        assert led(client_for(other)) == []
    assert not Message.objects.filter(key__contains="observed").exists(), "the daily mail brings it"


def test_the_daily_mails_of_both_name_it(observation):
    assert mail_of("odop.cell", "An observation of the audit", observation)
    observing.reply(observation, "It was.", by=officer("odop.cell"))
    assert mail_of("auditor", "A reply to an observation", observation)
    assert "observation" not in (mail_of("finance") or "")


def mail_of(person, title="", observation=None):
    with translation.override("en"):
        mail = digests.compose(officer(person), timezone.now())
    text = mail[1] if mail else ""
    assert not title or f"{title}:\n- {observation.noting.case.number}" in text
    assert "rate was" not in text
    return text


def test_the_auditor_is_told_of_a_reply_and_may_say_that_he_has_read_it(observation, client_for):
    observing.reply(observation, "It was, see the note.", by=officer("odop.cell"))
    client = client_for("auditor")
    [(kind, said, to)] = led(client)
    assert (kind, to) == (NoticeKind.REPLIED, reverse("observation", args=[observation.pk]))
    assert "has replied" in said and "see the note" not in said
    assert inbox.counts(officer("auditor")).unread == 1
    assert client.post(reverse("read_notices"), {"upto": Notice.objects.latest("pk").pk}).status_code == 302
    assert inbox.counts(officer("auditor")).unread == 0
    assert len(led(client_for("odop.cell"))) == 1, "the office is not told of its own reply"


def test_whoever_succeeds_to_either_post_is_told_what_is_for_the_post(client_for):
    noting = a_file(at="concur").notings.get(outcome="recommended")
    with at_moment(timezone.now() - timedelta(days=3)):
        observation = observing.observe(noting, "Why?", office=noting.office, due=today(), by=officer("auditor"))
    for person, successor in (("odop.cell", "ldm.agra"), ("auditor", "dm.mathura")):
        held = officer(person).postings.get()
        for ended in (held, *officer(successor).postings.filter(ends_on=None)):
            relieve(ended, on=today() - timedelta(days=1), by=None)
        join(officer(successor), held.office, charge="regular", starts_on=today(), by=None)
    observing.reply(observation, "See the note.", by=officer("ldm.agra"))
    address = reverse("observation", args=[observation.pk])
    for person, kind in (("ldm.agra", NoticeKind.OBSERVED), ("dm.mathura", NoticeKind.REPLIED)):
        assert [(each[0], each[2]) for each in led(client_for(person))] == [(kind, address)]
        assert client_for(person).get(address).status_code == 200
    assert led(client_for("odop.cell")) == led(client_for("auditor")) == []


def test_nobody_is_told_of_what_he_may_not_read(observation, client_for):
    observing.reply(observation, "It was.", by=officer("odop.cell"))
    join(officer("ldm.agra"), office("odop_cell"), charge="assistant", starts_on=today(), by=None)
    assert led(client_for("ldm.agra")) == [] and notices.unread(officer("ldm.agra")).filter(observation=observation).count() == 0
    assert client_for("ldm.agra").get(reverse("observation", args=[observation.pk])).status_code == 404
    scope = AuditScope.objects.create(posting=officer("auditor").postings.get())
    scope.districts.add(office("dm", "Mathura").district)
    assert led(client_for("auditor")) == [], "his scope no longer holds the file"
