"""A number of a person on its way through forms, drafts, pages, logs and the database: typed, kept as a hash, repeated nowhere."""

import io
import logging
import re
import uuid
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation
from django.views.debug import ExceptionReporter

from programme.identity import IdentityKind, identify
from project.logs import JsonLines
from tests.files import an_allotment, officer, proposal_data
from tests.programme.claims import AADHAAR, BROTHER, Claim
from workflows import steps
from workflows.flows import ExhibitionFlow
from workflows.forms.decisions import objectionable
from workflows.forms.exhibition import ProposalForm
from workflows.forms.identity import IdentitiesForm, IdentityField
from workflows.letters.letter import field_label
from workflows.models import Case, Draft
from workflows.pages import problems, setup
from workflows.pages.filling import sections

# Wrong by its last digit, and found nowhere by accident.
WRONG = "7890 1234 5675"


class ClaimForm(IdentitiesForm):
    aadhaar = IdentityField(IdentityKind.AADHAAR, label="Aadhaar")
    brother = IdentityField(IdentityKind.AADHAAR, label="Aadhaar of a brother", required=False)

    sections = [("Applicant", ["title", "aadhaar", "brother"])]

    class Meta:
        model = Claim
        fields = ["title", "aadhaar", "brother"]


def claim_form(data: Any = None, record: Claim | None = None, **more: Any) -> ClaimForm:
    case = SimpleNamespace(record=record, head="", open_questions=[])
    movement: Any = SimpleNamespace(case=case, returns_to="", case_id=1) if record else None
    given: Any = {"office": None, "officer": None, "norm": SimpleNamespace(rules={}), "papers": []}
    return ClaimForm(data, movement=movement, **given, **more)


