"""One person, family or unit in two files is found, whatever the scheme and however the number was written."""

import pytest
from django.core.exceptions import FieldDoesNotExist

from programme.duplicates import drop_marks, grant_marks, keep_marks, matches, same_family
from programme.identity import IdentityKind, identify
from programme.models import FileStanding, IdentityMark, Role
from programme.models.beneficiaries import columns_of
from tests.programme.claims import AADHAAR, ACCOUNT, BROTHER, FAMILY, Claim

pytestmark = pytest.mark.django_db
LOAN, FREIGHT = "ODOP_MARGIN_MONEY", "GATEWAY_PORT_FREIGHT"


def kept(pk, scheme=LOAN, number="", **numbers):
    claim = Claim.of(pk, **numbers)
    keep_marks(claim, scheme, file_number=number or f"UP/X/2026-27/{pk:04}")
    return claim


def test_the_same_person_is_found_in_another_scheme_with_file_and_standing():
    kept(1, FREIGHT, aadhaar=AADHAAR)
    [match] = matches(Claim.of(2, aadhaar="२३४१-२३४१-२३४६"))
    assert (match.scheme, match.file_number, match.standing, match.live) == (FREIGHT, "UP/X/2026-27/0001", FileStanding.OPEN, True)
    assert (match.shown, match.kind, match.role, match.record_id) == ("Aadhaar …2346", IdentityKind.AADHAAR, Role.APPLICANT, 1)


def test_a_record_does_not_match_itself_and_one_not_saved_yet_matches_the_others():
    claim = kept(1, aadhaar=AADHAAR, family=FAMILY)
    assert matches(claim) == []
    assert [match.kind for match in matches(Claim.of(aadhaar=AADHAAR, family=FAMILY))] == [IdentityKind.AADHAAR, IdentityKind.FAMILY_ID]


def test_a_record_of_another_kind_with_the_same_number_in_its_key_is_another_record():
    kept(1, aadhaar=AADHAAR)
    IdentityMark.objects.update(record_kind="tests.other")
    assert len(matches(Claim.of(1, aadhaar=AADHAAR))) == 1


def test_one_account_is_found_at_another_branch():
    kept(1, account=ACCOUNT)
    assert [match.shown for match in matches(Claim.of(2, account="SBIN0009999 00030012345678"))] == ["Bank account …5678"]


def test_a_corrected_number_leaves_no_mark_of_the_wrong_one():
    claim = kept(1, aadhaar=AADHAAR, family=FAMILY)
    claim.set_identity("aadhaar", identify(IdentityKind.AADHAAR, BROTHER))
    keep_marks(claim, LOAN, file_number="UP/X/2026-27/0001")
    assert matches(Claim.of(2, aadhaar=AADHAAR)) == []
    assert len(matches(Claim.of(2, aadhaar=BROTHER, family=FAMILY))) == 2
    assert IdentityMark.objects.count() == 2


def test_a_file_that_ended_badly_is_still_seen_and_stands_in_nobodys_way():
    drop_marks(kept(1, aadhaar=AADHAAR))
    [match] = matches(Claim.of(2, aadhaar=AADHAAR))
    assert (match.standing, match.live) == (FileStanding.ENDED, False)


def test_dropping_and_granting_touch_the_marks_of_that_record_only():
    first, second = kept(1, aadhaar=AADHAAR), kept(2, aadhaar=AADHAAR)
    grant_marks(first)
    drop_marks(second)
    assert [match.standing for match in matches(Claim.of(3, aadhaar=AADHAAR))] == [FileStanding.GRANTED, FileStanding.ENDED]


TIES = {
    "one family ID": ({"family": FAMILY}, {"family": FAMILY}),
    "the later one names his brother": ({"aadhaar": AADHAAR}, {"brother": AADHAAR}),
    "the earlier one named his brother": ({"aadhaar": BROTHER, "brother": AADHAAR}, {"aadhaar": AADHAAR}),
}


@pytest.mark.parametrize("tie", TIES)
def test_the_brother_of_a_paid_beneficiary_is_found(tie):
    before, after = TIES[tie]
    earlier = kept(1, **before)
    found = matches(Claim.of(2, **after))
    assert len(found) == 1 and same_family(found) == [], "nothing is granted yet"
    grant_marks(earlier)
    assert [match.file_number for match in same_family(matches(Claim.of(2, **after)))] == ["UP/X/2026-27/0001"]


def test_the_same_person_again_is_no_family_case():
    grant_marks(kept(1, aadhaar=AADHAAR))
    assert same_family(matches(Claim.of(2, aadhaar=AADHAAR))) == []


def test_all_matches_come_with_one_query(django_assert_num_queries):
    for pk in range(1, 6):
        kept(pk, aadhaar=AADHAAR, family=FAMILY, account=ACCOUNT)
    with django_assert_num_queries(1):
        assert len(matches(Claim.of(9, aadhaar=AADHAAR, family=FAMILY, account=ACCOUNT))) == 15
    with django_assert_num_queries(0):
        assert matches(Claim.of(9)) == []


def test_no_mark_holds_a_number():
    kept(1, aadhaar=AADHAAR, family=FAMILY, account=ACCOUNT)
    for row in IdentityMark.objects.values():
        assert not any(len(part) > 4 and str(part).isdigit() for part in map(str, row.values()) if part != str(row["record_id"]))


def test_a_record_refuses_a_number_of_another_kind_and_a_name_it_has_no_column_for():
    claim = Claim.of(1, aadhaar=AADHAAR)
    with pytest.raises(ValueError, match="aadhaar is a number of the kind aadhaar, not family_id"):
        claim.set_identity("aadhaar", identify(IdentityKind.FAMILY_ID, FAMILY))
    claim.IDENTITIES = {**Claim.IDENTITIES, "pan": IdentityKind.PAN}
    with pytest.raises(FieldDoesNotExist):
        claim.set_identity("pan", identify(IdentityKind.PAN, "ACUPA7085R"))


def test_the_columns_of_a_record_are_named_for_what_is_material_and_personal():
    assert columns_of({"aadhaar": IdentityKind.AADHAAR}) == {"aadhaar_digest", "aadhaar_last4"}
    assert columns_of(Claim.IDENTITIES) < {field.name for field in Claim._meta.get_fields()}
