"""Photographs of products, as small as a picture can be."""

import io
from datetime import date
from hashlib import sha256

from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from programme.models import DossierEntry, Officer, Product
from workflows.models import EntryPaper


def a_picture(product: Product, *, public: bool) -> EntryPaper:
    """Return the picture of a photograph in the product's dossier."""
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), "teal" if public else "red").save(drawn, "PNG")
    entry = DossierEntry.objects.create(
        product=product, section="photograph", dated=date(2026, 1, 5), text_en="Sample", source="-", public=public
    )
    told = {"name": "a.png", "content_type": "image/png", "size": 1, "sha256": sha256(drawn.getvalue()).hexdigest()}
    by = Officer.objects.get(username="dc.bilaspur")
    row = EntryPaper(register="dossier", entry=entry.pk, added_by=by, added_at=timezone.now(), **told)
    row.stored.save("a.png", ContentFile(drawn.getvalue()), save=True)
    return row
