import hashlib
import hmac
import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection

from workflows.models import Enclosure, Noting, PrivateNote
from workflows.record import export
from workflows.record.canonical import NotCanonical, canonical
from workflows.record.chain import append
from workflows.record.state import digest_of_state, state_of


def test_a_paragraph_says_who_did_what_in_which_charge_under_which_norm(place, case):
    body = json.loads(case.notings.get().body)
    assert body["v"] == 1
    assert (body["file"], body["n"], body["previous"]) == ("ZZ/EXH/2026-27/0001", 1, "")
    assert (body["step"], body["outcome"], body["flow"]) == ("propose", "submitted", {"name": "exhibition", "version": 1})
    assert body["person"] == {"id": place.officer.pk, "username": "record.dm", "name_en": "A. Sharma", "name_hi": "अ. शर्मा"}
    assert body["office"] == {"id": place.office.pk, "name_en": "District Magistrate, Testpur", "name_hi": "ज़िलाधिकारी, टेस्टपुर"}
    assert (body["charge"], body["norm"], body["prepared_by"]) == ("regular", "2026", None)
    assert body["text"] == "परीक्षण 1"


def test_time_is_written_in_utc_to_the_microsecond(case):
    noting = case.notings.get()
    at = json.loads(noting.body)["at"]
    assert datetime.strptime(at, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC) == noting.written_at


def test_each_paragraph_names_the_hash_of_the_one_before(place, case):
    place.sign(case)
    first, second = case.notings.order_by("paragraph")
    assert (second.paragraph, second.previous) == (2, first.hash)
    assert (case.paragraphs, case.head) == (2, second.hash)


def test_hash_and_keyed_hash_are_those_of_the_stored_text(case):
    noting = case.notings.get()
    digest = hashlib.sha256(noting.body.encode()).digest()
    assert noting.hash == digest.hex()
    assert noting.mac == hmac.new(bytes.fromhex("ab" * 32), digest, "sha256").hexdigest()
    assert noting.key_id == "2026b"
    assert canonical(json.loads(noting.body)) == noting.body


def test_personal_data_stand_beside_the_paragraph_and_only_their_salted_digest_in_it(case):
    noting, private = case.notings.get(), PrivateNote.objects.get()
    assert "9000000001" not in noting.body
    assert json.loads(private.body) == {"nodal_mobile": "9000000001", "nodal_officer": "R. Kumar"}
    digest = hashlib.sha256(bytes.fromhex(private.salt) + private.body.encode()).hexdigest()
    assert json.loads(noting.body)["private"] == digest
    assert len(private.salt) == 32


def test_the_same_personal_data_have_another_digest_in_every_paragraph(place, case):
    private = json.loads(PrivateNote.objects.get().body)
    again = place.sign(case, private=private)
    assert json.loads(again.body)["private"] != json.loads(case.notings.first().body)["private"]


def test_the_state_after_the_act_is_pinned_without_personal_data(case):
    state = state_of(case)
    assert json.loads(case.notings.get().body)["after"] == digest_of_state(case)
    assert not {"nodal_officer", "nodal_mobile"} & state["facts"].keys()
    assert (state["amount"], state["ending"], len(state["papers"])) == ("500000.00", "", 1)


@pytest.mark.parametrize(
    "change",
    [
        lambda case: setattr(case, "amount", Decimal("500000.01")),
        lambda case: setattr(case, "ending", "closed"),
        lambda case: setattr(case.record, "venue", "Elsewhere"),
        lambda case: Enclosure.objects.filter(case=case).update(replaced_by=Enclosure.objects.get(case=case)),
    ],
    ids=["amount", "ending", "fact", "paper"],
)
def test_any_change_of_business_changes_the_state(case, change):
    before = digest_of_state(case)
    change(case)
    assert digest_of_state(case) != before


def test_the_state_is_the_same_in_memory_and_from_the_database(case):
    case.amount = 500_000
    assert digest_of_state(case) == digest_of_state(type(case).objects.get(pk=case.pk))


def test_an_act_of_the_system_has_no_person_office_or_charge(case):
    noting = append(
        case, step="lapse", outcome="rejected", officer=None, prepared_by=None, office=None, posting=None, facts={"text": "lapsed"}
    )
    body = json.loads(noting.body)
    assert (body["person"], body["office"], body["charge"], body["private"]) == (None, None, None, None)


def test_a_fact_cannot_take_the_place_of_what_the_record_writes_itself(place, case):
    with pytest.raises(ValueError, match="person"):
        place.sign(case, person="somebody else")
    assert Noting.objects.count() == 1


def test_facts_that_cannot_be_written_leave_the_file_as_it_was(place, case):
    with pytest.raises(NotCanonical, match="amount"):
        place.sign(case, amount=Decimal(1))
    assert (case.paragraphs, Noting.objects.count()) == (1, 1)


def test_a_paragraph_its_search_words_and_the_row_of_its_file_are_one_statement_on_postgresql_and_few_elsewhere(
    place, case, django_assert_num_queries
):
    facts = {"text": "counted"}
    acts = {"step": "scrutinise", "outcome": "recommended", "officer": place.officer, "prepared_by": None, "office": place.office}
    case.record.facts()
    sqlite = connection.vendor == "sqlite"
    # The file's papers, then the paragraph, its search words, the file; PostgreSQL also asks for the paragraph's number first.
    with django_assert_num_queries(4 if sqlite else 3):
        append(case, posting=place.posting, facts=facts, **acts)
    with django_assert_num_queries(5 if sqlite else 3):
        second = append(case, posting=place.posting, facts=facts, private={"nodal_officer": "R. Kumar"}, **acts)
    assert (case.head, case.paragraphs) == (second.hash, second.paragraph)


def test_a_file_is_exported_as_it_was_hashed(place, case):
    place.sign(case)
    lines = export.lines(case).splitlines()
    assert [hashlib.sha256(line.encode()).hexdigest() for line in lines] == [n.hash for n in case.notings.order_by("paragraph")]
