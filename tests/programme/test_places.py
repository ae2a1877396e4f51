import unicodedata

import pytest
from django.utils import translation

from programme.models import District
from programme.places import UnknownDistrict, UnknownState, find_district, find_state, fold

# The 73 names as the press printed them for September 2019, damage of the scan included.
AS_PRINTED = """
बाराबंकी=Bara Banki;गौतमबुद्ध नगर=Gautam Buddha Nagar;आगरा=Agra;मथुरा=Mathura;फीरोजाबाद=Firozabad;कानपुर नगर=Kanpur Nagar;
कानपुर देहात=Kanpur Dehat;इटावा=Etawah;औरिया=Auraiya;फर्रुखाबाद=Farrukhabad;कन्नौज=Kannauj;मैनपुरी=Mainpuri;चित्रकूट=Chitrakoot;
अलीगढ़=Aligarh;गोंडा=Gonda;बलरामपुर=Balrampur;रायबरेली=Rae Bareli;हरदोई=Hardoi;सीतापुर=Sitapur;लखीमपुर खीरी=Kheri;कासगंज=Kasganj;
एटा=Etah;हाथरस=Hathras;अंबेडकर नगर=Ambedkar Nagar;अमेठी=Amethi;बहराइच=Bahraich;श्रावस्ती=Shrawasti;जौनपुर=Jaunpur;गाजियाबाद=Ghaziabad;
लखनऊ=Lucknow;बस्ती=Basti;गोरखपुर=Gorakhpur;मेरठ=Meerut;बागपत=Baghpat;बुलंदशहर=Bulandshahr;हापुड़=Hapur;कुशीनगर=Kushinagar;देवरिया=Deoria;
महाराजगंज=Mahrajganj;भदोही=Bhadohi;प्रतापगढ़=Pratapgarh;गाजीपुर=Ghazipur;संत कबीर नगर=Sant Kabir Nagar;सिद्धार्थ नगर=Siddharthnagar;
संभल=Sambhal;मिर्जापुर=Mirzapur;सोनभद्र=Sonbhadra;वाराणसी=Varanasi;रामपुर=Rampur;हमीरपुर=Hamirpur;महोबा=Mahoba;अमरोहा=Amroha;
प्रयागराज=Prayagraj;कौशांबी=Kaushambi;मुरादाबाद=Moradabad;बिजनौर=Bijnor;अयोध्या=Ayodhya;सुल्तानपुर=Sultanpur;आजमगढ़=Azamgarh;बलिया=Ballia;
मऊ=Mau;बरेली=Bareilly;बदायूं=Budaun;पीलीभीत=Pilibhit;बांदा=Banda;झांसी=Jhansi;फतेहपुर=Fatehpur;सहारनपुर=Saharanpur;
मुजफ्फरनगर=Muzaffarnagar;शामली=Shamli;चंदौली=Chandauli;जालौन=Jalaun;ललितपुर=Lalitpur
"""
PRINTED = [tuple(pair.strip().split("=")) for pair in AS_PRINTED.split(";")]


def test_every_printed_spelling_of_2019_finds_its_district(up):
    assert len(PRINTED) == 73
    found = {printed: find_district(printed, up).name_en for printed, _name in PRINTED}
    assert found == dict(PRINTED)
    missing = set(District.objects.filter(state=up).values_list("name_en", flat=True)) - set(found.values())
    assert missing == {"Shahjahanpur", "Unnao"}


@pytest.mark.parametrize(
    ("written", "name", "why"),
    [
        ("फ़िरोज़ाबाद", "Firozabad", "nukta"),
        (unicodedata.normalize("NFD", "आज़मगढ़"), "Azamgarh", "decomposed"),
        ("आ\u091c\u093cमग\u095d", "Azamgarh", "one sign composed, one not"),
        ("हापुड", "Hapur", "nukta left out"),
        ("गौतम-बुद्ध-नगर", "Gautam Buddha Nagar", "hyphens"),
        ("  गौतम  बुद्ध\u00a0नगर ", "Gautam Buddha Nagar", "spaces"),
        ("शाहजहाँ\u200dपुर", "Shahjahanpur", "zero width joiner"),
        ("शाहजहां\u200cपुर", "Shahjahanpur", "zero width non-joiner, anusvara"),
        ("AGRA", "Agra", "capitals"),
        ("barabanki", "Bara Banki", "one word"),
        ("G.B.Nagar", "Gautam Buddha Nagar", "dots"),
        ("Noida", "Gautam Buddha Nagar", "alias"),
        ("118", "Agra", "LGD code"),
        ("११८", "Agra", "LGD code in Devanagari figures"),
    ],
)
def test_a_district_is_found_however_it_is_written(up, written, name, why):
    assert find_district(written, up).name_en == name, why


def test_an_ampersand_is_read_as_and(hp):
    assert find_district("Lahaul & Spiti", hp).name_en == "Lahaul And Spiti"
    assert find_district("LAHAUL AND SPITI").state == hp


@pytest.mark.django_db
def test_every_name_alias_and_code_finds_its_own_district():
    for district in District.objects.select_related("state"):
        for text in (district.name_en, district.name_hi, str(district.lgd_code), *district.aliases):
            assert find_district(text, district.state) == district, text


@pytest.mark.django_db
def test_a_name_in_two_states_is_refused_with_the_candidates():
    with translation.override("hi"), pytest.raises(UnknownDistrict) as refusal:
        find_district("बिलासपुर")
    assert "बिलासपुर, छत्तीसगढ़" in str(refusal.value)
    assert "बिलासपुर, हिमाचल प्रदेश" in str(refusal.value)


def test_the_state_decides_between_two_of_a_name(up, hp):
    assert find_district("Hamirpur", up).state == up
    assert find_district("Hamirpur", hp).state == hp


def test_a_district_of_another_state_is_unknown_here(up, hp):
    assert find_district("Kullu").state == hp
    with pytest.raises(UnknownDistrict, match="Kullu"):
        find_district("Kullu", up)


@pytest.mark.django_db
@pytest.mark.parametrize("written", ["", "  ", "---", "Atlantis", "000"])
def test_what_names_no_district_is_refused(written):
    with pytest.raises(UnknownDistrict):
        find_district(written)


@pytest.mark.parametrize("written", ["Uttar Pradesh", "उत्तर प्रदेश", "UP", "up", "9", "U.P."])
def test_a_state_is_found_by_name_short_name_and_code(up, written):
    assert find_state(written) == up


@pytest.mark.django_db
def test_an_unknown_state_is_refused():
    with pytest.raises(UnknownState, match="Atlantis"):
        find_state("Atlantis")
    with pytest.raises(UnknownState):
        find_state("")


def test_folding_twice_changes_nothing():
    for written, _name in PRINTED:
        assert fold(fold(written)) == fold(written)
