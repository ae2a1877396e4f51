import csv
import shutil
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from programme.calendar import financial_year, today
from programme.loading import districts_without_product, holiday_years, load_state
from programme.models import (
    Designation,
    District,
    Holiday,
    Norm,
    Office,
    Officer,
    Product,
    Rank,
    State,
)
from programme.powers import Power

FIXTURES = settings.BASE_DIR / "fixtures"

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path) -> Path:
    return Path(shutil.copytree(FIXTURES, tmp_path / "fixtures"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_all_states_and_districts_of_the_directory_are_loaded():
    assert State.objects.count() == 36
    assert District.objects.count() == 784
    assert District.objects.filter(state__short="UP").count() == 75
    assert District.objects.filter(state__short="HP").count() == 12
    assert not District.objects.filter(name_hi="").exists()


def test_every_district_has_its_offices_in_the_posts_of_its_state(up, hp):
    assert Office.objects.filter(designation__state=up, designation__code="dm").count() == 75
    assert Office.objects.filter(designation__state=hp, designation__code="dc").count() == 12
    assert not Office.objects.filter(designation__state=hp, designation__code="dm").exists()
    assert not Office.objects.exclude(district=None).exclude(designation__level="district").exists()
    assert Office.objects.get(designation__state=up, designation__code="principal_secretary").district is None


@pytest.mark.parametrize("short", ["UP", "HP"])
@pytest.mark.parametrize("power", [Power.SCRUTINISE_EXHIBITION, Power.CONCUR_FINANCE, Power.APPROVE_EXHIBITION, Power.ADMINISTER])
def test_exactly_one_post_of_the_state_holds_each_deciding_power(short, power):
    holders = [d.code for d in Designation.objects.filter(state__short=short) if power in d.powers]
    assert len(holders) == 1


def test_office_addresses_cannot_reach_anybody():
    assert Office.objects.get(designation__code="dm", district__name_en="Agra").email == "dm.agra@up.example"
    assert all(address.endswith(".example") for address in Office.objects.values_list("email", flat=True))


def test_holidays_of_last_this_and_next_financial_year_are_named_in_both_languages(up, hp):
    begins = int(financial_year(today())[:4])
    for state in (up, hp):
        listed = set(Holiday.objects.filter(state=state).values_list("date", flat=True))
        assert {day.year for day in listed} == set(holiday_years())
        assert min(listed) <= date(begins - 1, 4, 30) and max(listed) >= date(begins + 2, 3, 1)
    independence = Holiday.objects.get(state=up, date=date(2026, 8, 15))
    assert independence.is_library and "not the gazette" in independence.source
    assert (independence.name_en, independence.name_hi) == ("Independence Day", "स्वतंत्रता दिवस")
    assert not Holiday.objects.filter(name_hi="").exists()
    assert "estimated" in Holiday.objects.get(state=up, date=date(2027, 3, 10)).source


def test_defaults_say_that_they_are_not_verified(up):
    norm = Norm.in_force("EXHIBITION", up, date(2026, 11, 22))
    assert not norm.verified
    assert "default" in norm.source
    assert (norm.rupees("finance_above"), norm.rupees("ceiling")) == (1_000_000, 1_500_000)


def test_every_state_has_its_short_name_and_only_two_have_offices():
    shorts = set(State.objects.values_list("short", flat=True))
    assert len(shorts) == 36 and {"UP", "HP", "RJ", "HR", "UK", "JK", "NL"} <= shorts
    assert set(Office.objects.values_list("designation__state__short", flat=True)) == {"UP", "HP"}
    assert set(Holiday.objects.values_list("state__short", flat=True)) == {"UP", "HP"}


def test_a_missing_short_name_is_filled_in_and_one_that_a_state_has_stays():
    State.objects.filter(short="RJ").update(short="")
    State.objects.filter(short="OD").update(short="OR")
    load_state(FIXTURES)
    assert State.objects.get(name_en="Rajasthan").short == "RJ"
    assert State.objects.get(name_en="Odisha").short == "OR"


def test_the_last_version_of_a_scheme_is_published_and_the_earlier_ones_superseded(up):
    versions = Norm.objects.filter(scheme="GATEWAY_PORT_FREIGHT", state=up).order_by("applies_from")
    assert [norm.status for norm in versions] == ["superseded"] * 3 + ["published"]
    assert all(norm.doubt and norm.source for norm in Norm.objects.all())


def test_districts_without_a_primary_product_are_named():
    assert [district.name_en for district in districts_without_product()] == ["Mandi", "Una"]
    said = StringIO()
    call_command("load_state", stdout=said)
    assert "Mandi (Himachal Pradesh), Una (Himachal Pradesh)" in said.getvalue()


def test_a_second_load_changes_nothing():
    for count in load_state(FIXTURES):
        assert (count.table, count.created, count.changed) == (count.table, 0, [])


def test_a_name_changed_in_the_file_is_brought_in_step(folder):
    edit(folder / "districts.csv", "Agra,आगरा", "Agra,अग्रा")
    counts = {count.table: count for count in load_state(folder)}
    assert len(counts["District"].changed) == 1
    assert District.objects.get(name_en="Agra").name_hi == "अग्रा"


def test_powers_follow_the_file(folder, up):
    Designation.objects.filter(state=up, code="ldm").update(powers=[Power.APPROVE_EXHIBITION])
    load_state(folder)
    assert Designation.objects.get(state=up, code="ldm").powers == ["answer_question"]


def test_aliases_that_the_administrator_added_stay(agra):
    District.objects.filter(pk=agra.pk).update(aliases=["Akbarabad"])
    load_state(FIXTURES)
    agra.refresh_from_db()
    assert agra.aliases == ["Akbarabad"]


def test_what_the_state_rules_is_left_as_the_state_set_it(up, agra):
    State.objects.filter(pk=up.pk).update(weekly_offs=["sun"])
    own = Norm.objects.create(state=up, scheme="ODOP_CFC", version="order 12", applies_from=date(2027, 4, 1))
    Office.objects.filter(designation__code="dm", district=agra).update(email="dm-agra@example.org")
    Product.objects.filter(district=agra, rank=Rank.PRIMARY).update(live=False)
    load_state(FIXTURES)
    up.refresh_from_db()
    assert up.weekly_offs == ["sun"]
    own.refresh_from_db()
    assert (own.version, own.status) == ("order 12", "draft")
    assert Office.objects.get(designation__code="dm", district=agra).email == "dm-agra@example.org"
    assert not Product.objects.filter(district=agra, rank=Rank.PRIMARY, live=True).exists()


def test_withdrawn_holidays_stay_withdrawn_even_all_of_a_year(up):
    by, of_the_year = Officer.objects.get(username="administrator"), Holiday.objects.filter(state=up, date__year=2026)
    of_the_year.update(withdrawn_at=timezone.now(), withdrawn_by=by, withdrawn_why="Not gazetted.")
    listed = of_the_year.count()
    load_state(FIXTURES)
    assert of_the_year.count() == listed and not of_the_year.filter(withdrawn_at=None).exists()


BAD_ROWS = [
    ("districts.csv", "9,118,Agra,", "99,118,Agra,", "state_lgd_code “99” is not known"),
    ("districts.csv", "9,118,Agra,", "9,119,Agra,", "lgd_code stands in the file twice"),
    ("districts.csv", "9,118,Agra,", "9,x118,Agra,", "lgd_code “x118” is not a number"),
    ("districts.csv", "9,118,Agra,आगरा,", "9,118,,आगरा,", "name_en"),
    ("districts.csv", "9,118,Agra,आगरा,,", "9,118,Agra,आगरा,", "not as many cells"),
    ("states.csv", "sun|sat2", "sunday", "weekly_offs “sunday” is no weekly off"),
    ("designations.csv", "propose_exhibition|recommend_product", "propose_everything", "powers “propose_everything” is not known"),
    ("designations.csv", "UP,dm,district", "UP,dm,village", "level"),
    ("designations.csv", "UP,dm,district", "XX,dm,district", "state “XX” is not known"),
    ("designations.csv", "जिलाधिकारी,administration", "जिलाधिकारी,nowhere", "department “nowhere” is not known"),
    ("products.csv", "118,Agra,secondary", "118,Agra,primary", "Agra has a primary product already"),
    ("products.csv", "118,Agra,primary", "118,Agra,first", "rank"),
    ("products.csv", "MANUF", "MAGIC", "sector “MAGIC” is not known"),
    ("norms.json", '"UP"', '"XX"', "state “XX” is not known"),
    ("norms.json", '"2018-01-24"', '"24 January"', "applies_from"),
]


@pytest.mark.parametrize(("file", "old", "new", "why"), BAD_ROWS, ids=[row[3] for row in BAD_ROWS])
def test_a_bad_row_is_refused_by_file_and_line_and_nothing_is_loaded(folder, file, old, new, why):
    edit(folder / "sectors.csv", "Marine", "Marine and fisheries")
    edit(folder / file, old, new)
    with pytest.raises(CommandError) as refusal:
        call_command("load_state", folder=folder, stdout=StringIO())
    assert f"{file}, {'entry' if file.endswith('json') else 'line'} " in str(refusal.value)
    assert why in str(refusal.value)
    assert load_state(FIXTURES)[1].changed == [], "the sector's new name was rolled back"


def test_the_line_named_is_the_line_of_the_row(folder):
    edit(folder / "sectors.csv", "MARINE,Marine,समुद्री,6", "MARINE,Marine,समुद्री,six")
    with pytest.raises(CommandError, match=r"sectors\.csv, line 7: position “six”"):
        call_command("load_state", folder=folder, stdout=StringIO())


def test_a_missing_file_and_a_missing_column_are_named(folder):
    edit(folder / "sectors.csv", "position", "order")
    with pytest.raises(CommandError, match=r"sectors\.csv, line 1: the column position is missing"):
        call_command("load_state", folder=folder, stdout=StringIO())
    (folder / "sectors.csv").unlink()
    with pytest.raises(CommandError, match=r"sectors\.csv: the file is missing"):
        call_command("load_state", folder=folder, stdout=StringIO())


def test_a_file_that_is_no_table_is_named(folder):
    (folder / "norms.json").write_text('{"state": "UP"}', encoding="utf-8")
    with pytest.raises(CommandError, match=r"norms\.json: this is not a list of objects"):
        call_command("load_state", folder=folder, stdout=StringIO())
    (folder / "sectors.csv").write_bytes("code\nकृषि".encode("utf-16"))
    with pytest.raises(CommandError, match=r"sectors\.csv: .*can't decode"):
        call_command("load_state", folder=folder, stdout=StringIO())


def test_a_district_is_named_beside_its_code_in_the_products_file():
    names = dict(District.objects.values_list("lgd_code", "name_en"))
    with (FIXTURES / "products.csv").open(encoding="utf-8", newline="") as opened:
        for row in csv.DictReader(opened):
            assert names[int(row["district_lgd_code"])] == row["district"]
