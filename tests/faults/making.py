"""The State that a run outside the tests works on: tables, keys, data and the people behind every desk."""

from io import StringIO

from django.core.management import call_command

from workflows.letters.signing import make_order_key
from workflows.management.commands.load_demonstration import load_cast, load_crowd
from workflows.record.keys import make_seal_key


def make_state() -> None:
    call_command("migrate", verbosity=0)
    make_seal_key()
    make_order_key()
    call_command("load_state", verbosity=0, stdout=StringIO())
    load_cast()
    load_crowd()
