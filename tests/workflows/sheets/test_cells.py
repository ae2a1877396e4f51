"""What people type into cells is read; what cannot be meant for sure is refused with a sentence that says what was found."""

import unicodedata
from datetime import date, datetime, time
from decimal import Decimal

import pytest

from workflows.sheets.cells import parse
from workflows.sheets.columns import Choice, Column, Type
from workflows.sheets.faults import SENTENCES

from .books import PLAN

HALF_PAST_TEN = datetime(2027, 1, 15, 10, 30)  # noqa: DTZ001 -- a spreadsheet knows no time zone
READ = {
    Type.RUPEES: [
        (1850000, 1850000), (1850000.5, "1850000.5"), (0.1 + 0.2, "0.3"), ("100000", 100000), ("1,00,000", 100000), ("100,000", 100000),
        ("₹ 1,00,000.50", "100000.5"), ("₹1,00,000", 100000),
        ("Rs 1,00,000", 100000), ("Rs. 1,00,000/-", 100000), ("रु. १,००,०००/-", 100000),
        ("१८५००००", 1850000), (" 5\u00a0", 5), ("25 लाख", 2500000), ("25लाख", 2500000), ("1.5 lakh", 150000), ("1.5 crore", 15000000),
        ("2 करोड़ 50 लाख", 25000000), (unicodedata.normalize("NFD", "२ करोड़"), 20000000),
        ("₹ 1.25 Cr.", 12500000), ("25 Lacs", 2500000),
        ("10 हज़ार", 10000), ("2 crore 5 lakh 10 thousand", 20510000),
        ("5 lakh only", 500000), ("1850000 रुपये मात्र", 1850000), ("0", 0),
        ("1,50,\u200b000", 150000), ("₹ 1,00, 000", 100000),
    ],
    Type.WHOLE: [(40.0, 40), ("40", 40), ("४०", 40), ("1,200", 1200), ("12.0", 12), (7, 7)],
    Type.DECIMAL: [(12.5, "12.5"), ("12.50", "12.5"), ("-3.25", "-3.25"), ("०.५", "0.5"), ("1,234.5", "1234.5")],
    Type.DATE: [
        (date(2027, 1, 15), date(2027, 1, 15)), (HALF_PAST_TEN, date(2027, 1, 15)), (46402.0, date(2027, 1, 15)),
        (46402.75, date(2027, 1, 15)), ("15-01-2027", date(2027, 1, 15)),
        ("15/1/2027", date(2027, 1, 15)), ("15.01.2027", date(2027, 1, 15)),
        ("१५-०१-२०२७", date(2027, 1, 15)), ("2027-01-15", date(2027, 1, 15)), ("2027-01-15 00:00:00", date(2027, 1, 15)),
        (" 15 - 01 - 2027 ", date(2027, 1, 15)),
    ],
    Type.YES_NO: [
        ("Yes", True), ("हाँ", True), ("हां", True), ("Y", True),
        (True, True), (1.0, True), ("no ", False), ("नहीं", False), (False, False),
    ],
    Type.IDENTIFIER: [
        ("000123456789", "000123456789"), ("१२३४", "1234"),
        ("ABCDE1234F", "ABCDE1234F"), ("'0012", "0012"), (" 12 34 ", "12 34"),
    ],
    Type.TEXT: [
        (" संगमरमर \n शिल्प ", "संगमरमर शिल्प"), (unicodedata.normalize("NFD", "ज़री"), unicodedata.normalize("NFC", "ज़री")),
        ("क्\u200dष", "क्\u200dष"), ("\u200dराम\u200c", "राम"), ("राम\u200b\ufeff\u00ad", "राम"),
        (123.0, "123"), (1.5, "1.5"), (True, "TRUE"),
        ("ताला\u00a0उद्योग", "ताला उद्योग"), ("=1+1", "=1+1"),
    ],
    Type.LONG_TEXT: [("एक\r\n\r\nदो  तीन ", "एक\n\nदो तीन"), ("a_x000D_\nb", "a\nb")],
}  # fmt: skip

REFUSED = {
    Type.RUPEES: [
        ("number", True), ("rupees", "many"), ("commas", "1,000,00"), ("commas", "1,00,00"), ("negative", -5.0), ("negative", "-5"),
        ("negative", "(500)"), ("paise", 1.005), ("paise", "1.005"),
        ("rupees", "1E+05"), ("rupees", "١٢٣"), ("large", 1e18), ("large", "9" * 20),
        ("rupees", "5 लाख करोड़"), ("rupees", "lakh"), ("rupees", "5 lakh 2 crore"), ("large", float("nan")), ("large", float("inf")),
        ("number", date(2027, 1, 1)), ("rupees", "5 10"), ("rupees", "5 lakhx"), ("rupees", "NaN"),
    ],
    Type.WHOLE: [("whole", 4.5), ("whole", "4.5"), ("number", "four"), ("number", "25 lakh"), ("number", "1e3")],
    Type.DECIMAL: [("places", "0.1234567"), ("number", "--1"), ("number", "")],
    Type.DATE: [
        ("date", "30-30-2027"), ("date", "02-30-2027"), ("date", "31-02-2027"),
        ("year", "15-01-27"), ("date", "soon"), ("date", "15 Jan 2027"), ("date", 5.0),
        ("date", 1e12), ("date", float("nan")), ("date", True), ("date", time(12)), ("date", "46402"),
    ],
    Type.YES_NO: [("yes_no", "perhaps"), ("yes_no", 2.0)],
    Type.IDENTIFIER: [
        ("figure", 1.234567890123457e19), ("figure", 123.0),
        ("figure", "1.23E+19"), ("became_date", date(2027, 1, 1)), ("long", "1" * 65),
    ],
    Type.TEXT: [
        ("unseen", "ab\u202ecd"), ("unseen", "a\x00b"), ("unseen", "\ud800"),
        ("lookalike", "Аgra"), ("lookalike", "Rαm"), ("long", "क" * 501),
        ("became_date", date(2027, 1, 1)),
    ],
    Type.LONG_TEXT: [("long", "a" * 5001)],
}  # fmt: skip


