"""Tampering with paragraphs and with whole files."""

from datetime import timedelta

from django.db import connection

from programme.models import ExhibitionProposal
from tests.workflows.record.insider import change, forge, forget, kind, pin_state, rehash, renumber_log
from workflows.models import Case, Enclosure, Movement, Noting
from workflows.record.canonical import sha256_of

# One paragraph


@kind("hash")
def edit_a_text(insider):
    change(insider.noting(), text=f"edited {insider.random.random()}")


@kind("hash", "body")
def edit_one_character(insider):
    noting = insider.noting()
    at = insider.random.randrange(len(noting.body))
    Noting.objects.filter(pk=noting.pk).update(body=f"{noting.body[:at]}~{noting.body[at + 1 :]}")


RUBBISH = [
    "",
    "{}",
    "null",
    "5",
    '"text"',
    "[" * 5_000,
    '{"papers":5}',
    '{"order":5}',
    '{"private":[]}',
    '{"person":5,"flow":null}',
    '{"n":1.5}',
]


@kind("hash")
def put_rubbish_in_the_place_of_a_text(insider):
    Noting.objects.filter(pk=insider.noting().pk).update(body=insider.random.choice(RUBBISH))


@kind("root")
def put_rubbish_into_a_text_and_rehash_with_the_key(insider):
    noting = insider.noting()
    change(
        noting, **insider.random.choice([{"papers": 5}, {"order": 5}, {"papers": [5]}, {"person": "x"}, {"after": None}, {"private": 5}])
    )
    rehash(noting.case, with_key=True)


@kind("mac")
def put_rubbish_in_the_place_of_a_hash(insider):
    Noting.objects.filter(pk=insider.noting().pk).update(hash=insider.random.choice(["", "x", "0" * 63, "ज" * 64]))


@kind("mac", "link", "root")
def edit_a_text_and_repair_its_hash(insider):
    noting = insider.noting()
    change(noting, text="edited")
    noting.refresh_from_db()
    Noting.objects.filter(pk=noting.pk).update(hash=sha256_of(noting.body))


@kind("columns")
def change_the_actor_in_the_column(insider):
    Noting.objects.filter(pk=insider.noting().pk).update(officer=None)


@kind("columns")
def change_the_date_in_the_column(insider):
    noting = insider.noting()
    Noting.objects.filter(pk=noting.pk).update(written_at=noting.written_at - timedelta(microseconds=insider.random.randint(1, 10**9)))


@kind("columns")
def change_the_outcome_in_the_column(insider):
    Noting.objects.filter(pk=insider.noting().pk).update(outcome="rejected")


@kind("columns")
def change_the_step_in_the_column(insider):
    Noting.objects.filter(pk=insider.noting().pk).update(step="elsewhere")


@kind("hash")
def change_the_actor_in_text_and_column(insider):
    noting = insider.noting()
    change(noting, person=None)
    Noting.objects.filter(pk=noting.pk).update(officer=None)


@kind("hash")
def change_the_hash(insider):
    Noting.objects.filter(pk=insider.noting().pk).update(hash=f"{insider.random.getrandbits(256):064x}")


@kind("mac")
def change_the_keyed_hash(insider):
    Noting.objects.filter(pk=insider.noting().pk).update(mac=f"{insider.random.getrandbits(256):064x}")


@kind("key")
def name_an_unknown_key(insider):
    Noting.objects.filter(pk=insider.noting().pk).update(key_id="1999")


@kind("link")
def change_the_link(insider):
    Noting.objects.filter(pk=insider.noting().pk).update(previous=f"{insider.random.getrandbits(256):064x}")


# A whole file


@kind("mac")
def backdate_and_rehash_the_file(insider):
    noting = insider.noting()
    change(noting, at="2020-01-01T00:00:00.000000Z")
    rehash(noting.case, with_key=False)


@kind("root")
def edit_and_rehash_the_file_with_the_key(insider):
    noting = insider.noting()
    change(noting, text="edited")
    rehash(noting.case, with_key=True)


