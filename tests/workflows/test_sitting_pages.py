"""The screens of a committee: called, prepared and decided by the convener, read and signed by the chair, read by the auditor."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse

from programme.calendar import today
from programme.models import Officer
from tests.files import waiting
from tests.workflows.seated import a_claim, all_present, called, convener, decided, draft, gone, in_place, member, moved, ready, signed
from workflows import jobs
from workflows.models import Sitting
from workflows.sittings import agenda
from workflows.work import WORK

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def committee():
    with in_place():
        yield


@pytest.fixture
def desk(client_for: Callable) -> Callable:
    """Sign in with pages in English."""

    def sign_in(person: str):
        Officer.objects.filter(username=person).update(language="en")
        client = client_for(person)
        client.cookies["django_language"] = "en"
        return client

    return sign_in


def sent(sitting: Sitting, **changes) -> dict:
    """Return what a browser sends for the sitting's screen, with everybody present and nothing decided."""
    data = {
        "held_on": sitting.held_on.isoformat(), "place": sitting.place, "outside_name": "", "outside_post": "",
        "present": [str(member.pk) for member in sitting.members.all()],
    }  # fmt: skip
    for item in agenda.items_of(sitting):
        data |= {f"item{item.pk}-seen": item.movement.case.head, f"item{item.pk}-outcome": "", f"item{item.pk}-text": ""}
    return {**data, **changes}


def said(item, **typed) -> dict:
    return {f"item{item.pk}-{name}": value for name, value in typed.items()}


def test_the_convener_calls_a_sitting_with_the_waiting_files(desk):
    first, second = a_claim(), a_claim("2,00,000")
    client = desk("dic.agra")
    page = client.get(reverse("sittings")).content.decode()
    assert "2 files wait for a sitting" in page
    committee = f"chair_users_committee:{waiting(first).office_id}"
    page = client.get(reverse("new_sitting"), {"committee": committee}).content.decode()
    assert first.number in page and second.number in page
    data = {"committee": committee, "held_on": today().isoformat(), "place": "Collectorate", "files": [str(waiting(second).pk)]}
    answer = client.post(reverse("new_sitting"), data)
    sitting = Sitting.objects.get()
    assert answer.headers["Location"] == reverse("sitting", args=[sitting.pk])
    assert [item.movement.case for item in agenda.items_of(sitting)] == [second]


def test_a_call_without_a_day_is_shown_again_with_what_was_typed(desk):
    committee = f"chair_users_committee:{waiting(a_claim()).office_id}"
    answer = desk("dic.agra").post(reverse("new_sitting"), {"committee": committee, "held_on": "", "place": "Collectorate"})
    assert answer.status_code == 422 and "Collectorate" in answer.content.decode()
    assert not Sitting.objects.exists()


def test_one_screen_keeps_presence_decisions_and_the_sum(desk):
    cases = [a_claim("1,23,385"), *[a_claim("1,23,386") for _file in range(6)]]
    sitting = called(*cases)
    data = sent(sitting)
    for item in agenda.items_of(sitting):
        data |= said(item, outcome="recommended", amount_recommended=str(item.movement.case.amount))
    page = desk("dic.agra").post(reverse("sitting", args=[sitting.pk]), data, follow=True).content.decode()
    assert "7 files go on" in page and "₹8,63,701" in page
    sitting.refresh_from_db()
    assert (sitting.state, sitting.members.filter(present=True).count()) == ("held", 4)
    assert all(waiting(case).step == "sit" for case in cases)


