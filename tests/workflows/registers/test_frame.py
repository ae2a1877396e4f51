"""What every register does by being declared: list, filter, form, workbook, interface, access, history."""

import io
import json
from collections.abc import Callable

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.urls import reverse

from programme.models import entry_models
from tests.files import PDF, a_file, office, officer
from tests.workflows.api.calls import ask, everything, key_of
from tests.workflows.record.exports import checked as offline_checked
from tests.workflows.record.exports import exported, put
from tests.workflows.record.exports import lines_of as lines_of_export
from tests.workflows.registers.entries import CHANGES, FURTHER, TYPED, WRONG, entered
from tests.workflows.workbooks.books import accepted, checked, standings
from workflows.models import Leaf, Reading, RegisterLine
from workflows.record import sealer, triggers
from workflows.record.entries import lines_of
from workflows.record.verifier import verify
from workflows.registers import writing
from workflows.registers.every import REGISTERS
from workflows.workbooks.kinds import KINDS

pytestmark = pytest.mark.django_db

EVERY = sorted(REGISTERS)
READERS = ["dm.agra", "dic.mathura", "odop.cell", "auditor", "administrator", "cdo.agra"]
OUTSIDE = ["dm.agra.earlier", "dc.bilaspur", "auditor.hp"]


def path(name: str, key: str, *args: object) -> str:
    return reverse(name, args=[key, *args])


def head(entry) -> str:
    return lines_of(entry).last().hash


def test_each_model_of_a_register_is_declared_and_has_its_entries_here():
    assert entry_models().keys() == REGISTERS.keys() == TYPED.keys() == CHANGES.keys() == WRONG.keys()


@pytest.mark.parametrize("key", EVERY)
def test_an_entry_is_typed_listed_found_and_read(key: str, client_for: Callable) -> None:
    client = client_for("dm.agra")
    assert client.get(path("new_entry", key)).status_code == 200
    sent = client.post(path("new_entry", key), TYPED[key]())
    entry = REGISTERS[key].model.objects.get()
    assert sent.status_code == 302 and sent.url == path("entry", key, entry.pk)
    page = client.get(path("entry", key, entry.pk)).content.decode()
    assert str(entry) in page and "Entered" in page and "District Magistrate, Agra" in page
    assert path("entry", key, entry.pk) in client.get(path("register", key)).content.decode()
    assert "1 entry" in client.get(reverse("registers")).content.decode()
    ways = REGISTERS[key].search[:2]
    word = next(word for word in REGISTERS[key].model.objects.values_list(*ways).get() if word).split()[0]
    assert path("entry", key, entry.pk) in client.get(path("register", key), {"q": word}).content.decode()
    assert "No entry fits" in client.get(path("register", key), {"q": "zzz"}).content.decode()


@pytest.mark.parametrize("key", EVERY)
def test_what_is_wrong_is_said_at_the_field_and_what_was_typed_stays(key: str, client_for: Callable) -> None:
    typed, (name, value) = TYPED[key](), WRONG[key]
    before = RegisterLine.objects.count()
    answer = client_for("dm.agra").post(path("new_entry", key), {**typed, name: value})
    page = answer.content.decode()
    assert answer.status_code == 422 and f"id_{name}" in page and 'role="alert"' in page
    kept = next(text for text in typed.values() if isinstance(text, str) and " " in text)
    assert kept in page and RegisterLine.objects.count() == before


@pytest.mark.parametrize("key", EVERY)
def test_a_filter_that_cannot_be_read_is_refused_and_the_others_narrow(key: str, client_for: Callable) -> None:
    entered(key)
    client, address = client_for("dm.agra"), path("register", key)
    assert client.get(address, {"standing": "bogus"}).status_code == 400
    assert client.get(address, {"district": "119"}).status_code == 200
    other = client.get(address, {"district": str(office("dm", "Mathura").district_id)}).content.decode()
    assert "No entry fits" in other


