"""Tampering with the log of seals, and going back behind it."""

from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone

from tests.workflows.record.acts_on_paragraphs import edit_and_rehash_the_file_with_the_key
from tests.workflows.record.insider import change, forge, forget, kind, rehash, rewrite_log
from workflows.models import Case, Checkpoint, Leaf, Noting
from workflows.record import keys


@kind("seal-signature")
def rewrite_record_and_log_with_the_paragraph_keys(insider):
    edit_and_rehash_the_file_with_the_key(insider)
    rewrite_log(Ed25519PrivateKey.generate())


@kind("anchor-root")
def rewrite_record_and_log_with_every_key(insider):
    edit_and_rehash_the_file_with_the_key(insider)
    rewrite_log(keys.seal_key())


@kind("anchor-ahead")
def roll_back_the_last_seals(insider):
    cut = insider.random.choice(list(Checkpoint.objects.order_by("size").values_list("size", flat=True))[:-1])
    Checkpoint.objects.filter(size__gt=cut).delete()
    Leaf.objects.filter(index__gte=cut).delete()


@kind("anchor-ahead")
def restore_an_old_backup(insider):
    cut = insider.random.choice(list(Checkpoint.objects.order_by("size").values_list("size", flat=True))[:-1])
    Checkpoint.objects.filter(size__gt=cut).delete()
    forget(*Noting.objects.filter(leaf__index__gte=cut))
    for case in Case.objects.all():
        last = case.notings.latest("paragraph")
        Case.objects.filter(pk=case.pk).update(paragraphs=last.paragraph, head=last.hash)


@kind("seal-link", "log-long")
def drop_a_seal(insider):
    insider.random.choice(list(Checkpoint.objects.order_by("size"))).delete()


@kind("root")
def swap_two_places_of_the_log(insider):
    one, two = insider.random.sample(list(Leaf.objects.order_by("index").values_list("index", "noting_id")), 2)
    Leaf.objects.filter(index__in=[one[0], two[0]]).delete()
    Leaf.objects.create(index=one[0], noting_id=two[1])
    Leaf.objects.create(index=two[0], noting_id=one[1])


@kind("log-gap", "log-short")
def delete_a_place_of_the_log(insider):
    Leaf.objects.filter(index=insider.random.randrange(Leaf.objects.count())).delete()


@kind("log-gap", "log-short")
def point_a_place_to_nowhere(insider):
    Leaf.objects.filter(index=insider.random.randrange(Leaf.objects.count())).update(noting_id=10**9)


@kind("seal-signature", "seal-text")
def change_the_text_of_a_seal(insider):
    checkpoint = insider.random.choice(list(Checkpoint.objects.order_by("size")))
    at = insider.random.randrange(len(checkpoint.note) - 5)
    other = "0" if checkpoint.note[at] != "0" else "1"
    Checkpoint.objects.filter(pk=checkpoint.pk).update(note=checkpoint.note[:at] + other + checkpoint.note[at + 1 :])


@kind("seal-row")
def change_the_columns_of_a_seal(insider):
    checkpoint = insider.random.choice(list(Checkpoint.objects.order_by("size")))
    values = [{"root": "00" * 32}, {"frontier": []}, {"made_at": timezone.now() - timedelta(days=1)}, {"frontier": ["x"]}]
    Checkpoint.objects.filter(pk=checkpoint.pk).update(**insider.random.choice(values))


@kind("unsealed")
def hide_a_paragraph_from_the_sealer(insider):
    case = insider.case()
    hidden = forge(insider, case, with_key=True)
    old = timezone.now() - timedelta(minutes=11)
    change(hidden, at=old.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
    Noting.objects.filter(pk=hidden.pk).update(written_at=old)
    rehash(case, with_key=True)


@kind("unsealed")
def seal_a_file_past_a_hidden_paragraph(insider):
    case = insider.case()
    forge(insider, case, with_key=True)
    last = forge(insider, case, with_key=True)
    Leaf.objects.create(index=Leaf.objects.count(), noting=last)
