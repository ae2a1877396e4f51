"""Values that nobody may find again are sent through every door; then every log line, mail and letter to a worker is searched."""

import json
import logging
from pathlib import Path

import pytest
from django.conf import settings as switches
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from project.logs import JsonLines
from tests.files import PDF, a_draft, a_file, office, officer, waiting
from tests.processes.loan_files import apply
from tests.workflows.door import a_browser, sign_in, with_factor, with_password
from workflows import tasks
from workflows.models import Message, Notice

pytestmark = pytest.mark.django_db
WORD, SECRET, MOBILE, AADHAAR, PAN, ACCOUNT = "Zuvimark", "Qexpasswort-77", "9812345670", "234123412346", "ABCPE1234F", "40123456789"
MARKED = (WORD, SECRET, MOBILE, AADHAAR, PAN, ACCOUNT)
HEADERS = {"user-agent": f"{WORD}/1.0 (Linux)", "referer": f"http://testserver/{WORD}/", "x-forwarded-for": "203.0.113.77"}


def through_the_sign_in() -> None:
    with_password("dic.agra")
    _who, codes = with_factor("director")
    client = a_browser(headers=HEADERS)
    for _time in range(6):
        sign_in(client, WORD, SECRET)
        sign_in(client, "dic.agra", SECRET)
    sign_in(client, "director")
    client.post(reverse("sign_in_code"), {"code": SECRET})
    client.post(reverse("sign_in_code"), {"code": codes[0]})
    client.post(reverse("prove"), {"password": SECRET, "code": SECRET, "next": f"/{WORD}/"})
    Client(enforce_csrf_checks=True, headers=HEADERS).post(reverse("sign_in"), {"username": WORD, "password": SECRET})


def through_addresses(client: Client) -> None:
    for address in (f"/files/{WORD}/", f"/{WORD}/", f"/files/?q={WORD}+{MOBILE}", f"/orders/{WORD}/", f"/setup/?q={AADHAAR}"):
        client.get(address, headers=HEADERS)
    client.get(reverse("entitlement"), {"scheme": WORD, "compute": "1", "account": ACCOUNT})
    client.get(reverse("inbox"), headers={"host": f"{WORD}.example"})


def through_forms(client_for) -> None:
    case = a_file(title=f"Exhibition {WORD}")
    draft = a_draft(officer("dm.agra"), office("dm", "Agra"))
    dm, cell, administrator = client_for("dm.agra"), client_for("odop.cell"), client_for("administrator")
    paper = SimpleUploadedFile(f"{WORD} {AADHAAR}.pdf", PDF, content_type="application/pdf")
    typed = {
        "title": WORD,
        "nodal_mobile": MOBILE,
        "nodal_officer": WORD,
        "text": f"{WORD} {AADHAAR} {ACCOUNT}",
        "paper_cost_estimate": paper,
    }
    assert dm.post(reverse("draft", args=["exhibition", draft.key]), {**typed, "action": "save"}).status_code in (200, 302)
    dm.post(reverse("draft", args=["exhibition", draft.key]), {**typed, "action": "submit"})
    question = {"offices": [office("finance").pk], "text": f"{WORD}: is {ACCOUNT} right?", "seen": case.head}
    cell.post(reverse("ask", args=[waiting(case).pk]), question)
    note = f"{WORD}: {AADHAAR}, {PAN}, {ACCOUNT}, {MOBILE}"
    decision = {"outcome": "returned", "text": note, "seen": case.head, "action": "sign"}
    assert cell.post(reverse("decide", args=[waiting(case).pk]), decision).status_code == 302
    apply(name=WORD, mobile=MOBILE)
    administrator.post(reverse("reset_factor"), {"username": "director", "reason": f"{WORD} {MOBILE}"})
    officer_of_set_up = {"username": f"{WORD}.x", "name_en": WORD, "email": f"{WORD}@example.org", "password1": SECRET, "password2": SECRET}
    administrator.post("/setup/programme/officer/add/", {**officer_of_set_up, "usable_password": "true", "language": "hi"})


def test_nothing_that_was_marked_stands_in_a_log_a_mail_or_a_letter_to_a_worker(
    client_for, caplog: pytest.LogCaptureFixture, django_capture_on_commit_callbacks
) -> None:
    letters = Path(switches.BROKER_DIR)
    with caplog.at_level(logging.INFO), django_capture_on_commit_callbacks(execute=True):
        through_the_sign_in()
        through_addresses(client_for("odop.cell"))
        through_forms(client_for)
    with caplog.at_level(logging.INFO):
        for task in (tasks.drain, tasks.run_jobs, tasks.tell_due, tasks.remind, tasks.mail_digests, tasks.expire_postings):
            task()
    lines = [JsonLines().format(record) for record in caplog.records]
    requests = [json.loads(line) for line in lines if '"logger": "project.requests"' in line]
    assert len(requests) >= 25 and {"sign_in", "decide", "draft", "reset_factor"} <= {line["route"] for line in requests}
    assert Notice.objects.exists() and Message.objects.exists() and mail.outbox, "somebody was told of what happened"

    said = {
        "log": lines,
        "mail": [f"{letter.subject}\n{letter.body}\n{letter.to}\n{letter.extra_headers}" for letter in mail.outbox],
        "waiting mail": [f"{row.key} {row.subject} {row.text} {row.failure}" for row in Message.objects.all()],
        "letter to a worker": [path.read_text(errors="replace") for path in letters.rglob("*") if path.is_file()],
    }
    found = [(place, marked, text[:300]) for place, texts in said.items() for text in texts for marked in MARKED if marked in text]
    assert found == []