@pytest.mark.parametrize("key", EVERY)
def test_only_the_district_itself_and_offices_of_its_state_change_an_entry(key: str, client_for: Callable) -> None:
    entry, (name, value) = entered(key), CHANGES[key]
    address = path("change_entry", key, entry.pk)
    sent = {**TYPED[key](), name: value, "why": "Corrected.", "seen": head(entry)}
    if key == "letters":
        sent |= {"event": entry.event_id, "product": entry.product_id}
    for person, status in {
        "dm.mathura": 403,
        "principal.secretary": 403,
        "cdo.agra": 403,
        "auditor": 403,
        **dict.fromkeys(OUTSIDE, 404),
    }.items():
        # An auditor sends nothing, whatever State he reads.
        expected = 403 if person == "auditor.hp" else status
        assert client_for(person).post(address, sent).status_code == expected, person
    assert lines_of(entry).count() == 1
    for person in ("dm.agra", "odop.cell"):
        answer = client_for(person).post(address, sent | {"seen": head(entry)})
        assert answer.status_code == 302, answer.content.decode()
    assert [line.act for line in lines_of(entry)] == ["added", "changed"], "the same words twice change nothing"
    assert lines_of(entry).last().officer.username == "dm.agra"


@pytest.mark.parametrize("key", EVERY)
def test_the_state_reads_another_state_and_whoever_left_see_nothing(key: str, client_for: Callable) -> None:
    entry = entered(key)
    for person in READERS:
        client = client_for(person)
        assert client.get(path("entry", key, entry.pk)).status_code == 200, person
        assert path("entry", key, entry.pk) in client.get(path("register", key)).content.decode()
    for person in OUTSIDE:
        client = client_for(person)
        assert client.get(path("entry", key, entry.pk)).status_code == 404, person
        assert path("entry", key, entry.pk) not in client.get(path("register", key)).content.decode()
    assert client_for("dm.agra.earlier").get(path("register", key)).status_code == 404


@pytest.mark.parametrize("key", EVERY)
def test_a_district_enters_for_itself_alone(key: str, client_for: Callable) -> None:
    typed = TYPED[key]()
    assert client_for("dm.mathura").post(path("new_entry", key), typed).status_code == 422
    assert client_for("auditor").post(path("new_entry", key), typed).status_code == 403
    assert client_for("cdo.agra").get(path("new_entry", key)).status_code == 403


def test_what_an_auditor_reads_is_written_down(client_for: Callable) -> None:
    entry = entered("matters")
    for address in (reverse("registers"), path("register", "matters"), path("entry", "matters", entry.pk)):
        client_for("auditor").get(address)
    assert set(Reading.objects.values_list("page", flat=True)) == {"registers", "register", "entry"}


@pytest.mark.parametrize("key", EVERY)
def test_a_struck_off_entry_keeps_its_reason_and_is_shown_on_request_alone(key: str, client_for: Callable) -> None:
    entry, client = entered(key), client_for("dm.agra")
    address = path("act_on_entry", key, entry.pk, "strike-off")
    assert client.post(address, {"seen": head(entry), "strike-off-why": " "}).status_code == 422
    assert client.post(address, {"seen": head(entry), "strike-off-why": "Entered twice."}).status_code == 302
    page = client.get(path("entry", key, entry.pk)).content.decode()
    assert "Entered twice." in page and path("change_entry", key, entry.pk) not in page
    assert path("entry", key, entry.pk) not in client.get(path("register", key)).content.decode()
    assert path("entry", key, entry.pk) in client.get(path("register", key), {"standing": "removed"}).content.decode()
    entry.refresh_from_db()
    assert client.post(path("change_entry", key, entry.pk), {"seen": head(entry)}).status_code == 403


@pytest.mark.parametrize("key", EVERY)
def test_who_opened_the_form_before_a_change_is_told_and_keeps_his_words(key: str, client_for: Callable) -> None:
    entry, (name, value) = entered(key), CHANGES[key]
    sent = {**TYPED[key](), name: value, "why": "Corrected.", "seen": "0" * 64}
    answer = client_for("odop.cell").post(path("change_entry", key, entry.pk), sent)
    assert answer.status_code == 409 and "changed meanwhile" in answer.content.decode() and value in answer.content.decode()
    assert lines_of(entry).count() == 1


