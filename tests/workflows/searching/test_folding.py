"""What spellings are one word, and what names stay apart: measured on the names of all districts and products."""

import csv
import unicodedata
from collections.abc import Iterator

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from workflows.searching.finding import written
from workflows.searching.folding import WORD, fold
from workflows.searching.rows import together

PAIRS = """
मुरादाबाद मुरादबाद · भदोही भदोहि · ज़रदोज़ी जरदोजी · पीतल पितल · हिन्दी हिंदी · संबंध सम्बन्ध · गाँव गांव · गाँव गाव · शाल साल
विशेष विसेस · गये गए · गयी गई · चाहिये चाहिए · जयपुर जैपुर · उदयपुर उदैपुर · अयन ऐन · प्रायः प्राय · नोयडा नोएडा · दुःख दुख · मिर्ज़ापुर मिरजापुर
अम्बेडकर अंबेडकर · गोण्डा गोंडा · चन्दौली चंदौली · बुलन्दशहर बुलंदशहर · कौशाम्बी कौशांबी · सम्भल संभल · बाँदा बांदा · झाँसी झांसी
पत्ता पता · अच्छा अछा · बुद्ध बुध · सिद्धार्थ सिधार्थ · वाराणसी वारानसी · कृषि क्रिषि · ज्ञान ग्यान · ऑफिस आफिस · मैनपुरी मेनपुरी
२०२६ 2026 · क्षेत्र क्‍षेत्र · प्रयागराज प्रयागराज‌ · फर्रुखाबाद फरूखाबाद · कुशीनगर कुशिनगर · हापुड़ हापुड · अलीगढ़ अलिगढ · लखनऊ लखनउ
सुलतानपुर सुल्तानपुर · महराजगंज महाराजगंज · मूँज मूंज · मूँज मुंज · हस्तशिल्प हस्तशील्प · कालीन कालिन · चिकनकारी चीकनकारी · दरी दरि
Moradabad moradabaad · Meerut Mirut · Kanpur Kanpoor · Shravasti Sravasti · Shrawasti Shravasti · Zari Jari · Zardozi Jardoji
Sewapuri Sevapuri · Chhatarpur Chatarpur · Bareilly Bareily · Farrukhabad Farukhabad · Muzaffarnagar Mujafarnagar · Azamgarh Ajamgarh
Ghazipur Ghajipur · Chitrakoot Chitrakut · Kabeer Kabir · Pooja Puja · Saaree Sari · AGRA agra · Café cafe · Firozabad Firojabad
"""
APART = """
आगरा आरा · मेरठ मुरादाबाद · बलिया बहराइच · दर दरी · कला किला · मऊ महोबा · चमड़ा चना · ताला तेल · मधु मेधा · कालीन कुलीन · पीतल पाताल
Agra Ara · Mau Mahoba · Basti Banda · Etah Etawah · Una Unnao · Meerut Mathura · locks looks · metal medal · Gonda Gorakhpur
"""
# The most names of other districts that the search for one may bring along, and for how many names it may bring more than two.
# West, East, South and North are names of districts, and words of many others.
MOST_OTHERS, WITH_MORE_THAN_TWO, COMPASS = 8, 6, {"West", "East", "South", "North"}


def pairs(text: str) -> list[tuple[str, ...]]:
    return [tuple(pair.split()) for line in text.strip().splitlines() for pair in line.split(" · ")]


@pytest.mark.parametrize(("one", "other"), pairs(PAIRS))
def test_spellings_of_one_word_are_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), pairs(APART))
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_text_falls_into_words_at_everything_that_is_no_letter() -> None:
    assert fold("UP/EXH/2026-27/0001") == ["up", "exh", "2026", "27", "0001"]
    assert fold("ज़रदोज़ी-ज़री, (पीतल)।") == fold("जरदोजी जरी पीतल")
    assert fold("100% of_it") == ["100", "of", "it"]
    assert fold("% _ ।") == []


texts = st.text(
    st.one_of(
        st.sampled_from("अआइईउऊऋएऐओऔऑकखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसहािीुूृेैोौ्ंँः़ऽ०१२3aAeEoOsShHzZwWc\u200c\u200d -/ँ"),
        st.characters(codec="utf-8"),
    ),
    max_size=25,
)


@given(texts)
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    folded = fold(text)
    assert fold(" ".join(folded)) == folded


@given(texts)
def test_every_normal_form_is_folded_alike(text: str) -> None:
    assert len({tuple(fold(unicodedata.normalize(form, text))) for form in ("NFC", "NFD")}) == 1


@given(texts)
def test_no_word_becomes_empty_or_falls_apart(text: str) -> None:
    folded = fold(text)
    assert len(folded) == len(WORD.findall(unicodedata.normalize("NFC", text)))
    assert all(WORD.fullmatch(word) for word in folded)


@given(st.lists(texts, max_size=5).flatmap(lambda parts: st.tuples(st.just(parts), st.permutations(parts))))
def test_the_order_of_words_changes_no_word(parts: tuple[list[str], list[str]]) -> None:
    one, other = (sorted(fold(" ".join(words))) for words in parts)
    assert one == other


