"""The programme around the files: events, letters of intent, brands, campaigns and what else the registers hold, told from one file.

A reference is written as people would name it: a district by its code, a product by the district whose primary product it is, an office
by designation and district, everything else by its name. A day as a number counts from today, so that the season stays alive.
"""

import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.utils.dateparse import parse_date
from PIL import Image, ImageDraw

from programme.calendar import today
from programme.models import Demand, District, DossierEntry, Entry, Office, Posting, Product, Rank, Section, State
from programme.tables import Row, read_json
from workflows.registers import writing
from workflows.registers.dossiers import DOSSIER

SOURCE = "demonstration_registers.json"
KEEPERS = ("dm", "dc")
NAMED_BY: dict[type[models.Model], str] = {Demand: "wanted_by"}


def tell_programme(folder: Path) -> list[Entry]:
    """Write the entries of the file that are not there yet and return those made; raise ``BadRow``."""
    offices = _offices()
    made: list[Entry] = []
    for row in read_json(folder, SOURCE, ["model"]):
        model: Any = apps.get_model("programme", row["model"])
        told = {name: value for name, value in row.cells.items() if name != "model"}
        several = {field.name: told.pop(field.name, []) for field in model._meta.many_to_many}
        try:
            values = {name: _value(model._meta.get_field(name), value, offices) for name, value in told.items()}
            linked = {name: [_named(model._meta.get_field(name).related_model, each) for each in names] for name, names in several.items()}
        except (LookupError, models.ObjectDoesNotExist) as error:
            raise row.bad(str(error).rstrip(".")) from None
        entry = _entered(row, model(**values))
        for name, rows in linked.items():
            getattr(entry, name).set(rows)
        made.append(entry)
    return made


def tell_pictures() -> None:
    """Attach a drawn picture, which says that it is one, to each photograph of a dossier that has none."""
    for entry in DossierEntry.objects.filter(section=Section.PHOTOGRAPH).select_related("product__district__state"):
        keeper = Posting.objects.filter(office__district=entry.product.district, office__designation__code__in=KEEPERS).latest("starts_on")
        drawn = SimpleUploadedFile(f"product-{entry.product_id}.png", _drawn(entry.product_id))
        writing.attach(DOSSIER, entry, drawn, by=keeper.officer)


def _drawn(number: int) -> bytes:
    """Return a plain picture: a vessel on a cloth, in colours that differ from product to product."""
    shade = [(176, 112, 48), (58, 110, 96), (120, 60, 92), (46, 84, 140)][number % 4]
    picture = Image.new("RGB", (640, 420), (243, 236, 222))
    drawing = ImageDraw.Draw(picture)
    drawing.rectangle((0, 300, 640, 420), fill=tuple(min(255, part + 90) for part in shade))
    drawing.ellipse((220, 120, 420, 330), fill=shade)
    drawing.rectangle((280, 80, 360, 140), fill=shade)
    drawing.text((14, 394), "Drawn for the demonstration, no photograph", fill=(40, 40, 40))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _entered(row: Row, entry: Any) -> Any:
    row.check(entry)
    entry.clean()
    entry.save()
    return entry


def _value(known: Any, value: Any, offices: dict[tuple[str, int | None], Office]) -> Any:
    if known.related_model is Office:
        return offices[value[0], value[1]]
    if known.related_model:
        return _named(known.related_model, value)
    if isinstance(known, models.DateField):
        return today() + timedelta(days=value) if isinstance(value, int) else _day(value)
    return known.to_python(value)


def _day(text: str | None) -> date | None:
    return parse_date(text) if text else None


def _named(model: Any, name: Any) -> Any:
    if model is Product:
        return Product.objects.get(district=name, rank=Rank.PRIMARY, live=True)
    if model in (District, State) or "name_en" not in {field.name for field in model._meta.fields}:
        key = NAMED_BY.get(model)
        return model.objects.get(**{key: name}) if key else model.objects.get(pk=name)
    if model._meta.pk.name == "code":
        return model.objects.get(pk=name)
    return model.objects.get(name_en=name)


def _offices() -> dict[tuple[str, int | None], Office]:
    """Return every office by designation and district; the State's own of Himachal Pradesh have its short name behind the designation."""
    found = {}
    for office in Office.objects.select_related("designation__state", "district"):
        code, short = office.designation.code, office.designation.state.short
        found[code if office.district_id or short == "UP" else f"{code}_{short.lower()}", office.district_id] = office
    return found
