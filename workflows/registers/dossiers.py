"""Entries of the dossiers of products. The dossier itself is a page of its own (workflows/pages/dossier.py)."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from programme.models import DossierEntry, Officer
from workflows.registers.declaring import Cell, Column, Register, Table
from workflows.registers.forms import EntryForm


class DossierForm(EntryForm):
    class Meta(EntryForm.Meta):
        model = DossierEntry
        fields = ("product", "section", "dated", "text_hi", "text_en", "source", "public")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        help_text = _("Of a photograph, write the caption as its text, and add the picture as a paper once the entry stands: JPEG or PNG.")
        self.fields["section"].help_text = help_text

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self.day_not_ahead("dated")
        if not (data.get("text_hi") or data.get("text_en")):
            self.add_error("text_hi", _("Write the entry, in Hindi or in English."))
        return data


def _product(entry: DossierEntry, officer: Officer) -> list[Table]:
    address = reverse("product", args=[entry.product_id])
    return [Table(gettext("The whole dossier"), [gettext("Product")], [[Cell(entry.product.name, address)]])]


DOSSIER = Register(
    model=DossierEntry,
    title=_("Dossiers of products"),
    one=_("Entry of a dossier"),
    about=_("What is known of each product, in dated entries by section, with their source."),
    form=DossierForm,
    columns=("product", Column("text", _("Text"), lambda entry: entry.text[:200]), "section", "dated", "source", "public"),
    search=("product__name_en", "product__name_hi", "text_en", "text_hi", "source"),
    filters=("district", "section"),
    related=("product__district__state",),
    titled_by=("product", "section"),
    tables=_product,
)
