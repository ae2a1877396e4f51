"""What is known of a product beside its rank: dated entries by section, and stories that were told of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programme.models.entries import Entry
from programme.models.naming import in_language
from programme.models.places import District
from programme.models.products import Product
from programme.models.sellers import Seller


class Section(models.TextChoices):
    """The first four as the department names its work at the HIM MSME Fest, January 2026; the others of the Bilaspur meeting."""

    BRANDING = "branding", _("Branding")
    VALUE_CHAIN = "value_chain", _("Development of the value chain")
    MARKET_GAP = "market_gap", _("Analysis of market gaps")
    CHALLENGES = "challenges", _("Challenges of the market")
    PRODUCTION = "production", _("Production and quality")
    PROCESSING = "processing", _("Processing")
    PACKAGING = "packaging", _("Packaging")
    MARKETING = "marketing", _("Marketing")
    STORY = "story", _("About the product")
    PHOTOGRAPH = "photograph", _("Photograph")


class DossierEntry(Entry):
    """One dated entry of a product's dossier, with its source. Only entries that say so are shown to the public.

    Of a photograph the words are its caption, and the picture is the paper attached to the entry.
    """

    REGISTER, STATE, DISTRICT = "dossier", "product__district__state", "product__district"

    product = models.ForeignKey(Product, models.PROTECT, related_name="entries", verbose_name=_("Product"))
    section = models.CharField(_("section"), max_length=12, choices=Section)
    dated = models.DateField(_("dated"))
    text_en = models.TextField(_("text in English"), max_length=4000, blank=True)
    text_hi = models.TextField(_("text in Hindi"), max_length=4000, blank=True)
    source = models.CharField(_("source"), max_length=300)
    public = models.BooleanField(_("in the public catalogue"), default=False)

    class Meta:
        verbose_name = _("Entry of a dossier")
        verbose_name_plural = _("Entries of dossiers")
        ordering = ["product", "-dated", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(text_en="") | ~Q(text_hi=""), name="dossier_entry_has_words")]

    def __str__(self) -> str:
        return f"{self.product.name}: {self.get_section_display()}"

    @property
    def text(self) -> str:
        """The words in the reader's language, or in the one they are written in."""
        return in_language(self, "text") or str(self.text_hi)


class SuccessStory(Entry):
    """A story of success that was published: of which district and product, in which languages and outlets."""

    REGISTER, STATE, DISTRICT = "stories", "district__state", "district"

    district = models.ForeignKey(District, models.PROTECT, related_name="stories", verbose_name=_("District"))
    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True, related_name="stories", verbose_name=_("Product"))
    seller = models.ForeignKey(Seller, models.PROTECT, null=True, blank=True, related_name="stories", verbose_name=_("Seller or group"))
    title_en = models.CharField(_("title in English"), max_length=200)
    title_hi = models.CharField(_("title in Hindi"), max_length=200, blank=True)
    text_en = models.TextField(_("text in English"), max_length=4000, blank=True)
    text_hi = models.TextField(_("text in Hindi"), max_length=4000, blank=True)
    languages = models.CharField(_("languages"), max_length=120, help_text=_("For example: English, Hindi, Tamil."))
    outlets = models.CharField(_("newspapers and other outlets"), max_length=300, blank=True)
    published_on = models.DateField(_("published on"), null=True, blank=True)
    public = models.BooleanField(_("in the public catalogue"), default=False)

    class Meta:
        verbose_name = _("Success story")
        verbose_name_plural = _("Success stories")
        ordering = ["-published_on", "-pk"]

    def __str__(self) -> str:
        return self.title_en
