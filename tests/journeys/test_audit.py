"""An auditor examines a sanctioned exhibition: in English at a desk, in Hindi on a phone, with and without JavaScript."""

import json
from collections.abc import Callable

import pytest

from tests.files import a_file, propose, take
from tests.journeys.walking import Walk
from workflows.models import Reading, Snapshot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_auditor_reads_what_was_seen_what_changed_and_what_he_has_read(walk: Callable[[int], Walk]) -> None:
    desk, phone = walk(1280), walk(390)
    case = a_file(at="concur")
    corrected = take(propose("Mathura", venue="Old Fort"), "returned", text="Which hall?", about_1="venue", objection_1="Which hall?")
    corrected = take(corrected, "submitted", venue="Expo Mart, Hall 2")
    desk.become("finance")
    desk.decide(case, "concurred")
    noting = case.notings.get(outcome="concurred")
    kept = json.loads(Snapshot.objects.get(noting=noting).body)
    assert kept["said"]["en"]["ways"][0][2], "the page itself said where the file goes next"
    for screen in (desk, phone):
        screen.become("auditor")
        screen.visit("/audit/", "bench")
        screen.visit(f"/files/{case.pk}/history/", "history")
        screen.press(f"a[href$='/seen/{noting.paragraph}/']")
        screen.look("seen")
        screen.visit(f"/files/{case.pk}/history/?only=decisions", "decisions")
        screen.visit(f"/files/{corrected.pk}/compare/", "compare")
        screen.visit("/audit/readings/", "readings")
    with phone.without_script():
        phone.visit(f"/files/{case.pk}/seen/{noting.paragraph}/", "seen-without-script")
    phone.become("administrator")
    phone.visit("/audit/readings/", "readings-of-the-state")
    assert Reading.objects.filter(page="seen", case=case).count() == 3