@pytest.mark.parametrize("key", EVERY)
def test_a_register_goes_out_and_comes_in_as_a_workbook(key: str, client_for: Callable) -> None:
    entry, at = entered(key), office("dm", "Agra")
    got = client_for("odop.cell").get(reverse("get_list", args=[f"register-{key}", "xlsx"]))
    assert openpyxl.load_workbook(io.BytesIO(b"".join(got.streaming_content))).active.max_row >= 2
    row = next(iter(KINDS[key].rows(at)))
    book = checked(key, at, [labels(key, at, row)])
    assert set(standings(book).values()) == {"present"}, list(book.rows.values_list("faults", flat=True))
    name, value = CHANGES[key]
    book = checked(key, at, [labels(key, at, {**row, name: value, **FURTHER.get(key, {})})])
    accepted(book)
    made = REGISTERS[key].model.objects.exclude(pk=entry.pk).latest("pk")
    [line] = lines_of(made)
    assert json.loads(line.body)["origin"] == {"name": "register.xlsx", "sha256": book.sha256, "rows": [2]}


def labels(key: str, at, row: dict) -> dict:
    """Write choices as people do: by their names."""
    columns = {column.key: column for column in KINDS[key].sheet(at, None).columns}
    named = {name: {choice.value: choice.en for choice in column.choices or ()} for name, column in columns.items()}
    return {name: named[name].get(str(value), value) for name, value in row.items()}


@pytest.mark.parametrize("key", EVERY)
def test_programs_read_what_the_page_shows_and_the_history(key: str) -> None:
    entry = entered(key)
    for person, expected in {"dm.agra": [entry.pk], "dic.mathura": [entry.pk], "dc.bilaspur": [], "dm.agra.earlier": []}.items():
        assert [row["id"] for row in everything(f"registers/{key}/", key_of(person))] == expected
    token = key_of("dm.agra")
    [line] = everything(f"registers/{key}/{entry.pk}/history/", token)
    assert line["act"] == "added" and json.loads(line["body"])["file"] == f"{key}/{entry.pk}"
    assert ask(f"registers/{key}/{entry.pk}/history/", key_of("dc.bilaspur")).status_code == 404
    assert ask(f"registers/{key}/?bogus=1", token).status_code == 400
    assert ask(f"registers/{key}/", key_of("dm.agra", "files")).status_code == 403


@pytest.mark.parametrize("key", EVERY)
def test_the_history_is_chained_sealed_and_verified(key: str, client_for: Callable) -> None:
    entry, (name, value) = entered(key), CHANGES[key]
    sent = {**TYPED[key](), name: value, "why": "Corrected.", "seen": head(entry)}
    if key == "letters":
        sent |= {"event": entry.event_id, "product": entry.product_id}
    assert client_for("dm.agra").post(path("change_entry", key, entry.pk), sent).status_code == 302
    first, second = lines_of(entry)
    body = json.loads(second.body)
    assert (second.previous, body["why"], body["charge"]) == (first.hash, "Corrected.", "regular")
    assert body["person"]["username"] == "dm.agra" and name in body["changes"] and len(body["changes"][name]) == 2
    sealer.seal()
    assert Leaf.objects.filter(line__in=[first, second]).count() == 2
    report = verify()
    assert report.findings == [] and report.lines == RegisterLine.objects.count()


