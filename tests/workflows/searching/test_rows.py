"""The index row: written by the acts, made anew from the file, without numbers of persons, erasable."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from programme.models import Product
from tests.files import a_file, propose, take
from tests.processes.freight_files import a_claim
from tests.processes.identification_files import a_product_file, change
from tests.processes.loan_files import a_loan, application, apply, corrected
from tests.processes.plan_files import a_plan
from workflows.demonstration import load_files
from workflows.management.commands.load_demonstration import read_stories
from workflows.models import Case, IndexRow, Part, PrivateNote
from workflows.searching import finding, rows
from workflows.searching.folding import RULES

pytestmark = pytest.mark.django_db


def kept() -> dict[tuple[int, int], tuple[str, int]]:
    return {(row.case_id, row.part): (row.words, row.rules) for row in IndexRow.objects.all()}


def anew() -> dict[tuple[int, int], tuple[str, int]]:
    made = [row for case in Case.objects.select_related("district") for row in rows.rows_of(case)]
    return {(row.case_id, row.part): (row.words, row.rules) for row in made}


def found(typed: str) -> set[str]:
    return set(Case.objects.filter(finding.matching(typed)).values_list("number", flat=True))


def test_what_the_acts_wrote_is_what_a_rebuild_makes_for_every_file_of_the_demonstration() -> None:
    load_files(read_stories())
    written = kept()
    assert {case for case, _part in written} == set(Case.objects.values_list("pk", flat=True))
    assert len(written) > 300 and written == anew()
    assert rows.rebuild_all(Case.objects.all()) == Case.objects.count() > 50
    assert kept() == written


@pytest.mark.parametrize("make", [lambda: a_file(at="closed"), a_claim, a_product_file, a_plan, lambda: a_loan(at="release")])
def test_a_file_of_each_process_is_indexed_as_it_is_rebuilt(make) -> None:
    make()
    assert kept() == anew()


def test_a_corrected_application_is_found_by_its_new_papers_and_person_alone() -> None:
    case = take(apply(name="Ghanshyam Das"), "returned", text="The name differs from the card.")
    assert found("ghanshyam") == {case.number}
    corrected(case, name="Radheshyam Das")
    assert (found("ghanshyam"), found("radheshyam")) == (set(), {case.number})
    assert kept() == anew()


def test_a_file_is_found_by_number_subject_district_applicant_product_noting_and_paper() -> None:
    case = apply(name="Ram Prakash", unit_name="Taj Footwear")
    take(case, "recommended", text="पूँजी अंश की जाँच की गई; unit visited on foot.")
    other = propose("Mathura").number
    for typed in (
        case.number, "footwear", "आगरा", "agra", "Ram Prakash", "prakash ram", "चर्म उत्पाद", "leather", "पूंजी जांच", "visited",
        "project report", "परियोजना", "affidavit.pdf",
    ):  # fmt: skip
        assert case.number in found(typed), typed
        assert other not in found(typed), typed


def test_a_number_is_looked_for_as_a_whole_and_without_its_zeros() -> None:
    first, second = propose("Agra"), propose("Mathura")
    series, serial = first.number.rsplit("/", 1)
    assert found(first.number) == found(first.number.lower()) == found(f"{series}/{int(serial)}") == {first.number}
    assert found(series) == {first.number, second.number}
    assert found(f"{series}/{int(serial)} mathura") == set()


def test_the_number_of_an_order_finds_the_file_and_its_paragraph() -> None:
    case = a_file(at="report")
    assert found(case.order.number) == {case.number}
    hit = finding.hits([case], case.order.number)[case.pk]
    assert hit.paragraph == case.order.noting.paragraph
    assert [text for text, marked in hit.pieces if marked] == case.order.number.replace("-", "/").split("/")


def test_an_old_name_of_the_district_and_its_hindi_name_find_the_file() -> None:
    case = propose("Varanasi")
    for typed in ("Banaras", "बनारस", "वारानसी", "waranasi"):
        assert found(typed) == {case.number}, typed


def test_every_word_must_be_found_and_each_begins_a_word() -> None:
    case = propose("Agra", title="ODOP exhibition of leather shoes")
    assert found("leather agra") == {case.number}
    assert found("leather mathura") == set()
    assert found("eather") == set()
    assert found("leat") == {case.number}


@pytest.mark.parametrize("typed", ["%", "_", "% %", "le_ther", "l%r", "\\", "'", "।"])
def test_signs_of_the_database_mean_nothing(typed: str) -> None:
    propose("Agra", title="Leather shoes")
    assert found(typed) == set()


def test_no_number_of_a_person_is_in_the_index_wherever_it_was_typed() -> None:
    data = application()
    numbers = [data["aadhaar"], data["mobile"], data["family_id"], data["bank_account"].split()[1], "ABCDE1234F", "UDYAM-UP-00-1234567"]
    case = apply(unit_name=f"Unit {data['mobile']}", text="")
    told = (
        f"Aadhaar {data['aadhaar'][:4]} {data['aadhaar'][4:8]} {data['aadhaar'][8:]}, PAN ABCDE1234F, UDYAM-UP-00-1234567, मो. ९८७६५ ४३२१०"
    )
    take(case, "recommended", text=told)
    indexed = "".join(char for words, _rules in kept().values() for char in words if char.isalnum()).upper()
    for number in numbers:
        assert "".join(filter(str.isalnum, number)).upper() not in indexed, number
    assert "1234567" not in indexed and "9876543210" not in indexed
    assert kept()[case.pk, Part.APPLICANT][0] == " ram prakas ramprakas"
    assert found("lohamandi") == set(), "the address"


def test_the_name_of_a_person_can_be_erased_and_does_not_come_back() -> None:
    case = apply(name="Ghanshyam Das")
    assert found("ghanshyam") == {case.number}
    PrivateNote.objects.filter(noting__case=case).update(body="", salt="", erased_at=timezone.now())
    call_command("rebuild_search", case=case.number, stdout=StringIO())
    assert found("ghanshyam") == set()
    take(case, "recommended")
    assert found("ghanshyam") == set()
    assert found(case.number) == {case.number}


def test_an_act_that_is_undone_leaves_the_row_as_it_was() -> None:
    case = a_file(at="approve")
    before = kept()
    with transaction.atomic():
        take(case, "sanctioned", text="Unheard of")
        assert found("unheard") == {case.number}
        transaction.set_rollback(True)
    assert kept() == before and found("unheard") == set()


def test_files_that_were_not_indexed_whole_by_todays_rules_are_indexed_by_the_command() -> None:
    first, second = a_file(at="scrutinise", district="Agra"), a_file(at="scrutinise", district="Mathura")
    assert not rows.stale().exists()
    IndexRow.objects.filter(case=first).delete()
    IndexRow.objects.filter(case=second).update(rules=RULES - 1, words=" old")
    take(first, "recommended", text="an act on a file that is not indexed yet")
    assert set(rows.stale()) == {first, second}
    told = StringIO()
    call_command("rebuild_search", stale=True, stdout=told)
    assert "2 files" in told.getvalue() and kept() == anew() and not rows.stale().exists()


def test_the_command_refuses_a_number_that_no_file_has() -> None:
    with pytest.raises(CommandError, match="UP/EXH/1"):
        call_command("rebuild_search", case="UP/EXH/1")


def test_the_paragraph_found_is_shown_with_its_words() -> None:
    case = a_file(at="approve")
    take(case, "returned", text="यह पहला वाक्य है। " * 12 + "सम्बन्धित पीतल कारीगरों की सूची नहीं है। " + "और " * 80, return_to="correct")
    hit = finding.hits([case], "संबंधित पितल")[case.pk]
    assert hit.paragraph == case.notings.count()
    assert [text for text, marked in hit.pieces if marked] == ["सम्बन्धित", "पीतल"]
    shown = "".join(text for text, _marked in hit.pieces)
    assert shown.startswith("… ") and shown.endswith(" …") and len(shown) < 260


def test_what_the_names_hold_needs_no_paragraph() -> None:
    case = a_file(at="approve", title="Leather shoes")
    assert finding.hits([case], "leather agra") == {}


def test_a_file_that_retires_a_product_is_found_by_the_name_in_the_register() -> None:
    case = a_product_file(data=change("retire", Product.objects.filter(district__name_en="Agra", live=True).first(), title="One less"))
    assert case.record.product.name_hi == "चर्म उत्पाद"
    assert case.number in found("चर्म उत्पाद")
