"""What is typed into a decision box is the office's draft: an assistant prepares it, the officer signs it, and both names stay."""

import json
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from programme.calendar import today
from programme.models import Charge, Posting
from tests.files import a_file, office, officer, take, waiting
from workflows import authority, inbox
from workflows.authority import Refusal
from workflows.models import Case, Draft, Noting
from workflows.postings import appoint_assistant, end_charge, join
from workflows.record.verifier import verify

pytestmark = pytest.mark.django_db
RECOMMENDS = {"outcome": "recommended", "amount_recommended": "12,00,000", "text": "As the norm has it.", "about_1": "venue"}


def an_assistant(username: str = "epb", at: str = "odop_cell", district: str | None = None, by: str = "odop.cell") -> Posting:
    return appoint_assistant(officer(username), office(at, district), by=officer(by), starts_on=today())


@pytest.fixture
def desk(client_for: Callable[[str], Client]) -> Callable[[str], Client]:
    """Return a client that reads English."""

    def sit(username: str) -> Client:
        client = client_for(username)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        return client

    return sit


def send(client: Client, case: Case, action: str = "", **typed):
    """Send the decision box as the page had it: with its key where it showed a draft."""
    movement = waiting(case)
    return client.post(reverse("decide", args=[movement.pk]), {"seen": case.head, "action": action, **RECOMMENDS, **typed})


def box(client: Client, case: Case) -> str:
    return client.get(reverse("file", args=[case.pk])).content.decode()


def key(case: Case) -> str:
    return str(Draft.objects.get(movement=waiting(case)).key)


def test_an_assistant_prepares_and_the_officer_signs_and_both_names_stay(desk) -> None:
    case = a_file()
    an_assistant()
    assistant, cell = desk("epb"), desk("odop.cell")
    assert [movement.case_id for movement in inbox.waiting(officer("epb"))] == [case.pk]
    page = box(assistant, case)
    assert "Prepare for the officer's signature" in page.replace("&#x27;", "'") and "Sign and send" not in page
    assert send(assistant, case, "sign").status_code == 302, "whatever button he sends, it is a draft"
    assert Noting.objects.filter(case=case).count() == 1 and waiting(case).step == "scrutinise"

    page = box(cell, case)
    assert "Prepared by Export Promotion Bureau" in page and "not signed" in page
    assert 'value="12,00,000"' in page and "As the norm has it." in page and "Sign and send" in page
    assert send(cell, case, "sign", draft=key(case), text="As the norm has it, and no more.", about_1="").status_code == 302
    noting = Noting.objects.get(case=case, paragraph=2)
    assert (noting.officer, noting.prepared_by) == (officer("odop.cell"), officer("epb"))
    assert "and no more" in noting.body and json.loads(noting.body)["prepared_by"]
    assert not Draft.objects.exists() and verify().findings == []


def test_who_prepared_a_noting_is_barred_like_who_signed_it(desk) -> None:
    case = a_file()
    an_assistant("finance")
    send(desk("finance"), case, "save", about_1="")
    send(desk("odop.cell"), case, "sign", draft=key(case), about_1="")
    assert waiting(case).step == "concur"
    with pytest.raises(Refusal, match="signed or prepared paragraph 2"):
        authority.check_step(officer("finance"), waiting(case))
    assert officer("finance") not in authority.eligible(waiting(case))


def test_an_assistant_signs_nothing_and_opens_nothing(desk, client_for) -> None:
    case = a_file(at="correct")
    an_assistant("cdo.agra", "dm", "Agra", by="dm.agra")
    with pytest.raises(Refusal):
        authority.check_step(officer("cdo.agra"), waiting(case))
    assert desk("cdo.agra").get(reverse("new")).status_code == 404
    assert officer("cdo.agra") not in authority.eligible(waiting(case))
    assert desk("cdo.agra").post(reverse("withdraw", args=[case.pk]), {"withdraw-text": "No."}).status_code == 403


def test_an_assistant_prepares_a_page_of_the_record_and_the_officer_signs_it(desk) -> None:
    case = a_file(at="report")
    an_assistant("cdo.agra", "dm", "Agra", by="dm.agra")
    address = reverse("step", args=[waiting(case).pk])
    typed = {"held_from": today(), "held_to": today(), "stalls_held": "58", "visitors": "9000", "outcome_report": "It went well."}
    assistant, magistrate = desk("cdo.agra"), desk("dm.agra")
    assert "Sign and submit" not in assistant.get(address).content.decode()
    assert assistant.post(address, {**typed, "action": "submit"}).status_code == 302
    assert waiting(case).step == "report", "an assistant's signature is none"
    page = magistrate.get(address).content.decode()
    assert "It went well." in page and "Chief Development Officer, Agra" in page
    assert magistrate.post(address, {**typed, "seen": case.head, "action": "save"}).status_code == 302
    assert magistrate.post(address, {**typed, "seen": case.head, "action": "submit"}).status_code == 302
    noting = Noting.objects.filter(case=case).order_by("-paragraph").first()
    assert (noting.officer, noting.prepared_by) == (officer("dm.agra"), officer("cdo.agra"))


def test_the_preparer_is_named_also_when_the_officer_began_the_page_himself(desk) -> None:
    case = a_file(at="report")
    an_assistant("cdo.agra", "dm", "Agra", by="dm.agra")
    address = reverse("step", args=[waiting(case).pk])
    typed = {"held_from": today(), "held_to": today(), "stalls_held": "58", "visitors": "9000", "outcome_report": "Well."}
    desk("dm.agra").post(address, {"stalls_held": "5", "action": "save"})
    desk("cdo.agra").post(address, {**typed, "action": "save"})
    desk("dm.agra").post(address, {**typed, "seen": case.head, "action": "submit"})
    assert Noting.objects.filter(case=case).order_by("-paragraph").first().prepared_by == officer("cdo.agra")