TAMPERED = {
    "edited": ("UPDATE workflows_registerline SET body = replace(body, 'added', 'addxd') WHERE entry = %s", {"line-hash", "line-columns"}),
    "a stranger's signature": ("UPDATE workflows_registerline SET mac = '00' WHERE entry = %s", {"line-mac"}),
    "deleted": ("DELETE FROM workflows_registerline WHERE entry = %s", {"entry-unwritten", "log-gap"}),
    "the row changed behind it": ("UPDATE {table} SET removed_why = 'x' WHERE id = %s", {"entry-state"}),
    "the row taken away": ("DELETE FROM {table} WHERE id = %s", {"entry-gone"}),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_tampering_is_found(what: str) -> None:
    entry = entered("matters")
    entered("matters", text_en="Another one.")
    sealer.seal()
    statement, kinds = TAMPERED[what]
    triggers.remove()
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        if what == "deleted":
            cursor.execute(
                "DELETE FROM workflows_leaf WHERE line_id IN (SELECT id FROM workflows_registerline WHERE entry = %s)", [entry.pk]
            )
        cursor.execute(statement.format(table=entry._meta.db_table), [entry.pk])
    found = {finding.kind for finding in verify().findings}
    with connection.cursor() as cursor:
        # What hangs in the air would bar the end of the test.
        cursor.execute("DELETE FROM workflows_leaf")
    triggers.install()
    assert kinds <= found, found


def test_an_inserted_line_and_an_entry_without_history_are_found() -> None:
    entry = entered("matters")
    line = lines_of(entry).get()
    triggers.remove()
    line.pk, line.number = None, 2
    line.save(force_insert=True)
    model = type(entry)
    model.objects.create(kind="gap", state_id=9, topic="export", text_en="No history.")
    found = {finding.kind for finding in verify().findings}
    triggers.install()
    assert {"line-link", "line-columns", "entry-unwritten"} <= found


def test_the_database_refuses_to_change_or_delete_a_line_and_one_out_of_line() -> None:
    entry = entered("matters")
    line = lines_of(entry).get()
    fresh = RegisterLine(register="matters", entry=entry.pk, number=3, written_at=line.written_at, act="x", body="{}", hash="0", mac="0")
    for act in (
        lambda: RegisterLine.objects.update(act="other"),
        lambda: RegisterLine.objects.filter(pk=line.pk).delete(),
        lambda: fresh.save(force_insert=True),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_a_paper_is_examined_kept_named_by_the_history_and_handed_out_to_readers(client_for: Callable) -> None:
    entry, client = entered("events"), client_for("dm.agra")
    address = path("act_on_entry", "events", entry.pk, "paper")
    assert client.post(address).status_code == 422
    assert client.post(address, {"paper": io.BytesIO(b"MZ")}).status_code == 422
    upload = io.BytesIO(PDF)
    upload.name = "schedule.pdf"
    assert client.post(address, {"paper": upload}).status_code == 302
    assert lines_of(entry).last().act == "paper" and verify().findings == []
    [paper] = json.loads(lines_of(entry).last().body)["papers"]
    assert paper["name"] == "schedule.pdf"
    row = path("entry_paper", "events", entry.pk, 1)
    from_page = client.get(path("entry", "events", entry.pk)).content.decode()
    row = next(part for part in from_page.split('"') if "/papers/" in part)
    assert client.get(row).status_code == 200 and client_for("dc.bilaspur").get(row).status_code == 404


def test_the_whole_export_proves_histories_without_knowing_registers() -> None:
    entry, case = entered("events"), a_file()
    writing.attach(REGISTERS["events"], entry, SimpleUploadedFile("schedule.pdf", PDF), by=officer("dm.agra"))
    sealer.seal()
    whole = exported(whole=True)
    check = offline_checked(whole)
    assert (check.verdict, check.files) == ("VALID", 2), check.found
    assert offline_checked(exported(case.number)).verdict == "VALID"
    put(whole, "log.jsonl", [line.replace(b"Town hall", b"Town Hall") for line in lines_of_export(whole, "log.jsonl")])
    assert offline_checked(whole).verdict == "ALTERED"


def test_an_officer_who_was_transferred_stands_in_the_history_as_he_was() -> None:
    entry = entered("matters")
    told = json.loads(lines_of(entry).get().body)
    assert told["office"]["name_en"] == "District Magistrate, Agra" and told["person"]["username"] == officer("dm.agra").username
