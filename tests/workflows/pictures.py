"""Photographs of products, as small as a picture can be."""

import io
from hashlib import sha256

from django.core.files.base import ContentFile
from PIL import Image

from programme.models import Officer, Photograph, Product


def a_picture(product: Product, *, public: bool) -> Photograph:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), "teal" if public else "red").save(drawn, "PNG")
    row = Photograph(
        product=product, caption_en="Sample", public=public, content_type="image/png", sha256=sha256(drawn.getvalue()).hexdigest(),
        added_by=Officer.objects.get(username="dc.bilaspur"),
    )  # fmt: skip
    row.stored.save("a.png", ContentFile(drawn.getvalue()), save=True)
    return row