def test_the_office_has_opened_the_file_when_its_assistant_reads_it(desk) -> None:
    case = a_file()
    an_assistant()
    box(desk("auditor"), case)
    assert waiting(case).opened_at is None
    box(desk("epb"), case)
    assert waiting(case).opened_by == officer("epb")


def test_after_his_charge_ended_an_assistant_neither_sees_nor_saves(desk) -> None:
    case = a_file()
    posting = an_assistant()
    send(desk("epb"), case, "save")
    end_charge(posting, by=officer("odop.cell"))
    assert desk("epb").get(reverse("file", args=[case.pk])).status_code == 404
    assert send(desk("epb"), case, "save", text="More.").status_code == 404
    assert "More." not in str(Draft.objects.get().typed)


# The draft of the office itself


def test_a_decision_is_saved_by_the_clock_and_found_on_another_device(desk) -> None:
    case = a_file()
    answer = send(desk("odop.cell"), case, "autosave", objection_1="Which hall?")
    assert answer.json()["said"].startswith("Saved at") and answer.json()["draft"] == key(case)
    page = box(desk("odop.cell"), case)
    assert "Which hall?" in page and "Your draft of" in page and "checked" in page and "<details open>" in page
    assert send(desk("odop.cell"), case, "discard", draft=key(case)).status_code == 302
    assert not Draft.objects.exists() and "Which hall?" not in box(desk("odop.cell"), case)


@pytest.mark.parametrize("reader", ["principal.secretary", "auditor", "dm.agra"])
def test_a_reader_who_may_not_act_never_sees_the_draft(reader, desk) -> None:
    case = a_file()
    send(desk("odop.cell"), case, "save", text="Not for your eyes.")
    assert "Not for your eyes." in box(desk("odop.cell"), case)
    page = box(desk(reader), case)
    assert "Not for your eyes." not in page and "not signed" not in page
    assert send(desk(reader), case, "save", text="Overwritten.").status_code == 403
    assert send(desk(reader), case, "discard").status_code == 403 and Draft.objects.exists()


def test_of_two_officers_the_last_one_wins_and_is_told_whose_words_he_replaced(desk) -> None:
    case = a_file()
    join(officer("epb"), office("odop_cell"), charge=Charge.ADDITIONAL, starts_on=today(), by=None)
    send(desk("odop.cell"), case, "autosave", text="First.")
    said = send(desk("epb"), case, "autosave", text="Second.").json()["said"]
    assert "in the place of what ODOP Cell" in said
    draft = Draft.objects.get()
    assert (draft.typed["text"], draft.saved_by, draft.made_by) == (["Second."], officer("epb"), officer("epb"))
    assert "in the place of" not in send(desk("epb"), case, "autosave", text="Third.", draft=key(case)).json()["said"]


def test_on_a_page_of_the_record_too_whose_words_were_replaced_is_told(desk) -> None:
    case = a_file(at="report")
    an_assistant("cdo.agra", "dm", "Agra", by="dm.agra")
    address = reverse("step", args=[waiting(case).pk])
    assert "in the place of" not in desk("cdo.agra").post(address, {"visitors": "9", "action": "autosave"}).json()["said"]
    said = desk("dm.agra").post(address, {"visitors": "90", "action": "autosave"}).json()["said"]
    assert "in the place of what Chief Development Officer, Agra" in said


def test_words_the_signer_never_saw_name_nobody_as_their_preparer(desk) -> None:
    case = a_file()
    an_assistant()
    send(desk("epb"), case, "save")
    send(desk("odop.cell"), case, "sign", about_1="")
    assert Noting.objects.get(case=case, paragraph=2).prepared_by is None and not Draft.objects.exists()


def test_a_refused_signature_keeps_the_draft_and_its_preparer(desk) -> None:
    case = a_file()
    an_assistant()
    send(desk("epb"), case, "save")
    refused = send(desk("odop.cell"), case, "sign", draft=key(case))
    assert refused.status_code == 422 and f'name="draft" value="{key(case)}"' in refused.content.decode()
    assert "Prepared by Export Promotion Bureau" in refused.content.decode()


def test_signing_by_another_way_throws_the_draft_away() -> None:
    case = a_file()
    Draft.objects.create(
        key="0" * 32, kind=case.kind, office=office("odop_cell"), movement=waiting(case), typed={"text": ["Old."]},
        made_by=officer("odop.cell"), saved_by=officer("odop.cell"),
    )  # fmt: skip
    take(case, "recommended")
    assert not Draft.objects.exists()


def test_what_an_office_types_is_kept_as_typed_whatever_it_is(desk) -> None:
    case = a_file()
    typed = {
        "outcome": "no such",
        "amount_recommended": "बारह\x00",
        "objection_1": "x" * 5000,
        "seen": "forged",
        "csrfmiddlewaretoken": "t",
    }
    send(desk("odop.cell"), case, "save", **typed)
    kept = Draft.objects.get().typed
    assert kept["amount_recommended"] == ["बारह"] and "seen" not in kept and "csrfmiddlewaretoken" not in kept
    assert "बारह" in box(desk("odop.cell"), case)


def test_a_draft_of_a_step_that_was_taken_is_not_saved(desk) -> None:
    case = a_file()
    movement = waiting(case)
    take(case, "recommended")
    answer = desk("odop.cell").post(reverse("decide", args=[movement.pk]), {**RECOMMENDS, "action": "autosave"})
    assert answer.status_code == 409 and not Draft.objects.exists()