def rows(name: str) -> Iterator[dict[str, str]]:
    with (settings.BASE_DIR / "fixtures" / name).open(encoding="utf-8") as file:
        yield from csv.DictReader(file)


def found(typed: str, lines: dict[str, str]) -> set[str]:
    """Ask as the list of files does, in memory."""
    words = fold(typed)
    return {key for key, line in lines.items() if words and all(any(f" {way}" in line for way in ways) for ways in written(words))}


@pytest.fixture(scope="module")
def districts() -> dict[str, str]:
    lines = {}
    for row in rows("districts.csv"):
        names = [row["name_en"], row["name_hi"], *row["aliases"].split("|")]
        lines[row["lgd_code"]] = " " + " ".join(word for name in names for word in together(fold(name)))
    assert len(lines) == 784
    return lines


@pytest.mark.parametrize("language", ["name_en", "name_hi"])
def test_each_districts_name_finds_it_and_few_others(districts: dict[str, str], language: str) -> None:
    table = {}
    for row in rows("districts.csv"):
        if row[language]:
            hit = found(row[language], districts)
            assert row["lgd_code"] in hit, row[language]
            table[row[language], row["lgd_code"]] = len(hit) - 1
    more = sum(others > 2 for others in table.values())
    assert max(others for (name, _code), others in table.items() if name not in COMPASS) <= MOST_OTHERS
    assert more <= WITH_MORE_THAN_TWO


MISSPELT = {
    "118": ["आगरा", "अगरा", "Aagra", "agara"],
    "171": ["मुरादबाद", "मूरादाबाद", "मुरादाबाद", "Moradabaad", "muradabad", "Moraadabad"],
    "179": ["भदोहि", "भदोही", "bhadohee", "Bhadoi", "Sant Ravidasnagar", "संत रविदासनगर"],
    "120": ["Allahabad", "Alahabad", "इलाहबाद", "प्रयागराज", "परयागराज", "prayagraaj"],
    "162": ["लखनउ", "लखनऊ", "Luknow", "Lukhnow", "lucknow"],
    "187": ["बनारस", "वारानसी", "वाराणसि", "Varanasee", "Waranasi", "Benares", "banaras"],
    "121": ["Ambedkarnagar", "ambedkar-nagar", "अंबेडकरनगर", "अम्बेडकर नगर", "Ambedkar nager"],
    "144": ["Gautam Budh Nagar", "गौतमबुद्धनगर", "गौतम बुध नगर", "Noida", "नोयडा", "gautambuddhnagar"],
    "141": ["फरुखाबाद", "फर्रुखाबाद", "Farukhabad", "Farrukhabad"],
    "143": ["फिरोज़ाबाद", "फ़ीरोज़ाबाद", "Firojabad", "Ferozabad"],
    "172": ["मुजफरनगर", "मुज़फ़्फ़रनगर", "Mujaffarnagar", "Muzafarnagar", "Muzaffar Nagar"],
    "170": ["मिरजापुर", "मिर्ज़ापूर", "Mirjapur", "Mirzapoor"],
    "181": ["स्रावस्ती", "श्रावस्ति", "Shravasti", "Sravasti"],
    "136": ["चित्रकुट", "Chitrakut", "Chitrakoot"],
    "175": ["Raebareli", "Rae Bareily", "रायबरेलि", "राय बरेली", "Raibareli"],
    "147": ["गोंडा", "गोण्डा", "गोडा", "Gonda"],
    "119": ["अलीगढ", "अलिगढ़", "Aligarh", "Alegarh", "aleegarh"],
    "164": ["महाराजगंज", "महराजगञ्ज", "Maharajganj"],
    "182": ["सिधार्थनगर", "सिद्धार्थ नगर", "Sidharthnagar", "Siddharth Nagar"],
    "134": ["बुलंदशहर", "बुलन्द शहर", "बुलंदसहर", "Bulandshahr", "Bulandsahr"],
}
RECALL = 0.9


def test_misspelt_names_find_their_district(districts: dict[str, str]) -> None:
    tried = [(typed, code, code in found(typed, districts)) for code, ways in MISSPELT.items() for typed in ways]
    lost = [typed for typed, _code, hit in tried if not hit]
    extra = [len(found(typed, districts)) - 1 for typed, _code, hit in tried if hit]
    assert 1 - len(lost) / len(tried) >= RECALL
    assert max(extra) <= MOST_OTHERS


def test_a_product_is_found_by_either_name_and_by_few_words() -> None:
    lines, table = {}, {}
    for row in rows("products.csv"):
        names = together(fold(row["name_en"])) + together(fold(row["name_hi"]))
        lines[f"{row['district']}/{row['name_en']}"] = " " + " ".join(names)
    for row in rows("products.csv"):
        for typed in filter(None, (row["name_en"], row["name_hi"])):
            hit = found(typed, lines)
            assert f"{row['district']}/{row['name_en']}" in hit, typed
            table[typed] = len(hit)
    assert sum(table.values()) / len(table) <= 2.5
