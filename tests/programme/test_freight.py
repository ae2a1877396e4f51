"""The rules of freight claims apart from any file: versions, windows, and bills that are held once."""

from datetime import date, timedelta

import pytest

from programme.freight import last_day, version_for
from programme.models import AppliesBy, Norm, State
from programme.norms.publishing import publish
from tests.files import officer

pytestmark = pytest.mark.django_db


def norm_of(scheme: str, version: str) -> Norm:
    return Norm.objects.get(scheme=scheme, version=version)


@pytest.mark.parametrize(
    ("mode", "exported", "version"),
    [
        ("sea", date(1999, 9, 24), "1999-09-24"),
        ("sea", date(2019, 8, 14), "1999-09-24"),
        ("sea", date(2019, 8, 15), "2019-08-15"),
        ("sea", date(2025, 11, 5), "before 2025-11-06"),
        ("sea", date(2025, 11, 6), "2025-11-06"),
        ("air", date(2025, 11, 5), "2022 press"),
        ("air", date(2025, 11, 6), "2025-11"),
    ],
)
def test_the_day_of_export_picks_the_version(up: State, mode: str, exported: date, version: str) -> None:
    assert version_for(mode, up, date(2026, 1, 1), exported).version == version


def test_a_version_that_goes_by_the_claim_is_picked_by_the_day_of_the_claim(up: State) -> None:
    old = norm_of("AIR_FREIGHT", "2025-11")
    draft = Norm(state=up, scheme=old.scheme, version="by claim", applies_from=date(2026, 1, 1), applies_by=AppliesBy.APPLICATION)
    draft.rules, draft.source = old.rules, "test"
    draft.save()
    publish(draft, by=officer("administrator"))
    assert version_for("air", up, date(2026, 1, 1), date(2025, 12, 1)).version == "by claim"
    assert version_for("air", up, date(2025, 12, 31), date(2025, 12, 1)).version == "2025-11"


def test_before_all_rules_there_is_no_version(up: State) -> None:
    with pytest.raises(Norm.DoesNotExist):
        version_for("sea", up, date(2026, 1, 1), date(1999, 9, 23))


def test_the_window_by_air_is_180_days_with_the_day_after_the_export_as_the_first(db: None) -> None:
    assert last_day(norm_of("AIR_FREIGHT", "2025-11"), date(2025, 11, 10)) == date(2026, 5, 9) == date(2025, 11, 10) + timedelta(days=180)


@pytest.mark.parametrize(("scheme", "version"), [("GATEWAY_PORT_FREIGHT", "2025-11-06"), ("AIR_FREIGHT", "2022 press")])
def test_where_no_window_is_known_there_is_no_last_day(scheme: str, version: str) -> None:
    assert last_day(norm_of(scheme, version), date(2025, 11, 10)) is None
