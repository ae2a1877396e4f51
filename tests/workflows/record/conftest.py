from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage

from tests.workflows.record.files import Place
from workflows.models import Case, Enclosure, OrderKind, Outcome
from workflows.record import keys, sealer


@pytest.fixture(autouse=True)
def own_keys_and_papers(settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys and a store for papers that no other test shares."""
    settings.RECORD_KEYS = {"2026b": "ab" * 32, "2026a": "cd" * 32}
    settings.SEAL_KEY_FILE = tmp_path / "seal.key"
    settings.RECORD_ORIGIN = "karyapravah.test"
    keys.make_seal_key()
    monkeypatch.setattr(Enclosure._meta.get_field("stored"), "storage", FileSystemStorage(location=tmp_path / "papers"))


@pytest.fixture
def place(db: None) -> Place:
    return Place()


@pytest.fixture
def case(place: Place) -> Case:
    return place.open_file(1)


@pytest.fixture
def record(place: Place) -> Place:
    """Four files of several paragraphs under four seals: one running, one with a replaced paper, one with an order, one closed;
    the running one was returned with a memo."""
    first, second, third, fourth = (place.open_file(number) for number in range(1, 5))
    sealer.seal()
    for case in (first, second, third, fourth):
        place.sign(case)
    newer = place.enclose(second, "estimate", b"corrected")
    second.enclosures.exclude(pk=newer.pk).update(replaced_by=newer)
    place.sign(second, step="correct", outcome="submitted")
    sealer.seal()
    place.issue(third)
    place.sign(first, step="concur", outcome="concurred")
    place.sign(fourth, step="approve", outcome="sanctioned")
    sealer.seal()
    place.close(fourth)
    place.sign(second)
    person = {"nodal_officer": "R. Kumar", "nodal_mobile": "9000000001"}
    place.write_order(first, OrderKind.RETURN_MEMO, "approve", Outcome.RETURN, private=person)
    sealer.seal()
    return place