def test_a_fault_is_said_at_its_file_and_nothing_is_saved(desk):
    sitting = called(a_claim(), a_claim("2,00,000"))
    first, second = agenda.items_of(sitting)
    data = sent(sitting) | said(first, outcome="recommended", amount_recommended="9,00,000") | said(second, outcome="returned")
    answer = desk("dic.agra").post(reverse("sitting", args=[sitting.pk]), data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "1. Amount recommended (₹): Not more than ₹1,23,385." in page and "2. Note: Write the reason" in page
    assert f'href="#id_item{second.pk}-text"' in page and f'id="id_item{second.pk}-text"' in page
    assert 'value="9,00,000"' in page, "what was typed is not lost"
    assert not sitting.items.exclude(outcome="").exists()


def test_what_is_not_decided_may_be_saved_and_a_decision_taken_back(desk):
    sitting = called(a_claim(), a_claim("2,00,000"))
    first, second = agenda.items_of(sitting)
    client, address = desk("dic.agra"), reverse("sitting", args=[sitting.pk])
    data = sent(sitting) | said(first, outcome="deferred", text="Heard next time.") | said(second, text="To be heard.")
    assert client.post(address, data).status_code == 302
    assert list(sitting.items.values_list("outcome", "text")) == [("deferred", "Heard next time."), ("", "To be heard.")]
    page = client.get(address).content.decode()
    assert "1 file is not decided" in page and "To be heard." in page
    assert client.post(address, data | said(first, outcome="", text="")).status_code == 302
    assert list(sitting.items.values_list("outcome", flat=True)) == ["", ""]
    assert client.post(address, data | said(first, outcome="deferred", text="")).status_code == 422


def test_members_from_outside_recusals_more_files_and_a_file_taken_off(desk):
    sitting = called(a_claim(), a_claim("2,00,000"))
    late = a_claim("3,00,000")
    first, second = agenda.items_of(sitting)
    ldm = member(sitting, "ldm")
    data = sent(sitting, outside_name="Rakesh Kumar", outside_post="Exporters", files=[str(waiting(late).pk)], remove=str(second.pk))
    data |= said(first, outcome="recommended", amount_recommended="1,000", recused=[str(ldm.pk)])
    page = desk("dic.agra").post(reverse("sitting", args=[sitting.pk]), data, follow=True).content.decode()
    assert "Rakesh Kumar, Exporters" in page
    assert [item.movement.case.amount for item in agenda.items_of(sitting)] == [123385, 300000]
    assert list(agenda.items_of(sitting)[0].recused.all()) == [ldm]


def test_the_chair_reads_the_minutes_signs_and_watches_the_files_move(desk):
    case = a_claim()
    sitting = ready(case)
    client = desk("dm.agra")
    page = client.get(reverse("minutes", args=[sitting.pk])).content.decode()
    assert "Sign and move the files" in page and draft(sitting) in page and "₹1,23,385" in page
    answer = client.post(reverse("sign_minutes", args=[sitting.pk]), {"seen": draft(sitting)})
    sitting.refresh_from_db()
    assert answer.headers["Location"] == reverse("job", args=[sitting.job_id])
    jobs.run(WORK)
    assert "Moved" in client.get(reverse("sitting", args=[sitting.pk])).content.decode()
    page = client.get(reverse("file", args=[case.pk])).content.decode()
    assert f"minutes {sitting.number}, item 1" in page and "Lead District Manager, Agra" in page
    assert reverse("minutes", args=[sitting.pk]) in page


def test_signed_minutes_are_read_from_the_text_that_was_frozen(desk):
    sitting = moved(ready(a_claim(title="Brass lamps")))
    sitting.items.get().movement.case.__class__.objects.update(subject="Renamed")
    page = desk("auditor").get(reverse("minutes", args=[sitting.pk])).content.decode()
    assert "Brass lamps" in page and "Renamed" not in page and sitting.sha256 in page
    assert "Sign and move the files" not in page


def test_the_convener_is_not_offered_the_signature_and_an_old_draft_is_not_signed(desk):
    sitting = ready(a_claim())
    assert "Ready for the signature of the chair" in desk("dic.agra").get(reverse("minutes", args=[sitting.pk])).content.decode()
    assert desk("dic.agra").post(reverse("sign_minutes", args=[sitting.pk]), {"seen": draft(sitting)}).status_code == 403
    assert desk("dm.agra").post(reverse("sign_minutes", args=[sitting.pk]), {"seen": "old"}).status_code == 409


def test_what_stands_in_the_way_is_said_before_the_signature(desk):
    sitting = called(a_claim(), on=today() + timedelta(days=1))
    page = desk("dm.agra").get(reverse("minutes", args=[sitting.pk])).content.decode()
    assert "There is no quorum: 0 present, 3 must be." in page and "has not come yet" in page
    assert "Sign and move the files" not in page


def test_the_result_says_why_a_file_did_not_move(desk):
    first, second = a_claim(), a_claim("2,00,000")
    sitting = ready(first, second)
    signed(sitting)
    gone(first)
    jobs.run(WORK)
    page = desk("dic.agra").get(reverse("sitting", args=[sitting.pk])).content.decode()
    assert "Not moved" in page and "already taken" in page and "Moved so far with: ₹2,00,000" in page


def test_a_signed_sitting_takes_no_more_changes(desk):
    sitting = moved(ready(a_claim()))
    client = desk("dic.agra")
    assert client.post(reverse("sitting", args=[sitting.pk]), sent(sitting)).status_code == 409
    assert client.post(reverse("call_off", args=[sitting.pk])).status_code == 409


def test_a_file_at_the_committee_leads_to_its_sitting_or_to_an_agenda(desk):
    case = a_claim()
    chair, auditor = desk("dm.agra"), desk("auditor")
    address = reverse("file", args=[case.pk])
    page = chair.get(address).content.decode()
    assert "It is on no agenda yet" in page and reverse("new_sitting") in page and "Sign and send" not in page
    assert reverse("new_sitting") not in auditor.get(address).content.decode()
    sitting = called()
    assert reverse("put_on_agenda", args=[sitting.pk]) in desk("dic.agra").get(address).content.decode()
    answer = desk("dic.agra").post(reverse("put_on_agenda", args=[sitting.pk]), {"movement": str(waiting(case).pk)})
    assert answer.headers["Location"] == reverse("sitting", args=[sitting.pk])
    for client in (chair, auditor):
        assert reverse("sitting", args=[sitting.pk]) in client.get(address).content.decode()


def test_the_committees_step_is_refused_in_the_decision_box(desk):
    case = a_claim()
    data = {"outcome": "recommended", "amount_recommended": "1,000", "seen": case.head}
    answer = desk("dm.agra").post(reverse("decide", args=[waiting(case).pk]), data)
    assert answer.status_code == 403 and "signing its minutes" in answer.content.decode()


def test_the_tab_counts_what_waits_for_a_sitting(desk):
    a_claim()
    on_agenda = a_claim("2,00,000")
    called(on_agenda)
    page = desk("dic.agra").get(reverse("inbox")).content.decode()
    assert '<span class="badge">1<span class="unseen"> waiting' in page
    assert reverse("sittings") not in desk("finance").get(reverse("inbox")).content.decode()


def test_the_screen_asks_no_more_of_the_database_for_each_file_than_the_file_needs(desk, django_assert_max_num_queries):
    sitting = all_present(called(*[a_claim() for _file in range(2)]))
    client, address = desk("dic.agra"), reverse("sitting", args=[sitting.pk])
    with django_assert_max_num_queries(60) as before:
        client.get(address)
    for _file in range(3):
        agenda.add(sitting, waiting(a_claim()), by=convener())
    with django_assert_max_num_queries(len(before) + 3 * 8):
        client.get(address)
    decided(agenda.items_of(sitting)[0])