def column(kind: Type, **more: object) -> Column:
    return Column("x", "X", "एक्स", kind, **more)


@pytest.mark.parametrize(("kind", "found", "value"), [(kind, *case) for kind, cases in READ.items() for case in cases])
def test_what_people_type_is_read(kind, found, value):
    read = parse(column(kind), found)
    assert read.fault is None
    assert read.value == (Decimal(value) if kind in (Type.RUPEES, Type.DECIMAL) else value)
    assert type(read.value) is type(value) or kind in (Type.RUPEES, Type.DECIMAL)


@pytest.mark.parametrize(("kind", "code", "found"), [(kind, *case) for kind, cases in REFUSED.items() for case in cases if case[1] != ""])
def test_what_cannot_be_meant_is_refused_with_what_was_found(kind, code, found):
    read = parse(column(kind), found)
    assert read.value is None and read.fault is not None
    assert read.fault.code == code
    assert str(read.fault) and "%(" not in str(read.fault)


def test_days_of_a_workbook_from_1904_are_counted_from_there():
    assert parse(column(Type.DATE), 44940.0, from_1904=True).value == date(2027, 1, 15)


def test_limits_of_a_column_hold_and_are_themselves_allowed():
    small, late = column(Type.WHOLE, least=1, most=9), column(Type.DATE, least=date(2026, 4, 1), most=date(2027, 3, 31))
    assert [parse(small, number).value for number in (1.0, 9.0)] == [1, 9]
    assert [parse(small, number).fault.code for number in (0.0, 10.0)] == ["least", "most"]
    assert parse(late, "01-04-2026").value == date(2026, 4, 1)
    assert [parse(late, day).fault.code for day in ("31-03-2026", "01-04-2027")] == ["before", "after"]


def test_an_empty_cell_is_a_fault_only_where_the_column_must_be_filled():
    assert parse(column(Type.TEXT), " \u200b\u00a0").fault is None
    assert parse(column(Type.TEXT, required=True), " \u200b\u00a0").fault.code == "missing"


def test_a_formula_is_a_fault_whatever_it_last_said():
    read = parse(column(Type.WHOLE), 5.0, formula=True)
    assert (read.raw, read.value, read.fault.code) == ("5", None, "formula")
    assert parse(column(Type.WHOLE), "", error=True).fault.code == "error"


@pytest.mark.parametrize(
    "name",
    [
        "143",
        "Firozabad",
        "FIROZABAD ",
        "फिरोजाबाद",
        "फ़िरोज़ाबाद",
        "फीरोजाबाद",
        "फीरोजा\nबाद",
        "फिरोजाबाद / Firozabad",
        "Firozabad (फिरोजाबाद)",
        "firoza-bad.",
    ],
)
def test_a_name_is_found_in_both_languages_and_old_spellings(name):
    assert parse(PLAN.column("district"), name).value == "143"


def test_a_name_that_is_not_in_the_list_is_refused_and_the_nearest_named():
    fault = parse(PLAN.column("district"), "Firozbad").fault
    assert fault.code == "near" and "फिरोजाबाद / Firozabad" in str(fault)
    assert parse(PLAN.column("district"), "Timbuktu").fault.code == "choice"


def test_a_name_that_two_choices_bear_is_refused_naming_both():
    places = column(Type.CHOICE, choices=(Choice("1", "Aurangabad", "औरंगाबाद"), Choice("2", "Aurangabad", "औरंगाबाद (बिहार)")))
    fault = parse(places, "aurangabad").fault
    assert fault.code == "several" and "औरंगाबाद (बिहार) / Aurangabad" in str(fault)


def test_an_old_name_never_wins_over_a_name_of_the_list():
    places = column(Type.CHOICE, choices=(Choice("1", "New", "नया", ("Old",)), Choice("2", "Old", "पुराना")))
    assert parse(places, "old").value == "2"


def test_a_long_wrong_cell_is_kept_and_quoted_shortly():
    read = parse(column(Type.RUPEES), "x" * 30_000)
    assert len(read.raw) <= 6_000 and read.fault.code == "long"
    assert len(str(parse(column(Type.RUPEES), "x" * 400).fault)) < 200


def test_every_fault_has_a_cell_that_meets_it():
    met = {code for cases in REFUSED.values() for code, _ in cases}
    assert met | {"formula", "error", "missing", "least", "most", "before", "after", "near", "choice", "several"} == set(SENTENCES)