@kind("gap")
def delete_in_the_middle(insider):
    forget(insider.inner())


@kind("root", "log-gap", "log-short")
def delete_in_the_middle_and_repair_everything(insider):
    noting = insider.inner()
    forget(noting)
    rehash(noting.case, with_key=True)
    renumber_log()


@kind("tail")
def delete_at_the_tail(insider):
    forget(insider.case().notings.latest("paragraph"))


@kind("log-gap", "log-short")
def delete_at_the_tail_and_repair_the_head(insider):
    case = insider.case()
    forget(case.notings.latest("paragraph"))
    pin_state(case)
    rehash(case, with_key=True)


@kind("log-gap", "log-short")
def delete_a_whole_file(insider):
    erase_file(insider.case())


@kind("root", "log-short")
def delete_a_whole_file_and_close_the_log(insider):
    erase_file(insider.case())
    renumber_log()


def erase_file(case: Case) -> None:
    forget(*case.notings.all())
    Enclosure.objects.filter(case=case).update(replaced_by=None)
    Enclosure.objects.filter(case=case).delete()
    Movement.objects.filter(case=case).delete()
    ExhibitionProposal.objects.filter(pk=case.record_id).delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM workflows_case WHERE process_ptr_id = %s", [case.pk])


@kind("no-history")
def delete_the_history_of_a_file(insider):
    case = insider.case()
    forget(*case.notings.all())
    Case.objects.filter(pk=case.pk).update(paragraphs=0, head="")


@kind("no-history")
def make_a_file_without_history(insider):
    case = insider.place.open_file(50 + insider.random.randrange(40))
    forget(*case.notings.all())
    Case.objects.filter(pk=case.pk).update(paragraphs=0, head="")


@kind("link", "columns")
def swap_two_paragraphs(insider):
    swap(insider.inner())


@kind("root")
def swap_two_paragraphs_and_rehash_with_the_key(insider):
    noting = insider.inner()
    swap(noting)
    rehash(noting.case, with_key=True)


def swap(noting: Noting) -> None:
    before = Noting.objects.get(case=noting.case, paragraph=noting.paragraph - 1)
    Noting.objects.filter(pk=before.pk).update(paragraph=1_000)
    Noting.objects.filter(pk=noting.pk).update(paragraph=before.paragraph)
    Noting.objects.filter(pk=before.pk).update(paragraph=noting.paragraph)


@kind("unsealed", "root")
def insert_in_the_middle_and_rehash_with_the_key(insider):
    case, inner = insider.case(), insider.random.randint(1, 2)
    forged = forge(insider, case, with_key=True)
    Noting.objects.filter(pk=forged.pk).update(paragraph=1_000)
    for noting in Noting.objects.filter(case=case, paragraph__gt=inner).exclude(pk=forged.pk).order_by("-paragraph"):
        Noting.objects.filter(pk=noting.pk).update(paragraph=noting.paragraph + 1)
    Noting.objects.filter(pk=forged.pk).update(paragraph=inner + 1)
    pin_state(case)
    rehash(case, with_key=True)


@kind("mac")
def append_a_forged_paragraph(insider):
    forge(insider, insider.case(), with_key=False)


@kind("columns", "gap")
def move_a_paragraph_to_another_file(insider):
    noting = insider.noting()
    other = insider.random.choice(list(Case.objects.exclude(pk=noting.case_id).order_by("pk")))
    Noting.objects.filter(pk=noting.pk).update(case=other, paragraph=other.paragraphs + 1)


@kind("root")
def move_a_paragraph_and_rehash_both_files_with_the_key(insider):
    noting = insider.inner()
    other = insider.random.choice(list(Case.objects.exclude(pk=noting.case_id).order_by("pk")))
    Noting.objects.filter(pk=noting.pk).update(case=other, paragraph=other.paragraphs + 1)
    pin_state(other)
    rehash(noting.case, with_key=True)
    rehash(other, with_key=True)
