"""Tampering with what stands beside the record: business rows, personal data, papers, orders, movements."""

import uuid
from decimal import Decimal

from django.db import connection

from programme.models import ExhibitionProposal
from tests.workflows.record.insider import change, kind
from workflows.models import Case, Enclosure, Movement, Noting, Order, OrderKind, PrivateNote, Snapshot
from workflows.record.canonical import canonical, sha256_of
from workflows.record.chain import private_digest


@kind("state")
def change_a_fact_of_the_record(insider):
    record = insider.case().record
    field, value = insider.random.choice([("venue", "Elsewhere"), ("stalls", 21), ("amount_asked", Decimal(600_000)), ("title", "Other")])
    ExhibitionProposal.objects.filter(pk=record.pk).update(**{field: value})


@kind("state")
def change_the_amount_of_the_file(insider):
    Case.objects.filter(pk=insider.case().pk).update(amount=Decimal(insider.random.randint(1, 499_999)))


@kind("state")
def change_the_ending_of_the_file(insider):
    case = insider.case()
    Case.objects.filter(pk=case.pk).update(ending="" if case.ending else "closed")


@kind("record-gone")
def delete_the_record(insider):
    ExhibitionProposal.objects.filter(pk=insider.case().record_id).delete()


@kind("columns")
def rename_a_file(insider):
    Case.objects.filter(pk=insider.case().pk).update(number=f"ZZ/EXH/2026-27/{insider.random.randint(1000, 9999)}")


@kind("head")
def change_the_head_of_a_file(insider):
    Case.objects.filter(pk=insider.case().pk).update(head=f"{insider.random.getrandbits(256):064x}")


@kind("private")
def change_personal_data_beside_a_paragraph(insider):
    private = insider.random.choice(list(PrivateNote.objects.order_by("pk")))
    PrivateNote.objects.filter(pk=private.pk).update(body=canonical({"nodal_officer": "Other", "nodal_mobile": "9000000009"}))


@kind("private")
def change_personal_data_and_their_salt(insider):
    private = insider.random.choice(list(PrivateNote.objects.order_by("pk")))
    PrivateNote.objects.filter(pk=private.pk).update(body="{}", salt=f"{insider.random.getrandbits(128):032x}")


@kind("hash")
def change_personal_data_and_the_digest_in_the_text(insider):
    private = insider.random.choice(list(PrivateNote.objects.select_related("noting").order_by("pk")))
    text = canonical({"nodal_officer": "Other"})
    PrivateNote.objects.filter(pk=private.pk).update(body=text)
    change(private.noting, private=private_digest(private.salt, text))


@kind("private-gone")
def remove_personal_data_beside_a_paragraph(insider):
    insider.random.choice(list(PrivateNote.objects.order_by("pk"))).delete()


@kind("shown")
def change_what_an_officer_was_shown(insider):
    snapshot = _snapshot(insider)
    Snapshot.objects.filter(pk=snapshot.pk).update(body=snapshot.body.replace("file", "form"))


@kind("hash")
def change_what_an_officer_was_shown_and_the_digest_in_the_text(insider):
    snapshot = _snapshot(insider)
    body = snapshot.body.replace("file", "form")
    Snapshot.objects.filter(pk=snapshot.pk).update(body=body)
    change(snapshot.noting, shown=sha256_of(body))


@kind("shown-gone")
def remove_what_an_officer_was_shown(insider):
    _snapshot(insider).delete()


@kind("shown")
def swap_what_two_officers_were_shown(insider):
    one, two = insider.random.sample(list(Snapshot.objects.order_by("pk")), 2)
    Snapshot.objects.filter(pk=one.pk).update(body=two.body + " ")


@kind("shown-personal")
def change_what_was_shown_of_persons(insider):
    text = canonical({"said/en/summary/0/1": "Other"})
    Snapshot.objects.filter(pk=_snapshot(insider).pk).update(personal=text)


@kind("shown-personal")
def erase_what_was_shown_of_persons_without_saying_so(insider):
    Snapshot.objects.filter(pk=_snapshot(insider).pk).update(personal="", salt="")


def _snapshot(insider):
    return insider.random.choice(list(Snapshot.objects.select_related("noting").order_by("pk")))


@kind("personal")
def change_personal_data_of_the_record(insider):
    field, value = insider.random.choice([("nodal_officer", "S. Gupta"), ("nodal_mobile", "9000000002")])
    ExhibitionProposal.objects.filter(pk=insider.case().record_id).update(**{field: value})


@kind("state", "paper")
def change_the_hash_of_a_paper(insider):
    Enclosure.objects.filter(pk=insider.random.choice(list(Enclosure.objects.order_by("pk"))).pk).update(sha256="00" * 32)


@kind("paper")
def change_a_paper_in_the_store(insider):
    with insider.random.choice(list(Enclosure.objects.order_by("pk"))).stored.open("wb") as file:
        file.write(insider.random.randbytes(20))


@kind("paper-missing")
def delete_a_paper_from_the_store(insider):
    paper = insider.random.choice(list(Enclosure.objects.order_by("pk")))
    paper.stored.storage.delete(paper.stored.name)


@kind("paper-gone")
def delete_a_paper(insider):
    paper = insider.random.choice(list(Enclosure.objects.order_by("pk")))
    Enclosure.objects.filter(replaced_by=paper).update(replaced_by=None)
    Enclosure.objects.filter(pk=paper.pk).delete()


@kind("order")
def change_an_order(insider):
    order = insider.random.choice(list(Order.objects.order_by("pk")))
    other = OrderKind.REJECTION if order.kind != OrderKind.REJECTION else OrderKind.SANCTION
    values = [
        {"amount": Decimal(1)},
        {"number": "ZZ/ORDER/9"},
        {"kind": other},
        {"issued_on": "2026-11-21"},
        {"key": uuid.UUID(int=insider.random.getrandbits(128))},
        {"noting": Noting.objects.exclude(order__isnull=False).first()},
    ]
    Order.objects.filter(pk=order.pk).update(**insider.random.choice(values))


@kind("order")
def delete_an_order(insider):
    Order.objects.filter(pk=insider.random.choice(list(Order.objects.order_by("pk"))).pk).delete()


@kind("order")
def delete_every_order(insider):
    Order.objects.all().delete()


@kind("order")
def swap_the_orders_of_two_paragraphs(insider):
    one, two = Order.objects.order_by("pk")[:2]
    spare = Noting.objects.filter(order=None).first()
    for order, noting in ((one, spare), (two, one.noting), (one, two.noting)):
        Order.objects.filter(pk=order.pk).update(noting=noting)


@kind("order-unsaid")
def add_an_order(insider):
    case = insider.random.choice(list(Case.objects.order_by("pk")))
    unsaid = case.notings.filter(order=None).first()
    Order.objects.create(
        case=case, kind=insider.random.choice(OrderKind.values), number="ZZ/9", issued_on="2026-11-22", amount=1, noting=unsaid
    )


@kind("stuck")
def take_a_file_out_of_every_inbox(insider):
    movement = insider.random.choice(list(Movement.objects.filter(disposed=None).order_by("pk")))
    Movement.objects.filter(pk=movement.pk).delete()


@kind("ended-open")
def leave_a_closed_file_waiting(insider):
    insider.place.wait_at(Case.objects.exclude(ending="").get(), "accept")


@kind("stray")
def delete_the_row_of_a_file(insider):
    case, (table, key) = insider.case(), insider.random.choice([("workflows_case", "process_ptr_id"), ("viewflow_process", "id")])
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE {key} = %s", [case.pk])
