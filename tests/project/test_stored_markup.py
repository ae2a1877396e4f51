"""Markup in every text that anybody can enter, then every page of every role: it is shown as text, everywhere."""

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat
from django.test import Client
from django.urls import reverse

from tests.files import a_file, take
from tests.workflows.test_access import SETUP, TABLE, world  # noqa: F401 -- the fixture is asked for by its name
from workflows.models import Draft, Repair
from workflows.record import triggers

pytestmark = [pytest.mark.django_db, pytest.mark.once]
MARKUP = """"'><img src=x onerror=alert(1)></script>"""
RAW, SHOWN = "<img src=x onerror", "&lt;img src=x onerror"
# What no person writes, or what is read by the machine under this name: keys, digests, names of steps, sealed and folded texts.
MACHINE = {
    "key", "key_id", "step", "power", "returns_to", "ending", "body", "note", "session_data", "password", "username", "words", "query",
    "content_type", "paper_type", "sha256", "paper_sha256", "digest", "hash", "head", "mac", "root", "salt", "previous", "to",
    "minutes", "record_kind", "number", "session_key",
}  # fmt: skip
SHORTEST = 60
PEOPLE = ["dm.agra", "dic.agra", "odop.cell", "finance", "principal.secretary", "auditor", "administrator"]


def free_texts(model: type[models.Model]) -> list[str]:
    """Return the text columns of a table that can hold the markup and stand for words of a person."""
    found = []
    for field in model._meta.local_concrete_fields:
        plain = type(field) in (models.CharField, models.TextField) and not field.choices and field.name not in MACHINE
        if plain and not field.name.endswith("_digest") and (field.max_length is None or field.max_length >= SHORTEST):
            found.append(field.name)
    return found


def plant() -> set[str]:
    """Write the markup into every free text of every row; return ``table.column`` of each that holds it now."""
    triggers.remove()
    planted = set()
    for app in ("programme", "workflows"):
        for model in apps.get_app_config(app).get_models():
            for name in free_texts(model):
                text = Concat(Value(f"{MARKUP} "), Cast(F("pk"), CharField()))
                if _written(model.objects.all(), name, text):
                    planted.add(f"{model.__name__}.{name}")
    Draft.objects.update(typed={"title": [MARKUP], "purpose": [MARKUP], "text": [MARKUP]})
    Repair.objects.update(effects_en=[MARKUP], effects_hi=[MARKUP])
    return planted


def _written(rows: models.QuerySet, name: str, text: Concat) -> int:
    """Write the text into a column; where some rows may have none there, as a reason without its act, into those that have one."""
    try:
        with transaction.atomic():
            return rows.update(**{name: text})
    except IntegrityError:
        return rows.exclude(**{name: ""}).update(**{name: text})


def pages(client: Client, world: dict) -> dict[str, str]:  # noqa: F811 -- as pytest hands it over
    """Return every page of HTML that this browser gets by its address, and the lists and first rows of the set-up."""
    found = {}
    addresses = [reverse(name, args=world.get(name, [])) for name in TABLE if name != "alive"]
    addresses += [reverse(f"admin:programme_{table}_changelist") for table in SETUP] + [f"{reverse('files')}?q=img", reverse("admin:index")]
    for table in SETUP:
        first = apps.get_model("programme", table).objects.order_by("pk").first()
        addresses += [reverse(f"admin:programme_{table}_change", args=[first.pk])] if first else []
    for address in addresses:
        answer = client.get(address, follow=True)
        assert answer.status_code < 500, address
        if answer.headers["Content-Type"].startswith("text/html"):
            found[address] = answer.content.decode()
    return found


def test_markup_that_was_stored_is_text_on_every_page_of_every_role(world, client_for, settings) -> None:  # noqa: F811
    settings.DEMONSTRATION = True
    a_file(at="correct", title=MARKUP, purpose=MARKUP)
    take(a_file(title=MARKUP), "returned", text=f"Look again: {MARKUP}", about_1="title", kind_1="rule", objection_1=MARKUP)
    planted = plant()
    assert len(planted) > 60, sorted(planted)
    held = 0
    for language, person in zip(["hi", "en"] * len(PEOPLE), ["", *PEOPLE], strict=False):
        client = client_for(person) if person else Client()
        client.cookies["django_language"] = language
        for address, page in pages(client, world).items():
            assert RAW not in page, f"{person or 'somebody signed out'} at {address}"
            held += SHOWN in page
    assert held > 100, f"the markup reached {held} pages only, so nothing was shown by the others"
