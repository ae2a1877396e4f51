"""Somebody with every right on the database: what he can do to the record. Each act is one kind of tampering."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection

from tests.workflows.record.files import Place
from workflows.models import Case, Checkpoint, Leaf, Noting, Objection, Order, PrivateNote, Snapshot
from workflows.record import keys, merkle, triggers
from workflows.record.canonical import canonical, sha256_of
from workflows.record.notes import NO_NOTE, note_hash, note_time, write_note
from workflows.record.state import digest_of_state


@dataclass
class Insider:
    """A chance number and the record; ``place`` can still write as the product does."""

    random: Random
    place: Place

    def case(self) -> Case:
        return self.random.choice(list(Case.objects.order_by("pk")))

    def noting(self, **conditions) -> Noting:
        return self.random.choice(list(Noting.objects.filter(**conditions).order_by("pk")))

    def inner(self) -> Noting:
        """A paragraph that is neither the first nor the last of its file."""
        return self.random.choice([n for n in Noting.objects.order_by("pk") if 1 < n.paragraph < n.case.paragraphs])


TAMPERINGS: dict[str, tuple[Callable[[Insider], None], set[str]]] = {}


def kind(*found: str) -> Callable[[Callable[[Insider], None]], Callable[[Insider], None]]:
    """Enter an act in the matrix, with the findings of which at least one must be made."""

    def enter(act: Callable[[Insider], None]) -> Callable[[Insider], None]:
        TAMPERINGS[act.__name__] = (act, set(found))
        return act

    return enter


@contextmanager
def doors_open() -> Iterator[None]:
    """Take the guards away and put them back, as an administrator of the database can; foreign keys do not stop him either."""
    triggers.remove()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = origin")
    triggers.install()


def change(noting: Noting, **values) -> None:
    """Change what a paragraph says, in its signed text only."""
    body = canonical(json.loads(noting.body) | values)
    Noting.objects.filter(pk=noting.pk).update(body=body)


def rehash(case: Case, *, with_key: bool) -> None:
    """Repair numbers, links, hashes and head of a whole file; keyed hashes only with the key."""
    previous, number = "", 0
    for number, noting in enumerate(Noting.objects.filter(case=case).order_by("paragraph", "pk"), 1):
        body = canonical(json.loads(noting.body) | {"n": number, "previous": previous, "file": case.number})
        digest = sha256_of(body)
        mac = keys.mac_of(digest, keys.hmac_key(noting.key_id)) if with_key else noting.mac
        Noting.objects.filter(pk=noting.pk).update(paragraph=number, previous=previous, body=body, hash=digest, mac=mac)
        previous = digest
    Case.objects.filter(pk=case.pk).update(paragraphs=number, head=previous)


def pin_state(case: Case) -> None:
    """Make the last paragraph pin the file as it stands now."""
    case = Case.objects.get(pk=case.pk)
    change(Noting.objects.filter(case=case).latest("paragraph"), after=digest_of_state(case))


def rewrite_log(key: Ed25519PrivateKey) -> None:
    """Build the whole log anew over the paragraphs as they are, and sign every seal of it."""
    leaves = list(Leaf.objects.order_by("index").values_list("noting_id", "noting__hash"))
    sizes = [(c.pk, c.size, c.made_at) for c in Checkpoint.objects.order_by("size")]
    previous, frontier, size = NO_NOTE, [], 0
    for pk, goal, made_at in sizes:
        while size < min(goal, len(leaves)):
            merkle.extend(frontier, size, merkle.leaf_hash(bytes.fromhex(leaves[size][1])))
            size += 1
        root = merkle.root(frontier)
        note = write_note(key, origin="karyapravah.test", size=size, root=root, previous=previous, time=note_time(made_at))
        Checkpoint.objects.filter(pk=pk).update(root=root.hex(), frontier=[part.hex() for part in frontier], note=note, size=size)
        previous = note_hash(note)


def forge(insider: Insider, case: Case, *, with_key: bool) -> Noting:
    """Add a paragraph at the end of a file as the product would, without its key unless ``with_key``."""
    noting = insider.place.sign(Case.objects.get(pk=case.pk), text="forged")
    if not with_key:
        Noting.objects.filter(pk=noting.pk).update(mac=keys.mac_of(noting.hash, b"\0" * 32))
    return noting


def forget(*notings: Noting) -> None:
    """Delete paragraphs and all that hangs on them."""
    for model, field in ((PrivateNote, "noting"), (Snapshot, "noting"), (Leaf, "noting"), (Order, "noting"), (Objection, "noting")):
        model.objects.filter(**{f"{field}__in": notings}).delete()
    for noting in notings:
        Noting.objects.filter(pk=noting.pk).delete()


def renumber_log() -> None:
    for index, leaf in enumerate(list(Leaf.objects.order_by("index"))):
        if leaf.index != index:
            Leaf.objects.filter(pk=leaf.pk).update(index=index)
