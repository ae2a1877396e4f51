"""Every address of the interface × every person, with a token and with a session: exactly what the pages open to each."""

from collections.abc import Callable

import pytest

from tests.files import a_file
from tests.workflows.api.calls import V1, ask, everything, key_of
from tests.workflows.test_access import EVERYBODY, OTHER_STATE, READERS
from workflows.api.registers import REGISTERS

pytestmark = pytest.mark.django_db

NOBODY = {"dm.agra.earlier", "cdo.agra"}  # transferred away; a link officer after his dates, in charge of his own post
STATE = {"odop.cell", "principal.secretary", "director", "auditor"}
OTHERS_STATE = {"acs.industries", "auditor.hp"}
DISTRICTS = {"dm.agra", "dic.agra", "dm.mathura", "dic.mathura", "dc.bilaspur"}


@pytest.mark.parametrize("person", sorted(EVERYBODY))
def test_each_person_reads_by_token_and_by_session_what_his_pages_show(person: str, client_for: Callable) -> None:
    case = a_file(at="report")
    key, client, reads = key_of(person), client_for(person), person in READERS
    for address in (f"files/{case.pk}/", f"files/{case.pk}/notings/"):
        expected = 200 if reads else 404
        assert (ask(address, key).status_code, client.get(V1 + address).status_code) == (expected, expected), address
    assert [row["id"] for row in everything("files/", key)] == ([case.pk] if reads else [])
    for address in ("movements/", "orders/"):
        assert {row["file"] for row in everything(address, key)} == ({case.pk} if reads else set()), address
        assert bool(client.get(V1 + address).json()["results"]) == reads
        assert ask(f"{address}?file={case.pk}", key).status_code == (200 if reads else 404), "what he may not read is not there"


@pytest.mark.parametrize("person", sorted(EVERYBODY))
def test_each_person_has_the_reports_of_his_district_or_state(person: str, client_for: Callable) -> None:
    a_file(at="report")
    key, client = key_of(person), client_for(person)
    of_states, reads = person in STATE | OTHERS_STATE, person in STATE | OTHERS_STATE | DISTRICTS
    expected = {
        "reports/": 200 if reads else 403,
        "reports/pendency/": 200 if reads else 403,
        "reports/review/": 200 if reads else 403,
        "reports/budget-by-district/": 200 if reads else 403,
        "reports/budget/": 200 if of_states else 404 if reads else 403,
        "reports/recompute/": 200 if of_states else 404 if reads else 403,
    }
    assert {address: ask(address, key).status_code for address in expected} == expected
    assert {address: client.get(V1 + address).status_code for address in expected} == expected
    if reads:
        agra = person in STATE | {"dm.agra", "dic.agra"}
        assert bool(ask("reports/pendency/", key).json()["rows"]) == agra
        assert bool(ask("reports/budget-by-district/", key).json()["rows"]) == agra


@pytest.mark.parametrize("person", ["dm.agra", "auditor", "auditor.hp", "dm.agra.earlier", "administrator"])
def test_registers_are_those_of_the_state_in_which_one_holds_a_charge(person: str) -> None:
    key, state = key_of(person), {"dm.agra.earlier": None}.get(person, 2 if person in OTHER_STATE else 9)
    for name in REGISTERS:
        rows = everything(f"registers/{name}/?rows=200", key)
        assert bool(rows) == (state is not None), name
        assert {row["state"] for row in rows if row.get("state")} <= {state}, name