def test_the_plain_number_leaves_the_form_only_as_its_hash() -> None:
    form = claim_form({"aadhaar": "२३४१ २३४१ २३४६"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["aadhaar"] == identify(IdentityKind.AADHAAR, AADHAAR)
    assert form.cleaned_data["brother"] is None
    record = form.save(commit=False)
    assert record.identities() == {"aadhaar": identify(IdentityKind.AADHAAR, AADHAAR)}
    assert not re.search(r"23412341|2341 2341", repr(vars(record)) + repr(form.cleaned_data))


def test_a_refused_number_stays_in_its_input_and_is_not_in_the_sentence() -> None:
    with translation.override("en"):
        form = claim_form({"aadhaar": WRONG})
        assert "This is no Aadhaar number" in form.errors["aadhaar"][0]
    assert WRONG not in str(form.errors) and "789012345675" not in str(form.errors)
    assert f'value="{WRONG}"' in str(form["aadhaar"])
    assert form.instance.identities() == {}


def test_a_number_that_must_be_written_is_asked_for() -> None:
    assert list(claim_form({"aadhaar": "  "}).errors) == ["aadhaar"]


def test_a_kept_number_shows_its_end_and_an_empty_field_keeps_it() -> None:
    with translation.override("en"):
        form = claim_form({"title": "New", "aadhaar": ""}, Claim.of(4, aadhaar=AADHAAR))
        assert 'placeholder="…2346"' in str(form["aadhaar"]) and "value=" not in str(form["aadhaar"])
        assert form["aadhaar"].help_text == "Kept already, ending in 2346; write only to replace it."
    assert form.is_valid(), form.errors
    assert (form.instance.title, form.instance.aadhaar_last4) == ("New", "2346")


def test_a_kept_number_is_replaced_by_one_that_is_written() -> None:
    form = claim_form({"aadhaar": BROTHER}, Claim.of(4, aadhaar=AADHAAR))
    assert form.is_valid(), form.errors
    assert form.instance.identity("aadhaar") == identify(IdentityKind.AADHAAR, BROTHER)


def test_a_closed_number_is_read_by_its_end_and_cannot_be_changed() -> None:
    class Closed(ClaimForm):
        open_fields = {"title"}

    case = SimpleNamespace(record=Claim.of(4, aadhaar=AADHAAR), head="", open_questions=[])
    movement: Any = SimpleNamespace(case=case, returns_to="", case_id=1)
    given: Any = {"office": None, "officer": None, "norm": SimpleNamespace(rules={}), "papers": [], "initial": {"aadhaar": BROTHER}}
    form = Closed({"aadhaar": BROTHER}, movement=movement, **given)
    assert form.is_valid(), form.errors
    assert form.instance.aadhaar_last4 == "2346"
    assert [row.shown for row in sections(form)[0].rows] == ["", "…2346", ""]


def test_an_objection_can_name_a_number_by_itsfield_label() -> None:
    record = Claim.of(4, aadhaar=AADHAAR)
    record.PAPERS = {}  # type: ignore[attr-defined]
    assert ("aadhaar", "Aadhaar") in objectionable(record, (SimpleNamespace(form_class=ClaimForm),))
    assert field_label(record, "brother") == "Aadhaar of a brother"


class WithAadhaar(ProposalForm):
    aadhaar = IdentityField(IdentityKind.AADHAAR, label="Aadhaar", required=False)

    sections = [*ProposalForm.sections, ("Applicant", ["aadhaar"])]


@pytest.fixture
def asking(monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[None]:
    """The exhibition's first form asks for an Aadhaar."""
    monkeypatch.setattr(ExhibitionFlow.propose, "form_class", WithAadhaar)
    monkeypatch.setattr(WithAadhaar, "required_papers", lambda form, norm: [])
    problems._identity_fields.cache_clear()
    an_allotment()
    yield
    problems._identity_fields.cache_clear()


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    caplog.set_level(logging.DEBUG)
    return lambda: "\n".join(JsonLines().format(record) + str(record.args) for record in caplog.records)


def holds(text: str, number: str) -> bool:
    return number in text or number.replace(" ", "") in text


def database() -> str:
    """Return every cell of every table."""
    with connection.cursor() as cursor:
        found = io.StringIO()
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            found.writelines(f"{cell}\n" for row in cursor.fetchall() for cell in row)
    return found.getvalue()


def test_a_draft_keeps_the_number_concealed_and_gives_it_back_as_typed(
    asking: None, client_for: Callable[[str], Client], logged: Callable[[], str]
) -> None:
    client, address = client_for("dm.agra"), reverse("draft", args=["exhibition", uuid.uuid4()])
    for action in ("save", "autosave"):
        answer = client.post(address, {"action": action, "title": "Half of it", "aadhaar": WRONG})
        assert not holds(answer.content.decode(), WRONG)
    draft = Draft.objects.get()
    assert draft.typed["title"] == ["Half of it"] and not holds(str(draft.typed), WRONG)
    assert f'value="{WRONG}"' in client.get(address).content.decode()
    assert not holds(client.get(reverse("inbox")).content.decode(), WRONG)
    assert not holds(database(), WRONG)
    assert not holds(logged(), WRONG)


def test_a_refused_form_repeats_the_number_only_in_its_input(asking: None, client_for: Callable[[str], Client]) -> None:
    address = reverse("draft", args=["exhibition", uuid.uuid4()])
    answer = client_for("dm.agra").post(address, {**proposal_data(), "action": "submit", "aadhaar": WRONG})
    page = answer.content.decode()
    assert answer.status_code == 422 and page.count(WRONG) == page.count(f'value="{WRONG}"') == 1
    assert not holds(database(), WRONG)


def test_a_signed_file_holds_the_number_nowhere(asking: None, client_for: Callable[[str], Client], logged: Callable[[], str]) -> None:
    address = reverse("draft", args=["exhibition", uuid.uuid4()])
    client = client_for("dm.agra")
    answer = client.post(address, {**proposal_data(), "action": "submit", "aadhaar": AADHAAR})
    assert answer.status_code == 302, answer.content.decode()
    case = Case.objects.get()
    pages = [client.get(reverse(name, args=[case.pk])).content.decode() for name in ("file", "history")]
    assert not Draft.objects.exists()
    for text in (database(), logged(), *pages, str([letter.body for letter in mail.outbox])):
        assert not holds(text, AADHAAR)


def test_a_fault_of_ours_repeats_the_number_neither_on_the_page_nor_in_the_log(
    asking: None, client_for: Callable[[str], Client], logged: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("at the worst moment")

    monkeypatch.setattr(steps, "_take_papers", fail)
    client = client_for("dm.agra")
    client.raise_request_exception = False
    answer = client.post(reverse("draft", args=["exhibition", uuid.uuid4()]), {**proposal_data(), "action": "submit", "aadhaar": AADHAAR})
    assert answer.status_code == 500 and answer.exc_info
    report = ExceptionReporter(answer.wsgi_request, *answer.exc_info).get_traceback_text()
    assert "at the worst moment" in report
    for text in (answer.content.decode(), logged(), report, database()):
        assert not holds(text, AADHAAR)


def test_words_shown_back_on_a_stale_page_leave_the_number_out(asking: None) -> None:
    sent = {"purpose": "Three days of sale", "aadhaar": WRONG, "partners-0-aadhaar": AADHAAR}
    assert problems.typed(RequestFactory().post("/", sent)) == ["Three days of sale"]


def test_a_form_refused_for_its_token_shows_the_words_back_and_not_the_number(asking: None) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(officer("dm.agra"), backend="workflows.sign_ins.ReadWithSession")
    answer = client.post(reverse("draft", args=["exhibition", uuid.uuid4()]), {"purpose": "Three days of sale", "aadhaar": WRONG})
    page = answer.content.decode()
    assert answer.status_code == 403 and "Three days of sale" in page and not holds(page, WRONG)


def test_the_set_up_shows_no_table_of_numbers() -> None:
    shown = {model.__name__ for model in setup.site._registry}
    assert shown and not shown & {"IdentityMark", "CeilingUse", "CeilingEntry", "BenefitOnce"}
